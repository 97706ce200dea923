"""
How a batch of facts from one caregiver's phone is taken in: read, kept, checked against what we knew.

Only the commands of the field use it. Every visit's row is held first, the lowest id first: what is derived from the
facts is derived from all of them, in whatever order they come.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import get_version
from anjia.kernel import audit, encryption, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import Words
from anjia.records.commands import record_readings
from anjia.residents.queries import get_address, resident_of_card
from anjia.visits.events import FactRecorded, VisitDone
from anjia.visits.models import Assignment, Conflict, FieldFact, Visit
from anjia.visits.rules.arrival import (
    BEST_FIRST,
    Arrival,
    CodeTrouble,
    Evidence,
    Grade,
    arrival_of,
    distance_m,
    trouble_with_code,
)
from anjia.visits.rules.facts import (
    MAY_BE_CURED,
    WORDS_OF_MISFIT,
    FactKind,
    Misfit,
    critical_missing,
    misfits_of,
    wrong_with,
    wrong_with_record,
)
from anjia.visits.rules.lifecycle import LIVE, State, Status, Told, What, state_after, status_after
from anjia.visits.writing import write_change

STATES_OF_FACTS: Final = ("departed", "arrived", "done")
VOID: Final = frozenset({Misfit.NOT_ASSIGNED, Misfit.VISIT_NOT_OPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    client_id: UUID
    received_at: datetime
    conflict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    client_id: UUID
    words: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a batch: everything sent is in one of the two."""

    accepted: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    actor: Actor
    now: datetime
    staff_id: UUID
    said: Sequence[Mapping[str, Any]]

    def write_down(self) -> Receipt:
        visits, receipt = self.hold_visits(), Receipt()
        facts = self.known_facts()
        fresh: dict[UUID, list[FieldFact]] = {}
        for client_id, said in {said["client_id"]: said for said in reversed(self.said)}.items():
            if client_id in facts:
                continue
            visit, wrong = visits.get(said["visit_id"]), wrong_with(FactKind(said["kind"]), said["content"])
            if visit is None or wrong:
                receipt.refused.append(refusal(client_id, wrong))
                continue
            facts[client_id] = self.fact_of(visit, said)
            fresh.setdefault(visit.id, []).append(facts[client_id])
        for visit_id in sorted(fresh):
            visit = visits[visit_id]
            actor = self.actor.let_see(visit.resident_id)
            Hearing(actor, self.now, self.staff_id, visit, fresh[visit_id]).write_down()
        receipt.accepted.extend(self.taken(facts))
        return receipt

    def hold_visits(self) -> dict[UUID, Visit]:
        visits = Visit.objects.filter(organization_id=self.actor.organization_id).select_for_update()
        asked = {said["visit_id"] for said in self.said}
        return {visit.id: visit for visit in visits.filter(id__in=asked).order_by("id")}

    def known_facts(self) -> dict[UUID, FieldFact]:
        mine = FieldFact.objects.filter(organization_id=self.actor.organization_id, staff_id=self.staff_id)
        asked = [said["client_id"] for said in self.said]
        return {fact.client_id: fact for fact in mine.filter(client_id__in=asked)}

    def fact_of(self, visit: Visit, said: Mapping[str, Any]) -> FieldFact:
        return FieldFact(
            organization_id=visit.organization_id,
            resident_id=visit.resident_id,
            visit=visit,
            staff_id=self.staff_id,
            client_id=said["client_id"],
            kind=FactKind(said["kind"]).value,
            occurred_at=said["occurred_at"],
            received_at=self.now,
            content=dict(said["content"]),
        )

    def taken(self, facts: Mapping[UUID, FieldFact]) -> list[Taken]:
        """Return what is said of each fact that we now have, in the order they were sent."""
        conflicts = Conflict.objects.filter(fact__in=[fact.id for fact in facts.values()], settled_at=None)
        words = {conflict.fact_id: words_of(conflict) for conflict in conflicts.order_by("-id")}
        order = dict.fromkeys(said["client_id"] for said in self.said)
        return [
            Taken(
                client_id=client_id,
                received_at=facts[client_id].received_at,
                conflict=words.get(facts[client_id].id),
            )
            for client_id in order
            if client_id in facts
        ]


def refusal(client_id: UUID, wrong: Mapping[str, Words]) -> Refused:
    words = (
        _("这一条读不懂，没有收下。改好再发一次；别的都收下了。")
        if wrong
        else _("没有这次上门，没有收下。请刷新今天的路线。")
    )
    return Refused(client_id=client_id, words=words, fields={name: str(text) for name, text in wrong.items()})


