"""What the house itself certifies: a course that somebody has passed. It counts at once: nobody has entered it."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.work import command
from anjia.workforce.events import StaffChanged
from anjia.workforce.models import Qualification
from anjia.workforce.writing import staff_for_update


@command("workforce.earn")
def certify(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    code: str,
    named: Mapping[str, str],
    number: str,
    issuer: str,
    valid_from: date,
    valid_until: date,
) -> Qualification:
    """
    Write down a certificate of the house's own; `named` says what it is, by language.

    :raises NotFound: if its holder does not work here
    """
    staff = staff_for_update(actor, staff_id=staff_id)
    paper = Qualification.objects.create(
        organization_id=actor.organization_id,
        staff=staff,
        code=code,
        named=dict(named),
        number=number,
        issuer=issuer[:80],
        valid_from=valid_from,
        valid_until=valid_until,
        added_by=actor.user_id,
        added_at=now,
        verified_at=now,
    )
    audit.record(
        "workforce.qualification.earned", actor=actor, at=now, subject_id=staff.id, fields=["valid_until"]
    )
    events.publish(StaffChanged(staff_id=staff.id, at=now), actor=actor)
    return paper
