"""Who is signed in where, for how long, and on whose computer."""

from typing import Any

import pytest

from anjia.identity import commands, queries
from anjia.identity.models import Account, Session
from anjia.identity.rules import (
    Entry,
)
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.looking import audited, who
from tests.identity.make import entered, later, refusal
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


class TestSharedComputer:
    def unlock(self, entry: Entry, secret: str, **changes: Any) -> object:
        sound: dict[str, Any] = {"session_id": entry.session_id, "device_token": "desk-3", "secret": secret}
        unit = acting(system(), changes.pop("now", NOON))
        return unit.do(commands.unlock_session, **sound | changes)

    def locked(self, account: Account, device: str = "desk-3") -> Entry:
        entry = make.session(account, device_token=device)
        acting(make.actor_of(account, session_id=entry.session_id), NOON).do(commands.lock_session)
        return entry

    def test_a_locked_session_says_so_until_it_is_unlocked_with_a_new_token(self) -> None:
        account = make.staff(make.house())
        entry = self.locked(account)

        locked = who(entry.token)
        again = entered(self.unlock(entry, make.totp()))

        assert locked
        assert locked.is_locked
        assert who(entry.token) is None
        found = who(again.token)
        assert found
        assert not found.is_locked
        assert found.session_id == entry.session_id

    def test_takes_the_password_as_well(self) -> None:
        assert entered(self.unlock(self.locked(make.staff(make.house())), make.PASSWORD))

    def test_the_next_person_takes_over_and_the_one_before_is_locked(self) -> None:
        house = make.house()
        first = make.session(make.staff(house), device_token="desk-4")
        second = make.session(make.staff(house, name="周岚"), device_token="desk-4")

        people = acting(system(), NOON).ask(
            queries.people_on_device, Purpose.LEGAL, device="desk-4", now=NOON
        )
        taken = entered(
            self.unlock(second, make.totp(), device_token="desk-4", lock_session_id=first.session_id)
        )

        assert {person.name for person in people} >= {"李静", "周岚"}
        assert taken.name == "周岚"
        before = who(first.token)
        assert before
        assert before.is_locked
        assert "identity.session.locked" in audited(system(house.id), first.session_id)

    def test_signing_in_locks_who_was_there_before_and_replaces_ones_own(self) -> None:
        house = make.house()
        nurse, doctor = make.staff(house), make.staff(house, name="赵文静")
        nurses = make.session(nurse, device_token="desk-8")
        first, second = (make.session(doctor, device_token="desk-8") for _ in range(2))

        assert (found := who(nurses.token))
        assert found.is_locked
        assert who(first.token) is None
        house_sees = system(house.id)
        assert "identity.session.locked" in audited(house_sees, nurses.session_id)
        assert "identity.session.ended" in audited(house_sees, first.session_id)
        assert (found := who(second.token))
        assert not found.is_locked

    def test_five_wrong_ones_end_the_session(self) -> None:
        account = make.staff(make.house())
        entry = self.locked(account)

        tries = [refusal(self.unlock(entry, "000000")) for _ in range(5)]

        assert tries == ["identity.wrong_secret"] * 4 + ["identity.sign_in_again"]
        assert refusal(self.unlock(entry, make.PASSWORD)) == "identity.sign_in_again"
        assert "identity.session.unlock_refused" in audited(system(account.organization_id), entry.session_id)

    def test_five_wrong_ones_do_not_keep_her_from_signing_in_again_on_the_same_computer(self) -> None:
        account = make.staff(make.house())
        entry = self.locked(account, device="desk-8")
        for _ in range(5):
            self.unlock(entry, "000000", device_token="desk-8")

        assert entered(make.try_password(account.login or "", device_token="desk-8"))

    def test_is_not_kept_from_her_by_those_who_try_her_password_elsewhere(self) -> None:
        account = make.staff(make.house())
        entry = self.locked(account)
        make.locked_out(account.login or "")

        assert entered(self.unlock(entry, make.PASSWORD))

    def test_a_code_that_signed_in_does_not_unlock(self) -> None:
        account = make.staff(make.house())
        entry = entered(make.try_password(account.login or "", device_token="desk-5"))

        assert refusal(self.unlock(entry, make.totp(), device_token="desk-5")) == "identity.wrong_secret"

    def test_only_the_computer_it_is_on_can_unlock_it(self) -> None:
        entry = self.locked(make.staff(make.house()), device="desk-6")

        assert refusal(self.unlock(entry, make.totp(), device_token="desk-7")) == "identity.sign_in_again"

    def test_who_has_been_idle_for_twelve_hours_signs_in_again(self) -> None:
        entry = self.locked(make.staff(make.house()))
        after = later(hours=12)

        assert refusal(self.unlock(entry, make.totp(now=after), now=after)) == "identity.sign_in_again"


