"""
How much of a full house the hot questions read, as the application role behind row-level security.

Every big table holds `ROWS` made-up rows of one institution: `script/proof plans` makes them a million. Each question
is put as the pages put it, and what signing in looks for by the same filters; each statement is run once more under
EXPLAIN ANALYZE. What it reads of a big table must not grow with the table: an index that only finds the institution is
no better than none.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import md5
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker

from anjia.desk.queries import audit_page
from anjia.dispatch.queries import offers_of
from anjia.identity.models import Account, Attempt, SignInCode
from anjia.kernel.actors import Actor, Kind, Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.messaging.queries import inbox_of
from anjia.records.queries import readings_of
from anjia.residents.models import ResidentToken
from anjia.residents.queries import people_of_account, readers_of_record, residents_found, residents_page
from anjia.supplies.book import Place, last_lines, last_lines_of
from anjia.supplies.rules.stock import PlaceKind
from anjia.visits.queries import board, live_assignments, visits_of_resident
from anjia.workforce.queries import caregivers_on, staff_found
from tests.conftest import empty_database
from tests.identity.make import signed_in
from tests.make import NOON

ROWS: Final = int(os.environ.get("ANJIA_PLAN_ROWS", "40000"))
DAYS: Final = 400  # over which visits, readings and entries are spread
MOST: Final = ROWS // 50  # rows that a question may touch: a day of visits is a four-hundredth of them

HOUSE, STAFF, ONE = uuid4(), uuid4(), "md5('one' || n)::uuid"
LETTERS: Final = "translate(to_char(n, 'FM0000000'), '0123456789', 'abcdefghij')"
THEN: Final = (
    f"'{NOON.isoformat()}'::timestamptz + (n % {DAYS} - {DAYS // 2}) * interval '1 day' + n * interval '1 ms'"
)
OF_ONE: Final = f"md5('one' || (n % {ROWS // 100}))::uuid"  # a hundred rows each
# What matters of each table; the other columns get something of their type.
TABLES: Final[dict[str, dict[str, str]]] = {
    "residents_resident": {
        "id": ONE, "name": "'人' || n", "pinyin": f"'ren ' || {LETTERS}", "sex": "'female'",
        "id_index": "decode(md5('id' || n), 'hex')", "id_check": "'verified'",
    },
    "residents_residenttoken": {"resident_id": ONE, "token": f"'ren' || {LETTERS}"},
    "residents_phone": {
        "resident_id": ONE, "number_index": "decode(md5('phone' || n), 'hex')",
        "last_four_index": "decode(md5('four' || n % 10000), 'hex')",
    },
    "residents_relatedperson": {"resident_id": ONE, "phone_index": "decode(md5('relative' || n), 'hex')"},
    "residents_grant": {
        "resident_id": ONE, "account_id": "md5('account' || n)::uuid", "relation": "'self'", "given_by": "'in_app'",
    },
    "visits_visit": {
        "resident_id": OF_ONE, "starts_at": THEN, "ends_at": f"{THEN} + interval '1 hour'", "status": "'booked'",
        "source": "'desk'", "crew_state": "'accepted'", "people_needed": "1", "visit_word": "'1234'",
    },
    "visits_assignment": {
        "visit_id": ONE, "staff_id": OF_ONE, "part": "1", "planned": f"tstzrange({THEN}, {THEN} + interval '1 us')",
        "state": "CASE WHEN n % 10 = 0 THEN 'withdrawn' ELSE 'accepted' END", "plan_version": "1",
    },
    "workforce_shift": {"staff_id": OF_ONE, "starts_at": THEN, "ends_at": f"{THEN} + interval '8 hours'"},
    "dispatch_offer": {
        "visit_id": ONE, "part": "1", "staff_id": OF_ONE, "deadline": THEN, "made_at": THEN,
        "state": "CASE WHEN n % 10 = 0 THEN 'open' ELSE 'declined' END",
    },
    "messaging_message": {"party_id": OF_ONE, "event_id": ONE, "at": THEN, "language": "'zh-hans'"},
    "records_reading": {"resident_id": OF_ONE, "code": "'8480-6'", "at": THEN, "source": "'self'"},
    "kernel_auditentry": {"actor_id": OF_ONE, "subject_id": ONE, "occurred_at": THEN},
    "kernel_recordaccess": {"resident_id": OF_ONE, "at": THEN},
    "workforce_staffmember": {
        "id": ONE, "pinyin": f"'ren ' || {LETTERS}", "sex": "'female'", "number": "''", "travel_mode": "'walk'",
    },
    "workforce_stafftoken": {"staff_id": ONE, "token": f"'ren' || {LETTERS}"},
    "identity_account": {
        "id": ONE, "kind": "'person'", "state": "'active'", "phone_index": "decode(md5('phone' || n), 'hex')",
        "wechat_index": "decode(md5('wechat' || n), 'hex')",
    },
    "identity_session": {"account_id": ONE, "token_hash": "decode(md5('token' || n), 'hex')"},
    "identity_signincode": {"phone_index": "decode(md5('phone' || n), 'hex')", "created_at": THEN},
    "identity_attempt": {"key": "decode(md5('key' || n), 'hex')", "at": THEN},
    "supplies_item": {"id": ONE, "code": "n", "kind": "'consumable'"},
    "supplies_lot": {"id": ONE, "item_id": OF_ONE, "number": "n"},
    # Ten lots of one thing at one station, each with a long history; the trigger wants their lines in order.
    "supplies_entry": {
        "place_kind": "'station'", "place_id": f"'{HOUSE}'", "item_id": "md5('one7')::uuid",
        "lot_id": f"md5('one' || (7 + n % 10 * {ROWS // 100}))::uuid", "number": "(n - 1) / 10 + 1", "change": "1",
        "balance": "(n - 1) / 10 + 1", "move": "'received'", "at": THEN, "recorded_at": THEN,
    },
}  # fmt: skip
ANYTHING: Final = {
    "uuid": "md5(random()::text)::uuid", "text": "''", "varchar": "''", "bytea": r"'\x'", "bool": "false",
    "timestamptz": "now()", "jsonb": "'{}'", "date": "current_date",
}  # fmt: skip
COLUMNS: Final = """
    SELECT attname, typname FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef
      AND attidentity = '' AND attgenerated = ''
