"""
Statements that PostgreSQL plans once per connection: their values travel beside them.

Planning under row-level security costs more than most of our statements' work. What is left of a statement is then the
way to it through Python: so those that every request asks go straight to libpq. psycopg makes values of what comes
back, Django's transactions and errors are what they are for all others.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final, NamedTuple

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

MOST: Final = 300  # statements planned at a time: each keeps its plan in the server's memory


class Answer(NamedTuple):
    rows: list[tuple[Any, ...]]
    number: int  # of rows that were found or written


def planned(statement: str, values: Sequence[Any]) -> Answer:
    """Run a statement that is planned once per connection. Only inside a unit of work."""
    here: Any = connections[DEFAULT_DB_ALIAS]
    assert here.in_atomic_block, "a planned statement belongs to a transaction"
    return _run(here, statement, values)


def at_the_door(statement: str, values: Sequence[Any]) -> Any:
    """
    Return the first row of the one statement that comes before there is anybody in whose name to begin a unit of work.

    It sees nothing but through functions of the database that say themselves whose eyes they look with. It only looks:
    if the connection was lost since the last request, it is asked again over a new one. So nobody has to ask before
    whether the connection still stands.
    """
    here: Any = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    try:
        rows = _run(here, statement, values).rows
    except (OperationalError, InterfaceError):
        here.close_if_health_check_failed()
        if here.connection is not None:
            raise
        here.ensure_connection()
        rows = _run(here, statement, values).rows
    here.health_check_done = True
    return rows[0] if rows else None


def _run(here: Any, statement: str, values: Sequence[Any]) -> Answer:
    if here.queries_logged or here.execute_wrappers:
        return _run_seen(here, statement, values)
    here.validate_no_broken_transaction()
    with here.wrap_database_errors:
        plans = getattr(here, "plans", None)
        if plans is None or plans.connection is not here.connection:
            plans = here.plans = Plans(here.connection)
        return plans.run(statement, values)


def _run_seen(here: Any, statement: str, values: Sequence[Any]) -> Answer:
    """Run it as Django would, for those who look at statements: the log, with the values in them, and wrappers."""
    cursor = (
        here.cursor() if here.queries_logged else here._prepare_cursor(ServerBindingCursor(here.connection))  # type: ignore[call-arg]  # psycopg's
    )
    with cursor:
        cursor.execute(statement, values)
        return Answer(cursor.fetchall() if cursor.description else [], cursor.rowcount)


class Plans:
    """The statements that one connection has planned."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        context = connection.cursor()
        # In C, where Django's would set the zone of each anew: that they are in UTC the connection says.
        context.adapters.register_loader("timestamptz", TimestamptzLoader)
        self.values = Transformer(context)

    def run(self, statement: str, values: Sequence[Any]) -> Answer:
        server, read = self.connection.pgconn, self.values
        if server.transaction_status == TransactionStatus.IDLE and not self.connection.autocommit:
            self.checked(server.exec_(b"BEGIN"))
        given: Any = read.dump_sequence(values, [PyFormat.AUTO] * len(values))
        name = self.names.get((statement, read.types or ())) or self.plan(statement, read.types or ())
        result = self.checked(server.exec_prepared(name, given, read.formats))
        if result.status != ExecStatus.TUPLES_OK:
            return Answer([], result.command_tuples or 0)
        read.set_pgresult(result)
        return Answer(read.load_rows(0, result.ntuples, tuple), result.ntuples)

    def plan(self, statement: str, types: tuple[int, ...]) -> bytes:
        if len(self.names) >= MOST:
            self.checked(self.connection.pgconn.exec_(b"DEALLOCATE ALL"))
            self.names.clear()
        name = b"anjia_%d" % len(self.names)
        self.checked(self.connection.pgconn.prepare(name, numbered(statement), types))
        self.names[statement, types] = name
        return name

    def checked(self, result: Any) -> Any:
        """:raises Error: as psycopg would, if the statement failed or the connection is gone"""
        if result.status in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
            return result
        if result.error_field(DiagnosticField.SQLSTATE) is None:  # not the server says so: it is gone
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result)


@lru_cache(maxsize=1000)
def numbered(statement: str) -> bytes:
    """Return it with the places of its values as PostgreSQL writes them: $1 for the first %s."""
    number = count(1)
    return re.sub("%s", lambda _: f"${next(number)}", statement).replace("%%", "%").encode()
