from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection

from anjia.kernel import access, audit, events
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import KeyReused, NotAllowed
from anjia.kernel.events import pump
from anjia.kernel.housekeeping import forget_replies
from anjia.kernel.models import AuditEntry, Event, Request
from anjia.kernel.work import acting, command
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    note_id: UUID
    at: datetime


class Refused(Exception):
    """Stands for any refusal that comes late."""


@command("notes.write")
def write_note(actor: Actor, now: datetime, *, words: str) -> UUID:
    note_id = uuid4()
    audit.record("notes.note.written", actor=actor, at=now, subject_id=note_id, fields=["words"])
    events.publish(Noted(note_id=note_id, at=now), actor=actor)
    return note_id


@command("notes.write")
def write_and_refuse(actor: Actor, now: datetime, *, words: str) -> UUID:
    write_note(actor, now, words=words)
    raise Refused


def entries(actor: Actor) -> list[AuditEntry]:
    return list(AuditEntry.objects.all())


@command("notes.write")
def write_of(actor: Actor, now: datetime, *, of: dict[UUID, int]) -> UUID:
    return write_note.function(actor, now, words="of many")


@pytest.fixture
def clerk() -> Actor:
    return make.actor("notes.write")


class TestDo:
    def test_commits_what_the_command_did_with_one_audit_entry_and_one_event(self, clerk: Actor) -> None:
        note_id = acting(clerk, NOON).do(write_note, words="Li Na")

        [entry] = acting(clerk, NOON).ask(entries)
        assert (entry.action, entry.actor_id, entry.subject_id) == (
            "notes.note.written",
            clerk.user_id,
            note_id,
        )
        assert entry.fields == ["words"]
        [event] = acting(clerk, NOON).ask(lambda _: list(Event.objects.all()))
        assert event.name == "kernel.Noted"

    def test_undoes_everything_when_the_command_refuses(self, clerk: Actor) -> None:
        with pytest.raises(Refused):
            acting(clerk, NOON).do(write_and_refuse, words="Li Na")

        assert acting(clerk, NOON).ask(entries) == []

    def test_refuses_who_lacks_the_permission(self) -> None:
        with pytest.raises(NotAllowed):
            acting(make.actor(), NOON).do(write_note, words="Li Na")

    def test_begins_again_when_the_database_breaks_a_deadlock(self) -> None:
        keys, both_hold_one, attempts = [str(uuid4()), str(uuid4())], Barrier(2, timeout=60), []

        @command("test")
        def take_both(actor: Actor, now: object, *, keys: list[str]) -> None:
            attempts.append(keys)
            wait_turn(keys[0])
            if len(attempts) <= 2:
                both_hold_one.wait()
            wait_turn(keys[1])

        def run(keys: list[str]) -> None:
            try:
                acting(make.actor("test"), NOON).do(take_both, keys=keys)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, [keys, keys[::-1]]))

        assert len(attempts) == 3


class TestCommand:
    def test_does_not_run_outside_a_unit_of_work(self, clerk: Actor) -> None:
        with pytest.raises(AssertionError, match="acting"):
            write_note(clerk, NOON, words="Li Na")

    def test_does_not_run_in_the_unit_of_work_of_somebody_else(self, clerk: Actor) -> None:
        @command("test")
        def pretend(actor: Actor, now: object) -> None:
            write_note(clerk, NOON, words="Li Na")

        with pytest.raises(AssertionError, match="acting"):
            acting(make.actor("test"), NOON).do(pretend)

    def test_does_not_open_a_unit_of_work_inside_another(self) -> None:
        @command("test")
        def nest(actor: Actor, now: object) -> None:
            acting(actor, NOON).ask(entries)

        with pytest.raises(RuntimeError, match="durable"):
            acting(make.actor("test"), NOON).do(nest)


