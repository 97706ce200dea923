"""What the new facts of one visit say: what of them fits, what becomes of the visit, what goes into the record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import get_version
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.models import StoredFile
from anjia.kernel.topics import PHOTOS_OF_EXCEPTIONS, PHOTOS_OF_QUESTIONS
from anjia.records.commands import record_readings
from anjia.records.rules import MOST_AT_ONCE
from anjia.visits.assessing import keep_assessments
from anjia.visits.events import FactRecorded, VisitDone
from anjia.visits.models import Assignment, Conflict, FieldFact, Visit
from anjia.visits.proofs import Proofs
from anjia.visits.rules.arrival import Grade, best_grade
from anjia.visits.rules.facts import (
    MAY_BE_CURED,
    VOID,
    FactKind,
    Misfit,
    critical_missing,
    misfits_of,
    wrong_with_record,
)
from anjia.visits.rules.lifecycle import (
    LIVE,
    OPEN,
    CaregiverBusy,
    State,
    Status,
    Told,
    What,
    state_after,
    status_after,
)
from anjia.visits.writing import BROKEN_PROMISES, follow_crew, write_change
from anjia.workforce.queries import get_staff_member

Each = TypeVar("Each")

STATES_OF_FACTS: Final = ("departed", "arrived", "done")
SAYS_IT_HAPPENED: Final = frozenset({FactKind.ARRIVED.value, FactKind.DONE.value})


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
    def proofs(self) -> Proofs:
        return Proofs(self.actor, self.visit)

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
            arrival, trouble = self.proofs.arrival(fact)
            fact.grade = arrival.grade.value
            found += [Misfit(trouble.value)] if trouble else []
            found += [Misfit.REASON_MISSING] if arrival.lacks_reason else []
        return found

    @cached_property
    def has_her_signature(self) -> bool:
        signed = [fact for fact in self.facts if fact.kind == FactKind.SIGNED]
        return any(fact.content.get("by") != "refused" and self.proofs.has_image(fact) for fact in signed)

    @property
    def is_signed(self) -> bool:
        """Tell whether she, or who is with her, has signed, or did not want to and it is said why."""
        refused = [
            fact
            for fact in self.facts
            if fact.kind == FactKind.SIGNED and fact.content.get("by") == "refused"
        ]
        return self.has_her_signature or any(fact.content.get("reason") for fact in refused)

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
        self.put_into_record([fact for fact in self.fresh if not VOID & set(found[fact.id])])

    def put_into_record(self, facts: Sequence[FieldFact], *, source: str | None = None) -> None:
        measured = [
            (fact, reading)
            for fact in facts
            if fact.kind == FactKind.MEASURED
            for reading in fact.content["readings"]
        ]
        wrong: dict[UUID, list[str]] = {}
        for some in batched(measured, MOST_AT_ONCE):  # the record takes so many, the field sends what it has
            recorded = record_readings(
                self.actor,
                self.now,
                resident_id=self.visit.resident_id,
                readings=[
                    reading
                    | {"visit_id": self.visit.id, "at": fact.at, "source": source}
                    | {"device": fact.content.get("device") or ""}
                    for fact, reading in some
                ],
                keep_the_sound=True,
            )
            for one in recorded.refused:
                fact, reading = some[one.position]
                wrong.setdefault(fact.id, []).append(f"{reading['value']:g} {reading['unit']}")
        Conflict.objects.bulk_create(
            self.conflict_of(fact, Misfit.READING_NOT_KEPT, wrong[fact.id])
            for fact in facts
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
        status = status_after(self.base(), told)
        if status not in OPEN | {Status.DONE}:
            return set()  # what a visit that is off was told changes nothing of it
        was_done = self.visit.done_at is not None
        news = [
            (kind, firsts[kind])
            for kind in STATES_OF_FACTS
            if kind in firsts and getattr(self.visit, f"{kind}_at") is None
        ]
        for kind in STATES_OF_FACTS:
            if kind in firsts:
                setattr(self.visit, f"{kind}_at", firsts[kind].at)
        before = self.visit.grade
        self.visit.grade = best_grade(map(self.proofs.grade_of, self.facts), is_signed=self.has_her_signature)
        if status != self.visit.status or news or self.visit.grade != before:
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

    def base(self) -> Status:
        """Return the status to go on from: a visit that was called off is on again if it has happened after all."""
        status = Status(self.visit.status)
        if status is Status.CANCELLED and SAYS_IT_HAPPENED & {fact.kind for fact in self.allowed}:
            self.visit.cancel_reason = ""
            return Status.BOOKED
        return status

    @cached_property
    def allowed(self) -> list[FieldFact]:
        """Return the facts that came when the visit was off, and of which a person has said that they count."""
        counted = Conflict.objects.filter(
            visit=self.visit, misfit=Misfit.VISIT_NOT_OPEN.value, decision="counts"
        )
        return list(self.visit.facts.filter(id__in=counted.values("fact_id")))

    def put_back(self) -> None:
        """Give who was there her part again, where it was taken from her with the visit and nobody else has it."""
        if self.mine is None or self.mine.state != State.WITHDRAWN:
            return
        try:
            with refuse_if_broken(BROKEN_PROMISES):
                self.mine.move_to(State.ACCEPTED)
        except CaregiverBusy:  # her time is another's now: that it happened stands in the visit's history
            self.mine.state = State.WITHDRAWN.value
            return
        follow_crew(self.visit, self.now)
        self.follow_crew()

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
            self.keep_assessments(done)
            Conflict.objects.bulk_create(
                [self.conflict_of(done[-1], misfit, names) for misfit, names in missing.items() if names],
                update_conflicts=True,
                update_fields=["missing"],
                unique_fields=["fact", "misfit"],
            )

    def keep_assessments(self, done: Sequence[FieldFact]) -> None:
        keep_assessments(self.actor, self.now, visit=self.visit, version=self.version, facts=done)

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
            Misfit.SIGNATURE_MISSING: [] if self.is_signed else [_("签字")],
            Misfit.NO_ARRIVAL: [] if FactKind.ARRIVED in kinds else [_("到达")],
        }

    def lacks_reason(self) -> bool:
        return self.visit.grade in {"", Grade.STATED.value} and not any(
            fact.content.get("reason") for fact in self.facts if fact.kind == FactKind.ARRIVED
        )


def hear_again(actor: Actor, now: datetime, *, visit: Visit, conflict: Conflict) -> None:
    """
    Derive the visit anew, now that a person has said that the fact counts. Call with her turn and the visit's row held.

    What was measured goes into the record as hers who measured it: who may decide what counts need not write records.
    """
    actor, fact = actor.let_see(visit.resident_id), conflict.fact
    hearing = Hearing(
        replace(actor, permissions=actor.permissions | {"records.write"}), now, fact.staff_id, visit, []
    )
    if conflict.misfit in VOID:
        hearing.put_into_record([fact], source=source_of(actor, fact.staff_id))
    hearing.follow()
    if conflict.misfit == Misfit.VISIT_NOT_OPEN and visit.status != Status.CANCELLED:
        hearing.put_back()
    hearing.cure()


def hear_of_file(actor: Actor, now: datetime, *, staff_id: UUID, visit_id: UUID, file: StoredFile) -> None:
    """
    Derive the visit anew if a fact names the file that has just come: the door's photo, or her signature.

    The visit's row is held after the file is written and before the facts are read, and by those who write facts
    before they look for files: whichever comes second sees the other.
    """
    visit = Visit.objects.select_for_update().get(organization_id=actor.organization_id, id=visit_id)
    hearing = Hearing(actor, now, staff_id, visit, [])
    named = {fact.kind for fact in hearing.facts if fact.content.get("file_id") == str(file.id)}
    if not named:
        return
    if FactKind.QUESTION in named:
        live.tell(topic=PHOTOS_OF_QUESTIONS, subject_id=visit.id)
    if FactKind.EXCEPTION in named:
        live.tell(topic=PHOTOS_OF_EXCEPTIONS, subject_id=visit.id)
    before = visit.grade
    hearing.follow()
    hearing.cure()
    if visit.grade != before:
        audit.record("visits.visit.regraded", actor=actor, at=now, subject_id=visit.id, fields=["grade"])
        live.tell(topic="board", subject_id=visit.id)


def source_of(actor: Actor, staff_id: UUID) -> str | None:
    """Return the name under which the record keeps what she measures, as if it had been taken in at once."""
    account_id = get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id).account_id
    return f"staff:{account_id}" if account_id else None


def batched(rows: Sequence[Each], size: int) -> Iterator[Sequence[Each]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
