"""Who hears of what she raised or objected to, in words that name nobody's health. Only subscribers call it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from anjia.dispatch.queries import contact_of, house_of
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.messaging.commands import send
from anjia.quality.events import ConcernMoved, ObjectionMoved
from anjia.quality.models import Concern, Objection
from anjia.quality.rules import ConcernState, ObjectionState
from anjia.workforce.queries import get_staff_member

TEMPLATES: Final = {
    ObjectionState.LEFT_OUT: "objection_left_out",
    ObjectionState.STAYS: "objection_stays",
}
OF_CONCERNS: Final = {
    ConcernState.ACKNOWLEDGED: "concern_taken_up",
    ConcernState.TOLD: "concern_answered",
}
ANSWER_KEEPS: Final = timedelta(days=3)  # later she has it from her inbox


def tell_who_objected(actor: Actor, now: datetime, event: ObjectionMoved) -> None:
    """Tell her who objected that she has her answer, and which; while it waits, nothing."""
    template = TEMPLATES.get(ObjectionState(event.state))
    one = Objection.objects.filter(id=event.objection_id).first()
    if template is None or one is None:
        return
    staff = get_staff_member(actor, Purpose.CONTRACT, staff_id=one.staff_id)
    institution, phone = house_of(actor, Purpose.CONTRACT)
    send(
        actor,
        now,
        party_id=one.raised_by,
        template_code=template,
        event_id=uuid5(NAMESPACE_OID, f"{template}/{one.id}"),
        about_kind="objection",
        about_id=one.id,
        values={"month": f"{one.month:%Y-%m}", "institution": institution, "phone": phone},
        contact=contact_of(
            actor, Purpose.CONTRACT, name=staff.name, account_id=one.raised_by, phone=staff.phone
        ),
        needed_by=now + ANSWER_KEEPS,
    )


def tell_who_raised(actor: Actor, now: datetime, event: ConcernMoved) -> None:
    """
    Tell whoever raised it that somebody deals with it, or that there is an answer; nobody of what has gone on since.

    A caller has no account, and who gave no name is nobody: those the desk calls, or cannot. Who answers herself knows.
    """
    template = OF_CONCERNS.get(ConcernState(event.state))
    one = Concern.objects.filter(id=event.concern_id, state=event.state).first()
    if template is None or one is None or one.raised_by in {None, one.owner_id}:
        return
    institution, phone = house_of(actor, Purpose.CONTRACT)
    names = account_names(actor, Purpose.CONTRACT, account_ids=[one.raised_by])
    send(
        actor,
        now,
        party_id=one.raised_by,
        template_code=template,
        event_id=uuid5(NAMESPACE_OID, f"{template}/{one.id}/{one.since.isoformat()}"),
        about_kind="concern",
        about_id=one.id,
        values={"institution": institution, "phone": phone},
        resident_id=one.resident_id,
        contact=contact_of(
            actor, Purpose.CONTRACT, name=names.get(one.raised_by, ""), account_id=one.raised_by
        ),
        needed_by=now + ANSWER_KEEPS,
    )
