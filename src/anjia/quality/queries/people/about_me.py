"""What she whom a complaint is about may know of it: that there is one and what was found, never its words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from anjia.kernel.actors import Actor, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A complaint about somebody, without what it says and who raised it. `at` says in which month it counts."""

    id: UUID
    state: str
    finding: str
    visit_id: UUID | None
    at: datetime


def complaints_about_me(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> list[About]:
    """Return complaints about the actor's own account of [start, end): row-level security hides all else of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM quality_complaints_about_me(%s, %s)", [start, end])
        rows = cursor.fetchall()
    return [
        About(id=id_, state=state, finding=finding, visit_id=visit_id, at=at)
        for id_, state, finding, visit_id, at in rows
    ]
