"""Indicators that count ratings: how satisfied they are, in all and by aspect; and how many rate at all."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anjia.kernel.paging import Page, page_of
from anjia.quality.counting import ratings_between
from anjia.quality.models import Rating
from anjia.quality.queries.sources.asked import Asked, Counts, Part, Row
from anjia.quality.rules import ASPECTS, SATISFIED_FROM, RaterKind
from anjia.visits.queries.outcomes import Group, outcomes_of

OF: Final[Mapping[str, Q]] = {
    "satisfaction_resident": Q(rater_kind=RaterKind.RESIDENT.value),
    "satisfaction_family": Q(rater_kind=RaterKind.FAMILY.value),
    **{f"aspect_{aspect}": Q((f"{aspect}__isnull", False)) for aspect in ASPECTS},
}
GOOD: Final[Mapping[str, Q]] = {
    "satisfaction_resident": Q(stars__gte=SATISFIED_FROM),
    "satisfaction_family": Q(stars__gte=SATISFIED_FROM),
    **{f"aspect_{aspect}": Q((f"{aspect}__gte", SATISFIED_FROM)) for aspect in ASPECTS},
}
CANNOT_BE_RATED: Final = (Group.NOT_DONE, Group.TAKEN_BACK, Group.NOT_YET)


class Ratings:
    codes = (*OF, "rated")

    def count(self, asked: Asked) -> Mapping[str, Counts]:
        found = _ratings(asked).aggregate(
            everything=Count("id"),
            rated_visits=Count("visit_id", distinct=True),
            **{f"{code}_of": Count("id", filter=condition) for code, condition in OF.items()},
            **{f"{code}_good": Count("id", filter=condition & GOOD[code]) for code, condition in OF.items()},
        )
        rated = Counts(
            counted=found["rated_visits"],
            missing=asked.visits[Group.DONE] - found["rated_visits"],
            excluded=sum(asked.visits[group] for group in CANNOT_BE_RATED),
        )
        return {"rated": rated} | {
            code: Counts(
                counted=found[f"{code}_good"],
                missing=found[f"{code}_of"] - found[f"{code}_good"],
                excluded=found["everything"] - found[f"{code}_of"],
            )
            for code in OF
        }

    def rows(self, asked: Asked, code: str, part: Part, after: str | None, size: int) -> Page[Row]:
        if code == "rated" and part is not Part.COUNTED:
            return self._not_rated(asked, part, after, size)
        rows = _ratings(asked)
        if code == "rated":  # it counts visits: one that two have rated is one row
            rows = rows.filter(
                ~Exists(Rating.objects.filter(visit_id=OuterRef("visit_id"), id__lt=OuterRef("id")))
            )
        if code in OF:
            shown = {
                Part.COUNTED: OF[code] & GOOD[code],
                Part.MISSING: OF[code] & ~GOOD[code],
                Part.EXCLUDED: ~OF[code],
            }
            rows = rows.filter(shown[part])
        page = page_of(rows, order=("visit_starts_at", "id"), after=after, size=size)
        visits = outcomes_of(asked.actor, asked.purpose, visit_ids={one.visit_id for one in page.items})
        names = asked.names(one.resident_id for one in page.items)
        return Page(
            [
                Row(outcome=visits[one.visit_id], resident_name=names.get(one.resident_id, ""), rating=one)
                for one in page.items
            ],
            page.next,
        )

    def _not_rated(self, asked: Asked, part: Part, after: str | None, size: int) -> Page[Row]:
        if part is Part.EXCLUDED:
            return asked.visit_rows(CANNOT_BE_RATED, after, size)
        rated = _ratings(asked).values_list("visit_id", flat=True)
        return asked.visit_rows([Group.DONE], after, size, apart_from=rated)


def _ratings(asked: Asked) -> QuerySet[Rating, Rating]:
    return ratings_between(asked.actor, asked.start, asked.end)


RATINGS: Final = Ratings()