@dataclass
class Hearing:
    """The new facts of one visit, heard together."""

    actor: Actor
    now: datetime
    staff_id: UUID
    visit: Visit
    fresh: list[FieldFact]

    def write_down(self) -> None:
        found = {fact.id: self.misfits(fact) for fact in self.fresh}
        FieldFact.objects.bulk_create(self.fresh)
        self.conflict(found)
        self.keep_readings(found)
        news = self.follow()
        self.cure()
        audit.record(
            "visits.facts.recorded",
            actor=self.actor,
            at=self.now,
            subject_id=self.visit.id,
            fields=sorted({fact.kind for fact in self.fresh}),
        )
        live.tell(topic="board", subject_id=self.visit.id)
        latest_first = sorted(self.fresh, key=lambda fact: fact.at, reverse=True)
        for fact in {fact.kind: fact for fact in latest_first}.values():  # of each kind the earliest
            events.publish(
                FactRecorded(
                    visit_id=self.visit.id,
                    resident_id=self.visit.resident_id,
                    fact_id=fact.id,
                    kind=fact.kind,
                    staff_id=self.staff_id,
                    occurred_at=fact.at,
                    at=self.now,
                    is_first=fact.kind in news,
                ),
                actor=self.actor,
            )

    @cached_property
    def version(self) -> Any:
        return get_version(self.actor, Purpose.CARE, version_id=self.visit.service_version_id)

    @cached_property
    def mine(self) -> Assignment | None:
        """Return the caregiver's assignment, a live one before one that was taken from her."""
        hers = self.visit.assignments.filter(staff_id=self.staff_id).order_by("-plan_version")
        return min(hers, key=lambda one: State(one.state) not in LIVE, default=None)

    def misfits(self, fact: FieldFact) -> list[Misfit]:
        kind = FactKind(fact.kind)
        state = State(self.mine.state) if self.mine else None
        found = misfits_of(
            kind,
            visit=Status(self.visit.status),
            assignment=state if state in LIVE else None,
            occurred_at=fact.occurred_at,
            received_at=fact.received_at,
            step=fact.content.get("key"),
            steps=[step["key"] for step in self.version.steps] if kind is FactKind.STEP_DONE else (),
        )
        if kind is FactKind.ARRIVED:
            arrival, trouble = self.arrival(fact)
            fact.grade = arrival.grade.value
            found += [Misfit(trouble.value)] if trouble else []
            found += [Misfit.REASON_MISSING] if arrival.lacks_reason else []
        return found

    def arrival(self, fact: FieldFact) -> tuple[Arrival, CodeTrouble | None]:
        said = fact.content
        trouble = None
        if said["proof"] == "dynamic_qr":
            trouble = trouble_with_code(
                said.get("payload") or "", visit_id=self.visit.id, at=fact.at, sign=sign_door_code
            )
        position = said.get("position")
        evidence = Evidence(
            code_is_good=said["proof"] == "dynamic_qr" and trouble is None,
            card_is_good=said["proof"] == "household_card" and self.card_is_good(said.get("card") or ""),
            has_photo=bool(said.get("file_id")),
            has_reason=bool(said.get("reason")),
            distance_m=self.distance(position) if position else None,
            accuracy_m=position.get("accuracy_m") if position else None,
        )
        return arrival_of(evidence), trouble

    def card_is_good(self, card: str) -> bool:
        return resident_of_card(self.actor, Purpose.CARE, payload=card) == self.visit.resident_id

    def distance(self, position: Mapping[str, float]) -> float | None:
        point = get_address(self.actor, Purpose.CARE, address_id=self.visit.address_id).point
        if not point:
            return None
        return distance_m((position["latitude"], position["longitude"]), (point["lat"], point["lon"]))

    def conflict(self, found: Mapping[UUID, Iterable[Misfit]]) -> None:
        Conflict.objects.bulk_create(
            self.conflict_of(fact, misfit) for fact in self.fresh for misfit in found[fact.id]
        )

    def conflict_of(self, fact: FieldFact, misfit: Misfit, missing: Sequence[str] = ()) -> Conflict:
        return Conflict(
            organization_id=self.visit.organization_id,
            resident_id=self.visit.resident_id,
            visit=self.visit,
            fact=fact,
            misfit=misfit.value,
            missing=list(missing),
            made_at=self.now,
        )

    def keep_readings(self, found: Mapping[UUID, Iterable[Misfit]]) -> None:
        """Hand on what was measured. What the record does not take stays a fact, and becomes a conflict."""
        measured = [
            (fact, reading)
            for fact in self.fresh
            if fact.kind == FactKind.MEASURED and not VOID & set(found[fact.id])
            for reading in fact.content["readings"]
        ]
        if not measured:
            return
        extra = {"visit_id": self.visit.id}
        recorded = record_readings(
            self.actor,
            self.now,
            resident_id=self.visit.resident_id,
            readings=[
                reading | extra | {"at": fact.at, "device": fact.content.get("device") or ""}
                for fact, reading in measured
            ],
            keep_the_sound=True,
        )
        wrong: dict[UUID, list[str]] = {}
        for one in recorded.refused:
            fact, reading = measured[one.position]
            wrong.setdefault(fact.id, []).append(f"{reading['value']:g} {reading['unit']}")
        Conflict.objects.bulk_create(
            self.conflict_of(fact, Misfit.READING_NOT_KEPT, wrong[fact.id])
            for fact in self.fresh
            if fact.id in wrong
        )

    @cached_property
    def facts(self) -> list[FieldFact]:
        """Return all facts of the visit that count, as they happened."""
        void = Conflict.objects.filter(visit=self.visit, misfit__in=VOID).exclude(decision="counts")
        return list(
            self.visit.facts.exclude(id__in=void.values("fact_id")).order_by(
                "occurred_at", "received_at", "id"
            )
        )

    def follow(self) -> set[str]:
        """Derive the visit's status and its crew's from the facts; return the kinds that are news."""
        firsts: dict[str, FieldFact] = {}
        for fact in self.facts:
            firsts.setdefault(fact.kind, fact)
        told = [Told(kind=fact.kind, occurred_at=fact.at) for fact in self.facts]
        status = status_after(Status(self.visit.status), told)
        was_done = self.visit.done_at is not None
        news = [
            (kind, firsts[kind])
            for kind in STATES_OF_FACTS
            if kind in firsts and getattr(self.visit, f"{kind}_at") is None
        ]
        for kind in STATES_OF_FACTS:
            if kind in firsts:
                setattr(self.visit, f"{kind}_at", firsts[kind].at)
        self.visit.grade = best_grade(fact.grade for fact in self.facts)
        if status != self.visit.status or news or any(fact.grade for fact in self.fresh):
            self.visit.follow(status)
        for kind, fact in news:
            write_change(
                self.actor, self.now, visit=self.visit, what=What(kind), at=fact.at, staff_id=fact.staff_id
            )
        if self.visit.done_at and not was_done:
            events.publish(
                VisitDone(visit_id=self.visit.id, resident_id=self.visit.resident_id, at=self.now),
                actor=self.actor,
            )
        self.follow_crew()
        return {kind for kind, _fact in news}

    def follow_crew(self) -> None:
        if self.mine is None or State(self.mine.state) not in LIVE:
            return
        kinds = {fact.kind for fact in self.facts if fact.staff_id == self.staff_id}
        state = state_after(State(self.mine.state), kinds)
        if state != self.mine.state:
            self.mine.move_to(state)

    def cure(self) -> None:
        """Say what is missing of a visit that is done, and unsay it when the missing facts have come."""
        done = [fact for fact in self.facts if fact.kind == FactKind.DONE]
        missing = self.missing(done[-1]) if done else {}
        for conflict in Conflict.objects.filter(visit=self.visit, settled_at=None, misfit__in=MAY_BE_CURED):
            misfit = Misfit(conflict.misfit)
            still = missing.get(misfit) if misfit is not Misfit.REASON_MISSING else self.lacks_reason()
            if not still:
                conflict.settled_at, conflict.decision = self.now, "cured"
                conflict.save(update_fields=["settled_at", "decision"])
        if done:
            Conflict.objects.bulk_create(
                [self.conflict_of(done[-1], misfit, names) for misfit, names in missing.items() if names],
                update_conflicts=True,
                update_fields=["missing"],
                unique_fields=["fact", "misfit"],
            )

    def missing(self, done: FieldFact) -> dict[Misfit, list[str]]:
        steps = [fact.content for fact in self.facts if fact.kind == FactKind.STEP_DONE]
        kinds = {fact.kind for fact in self.facts}
        return {
            Misfit.CRITICAL_STEPS_MISSING: critical_missing(
                self.version.steps,
                done={step["key"] for step in steps if not step.get("skipped")},
                explained={step["key"] for step in steps if step.get("skipped") and step.get("reason")},
            ),
            Misfit.RECORD_INVALID: wrong_with_record(
                self.version.record_form or {}, done.content.get("record") or {}
            ),
            Misfit.SIGNATURE_MISSING: [] if FactKind.SIGNED in kinds else [_("签字")],
            Misfit.NO_ARRIVAL: [] if FactKind.ARRIVED in kinds else [_("到达")],
        }

    def lacks_reason(self) -> bool:
        return self.visit.grade in {"", Grade.STATED.value} and not any(
            fact.content.get("reason") for fact in self.facts if fact.kind == FactKind.ARRIVED
        )


def hear_again(actor: Actor, now: datetime, *, visit: Visit, fact: FieldFact) -> None:
    """Derive the visit anew, now that a person has said that the fact counts. Call with the visit's row held."""
    hearing = Hearing(actor.let_see(visit.resident_id), now, fact.staff_id, visit, [])
    hearing.follow()
    hearing.cure()


def best_grade(grades: Iterable[str]) -> str:
    said = set(grades)
    return next((grade.value for grade in BEST_FIRST if grade.value in said), "")


def sign_door_code(message: bytes) -> bytes:
    return encryption.mac("door code", message)


def words_of(conflict: Conflict) -> str:
    return str(WORDS_OF_MISFIT[Misfit(conflict.misfit)]).format(missing="、".join(conflict.missing))
