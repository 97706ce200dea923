"""How a grant ends: taken back, or by itself on the day that was said."""

from datetime import datetime
from uuid import UUID

from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor
from anjia.residents.events import AccessWithdrawn
from anjia.residents.models import Grant


def withdraw(actor: Actor, now: datetime, grant: Grant) -> None:
    grant.withdrawn_at, grant.withdrawn_by = now, actor.user_id
    grant.save(update_fields=["withdrawn_at", "withdrawn_by"])
    live.doubt(grant.account_id)
    audit.record("residents.grant.withdrawn", actor=actor, at=now, subject_id=grant.id)
    told = AccessWithdrawn(
        grant_id=grant.id, resident_id=grant.resident_id, account_id=grant.account_id, at=now
    )
    events.publish(told, actor=actor)


def close_ended(actor: Actor, now: datetime, *, resident_id: UUID, account_id: UUID) -> None:
    """Close a grant that has run out, so that another can take its place. Nobody sees less than before by it."""
    rows = Grant.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, account_id=account_id
    )
    for grant in rows.filter(withdrawn_at=None, valid_until__lte=now):
        grant.withdrawn_at = grant.valid_until
        grant.save(update_fields=["withdrawn_at"])
        audit.record("residents.grant.ended", actor=actor, at=now, subject_id=grant.id)
