"""Makers of days that are planned, and of runs that plan them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.dispatch.commands import begin_run, finish_run, start_run
from anjia.dispatch.days import Day
from anjia.dispatch.drafting import Outcome, card_of, draft_of, worked_out
from anjia.dispatch.hanging import with_groups
from anjia.dispatch.models import PlanRun
from anjia.dispatch.posing import Posed
from anjia.dispatch.queries import PlanPage, plan_page
from anjia.dispatch.queries.days import read_day
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.planning.plan import Plan
from anjia.planning.solve import solve
from anjia.visits.models import Visit
from anjia.visits.rules.lifecycle import State
from tests.dispatch.make import TOMORROW
from tests.make import NOON
from tests.visits.make import PLACE, Town, at

FAR = (39.9042, 116.55)


def quickly(posed: Posed, number: int) -> Plan:
    return solve(posed.problem, iterations=50_000, seed=number)


def day_of(here: Town, now: datetime = NOON) -> Day:
    return acting(here.desk, now).ask(read_day, Purpose.CONTRACT, day=TOMORROW, now=now)


def planned(here: Town) -> Outcome:
    return worked_out(day_of(here), quickly)


def who(outcome: Outcome) -> dict[tuple[UUID, int], UUID]:
    return {piece.key: piece.staff_id for piece in outcome.after}


def visit(
    here: Town, *nurses: Actor, hour: float = 10, place: tuple[float, float] = PLACE, **says: Any
) -> Visit:
    long = says.pop("long", 0.75)
    resident = says.pop("resident", None) or here.resident(place=place)
    return here.visit(*nurses, resident=resident, starts_at=at(hour), ends_at=at(hour + long), **says)


def asked(here: Town, by: Actor | None = None, *, day: date = TOMORROW, now: datetime = NOON) -> UUID:
    """Have a day planned, tomorrow at first; return the run."""
    return acting(by or here.desk, now).do(start_run, day=day)


def drafted(here: Town, *, day: date = TOMORROW, now: datetime = NOON) -> UUID:
    """Return a run that has ended with a draft, as the job makes one."""
    run_id = asked(here, day=day, now=now)
    found = acting(here.system, now).do(begin_run, run_id=run_id)
    assert found is not None
    outcome = worked_out(found, quickly)
    score = {"before": card_of(found, found.pieces), "after": card_of(found, outcome.after)}
    acting(here.system, now).do(
        finish_run, run_id=run_id, draft=with_groups(found, draft_of(outcome)), score=score
    )
    return run_id


def run_of(here: Town, run_id: UUID) -> PlanRun:
    found: PlanRun = here.look(lambda _: PlanRun.objects.get(id=run_id))
    return found


def live(here: Town, one: Visit) -> list[tuple[int, UUID, str]]:
    return [
        (row.part, row.staff_id, row.state)
        for row in here.crew(one)
        if row.state not in {State.WITHDRAWN, State.DECLINED}
    ]


def page(here: Town, by: Actor | None = None) -> PlanPage:
    return acting(by or here.desk, NOON).ask(plan_page, Purpose.CONTRACT, day=TOMORROW, now=NOON)


def two_far(here: Town) -> tuple[Actor, Actor, Visit]:
    """Return a nurse who is near a visit, one who is far and in for it, and the visit."""
    near, far = here.nurse("近", base=FAR), here.nurse("远")
    return near, far, visit(here, far, place=FAR)
