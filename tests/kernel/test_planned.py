"""Statements that go straight to libpq: planned once, and otherwise as all others."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, connections
from django.db.transaction import TransactionManagementError, atomic

from anjia.kernel import planned as module
from anjia.kernel.database import is_away
from anjia.kernel.planned import at_the_door, planned

pytestmark = pytest.mark.usefixtures("database")

NUMBER = "SELECT %s::int"


@pytest.fixture(autouse=True)
def _new_connection() -> None:
    connection.close()


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        [found] = cursor.fetchone()
    return int(found)


def lose_the_connection() -> None:
    """As when the server was started anew while nobody asked."""
    process = connections["default"].connection.info.backend_pid
    with psycopg.connect(connections["default"].connection.info.dsn, password=password()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])


def password() -> Any:
    return connections["default"].settings_dict["PASSWORD"]


class TestPlanned:
    def test_is_planned_once_for_whatever_values(self) -> None:
        with atomic():
            assert [planned(NUMBER, [number]).rows for number in (1, 2, 3)] == [[(1,)], [(2,)], [(3,)]]
            assert plans() == 1

    def test_forgets_all_plans_rather_than_keep_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST", 3)
        with atomic():
            for number in range(10):
                assert planned(f"SELECT %s::int + {number}", [1]).rows == [(1 + number,)]
                assert plans() <= 3

    def test_reads_what_django_reads(self) -> None:
        at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
        words = "%s::timestamptz, %s::text, %s::uuid, %s::uuid[], %s::date, NULL, '5 %%'"
        values: list[Any] = [at, "她的话 'quoted' %s", uuid4(), [uuid4(), uuid4()], at.date()]
        with atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {words}", values)
            assert planned(f"SELECT {words}", values).rows == cursor.fetchall()

    def test_says_how_many_rows_it_has_written(self) -> None:
        with atomic():
            planned("CREATE TEMPORARY TABLE spoons (size int) ON COMMIT DROP", [])
            assert planned("INSERT INTO spoons SELECT * FROM generate_series(1, %s)", [5]).number == 5
            assert planned("UPDATE spoons SET size = 0 WHERE size > %s", [3]).number == 2

    def test_is_undone_with_its_transaction(self) -> None:
        with atomic():
            planned("SELECT set_config('anjia.actor', %s, true)", ["she"])
            connection.set_rollback(True)
        assert at_the_door("SELECT coalesce(current_setting('anjia.actor', true), '')", []) == ("",)

    def test_fails_as_all_others_do(self) -> None:
        with atomic():
            planned(
                "CREATE TEMPORARY TABLE forks (size int CONSTRAINT sharp CHECK (size > 0)) ON COMMIT DROP", []
            )
            with pytest.raises(IntegrityError) as refused:
                planned("INSERT INTO forks VALUES (%s)", [-1])
            connection.set_rollback(True)
        cause = refused.value.__cause__
        assert isinstance(cause, psycopg.errors.CheckViolation)
        assert cause.diag.constraint_name == "sharp"

    def test_runs_no_more_after_a_failure_in_the_transaction(self) -> None:
        with atomic():
            connection.set_rollback(True)
            with pytest.raises(TransactionManagementError):
                planned(NUMBER, [1])

    def test_says_that_the_database_is_away(self) -> None:
        with atomic():
            planned(NUMBER, [1])
            lose_the_connection()
            with pytest.raises(OperationalError) as lost:
                planned(NUMBER, [1])
            connection.set_rollback(True)
        assert is_away(lost.value)


class TestAtTheDoor:
    def test_asks_again_where_the_connection_was_lost_since_the_last_request(self) -> None:
        assert at_the_door(NUMBER, [1]) == (1,)
        connections["default"].close_if_unusable_or_obsolete()  # as a request begins
        lose_the_connection()
        assert at_the_door(NUMBER, [2]) == (2,)
