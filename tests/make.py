"""Makers: a valid thing with one call; say only what the test is about. Each context adds its own beside its tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from anjia.kernel import events
from anjia.kernel.actors import Actor, Kind

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai, a Monday


def actor(*permissions: str, organization_id: UUID | None = None, **changes: Any) -> Actor:
    """Return a member of staff with these permissions, of an organization of her own unless it is given."""
    sound: dict[str, Any] = {
        "user_id": uuid4(),
        "organization_id": organization_id or uuid4(),
        "permissions": frozenset(permissions),
    }
    return Actor(**sound | changes)


def person(*permissions: str, resident_id: UUID, organization_id: UUID, **changes: Any) -> Actor:
    """Return a resident, or somebody who acts for her."""
    return actor(
        *permissions,
        organization_id=organization_id,
        kind=Kind.PERSON,
        resident_id=resident_id,
        resident_ids=frozenset({resident_id}),
        **changes,
    )


def deliver_events(of: Actor, *, now: datetime = NOON + timedelta(days=365)) -> None:
    """Let all who listen hear what has happened in the actor's organization, and what comes of that."""
    while events.pump(now, organization_id=of.organization_id):
        pass
