"""Indicators that count visits: whether they were done, answered in time, begun in time."""

from collections.abc import Mapping, Sequence
from typing import Final

from anjia.kernel.paging import Page
from anjia.quality.queries.sources.asked import Asked, Counts, Part, Row
from anjia.visits.queries.outcomes import Group
from anjia.visits.queries.timeliness import Share, Timely, count_timely, timely

GROUPS: Final[Mapping[Part, Sequence[Group]]] = {
    Part.COUNTED: (Group.DONE,),
    Part.MISSING: (Group.NOT_DONE,),
    Part.EXCLUDED: (Group.TAKEN_BACK, Group.NOT_YET),
}
TIMELY: Final[Mapping[str, Timely]] = {"response": Timely.ANSWERED, "punctuality": Timely.PUNCTUAL}


class Promises:
    codes = ("completion",)

    def count(self, asked: Asked) -> Mapping[str, Counts]:
        counts = {part: sum(asked.visits[group] for group in groups) for part, groups in GROUPS.items()}
        return {"completion": Counts(**counts)}

    def rows(self, asked: Asked, code: str, part: Part, after: str | None, size: int) -> Page[Row]:
        return asked.visit_rows(GROUPS[part], after, size)


class Timeliness:
    codes = tuple(TIMELY)

    def count(self, asked: Asked) -> Mapping[str, Counts]:
        found = count_timely(asked.actor, asked.purpose, **asked.standing)
        return {
            code: Counts(**{share.value: found[which, share] for share in Share})
            for code, which in TIMELY.items()
        }

    def rows(self, asked: Asked, code: str, part: Part, after: str | None, size: int) -> Page[Row]:
        page = timely(
            asked.actor,
            asked.purpose,
            **asked.standing,
            which=TIMELY[code],
            share=Share(part),
            after=after,
            size=size,
        )
        return asked.rows_of(page)


PROMISES: Final = Promises()
TIMELINESS: Final = Timeliness()
