"""One event that is flipped in a pilot that has been lived through, of each kind; and which numbers it belongs to."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from anjia.kernel import events
from anjia.kernel.actors import Actor, system
from anjia.kernel.calendar import at
from anjia.kernel.work import acting
from anjia.quality import commands as quality
from anjia.quality.models import CallBack, Rating
from anjia.simulation.founding import CENTRE
from anjia.simulation.pilot.world import DAYS, HOURS, MINUTES, World
from anjia.visits import commands as visits
from anjia.visits.models import Visit

RATINGS: Final = {
    "satisfaction_resident",
    "satisfaction_family",
    "aspect_manner",
    "aspect_skill",
    "aspect_punctual",
    "aspect_explained",
}
A_TURN: Final = 75 * MINUTES
ALL_FIVE: Final = {"manner": 5, "skill": 5, "punctual": 5, "explained": 5}


@dataclass(slots=True)
class Hand:
    """Does one thing more, by the commands that people use."""

    world: World
    number: int

    @property
    def dice(self) -> random.Random:
        return self.world.dice("flip", self.number)

    @property
    def begins(self) -> datetime:
        """Return when what is promised anew begins: some days on, and each at a time of its own."""
        return at(self.world.last + 2 * DAYS, time(0, 5)) + self.number * A_TURN

    def do(self, by: Actor, command: Any, when: datetime, **what: Any) -> Any:
        return acting(by, when).do(command, **what)

    def look(self, question: Callable[[], Any]) -> Any:
        return acting(system(CENTRE), self.world.now).ask(lambda _actor: question())

    @property
    def desk(self) -> Actor:
        return self.world.member("desk")

    def promise(self, resident_id: UUID | None = None) -> Visit:
        whose = resident_id or self.dice.choice(sorted(self.world.elders))
        elder = self.world.elders[whose]
        service = self.world.services[elder.course.service]
        ends_at = self.begins + service.duration_minutes * MINUTES
        staff_id = self.world.founder.staff[self.dice.choice(("pilot1", "pilot2", "pilot3"))]
        made: Visit = self.do(
            self.desk,
            visits.promise_visit,
            self.world.now,
            resident_id=whose,
            address_id=self.world.addresses[whose],
            service_version_id=service.id,
            starts_at=self.begins,
            ends_at=ends_at,
            assignments=[(1, staff_id, self.begins, ends_at)],
        )
        return made

    def nurse_of(self, visit: Visit) -> Actor:
        [staff_id] = self.look(lambda: list(visit.assignments.values_list("staff_id", flat=True)))
        return self.world.nurse(staff_id)

    def say(self, visit: Visit, kind: str, when: datetime, **content: Any) -> None:
        said = {"client_id": uuid4(), "visit_id": visit.id, "kind": kind, "occurred_at": when}
        self.do(
            self.nurse_of(visit), visits.record_facts, when + MINUTES, facts=[said | {"content": content}]
        )

    def finish(self, visit: Visit) -> Visit:
        self.say(visit, "done", visit.ends_at, record={})
        while events.pump(visit.ends_at + 5 * MINUTES, organization_id=CENTRE):
            pass
        return visit

    def done_visit(self) -> Visit:
        return self.finish(self.promise())

    def accept(self, visit: Visit, when: datetime) -> None:
        self.do(self.nurse_of(visit), visits.accept_assignment, when, visit_id=visit.id)

    def cancel(self, visit: Visit, reason: str) -> None:
        self.do(self.desk, visits.cancel_visit, self.world.now + HOURS, visit_id=visit.id, reason=reason)

    def rate(self, visit: Visit, stars: int, by: Actor | None = None) -> Visit:
        when = max(visit.ends_at, self.world.now) + HOURS
        said = {"visit_id": visit.id, "stars": stars, "aspects": ALL_FIVE}
        self.do(by or self.desk, quality.rate_visit, when, **said)
        return visit

    def complain(self, visit: Visit | None, kind: str = "complaint") -> None:
        said: dict[str, Any] = {"kind": kind, "words": "等了很久", "is_caller": True}
        said |= {"visit_id": visit.id} if visit else {"caller_name": "周先生", "caller_phone": "19900003012"}
        self.do(self.desk, quality.raise_concern, self.begins + 2 * HOURS, **said)

    def call(self, visit: Visit, when: datetime, **said: str) -> None:
        due = self.look(lambda: CallBack.objects.get(visit_id=visit.id))
        self.do(self.desk, quality.log_call_back, when, call_back_id=due.id, **said)

    def daughters(self) -> Visit:
        return self.finish(self.promise(self.dice.choice(sorted(self.world.daughter))))

    def unrated(self) -> Visit:
        """Return one of those that were done in the pilot and nobody has rated."""
        rated = self.look(lambda: list(Rating.objects.values_list("visit_id", flat=True)))
        done: list[Visit] = self.look(lambda: list(Visit.objects.filter(status="done").exclude(id__in=rated)))
        return self.dice.choice(sorted(done, key=lambda one: (one.starts_at, str(one.resident_id))))


@dataclass(frozen=True, slots=True)
class Flip:
    """What there is before, what is flipped, and the numbers that this changes: those and no others."""

    name: str
    before: Callable[[Hand], Any]
    flip: Callable[[Hand, Any], Any]
    changes: frozenset[str]


def flip(name: str, before: Callable[[Hand], Any], turn: Callable[[Hand, Any], Any], *changes: str) -> Flip:
    return Flip(name, before, turn, frozenset(changes))


LATE: Final = timedelta(minutes=20)
FLIPS: Final = [
    flip(
        "one more promise", lambda hand: None, lambda hand, _: hand.promise(),
        "completion", "response", "punctuality", "complaint", "rated",
    ),
    flip("a yes", Hand.promise, lambda hand, one: hand.accept(one, one.booked_at + HOURS), "response"),
    flip("a yes too late", Hand.promise, lambda hand, one: hand.accept(one, one.starts_at + MINUTES)),
    flip(
        "taken back by her", Hand.promise, lambda hand, one: hand.cancel(one, "asked"),
        "completion", "response", "complaint",
    ),
    flip("called off by us", Hand.promise, lambda hand, one: hand.cancel(one, "weather")),
    flip(
        "an arrival", Hand.promise,
        lambda hand, one: hand.say(one, "arrived", one.starts_at, proof="photo", reason="在"),
        "punctuality",
    ),
    flip(
        "a late arrival", Hand.promise,
        lambda hand, one: hand.say(one, "arrived", one.starts_at + LATE, proof="photo", reason="在"),
        "punctuality",
    ),
    flip("done", Hand.promise, lambda hand, one: hand.finish(one), "completion", "rated", "call_back"),
    flip("four stars", Hand.done_visit, lambda hand, one: hand.rate(one, 4), "rated", *RATINGS),
    flip("two stars of a visit of the pilot", Hand.unrated, lambda hand, one: hand.rate(one, 2), "rated", *RATINGS),
    flip(
        "a daughter's one star", Hand.daughters,
        lambda hand, one: hand.rate(one, 1, hand.world.daughter[one.resident_id]), "rated", *RATINGS,
    ),
    flip(
        "stars thought over", lambda hand: hand.rate(hand.done_visit(), 5), lambda hand, one: hand.rate(one, 2),
        "satisfaction_resident",
    ),
    flip("a complaint", Hand.unrated, lambda hand, one: hand.complain(one), "complaint"),
    flip("a complaint of no visit", lambda hand: None, lambda hand, _: hand.complain(None), "complaint"),
    flip("a suggestion", Hand.unrated, lambda hand, one: hand.complain(one, "suggestion")),
    flip(
        "a call answered in time", Hand.done_visit,
        lambda hand, one: hand.call(one, one.ends_at + HOURS, reached="reached", solved="yes"), "call_back",
    ),
    flip(
        "a call answered late", Hand.done_visit,
        lambda hand, one: hand.call(one, one.ends_at + 25 * HOURS, reached="reached", solved="yes"),
    ),
    flip(
        "a call nobody answered", Hand.done_visit,
        lambda hand, one: hand.call(one, one.ends_at + HOURS, reached="no_answer"),
    ),
]  # fmt: skip