class TestReply:
    def test_says_the_same_to_a_twin_and_does_nothing_twice(self, clerk: Actor) -> None:
        replies = {acting(clerk, NOON, "k1").reply(write_note, str, words="Li Na") for _ in "ab"}

        assert len(replies) == 1
        assert len(acting(clerk, NOON).ask(entries)) == 1

    def test_lets_a_twin_that_comes_at_the_same_time_wait(self, clerk: Actor) -> None:
        together = Barrier(8, timeout=60)

        def ask(_: int) -> str:
            together.wait()
            try:
                return acting(clerk, NOON, "k1").reply(write_note, str, words="Li Na")
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(ask, range(8)))) == 1
        assert len(acting(clerk, NOON).ask(entries)) == 1

    def test_refuses_a_key_that_was_used_with_other_words(self, clerk: Actor) -> None:
        acting(clerk, NOON, "k1").reply(write_note, str, words="Li Na")

        with pytest.raises(KeyReused):
            acting(clerk, NOON, "k1").reply(write_note, str, words="Li Wei")

    def test_refuses_a_key_that_was_used_for_another_command_of_the_same_permission(
        self, clerk: Actor
    ) -> None:
        acting(clerk, NOON, "k1").reply(write_note, str, words="Li Na")

        with pytest.raises(KeyReused):
            acting(clerk, NOON, "k1").reply(write_and_refuse, str, words="Li Na")

    def test_knows_what_was_asked_by_id(self, clerk: Actor) -> None:
        first, second = uuid4(), uuid4()
        for asked in ({first: 1}, {UUID(str(first)): 1}):
            acting(clerk, NOON, "k1").reply(write_of, str, of=asked)

        with pytest.raises(KeyReused):
            acting(clerk, NOON, "k1").reply(write_of, str, of={second: 1})

    def test_tries_afresh_what_was_refused(self, clerk: Actor) -> None:
        with pytest.raises(Refused):
            acting(clerk, NOON, "k1").reply(write_and_refuse, str, words="Li Na")

        acting(clerk, NOON, "k1").reply(write_note, str, words="Li Na")

        requests = acting(clerk, NOON).ask(lambda _: list(Request.objects.all()))
        assert [request.key for request in requests] == ["k1"]

    def test_is_not_for_those_who_have_lost_the_permission_since(self, clerk: Actor) -> None:
        acting(clerk, NOON, "k1").reply(write_note, str, words="Li Na")
        retired = Actor(user_id=clerk.user_id, organization_id=clerk.organization_id)

        with pytest.raises(NotAllowed):
            acting(retired, NOON, "k1").reply(write_note, str, words="Li Na")

    def test_is_forgotten_after_seven_days_and_not_before(self, clerk: Actor) -> None:
        acting(clerk, NOON, "k1").reply(write_note, str, words="Li Na")

        def kept() -> int:
            return acting(clerk, NOON).ask(lambda _: Request.objects.count())

        acting(system(), NOON + timedelta(days=7)).do(forget_replies)
        assert kept() == 1
        acting(system(), NOON + timedelta(days=7, seconds=1)).do(forget_replies)
        assert kept() == 0


class TestAccess:
    def test_is_written_down_once_per_unit_of_work_and_seen_by_the_person(self) -> None:
        resident_id, doctor = uuid4(), make.actor()

        def read(actor: Actor, purpose: Purpose) -> None:
            for _ in range(3):
                access.note(actor, purpose, resident_ids=[resident_id], what="records.readings")

        acting(doctor, NOON).ask(read, Purpose.CARE)

        she = make.person(resident_id=resident_id, organization_id=doctor.organization_id)
        page = acting(she, NOON).ask(access.readers_of, Purpose.ACCESS, resident_id=resident_id)
        assert [(row.actor_id, row.purpose, row.what) for row in page.items] == [
            (doctor.user_id, "care", "records.readings")
        ]

    def test_is_not_shown_to_another_person(self) -> None:
        doctor, resident_id = make.actor(), uuid4()
        acting(doctor, NOON).ask(
            lambda actor: access.note(actor, Purpose.CARE, resident_ids=[resident_id], what="x")
        )
        neighbour = make.person(resident_id=uuid4(), organization_id=doctor.organization_id)

        with pytest.raises(NotAllowed):
            acting(neighbour, NOON).ask(access.readers_of, Purpose.ACCESS, resident_id=resident_id)


