"""Visits as residents, family and staff read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from anjia.catalogue.queries import get_version
from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_from, page_of
from anjia.kernel.prepared import Prepared
from anjia.residents.queries import addresses_of, has_consent, is_herself
from anjia.visits import words
from anjia.visits.because import becauses_of, to_herself, to_the_house, to_the_household
from anjia.visits.models import PROMISED_STATUSES, Conflict, FieldFact, Visit, VisitChange
from anjia.visits.proofs import sign_door_code
from anjia.visits.rules.arrival import FAMILYS, HERS, STEP_SECONDS, Grade, code_for, step_of
from anjia.visits.rules.door import area_of, knows_the_door, wishes_for_all
from anjia.visits.rules.lifecycle import OPEN, State, Status
from anjia.visits.showing import (
    CrewMember,
    Happened,
    OpenConflict,
    VisitLine,
    VisitPage,
    cards_of,
    give_crews,
    happened,
    is_in_for,
    line_of,
    live_crew,
    may_know_of,
    open_conflict,
    result_of,
    said,
    service_shown,
)

SOONEST: Final = ("starts_at", "id")
LATEST: Final = ("-starts_at", "id")


def _promised(asked: Any) -> QuerySet[Visit]:
    return Visit.objects.filter(
        organization_id=asked.house, resident_id=asked.resident_id, status__in=PROMISED_STATUSES
    ).order_by(*LATEST)


ALL: Final = Prepared(_promised)
COMING: Final = Prepared(
    lambda asked: (
        _promised(asked)
        .filter(ends_at__gt=asked.now, status__in=[status.value for status in OPEN])
        .order_by(*SOONEST)
    )
)
PAST: Final = Prepared(
    lambda asked: _promised(asked).filter(
        Q(status__in=[Status.DONE.value, Status.CANCELLED.value, Status.MISSED.value])
        | Q(ends_at__lte=asked.now)
    )
)


def visits_of_resident(
    actor: Actor,
    purpose: Purpose,
    *,
    resident_id: UUID,
    now: datetime,
    when: str = "all",
    after: str | None = None,
    size: int = 50,
) -> Page[VisitLine]:
    """
    Return the resident's visits: those "coming", soonest first, or those "past" or "all", latest first.

    :raises NotFound: if the actor has no business with the resident
    :raises NotAllowed: if she may not read visits
    """
    if not actor.sees(resident_id):
        raise NotFound
    if not actor.may("visits.read"):
        raise NotAllowed
    question = {"coming": COMING, "past": PAST}.get(when, ALL)
    page = page_from(
        question,
        order=SOONEST if when == "coming" else LATEST,
        after=after,
        size=size,
        house=actor.organization_id,
        resident_id=resident_id,
        now=now,
    )
    give_crews(page.items)
    cards = cards_of(actor, purpose, page.items)
    addresses = {one.id: one.text for one in addresses_of(actor, purpose, resident_id=resident_id)}
    return Page(
        [
            VisitLine(**line_of(actor, visit, cards, addresses.get(visit.address_id, ""), now=now))
            for visit in page.items
        ],
        page.next,
    )


def get_visit(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> Visit:
    """
    Return the visit. Persons see their own, caregivers those they are in for, staff who read visits all of them.

    :raises NotFound: if there is none, or it is a stranger's
    :raises NotAllowed: if an insider has no business with it
    """
    visits = Visit.objects.filter(organization_id=actor.organization_id).prefetch_related(live_crew())
    visit = visits.filter(id=visit_id).first()
    if visit is None or not may_know_of(actor, visit):
        raise NotFound
    if not actor.may("visits.read") and not is_in_for(actor, visit):
        raise NotAllowed
    return visit


def get_visit_page(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> VisitPage:
    """
    Return the visit with its history; for staff also what the field said and what does not fit.

    What was measured, photographed and noted is shown to those who may read records: of her side to whom she lets see
    her record, of the staff while she agrees to her care.

    :raises NotFound: as `get_visit`
    :raises NotAllowed: as `get_visit`
    """
    visit = get_visit(actor, purpose, visit_id=visit_id)
    actor = actor.let_see(visit.resident_id)
    is_staff = actor.kind is not Kind.PERSON
    changes = list(VisitChange.objects.filter(visit=visit).order_by("at", "id"))
    facts = list(FieldFact.objects.filter(visit=visit).order_by("occurred_at", "id"))
    cards = cards_of(
        actor, purpose, [visit], also=[c.staff_id for c in changes] + [f.staff_id for f in facts]
    )
    version = get_version(actor, purpose, version_id=visit.service_version_id)
    addresses = {a.id: a.text for a in addresses_of(actor, purpose, resident_id=visit.resident_id)}
    line = line_of(actor, visit, cards, addresses.get(visit.address_id, ""), now=now)
    line["service"] = service_shown(visit, version.name, version.preparation)
    wishes: Mapping[str, Any] = visit.wishes
    if not actor.may("visits.read") and not _has_taken(actor, visit):
        line |= {"address_line": area_of(line["address_line"]), "visit_word": ""}
        wishes = wishes_for_all(visit.wishes)
    line["caregivers"] = _with_why(actor, visit, line["caregivers"])
    page = VisitPage(
        **line,
        timeline=[happened(actor, change, cards) for change in changes],
        source=visit.source,
        grade=visit.grade,
        grade_words=str(words.WORDS_OF_GRADE[Grade(visit.grade)]) if visit.grade else "",
        wishes=wishes,
        who_is_present=visit.who_is_present,
    )
    if not is_staff:
        if visit.status != Status.DONE:
            return page
        reads_record = actor.may("records.read")
        if reads_record:
            access.note(actor, purpose, resident_ids=[visit.resident_id], what="visits.result")
        return replace(page, result=result_of(facts if reads_record else ()))
    access.note(actor, purpose, resident_ids=[visit.resident_id], what="visits.visit")
    conflicts = Conflict.objects.filter(visit=visit, settled_at=None).order_by("made_at", "id")
    reads_all = (actor.may("records.read") or is_in_for(actor, visit)) and has_consent(
        actor, Purpose.CARE, resident_id=visit.resident_id
    )
    return replace(
        page,
        facts=[said(fact, cards, with_health=reads_all) for fact in facts],
        is_withheld=not reads_all,
        conflicts=[open_conflict(conflict) for conflict in conflicts],
        steps=version.steps,
    )


def _with_why(actor: Actor, visit: Visit, crew: Sequence[CrewMember]) -> list[CrewMember]:
    """Return the crew with why it is they: a caregiver is told it of herself."""
    ids = {one.staff_id: one.id for one in visit.crew}
    whys = becauses_of(ids.values())

    def why(one: CrewMember) -> str:
        because = whys.get(ids[one.id])
        if actor.kind is Kind.PERSON:
            return to_the_household(because, name=one.name)
        if actor.may("visits.read"):
            return to_the_house(because, is_of_series=visit.series_id is not None)
        is_she = one.id == actor.staff_id
        return to_herself(because, knows_whose=_has_taken(actor, visit)) if is_she else ""

    return [replace(one, why=why(one)) for one in crew]


def _has_taken(actor: Actor, visit: Visit) -> bool:
    return any(one.staff_id == actor.staff_id and knows_the_door(State(one.state)) for one in visit.crew)


def timeline(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[Happened]:
    """
    Return the visit's history, as it happened.

    :raises NotFound: as `get_visit`
    :raises NotAllowed: as `get_visit`
    """
    visit = get_visit(actor, purpose, visit_id=visit_id)
    changes = list(VisitChange.objects.filter(visit=visit).order_by("at", "id"))
    cards = cards_of(actor, purpose, [visit], also=[change.staff_id for change in changes])
    return [happened(actor, change, cards) for change in changes]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorCode:
    payload: str
    expires_at: datetime


def door_code(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> DoorCode:
    """
    Return the text of the code that the caregiver scans at the door. Only the resident's side can ask for it, and it
    says whether it is she herself: her family may be far away, and her own phone is where she is.

    :raises NotFound: if it is somebody else's visit, or a member of staff asks
    """
    if actor.kind is not Kind.PERSON:
        raise NotFound
    visit = get_visit(actor, purpose, visit_id=visit_id)
    is_hers = is_herself(actor, purpose, resident_id=visit.resident_id, now=now)
    step = step_of(now)
    return DoorCode(
        payload=code_for(visit.id, step, sign_door_code, shown_by=HERS if is_hers else FAMILYS),
        expires_at=datetime.fromtimestamp((step + 1) * STEP_SECONDS, tz=now.tzinfo),
    )


def open_conflicts(
    actor: Actor, purpose: Purpose, *, after: str | None = None, size: int = 50
) -> Page[OpenConflict]:
    """
    Return what a person has to decide, the oldest first.

    :raises NotAllowed: if the actor may not read visits
    """
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed
    rows = Conflict.objects.filter(organization_id=actor.organization_id, settled_at=None)
    page = page_of(rows, order=("made_at", "id"), after=after, size=size)
    return Page([open_conflict(conflict) for conflict in page.items], page.next)
