"""How an exception comes to be, and to whom it goes. Only commands call it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from anjia.exceptions.events import ExceptionOwned
from anjia.exceptions.models import VisitException
from anjia.exceptions.rules.steps import FLOWS, PERMISSIONS, Role, choose_owner, is_urgent
from anjia.identity.queries import who_may
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.visits.queries import Promise
from anjia.visits.rules.exceptions import ExceptionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody says came in between, or the clock or a reading does."""

    kind: ExceptionKind
    origin: str
    happened_at: datetime
    promise: Promise | None = None
    staff_id: UUID | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    fact_id: UUID | None = None
    away_until: datetime | None = None

    @property
    def turn(self) -> str:
        return f"exception/{self.kind}/{self.promise.id if self.promise else self.staff_id}"

    @property
    def about(self) -> dict[str, Any]:
        """Return of what two reports are one."""
        if self.kind is ExceptionKind.CAREGIVER_ILL:
            return {"staff_id": self.staff_id}
        return {"visit_id": self.promise.id if self.promise else None}


def open_exception(actor: Actor, now: datetime, report: Report) -> VisitException:
    """
    Open it, with an owner and a clock; or note the report with the one that is being dealt with.

    What is reported again and is urgent by now makes the clock run faster.
    """
    wait_turn(report.turn)
    if known := heard_before(actor, report.fact_id):
        return known
    rows = VisitException.objects.filter(organization_id=actor.organization_id)
    there = rows.filter(kind=report.kind.value, closed_at=None, **report.about)
    if found := there.select_for_update().first():
        return _again(actor, now, found, report)
    promise = report.promise if report.kind is not ExceptionKind.CAREGIVER_ILL else None
    made = VisitException(
        organization_id=actor.organization_id,
        kind=report.kind.value,
        origin=report.origin,
        visit_id=promise.id if promise else None,
        visit_starts_at=promise.starts_at if promise else None,
        resident_id=promise.resident_id if promise else None,
        staff_id=report.staff_id,
        reported_by=None if actor.is_system else actor.user_id,
        happened_at=report.happened_at,
        opened_at=now,
        form=dict(report.form),
        is_urgent=is_urgent(report.kind, report.form),
        away_until=report.away_until,
    )
    give_owner(actor, made)
    made.begin(FLOWS[report.kind].steps[0], now)
    made.save(force_insert=True)
    made.write_step("opened", actor=actor, now=now, fact_id=report.fact_id)
    audit.record("exceptions.exception.opened", actor=actor, at=now, subject_id=made.id, fields=["kind"])
    tell_owner(actor, now, made)
    tell_pages(made)
    return made


def heard_before(actor: Actor, fact_id: UUID | None) -> VisitException | None:
    """Return what a fact from the field was noted with, however often we hear it."""
    rows = VisitException.objects.filter(organization_id=actor.organization_id)
    return rows.filter(steps__fact_id=fact_id).first() if fact_id else None


def _again(actor: Actor, now: datetime, found: VisitException, report: Report) -> VisitException:
    found.form = {**found.form, **report.form}
    is_worse = is_urgent(report.kind, found.form) and not found.is_urgent
    if is_worse:
        found.is_urgent = True
        step, due_at, goes_on_at = FLOWS[report.kind].step(found.step), found.due_at, found.goes_on_at
        if step:
            found.begin(step, now)
            found.due_at = min(found.due_at, due_at)  # what was due sooner, or is overdue, stays so
            found.goes_on_at = min(filter(None, (found.goes_on_at, goes_on_at)), default=None)
    if report.away_until and found.away_until:
        found.away_until = max(found.away_until, report.away_until)
    found.save()
    found.write_step("again", actor=actor, now=now, fact_id=report.fact_id)
    audit.record("exceptions.exception.reported", actor=actor, at=now, subject_id=found.id, fields=["form"])
    if is_worse:
        tell_owner(actor, now, found)
    tell_pages(found)
    return found


def give_owner(
    actor: Actor, exception: VisitException, *, place: int = 0, but: Collection[UUID] = ()
) -> None:
    """Choose who deals with it from this place in its line on; nobody where no account of the house may."""
    line = FLOWS[ExceptionKind(exception.kind)].line
    holders = holders_of(actor, {*line, Role.LEAD})
    ids = {one for names in holders.values() for one in names}
    counted = (
        VisitException.objects.filter(
            organization_id=actor.organization_id, closed_at=None, owner_id__in=list(ids)
        )
        .values("owner_id")
        .annotate(number=Count("id"))
    )
    open_of = {row["owner_id"]: row["number"] for row in counted if row["owner_id"]}
    owner_id, at = choose_owner(line, holders, place=place, open_of=open_of, but=but)
    exception.owner_id, exception.place = owner_id, at


def holders_of(actor: Actor, roles: Collection[Role]) -> dict[Role, dict[UUID, str]]:
    """Return who of the house may deal with exceptions and does what each role does."""
    able = who_may(actor, Purpose.CONTRACT, permission="exceptions.handle")
    return {
        role: {
            one: name
            for one, name in who_may(actor, Purpose.CONTRACT, permission=PERMISSIONS[role]).items()
            if one in able
        }
        for role in roles
    }


def tell_owner(actor: Actor, now: datetime, exception: VisitException, *, is_passed_on: bool = False) -> None:
    """Have the owner told, unless she did it herself."""
    if exception.owner_id and exception.owner_id != actor.user_id:
        events.publish(
            ExceptionOwned(
                exception_id=exception.id, owner_id=exception.owner_id, at=now, is_passed_on=is_passed_on
            ),
            actor=actor,
        )


def tell_pages(exception: VisitException) -> None:
    live.tell(topic="exceptions", subject_id=exception.id)
    if exception.visit_id:
        live.tell(topic="board", subject_id=exception.visit_id)


def held(actor: Actor, exception_id: UUID) -> VisitException:
    """:raises NotFound: if the house has no such exception"""
    rows = VisitException.objects.filter(organization_id=actor.organization_id, id=exception_id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    return found
