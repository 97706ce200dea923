"""Whether what was measured at a visit is a reason to act now. Only commands call it."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from anjia.clinical.alerts import Grade, alert_for, is_fresh
from anjia.clinical.measures import Unsound, normalised
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.records.queries import own_targets_of_many
from anjia.residents.queries import get_resident
from anjia.visits.queries import FactSaid


def is_red(actor: Actor, now: datetime, *, resident_id: UUID, fact: FactSaid) -> bool:
    """Say whether a reading of the fact crosses a red line and is new enough to act on: none that nobody believes."""
    if not is_fresh(fact.at, now=now):
        return False
    today = day_of(fact.at)
    age = get_resident(actor, Purpose.VITAL, resident_id=resident_id).age_on(today)
    own = own_targets_of_many(actor, Purpose.VITAL, resident_ids=[resident_id], now=now).get(resident_id, {})
    for reading in fact.content.get("readings", ()):
        try:
            value = normalised(reading["code"], Decimal(str(reading["value"])), reading["unit"])
        except (Unsound, InvalidOperation):
            continue
        line = alert_for(value.code, value.value, on=today, age=age, own=own.get(value.code))
        if line is not None and line.grade is Grade.RED:
            return True
    return False
