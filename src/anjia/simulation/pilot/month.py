"""The pilot, day by day: what is done each morning, noon and evening, and what the clock brings between."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from anjia.dispatch.jobs import go_on_asking
from anjia.kernel import events
from anjia.kernel.calendar import at, day_of
from anjia.messaging.jobs import drop_calls, empty_outbox
from anjia.notices.jobs import remind_of_tomorrow, warn_of_lapsing_papers
from anjia.quality import commands as quality
from anjia.quality.jobs import escalate_late_call_backs, look_at_ratings
from anjia.series.jobs import book_ahead
from anjia.simulation.founding import Founder
from anjia.simulation.pilot.agenda import Agenda
from anjia.simulation.pilot.answering import Answering
from anjia.simulation.pilot.booking import Booking
from anjia.simulation.pilot.calling import Calling
from anjia.simulation.pilot.going import Going
from anjia.simulation.pilot.household import Household
from anjia.simulation.pilot.opening import RENEWED_ON, open_pilot, renew_licence
from anjia.simulation.pilot.people import Elder, elders
from anjia.simulation.pilot.troubles import LASTS_LONGER, Solve, Troubles
from anjia.simulation.pilot.world import DAYS, MINUTES, World
from anjia.visits.jobs import mark_missed_visits, release_expired_holds
from anjia.visits.queries import Promise
from anjia.workforce import commands as workforce
from anjia.workforce.rules.rota import LeaveKind

LONGEST: Final = 56  # days: no rota is made further ahead
BEGINS, ENDS = time(7, 0), time(21, 0)
TICK: Final = timedelta(minutes=30)
BOOKS_AHEAD: Final = 3  # days before the first
AWAY: Final = {"pilot3": 11, "pilot1": 19}  # who is ill from which morning on
LEAVE: Final = ("pilot2", 15)  # whose leave begins on which day
SENDS_HOME: Final = (4, 5, 9)  # days of the pilot on which the ward sends somebody home
EVERY_HALF_HOUR: Final = (go_on_asking, release_expired_holds, remind_of_tomorrow)
EVERY_HOUR: Final = (
    *EVERY_HALF_HOUR,
    mark_missed_visits,
    escalate_late_call_backs,
    drop_calls,
    warn_of_lapsing_papers,
)
OBSERVED: Final = 12  # the day on which a nurse says that something has gone wrong


@dataclass(slots=True)
class Month:
    """A pilot of so many elders, from `first` on, for so many days."""

    first: date
    days: int = 30
    size: int = 30
    seed: int = 20260301
    solve: Solve | None = None  # with it the weeks have troubles, and a dispatcher who puts them right

    def live(self, founder: Founder | None = None) -> World:
        """Live through it; return the world as it stands the morning after."""
        begins = self.opens_at
        founder = founder or Founder(begins)
        founder.now = begins
        world = World(founder, Agenda(begins), self.first, self.last, self.seed)
        Days(world, self).live()
        return world

    @property
    def opens_at(self) -> datetime:
        return at(self.first - BOOKS_AHEAD * DAYS, time(8, 30))

    @property
    def last(self) -> date:
        return self.first + (self.days - 1) * DAYS


class Days:
    def __init__(self, world: World, month: Month) -> None:
        self.world, self.month = world, month
        self.booking, self.answering = Booking(world), Answering(world)
        self.household, self.calling = Household(world), Calling(world)
        self.going = Going(world, self.household)
        self.troubles = (
            Troubles(world, self.booking, self.going, self.answering, month.solve) if month.solve else None
        )
        if self.troubles:
            self.going.lasts_longer = LASTS_LONGER

    def live(self) -> None:
        world, month = self.world, self.month
        people = elders(month.size, month.seed)
        open_pilot(world, people, month.days)
        world.agenda.then = self.hear
        self.book(people)
        for ahead in range(-BOOKS_AHEAD, month.days):
            self.plan_day(month.first + ahead * DAYS, ahead + 1)
        world.agenda.run(at(month.last + DAYS, time(1)))

    def book(self, people: list[Elder]) -> None:
        """The desk books one after the other, in the days before; the ward sends hers home in the first weeks."""
        sent = [one for one in people if one.course.discharged]
        for number, resident_id in enumerate(self.world.elders):
            when = self.world.now + (10 + 6 * number) * MINUTES
            elder = self.world.elders[resident_id]
            first = self.month.first + (elder.number % (2 if elder.needs_a_look else 5)) * DAYS
            self.world.agenda.at(when, partial(self.booking.book, resident_id, first))
        for elder, number in zip(sent, SENDS_HOME, strict=False):
            if number < self.month.days:
                day = self.day(number)
                self.world.agenda.at(at(day, time(9)), partial(self.booking.send_home, elder, day))

    def day(self, number: int) -> date:
        return self.month.first + (number - 1) * DAYS

    def plan_day(self, day: date, number: int) -> None:
        agenda = self.world.agenda
        when = at(day, BEGINS)
        while when <= at(day, ENDS):
            agenda.at(when, self.tick)
            when += TICK
        agenda.at(at(day, time(7, 2)), lambda: book_ahead(self.world.now))
        agenda.at(at(day, time(10, 20)), lambda: self.household.think_ahead(self.tomorrow()))
        agenda.at(at(day, time(16, 5)), lambda: self.answering.fill(self.tomorrow()))
        agenda.at(at(day, time(20, 40)), self.calling.settle)
        agenda.at(at(day, time(20, 50)), lambda: look_at_ratings(self.world.now))
        if number < 1:
            return
        agenda.at(at(day, time(7, 10)), lambda: self.begin(number))
        agenda.at(at(day, time(7, 40)), lambda: self.answering.fill(self.today()))
        agenda.at(at(day, time(7, 50)), lambda: self.going.plan(self.today()))
        for clock in (time(10, 0), time(15, 30)):
            agenda.at(at(day, clock), self.calling.go_round)
        if self.troubles:
            self.troubles.plan_day(day)

    def today(self) -> list[Promise]:
        return self.world.promises_of(day_of(self.world.now))

    def tomorrow(self) -> list[Promise]:
        return self.world.promises_of(day_of(self.world.now) + DAYS)

    def begin(self, number: int) -> None:
        """What is different this morning: somebody is ill, on leave soon, has a new licence, or something to say."""
        for key, day in AWAY.items():
            if day == number:
                self.be_away(key, LeaveKind.SICK, self.world.now, days=1)
        key, day = LEAVE
        if number == day - 7:
            self.be_away(key, LeaveKind.ANNUAL, at(self.day(day), time(0)), days=2)
        if number == RENEWED_ON:
            renew_licence(self.world)
        if number == OBSERVED:
            self.observe()

    def be_away(self, key: str, kind: LeaveKind, starts_at: datetime, *, days: int) -> None:
        ends_at = at(day_of(starts_at) + days * DAYS, time(0))
        self.world.do(
            self.world.founder.administrator,
            workforce.put_leave,
            staff_id=self.world.founder.staff[key],
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            reason="发烧" if kind is LeaveKind.SICK else "",
        )

    def observe(self) -> None:
        said = self.world.do(
            self.world.nurse(self.world.founder.staff["pilot1"]),
            quality.raise_concern,
            kind="adverse_event",
            words="换药时胶布撕得急，手背擦破一小块皮，已消毒。",
        )
        self.household.answer(said.id)

    def tick(self) -> None:
        """Run what the worker runs by the clock: who is asked anew every half hour, the rest every hour."""
        now = self.world.now
        for job in EVERY_HALF_HOUR if now.minute else EVERY_HOUR:
            job(now)
        empty_outbox(lambda: now)

    def hear(self) -> None:
        """Let all who listen hear what has happened, and the nurses see what they are asked."""
        heard = 0
        while delivered := events.pump(self.world.now):
            heard += delivered
        if heard:
            self.answering.look()