"""
# Keys to rows that are not there, and promises that overlap as those of real people do not.
CONSTRAINTS: Final = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype IN ('f', 'x') AND conrelid::regclass::text = ANY (%s) AND conparentid = 0
"""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Fill the big tables of a database of their own, as their owner: row-level security is lifted meanwhile."""
    with django_db_blocker.unblock(), empty_database("test_anjia_plans"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(CONSTRAINTS, [list(TABLES)])
            for table, key in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
            for table, said in TABLES.items():
                fill(cursor, table, said)
        yield


def fill(cursor: Any, table: str, said: dict[str, str]) -> None:
    cursor.execute(COLUMNS, [table])
    values = {
        name: ANYTHING.get(kind, "'{}'" if kind.startswith("_") else "1") for name, kind in cursor.fetchall()
    }
    if "organization_id" in values:
        values["organization_id"] = f"'{HOUSE}'"
    values |= said
    cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(map(connection.ops.quote_name, values))}) SELECT {', '.join(values.values())}"
        f" FROM generate_series(1, {ROWS}) AS n"
    )
    cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    cursor.execute(f"ANALYZE {table}")


def md5_uuid(text: str) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(%s)::uuid", [text])
        found: UUID = cursor.fetchone()[0]
        return found


def explain(cursor: Any, sql: str, params: Any, *, is_planned: bool) -> Any:
    """Return how a statement is run; one that is planned once, as it is planned for whatever values."""
    how = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
    if not is_planned:
        cursor.execute(f"{how} {sql}", params)
        return cursor.fetchone()[0]
    places = (f"${number}" for number in count(1))
    cursor.execute(f"PREPARE explained AS {re.sub('%s', lambda _: next(places), sql).replace('%%', '%')}")
    cursor.execute(f"{how} EXECUTE explained({', '.join(['%s'] * len(params))})", params)
    told = cursor.fetchone()[0]
    cursor.execute("DEALLOCATE explained")
    return told


class Touched:
    """Runs each statement that reads once more under EXPLAIN ANALYZE, and adds up the rows that it looked at."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.is_explaining = False

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not self.is_explaining and str(sql).lstrip().startswith("SELECT") and "set_config" not in str(sql):
            self.is_explaining = True
            with connection.cursor() as cursor:
                is_planned = isinstance(context["cursor"].cursor, ServerBindingCursor)
                told = explain(cursor, str(sql), params, is_planned=is_planned)
            self.add((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])
            self.is_explaining = False
        return execute(sql, params, many, context)

    def add(self, node: dict[str, Any]) -> None:
        read = str(node.get("Relation Name", ""))  # of a table in parts, one of these
        table = max((big for big in TABLES if read.startswith(big)), key=len, default=None)
        if table:
            seen = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter"))
            seen += node.get("Rows Removed by Index Recheck", 0)
            self.rows[table] = self.rows.get(table, 0) + int(seen * node["Actual Loops"])
        for inner in node.get("Plans", []):
            self.add(inner)


