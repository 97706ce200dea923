"""What dispatch does by itself, by the clock."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from anjia.dispatch import roads
from anjia.dispatch.commands import (
    begin_estimate,
    begin_run,
    delete_old_runs,
    fail_estimate,
    fail_run,
    fail_silent_run,
    finish_estimate,
    finish_run,
    hand_on,
    hand_on_estimate,
    keep_doors,
    keep_paces,
    keep_run,
    keep_travel_times,
    note_estimate,
    note_progress,
    note_roads_server,
    offer_visit,
    publish_by_policy,
    start_run,
)
from anjia.dispatch.days import Day
from anjia.dispatch.drafting import Solve, Unsound, card_of, draft_of, worked_out
from anjia.dispatch.hanging import with_groups
from anjia.dispatch.pacing import learnt
from anjia.dispatch.posing import Posed
from anjia.dispatch.queries import (
    overdue_offers,
    roads_to_ask,
    silent_estimates,
    silent_runs,
    trips_made,
    waiting_estimates,
    waiting_runs,
    was_planned,
)
from anjia.dispatch.rules.plans import PLANNING, Failure
from anjia.dispatch.whatif import waits
from anjia.dispatch.zoning import Rounds, Worker, help_with
from anjia.integrations.errors import OutsideError
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import at, day_of, local
from anjia.kernel.errors import DomainError
from anjia.kernel.jobs import each, every, heavy
from anjia.kernel.work import acting
from anjia.planning.apart import Engine, Heard, NoPlan, engine, solve_apart
from anjia.planning.plan import Plan
from anjia.planning.region import Region
from anjia.planning.zones import solve_by_zones, start_of, turns_of
from anjia.residents.queries import access_said
from anjia.workforce.queries import institutions_with_staff

log = logging.getLogger(__name__)

HANDED_ON_AGAIN: Final = timedelta(minutes=10)  # what was handed on to a worker that has died since
SAYS_SO_EVERY: Final = 15.0  # seconds between two words that a run is alive
TELLS_EVERY: Final = 1.5  # seconds between two notes of how far a run is


@every("* * * * * */15")
def go_on_asking(now: datetime) -> None:
    """Ask the next where somebody has not answered in time."""

    def ask_the_next(overdue: tuple[UUID, UUID, int]) -> None:
        organization_id, visit_id, part = overdue
        acting(system(organization_id), now).do(offer_visit, visit_id=visit_id, part=part)

    each(acting(system(), now).ask(overdue_offers, Purpose.CONTRACT, now=now), ask_the_next)


@every("*/10 * * * *")
def ask_the_roads(now: datetime) -> None:
    """Ask how long the ways of the days ahead take. While the roads' server is silent, the straight line stays."""
    if settings.ROADS:
        each(
            acting(system(), now).ask(institutions_with_staff, Purpose.CONTRACT),
            lambda one: ask_for(one, now),
        )


def ask_for(organization_id: UUID, now: datetime) -> None:
    """Ask for what one house does not know yet: outside, nothing of ours waits for the answer."""
    house = acting(system(organization_id), now)
    for asked in house.ask(roads_to_ask, Purpose.CONTRACT, now=now):
        server = roads.roads_for(asked.profile)
        if server is None:
            continue
        try:
            times = roads.asked_of(server, asked)
        except OutsideError as error:
            log.warning("the roads' server (%s) says: %s", asked.profile, error.code)
            house.do(note_roads_server, profile=asked.profile, said=error.code)
            continue
        house.do(note_roads_server, profile=asked.profile, said="")
        house.do(keep_travel_times, profile=asked.profile, times=times)


@every("50 2 * * *")
def learn_the_ways(now: datetime) -> None:
    """Reckon from now on with how long the ways of the last weeks have really taken, house by house."""
    each(acting(system(), now).ask(institutions_with_staff, Purpose.CONTRACT), lambda one: learn_of(one, now))


def learn_of(organization_id: UUID, now: datetime) -> None:
    house = acting(system(organization_id), now)
    trips = house.ask(trips_made, Purpose.CONTRACT, now=now)
    if trips:
        said = house.ask(
            access_said, Purpose.CONTRACT, address_ids=sorted({trip.address_id for trip in trips})
        )
        paces, doors = learnt(trips, said)
        house.do(keep_paces, learnt=paces)
        house.do(keep_doors, doors=doors)


@every("*/10 * * * *")
def plan_tomorrow(now: datetime) -> None:
    """
    Have each house's tomorrow planned in the evening, once, unless somebody has done so since then.

    A demo has no engine until somebody asks for a plan: nobody who looks at one finds it busy with installing.
    """
    if local(now).hour < PLANNING.nightly_from or (settings.IS_DEMO and not settings.PLANNING_CACHE.exists()):
        return
    today = day_of(now)
    evening, tomorrow = at(today, time_of_day(PLANNING.nightly_from)), today + timedelta(days=1)

    def plan(organization_id: UUID) -> None:
        house = acting(system(organization_id), now)
        if not house.ask(was_planned, Purpose.CONTRACT, day=tomorrow, since=evening):
            house.do(start_run, day=tomorrow)

    each(acting(system(), now).ask(institutions_with_staff, Purpose.CONTRACT), plan)