class TestSessions:
    def test_an_ended_session_opens_nothing(self) -> None:
        account = make.staff(make.house())
        entry = make.session(account)
        me = make.actor_of(account, session_id=entry.session_id)

        acting(me, NOON).do(commands.end_session, session_id=entry.session_id)
        acting(me, NOON).do(commands.end_session, session_id=entry.session_id)  # twice is as good as once

        assert who(entry.token) is None
        assert audited(system(account.organization_id), entry.session_id).count("identity.session.ended") == 1

    def test_strangers_do_not_find_it_and_insiders_may_not(self) -> None:
        house = make.house()
        entry = make.session(make.staff(house))
        insider, stranger = make.actor_of(make.staff(house)), make.actor_of(make.staff(make.house()))

        with pytest.raises(NotFound):
            acting(stranger, NOON).do(commands.end_session, session_id=entry.session_id)
        with pytest.raises(NotAllowed):
            acting(insider, NOON).do(commands.end_session, session_id=entry.session_id)
        acting(make.administrator(house), NOON).do(commands.end_session, session_id=entry.session_id)
        assert who(entry.token) is None

    def test_a_person_does_not_find_anothers(self) -> None:
        house = make.house()
        entry = make.session(make.person(house))

        with pytest.raises(NotFound):
            acting(make.actor_of(make.person(house)), NOON).do(
                commands.end_session, session_id=entry.session_id
            )

    def test_use_begins_its_time_anew(self) -> None:
        entry = make.session(make.staff(make.house()))
        after = later(hours=11)
        found = who(entry.token, now=after)
        assert found
        assert found.use_is_stale

        acting(system(), after).do(commands.note_use, session_id=entry.session_id)

        found = who(entry.token, now=later(hours=22))
        assert found
        assert who(entry.token, now=later(hours=23, seconds=1)) is None

    def test_the_database_holds_no_token(self) -> None:
        entry = make.session(make.staff(make.house()))

        def read(actor: Actor) -> str:
            return str(vars(Session.objects.get(id=entry.session_id)))

        assert entry.token not in acting(system(), NOON).ask(read)

    def test_are_listed_for_oneself_and_for_who_manages(self) -> None:
        house = make.house()
        account = make.staff(house)
        make.session(account)
        ended = make.session(account)
        me = make.actor_of(account)
        acting(me, NOON).do(commands.end_session, session_id=ended.session_id)

        def listed(actor: Actor) -> int:
            return len(
                acting(actor, NOON).ask(queries.sessions_of, Purpose.ACCESS, account_id=account.id, now=NOON)
            )

        assert listed(me) == 1
        assert listed(make.administrator(house)) == 1
        with pytest.raises(NotAllowed):
            listed(make.actor_of(make.staff(house)))

    def test_is_looked_up_by_one_statement(self, django_assert_num_queries: Any) -> None:
        entry = make.session(make.staff(make.house()))

        with django_assert_num_queries(1):  # the session with all its rights
            who(entry.token)

    def test_a_closed_account_is_out_at_once(self) -> None:
        house = make.house()
        account = make.staff(house)
        entry = make.session(account)

        acting(make.administrator(house), NOON).do(commands.close_account, account_id=account.id)

        assert who(entry.token) is None
        assert refusal(make.try_password(account.login or "")) == "identity.wrong_password"
