"""What was taken at visits, and whether it has reached the laboratory: what the field has said of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.visits.boards import check_may_read_all
from anjia.visits.models import Conflict, FieldFact, Visit
from anjia.visits.rules.facts import DRAWN, VOID, FactKind
from anjia.visits.rules.lifecycle import Status

SAYS: Final = [FactKind.ARRIVED.value, FactKind.STEP_DONE.value, FactKind.DELIVERED.value]
TAKEN_IN: Final = [Status.ARRIVED.value, Status.DONE.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimens:
    """
    What is known of what was taken at a visit. `taken_at` is when the step was ticked in which it is, before that when
    she came; `is_nothing`: the step was left out.
    """

    taken_at: datetime | None = None
    is_nothing: bool = False
    delivered_at: datetime | None = None
    delivered_by: UUID | None = None


_NOTHING_SAID: Final = Specimens()


def specimens_said(actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID]) -> dict[UUID, Specimens]:
    """
    Return what was said of what was taken at these visits, by visit; of whom she may not read all, a caregiver's own.

    :raises NotAllowed: for persons, and for whoever neither reads visits nor goes to them
    """
    rows = FieldFact.objects.filter(
        organization_id=actor.organization_id, visit_id__in=visit_ids, kind__in=SAYS
    )
    if actor.kind is Kind.PERSON or not (actor.may("visits.read") or actor.staff_id):
        raise NotAllowed
    if not actor.may("visits.read"):
        rows = rows.filter(visit__assignments__staff_id=actor.staff_id).distinct()
    return _by_visit(rows) if visit_ids else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A visit at which something was taken, and what is known of it. `cell` is where."""

    visit_id: UUID
    cell: str
    starts_at: datetime
    deliver_minutes: int
    said: Specimens


def houses_taking(actor: Actor, purpose: Purpose, *, since: datetime, until: datetime) -> list[UUID]:
    """Return at whose visits promised for [since, until) something was taken, of whatever houses the actor sees."""
    found = _taking(since, until).values_list("organization_id", flat=True)
    return list(found.distinct().order_by("organization_id"))


def specimens_taken(actor: Actor, purpose: Purpose, *, since: datetime, until: datetime) -> list[Taken]:
    """
    Return where something was taken at the house's visits promised for [since, until), the earliest first.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    found = _taking(since, until).filter(organization_id=actor.organization_id).order_by("starts_at", "id")
    rows = list(found.values_list("id", "cell", "starts_at", "deliver_minutes"))
    said = specimens_said(actor, purpose, visit_ids=[row[0] for row in rows])
    made = [
        Taken(
            visit_id=visit_id,
            cell=cell,
            starts_at=starts_at,
            deliver_minutes=minutes,
            said=said.get(visit_id, _NOTHING_SAID),
        )
        for visit_id, cell, starts_at, minutes in rows
    ]
    return [one for one in made if not one.said.is_nothing]


def _taking(since: datetime, until: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(
        deliver_minutes__gt=0, starts_at__gte=since, starts_at__lt=until, status__in=TAKEN_IN
    )


def _by_visit(rows: QuerySet[FieldFact]) -> dict[UUID, Specimens]:
    void = Conflict.objects.filter(misfit__in=[one.value for one in VOID]).exclude(decision="counts")
    facts: dict[UUID, list[FieldFact]] = {}
    for fact in rows.exclude(id__in=void.values("fact_id")):
        facts.setdefault(fact.visit_id, []).append(fact)
    return {visit_id: _specimens(some) for visit_id, some in facts.items()}


def _specimens(facts: Collection[FieldFact]) -> Specimens:
    steps = [one for one in facts if one.kind == FactKind.STEP_DONE and one.content.get("key") == DRAWN]
    drawn = [one.at for one in steps if not one.content.get("skipped")]
    came = [one.at for one in facts if one.kind == FactKind.ARRIVED]
    brought = min(
        (one for one in facts if one.kind == FactKind.DELIVERED), key=lambda one: one.at, default=None
    )
    return Specimens(
        taken_at=min(drawn or came, default=None),
        is_nothing=bool(steps) and not drawn and brought is None,
        delivered_at=brought.at if brought else None,
        delivered_by=brought.staff_id if brought else None,
    )
