"""A caregiver's day and visits, as she carries them with her."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import get_version
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.residents.queries import check_consent, get_addresses, get_residents, phone_to_call
from anjia.visits.because import becauses_of, to_herself
from anjia.visits.models import LIVE_STATES, Assignment, FieldFact
from anjia.visits.queries.reading import get_visit
from anjia.visits.rules.door import area_of, knows_the_door, wishes_for_all
from anjia.visits.rules.lifecycle import PROMISED, State
from anjia.visits.showing import Said, cards_of, name_of_service, said
from anjia.workforce.queries import caregivers_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    starts_at: datetime
    ends_at: datetime
    is_standby: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentShown:
    name: str
    age: int | None
    sex: str
    lives_alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointShown:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCarried:
    name: str
    duration_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    visit_id: UUID
    part: int
    starts_at: datetime
    ends_at: datetime
    status: str
    state: str
    resident: ResidentShown
    address_line: str
    address_note: str
    point: PointShown | None
    service: ServiceCarried
    visit_word: str
    wishes: Mapping[str, Any]
    people_needed: int
    # `with` is a word of Python
    with_names: Sequence[str]
    visit_version: int
    why: str  # why it is she


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDay:
    day: date
    shift: Sequence[Shift]
    stops: Sequence[Stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sop:
    """What she needs of the service's version, so that a dead zone does not stop her."""

    id: UUID
    version: int
    needs_order: bool
    steps: Sequence[Mapping[str, Any]]
    supplies: Sequence[Any]
    teaching_points: Sequence[Any]
    record_form: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkVisit(Stop):
    """A stop with all that is needed at the door and behind it."""

    version: Sop
    facts: Sequence[Said] = field(default_factory=list)
    phone: str = ""


def caregiver_day(actor: Actor, purpose: Purpose, *, day: date, staff_id: UUID | None = None) -> WorkDay:
    """
    Return a caregiver's shifts and stops of a day: her own, or for staff who read visits another's.

    Of what she has not taken yet she sees as much as of an offer.

    :raises NotAllowed: if it is somebody else's and the actor may not read visits
    """
    whose = staff_id or actor.staff_id
    if whose is None or (whose != actor.staff_id and not actor.may("visits.read")):
        raise NotAllowed
    start, end = day_bounds(day)
    mine = Assignment.objects.filter(
        organization_id=actor.organization_id, staff_id=whose, state__in=LIVE_STATES, held_until=None
    ).filter(starts_at__gte=start, starts_at__lt=end, visit__status__in=[status.value for status in PROMISED])
    assignments = list(mine.select_related("visit").order_by("starts_at"))
    sheets = caregivers_on(actor, purpose, start=start, end=end, staff_ids=[whose])
    ordinary = [Shift(starts_at=s, ends_at=e) for sheet in sheets for s, e in sheet.bookable]
    standby = [Shift(starts_at=s, ends_at=e, is_standby=True) for sheet in sheets for s, e in sheet.standby]
    shifts = sorted([*ordinary, *standby], key=lambda shift: shift.starts_at)
    return WorkDay(day=day, shift=shifts, stops=_stops_of(actor, purpose, assignments, on=day))


def get_work_visit(actor: Actor, purpose: Purpose, *, visit_id: UUID, day: date) -> WorkVisit:
    """
    Return all that a caregiver needs at one of her visits; before she has taken it, not yet whose it is, nor where.

    :raises NotFound: if the organization has no such visit
    :raises NotAllowed: if it is not hers
    :raises ConsentMissing: if the resident has withdrawn her consent to the purpose
    """
    visit = get_visit(actor, purpose, visit_id=visit_id)
    mine = next((one for one in visit.crew if one.staff_id == actor.staff_id), None)
    if mine is None:
        raise NotAllowed
    actor = actor.let_see(visit.resident_id)
    access.note(actor, purpose, resident_ids=[visit.resident_id], what="visits.visit")
    mine.visit = visit
    check_consent(actor, purpose, resident_id=visit.resident_id)
    knows = knows_the_door(State(mine.state))
    [stop] = _stops_of(actor, purpose, [mine], on=day)
    version = get_version(actor, purpose, version_id=visit.service_version_id)
    facts = list(FieldFact.objects.filter(visit=visit).order_by("occurred_at", "id"))
    cards = cards_of(actor, purpose, [visit], also=[fact.staff_id for fact in facts])
    return WorkVisit(
        **{part.name: getattr(stop, part.name) for part in fields(stop)},
        version=Sop(
            id=version.id,
            version=version.version,
            needs_order=version.needs_order,
            steps=version.steps,
            supplies=version.supplies,
            teaching_points=version.teaching_points,
            record_form=version.record_form or {},
        ),
        facts=[said(fact, cards) for fact in facts] if knows else [],
        phone=phone_to_call(actor, purpose, resident_id=visit.resident_id) if knows else "",
    )


def _stops_of(actor: Actor, purpose: Purpose, assignments: Sequence[Assignment], *, on: date) -> list[Stop]:
    """Return the assignments with all that is carried along, in as many queries for twelve as for one."""
    if not assignments:
        return []
    for one in assignments:
        actor = actor.let_see(one.visit.resident_id)
    residents = get_residents(actor, purpose, resident_ids={one.visit.resident_id for one in assignments})
    addresses = get_addresses(actor, purpose, address_ids={one.visit.address_id for one in assignments})
    crews = Assignment.objects.filter(
        organization_id=actor.organization_id, visit__in=[one.visit_id for one in assignments]
    )
    crew: dict[UUID, list[UUID]] = {}
    for one in crews.filter(state__in=LIVE_STATES).order_by("part"):
        crew.setdefault(one.visit_id, []).append(one.staff_id)
    cards = cards_of(actor, purpose, (), also=[staff_id for ids in crew.values() for staff_id in ids])
    whys = becauses_of([one.id for one in assignments])
    found = []
    for one in assignments:
        visit, address = one.visit, addresses.get(one.visit.address_id)
        resident = residents.get(visit.resident_id)
        if resident is None or address is None:
            raise NotFound
        others = [i for i in crew.get(visit.id, []) if i != one.staff_id]
        stop = Stop(
            visit_id=visit.id,
            part=one.part,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            status=visit.status,
            state=one.state,
            resident=ResidentShown(
                name=resident.name,
                age=on.year - resident.birth_year if resident.birth_year else None,
                sex=resident.sex,
                lives_alone=bool(resident.lives_alone),
            ),
            address_line=address.text,
            address_note=address.note or "",
            point=PointShown(latitude=address.point["lat"], longitude=address.point["lon"])
            if address.point
            else None,
            service=ServiceCarried(
                name=name_of_service(visit),
                duration_minutes=int((one.ends_at - one.starts_at).total_seconds() // 60),
            ),
            visit_word=visit.visit_word,
            wishes=visit.wishes | {"who_is_present": visit.who_is_present},
            people_needed=visit.people_needed,
            with_names=[cards[i].name for i in others if i in cards],
            visit_version=visit.version,
            why=to_herself(whys.get(one.id), knows_whose=knows_the_door(State(one.state))),
        )
        found.append(stop if knows_the_door(State(one.state)) else _covered(stop))
    return found


def _covered(stop: Stop) -> Stop:
    """Return the stop as somebody may see it who has not taken it."""
    return replace(
        stop,
        resident=ResidentShown(name=_("接下以后看得到"), age=None, sex="", lives_alone=False),
        address_line=_("{area}（门牌接下以后看得到）").format(area=area_of(stop.address_line)),
        address_note="",
        point=None,
        visit_word="",
        wishes=wishes_for_all(stop.wishes),
    )
