"""While PostgreSQL is started again everybody is told to come back, in words: nobody is told that we broke."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from anjia.kernel.database import is_away
from anjia.web.middleware import COOKIE

pytestmark = pytest.mark.usefixtures("database")

NOBODY_LISTENS = "1"


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the database be where nobody answers."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", NOBODY_LISTENS)
    yield
    connection.close()


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"Authorization": "Bearer x"})


@pytest.mark.usefixtures("away")
class TestWhileTheDatabaseIsAway:
    @pytest.mark.parametrize("ask", ["GET /api/v1/me", "POST /api/v1/sign-in/phone"])
    def test_the_api_says_when_to_come_back(self, client: Client, ask: str) -> None:
        method, path = ask.split()

        answer = client.generic(
            method, path, '{"phone": "13900000001", "code": "1"}', content_type="application/json"
        )

        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert (answer.json()["code"], answer.json()["fields"]) == ("away", {})
        assert "恢复" in answer.json()["detail"]

    @pytest.mark.parametrize("path", ["/console/", "/console/desk/board"])
    def test_a_page_is_the_designed_one(self, client: Client, path: str) -> None:
        client.cookies[COOKIE] = "x"

        answer = client.get(path)

        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert 'class="refusal"' in answer.content.decode()
        assert "恢复" in answer.content.decode()

    def test_a_part_of_a_page_is_a_part(self, client: Client) -> None:
        client.cookies[COOKIE] = "x"

        answer = client.get("/console/", headers={"HX-Request": "true"})

        assert answer.status_code == 503
        assert "<html" not in answer.content.decode()


class TestIsAway:
    def test_knows_a_connection_that_was_ended(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        ending = connection.copy()
        with ending.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        ending.close()

        with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.close()

        assert is_away(caught.value)

    @pytest.mark.parametrize("state", ["57P03", "08006", "53300"])
    def test_knows_one_that_is_not_yet_possible(self, state: str) -> None:
        assert is_away(psycopg.errors.lookup(state)("x"))

    @pytest.mark.parametrize("state", ["40P01", "55P03", "57014", "53100", "23505"])
    def test_is_not_said_of_what_another_try_does_not_heal_or_a_bug(self, state: str) -> None:
        assert not is_away(psycopg.errors.lookup(state)("x"))

    def test_looks_at_what_an_error_came_from(self) -> None:
        with pytest.raises(RuntimeError) as caught:
            raise RuntimeError from psycopg.OperationalError("x")

        assert is_away(caught.value)
        assert not is_away(RuntimeError())
