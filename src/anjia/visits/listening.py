"""
How a batch of facts from one caregiver's phone is taken in: read, kept, checked against what we knew.

Only the commands of the field use it. Every visit's row is held first, the lowest id first: what is derived from the
facts is derived from all of them, in whatever order they come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import Words
from anjia.visits.hearing import Hearing
from anjia.visits.models import Conflict, FieldFact, Visit
from anjia.visits.rules.facts import (
    WORDS_OF_MISFIT,
    WORDS_OF_UNHEARD,
    FactKind,
    Misfit,
    Unheard,
    is_known,
    read_said,
    wrong_with,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    client_id: UUID
    received_at: datetime
    conflict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    client_id: str  # as it was said: it may be none
    code: str
    words: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """
    What became of a batch: everything sent is in one of the two, and an id under which two things were sent in both.
    """

    accepted: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    actor: Actor
    now: datetime
    staff_id: UUID
    sent: Sequence[Mapping[str, Any]]
    said: list[Mapping[str, Any]] = field(default_factory=list, init=False)  # those that have ids and a time

    def write_down(self) -> Receipt:
        wait_turn(
            f"facts/{self.staff_id}"
        )  # one id may be of two visits, whose rows do not queue for each other
        receipt = Receipt(refused=self.read())
        visits = self.hold_visits()
        facts, heard = self.known_facts(), set[UUID]()
        fresh: dict[UUID, list[FieldFact]] = {}
        for said in self.said:
            client_id = said["client_id"]
            if client_id in facts:
                if is_same(facts[client_id], said):
                    heard.add(client_id)
                else:
                    receipt.refused.append(refusal(client_id, Unheard.OTHER_FACT))
                continue
            visit = visits.get(said["visit_id"])
            if not is_known(said["kind"]):
                receipt.refused.append(refusal(client_id, Unheard.UNKNOWN_KIND))
                continue
            wrong = wrong_with(FactKind(said["kind"]), said["content"])
            if visit is None or wrong:
                why = Unheard.UNREADABLE if wrong else Unheard.NO_VISIT
                receipt.refused.append(refusal(client_id, why, wrong))
                continue
            facts[client_id] = self.fact_of(visit, said)
            heard.add(client_id)
            fresh.setdefault(visit.id, []).append(facts[client_id])
        for visit_id in sorted(fresh):
            visit = visits[visit_id]
            actor = self.actor.let_see(visit.resident_id)
            Hearing(actor, self.now, self.staff_id, visit, fresh[visit_id]).write_down()
        receipt.accepted.extend(self.taken({one: facts[one] for one in heard}))
        return receipt

    def read(self) -> list[Refused]:
        """Read what was sent; return what has no id or no time that one could read: it keeps nothing else back."""
        refused: dict[str, Refused] = {}
        for sent in self.sent:
            read, wrong = read_said(sent)
            if read is None:
                refused[str(sent["client_id"])] = refusal(sent["client_id"], Unheard.UNREADABLE, wrong)
            else:
                self.said.append({**sent, **dict(read)})
        return list(refused.values())

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


def is_same(fact: FieldFact, said: Mapping[str, Any]) -> bool:
    """Tell whether this is the fact that we have: a phone that hears that we have it keeps it no longer."""
    told = (said["visit_id"], said["kind"], said["occurred_at"], dict(said["content"]))
    return (fact.visit_id, fact.kind, fact.occurred_at, fact.content) == told


def refusal(client_id: UUID | str, why: Unheard, wrong: Mapping[str, Words] | None = None) -> Refused:
    return Refused(
        client_id=str(client_id),
        code=why.value,
        words=str(WORDS_OF_UNHEARD[why]),
        fields={name: str(text) for name, text in (wrong or {}).items()},
    )


def words_of(conflict: Conflict) -> str:
    return str(WORDS_OF_MISFIT[Misfit(conflict.misfit)]).format(missing="、".join(conflict.missing))
