"""How many came in between and were closed in time, for those who count; and which they were."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)

from anjia.exceptions.models import VisitException
from anjia.exceptions.rules.steps import FLOWS
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.paging import Page, page_of
from anjia.visits.rules.exceptions import WORDS_OF_EXCEPTION, ExceptionKind
from anjia.workforce.queries import staff_names

IN_TIME, LATE, OPEN = "in_time", "late", "open"
# By when it is closed if each of its steps takes as long as it may, whoever had it meanwhile.
FINISH_BY: Final = ExpressionWrapper(
    F("opened_at")
    + Case(
        *(
            When(kind=kind.value, is_urgent=is_urgent, then=Value(flow.within(is_urgent=is_urgent)))
            for kind, flow in FLOWS.items()
            for is_urgent in (True, False)
        ),
        output_field=DurationField(),
    ),
    output_field=DateTimeField(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCounted:
    id: UUID
    kind: str
    kind_words: str
    visit_id: UUID | None
    resident_id: UUID | None
    staff_name: str  # who cannot come, where it is of no visit
    is_urgent: bool
    opened_at: datetime
    finish_by: datetime
    closed_at: datetime | None


def count_exceptions(
    actor: Actor, purpose: Purpose, *, start: datetime, end: datetime, as_of: datetime
) -> Mapping[str, Mapping[str, int]]:
    """
    Return by kind, of what was opened in [start, end), how many were closed in time, how many late or are overdue, and
    how many are open and have time.

    :raises NotAllowed: without `quality.read`
    """
    parts = _parts(as_of)
    rows = _opened(actor, start, end).values("kind").order_by("kind")
    counted = rows.annotate(**{f"n_{part}": Count("id", filter=parts[part]) for part in parts})
    found: list[Any] = list(counted)
    return {row["kind"]: {part: row[f"n_{part}"] for part in parts} for row in found}


def exceptions_counted(
    actor: Actor,
    purpose: Purpose,
    *,
    start: datetime,
    end: datetime,
    as_of: datetime,
    part: str,
    kinds: Collection[str],
    after: str | None,
    size: int,
) -> Page[ExceptionCounted]:
    """
    Return which those are, the earliest first; that they were looked at is noted.

    :raises NotAllowed: without `quality.read`
    """
    rows = _opened(actor, start, end).filter(_parts(as_of)[part], kind__in=kinds)
    page = page_of(rows, order=("opened_at", "id"), after=after, size=size)
    noted = {one.resident_id for one in page.items if one.resident_id}
    access.note(actor, purpose, resident_ids=noted, what="exceptions.list")
    away = {one.staff_id for one in page.items if one.staff_id and not one.visit_id}
    names = staff_names(actor, purpose, staff_ids=away) if away else {}
    return Page([_shown(one, names) for one in page.items], page.next)


def _opened(actor: Actor, start: datetime, end: datetime) -> QuerySet[VisitException, Any]:
    if not actor.may("quality.read"):
        raise NotAllowed
    rows = VisitException.objects.filter(
        organization_id=actor.organization_id, opened_at__gte=start, opened_at__lt=end
    )
    return rows.annotate(finish_by=FINISH_BY)


def _parts(as_of: datetime) -> Mapping[str, Q]:
    over, has_time = Q(closed_at=None, finish_by__lte=as_of), Q(closed_at=None, finish_by__gt=as_of)
    return {
        IN_TIME: Q(closed_at__lte=F("finish_by")),
        LATE: Q(closed_at__gt=F("finish_by")) | over,
        OPEN: has_time,
    }


def _shown(one: Any, names: Mapping[UUID, str]) -> ExceptionCounted:
    return ExceptionCounted(
        id=one.id,
        kind=one.kind,
        kind_words=str(WORDS_OF_EXCEPTION[ExceptionKind(one.kind)]),
        visit_id=one.visit_id,
        resident_id=one.resident_id,
        staff_name=names.get(one.staff_id, "") if not one.visit_id else "",
        is_urgent=one.is_urgent,
        opened_at=one.opened_at,
        finish_by=one.finish_by,
        closed_at=one.closed_at,
    )
