"""What a phone is told: what to show before somebody presses, and how her case stands, as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from anjia.emergencies.hearing import house_of, is_attended
from anjia.emergencies.models import Case, CheckIn, Wish
from anjia.emergencies.rules.house import FINE_FOR_MINUTES
from anjia.emergencies.rules.kinds import Kind
from anjia.identity.queries import get_organization
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.actors import Kind as ActorKind
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.residents.queries import accounts_of_resident
from anjia.residents.rules import Relation


class Stands(StrEnum):
    """How a case stands, for who pressed: no further than somebody has seen or done something."""

    SENT = "sent"  # the server has it, and nobody has seen it
    SEEN = "seen"
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPhone:
    id: UUID
    client_id: UUID
    stands: str
    attended: bool
    pressed_at: datetime
    received_at: datetime
    is_late: bool
    seen_at: datetime | None
    taken_at: datetime | None
    taker: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpShown:
    """`first_number` is 120 unless the house says otherwise; `desk_phone` rings at the house itself."""

    attended: bool
    hours: str
    first_number: str
    desk_name: str
    desk_phone: str
    tells_family: bool
    family: Sequence[str]
    decides: bool
    case: OnPhone | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The quiet question."""

    id: UUID
    visit_id: UUID
    asked_at: datetime
    answer_by: datetime
    is_alarmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    attended: bool
    first_number: str
    desk_phone: str
    fine_minutes: int
    asked: Sequence[Asked]
    case: OnPhone | None


def on_phone(actor: Actor, purpose: Purpose, *, case: Case, now: datetime) -> OnPhone:
    """Return how a case of hers stands, and whether anybody would see it at this moment."""
    return _shown(case, attended=is_attended(actor, Kind(case.kind), now=now))


def case_on_phone(actor: Actor, purpose: Purpose, *, case_id: UUID, now: datetime) -> OnPhone:
    """
    Return how her case stands.

    :raises NotFound: if it is none of hers
    """
    case = Case.objects.filter(organization_id=actor.organization_id, id=case_id).first()
    if case is None or not _is_hers(actor, case):
        raise NotFound
    return on_phone(actor, purpose, case=case, now=now)


def help_shown(actor: Actor, purpose: Purpose, *, now: datetime) -> HelpShown:
    """
    Return what stands on the screen of help.

    :raises NotAllowed: to whoever acts for nobody
    """
    if actor.resident_id is None or not actor.may("emergencies.call"):
        raise NotAllowed
    house = house_of(actor)
    organization = get_organization(actor, purpose, organization_id=actor.organization_id)
    wish = Wish.objects.filter(resident_id=actor.resident_id).first()
    grants = accounts_of_resident(actor, purpose, resident_id=actor.resident_id, now=now)
    open_ones = Case.objects.filter(
        organization_id=actor.organization_id, resident_id=actor.resident_id, closed_at=None
    )
    case = open_ones.order_by("-pressed_at").first()
    attended = is_attended(actor, Kind.HELP, now=now, house=house)
    return HelpShown(
        attended=attended,
        hours=house.hours,
        first_number=house.first_number,
        desk_name=organization.name,
        desk_phone=organization.duty_phone or organization.phone,
        tells_family=bool(wish and wish.tells_family),
        family=[one.name for one in grants if one.relation != Relation.SELF],
        decides=any(
            one.account_id == actor.user_id and one.relation in {Relation.SELF, Relation.GUARDIAN}
            for one in grants
        ),
        case=_shown(case, attended=attended) if case else None,
    )


def own_safety(actor: Actor, purpose: Purpose, *, now: datetime) -> Safety:
    """
    Return what a member of staff is asked, and how her own SOS stands.

    :raises NotAllowed: to whoever is no member of staff
    """
    if actor.staff_id is None or not actor.may("emergencies.sos"):
        raise NotAllowed
    house = house_of(actor)
    organization = get_organization(actor, purpose, organization_id=actor.organization_id)
    attended = is_attended(actor, Kind.SOS, now=now, house=house)
    mine = Case.objects.filter(
        organization_id=actor.organization_id, kind=Kind.SOS.value, about_id=actor.staff_id, closed_at=None
    )
    case = mine.first()
    rows = CheckIn.objects.filter(organization_id=actor.organization_id, staff_id=actor.staff_id)
    asked = list(rows.filter(fine_until=None).select_related("case").order_by("-asked_at")[:5])
    return Safety(
        attended=attended,
        first_number=house.first_number,
        desk_phone=organization.duty_phone or organization.phone,
        fine_minutes=FINE_FOR_MINUTES,
        asked=[
            Asked(
                id=row.id,
                visit_id=row.visit_id,
                asked_at=row.asked_at,
                answer_by=row.answer_by,
                is_alarmed=row.case is not None,
            )
            for row in asked
            if row.closed_at is None or (row.case and row.case.closed_at is None)
        ],
        case=_shown(case, attended=attended) if case else None,
    )


def _is_hers(actor: Actor, case: Case) -> bool:
    if actor.kind is ActorKind.PERSON:
        return case.resident_id is not None and actor.sees(case.resident_id)
    return case.kind == Kind.SOS and case.about_id == actor.staff_id


def _shown(case: Case, *, attended: bool) -> OnPhone:
    stands = Stands.SENT
    if case.closed_at:
        stands = Stands.CLOSED
    elif case.taken_at and case.rings and not attended:
        stands = (
            Stands.SENT
        )  # pressed again, and who had it has gone: what she took long ago helps nobody now
    elif case.taken_at:
        stands = Stands.TAKEN
    elif case.seen_at:
        stands = Stands.SEEN
    return OnPhone(
        id=case.id,
        client_id=case.client_id,
        stands=stands.value,
        attended=attended,
        pressed_at=case.pressed_at,
        received_at=case.received_at,
        is_late=case.is_late,
        seen_at=case.seen_at,
        taken_at=case.taken_at,
        taker=case.taker,
        closed_at=case.closed_at,
    )
