"""Waiting for one's turn: whether a command does, without any clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from anjia.kernel.actors import Actor
from anjia.kernel.work import Command


@contextmanager
def turn_of_another(key: str) -> Iterator[None]:
    """Let a transaction of somebody else hold the turn."""
    other: Any = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        yield
    finally:
        other.close()


def impatient(command: Command[Any, Any]) -> Command[Any, Any]:
    """Return the command of somebody who does not wait for anybody."""

    def at_once(actor: Actor, now: datetime, /, **says: Any) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1ms'")
        return command(actor, now, **says)

    return Command(command.permission, at_once)
