"""How the nurses go: some late, some where nobody opens, now and then nobody; and what their phones say of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from anjia.dispatch import commands as dispatch
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import at, day_of
from anjia.kernel.encryption import mac
from anjia.residents.rules.cards import card_payload
from anjia.simulation.phones import Errand, Fact, Phones, fact, record_for, used_and_packed
from anjia.simulation.pictures import scribble
from anjia.simulation.pilot.booking import LOOK
from anjia.simulation.pilot.household import Household
from anjia.simulation.pilot.people import Elder
from anjia.simulation.pilot.world import HOURS, MINUTES, World
from anjia.visits import commands as visits
from anjia.visits.queries import Promise, door_code, get_promise
from anjia.visits.rules.lifecycle import State, Status

NOBODY_COMES: Final = 0.015
NOBODY_OPENS: Final = 0.015
REFUSES: Final = 0.02
LATE: Final = 0.08
NO_SIGNAL: Final = 0.05
WAY: Final = 14 * MINUTES
BETWEEN: Final = 8 * MINUTES  # from one door to the next, at least
ON_THE_MAP: Final = 0.6
BACK_AT_THE_STATION: Final = time(18, 40)


@dataclass(slots=True)
class Going:
    world: World
    household: Household
    free_at: dict[UUID, datetime] = field(default_factory=dict)
    lasts_longer: float = 0.0  # of the visits, by an hour

    def plan(self, promises: Sequence[Promise]) -> None:
        for one in promises:
            self.world.agenda.at(one.starts_at - WAY, partial(self.set_out, one))

    def set_out(self, planned: Promise) -> None:
        """Go, if it still stands as it stood in the morning and somebody has said yes."""
        world = self.world
        promise = world.ask(world.everybody, get_promise, Purpose.CONTRACT, visit_id=planned.id)
        is_same = promise.status is Status.BOOKED and promise.starts_at == planned.starts_at
        crew = [one.staff_id for one in promise.crew if one.state is State.ACCEPTED]
        if not is_same or not crew:
            return
        elder = world.elders[promise.resident_id]
        version = world.service_of(promise)
        dice = world.dice("visit", elder.key, promise.starts_at)
        fate = dice.random()
        if fate < NOBODY_COMES:
            return
        late = dice.randint(17, 45) if dice.random() < LATE else dice.randint(-5, 10)
        begins = max(promise.starts_at + late * MINUTES, world.now + 5 * MINUTES)
        begins = max(begins, self.free_at.get(crew[0], begins) + BETWEEN)
        errand = Errand(
            visit_id=promise.id,
            version=version,
            key=elder.key,
            begins_at=begins,
            values=elder.values((day_of(begins) - world.first).days / 7),
            refuses="今天不想做，人不舒服" if fate > 1 - REFUSES and version.code != LOOK else "",
        )
        nurse = world.nurse(crew[0])
        if fate < NOBODY_COMES + NOBODY_OPENS:
            self.nobody_opens(nurse, errand)
        else:
            self.visit(nurse, errand, promise, has_signal=dice.random() >= NO_SIGNAL)

    def keep_busy(self, nurse: Actor, *, until: datetime) -> None:
        if nurse.staff_id:
            self.free_at[nurse.staff_id] = until

    def nobody_opens(self, nurse: Actor, errand: Errand) -> None:
        world, desk = self.world, self.world.member("dispatcher")
        self.say(nurse, [fact(errand, "departed", world.now)])
        self.keep_busy(nurse, until=errand.begins_at + 10 * MINUTES)
        world.agenda.at(
            errand.begins_at + 10 * MINUTES,
            lambda: world.do(
                desk,
                dispatch.cancel_booking,
                visit_id=errand.visit_id,
                reason="not_at_home",
                why="护士到门口没人应门，电话联系家人，说去女儿家了",
            ),
        )

    def visit(self, nurse: Actor, errand: Errand, promise: Promise, *, has_signal: bool) -> None:
        """What is said at the door is said at the door; where there is no signal, hours later all at once."""
        world = self.world
        minutes = 12 if errand.refuses else errand.version.duration_minutes - 2
        if world.dice("long", errand.key, errand.begins_at).random() < self.lasts_longer:
            minutes += 60
        ends = errand.begins_at + minutes * MINUTES
        self.keep_busy(nurse, until=ends + 2 * MINUTES)
        departed = fact(errand, "departed", world.now)

        def arrive() -> list[Fact]:
            return [fact(errand, "arrived", world.now, **self.proof(nurse, errand, promise))]

        def finish() -> None:
            said = self.behind_the_door(nurse, errand, ends)
            if not has_signal:
                proof = self.proof(nurse, errand, promise)
                said = [departed, fact(errand, "arrived", errand.begins_at, **proof), *said]
            self.say(nurse, said)
            self.household.think_of(promise, errand)

        if has_signal:
            self.say(nurse, [departed])
            world.agenda.at(errand.begins_at, lambda: self.say(nurse, arrive()))
            world.agenda.at(ends + 2 * MINUTES, finish)
        else:
            world.agenda.at(max(ends + 2 * HOURS, at(day_of(ends), BACK_AT_THE_STATION)), finish)

    def behind_the_door(self, nurse: Actor, errand: Errand, ends: datetime) -> list[Fact]:
        phones = Phones(self.world.founder, ends, self.world.dice("phone", errand.key, errand.begins_at))
        record = record_for(errand.version.record_form)
        used = [] if errand.refuses else used_and_packed(errand, ends)
        return [
            *phones.steps(errand),
            *phones.signed(errand, ends),
            *used,
            fact(errand, "done", ends, record=record),
            fact(errand, "left", ends + 2 * MINUTES),
        ]

    def proof(self, nurse: Actor, errand: Errand, promise: Promise) -> dict[str, Any]:
        """Most show the card of the household, some a code; at some doors there is a photo, at some only a word."""
        world = self.world
        elder: Elder = world.elders[promise.resident_id]
        dice = world.dice("door", elder.key, promise.starts_at)
        home, kind = elder.home, dice.random()
        near = {
            "latitude": home.latitude + dice.uniform(-0.0003, 0.0003),
            "longitude": home.longitude + dice.uniform(-0.0003, 0.0003),
            "accuracy_m": dice.randint(8, 40),
        }
        herself = world.herself.get(promise.resident_id)
        if herself and kind < 0.5 and world.now == errand.begins_at:
            shown = world.ask(
                herself, door_code, Purpose.ACCESS, visit_id=errand.visit_id, now=errand.begins_at
            )
            return {"proof": "dynamic_qr", "payload": shown.payload, "position": near}
        if kind < ON_THE_MAP and not elder.course.discharged:
            card = card_payload(promise.resident_id, 1, mac=mac)
            return {"proof": "household_card", "card": card, "position": near}
        if kind > 0.95:
            return {"proof": "photo", "reason": "楼里没有定位，也没带卡"}
        photo = uuid4()
        world.do(
            nurse,
            visits.keep_evidence,
            visit_id=errand.visit_id,
            content=scribble(dice.randint(0, 999)),
            content_type="image/png",
            file_id=photo,
        )
        return {"proof": "photo", "file_id": str(photo), "position": near, "reason": "没带卡，拍了门口"}

    def say(self, nurse: Actor, facts: list[Fact]) -> None:
        self.world.do(nurse, visits.record_facts, facts=facts)
