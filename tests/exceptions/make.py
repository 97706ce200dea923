"""Exceptions' makers: a town with people who may deal with what comes in between."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anjia.exceptions.commands import report_exception
from anjia.exceptions.models import AbsenceLine, VisitException
from anjia.exceptions.queries import exception_page
from anjia.exceptions.shapes import ExceptionPage
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.visits.models import Visit
from tests import make
from tests.make import deliver_events
from tests.visits.make import DESK, Town, at, fact, say

HANDLES = [*DESK, "exceptions.report", "exceptions.handle", "desk.bookings", "workforce.standby"]
NO_SHOW: dict[str, Any] = {"tried": ["knocked", "rang_resident"], "waited_minutes": 10, "signs": "none"}
AT_DOOR = at(10.25)


def dispatcher(here: Town, **says: Any) -> Actor:
    return make.actor(*HANDLES, organization_id=here.organization_id, **says)


def reported(
    here: Town, visit: Visit, kind: str = "no_show", *, now: datetime = AT_DOOR, **form: Any
) -> VisitException:
    sound = NO_SHOW if kind == "no_show" else {}
    return acting(dispatcher(here), now).do(
        report_exception, visit_id=visit.id, kind=kind, form={**sound, **form}
    )


def said(nurse: Actor, visit: Visit, kind: str, *, when: datetime = AT_DOOR, **form: Any) -> dict[str, Any]:
    """Return what her phone has sent, so that it can be sent again."""
    told = fact(visit, "exception", at=when, exception=kind, form=form)
    say(nurse, told, now=when)
    return told


def heard(here: Town, *, now: datetime = AT_DOOR) -> None:
    deliver_events(here.desk, now=now)


def all_of(here: Town) -> list[VisitException]:
    found: list[VisitException] = here.look(
        lambda _: list(VisitException.objects.order_by("opened_at", "id"))
    )
    return found


def lines(here: Town) -> list[AbsenceLine]:
    found: list[AbsenceLine] = here.look(lambda _: list(AbsenceLine.objects.order_by("starts_at", "part")))
    return found


def page(
    here: Town,
    exception_id: UUID,
    *,
    by: Actor | None = None,
    now: datetime = AT_DOOR,
    after: str | None = None,
) -> ExceptionPage:
    return acting(by or dispatcher(here), now).ask(
        exception_page, Purpose.CONTRACT, exception_id=exception_id, now=now, after=after
    )


def later(minutes: float, *, since: datetime = AT_DOOR) -> datetime:
    return since + timedelta(minutes=minutes)
