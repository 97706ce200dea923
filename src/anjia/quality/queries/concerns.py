"""Complaints, suggestions, disputes and adverse events: whose they are, how far they have come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anjia.identity.queries import account_names, who_may
from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.quality.models import Concern, ConcernStep
from anjia.quality.rules import (
    APPEAL_WITHIN,
    OURS_TO_DO,
    TOLD_TO_HER,
    ConcernKind,
    ConcernState,
    StepKind,
    may_appeal,
)
from anjia.residents.queries import resident_names
from anjia.visits.queries import get_visit, name_of_service
from anjia.visits.queries.outcomes import Outcome, outcomes_of
from anjia.workforce.queries import staff_found, staff_names

MANAGES: Final = "quality.manage"
MOST_STAFF: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernLine:
    concern: Concern
    resident_name: str
    owner_name: str
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerns:
    page: Page[ConcernLine]
    counts: Mapping[str, int]  # by what can be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernPage:
    """One concern with its steps, and what the actor can do about it."""

    line: ConcernLine
    steps: Sequence[ConcernStep]
    names: Mapping[UUID, str]  # of the accounts that had to do with it
    about: Sequence[str]
    outcome: Outcome | None
    owners: Mapping[UUID, str]  # who else could deal with it
    manages: bool
    is_owner: bool
    can_appeal: bool
    appeal_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStep:
    at: datetime
    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnConcern:
    """What whoever raised it sees: what she said, and what she was told."""

    id: UUID
    kind: str
    words: str
    wants: str
    visit_id: UUID | None
    state: str
    raised_at: datetime
    next_due_at: datetime | None
    steps: Sequence[OwnStep]
    can_appeal: bool
    appeal_until: datetime | None
    is_accepted: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a form begins with: about which visit and whom it could be."""

    visit_id: UUID | None
    resident_id: UUID | None
    resident_name: str
    service_name: str
    starts_at: datetime | None
    staff: Mapping[UUID, str]


def concerns(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    show: str = "open",
    kind: str = "",
    after: str | None = None,
    size: int = 50,
) -> Concerns:
    """
    Return what is open, the earliest due first; or only what is late; or what is closed, the latest first.

    Who does not deal with concerns sees those that she raised or wrote down; whom one is about never sees it.

    :raises NotAllowed: for persons, and without `quality.raise`
    """
    rows = _seen(actor)
    if kind in set(ConcernKind):
        rows = rows.filter(kind=kind)
    is_open = ~Q(state=ConcernState.CLOSED.value)
    late = Q(state__in=[state.value for state in OURS_TO_DO], next_due_at__lte=now)
    counts = rows.aggregate(open=Count("id", filter=is_open), late=Count("id", filter=late))
    if show == "closed":
        page = page_of(rows.exclude(is_open), order=("-closed_at", "id"), after=after, size=size)
    else:
        rows = rows.filter(late if show == "late" else is_open)
        page = page_of(rows, order=("next_due_at", "id"), after=after, size=size)
    others = [one for one in page.items if not _is_about(actor, one)]
    resident_ids = {one.resident_id for one in others if one.resident_id}
    access.note(actor, purpose, resident_ids=resident_ids, what="quality.concerns")
    return Concerns(page=Page(_lines(actor, purpose, others, now=now), page.next), counts=counts)


def concern_page(actor: Actor, purpose: Purpose, *, concern_id: UUID, now: datetime) -> ConcernPage:
    """
    Return one concern with its steps; the reading is noted.

    :raises NotAllowed: for persons, and without `quality.raise`
    :raises NotFound: if there is none, it is about the actor, or she neither raised it nor deals with such things
    """
    concern = _seen(actor).filter(id=concern_id).first()
    if concern is None or _is_about(actor, concern):
        raise NotFound
    if concern.resident_id:
        access.note(actor, purpose, resident_ids=[concern.resident_id], what="quality.concern")
    steps = list(ConcernStep.objects.filter(concern=concern).order_by("at", "id"))
    accounts = {one for step in steps for one in (step.by, step.owner_id) if one}
    manages = actor.may(MANAGES)
    barred = {concern.owner_id, *concern.about_account_ids, *concern.former_owner_ids}
    owners = who_may(actor, purpose, permission=MANAGES) if manages else {}
    visits = outcomes_of(actor, purpose, visit_ids=[concern.visit_id]) if concern.visit_id and manages else {}
    return ConcernPage(
        line=_lines(actor, purpose, [concern], now=now)[0],
        steps=steps,
        names=account_names(actor, purpose, account_ids=accounts),
        about=sorted(staff_names(actor, purpose, staff_ids=concern.about_staff_ids).values()),
        outcome=next(iter(visits.values()), None),
        owners={one: name for one, name in owners.items() if one not in barred},
        manages=manages,
        is_owner=concern.owner_id == actor.user_id,
        can_appeal=_can_appeal(concern, now),
        appeal_until=_appeal_until(concern),
    )


