"""Orders: entered with a photo, read beside it by a doctor, corrected by another version, ended."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.catalogue.queries import services_offered
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import wait_turn
from anjia.kernel.files import keep
from anjia.kernel.work import command
from anjia.orders.doctors import check_doctor, practising_doctors
from anjia.orders.models import FamilyDoctor, Order
from anjia.orders.rules.orders import (
    LONGEST_TEXT,
    OrderInvalid,
    OrderSettled,
    PhotoMissing,
    Said,
    SameReader,
    State,
    WhyMissing,
    check_order,
)
from anjia.orders.writing import (
    close,
    is_corrected,
    new_version,
    order_to_change,
    said_of,
    say,
    step_aside,
)
from anjia.residents.queries import get_resident


@command("orders.enter")
def enter_order(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    service_code: str,
    said: Said,
    valid_from: date | None,
    valid_until: date | None,
    photo: bytes,
    content_type: str,
) -> Order:
    """
    Enter an order or a prescription, with the photo of its original. It counts once a doctor has read it.

    :raises NotFound: if the actor has no business with the resident
    :raises OrderInvalid: naming every field that is missing or makes no sense
    :raises ForbiddenAtHome: naming every rule of the list of what is not done at home
    :raises PhotoMissing: if there is no photo
    :raises FileNotKnown, FileTooLarge: if what was sent is no photo
    """
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    _check_service(actor, service_code)
    if not photo:
        raise PhotoMissing(fields={"photo": PhotoMissing.words})
    check_order(said, valid_from=valid_from, valid_until=valid_until, today=day_of(now))
    assert valid_from is not None
    assert valid_until is not None
    stored = keep(actor, now, content=photo, content_type=content_type, resident_id=resident_id)
    order = new_version(
        actor,
        now,
        of=None,
        resident_id=resident_id,
        service_code=service_code,
        said=said,
        valid_from=valid_from,
        valid_until=valid_until,
        file_id=stored.id,
    )
    order.save(force_insert=True)
    say(actor, now, order, "entered", "photo", "said", "valid_from", "valid_until")
    return order


@command("orders.enter")
def correct_order(
    actor: Actor,
    now: datetime,
    *,
    order_id: UUID,
    said: Said,
    valid_from: date | None,
    valid_until: date | None,
    why: str,
    photo: bytes = b"",
    content_type: str = "",
) -> Order:
    """
    Write the next version of an order, and why. The one before stays as it was; if it is confirmed it holds until a
    doctor has confirmed this one.

    :raises NotFound: if there is no such order
    :raises OrderSettled: if it is not the version that is in force or waits, or somebody's correction of it waits: that
        one is to be corrected, or what it says would be lost unread
    :raises WhyMissing: if nobody says why
    :raises OrderInvalid, ForbiddenAtHome: as `enter_order`
    """
    before = order_to_change(actor, order_id=order_id)
    if before.state not in (State.DRAFT, State.CONFIRMED, State.REFUSED):
        raise OrderSettled
    if before.state != State.DRAFT and is_corrected(actor, root_id=before.root_id):
        raise OrderSettled
    _check_why(why)
    check_order(said, valid_from=valid_from, valid_until=valid_until, today=day_of(now))
    assert valid_from is not None
    assert valid_until is not None
    file_id = before.file_id
    if photo:
        resident_id = before.resident_id
        stored = keep(actor, now, content=photo, content_type=content_type, resident_id=resident_id)
        file_id = stored.id
    if file_id is None:  # a doctor wrote the one before here: what is entered now is read off a paper
        raise PhotoMissing(fields={"photo": PhotoMissing.words})
    step_aside(actor, now, root_id=before.root_id, state=State.DRAFT, why=why.strip())
    order = new_version(
        actor,
        now,
        of=before,
        resident_id=before.resident_id,
        service_code=before.service_code,
        said=said,
        valid_from=valid_from,
        valid_until=valid_until,
        file_id=file_id,
        why=why.strip(),
    )
    order.save(force_insert=True)
    say(actor, now, order, "corrected", "said", "valid_from", "valid_until", "why")
    return order


@command("orders.confirm")
def confirm_order(actor: Actor, now: datetime, *, order_id: UUID) -> Order:
    """
    Say, as a doctor of the institution, that the original says this and that it may be done at home. From now on it
    counts, and the version before does not.

    :raises NotFound: if there is no such order
    :raises NoDoctor: if the actor is no doctor whose licence holds
    :raises OrderSettled: if it does not wait any more
    :raises SameReader: if the actor has entered it
    :raises OrderInvalid, ForbiddenAtHome: if it says what is not done at home by now
    """
    staff_id = check_doctor(actor, now)
    order = order_to_change(actor, order_id=order_id)
    if order.state != State.DRAFT:
        raise OrderSettled
    if order.entered_by == actor.user_id:
        raise SameReader
    check_order(said_of(order), valid_from=order.valid_from, valid_until=order.valid_until, today=day_of(now))
    step_aside(actor, now, root_id=order.root_id, state=State.CONFIRMED, why=order.why)
    order.state = State.CONFIRMED.value
    order.decided_by, order.decided_staff_id, order.decided_at = actor.user_id, staff_id, now
    order.save(update_fields=["state", "decided_by", "decided_staff_id", "decided_at"])
    say(actor, now, order, "confirmed", "state")
    return order


@command("orders.confirm")
def refuse_order(actor: Actor, now: datetime, *, order_id: UUID, why: str) -> Order:
    """
    Say, as a doctor, why it cannot be confirmed. Whoever entered it reads why, and may correct it.

    :raises NotFound, NoDoctor, OrderSettled: as `confirm_order`
    :raises WhyMissing: if nobody says why
    """
    staff_id = check_doctor(actor, now)
    order = order_to_change(actor, order_id=order_id)
    if order.state != State.DRAFT:
        raise OrderSettled
    _check_why(why)
    order.state, order.closed_why = State.REFUSED.value, why.strip()
    order.decided_by, order.decided_staff_id, order.decided_at = actor.user_id, staff_id, now
    order.save(update_fields=["state", "closed_why", "decided_by", "decided_staff_id", "decided_at"])
    say(actor, now, order, "refused", "state", "why")
    return order


@command("orders.confirm")
def end_order(actor: Actor, now: datetime, *, order_id: UUID, why: str) -> Order:
    """
    End an order before its last day. Nothing is cancelled by it: who is to go is asked again by the gate.

    :raises NotFound, NoDoctor: as `confirm_order`
    :raises OrderSettled: if it is not in force
    :raises WhyMissing: if nobody says why
    """
    check_doctor(actor, now)
    order = order_to_change(actor, order_id=order_id)
    if order.state != State.CONFIRMED:
        raise OrderSettled
    _check_why(why)
    close(actor, now, order, State.ENDED, why.strip())
    say(actor, now, order, "ended", "state", "why")
    return order


@command("orders.enter")
def name_family_doctor(actor: Actor, now: datetime, *, resident_id: UUID, staff_id: UUID) -> FamilyDoctor:
    """
    Say who her family doctor is: she is asked first. Whoever was it before was it until now.

    :raises NotFound: if the actor has no business with the resident
    :raises OrderInvalid: if she is no doctor of the institution who may practise
    """
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    if staff_id not in practising_doctors(actor, now):
        raise OrderInvalid(_("请选一位本机构在职的医生。"), fields={"staff_id": _("请选一位医生。")})
    wait_turn(f"family-doctor/{resident_id}")
    rows = FamilyDoctor.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, until=None
    )
    before = rows.first()
    if before and before.staff_id == staff_id:
        return before
    rows.update(until=now)
    found = FamilyDoctor.objects.create(
        organization_id=actor.organization_id,
        resident_id=resident_id,
        staff_id=staff_id,
        since=now,
        named_by=actor.user_id,
    )
    audit.record(
        "orders.family_doctor.named", actor=actor, at=now, subject_id=resident_id, fields=["staff_id"]
    )
    return found


def _check_service(actor: Actor, service_code: str) -> None:
    offered = {one.code for one in services_offered(actor, Purpose.CONTRACT, mode="home")}
    if service_code not in offered:
        raise OrderInvalid(fields={"service_code": _("请选这条医嘱是给哪项服务的。")})


def _check_why(why: str) -> None:
    if not why.strip() or len(why) > LONGEST_TEXT:
        raise WhyMissing(fields={"why": WhyMissing.words})
