"""What the caregivers' phones send: on the way, at the door, step by step, signed, done."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from anjia.clinical.measures import MEASURES
from anjia.dispatch.queries import my_deliveries
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.encryption import mac
from anjia.kernel.files import store
from anjia.kernel.work import acting
from anjia.residents.rules.cards import card_payload
from anjia.simulation import town
from anjia.simulation.founding import Founder, resident_id_of
from anjia.simulation.pictures import scribble
from anjia.visits import commands as visits
from anjia.visits.queries import door_code

MINUTES: Final = timedelta(minutes=1)
TO_LABORATORY: Final = 20 * MINUTES  # from a door of this town, and handed over
TYPICAL: Final[Mapping[str, float]] = {
    "8480-6": 136, "8462-4": 82, "8867-4": 74, "8310-5": 36.5, "59408-5": 97, "29463-7": 58.6, "15074-8": 6.8,
    "14743-9": 6.8, "14771-0": 6.4, "9279-1": 17,
}  # fmt: skip
Fact = dict[str, Any]
Sent = list[tuple[datetime, list[Fact]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One visit as those see it who go: whose, what for, when it really began, and how far it has come."""

    visit_id: UUID
    version: Any
    key: str
    begins_at: datetime
    until: str = "left"  # departed, arrived, left
    with_code: bool = False  # the resident shows her changing code at the door
    values: Mapping[str, float] = field(
        default_factory=dict
    )  # what is measured, where it is not what is typical
    refuses: str = ""  # why she will have nothing done, and signs nothing