def ask(actor: Actor, query: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, int]:
    touched = Touched()
    with connection.execute_wrapper(touched):
        acting(actor, NOON).ask(query, *args, **kwargs)
    return touched.rows


def counted(actor: Actor, query: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, int]:
    """Return as `ask` how many rows a question looked at, by what PostgreSQL counts: also inside its functions."""

    def asked(actor: Actor) -> dict[str, int]:
        query(actor, *args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
                " WHERE seq_scan + coalesce(idx_scan, 0) > 0"
            )
            return dict(cursor.fetchall())

    return acting(actor, NOON).ask(asked)


def member(*permissions: str) -> Actor:
    return Actor(
        user_id=STAFF, organization_id=HOUSE, permissions=frozenset(permissions), staff_id=md5_uuid("one7")
    )


def herself(*permissions: str) -> Actor:
    she = md5_uuid("one7")
    return Actor(
        user_id=she,
        organization_id=HOUSE,
        permissions=frozenset(permissions),
        kind=Kind.PERSON,
        resident_id=she,
        resident_ids=frozenset({she}),
    )


Question = Callable[[datetime], dict[str, int]]


def finding(text: str) -> Question:
    return lambda now: ask(member("residents.read"), residents_found, Purpose.CONTRACT, text=text)


def day_after(now: datetime) -> dict[str, Any]:
    return {"start": now, "end": now + timedelta(days=1)}


def signing_in(looked_for: Callable[[datetime], QuerySet[Any]]) -> Question:
    return lambda now: ask(system(), lambda _: list(looked_for(now)))


