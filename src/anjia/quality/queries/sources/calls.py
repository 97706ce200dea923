"""The indicator that counts call-backs."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Count

from anjia.kernel.paging import Page, page_of
from anjia.quality.counting import call_back_parts, call_backs_between
from anjia.quality.queries.sources.asked import Asked, Counts, Part, Row
from anjia.visits.queries.outcomes import outcomes_of


class Calls:
    codes = ("call_back",)

    def count(self, asked: Asked) -> Mapping[str, Counts]:
        parts = call_back_parts(asked.as_of).items()
        rows = call_backs_between(asked.actor, asked.start, asked.end)
        return {
            "call_back": Counts(
                **rows.aggregate(**{part: Count("id", filter=condition) for part, condition in parts})
            )
        }

    def rows(self, asked: Asked, code: str, part: Part, after: str | None, size: int) -> Page[Row]:
        rows = call_backs_between(asked.actor, asked.start, asked.end).filter(
            call_back_parts(asked.as_of)[part]
        )
        page = page_of(rows, order=("visit_starts_at", "id"), after=after, size=size)
        visits = outcomes_of(asked.actor, asked.purpose, visit_ids={one.visit_id for one in page.items})
        names = asked.names(one.resident_id for one in page.items)
        return Page(
            [
                Row(outcome=visits[one.visit_id], resident_name=names.get(one.resident_id, ""), call_back=one)
                for one in page.items
            ],
            page.next,
        )


CALLS: Final = Calls()
