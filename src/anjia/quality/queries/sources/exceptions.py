"""The indicators that count what came in between at visits: all of it, and each kind by itself."""

from collections.abc import Mapping
from typing import Final

from anjia.exceptions.queries import IN_TIME, LATE, OPEN, count_exceptions, exceptions_counted
from anjia.kernel.paging import Page
from anjia.quality.queries.sources.asked import Asked, Counts, Part, Row
from anjia.visits.queries.outcomes import outcomes_of
from anjia.visits.rules.exceptions import ExceptionKind

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "exceptions": tuple(kind.value for kind in ExceptionKind),
    **{f"exception_{kind.value}": (kind.value,) for kind in ExceptionKind},
}
PARTS: Final = {Part.COUNTED: IN_TIME, Part.MISSING: LATE, Part.EXCLUDED: OPEN}


class Exceptions:
    codes = tuple(KINDS)

    def count(self, asked: Asked) -> Mapping[str, Counts]:
        found = count_exceptions(asked.actor, asked.purpose, **asked.period, as_of=asked.as_of)

        def of(kinds: tuple[str, ...]) -> Counts:
            number = {
                part: sum(found[kind][said] for kind in kinds if kind in found)
                for part, said in PARTS.items()
            }
            return Counts(
                counted=number[Part.COUNTED], missing=number[Part.MISSING], excluded=number[Part.EXCLUDED]
            )

        return {code: of(kinds) for code, kinds in KINDS.items()}

    def rows(self, asked: Asked, code: str, part: Part, after: str | None, size: int) -> Page[Row]:
        page = exceptions_counted(
            asked.actor,
            asked.purpose,
            **asked.period,
            as_of=asked.as_of,
            part=PARTS[part],
            kinds=KINDS[code],
            after=after,
            size=size,
        )
        visit_ids = {one.visit_id for one in page.items if one.visit_id}
        visits = outcomes_of(asked.actor, asked.purpose, visit_ids=visit_ids)
        names = asked.names(one.resident_id for one in page.items)
        return Page(
            [
                Row(
                    outcome=visits.get(one.visit_id) if one.visit_id else None,
                    resident_name=names.get(one.resident_id, "") if one.resident_id else "",
                    exception=one,
                )
                for one in page.items
            ],
            page.next,
        )


EXCEPTIONS: Final = Exceptions()
