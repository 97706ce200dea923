"""What is in a database before it is carried over, put aside in it; and whether it is still there afterwards."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg import sql

ASIDE: Final = "before"  # the schema in which the rows lie as they were
# What a new version writes on purpose into rows that are there: table -> columns, and why.
MEANT: Final[Mapping[str, frozenset[str]]] = {
    # The default roles are brought to what the version has: see identity/default_roles.py.
    "identity_role": frozenset({"name", "name_en", "permissions"}),
}
Connection = psycopg.Connection[Any]


def tables(connection: Connection, schema: str) -> dict[str, list[str]]:
    """Return the columns of each table, parts of a table not counted as one."""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum",
        [schema],
    ):
        found.setdefault(table, []).append(column)
    return found


def put_aside(connection: Connection) -> dict[str, int]:
    """Copy every table as it is; return how many rows each has."""
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(ASIDE)))
    return {
        table: copied(connection, table, columns) for table, columns in tables(connection, "public").items()
    }


def copied(connection: Connection, table: str, columns: list[str]) -> int:
    words = sql.SQL("CREATE TABLE {} AS SELECT {} FROM {}").format(
        sql.Identifier(ASIDE, table), listed(columns), sql.Identifier("public", table)
    )
    return connection.execute(words).rowcount


def listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def rows(connection: Connection, schema: str, table: str, columns: list[str]) -> Counter[str]:
    words = sql.SQL("SELECT ROW({})::text FROM {}").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns),
        sql.Identifier(schema, table),
    )
    return Counter(row for (row,) in connection.execute(words))


def lost(before: Connection, after: Connection) -> list[str]:
    """Return in words what was put aside and is not in the database as it is now."""
    now = tables(after, "public")
    wrong = []
    for table, columns in tables(before, ASIDE).items():
        if table not in now:
            wrong.append(f"table {table} is gone")
            continue
        both = [name for name in columns if name in now[table] and name not in MEANT.get(table, ())]
        gone = rows(before, ASIDE, table, both) - rows(after, "public", table, both)
        if gone:
            wrong.append(f"{table}: {gone.total()} rows are gone or changed, as {min(gone)[:300]}")
    return wrong


def columns_gone(before: Connection, after: Connection) -> list[str]:
    """Return the columns that are no longer there: what was in them cannot be compared."""
    now = tables(after, "public")
    return [
        f"{table}.{column}"
        for table, columns in tables(before, ASIDE).items()
        for column in columns
        if column not in now.get(table, [column])
    ]