class TestEvents:
    def test_are_heard_once_by_each_listener_even_if_pumped_twice_at_once(
        self, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[UUID] = []

        def hear(actor: Actor, now: datetime, event: Noted) -> None:
            assert actor.is_system
            assert actor.organization_id == clerk.organization_id
            heard.append(event.note_id)

        monkeypatch.setitem(events._listeners, "kernel.Noted", [(Noted, hear)])
        note_id = acting(clerk, NOON).do(write_note, words="Li Na")

        def run(_: int) -> None:
            try:
                pump(NOON, organization_id=clerk.organization_id)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, range(4)))
        assert heard == [note_id]

    def test_that_cannot_be_heard_are_tried_again_later_and_hold_up_no_other(
        self, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[UUID] = []
        broken = True

        def hear(actor: Actor, now: datetime, event: Noted) -> None:
            if broken and event.note_id == first:
                raise ValueError
            heard.append(event.note_id)

        monkeypatch.setitem(events._listeners, "kernel.Noted", [(Noted, hear)])
        first = acting(clerk, NOON).do(write_note, words="one")
        second = acting(clerk, NOON).do(write_note, words="two")

        pump(NOON, organization_id=clerk.organization_id)
        assert heard == [second]
        broken = False
        assert pump(NOON + timedelta(seconds=1), organization_id=clerk.organization_id) == 0
        assert pump(NOON + timedelta(seconds=2), organization_id=clerk.organization_id) == 1
        assert heard == [second, first]

    def test_are_heard_by_those_behind_one_who_fails(
        self, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[UUID] = []
        broken = True

        def stumble(actor: Actor, now: datetime, event: Noted) -> None:
            if broken:
                raise ValueError

        def hear(actor: Actor, now: datetime, event: Noted) -> None:
            heard.append(event.note_id)

        monkeypatch.setitem(events._listeners, "kernel.Noted", [(Noted, stumble), (Noted, hear)])
        note_id = acting(clerk, NOON).do(write_note, words="Li Na")

        assert pump(NOON, organization_id=clerk.organization_id) == 0
        broken = False
        assert pump(NOON + timedelta(minutes=1), organization_id=clerk.organization_id) == 1
        assert heard == [note_id]

    def test_that_are_stuck_are_counted_with_their_age(
        self, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stumble(actor: Actor, now: datetime, event: Noted) -> None:
            raise ValueError

        def late(actor: Actor, at: datetime) -> list[events.Stuck]:
            return acting(actor, at).ask(events.stuck, now=at)

        monkeypatch.setitem(events._listeners, "kernel.Noted", [(Noted, stumble)])
        acting(clerk, NOON).do(write_note, words="one")
        at_once = late(clerk, NOON)
        unheard = late(clerk, NOON + timedelta(minutes=2))  # as when no worker is there

        pump(NOON, organization_id=clerk.organization_id)
        acting(clerk, NOON + timedelta(minutes=1)).do(write_note, words="two")

        [found] = late(clerk, NOON + timedelta(minutes=3))
        assert (at_once, [one.count for one in unheard]) == ([], [1])
        assert (found.name, found.count, found.attempts, found.since) == ("kernel.Noted", 2, 1, NOON)
        assert late(make.actor(), NOON + timedelta(minutes=3)) == []

    def test_that_do_not_say_when_they_happened_count_from_when_they_were_due(self, clerk: Actor) -> None:
        silent = Event(organization_id=clerk.organization_id, name="kernel.Silent", content={}, due_at=NOON)
        acting(clerk, NOON).ask(lambda _: silent.save())

        [found] = acting(clerk, NOON).ask(events.stuck, now=NOON + timedelta(minutes=2))

        assert (found.name, found.since) == ("kernel.Silent", NOON)
