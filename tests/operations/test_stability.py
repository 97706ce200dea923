"""Minutes written beforehand, and what is said of them: a minute without a row was not there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from anjia.kernel.actors import Purpose, system
from anjia.kernel.errors import Invalid, NotAllowed
from anjia.kernel.sealing import seal_now
from anjia.kernel.waiting import Waiting
from anjia.kernel.work import acting
from anjia.operations import commands, console, jobs, queries, watching
from anjia.operations.models import IncidentCause, Minute
from anjia.operations.queries import Stability
from anjia.operations.rules import Incident, Uptime
from tests.make import NOON, actor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def nothing_watched_yet(database: None) -> Iterator[None]:
    def forget(_: object) -> None:
        Minute.objects.all().delete()

    acting(system(), NOON).ask(forget)
    console.stability_of.cache_clear()
    yield
    acting(system(), NOON).ask(forget)


def watched(first: datetime, said: str) -> None:
    """Keep a minute for each letter: up, down, or (space) nobody there."""
    for number, letter in zip(count(), said, strict=False):
        if letter != " ":
            acting(system(), NOON).do(
                commands.note_minute,
                at=first + timedelta(minutes=number),
                is_up=letter == "u",
                milliseconds=3,
                failed="" if letter == "u" else "status 503",
            )


def seen(now: datetime) -> Stability:
    return acting(system(), now).ask(queries.stability, Purpose.CONTRACT, now=now)


class TestStability:
    def test_says_nothing_before_anything_was_watched(self) -> None:
        found = seen(NOON)
        assert (found.since, found.month.value, found.incidents) == (None, None, [])

    def test_counts_what_was_down_and_what_nobody_watched_as_not_there(self) -> None:
        watched(NOON, "uudd  uuuu")

        found = seen(NOON + timedelta(minutes=11))

        assert (found.month.up, found.month.of, found.month.value) == (6, 10, Decimal("60.00"))
        assert not found.month.is_met

    def test_leaves_the_minute_that_is_just_being_watched_out(self) -> None:
        watched(NOON, "uu")
        assert seen(NOON + timedelta(minutes=2, seconds=59)).month == Uptime(up=1, of=1)

    def test_makes_one_incident_of_minutes_in_a_row(self) -> None:
        watched(NOON, "udd udu")

        assert seen(NOON + timedelta(minutes=8)).incidents == [
            Incident(
                begins_at=NOON + timedelta(minutes=5),
                ends_at=NOON + timedelta(minutes=6),
                unwatched=0,
                failed="status 503",
            ),
            Incident(
                begins_at=NOON + timedelta(minutes=1),
                ends_at=NOON + timedelta(minutes=4),
                unwatched=1,
                failed="status 503",
            ),
        ]

    def test_counts_days_by_the_clock_in_shanghai(self) -> None:
        midnight = NOON.replace(hour=16)
        watched(midnight - timedelta(minutes=2), "uudu")

        days = seen(midnight + timedelta(minutes=3)).days

        assert [(one.day.day, one.uptime.up, one.uptime.of) for one in days] == [(2, 2, 2), (3, 1, 2)]

    def test_keeps_the_first_look_at_a_minute(self) -> None:
        watched(NOON, "du")
        watched(NOON, "u")
        assert seen(NOON + timedelta(minutes=3)).month == Uptime(up=1, of=2)

    def test_is_the_systems_to_ask(self) -> None:
        with pytest.raises(NotAllowed):
            acting(actor("identity.manage"), NOON).ask(queries.stability, Purpose.CONTRACT, now=NOON)


class TestUptime:
    @pytest.mark.parametrize(
        ("up", "of", "value", "is_met"),
        [
            (9999, 10000, "99.99", True),
            (99_999, 100_000, "99.99", True),
            (99, 100, "99.00", True),
            (989, 1000, "98.90", False),
        ],
    )
    def test_is_rounded_down(self, up: int, of: int, value: str, is_met: bool) -> None:
        assert (Uptime(up=up, of=of).value, Uptime(up=up, of=of).is_met) == (Decimal(value), is_met)


class TestCause:
    def test_is_the_last_that_was_said(self) -> None:
        begin = NOON + timedelta(
            days=1
        )  # what is said of a minute stays: not of one that other tests look at
        watched(begin, "uddu")
        now = begin + timedelta(minutes=6)
        for words in ("机房停电", "机房换电源"):
            acting(system(), now).do(
                commands.explain_incident, minute=begin + timedelta(minutes=2), words=words
            )
            now += timedelta(seconds=1)

        [incident] = seen(begin + timedelta(minutes=5)).incidents
        assert incident.cause == "机房换电源"

    @pytest.mark.parametrize(("words", "ahead"), [(" ", -5), ("原" * 301, -5), ("停电", 0), ("停电", 5)])
    def test_is_refused_where_it_says_nothing_or_is_of_a_time_to_come(self, words: str, ahead: int) -> None:
        with pytest.raises(Invalid):
            acting(system(), NOON).do(
                commands.explain_incident, minute=NOON + timedelta(minutes=ahead), words=words
            )

    def test_is_said_on_the_command_line_in_shanghais_time(self) -> None:
        call_command("explain_incident", "2026-03-02 11:58", "换电源", verbosity=0)
        with pytest.raises(CommandError, match="YYYY-MM-DD"):
            call_command("explain_incident", "yesterday", "换电源")

        found = acting(system(), NOON).ask(lambda _: list(IncidentCause.objects.filter(words="换电源")))
        assert [one.minute for one in found] == [NOON - timedelta(minutes=2)]


class TestWatch:
    def looked(self, monkeypatch: pytest.MonkeyPatch, answer: object) -> watching.Look:
        def handle(request: httpx.Request) -> httpx.Response:
            assert request.url.path == "/readyz"
            if isinstance(answer, Exception):
                raise answer
            assert isinstance(answer, int)
            return httpx.Response(answer)

        client = httpx.Client
        monkeypatch.setattr(httpx, "Client", lambda **says: client(transport=httpx.MockTransport(handle)))
        return watching.look()

    @pytest.mark.parametrize(
        ("answer", "failed"),
        [
            (200, ""),
            (503, "status 503"),
            (httpx.ReadTimeout("slow"), "timeout"),
            (httpx.ConnectError("nobody"), "unreachable"),
        ],
    )
    def test_says_what_was_amiss(self, monkeypatch: pytest.MonkeyPatch, answer: object, failed: str) -> None:
        found = self.looked(monkeypatch, answer)
        assert (found.is_up, found.failed) == (not failed, failed)

    def test_keeps_the_minute_it_was_asked_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jobs, "look", lambda: watching.Look(is_up=True, milliseconds=7, failed=""))
        jobs.watch(NOON + timedelta(seconds=12))

        [row] = acting(system(), NOON).ask(lambda _: list(Minute.objects.all()))
        assert (row.at, row.is_up, row.milliseconds) == (NOON, True, 7)


class TestWhatWaits:
    def test_says_how_many_and_since_when(self) -> None:
        found = acting(system(), NOON).ask(queries.what_waits, Purpose.CONTRACT, now=NOON)
        assert found.keys() == {"events", "messages", "jobs", "audit"}
        assert all(isinstance(one, Waiting) for one in found.values())

    def test_counts_audit_entries_until_they_are_sealed(self) -> None:
        acting(system(), NOON).do(
            commands.explain_incident, minute=NOON - timedelta(minutes=2), words="换电源"
        )
        before = self.audit()
        seal_now(NOON)

        assert before.count >= 1
        assert self.audit() == Waiting(count=0, since=None)

    def audit(self) -> Waiting:
        return acting(system(), NOON).ask(queries.what_waits, Purpose.CONTRACT, now=NOON)["audit"]


class TestPages:
    def test_show_everybody_how_it_was(self) -> None:
        page = Client().get("/status").content.decode()
        assert "还没有数" in page

    def test_answer_a_monitor_that_knows_the_token_and_nobody_else(self, settings: object) -> None:
        client = Client()
        assert client.get("/metrics").status_code == 404
        settings.METRICS_TOKEN = "secret"  # type: ignore[attr-defined]
        assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 404

        answer = client.get("/metrics", headers={"Authorization": "Bearer secret"})

        assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = answer.content.decode().splitlines()
        assert "anjia_minutes_watched 0" in lines
        assert any(line.startswith('anjia_waiting{what="audit"} ') for line in lines)
