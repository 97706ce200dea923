"""Whom to call back, and what they said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anjia.identity.queries import account_names
from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.quality.models import CallBack, CallBackAttempt, CallBackEscalation, FamilyForm
from anjia.quality.queries.family import family_forms_of_visit
from anjia.quality.rules import CallState
from anjia.residents.queries import get_resident, phones_of, relatives_of, resident_names
from anjia.visits.queries import get_visit
from anjia.visits.queries.outcomes import Outcome, outcomes_of
from anjia.workforce.queries import staff_names

SHOWS: Final = ("open", "late", "closed")
LATE_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackLine:
    """One to call back: whom, after which visit, what was tried, who was told that it is late."""

    call_back: CallBack
    resident_name: str
    service_name: str
    attempts: Sequence[CallBackAttempt]
    escalation: CallBackEscalation | None
    names: Mapping[UUID, str]  # of the accounts that had to do with it
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBacks:
    page: Page[CallBackLine]
    counts: Mapping[str, int]  # by what can be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackPage:
    """All that whoever calls must know."""

    line: CallBackLine
    outcome: Outcome
    caregivers: Sequence[str]
    phones: Sequence[Any]
    relatives: Sequence[Any]
    family_forms: Sequence[FamilyForm]


def call_backs(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    show: str = "open",
    after: str | None = None,
    size: int = 50,
) -> CallBacks:
    """
    Return those to be called, the earliest due first; or only the late; or those that are over, the latest first.

    :raises NotAllowed: without `quality.call_back`
    """
    _check_calls(actor)
    rows = CallBack.objects.filter(organization_id=actor.organization_id)
    is_open = Q(state=CallState.OPEN.value)
    late = is_open & Q(due_at__lte=now)
    counts = rows.aggregate(open=Count("id", filter=is_open), late=Count("id", filter=late))
    if show == "closed":
        page = page_of(rows.exclude(is_open), order=("-closed_at", "id"), after=after, size=size)
    else:
        page = page_of(
            rows.filter(late if show == "late" else is_open), order=("due_at", "id"), after=after, size=size
        )
    resident_ids = {one.resident_id for one in page.items}
    access.note(actor, purpose, resident_ids=resident_ids, what="quality.call_backs")
    return CallBacks(page=Page(_lines(actor, purpose, page.items, now=now), page.next), counts=counts)


def call_back_page(actor: Actor, purpose: Purpose, *, call_back_id: UUID, now: datetime) -> CallBackPage:
    """
    Return one call-back with her telephone numbers, the visit and every attempt; the reading is noted.

    :raises NotAllowed: without `quality.call_back`
    :raises NotFound: if it is not on the actor's organization's list
    """
    _check_calls(actor)
    rows = CallBack.objects.filter(organization_id=actor.organization_id, id=call_back_id)
    line = next(iter(_lines(actor, purpose, rows, now=now)), None)
    if line is None:
        raise NotFound
    resident_id = line.call_back.resident_id
    get_resident(actor, purpose, resident_id=resident_id)
    access.note(actor, purpose, resident_ids=[resident_id], what="quality.call_back")
    visit = get_visit(actor, purpose, visit_id=line.call_back.visit_id)
    crew = staff_names(actor, purpose, staff_ids=[one.staff_id for one in visit.crew])
    return CallBackPage(
        line=line,
        outcome=outcomes_of(actor, purpose, visit_ids=[line.call_back.visit_id])[line.call_back.visit_id],
        caregivers=sorted(crew.values()),
        phones=phones_of(actor, purpose, resident_id=resident_id),
        relatives=[one for one in relatives_of(actor, purpose, resident_id=resident_id) if one.phone],
        family_forms=family_forms_of_visit(actor, purpose, visit_id=line.call_back.visit_id),
    )


def late_call_backs(actor: Actor, purpose: Purpose, *, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return organization and id of those that are late and that no supervisor was told of, the latest first."""
    rows = CallBack.objects.filter(state=CallState.OPEN.value, due_at__lte=now, escalation=None)
    return list(rows.order_by("due_at", "id").values_list("organization_id", "id")[:LATE_AT_ONCE])


def _lines(
    actor: Actor, purpose: Purpose, rows: Sequence[CallBack] | QuerySet[CallBack, CallBack], *, now: datetime
) -> list[CallBackLine]:
    found = list(rows)
    ids = [one.id for one in found]
    attempts: dict[UUID, list[CallBackAttempt]] = {one: [] for one in ids}
    for attempt in CallBackAttempt.objects.filter(call_back__in=ids).order_by("at", "id"):
        attempts[attempt.call_back_id].append(attempt)
    escalations = {one.call_back_id: one for one in CallBackEscalation.objects.filter(call_back__in=ids)}
    accounts = {attempt.by for each in attempts.values() for attempt in each}
    accounts |= {one.to_account_id for one in escalations.values() if one.to_account_id}
    names = account_names(actor, purpose, account_ids=accounts)
    residents = resident_names(actor, purpose, resident_ids={one.resident_id for one in found})
    visits = outcomes_of(actor, purpose, visit_ids={one.visit_id for one in found})
    return [
        CallBackLine(
            call_back=one,
            resident_name=residents.get(one.resident_id, ""),
            service_name=visits[one.visit_id].service_name if one.visit_id in visits else "",
            attempts=attempts[one.id],
            escalation=escalations.get(one.id),
            names=names,
            is_late=one.state == CallState.OPEN and one.due_at <= now,
        )
        for one in found
    ]


def _check_calls(actor: Actor) -> None:
    if actor.kind is Kind.PERSON or not actor.may("quality.call_back"):
        raise NotAllowed
