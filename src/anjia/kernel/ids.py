"""Primary keys: UUIDv7, so that rows written together lie together and an id says nothing but its time."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh key, later than those before it."""
    return uuid7()
