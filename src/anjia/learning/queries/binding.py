"""Which courses bind whoever does a service: for those who plan. One question for any number of caregivers."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.prepared import Prepared
from anjia.learning.models import Binding
from anjia.learning.rules.binding import Bound

LIVE: Final[Prepared[Any]] = Prepared(
    lambda asked: (
        Binding.objects.filter(
            Q(service_code__any_of=asked.service_codes) | Q(service_code=""),
            organization_id=asked.house,
            ended_at=None,
            staff_id=None,
            course__withdrawn_at=None,
        )
        .select_related("course__current")
        .order_by("course__code", "since", "id")
    )
)


def courses_binding(actor: Actor, purpose: Purpose, *, service_code: str) -> tuple[Bound, ...]:
    """Return what binds those who do this service: courses for it, and for their kind whatever they do."""
    return courses_binding_each(actor, purpose, service_codes=[service_code])[service_code]


def courses_binding_each(
    actor: Actor, purpose: Purpose, *, service_codes: Collection[str]
) -> dict[str, tuple[Bound, ...]]:
    """Return the same of each service. One question for any number."""
    rows = LIVE.rows(house=actor.organization_id, service_codes=list(service_codes))
    bound = list(map(_bound, rows))
    return {code: tuple(one for one in bound if one.service_code in {"", code}) for code in service_codes}


def _bound(row: Any) -> Bound:
    content = row.course.current.content
    return Bound(
        code=row.course.code,
        title=content["title"],
        title_en=content["title_en"],
        kind=row.kind,
        service_code=row.service_code,
        since=row.since,
    )


def bindings_of(actor: Actor, purpose: Purpose, *, course_ids: Collection[UUID]) -> list[Binding]:
    """Return what is asked now of these courses. One question for any number."""
    rows = Binding.objects.filter(
        organization_id=actor.organization_id, course_id__in=course_ids, ended_at=None
    )
    return list(rows.order_by("since", "id"))
