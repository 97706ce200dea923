"""Whose screen is on: what is open there has been seen by somebody, and what is open nowhere by nobody."""

from datetime import datetime
from uuid import UUID

from anjia.emergencies.events import CaseSeen
from anjia.emergencies.hearing import house_of
from anjia.emergencies.models import Case, Watch
from anjia.emergencies.rules.cases import What
from anjia.emergencies.rules.house import is_attended
from anjia.emergencies.rules.kinds import kinds_for
from anjia.emergencies.writing import write_step
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.work import command


@command("emergencies.take")
def keep_watch(actor: Actor, now: datetime, *, hears: bool, is_visible: bool) -> list[UUID]:
    """
    Say that a page is open on her screen now, whether it can be seen, and whether its sound is on; return the cases
    that she is the first to see. One that is hidden or silent is nobody. Outside the desk's hours a screen may be on
    for nobody: there only taking a case says that somebody is there.

    That she is there is a reading, not a deed: the audit has what was seen.
    """
    kinds = kinds_for(actor.permissions)
    Watch.objects.update_or_create(
        organization_id=actor.organization_id,
        account_id=actor.user_id,
        # Another window of hers may be before her eyes: a hidden one does not take that back.
        defaults={"seen_at": now, "kinds": kinds} | ({"heard_at": now} if hears and is_visible else {}),
    )
    if not is_attended(house_of(actor), is_watched=hears and is_visible, now=now):
        return []
    unseen = Case.objects.select_for_update().filter(
        organization_id=actor.organization_id, kind__in=kinds, closed_at=None, seen_at=None
    )
    found = []
    for case in unseen.order_by("id"):
        case.seen_at = now
        case.save(update_fields=["seen_at"])
        write_step(actor, now, case, What.SEEN)
        audit.record("emergencies.case.seen", actor=actor, at=now, subject_id=case.id, fields=["seen_at"])
        events.publish(CaseSeen(case_id=case.id, resident_id=case.resident_id, at=now), actor=actor)
        found.append(case.id)
    return found
