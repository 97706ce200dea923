"""What holds in a house, and whether a case would be heard there now."""

from datetime import datetime, timedelta

from anjia.emergencies.models import HouseRules, Watch
from anjia.emergencies.rules import house as rules
from anjia.emergencies.rules.house import House
from anjia.emergencies.rules.kinds import Kind
from anjia.kernel.actors import Actor


def house_of(actor: Actor) -> House:
    """Return what holds in the actor's house."""
    row = HouseRules.objects.filter(organization_id=actor.organization_id).first()
    return row.as_rules() if row else House()


def is_attended(actor: Actor, kind: Kind, *, now: datetime, house: House | None = None) -> bool:
    """
    Say whether the desk is open, and somebody who may take such a case has had a page before her eyes, with its sound
    on, in the last seconds.
    """
    rows = Watch.objects.filter(organization_id=actor.organization_id, heard_at__gte=watched_since(now))
    watched = any(kind.value in row.kinds for row in rows)
    return rules.is_attended(house or house_of(actor), is_watched=watched, now=now)


def watched_since(now: datetime) -> datetime:
    return now - timedelta(seconds=rules.WATCHED_FOR_SECONDS)
