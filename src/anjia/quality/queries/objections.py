"""What caregivers object to in figures of theirs: whose it is to answer, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from anjia.identity.queries import account_names, who_may
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.quality.models import Objection, ObjectionStep
from anjia.quality.rules import ObjectionState
from anjia.workforce.queries import staff_names

MANAGES: Final = "quality.manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionShown:
    objection: Objection
    staff_name: str
    owner_name: str
    decider_name: str
    is_late: bool
    steps: Sequence[ObjectionStep] = ()
    names: Mapping[UUID, str]  # of the accounts that had to do with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    page: Page[ObjectionShown]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionPage:
    shown: ObjectionShown
    owners: Mapping[UUID, str]  # who else may answer
    is_owner: bool
    is_own: bool


def objections_of_month(
    actor: Actor, purpose: Purpose, *, staff_id: UUID, month: date, now: datetime
) -> list[ObjectionShown]:
    """Return what one person has objected to in a month, with its history. The page of the month asks who may see."""
    rows = Objection.objects.filter(
        organization_id=actor.organization_id, staff_id=staff_id, month=month.replace(day=1)
    )
    return _shown(actor, purpose, list(rows.order_by("raised_at", "id")), now=now, with_steps=True)


def month_objected_to(actor: Actor, purpose: Purpose, *, objection_id: UUID) -> date:
    """
    Return the month that the actor objected to a figure of.

    :raises NotFound: if it is no objection of hers
    """
    own = Objection.objects.filter(organization_id=actor.organization_id, raised_by=actor.user_id)
    found = own.filter(id=objection_id).values_list("month", flat=True).first()
    if found is None:
        raise NotFound
    return found


def objections(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    show: str = "open",
    after: str | None = None,
    size: int = 30,
) -> Objections:
    """
    Return what waits for an answer, the earliest due first; or what was answered, the latest first.

    :raises NotAllowed: for persons, and without `quality.manage`
    """
    _check_manages(actor)
    rows = Objection.objects.filter(organization_id=actor.organization_id)
    is_open = Q(state=ObjectionState.OPEN.value)
    counts = rows.aggregate(
        open=Count("id", filter=is_open), late=Count("id", filter=is_open & Q(due_at__lte=now))
    )
    if show == "answered":
        page = page_of(rows.exclude(is_open), order=("-decided_at", "id"), after=after, size=size)
    else:
        page = page_of(rows.filter(is_open), order=("due_at", "id"), after=after, size=size)
    return Objections(page=Page(_shown(actor, purpose, page.items, now=now), page.next), counts=counts)


def objection_page(actor: Actor, purpose: Purpose, *, objection_id: UUID, now: datetime) -> ObjectionPage:
    """
    Return one objection with its history, and who else may answer it.

    :raises NotAllowed: for persons, and without `quality.manage`
    :raises NotFound: if there is none
    """
    _check_manages(actor)
    rows = Objection.objects.filter(organization_id=actor.organization_id, id=objection_id)
    shown = next(iter(_shown(actor, purpose, list(rows), now=now, with_steps=True)), None)
    if shown is None:
        raise NotFound
    one = shown.objection
    managers = who_may(actor, purpose, permission=MANAGES)
    return ObjectionPage(
        shown=shown,
        owners={key: name for key, name in managers.items() if key not in {one.raised_by, one.owner_id}},
        is_owner=one.owner_id == actor.user_id,
        is_own=actor.user_id == one.raised_by or actor.staff_id == one.staff_id,
    )


def open_objections_by_owner(actor: Actor, purpose: Purpose) -> dict[UUID, int]:
    """Return how many wait for whom, so that the next goes to who has fewest."""
    rows = Objection.objects.filter(
        organization_id=actor.organization_id, state=ObjectionState.OPEN.value, owner_id__isnull=False
    )
    return dict(rows.order_by().values_list("owner_id").annotate(count=Count("id")))


def _shown(
    actor: Actor,
    purpose: Purpose,
    rows: Sequence[Objection],
    *,
    now: datetime,
    with_steps: bool = False,
) -> list[ObjectionShown]:
    steps: dict[UUID, list[ObjectionStep]] = {one.id: [] for one in rows}
    if with_steps and rows:
        for step in ObjectionStep.objects.filter(objection__in=list(steps)).order_by("at", "id"):
            steps[step.objection_id].append(step)
    accounts = {key for one in rows for key in (one.owner_id, one.decided_by, one.raised_by) if key}
    accounts |= {key for all_of in steps.values() for one in all_of for key in (one.by, one.owner_id) if key}
    names = account_names(actor, purpose, account_ids=accounts)
    staff = staff_names(actor, purpose, staff_ids={one.staff_id for one in rows})
    return [
        ObjectionShown(
            objection=one,
            staff_name=staff.get(one.staff_id, ""),
            owner_name=names.get(one.owner_id, "") if one.owner_id else "",
            decider_name=names.get(one.decided_by, "") if one.decided_by else "",
            is_late=one.state == ObjectionState.OPEN and one.due_at <= now,
            steps=steps[one.id],
            names=names,
        )
        for one in rows
    ]


def _check_manages(actor: Actor) -> None:
    if actor.kind is Kind.PERSON or not actor.may(MANAGES):
        raise NotAllowed
