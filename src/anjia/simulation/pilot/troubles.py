"""
Weeks that do not go as they were planned, and the dispatcher who puts them right: by the pages that she has.

A caregiver goes home ill in the middle of a morning, visits last an hour longer, somebody rings who needs to be seen
today, and each evening the next day is planned and published. What she does is what one click on her pages does.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from typing import Any, Final
from uuid import UUID

from anjia.dispatch import commands as dispatch
from anjia.dispatch.jobs import plan_run
from anjia.dispatch.queries import all_page, expected_today, repair_page
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import at, day_of, local
from anjia.kernel.errors import DomainError
from anjia.simulation.pilot.answering import Answering
from anjia.simulation.pilot.booking import Booking
from anjia.simulation.pilot.going import Going
from anjia.simulation.pilot.opening import STANDBY
from anjia.simulation.pilot.people import nurses
from anjia.simulation.pilot.world import DAYS, MINUTES, World
from anjia.visits.queries import get_promises
from anjia.workforce import commands as workforce
from anjia.workforce.rules.rota import LeaveKind

GOES_HOME_ILL: Final = 0.3  # of the days
RINGS: Final = 0.5  # of the mornings, and of the afternoons, somebody who has to be seen today
LASTS_LONGER: Final = 0.15  # of the visits, by an hour
URGENT: Final = "bp_follow_up"
LOOKS_EVERY: Final = 10 * MINUTES
LOOKS: Final = (time(8, 5), time(17, 0))
PLANS_AT: Final = time(19, 35)


# What the engine's process does: a problem, and the how manieth it is of a day; returns the plan.
Solve = Callable[[Any, int], Any]


@dataclass(slots=True)
class Troubles:
    world: World
    booking: Booking
    going: Going
    answering: Answering
    solve: Solve

    @property
    def dispatcher(self) -> Actor:
        return self.world.member("dispatcher")

    def plan_day(self, day: date) -> None:
        agenda, dice = self.world.agenda, self.world.dice("troubles", day)
        if dice.random() < GOES_HOME_ILL:
            key = dice.choice([one.key for one in nurses() if one.key != STANDBY])
            agenda.at(at(day, time(9, 40)), lambda: self.go_home_ill(key))
        for clock in (time(9, 5), time(13, 10)):
            if dice.random() < RINGS:
                number = dice.randrange(10_000)
                agenda.at(at(day, clock), partial(self.ring, number))
        when = at(day, LOOKS[0])
        while when <= at(day, LOOKS[1]):
            agenda.at(when, self.look_at_the_board)
            when += LOOKS_EVERY
        agenda.at(at(day, PLANS_AT), self.plan_tomorrow)

    def go_home_ill(self, key: str) -> None:
        """She rings; the dispatcher has others come to all that she was promised for, and then puts her on leave."""
        world, staff_id = self.world, self.world.founder.staff[key]
        today = day_of(world.now)
        try:
            found = world.ask(
                self.dispatcher, all_page, Purpose.CONTRACT, staff_id=staff_id, day=today, now=world.now
            ).all
            if found.puts:
                self.change("went home ill", today, found.puts, found.seen, without=staff_id)
            ends_at = at(today + DAYS, time(0))
            world.do(
                world.founder.administrator,
                workforce.be_away,
                staff_id=staff_id,
                kind=LeaveKind.SICK,
                starts_at=world.now,
                ends_at=ends_at,
            )
            # What nobody could come for is on the dispatcher's list: she sends somebody, or rings and calls it off.
            world.agenda.at(world.now + 10 * MINUTES, lambda: self.answering.fill(world.promises_of(today)))
        except DomainError as refusal:
            world.did[f"refused: {refusal.code}"] += 1

    def look_at_the_board(self) -> None:
        """Whatever will be late is put right by the cheapest way out that breaks nothing, before it is late."""
        world = self.world
        today = day_of(world.now)
        expected = world.ask(self.dispatcher, expected_today, Purpose.CONTRACT, now=world.now)
        for visit_id in [visit_id for visit_id, one in expected.items() if one.is_at_risk]:
            page = world.ask(self.dispatcher, repair_page, Purpose.CONTRACT, visit_id=visit_id, now=world.now)
            way = next((one for one in page.found.proposals if not one.effect.broken), None)
            if way is None:
                world.did["late, and no way out"] += 1
            else:
                self.change(f"late: {way.way.value}", today, way.puts, way.seen)
                return  # the board is another one now

    def change(
        self, name: str, day: date, puts: Sequence[Any], weighed_against: str, *, without: UUID | None = None
    ) -> None:
        try:
            self.world.do(
                self.dispatcher,
                dispatch.change_day,
                day=day,
                puts=puts,
                weighed_against=weighed_against,
                without=without,
            )
        except DomainError as refusal:
            name = f"refused: {refusal.code}"
        else:
            self.expect({put.visit_id for put in puts})
        self.world.did[name] += 1

    def expect(self, visit_ids: Iterable[UUID]) -> None:
        """Let whoever comes know when to set out: her morning's list is older than that."""
        promises = self.world.ask(
            self.world.everybody, get_promises, Purpose.CONTRACT, visit_ids=sorted(visit_ids)
        )
        self.going.plan(list(promises.values()))

    def ring(self, number: int) -> None:
        """The desk finds the next place there is today; where there is none, she is told so."""
        world = self.world
        residents = sorted(world.elders)
        resident_id = residents[number % len(residents)]
        soon = local(world.now + 50 * MINUTES)
        try:
            held = self.booking.hold(URGENT, resident_id, day_of(world.now), soon.time())
        except DomainError as refusal:
            world.did[f"refused: {refusal.code}"] += 1
            return
        if held is None or day_of(held.starts_at) != day_of(world.now):
            if held is not None:
                world.do(world.whose(resident_id), dispatch.release_hold, hold_id=held.id)
            world.did["rang, and there was no place today"] += 1
            return
        booked = world.do(world.whose(resident_id), dispatch.confirm_hold, hold_id=held.id)
        self.expect([booked.id])
        world.did["rang, and is seen today"] += 1

    def plan_tomorrow(self) -> None:
        """The evening's run, and the dispatcher who takes its draft, if there is something in it."""
        world, tomorrow = self.world, day_of(self.world.now) + DAYS
        run_id = world.do(self.dispatcher, dispatch.start_run, day=tomorrow)
        plan_run(
            world.everybody, run_id, lambda _day: self.solve, begun_at=world.now, clock=lambda: world.now
        )
        try:
            world.do(self.dispatcher, dispatch.publish_run, run_id=run_id)
            world.did["plans published"] += 1
        except DomainError as refusal:
            world.did[f"refused: {refusal.code}"] += 1