QUESTIONS: Final[dict[str, tuple[str, Question]]] = {
    "a name in pinyin": ("residents_residenttoken", finding("renaaabcd")),
    "a beginning that all share": ("residents_residenttoken", finding("ren")),
    "a telephone number": ("residents_phone", finding("13800001234")),
    "a telephone number of her family": ("residents_relatedperson", finding("13800001234")),
    "the last four digits of one": ("residents_phone", finding("1234")),
    "an ID number": ("residents_resident", finding("11010519491231002X")),
    "a page of the list": (
        "residents_resident",
        lambda now: ask(member("residents.read"), residents_page, Purpose.CONTRACT),
    ),
    "whom an account acts for": (
        "residents_grant",
        lambda now: ask(member(), people_of_account, Purpose.LEGAL, account_id=md5_uuid("account7"), now=now),
    ),
    "the visits of a day": (
        "visits_visit",
        lambda now: ask(member("visits.read"), board, Purpose.CONTRACT, day=day_of(now), now=now, size=40),
    ),
    "the visits of a resident": (
        "visits_visit",
        lambda now: ask(
            member("visits.read"), visits_of_resident, Purpose.CONTRACT, resident_id=md5_uuid("one7"), now=now
        ),
    ),
    "when a caregiver's time is taken": (
        "visits_assignment",
        lambda now: ask(
            member(), live_assignments, Purpose.CONTRACT, staff_ids=[md5_uuid("one7")], **day_after(now)
        ),
    ),
    "whose time is taken on a day": (
        "visits_assignment",
        lambda now: ask(member(), live_assignments, Purpose.CONTRACT, staff_ids=None, **day_after(now)),
    ),
    "what a caregiver's day is planned with": (
        "workforce_shift",
        lambda now: ask(
            member(), caregivers_on, Purpose.CONTRACT, staff_ids=[md5_uuid("one7")], **day_after(now)
        ),
    ),
    "what a caregiver is offered": (
        "dispatch_offer",
        lambda now: ask(
            member("dispatch.accept"), offers_of, Purpose.CONTRACT, now=now + timedelta(days=DAYS)
        ),
    ),
    "her inbox": (
        "messaging_message",
        lambda now: ask(member("messaging.read"), inbox_of, Purpose.ACCESS),
    ),
    "her readings of a month": (
        "records_reading",
        lambda now: ask(
            herself("records.read"),
            readings_of,
            Purpose.ACCESS,
            resident_id=md5_uuid("one7"),
            code="bp",
            since=now - timedelta(days=30),
            until=now,
        ),
    ),
    "who has read her record": (
        "kernel_recordaccess",
        lambda now: ask(
            herself("records.read"), readers_of_record, Purpose.ACCESS, resident_id=md5_uuid("one7")
        ),
    ),
    "a page of the audit": (
        "kernel_auditentry",
        lambda now: ask(member("audit.read"), audit_page, Purpose.LEGAL),
    ),
    "what somebody did, in the audit": (
        "kernel_auditentry",
        lambda now: ask(member("audit.read"), audit_page, Purpose.LEGAL, by=md5_uuid("one7")),
    ),
    "a colleague's name in pinyin": (
        "workforce_stafftoken",
        lambda now: ask(
            member("workforce.read"), staff_found, Purpose.CONTRACT, today=day_of(now), text="renaaabcd"
        ),
    ),
    "whose token it is": (
        "identity_session",
        lambda now: counted(system(), lambda _: signed_in("of nobody", now=now)),
    ),
    "what lies at a station": (
        "supplies_entry",
        lambda now: ask(member(), lambda actor: last_lines(actor, Place(PlaceKind.STATION, HOUSE))),
    ),
    "where a thing lies": (
        "supplies_entry",
        lambda now: ask(member(), lambda actor: list(last_lines_of(actor, md5_uuid("one7")))),
    ),
    "which accounts a telephone opens": (
        "identity_account",
        signing_in(lambda now: Account.objects.filter(phone_index=md5(b"phone7").digest())),
    ),
    "which accounts a WeChat opens": (
        "identity_account",
        signing_in(lambda now: Account.objects.filter(wechat_index=md5(b"wechat7").digest())),
    ),
    "the last code to a telephone": (
        "identity_signincode",
        signing_in(lambda now: SignInCode.objects.filter(phone_index=md5(b"phone7").digest())),
    ),
    "how often somebody has tried": (
        "identity_attempt",
        signing_in(
            lambda now: Attempt.objects.filter(key=md5(b"key7").digest(), at__gt=NOON - timedelta(days=DAYS))
        ),
    ),
}


@pytest.mark.usefixtures("town", "database")
class TestQuestions:
    @pytest.mark.parametrize("what", QUESTIONS)
    def test_look_at_what_they_need_and_not_at_all_there_is(self, what: str) -> None:
        table, question = QUESTIONS[what]

        touched = question(NOON)

        assert table in touched, "it asks something else by now"
        assert {name: rows for name, rows in touched.items() if rows > MOST} == {}

    def test_would_be_caught_reading_everything(self) -> None:
        """LIKE is not leakproof: behind row-level security no index serves it."""

        def like(actor: Actor) -> list[ResidentToken]:
            rows = ResidentToken.objects.filter(organization_id=actor.organization_id)
            return list(rows.filter(token__startswith="renaaabcd"))

        assert ask(member(), like)["residents_residenttoken"] > MOST
