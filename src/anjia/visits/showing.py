"""How visits are shown: rows of several tables made into what is read, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.clinical.measures import Unsound, measure
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.prepared import Prepared
from anjia.visits import words
from anjia.visits.models import LIVE_STATES, Assignment, Conflict, FieldFact, Visit, VisitChange
from anjia.visits.rules.arrival import Grade
from anjia.visits.rules.facts import WORDS_OF_MISFIT, FactKind, Misfit
from anjia.visits.rules.lifecycle import State, Status, What, may_change, terms_of_change
from anjia.workforce.queries import StaffCard, staff_cards


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewMember:
    id: UUID
    part: int
    name: str
    title: str
    state: str
    words: str
    phone_masked: str
    phone: str
    why: str = ""  # why it is she who comes; on the visit's own page


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A row of a visit's history, as it is read."""

    at: datetime
    what: str
    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A fact from the field, as it is read."""

    id: UUID
    visit_id: UUID
    client_id: UUID
    kind: str
    occurred_at: datetime
    received_at: datetime
    who: str
    content: Mapping[str, Any]
    grade: str
    grade_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflict:
    id: UUID
    visit_id: UUID
    misfit: str
    words: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceShown:
    code: str
    name: str
    duration_minutes: int
    preparation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a visit, for the resident: what was measured, and the caregiver's words."""

    readings: Sequence[Mapping[str, Any]]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """A visit in a list."""

    id: UUID
    resident_id: UUID
    address_id: UUID
    service: ServiceShown
    starts_at: datetime
    ends_at: datetime
    status: str
    status_words: str
    address_line: str
    caregivers: Sequence[CrewMember]
    visit_word: str
    price_fen: int
    can_cancel: bool
    can_move: bool
    rule: str
    rating: Mapping[str, Any] | None
    version: int
    series_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage(VisitLine):
    """A visit with its history; what staff see of it besides is empty for others."""

    timeline: Sequence[Happened] = ()
    result: Result | None = None
    source: str = ""
    grade: str = ""
    grade_words: str = ""
    wishes: Mapping[str, Any] = field(default_factory=dict)
    who_is_present: str = ""
    facts: Sequence[Said] = ()
    is_withheld: bool = False  # whether facts about her health are left out
    conflicts: Sequence[OpenConflict] = ()
    steps: Sequence[Mapping[str, Any]] = ()


def may_know_of(actor: Actor, visit: Visit) -> bool:
    """Return whether the actor is no stranger to the visit: it is a person's own, or of the staff's organization."""
    return actor.kind is not Kind.PERSON or actor.sees(visit.resident_id)


def is_in_for(actor: Actor, visit: Visit) -> bool:
    """Return whether the actor is one of the visit's live crew."""
    return actor.staff_id is not None and any(one.staff_id == actor.staff_id for one in visit.crew)


def live_crew() -> "Prefetch[str, Any, Any]":
    return Prefetch(
        "assignments", Assignment.objects.filter(state__in=LIVE_STATES).order_by("part"), to_attr="crew"
    )


CREW: Final = Prepared(
    lambda asked: Assignment.objects.filter(visit_id__any_of=asked.visit_ids, state__in=LIVE_STATES).order_by(
        "part"
    )
)


def give_crews(visits: Sequence[Visit]) -> None:
    """Read the live crews of visits that were read without, in one statement."""
    crews: dict[UUID, list[Assignment]] = {visit.id: [] for visit in visits}
    for one in CREW.rows(visit_ids=list(crews)) if crews else ():
        crews[one.visit_id].append(one)
    for visit in visits:
        visit.crew = crews[visit.id]


def cards_of(
    actor: Actor, purpose: Purpose, visits: Iterable[Visit], *, also: Iterable[UUID | None] = ()
) -> dict[UUID, StaffCard]:
    """Return what is shown of the caregivers of these visits, in one query."""
    ids = {one.staff_id for visit in visits for one in visit.crew} | {i for i in also if i}
    return staff_cards(actor, purpose, staff_ids=sorted(ids)) if ids else {}


def line_of(
    actor: Actor, visit: Visit, cards: Mapping[UUID, StaffCard], address_line: str, *, now: datetime
) -> dict[str, Any]:
    by_person = actor.kind is Kind.PERSON
    status = Status(visit.status)
    changeable = may_change(status, starts_at=visit.starts_at, now=now, by_person=by_person)
    return {
        "id": visit.id,
        "resident_id": visit.resident_id,
        "address_id": visit.address_id,
        "service": service_shown(visit, name_of_service(visit)),
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "status": visit.status,
        "status_words": str(words.WORDS_OF_STATUS[status]),
        "address_line": address_line,
        "caregivers": [crew_member(one, cards) for one in visit.crew],
        "visit_word": visit.visit_word,
        "price_fen": visit.price_fen,
        "can_cancel": changeable,
        "can_move": changeable and status is Status.BOOKED,
        "rule": str(terms_of_change()),
        "rating": visit.rating,
        "version": visit.version,
        "series_id": visit.series_id,
    }