def my_concerns(actor: Actor, purpose: Purpose, *, now: datetime, size: int = 50) -> list[OwnConcern]:
    """
    Return what the actor has raised, the latest first, with what she was told.

    :raises NotAllowed: without `quality.raise`
    """
    if not actor.may("quality.raise"):
        raise NotAllowed
    rows = Concern.objects.filter(organization_id=actor.organization_id, raised_by=actor.user_id)
    found = list(rows.order_by("-raised_at", "id")[:size])
    steps = ConcernStep.objects.filter(
        concern__in=[one.id for one in found], kind__in=[kind.value for kind in TOLD_TO_HER]
    ).order_by("at", "id")
    told: dict[UUID, list[OwnStep]] = {one.id: [] for one in found}
    for step in steps:
        told[step.concern_id].append(OwnStep(at=step.at, kind=step.kind, words=_to_her(step)))
    return [
        OwnConcern(
            id=one.id,
            kind=one.kind,
            words=one.words,
            wants=one.wants,
            visit_id=one.visit_id,
            state=one.state,
            raised_at=one.raised_at,
            next_due_at=one.next_due_at,
            steps=told[one.id],
            can_appeal=_can_appeal(one, now),
            appeal_until=_appeal_until(one),
            is_accepted=one.is_accepted,
        )
        for one in found
    ]


def ground_of_concern(
    actor: Actor,
    purpose: Purpose,
    *,
    today: date,
    visit_id: UUID | None = None,
    resident_id: UUID | None = None,
) -> Ground:
    """
    Return what the console's form begins with, and whom it could be about: the visit's crew, or all who work here.

    :raises NotAllowed: for persons, and without `quality.raise`
    :raises NotFound: if the visit is not the actor's to see
    """
    _check_staff(actor)
    if visit_id:
        visit = get_visit(actor, purpose, visit_id=visit_id)
        actor = actor.let_see(visit.resident_id)
        resident_id, service_name, starts_at = visit.resident_id, name_of_service(visit), visit.starts_at
        staff = staff_names(actor, purpose, staff_ids=[one.staff_id for one in visit.crew])
    else:
        service_name, starts_at = "", None
        known = actor.may("workforce.read")
        found = staff_found(actor, purpose, today=today, size=MOST_STAFF).items if known else []
        staff = {one.id: one.name for one in found}
    names = resident_names(actor, purpose, resident_ids=[resident_id] if resident_id else [])
    return Ground(
        visit_id=visit_id,
        resident_id=resident_id if names else None,
        resident_name=next(iter(names.values()), ""),
        service_name=service_name,
        starts_at=starts_at,
        staff=staff,
    )


def _seen(actor: Actor) -> QuerySet[Concern, Concern]:
    _check_staff(actor)
    rows = Concern.objects.filter(organization_id=actor.organization_id)
    if not actor.may(MANAGES):
        rows = rows.filter(Q(raised_by=actor.user_id) | Q(entered_by=actor.user_id))
    return rows


def _is_about(actor: Actor, concern: Concern) -> bool:
    """Beside row-level security, which knows accounts: hers may be younger than the complaint."""
    return actor.staff_id in concern.about_staff_ids and concern.raised_by != actor.user_id


def _check_staff(actor: Actor) -> None:
    if actor.kind is Kind.PERSON or not actor.may("quality.raise"):
        raise NotAllowed


def _lines(actor: Actor, purpose: Purpose, rows: Sequence[Concern], *, now: datetime) -> list[ConcernLine]:
    owners = account_names(actor, purpose, account_ids={one.owner_id for one in rows if one.owner_id})
    ids = {one.resident_id for one in rows if one.resident_id}
    residents = resident_names(actor, purpose, resident_ids=ids)
    return [
        ConcernLine(
            concern=one,
            resident_name=residents.get(one.resident_id, "") if one.resident_id else "",
            owner_name=owners.get(one.owner_id, "") if one.owner_id else "",
            is_late=one.state in OURS_TO_DO and one.next_due_at is not None and one.next_due_at <= now,
        )
        for one in rows
    ]


def _can_appeal(concern: Concern, now: datetime) -> bool:
    return may_appeal(concern.state, told_at=concern.told_at, appealed_at=concern.appealed_at, now=now)


def _appeal_until(concern: Concern) -> datetime | None:
    return concern.told_at + APPEAL_WITHIN if concern.told_at and not concern.appealed_at else None


def _to_her(step: ConcernStep) -> str:
    """What the staff write when they take it up or close it is theirs; the answer, and what she says, is hers."""
    return step.words if step.kind in {StepKind.TOLD, StepKind.APPEALED} else ""
