"""What identity's tests look at afterwards, and how they rush."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from anjia.identity.queries import SignedIn
from anjia.kernel.actors import Actor
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from tests.identity import make
from tests.make import NOON


def who(token: str, *, now: Any = NOON) -> SignedIn | None:
    return make.signed_in(token, now=now)


def audited(actor: Actor, subject_id: Any) -> list[str]:
    def read(actor: Actor) -> list[str]:
        rows = AuditEntry.objects.filter(subject_id=subject_id).order_by("occurred_at", "id")
        return [row.action for row in rows]

    return acting(actor, NOON).ask(read)


def race(attempts: list[Callable[[], object]]) -> list[object]:
    """Run them all at once, and return what each returned or raised."""
    together = Barrier(len(attempts), timeout=60)

    def attempt(one: Callable[[], object]) -> object:
        connection.ensure_connection()
        together.wait()
        try:
            return one()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(attempt, attempts))
