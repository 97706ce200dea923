"""What can be done with referrals. One function, one unit of work, one audit entry, one event."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.identity.queries import places_with
from anjia.kernel import audit, events, files, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.residents.commands import register_resident
from anjia.residents.queries import get_resident
from anjia.transitions.events import ReferralMoved, ReferralSent
from anjia.transitions.models import Referral
from anjia.transitions.queries import of_own_wards
from anjia.transitions.rules import (
    AT_HOME,
    LINES,
    NOT_TAKEN_ON,
    OPEN,
    WISHES,
    WOUNDS,
    IllegalMove,
    OrderPhotoUnsound,
    State,
    check_move,
    check_reason,
    check_referral,
)


@command("transitions.refer")
def refer(
    actor: Actor,
    now: datetime,
    *,
    organization_id: UUID,
    organization_name: str,
    from_name: str,
    sent_by_name: str,
    name: str,
    phone: str,
    address: str,
    discharge_on: date | None,
    diagnosis: str,
    agreed: bool,
    sex: str = "",
    id_number: str = "",
    ward: str = "",
    ward_phone: str = "",
    lines: Sequence[str] = (),
    wounds: Sequence[str] = (),
    wishes: Sequence[str] = (),
    at_home: str = "unknown",
    note: str = "",
    order_photo: bytes | None = None,
    order_photo_type: str = "",
    ward_id: UUID | None = None,
) -> Referral:
    """
    Send a patient to an institution that looks after her at home. She or her family have agreed to it.

    It is her ward's: one of the actor's wards, by default the first.

    :raises NotFound: if `ward_id` is none of hers
    :raises ReferralUnsound: naming every field that is wrong or missing
    :raises FileNotKnown: if the photo of the order is none
    """
    check_referral(
        name=name,
        phone=phone,
        id_number=id_number,
        address=address,
        discharge_on=discharge_on,
        diagnosis=diagnosis,
        agreed=agreed,
        today=day_of(now),
    )
    assert discharge_on is not None, "checked above"
    photo = (
        files.store(actor, now, content=order_photo, content_type=order_photo_type) if order_photo else None
    )
    referral = Referral.objects.create(
        organization_id=organization_id,
        organization_name=organization_name,
        from_organization_id=actor.organization_id,
        from_ward_id=_ward(actor, ward_id),
        from_name=from_name,
        ward=ward.strip()[:60],
        ward_phone=ward_phone.strip(),
        sent_by=actor.user_id,
        sent_by_name=sent_by_name,
        sent_at=now,
        discharge_on=discharge_on,
        name=name.strip(),
        sex=sex if sex in {"female", "male"} else "",
        phone=phone.strip(),
        id_number=id_number.strip().upper(),
        address=address.strip(),
        diagnosis=diagnosis.strip(),
        lines=",".join(code for code in LINES if code in lines),
        wounds=",".join(code for code in WOUNDS if code in wounds),
        wishes=[code for code in WISHES if code in wishes],
        at_home=at_home if at_home in AT_HOME else "unknown",
        note=note.strip(),
        agreed_at=now,
        order_photo_id=photo.id if photo else None,
        order_photo_type=photo.content_type if photo else "",
    )
    referral.write_step(actor.user_id, now)
    audit.record("transitions.referral.sent", actor=actor, at=now, subject_id=referral.id)
    events.publish(
        ReferralSent(referral_id=referral.id, to_organization_id=organization_id, at=now), actor=actor
    )
    _tell_both(referral)
    return referral


@command("transitions.refer")
def add_order_photo(
    actor: Actor, now: datetime, *, referral_id: UUID, content: bytes, content_type: str
) -> Referral:
    """
    Let the photo of the order follow a referral that went out without it. What has come once is not exchanged.

    :raises NotFound: if it is not of the actor's ward
    :raises OrderPhotoUnsound: if there is nothing in it
    :raises FileNotKnown: if it is no photo
    :raises IllegalMove: if it has one, or is over
    """
    referral = _sent_by(actor, referral_id)
    if referral.state not in OPEN or referral.order_photo_id is not None:
        raise IllegalMove
    if not content:
        raise OrderPhotoUnsound(fields={"order_photo": _("请选一张照片。")})
    photo = files.store(actor, now, content=content, content_type=content_type)
    referral.order_photo_id, referral.order_photo_type = photo.id, photo.content_type
    referral.save(update_fields=["order_photo_id", "order_photo_type"])
    audit.record(
        "transitions.referral.changed", actor=actor, at=now, subject_id=referral.id, fields=["order_photo"]
    )
    _tell_both(referral)
    return referral


@command("transitions.refer")
def take_back(actor: Actor, now: datetime, *, referral_id: UUID, reason: str) -> Referral:
    """
    Take a referral back that nobody has taken on yet: she stays, or goes elsewhere.

    :raises NotFound: if it is not of the actor's ward
    :raises ReasonMissing: if it is not said why
    :raises IllegalMove: if it was taken on
    """
    referral = _sent_by(actor, referral_id)
    check_reason(reason)
    if State(referral.state) not in NOT_TAKEN_ON:
        raise IllegalMove
    referral.move_to(State.CLOSED, actor=actor, now=now, why=reason)
    _tell(actor, now, referral)
    return referral


@command("transitions.receive")
def receive(actor: Actor, now: datetime, *, referral_id: UUID) -> Referral:
    """
    Say that somebody at the desk is looking at it, so that the ward sees it was seen. Again changes nothing.

    :raises NotFound: if it was not sent to the actor's house
    """
    referral = _sent_to(actor, referral_id)
    if referral.state == State.SENT:
        referral.move_to(State.RECEIVED, actor=actor, now=now)
        _tell(actor, now, referral)
    return referral


@command("transitions.receive")
def take_on(
    actor: Actor,
    now: datetime,
    *,
    referral_id: UUID,
    resident_id: UUID | None = None,
    name: str = "",
    phone: str = "",
    id_number: str = "",
    address: str = "",
) -> Referral:
    """
    Take the patient on: as the resident whom the desk has recognised, or as a new one, with what the ward has written
    unless the desk corrects it.

    :raises NotFound: if it was not sent to the actor's house, or there is no such resident
    :raises Invalid: if what the ward has written cannot be registered; the desk corrects it
    :raises AlreadyRegistered: if her ID number is known: then she is somebody whom the desk can choose
    :raises IllegalMove: if she has been taken on, or declined
    """
    referral = _sent_to(actor, referral_id)
    check_move(State(referral.state), State.REGISTERED)
    if resident_id is None:
        resident = register_resident(
            actor,
            now,
            name=name or referral.name,
            sex=referral.sex or None,
            id_number=id_number or referral.id_number,
            phones=[phone or referral.phone],
            address=address or referral.address,
            lives_alone=True if referral.at_home == "alone" else None,
            resident_id=referral.patient_id,
        )
    else:
        resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    referral.resident_id = resident.id
    referral.move_to(State.REGISTERED, actor=actor, now=now, fields=("resident_id",))
    _tell(actor, now, referral)
    return referral


@command("transitions.receive")
def decline(actor: Actor, now: datetime, *, referral_id: UUID, reason: str) -> Referral:
    """
    Say no, and why; the ward reads it.

    :raises NotFound: if it was not sent to the actor's house
    :raises ReasonMissing: if it is not said why
    :raises IllegalMove: if a visit is booked, or it is over
    """
    referral = _sent_to(actor, referral_id)
    check_reason(reason)
    referral.move_to(State.DECLINED, actor=actor, now=now, why=reason)
    _tell(actor, now, referral)
    return referral


@command("transitions.follow")
def follow_visit(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    resident_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    is_new: bool = False,
    is_off: bool = False,
    done_at: datetime | None = None,
) -> Referral | None:
    """Keep the referral in step with the visit that came of it, a new one or the one before; nothing, if none did."""
    rows = Referral.objects.select_for_update().filter(
        organization_id=actor.organization_id, resident_id=resident_id
    )
    referral = rows.filter(visit_id=visit_id).first()
    if referral is None and is_new and not is_off:
        referral = rows.filter(visit_id=None, state=State.REGISTERED.value).order_by("sent_at", "id").first()
    if referral is None or referral.state in {State.CLOSED, State.DECLINED}:
        return None
    state = State(referral.state)
    referral.visit_id = None if is_off else visit_id
    referral.visit_starts_at = None if is_off else starts_at
    referral.visit_ends_at = None if is_off else ends_at
    referral.visit_done_at = done_at
    fields = ("visit_id", "visit_starts_at", "visit_ends_at", "visit_done_at")
    new = State.REGISTERED if is_off else State.CLOSED if done_at else State.BOOKED
    if new is state:
        referral.save(update_fields=fields)
    else:
        referral.move_to(new, actor=actor, now=now, fields=fields)
    _tell(actor, now, referral)
    return referral


def _sent_by(actor: Actor, referral_id: UUID) -> Referral:
    mine = of_own_wards(actor, Purpose.CARE)
    return _held(Referral.objects.select_for_update().filter(mine, id=referral_id).first())


def _ward(actor: Actor, ward_id: UUID | None) -> UUID | None:
    wards = places_with(actor, Purpose.CARE, permission="transitions.refer")
    if wards is None:  # somebody of the whole house
        return ward_id
    ids = [ward.id for ward in wards]
    if ward_id is not None and ward_id not in ids:
        raise NotFound
    return ward_id or next(iter(ids), None)


def _sent_to(actor: Actor, referral_id: UUID) -> Referral:
    rows = Referral.objects.select_for_update().filter(id=referral_id, organization_id=actor.organization_id)
    return _held(rows.first())


def _held(referral: Referral | None) -> Referral:
    if referral is None:
        raise NotFound
    return referral


def _tell(actor: Actor, now: datetime, referral: Referral) -> None:
    audit.record(
        f"transitions.referral.{referral.state}",
        actor=actor,
        at=now,
        subject_id=referral.id,
        fields=["state"],
    )
    events.publish(ReferralMoved(referral_id=referral.id, state=referral.state, at=now), actor=actor)
    _tell_both(referral)


def _tell_both(referral: Referral) -> None:
    """Tell the open pages of the house that sends and of the house that receives."""
    for house in (referral.from_organization_id, referral.organization_id):
        live.tell(topic="transitions.referrals", subject_id=referral.id, organization_id=house)
