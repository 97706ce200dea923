"""What those at home do: call a visit off, ask for another time, say how it was, complain."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from anjia.dispatch import commands as dispatch
from anjia.dispatch.queries import slots_for
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import at, day_of, local
from anjia.kernel.errors import DomainError
from anjia.quality import commands as quality
from anjia.simulation.phones import Errand
from anjia.simulation.pilot.agenda import What
from anjia.simulation.pilot.people import BLAME, PRAISE
from anjia.simulation.pilot.world import DAYS, HOURS, MINUTES, World
from anjia.visits.queries import Promise
from anjia.visits.rules.lifecycle import Status

CALLS_OFF, MOVES = 0.03, 0.04
RATES, DAUGHTER_RATES, DAUGHTER_SAYS = 0.45, 0.4, 0.3
COMPLAINS, COMPLAINS_OF_LATE = 0.01, 0.25
LATE: Final = timedelta(minutes=15)
REASONS: Final = (
    ("asked", "女儿带她去看病"),
    ("in_hospital", "昨晚住院了"),
    ("asked", "身体不舒服，下周再来"),
)


@dataclass(slots=True)
class Household:
    world: World

    def think_ahead(self, promises: list[Promise]) -> None:
        """The day before, some think otherwise."""
        for promise in promises:
            if promise.status is not Status.BOOKED:
                continue
            dice = self.world.dice("home", promise.resident_id, promise.starts_at)
            fate, when = dice.random(), self.world.now + dice.randint(5, 300) * MINUTES
            if fate < CALLS_OFF:
                why = dice.choice(REASONS)
                self.world.agenda.at(when, partial(self.call_off, promise, why))
            elif fate < CALLS_OFF + MOVES:
                self.world.agenda.at(when, partial(self.move, promise))

    def call_off(self, promise: Promise, why: tuple[str, str]) -> None:
        by = self.world.whose(promise.resident_id)
        try:
            self.world.do(by, dispatch.cancel_booking, visit_id=promise.id, reason=why[0], why=why[1])
        except DomainError:
            return  # too late, or it is off already

    def move(self, promise: Promise) -> None:
        """Ask for another time within the next days."""
        world, by = self.world, self.world.whose(promise.resident_id)
        found = world.ask(
            by,
            slots_for,
            Purpose.CONTRACT,
            service_code=world.service_of(promise).code,
            resident_id=promise.resident_id,
            address_id=promise.address_id,
            first_day=day_of(promise.starts_at) + DAYS,
            days=3,
            now=world.now,
            moving=promise.id,
        )
        slots = [slot for day in found.days for slot in day.slots]
        if not slots:
            return
        slot = world.dice("slot", promise.resident_id, promise.starts_at).choice(slots[:8])
        crew = [one.id for one in slot.people]
        try:
            world.do(
                by,
                dispatch.move_booking,
                visit_id=promise.id,
                starts_at=slot.starts_at,
                staff_ids=crew,
                why="家里有事，换一天",
            )
        except DomainError:
            return

    def think_of(self, promise: Promise, errand: Errand) -> None:
        """After the visit some say how it was, and a few complain; who had to wait says so more often."""
        world, whose = self.world, promise.resident_id
        dice = world.dice("after", whose, promise.starts_at)
        is_late = errand.begins_at > promise.starts_at + LATE
        if dice.random() < RATES:
            by = world.whose(whose)
            self.later(dice.randint(30, 300), lambda: self.rate(by, promise, is_late))
        if whose in world.daughter and dice.random() < DAUGHTER_RATES:
            self.later(dice.randint(60, 600), lambda: self.rate(world.daughter[whose], promise, is_late))
        if whose in world.daughter and dice.random() < DAUGHTER_SAYS:
            self.later(dice.randint(60, 600), lambda: self.say_as_family(promise, is_late))
        if dice.random() < (COMPLAINS_OF_LATE if is_late else COMPLAINS):
            self.later(dice.randint(90, 400), lambda: self.complain(promise))

    def later(self, minutes: int, what: What) -> None:
        """Have it said that much later; by night nobody says anything."""
        when: datetime = self.world.now + minutes * MINUTES
        if local(when).hour >= 21 or local(when).hour < 8:
            when = at(day_of(when + 3 * HOURS), time(8, 30)) + timedelta(minutes=minutes % 90)
        self.world.agenda.at(when, what)

    def rate(self, by: Actor, promise: Promise, is_late: bool) -> None:
        dice = self.world.dice("stars", by.user_id, promise.resident_id, promise.starts_at)
        stars = dice.choice((2, 3, 3, 4)) if is_late else dice.choices((5, 4, 3, 2), (66, 25, 7, 2))[0]
        aspects = {"manner": dice.choice((5, 5, 5, 4)), "skill": max(3, stars)}
        aspects["punctual"] = dice.choice((2, 3)) if is_late else 5
        if dice.random() < 0.8:
            aspects["explained"] = dice.choice((5, 5, 4, 4, 3))
        words = dice.choice(PRAISE if stars > 3 else BLAME)
        self.world.do(by, quality.rate_visit, visit_id=promise.id, stars=stars, aspects=aspects, words=words)

    def say_as_family(self, promise: Promise, is_late: bool) -> None:
        by = self.world.daughter[promise.resident_id]
        self.world.do(
            by,
            quality.say_as_family,
            visit_id=promise.id,
            told="late" if is_late else "in_time",
            understood="yes",
            burden="some" if is_late else "light",
        )

    def complain(self, promise: Promise) -> None:
        """She telephones, and the desk writes it down."""
        whose: UUID = promise.resident_id
        elder = self.world.elders[whose]
        said = self.world.do(
            self.world.member("desk"),
            quality.raise_concern,
            kind="complaint",
            words=self.world.dice("complaint", elder.key, promise.starts_at).choice(BLAME),
            visit_id=promise.id,
            is_caller=True,
            caller_name=elder.home.name,
            caller_phone=elder.home.phone,
        )
        self.answer(said.id)

    def answer(self, concern_id: UUID) -> None:
        """The quality manager takes it up, finds out, and says what came of it."""
        world, who = self.world, self.world.member("quality")
        dice = world.dice("concern", world.now)
        soon = world.now + dice.randint(2, 20) * HOURS

        def take_up() -> None:
            world.do(who, quality.acknowledge_concern, concern_id=concern_id, words="电话里说了，三天内答复")

        def find_out() -> None:
            found = "问过当天的护士，看了记录，情况属实。"
            world.do(who, quality.note_finding, concern_id=concern_id, words=found)
            told = "您说的情况属实，向您道歉。以后晚到十分钟就先打电话。"
            said = {"words": told, "told_by": "telephone", "finding": "upheld"}
            world.do(who, quality.tell_outcome, concern_id=concern_id, **said)

        world.agenda.at(soon, take_up)
        world.agenda.at(soon + dice.randint(1, 5) * DAYS, find_out)