@every("* * * * * */3")
def hand_on_plans(now: datetime) -> None:
    """Hand what waits to be planned to whichever worker has room: each run is a job of its own."""

    def hand(waiting: tuple[UUID, UUID]) -> None:
        organization_id, run_id = waiting
        if acting(system(organization_id), now).do(hand_on, run_id=run_id, before=now - HANDED_ON_AGAIN):
            plan_day.defer(organization_id=organization_id, run_id=run_id)

    each(acting(system(), now).ask(waiting_runs, Purpose.CONTRACT, before=now - HANDED_ON_AGAIN), hand)


@every("* * * * * */20")
def look_after_plans(now: datetime) -> None:
    """Say of runs that have been killed that nothing comes of them."""

    def fail(silent: tuple[UUID, UUID, datetime]) -> None:
        organization_id, run_id, since = silent
        acting(system(organization_id), now).do(fail_silent_run, run_id=run_id, since=since)

    killed = acting(system(), now).ask(
        silent_runs, Purpose.CONTRACT, running=now - PLANNING.silent_after, waiting=now - PLANNING.waits
    )
    each(killed, fail)


@every("20 3 * * *")
def tidy_plans(now: datetime) -> None:
    """Delete what was worked out for days long past and nobody published."""

    def tidy(organization_id: UUID) -> None:
        acting(system(organization_id), now).do(delete_old_runs)

    each(acting(system(), now).ask(institutions_with_staff, Purpose.CONTRACT), tidy)


@heavy()
def plan_day(now: datetime, *, organization_id: str, run_id: str) -> None:
    """Plan a day in a process of its own, and put the draft before people."""
    house, run = system(UUID(organization_id)), UUID(run_id)
    plan_run(house, run, lambda day: Solver(house.organization_id, run, seed_of(day)), begun_at=now)


def plan_run(
    house: Actor,
    run: UUID,
    solver: Callable[[Day], Solve],
    *,
    begun_at: datetime,
    clock: Callable[[], datetime] = timezone.now,
) -> None:
    """
    Plan the day of a run with this solver, and put the draft before people, or say that nothing comes of it.

    Between the beginning and the end no transaction is open: it takes as long as it takes, and may be stopped.
    """
    day = acting(house, begun_at).do(begin_run, run_id=run)
    if day is None:
        return
    try:
        with heard_of(house, run, clock):
            outcome = worked_out(day, solver(day))
            draft = with_groups(outcome.day, draft_of(outcome))
            score = {"before": card_of(day, day.pieces), "after": card_of(day, outcome.after)}
    except NoPlan as none:
        why = None if none.code == "cancelled" else Failure(none.code)
    except Unsound:
        log.exception("the plan of a day broke a rule")
        why = Failure.UNSOUND
    except Exception:
        log.exception("the plan of a day failed")
        why = Failure.ERROR
    else:
        if acting(house, clock()).do(finish_run, run_id=run, draft=draft, score=score):
            with suppress(DomainError):  # somebody was faster: it lies there for a person
                acting(house, clock()).do(publish_by_policy, run_id=run)
        return
    if why:
        acting(house, clock()).do(fail_run, run_id=run, why=why)


@contextmanager
def heard_of(house: Actor, run: UUID, clock: Callable[[], datetime]) -> Iterator[None]:
    """Say every few seconds that a run is alive, also while nobody searches: a large day is posed for minutes."""
    is_over = threading.Event()

    def say() -> None:
        while not is_over.is_set():
            with suppress(Exception):  # the next time it may work
                acting(house, clock()).do(keep_run, run_id=run)
            is_over.wait(SAYS_SO_EVERY)
        connection.close()

    saying = threading.Thread(target=say, name="plan", daemon=True)
    saying.start()
    try:
        yield
    finally:
        is_over.set()
        saying.join()


def seed_of(day: Day) -> int:
    """Return a seed: the same day is planned the same way as often as the processor has the same time for it."""
    return day.day.toordinal()


