"""Who hears that an objection is answered, in words that name nobody's health. Only subscribers call it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from anjia.dispatch.queries import contact_of, house_of
from anjia.kernel.actors import Actor, Purpose
from anjia.messaging.commands import send
from anjia.quality.events import ObjectionMoved
from anjia.quality.models import Objection
from anjia.quality.rules import ObjectionState
from anjia.workforce.queries import get_staff_member

TEMPLATES: Final = {
    ObjectionState.LEFT_OUT: "objection_left_out",
    ObjectionState.STAYS: "objection_stays",
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
