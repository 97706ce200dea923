"""The indicator that counts visits somebody complained of."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from anjia.kernel.paging import Page, page_of
from anjia.quality.counting import complained_of, complaints, complaints_without_visit
from anjia.quality.models import Concern
from anjia.quality.queries.sources.asked import Asked, Counts, Part, Row
from anjia.visits.queries.outcomes import Group, count_outcomes

DUE: Final = (Group.DONE, Group.NOT_DONE)


class Complaints:
    codes = ("complaint",)

    def count(self, asked: Asked) -> Mapping[str, Counts]:
        among = complained_of(asked.actor, asked.start, asked.end)
        complained = count_outcomes(asked.actor, asked.purpose, **asked.standing, among=among)
        counted = sum(complained[group] for group in DUE)
        return {
            "complaint": Counts(
                counted=counted,
                missing=sum(asked.visits[group] for group in DUE) - counted,
                excluded=complaints_without_visit(asked.actor, asked.start, asked.end).count(),
            )
        }

    def rows(self, asked: Asked, code: str, part: Part, after: str | None, size: int) -> Page[Row]:
        if part is Part.EXCLUDED:
            return self._without_visit(asked, after, size)
        complained = complained_of(asked.actor, asked.start, asked.end)
        which = {"among" if part is Part.COUNTED else "apart_from": complained}
        page = asked.visit_rows(DUE, after, size, **which)
        by_visit: dict[UUID | None, list[Concern]] = defaultdict(list)
        for one in complaints(asked.actor).filter(visit_id__in=complained).order_by("raised_at", "id"):
            by_visit[one.visit_id].append(one)
        return Page(
            [
                replace(row, concerns=by_visit.get(row.outcome.visit_id, [])) if row.outcome else row
                for row in page.items
            ],
            page.next,
        )

    def _without_visit(self, asked: Asked, after: str | None, size: int) -> Page[Row]:
        rows = complaints_without_visit(asked.actor, asked.start, asked.end)
        page = page_of(rows, order=("raised_at", "id"), after=after, size=size)
        names = asked.names(one.resident_id for one in page.items)
        return Page(
            [
                Row(
                    outcome=None,
                    resident_name=names.get(one.resident_id, "") if one.resident_id else "",
                    concerns=[one],
                )
                for one in page.items
            ],
            page.next,
        )


COMPLAINTS: Final = Complaints()