def crew_member(assignment: Assignment, cards: Mapping[UUID, StaffCard]) -> CrewMember:
    card = cards.get(assignment.staff_id)
    return CrewMember(
        id=assignment.staff_id,
        part=assignment.part,
        name=card.name if card else "",
        title=card.title if card else "",
        state=assignment.state,
        words=str(words.WORDS_OF_STATE[State(assignment.state)]),
        phone_masked=card.phone_masked if card else "",
        phone=card.phone if card else "",
    )


# Why somebody else comes, or at another time, is the house's own affair: it may name other people.
OF_THE_HOUSE: Final = frozenset({What.ASSIGNED, What.ACCEPTED, What.DECLINED, What.MOVED})


def happened(actor: Actor, change: VisitChange, cards: Mapping[UUID, StaffCard]) -> Happened:
    card = cards.get(change.staff_id) if change.staff_id else None
    name, what = (card.name if card else ""), What(change.what)
    # Who is sent by hand has not said yes herself: nobody is shown to have done what another did.
    is_hidden = actor.kind is Kind.PERSON and change.by_kind != Kind.PERSON and what in OF_THE_HOUSE
    is_sent = what is What.ACCEPTED and card is not None and change.by_user != card.account_id
    return Happened(
        at=change.at,
        what=change.what,
        who=words.who_did(change.by_kind) if is_sent or not name else name,
        words=words.words_of_change(
            What.ASSIGNED if is_sent else what, name, "" if is_hidden else change.why
        ),
    )


def said(fact: FieldFact, cards: Mapping[UUID, StaffCard], *, with_health: bool = True) -> Said:
    """Return a fact as it is read; without what it says of her health where that is not for the reader."""
    card = cards.get(fact.staff_id)
    return Said(
        id=fact.id,
        visit_id=fact.visit_id,
        client_id=fact.client_id,
        kind=fact.kind,
        occurred_at=fact.occurred_at,
        received_at=fact.received_at,
        who=card.name if card else "",
        content=fact.content if with_health else plain_part(fact),
        grade=fact.grade,
        grade_words=str(words.WORDS_OF_GRADE[Grade(fact.grade)]) if fact.grade else "",
    )


def plain_part(fact: FieldFact) -> dict[str, Any]:
    """Return as much of a fact's content as says nothing of anybody's health."""
    plain = {FactKind.STEP_DONE: {"key", "skipped"}, FactKind.SIGNED: {"by"}, FactKind.ARRIVED: {"proof"}}
    plain |= {FactKind.EXCEPTION: {"exception"}, FactKind.DELIVERED: {"laboratory"}}
    names = plain.get(FactKind(fact.kind), set())
    return {name: value for name, value in fact.content.items() if name in names}


def open_conflict(conflict: Conflict) -> OpenConflict:
    said = str(WORDS_OF_MISFIT[Misfit(conflict.misfit)])
    return OpenConflict(
        id=conflict.id,
        visit_id=conflict.visit_id,
        misfit=conflict.misfit,
        words=said.format(missing="、".join(conflict.missing)),
        made_at=conflict.made_at,
    )


def result_of(facts: Iterable[FieldFact]) -> Result:
    readings = [
        {**reading, "name": name_of_reading(reading["code"]), "at": fact.at}
        for fact in facts
        if fact.kind == FactKind.MEASURED
        for reading in fact.content["readings"]
    ]
    notes = [fact.content["words"] for fact in facts if fact.kind == FactKind.NOTE]
    return Result(readings=readings, words="\n".join(notes) or _("这次上门做完了。"))


def service_shown(visit: Visit, name: str, preparation: str = "") -> ServiceShown:
    return ServiceShown(
        code=visit.service_code,
        name=name,
        duration_minutes=int((visit.ends_at - visit.starts_at) / timedelta(minutes=1)),
        preparation=preparation,
    )


def name_of_reading(code: str) -> str:
    try:
        known = measure(code)
    except Unsound:
        return code
    return known.name_en if is_english() else known.name


def name_of_service(visit: Visit) -> str:
    return name_for_reader(visit.service_name, visit.service_name_en)


def name_for_reader(name: str, english: str) -> str:
    return english if is_english() and english else name


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")
