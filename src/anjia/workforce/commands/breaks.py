"""Which breaks everybody of the house has within a day."""

from datetime import datetime, time
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.workforce.events import RotaChanged
from anjia.workforce.models import DailyBreak
from anjia.workforce.rules.breaks import Break, check_break
from anjia.workforce.writing import one_rota_at_a_time


@command("workforce.change")
def put_break(actor: Actor, now: datetime, *, opens: time, closes: time, minutes: int) -> DailyBreak:
    """
    Give everybody a break within each shift that covers its window. What has been promised stays, whatever it leaves.

    :raises BreakInvalid: if it does not fit between its times, into another one's, or is one too many
    """
    one_rota_at_a_time(actor)
    others = DailyBreak.objects.filter(organization_id=actor.organization_id, removed_at=None)
    new = Break(opens, closes, minutes)
    check_break(new, [Break(one.opens, one.closes, one.minutes) for one in others])
    row = DailyBreak.objects.create(
        organization_id=actor.organization_id,
        opens=opens,
        closes=closes,
        minutes=minutes,
        set_by=actor.user_id,
        set_at=now,
    )
    audit.record("workforce.break.put", actor=actor, at=now, subject_id=row.id, fields=["breaks"])
    events.publish(RotaChanged(staff_id=actor.organization_id, at=now), actor=actor)
    return row


@command("workforce.change")
def remove_break(actor: Actor, now: datetime, *, break_id: UUID) -> None:
    """
    Take a break back, from now on.

    :raises NotFound: if there is no such break
    """
    one_rota_at_a_time(actor)
    rows = DailyBreak.objects.filter(organization_id=actor.organization_id, id=break_id, removed_at=None)
    if not rows.update(removed_at=now):
        raise NotFound
    audit.record("workforce.break.removed", actor=actor, at=now, subject_id=break_id, fields=["breaks"])
    events.publish(RotaChanged(staff_id=actor.organization_id, at=now), actor=actor)