@dataclass(frozen=True, slots=True)
class Phones:
    founder: Founder
    now: datetime
    dice: random.Random

    def send(self, errand: Errand, staff: Sequence[str]) -> None:
        """Send what each of the crew says; the first of them does the steps and has it signed."""
        for one in staff:
            for when, facts in self.sent(errand, is_first=one == staff[0]):
                heard = min(when + timedelta(seconds=8), self.now)
                self.founder.do(self.founder.member(one), visits.record_facts, when=heard, facts=facts)

    def send_next(self, errand: Errand, staff: Sequence[str], state: str) -> None:
        """Send what comes after `state`: the way there, the door, or all that was done behind it."""
        for one in staff:
            member, is_first = self.founder.member(one), one == staff[0]
            match state:
                case "accepted":
                    facts = [fact(errand, "departed", self.now)]
                case "departed":
                    facts = [fact(errand, "arrived", self.now, **self.proof(errand))]
                case "late":  # on her way or not, she is there now
                    on_the_way = fact(errand, "departed", self.now - 10 * MINUTES)
                    facts = [on_the_way, fact(errand, "arrived", self.now, **self.proof(errand))]
                case _:
                    facts = next(
                        facts for _when, facts in self.sent(errand, is_first=is_first) if has_done(facts)
                    )
            self.founder.do(member, visits.record_facts, when=self.now, facts=facts)

    def bring(self, member: Actor) -> None:
        """Say of what is due at the laboratory by now that it has been handed over."""
        ways = acting(member, self.now).ask(
            my_deliveries, Purpose.CONTRACT, day=day_of(self.now), now=self.now
        )
        for way in ways:
            if way.delivered_at is None and way.is_with_her and way.handed_over_at <= self.now:
                said = {
                    "kind": "delivered",
                    "occurred_at": self.now,
                    "content": {"laboratory": way.laboratory},
                }
                facts = [{"client_id": uuid4(), "visit_id": one, **said} for one in way.visit_ids]
                self.founder.do(member, visits.record_facts, when=self.now, facts=facts)

    def sent(self, errand: Errand, *, is_first: bool) -> Sent:
        set_out = min(errand.begins_at - 15 * MINUTES, self.now - 6 * MINUTES)
        departed = fact(errand, "departed", set_out)
        if errand.until == "departed":
            return [(set_out, [departed])]
        arrived = fact(errand, "arrived", errand.begins_at, **self.proof(errand))
        at_the_door: Sent = [(errand.begins_at, [departed, arrived])]
        done = self.steps(errand) if is_first else []
        if errand.until == "arrived":
            return [*at_the_door, (done[-1]["occurred_at"], done)] if done else at_the_door
        end = errand.begins_at + (errand.version.duration_minutes - 2) * MINUTES
        if is_first:
            done += self.signed(errand, end)
        record = record_for(errand.version.record_form)
        if is_first:
            done += used_and_packed(errand, end)
        done += [fact(errand, "done", end, record=record), fact(errand, "left", end + 2 * MINUTES)]
        behind_it: Sent = [*at_the_door, (end + 2 * MINUTES, done)]
        brought = end + 2 * MINUTES + TO_LABORATORY
        if is_first and errand.version.deliver_minutes and not errand.refuses and brought <= self.now:
            return [*behind_it, (brought, [fact(errand, "delivered", brought)])]
        return behind_it

    def steps(self, errand: Errand) -> list[Fact]:
        """Return the steps with what was measured and taught; of a visit under way, the first half."""
        version = errand.version
        steps = [step for step in version.steps if step["evidence"] != "signature"]
        if errand.until == "arrived":
            steps = steps[: len(steps) // 2]
        pace = (version.duration_minutes - 6) / max(1, len(version.steps)) * MINUTES
        done: list[Fact] = []
        for number, step in enumerate(steps):
            when = min(errand.begins_at + 3 * MINUTES + number * pace, self.now)
            if errand.refuses:
                done.append(
                    fact(errand, "step_done", when, key=step["key"], skipped=True, reason=errand.refuses)
                )
                continue
            if step["evidence"] == "reading":
                done.append(fact(errand, "measured", when, readings=self.measured(errand, step)))
            if step["evidence"] == "teach_back":
                point = version.teaching_points[0]["text"]
                done.append(fact(errand, "teach_back", when, point=point, understood=True))
            done.append(fact(errand, "step_done", when, key=step["key"]))
        return done

    def signed(self, errand: Errand, when: datetime) -> list[Fact]:
        if errand.refuses:
            return [fact(errand, "signed", when, by="refused", reason=errand.refuses)]
        picture = self.founder.do(
            self.founder.member("nurse"),
            store,
            when=when,
            content=scribble(self.dice.randint(0, 999)),
            content_type="image/png",
            resident_id=resident_id_of(errand.key),
        )
        keys = [step["key"] for step in errand.version.steps if step["evidence"] == "signature"]
        steps = [fact(errand, "step_done", when, key=one) for one in keys]
        return [fact(errand, "signed", when, by="resident", file_id=str(picture.id)), *steps]

    def proof(self, errand: Errand) -> dict[str, Any]:
        home = next(one for one in town.neighbours() if one.key == errand.key)
        near = {
            "latitude": home.latitude + self.dice.uniform(-0.0003, 0.0003),
            "longitude": home.longitude + self.dice.uniform(-0.0003, 0.0003),
            "accuracy_m": self.dice.randint(8, 40),
        }
        if errand.with_code:
            when = errand.begins_at
            shown = acting(self.founder.person("resident"), when).ask(
                door_code, Purpose.ACCESS, visit_id=errand.visit_id, now=when
            )
            return {"proof": "dynamic_qr", "payload": shown.payload, "position": near}
        card = card_payload(resident_id_of(errand.key), 1, mac=mac)
        return {"proof": "household_card", "card": card, "position": near}

    def measured(self, errand: Errand, step: Mapping[str, Any]) -> list[dict[str, Any]]:
        typical = {**TYPICAL, **errand.values}
        known = [code for code in step.get("codes", ()) if code in typical and code in MEASURES]
        return [
            {
                "code": code,
                "value": round(typical[code] * self.dice.uniform(0.99, 1.01), MEASURES[code].decimals),
                "unit": MEASURES[code].unit,
            }
            for code in known or ["8867-4"]
        ]


def has_done(facts: Sequence[Fact]) -> bool:
    return any(one["kind"] == "done" for one in facts)


def used_and_packed(errand: Errand, when: datetime) -> list[Fact]:
    """Return what was used, and the waste that is brought back of it."""
    supplies = errand.version.content["supplies"]
    codes = {one["code"] for one in supplies}
    facts = [fact(errand, "supplies", when, used=supplies)] if supplies else []
    if codes & {"waste_bag", "sharps_box"}:
        waste_class = "sharps" if "sharps_box" in codes else "infectious"
        seal = f"QX{when:%m%d}{errand.visit_id.int % 10_000:04d}"
        facts.append(fact(errand, "waste", when, waste_class=waste_class, bags=1, weight_g=180, seal=seal))
    return facts


def fact(errand: Errand, kind: str, when: datetime, **content: Any) -> Fact:
    return {
        "client_id": uuid4(),
        "visit_id": errand.visit_id,
        "kind": kind,
        "occurred_at": when,
        "content": content,
    }


def record_for(form: Mapping[str, Any]) -> dict[str, Any]:
    """Fill a record form in with what is usual: the first choice, the middle of a range."""
    return {name: usual(field) for name, field in form.get("properties", {}).items()}


def usual(field: Mapping[str, Any]) -> Any:
    if "enum" in field:
        return field["enum"][0]
    match field.get("type"):
        case "boolean":
            return False
        case "integer":
            return int((field.get("minimum", 0) + field.get("maximum", 10)) // 2)
        case "number":
            return round((field.get("minimum", 0) + field.get("maximum", 10)) / 2, 1)
        case "array":
            return []
    return "如常"
