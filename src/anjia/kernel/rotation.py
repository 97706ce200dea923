"""
Another key for what is sealed: a new one first in the keyring, then every value and file sealed again, then the old
key away. It may be stopped anywhere and run again: what is sealed by the newest key is left as it is.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

from anjia.kernel import encryption, storage
from anjia.kernel.encryption import AES, keyring
from anjia.kernel.fields import Encrypted
from anjia.kernel.folders import settle

BATCH: Final = 500
POLITE: Final = "SET LOCAL lock_timeout = '10s'"


def old_keys() -> list[str]:
    ring = keyring()
    return [name for name in ring.keys if name != ring.current]


def add_key(cipher: str) -> str:
    """Add a fresh key and let it seal from now on; return its name."""

    def add(kept: dict[str, Any]) -> None:
        while (name := secrets.token_hex(4)) in kept["keys"]:
            pass
        kept["current"] = name
        kept["keys"][kept["current"]] = encryption.new_key(cipher)
        if cipher != AES:
            kept.setdefault("ciphers", {})[kept["current"]] = cipher

    change_keyring(add)
    return keyring().current


def drop_old_keys() -> None:
    def drop(kept: dict[str, Any]) -> None:
        for name in old_keys():
            del kept["keys"][name]
            kept.get("ciphers", {}).pop(name, None)

    change_keyring(drop)


def change_keyring(change: Callable[[dict[str, Any]], None]) -> None:
    """Change the keyring's file: all of it is written, or nothing."""
    path = Path(settings.KEYRING)
    kept = json.loads(path.read_text())
    change(kept)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(json.dumps(kept))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    settle(path.parent)  # before anything lies under a new key


def seal_all_again() -> int:
    """Seal what lies under an old key by the newest, in the database and wherever files lie; return how much."""
    beginnings = [keyring().beginning(name) for name in old_keys()]
    values = sum(seal_table_again(table, beginnings) for table in sealed_tables())
    return values + seal_files_again(tuple(beginnings))


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    key: str
    columns: list[str]
    surely: frozenset[str]  # those of them that hold sealed values only; others may hold hashes


def sealed_tables() -> Iterator[Table]:
    for model in apps.get_models():
        named = {str(field.column): field for field in model._meta.concrete_fields}
        columns = [name for name, field in named.items() if field.get_internal_type() == "BinaryField"]
        if columns and model._meta.managed:
            surely = frozenset(name for name in columns if isinstance(named[name], Encrypted))
            yield Table(model._meta.db_table, str(model._meta.pk.column), columns, surely)


def seal_table_again(table: Table, beginnings: list[bytes]) -> int:
    """
    Seal the table's values again, a batch in a transaction.

    The owner does it, with row-level security and the guard of append-only tables out of the way for him alone, and
    until the batch commits: what is said stays as it is.
    """
    owner = connections["owner"]
    owner.ensure_connection()
    done, last = 0, None
    while True:
        with owner.connection.transaction():
            owner.connection.execute(POLITE)
            with out_of_the_way(owner.connection, table):
                rows = batch_of(owner.connection, table, beginnings, after=last)
                done += sum(seal_row_again(owner.connection, table, row, beginnings) for row in rows)
        if not rows:
            return done
        last = rows[-1][0]


def batch_of(
    connection: psycopg.Connection[Any], table: Table, beginnings: list[bytes], *, after: object
) -> list[tuple[Any, ...]]:
    key = sql.Identifier(table.key)
    begins = sql.SQL(" OR ").join(
        sql.SQL("substring({} from 1 for {}) = {}").format(sql.Identifier(column), len(one), one)
        for column in table.columns
        for one in beginnings
    )
    query = sql.SQL("SELECT {} FROM {} WHERE ({}) AND {} ORDER BY {} LIMIT {} FOR UPDATE").format(
        sql.SQL(", ").join(map(sql.Identifier, [table.key, *table.columns])),
        sql.Identifier(table.name),
        begins,
        sql.SQL("true") if after is None else sql.SQL("{} > {}").format(key, after),
        key,
        BATCH,
    )
    return connection.execute(query).fetchall()


def seal_row_again(
    connection: psycopg.Connection[Any], table: Table, row: tuple[Any, ...], beginnings: list[bytes]
) -> int:
    """Return how many of the row's values were sealed again."""
    key, *values = row
    fresh: dict[str, bytes] = {}
    for column, value in zip(table.columns, values, strict=True):
        if value and value.startswith(tuple(beginnings)):
            bound_to = f"{table.name}|{column}|{key}"
            try:
                plain = encryption.unseal(value, bound_to=bound_to)
            except InvalidTag:
                if column in table.surely:
                    raise
                continue  # a hash that begins like one
            fresh[column] = encryption.seal(plain, bound_to=bound_to)
    if fresh:
        sets = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(column), value) for column, value in fresh.items()
        )
        connection.execute(
            sql.SQL("UPDATE {} SET {} WHERE {} = {}").format(
                sql.Identifier(table.name), sets, sql.Identifier(table.key), key
            )
        )
    return len(fresh)


@contextmanager
def out_of_the_way(connection: psycopg.Connection[Any], table: Table) -> Iterator[None]:
    """Take row-level security and the append-only guard from the table, and put them back before the commit."""

    def alter(words: LiteralString) -> None:
        connection.execute(sql.SQL("ALTER TABLE {} " + words).format(sql.Identifier(table.name)))

    guards = "SELECT FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'append_only'"
    is_guarded = connection.execute(guards, [table.name]).rowcount > 0
    alter("NO FORCE ROW LEVEL SECURITY")
    if is_guarded:
        alter("DISABLE TRIGGER append_only")
    yield  # an error undoes the transaction, and this with it
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    alter("FORCE ROW LEVEL SECURITY")
    if is_guarded:
        alter("ENABLE TRIGGER append_only")


def seal_files_again(beginnings: tuple[bytes, ...]) -> int:
    done = 0
    for place in storage.everywhere():
        for file_id in place.ids():
            sealed = place.get(file_id)
            if sealed.startswith(beginnings):
                bound_to = f"file||{file_id}"
                fresh = encryption.seal(encryption.unseal(sealed, bound_to=bound_to), bound_to=bound_to)
                place.put(file_id, fresh)
                done += 1
    return done