class Solver:
    """
    Puts one problem after the other to the engine, and tells how far it is: in one, or by zones.

    Of a large day the second problem goes on from the plan of the first, where nothing has changed.
    """

    def __init__(self, organization_id: UUID, run_id: UUID, seed: int) -> None:
        self.house, self.run_id, self.seed = system(organization_id), run_id, seed
        self.told_at = -TELLS_EVERY
        self.is_wanted = True
        self.turns = 0
        self.before: tuple[Region, Plan] | None = None

    def __call__(self, posed: Posed, number: int) -> Plan:
        if isinstance(posed.problem, Region):
            return self.by_zones(posed.problem, number)
        return solve_apart(
            posed.problem,
            command=settings.PLANNER,
            cache=settings.PLANNING_CACHE,
            seconds=settings.PLANNING_SECONDS / (3 if number else 1),
            seed=self.seed,
            heard=lambda share: self.tell(number, share),
        )

    def by_zones(self, region: Region, number: int) -> Plan:
        start = start_of(self.before, region)
        turns = len(turns_of(start=start))
        with working(self.house, self.run_id, is_run=True) as worker:
            rounds = Rounds(
                worker,
                first=self.turns,
                ask_for_help=self.ask_for_help,
                tell=lambda turn, share: self.tell(number, (turn + share) / turns),
            )
            plan = solve_by_zones(
                region,
                changes=PLANNING.changes,
                run=rounds,
                seed=self.seed,
                most=PLANNING.zone,
                start=start,
            )
        self.turns += turns
        self.before = region, plan
        return plan

    def ask_for_help(self, number: int) -> None:
        for _ in range(number):
            help_with_zones.defer(organization_id=self.house.organization_id, run_id=self.run_id)

    def tell(self, number: int, share: float) -> bool:
        """Tell how far the search of this number is: each takes half of what is left of the bar. Is it still wanted?"""
        if time.monotonic() - self.told_at >= TELLS_EVERY:
            self.told_at = time.monotonic()
            progress = round(100 * (1 - 0.5**number * (1 - share / 2)))
            self.is_wanted = acting(self.house, timezone.now()).do(
                note_progress, run_id=self.run_id, progress=progress
            )
        return self.is_wanted


@contextmanager
def working(house: Actor, run_id: UUID, *, is_run: bool) -> Iterator[Worker]:
    """Return somebody who works on the zones of a run with an engine that is started when the first one is taken."""
    with ExitStack() as stack:
        started: list[Engine] = []

        def answer(asked: Any, heard: Heard) -> Any:
            if not started:
                started.append(stack.enter_context(engine(settings.PLANNER, settings.PLANNING_CACHE)))
            return started[0].answer(asked, within=PLANNING.zone_within.total_seconds(), heard=heard)

        yield Worker(house, run_id, answer, timezone.now, is_run=is_run)


@heavy(priority=-1)
def help_with_zones(now: datetime, *, organization_id: str, run_id: str) -> None:
    """Work on the zones of a large day that wait, as one of any number of workers; none may wait any more."""
    with working(system(UUID(organization_id)), UUID(run_id), is_run=False) as worker:
        help_with(worker)


@every("* * * * * */3")
def hand_on_estimates(now: datetime) -> None:
    """Hand what waits to be estimated to whichever worker has room."""

    def hand(waiting: tuple[UUID, UUID]) -> None:
        organization_id, estimate_id = waiting
        acting(system(organization_id), now).do(hand_on_estimate, estimate_id=estimate_id)
        estimate.defer(organization_id=organization_id, estimate_id=estimate_id)

    each(acting(system(), now).ask(waiting_estimates, Purpose.CONTRACT, before=now - HANDED_ON_AGAIN), hand)


@every("* * * * * */20")
def look_after_estimates(now: datetime) -> None:
    """Say of estimates whose worker has died that nothing comes of them."""

    def fail(silent: tuple[UUID, UUID]) -> None:
        organization_id, estimate_id = silent
        acting(system(organization_id), now).do(fail_estimate, estimate_id=estimate_id)

    each(acting(system(), now).ask(silent_estimates, Purpose.CONTRACT, now=now), fail)


@heavy(priority=1)
def estimate(now: datetime, *, organization_id: str, estimate_id: str) -> None:
    """Reckon what one caregiver more would change; it waits behind no day that is planned."""
    house, which = system(UUID(organization_id)), UUID(estimate_id)
    asked = acting(house, now).do(begin_estimate, estimate_id=which)
    if asked is None:
        return
    told_at = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= TELLS_EVERY:
            told_at = time.monotonic()
            acting(house, timezone.now()).do(note_estimate, estimate_id=which, progress=round(100 * share))

    as_now = waits(asked.requests, asked.sheets, asked.timelines, lambda share: tell(share / 2))
    as_then = waits(
        asked.requests, [*asked.sheets, asked.more], asked.timelines, lambda share: tell((1 + share) / 2)
    )
    result = {
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "people": asked.people,
        "shifts": asked.shifts,
        "rows": [
            [str(one.visit_id), one.at.isoformat(), before, after]
            for one, before, after in zip(asked.requests, as_now, as_then, strict=True)
        ],
    }
    acting(house, timezone.now()).do(finish_estimate, estimate_id=which, result=result)
