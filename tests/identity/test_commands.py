from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.identity import commands, queries
from anjia.identity.models import Account, Membership, Session, SignInCode
from anjia.identity.queries import SignedIn
from anjia.identity.roles import permissions_of
from anjia.identity.rules import (
    CODE_LIVES,
    OWN_ACCOUNT,
    Choices,
    Entry,
    LastAdministrator,
    LoginTaken,
    NotAMember,
    RoleAlreadyHeld,
    RoleOfTheHouse,
    RoleUnknown,
    TicketGone,
    TooSoon,
    WrongPlace,
)
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.make import entered, later, refusal
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


def who(token: str, *, now: Any = NOON) -> SignedIn | None:
    return acting(system(), now).ask(queries.actor_of_session, Purpose.LEGAL, token=token, now=now)


def audited(actor: Actor, subject_id: Any) -> list[str]:
    def read(actor: Actor) -> list[str]:
        rows = AuditEntry.objects.filter(subject_id=subject_id).order_by("occurred_at", "id")
        return [row.action for row in rows]

    return acting(actor, NOON).ask(read)


def race(attempts: list[Callable[[], object]]) -> list[object]:
    """Run them all at once, and return what each returned or raised."""
    together = Barrier(len(attempts), timeout=60)

    def attempt(one: Callable[[], object]) -> object:
        connection.ensure_connection()
        together.wait()
        try:
            return one()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(attempt, attempts))


class TestRequestCode:
    def test_waits_a_minute_before_the_next_one(self) -> None:
        number = make.phone()
        make.code_for(number)

        with pytest.raises(TooSoon) as refused:
            make.code_for(number, now=later(seconds=17))

        assert "43" in refused.value.detail
        assert make.code_for(number, now=later(seconds=60))

    def test_sends_five_an_hour_and_no_more(self) -> None:
        number = make.phone()
        for minute in range(0, 10, 2):
            make.code_for(number, now=later(minutes=minute))

        with pytest.raises(TooSoon):
            make.code_for(number, now=later(minutes=59))
        assert make.code_for(number, now=later(minutes=60, seconds=1))

    def test_holds_an_address_to_sixty_an_hour_whoever_they_are_for(self) -> None:
        address = make.address()
        for _ in range(60):
            make.code_for(make.phone(), address=address)

        with pytest.raises(TooSoon):
            make.code_for(make.phone(), address=address)

    def test_answers_alike_for_a_phone_that_nobody_knows(self) -> None:
        known, unknown = make.person(make.house()).phone, make.phone()
        assert known

        codes = [make.code_for(known), make.code_for(unknown)]

        sent = [
            acting(system(), NOON).ask(queries.code_to_send, Purpose.LEGAL, code_id=code.id, now=NOON)
            for code in codes
        ]
        assert [code.expires_at for code in codes] == [NOON + CODE_LIVES] * 2
        assert sent == [(known, codes[0].code), None]

    def test_refuses_what_is_no_mobile_number(self) -> None:
        with pytest.raises(Invalid) as refused:
            make.code_for("0571-88886666")

        assert set(refused.value.fields) == {"phone"}

    def test_of_twins_lets_one_through(self) -> None:
        number = make.phone()

        outcomes = race([lambda: make.code_for(number)] * 8)

        assert Counter(type(outcome) for outcome in outcomes) == {SignInCode: 1, TooSoon: 7}


class TestSignInByCode:
    def test_opens_a_session_for_ninety_days(self) -> None:
        account = make.person(make.house())
        assert account.phone
        code = make.code_for(account.phone).code

        entry = entered(make.try_code(f"+86 {account.phone[:3]}-{account.phone[3:]}", f" {code} "))

        assert entry.expires_at == later(days=90)
        found = who(entry.token)
        assert found
        assert (found.account_id, found.kind, found.organization_id) == (
            account.id,
            "person",
            account.organization_id,
        )
        assert "visits.book" in found.permissions
        assert "identity.manage" not in found.permissions

    def test_is_over_after_five_minutes(self) -> None:
        number = make.person(make.house()).phone
        assert number
        code = make.code_for(number).code

        assert refusal(make.try_code(number, code, now=NOON + CODE_LIVES)) == "identity.wrong_code"

    def test_takes_five_wrong_tries_and_then_not_even_the_right_one(self) -> None:
        number = make.person(make.house()).phone
        assert number
        code = make.code_for(number).code

        tries = [refusal(make.try_code(number, make.wrong(code))) for _ in range(5)]

        assert tries == ["identity.wrong_code"] * 4 + ["identity.code_used_up"]
        assert refusal(make.try_code(number, code)) == "identity.code_used_up"

    def test_counts_wrong_tries_that_come_all_at_once(self) -> None:
        number = make.person(make.house()).phone
        assert number
        code = make.code_for(number).code

        outcomes = race([lambda: make.try_code(number, make.wrong(code))] * 12)

        assert Counter(map(refusal, outcomes)) == {"identity.wrong_code": 4, "identity.code_used_up": 8}

    def test_says_the_same_of_a_phone_that_nobody_knows(self) -> None:
        known, unknown = make.person(make.house()).phone, make.phone()
        assert known
        make.code_for(known)
        make.code_for(unknown)

        assert refusal(make.try_code(known, "abcdef")) == refusal(make.try_code(unknown, "abcdef"))
        assert refusal(make.try_code(make.phone(), "123456")) == "identity.wrong_code"

    def test_only_the_newest_code_counts(self) -> None:
        number = make.person(make.house()).phone
        assert number
        first = make.code_for(number)
        second = make.code_for(number, now=later(minutes=2))
        assert first.code != second.code or pytest.skip("one in a million")

        assert refusal(make.try_code(number, first.code, now=later(minutes=2))) == "identity.wrong_code"
        assert entered(make.try_code(number, second.code, now=later(minutes=2)))

    def test_of_twins_with_the_right_code_lets_one_in(self) -> None:
        number = make.person(make.house()).phone
        assert number
        code = make.code_for(number).code

        outcomes = race([lambda: make.try_code(number, code)] * 8)

        assert sum(isinstance(outcome, Entry) for outcome in outcomes) == 1
        assert Counter(refusal(one) for one in outcomes if not isinstance(one, Entry)) == {
            "identity.wrong_code": 7
        }

    def test_an_address_gets_sixty_wrong_ones(self) -> None:
        address = make.address()
        for _ in range(60):
            make.try_code(make.phone(), "123456", address=address)

        with pytest.raises(TooSoon):
            make.try_code(make.phone(), "123456", address=address)

    def test_keeps_neither_code_nor_number_when_it_is_used(self) -> None:
        number = make.person(make.house()).phone
        assert number
        code = make.code_for(number)
        entered(make.try_code(number, code.code))

        def read(actor: Actor) -> SignInCode:
            return SignInCode.objects.get(id=code.id)

        kept = acting(system(), NOON).ask(read)
        assert (kept.code, kept.phone) == ("", "")


class TestChooseAccount:
    def test_asks_those_who_share_a_phone_who_they_are(self) -> None:
        house, number = make.house(), make.phone()
        wife = make.person(house, name="张桂芳", phone=number)
        husband = make.person(house, name="陈志明", phone=number)

        outcome = make.try_code(number, make.code_for(number).code)

        assert isinstance(outcome, Choices)
        assert {(one.id, one.name) for one in outcome.accounts} == {(wife.id, "张**"), (husband.id, "陈**")}
        entry = acting(system(), NOON).do(
            commands.choose_account, ticket=outcome.ticket, account_id=husband.id, end="phone"
        )
        assert entered(entry).account_id == husband.id

    def test_takes_a_ticket_once_and_only_for_those_it_is_for(self) -> None:
        house, number = make.house(), make.phone()
        accounts = [make.person(house, name=name, phone=number) for name in ("张桂芳", "陈志明")]
        stranger = make.person(make.house())
        outcome = make.try_code(number, make.code_for(number).code)
        assert isinstance(outcome, Choices)

        def choose(account: Account, **at: Any) -> object:
            unit = acting(system(), at.get("now", NOON))
            return unit.do(commands.choose_account, ticket=outcome.ticket, account_id=account.id, end="phone")

        assert refusal(choose(stranger)) == "identity.ticket_gone"
        assert refusal(choose(accounts[0], now=later(minutes=5))) == "identity.ticket_gone"
        assert entered(choose(accounts[0]))
        assert refusal(choose(accounts[1])) == "identity.ticket_gone"


class TestOpenAccount:
    def test_keeps_the_account_that_the_person_has_in_this_house(self) -> None:
        house, number = make.house(), make.phone()
        first = make.person(house, phone=number)

        assert make.person(house, phone=number).id == first.id
        assert make.person(house, phone=number, name="陈志明").id != first.id
        assert make.person(make.house(), phone=number).id != first.id

    def test_a_resident_opens_one_for_her_daughter_and_finds_the_one_there_is(self) -> None:
        house = make.house()
        mother = make.actor_of(make.person(house), "identity.open_account")
        number = make.phone()
        daughter = make.person(house, name="陈晓梅", phone=number)

        again = acting(mother, NOON).do(commands.open_account, kind="person", name="陈晓梅", phone=number)
        new = acting(mother, NOON).do(commands.open_account, kind="person", name="陈晓兰", phone=number)

        assert again.id == daughter.id
        assert new.organization_id == house.id
        with pytest.raises(NotFound):
            acting(mother, NOON).ask(queries.get_account, Purpose.LEGAL, account_id=new.id)

    def test_opens_staff_accounts_only_for_who_manages(self) -> None:
        clerk = make.actor_of(make.staff(make.house()), "identity.open_account")

        with pytest.raises(NotAllowed):
            acting(clerk, NOON).do(commands.open_account, kind="staff", name="李静", login="lijing9")

    def test_gives_a_login_to_one_only(self) -> None:
        taken = make.staff(make.house()).login

        with pytest.raises(LoginTaken):
            make.staff(make.house(), login=taken)

    @pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "x" * 200])
    def test_refuses_a_password_that_is_easily_guessed(self, password: str) -> None:
        with pytest.raises(Invalid):
            make.staff(make.house(), password=password)


class TestSignInStaff:
    def test_opens_a_console_for_twelve_idle_hours(self) -> None:
        account = make.staff(make.house())
        assert account.login

        entry = entered(make.try_password(account.login.upper()))

        assert entry.expires_at == later(hours=12)
        found = who(entry.token)
        assert found
        assert {"visits.record", OWN_ACCOUNT} <= found.permissions
        assert who(entry.token, now=later(hours=12)) is None

    def test_says_the_same_whatever_was_wrong(self) -> None:
        account = make.staff(make.house())
        assert account.login

        tries = [
            make.try_password(account.login, password="不是这一句话，差得远"),
            make.try_password(account.login, code="000000"),
            make.try_password("nobody-at-all"),
        ]

        assert [refusal(one) for one in tries] == ["identity.wrong_password"] * 3

    def test_does_the_same_work_for_a_login_that_nobody_has(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A stopwatch would say more of the machine than of us: what takes time is the password and the statements."""
        account = make.staff(make.house())
        verify, verified = PasswordHasher.verify, list[str]()

        def count(hasher: PasswordHasher, kept: str, password: str) -> bool:
            verified.append(kept.rpartition("$")[0].rpartition("$")[0])
            return verify(hasher, kept, password)

        monkeypatch.setattr(PasswordHasher, "verify", count)

        def statements(login: str) -> list[str]:
            with CaptureQueriesContext(connection) as asked:
                make.try_password(login, password="不是这一句话，差得远", address=make.address())
            return [query["sql"].split()[0] for query in asked.captured_queries]

        known, unknown = statements(account.login or ""), statements("nobody-at-all")

        assert known == unknown
        assert len(verified) == 2
        assert len(set(verified)) == 1  # by the same parameters

    def test_takes_no_code_twice(self) -> None:
        account = make.staff(make.house())
        assert account.login
        code = make.totp()
        entered(make.try_password(account.login, code=code))

        assert refusal(make.try_password(account.login, code=code)) == "identity.wrong_password"
        assert entered(make.try_password(account.login, now=later(seconds=30)))

    def test_of_twins_with_one_code_lets_one_in(self) -> None:
        account = make.staff(make.house())
        login = account.login or ""
        code = make.totp()

        outcomes = race([lambda: make.try_password(login, code=code)] * 4)

        assert sum(isinstance(outcome, Entry) for outcome in outcomes) == 1

    def test_does_not_go_back_to_an_earlier_code(self) -> None:
        account = make.staff(make.house())
        assert account.login
        entered(make.try_password(account.login))

        assert refusal(make.try_password(account.login, code=make.totp(now=later(seconds=-30)))) == (
            "identity.wrong_password"
        )

    def test_stops_after_five_wrong_ones_from_one_place(self) -> None:
        account = make.staff(make.house())
        assert account.login
        address = make.address()
        for _ in range(5):
            make.try_password(account.login, password="不是这一句话", address=address)

        with pytest.raises(TooSoon):
            make.try_password(account.login, address=address)
        assert entered(make.try_password(account.login, address=make.address()))

    def test_a_temporary_password_opens_only_what_makes_an_account_ready(self) -> None:
        account = make.staff(make.house(), ready=False)
        assert account.login

        entry = entered(make.try_password(account.login, code=""))

        found = who(entry.token)
        assert found
        assert (found.is_limited, found.permissions) == (True, frozenset({OWN_ACCOUNT}))
        assert (
            refusal(make.try_password(account.login, code="", end="phone"))
            == "identity.first_sign_in_at_console"
        )

    def test_who_has_no_role_anywhere_has_no_place_to_act_in(self) -> None:
        account = make.staff(make.house(), role_code=None)

        with pytest.raises(NotAMember):
            make.try_password(account.login or "")


def secret_of(link: str) -> str:
    return link.partition("secret=")[2].partition("&")[0]


def enrol(
    me: Actor, *, secret: str | None = None, code: str | None = None, password: str = make.PASSWORD
) -> Any:
    """Start a generator unless one is given, and confirm it."""
    secret = secret or secret_of(acting(me, NOON).do(commands.start_totp))
    return acting(me, NOON).do(
        commands.confirm_totp, code=code or make.totp(secret=secret), password=password
    )


class TestBecomingReady:
    def test_a_new_password_and_a_code_open_the_session_up(self) -> None:
        account = make.staff(make.house(), ready=False)
        entry = entered(make.try_password(account.login or "", code=""))
        me = make.actor_of(account, session_id=entry.session_id)

        secret = secret_of(acting(me, NOON).do(commands.start_totp))
        enrol(me, secret=secret)
        still = who(entry.token)
        acting(me, NOON).do(commands.set_password, old=make.PASSWORD, new="第二块石头底下藏着信")
        found = who(entry.token)

        assert still
        assert still.is_limited
        assert found
        assert not found.is_limited
        assert "visits.record" in found.permissions
        later_code = make.totp(secret=secret, now=later(minutes=1))
        assert entered(
            make.try_password(
                account.login or "", password="第二块石头底下藏着信", code=later_code, now=later(minutes=1)
            )
        )

    def test_the_code_that_proved_the_generator_does_not_sign_in(self) -> None:
        account = make.staff(make.house(), ready=False, password_is_temporary=False)
        me = make.actor_of(account)
        secret = secret_of(acting(me, NOON).do(commands.start_totp))
        enrol(me, secret=secret)

        code = make.totp(secret=secret)
        assert refusal(make.try_password(account.login or "", code=code)) == "identity.wrong_password"

    def test_refuses_a_code_that_the_generator_does_not_show(self) -> None:
        me = make.actor_of(make.staff(make.house(), ready=False))

        with pytest.raises(Invalid):
            enrol(me, code="000000")

    def test_who_sits_at_anothers_unlocked_computer_gives_it_no_generator(self) -> None:
        account = make.staff(make.house())
        here = make.session(account, device_token="desk-9")
        me = make.actor_of(account, session_id=here.session_id)

        tries = [refusal(enrol(me, password="不是这一句话")) for _ in range(5)]

        assert tries == ["identity.wrong_old_password"] * 4 + ["identity.sign_in_again"]
        assert who(here.token) is None
        assert entered(make.try_password(account.login or ""))  # by the generator that she had

    def test_a_generator_that_was_started_before_is_worth_nothing_after_another(self) -> None:
        me = make.actor_of(make.staff(make.house()))
        passer_by = secret_of(acting(me, NOON).do(commands.start_totp))
        hers = secret_of(acting(me, NOON).do(commands.start_totp))

        with pytest.raises(Invalid):
            enrol(me, secret=passer_by)
        assert enrol(me, secret=hers) is None

    def test_a_new_password_ends_every_other_session(self) -> None:
        account = make.staff(make.house())
        here, there = make.session(account), make.session(account)
        me = make.actor_of(account, session_id=here.session_id)

        acting(me, NOON).do(commands.set_password, old=make.PASSWORD, new="第二块石头底下藏着信")

        assert who(here.token)
        assert who(there.token) is None

    def test_five_wrong_old_passwords_end_the_session(self) -> None:
        account = make.staff(make.house())
        here = make.session(account)
        me = make.actor_of(account, session_id=here.session_id)

        tries = [
            refusal(acting(me, NOON).do(commands.set_password, old="猜的", new="第二块石头底下藏着信"))
            for _ in range(5)
        ]

        assert tries[-1] == "identity.sign_in_again"
        assert who(here.token) is None

    def test_persons_have_no_password(self) -> None:
        me = make.actor_of(make.person(make.house()))

        with pytest.raises(NotAllowed):
            acting(me, NOON).do(commands.set_password, old="", new="第二块石头底下藏着信")


class TestWechat:
    def test_opens_what_it_is_bound_to_until_it_is_unbound(self) -> None:
        account, openid = make.person(make.house()), uuid4().hex
        me = make.actor_of(account)

        def enter() -> object:
            return acting(system(), NOON).do(commands.sign_in_by_wechat, openid=openid)

        before = enter()
        acting(me, NOON).do(commands.bind_wechat, openid=openid)
        bound = enter()
        acting(me, NOON).do(commands.unbind_wechat)

        assert refusal(before) == "identity.wechat_not_bound"
        assert entered(bound).account_id == account.id
        assert refusal(enter()) == "identity.wechat_not_bound"

    def test_asks_who_it_is_where_two_share_it(self) -> None:
        openid, house = uuid4().hex, make.house()
        for name in ("张桂芳", "陈志明"):
            acting(make.actor_of(make.person(house, name=name)), NOON).do(commands.bind_wechat, openid=openid)

        assert isinstance(acting(system(), NOON).do(commands.sign_in_by_wechat, openid=openid), Choices)

    def test_of_staff_is_bound_only_with_the_password(self) -> None:
        account, openid = make.staff(make.house()), uuid4().hex
        phone = make.session(account, end="phone")
        me = make.actor_of(account, session_id=phone.session_id)

        def bind(password: str) -> object:
            return acting(me, NOON).do(commands.bind_wechat, openid=openid, password=password)

        def comes_in() -> object:
            return acting(system(), NOON).do(commands.sign_in_by_wechat, openid=openid)

        assert refusal(bind("")) == "identity.wrong_old_password"
        assert refusal(comes_in()) == "identity.wechat_not_bound"
        assert bind(make.PASSWORD) is None
        assert entered(comes_in()).account_id == account.id

    def test_is_not_found_out_by_trying_passwords_on_a_phone_that_lies_about(self) -> None:
        account = make.staff(make.house())
        phone = make.session(account, end="phone")
        me = make.actor_of(account, session_id=phone.session_id)

        said = [
            refusal(acting(me, NOON).do(commands.bind_wechat, openid=uuid4().hex, password=str(number)))
            for number in range(5)
        ]

        assert said == ["identity.wrong_old_password"] * 4 + ["identity.sign_in_again"]
        assert who(phone.token) is None

    def test_is_told_to_those_who_send_messages(self) -> None:
        account, openid = make.person(make.house()), uuid4().hex
        acting(make.actor_of(account), NOON).do(commands.bind_wechat, openid=openid)

        found = acting(system(account.organization_id), NOON).ask(
            queries.reachable, Purpose.CONTRACT, account_id=account.id
        )

        assert found.wechat_openid == openid
        assert found.phone
        assert found.language == "zh"


class TestScanning:
    def ticket(self) -> Any:
        return acting(system(), NOON).do(commands.show_scan_ticket, device="Chrome · Windows")

    def by(self, account: Account, **changes: Any) -> Actor:
        entry = make.session(account, **{"end": "phone"} | changes)
        return make.actor_of(account, session_id=entry.session_id)

    def confirm(self, ticket: Any, by: Actor, **at: Any) -> str:
        unit = acting(system(), at.get("now", NOON))
        return unit.do(commands.confirm_scan, ticket=ticket.token, by=by)

    def test_lets_the_console_in_once_the_phone_says_so(self) -> None:
        account, ticket = make.staff(make.house()), self.ticket()
        claim = {"claim": ticket.claim}
        unit = acting(system(), NOON)

        before = unit.do(commands.enter_by_scan, **claim)
        words = self.confirm(ticket, self.by(account))
        entry = unit.do(commands.enter_by_scan, **claim)
        after = unit.do(commands.enter_by_scan, **claim)

        assert refusal(before) == "identity.ticket_gone"
        assert words == "Chrome · Windows"
        assert entered(entry).account_id == account.id
        assert refusal(after) == "identity.ticket_gone"

    def test_whoever_sees_the_code_does_not_get_in_with_it(self) -> None:
        ticket = self.ticket()
        self.confirm(ticket, self.by(make.staff(make.house())))

        outcome = acting(system(), NOON).do(commands.enter_by_scan, claim=ticket.token)

        assert refusal(outcome) == "identity.ticket_gone"

    def test_is_over_after_two_minutes(self) -> None:
        ticket, by = self.ticket(), self.by(make.staff(make.house()))

        with pytest.raises(TicketGone):
            self.confirm(ticket, by, now=later(minutes=2))

    def test_is_confirmed_by_one_only(self) -> None:
        ticket, house = self.ticket(), make.house()
        self.confirm(ticket, self.by(make.staff(house)))

        with pytest.raises(TicketGone):
            self.confirm(ticket, self.by(make.staff(house)))

    def test_a_console_lets_no_other_console_in(self) -> None:
        with pytest.raises(NotAllowed):
            self.confirm(self.ticket(), self.by(make.staff(make.house()), end="console"))

    def test_persons_and_half_ready_staff_confirm_nothing(self) -> None:
        house = make.house()
        limited = make.staff(house, ready=False)

        for by in (self.by(make.person(house)), self.by(limited, is_limited=True)):
            with pytest.raises(NotAllowed):
                self.confirm(self.ticket(), by)


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

        with django_assert_num_queries(4):  # begin, who is looking, the session with all its rights, commit
            who(entry.token)

    def test_a_closed_account_is_out_at_once(self) -> None:
        house = make.house()
        account = make.staff(house)
        entry = make.session(account)

        acting(make.administrator(house), NOON).do(commands.close_account, account_id=account.id)

        assert who(entry.token) is None
        assert refusal(make.try_password(account.login or "")) == "identity.wrong_password"


class TestRoles:
    def test_taken_back_it_is_gone_at_the_next_request(self) -> None:
        house = make.house()
        account = make.staff(house, role_code="dispatcher")
        entry = make.session(account)
        chief = make.administrator(house)
        lines = acting(chief, NOON).ask(queries.get_account, Purpose.LEGAL, account_id=account.id)
        before = who(entry.token)

        acting(chief, NOON).do(commands.take_role, membership_id=lines.roles[0].membership_id)

        after = who(entry.token)
        assert before
        assert after
        assert "dispatch.assign" in before.permissions
        assert after.permissions == {OWN_ACCOUNT}

    def test_is_held_once_at_a_time(self) -> None:
        house = make.house()
        account = make.staff(house, role_code="nurse")
        give: dict[str, Any] = {"account_id": account.id, "organization_id": house.id, "role_code": "nurse"}

        with pytest.raises(RoleAlreadyHeld):
            acting(make.administrator(house), NOON).do(commands.give_role, **give)
        with pytest.raises(RoleUnknown):
            acting(make.administrator(house), NOON).do(commands.give_role, **give | {"role_code": "queen"})

    def test_a_house_keeps_its_last_administrator(self) -> None:
        house = make.house()
        chief = make.administrator(house)
        line = acting(chief, NOON).ask(queries.get_account, Purpose.LEGAL, account_id=chief.user_id)

        with pytest.raises(LastAdministrator):
            acting(chief, NOON).do(commands.take_role, membership_id=line.roles[0].membership_id)
        with pytest.raises(LastAdministrator):
            acting(chief, NOON).do(commands.close_account, account_id=chief.user_id)
        make.administrator(house)
        acting(chief, NOON).do(commands.take_role, membership_id=line.roles[0].membership_id)

    def test_two_administrators_who_send_each_other_away_at_once_leave_one(self) -> None:
        house = make.house()
        chiefs = [make.administrator(house), make.administrator(house)]
        pairs = [(chiefs[0], chiefs[1].user_id), (chiefs[1], chiefs[0].user_id)]

        def close(by: Actor, account_id: Any) -> object:
            return acting(by, NOON).do(commands.close_account, account_id=account_id)

        outcomes = race([lambda pair=pair: close(*pair) for pair in pairs])  # type: ignore[misc]

        assert [type(outcome) for outcome in outcomes].count(LastAdministrator) == 1

    def test_nobody_manages_another_house(self) -> None:
        house, other = make.house(), make.house()
        account = make.staff(house)
        stranger = make.administrator(other)

        for organization in (house, other):
            with pytest.raises(NotFound):
                acting(stranger, NOON).do(
                    commands.give_role,
                    account_id=account.id,
                    organization_id=organization.id,
                    role_code="nurse",
                )
        with pytest.raises(NotFound):
            acting(stranger, NOON).do(commands.reset_sign_in, account_id=account.id)
        with pytest.raises(NotFound):
            acting(stranger, NOON).do(commands.close_account, account_id=account.id)

    def test_only_who_manages_gives_them(self) -> None:
        house = make.house()
        account = make.staff(house)

        with pytest.raises(NotAllowed):
            acting(make.actor_of(account), NOON).do(
                commands.give_role, account_id=account.id, organization_id=house.id, role_code="administrator"
            )


class TestOwnRoles:
    def role(self, chief: Actor, *permissions: str, **changes: Any) -> Any:
        sound: dict[str, Any] = {"name": "夜班调度", "permissions": permissions}
        return acting(chief, NOON).do(commands.add_role, **sound | changes)

    def test_hold_what_the_house_says_and_bite_at_the_next_request(self) -> None:
        house = make.house()
        chief, account = make.administrator(house), make.staff(house, role_code=None)
        role = self.role(chief, "dispatch.assign", "dispatch.read")
        acting(chief, NOON).do(
            commands.give_role, account_id=account.id, organization_id=house.id, role_code=role.code
        )
        entry = make.session(account)
        before = who(entry.token)

        acting(chief, NOON).do(
            commands.change_role, role_id=role.id, name="夜班", permissions=["dispatch.read"]
        )

        after = who(entry.token)
        assert before
        assert after
        assert before.permissions - after.permissions == {"dispatch.assign"}
        assert audited(chief, role.id) == ["identity.role.added", "identity.role.changed"]

    def test_are_made_of_what_we_know(self) -> None:
        chief = make.administrator(make.house())

        for permissions in ([], ["everything"], ["residents.redeem"]):
            with pytest.raises(Invalid):
                self.role(chief, *permissions)

    def test_default_roles_and_those_of_others_stay_as_they_are(self) -> None:
        chief = make.administrator(make.house())
        others = self.role(make.administrator(make.house()), "dispatch.read")
        default = next(role for role in acting(chief, NOON).ask(queries.roles, Purpose.LEGAL))

        for role in (others, default):
            with pytest.raises(NotFound):
                acting(chief, NOON).do(
                    commands.change_role, role_id=role.id, name="x", permissions=["dispatch.read"]
                )

    def test_do_not_come_to_rule_over_the_house_from_a_station(self) -> None:
        house = make.house()
        chief, account = make.administrator(house), make.staff(house)
        role = self.role(chief, "dispatch.read")
        station = acting(chief, NOON).do(
            commands.add_organization, parent_id=house.id, kind="station", name="青竹里一站"
        )
        acting(chief, NOON).do(
            commands.give_role, account_id=account.id, organization_id=station.id, role_code=role.code
        )

        with pytest.raises(RoleOfTheHouse):
            acting(chief, NOON).do(
                commands.change_role, role_id=role.id, name="x", permissions=["identity.manage"]
            )

    def test_leave_somebody_who_manages_the_house(self) -> None:
        house = make.house()
        first = make.administrator(house)
        role = self.role(first, "identity.manage")
        give = {"account_id": first.user_id, "organization_id": house.id, "role_code": role.code}
        acting(first, NOON).do(commands.give_role, **give)
        line = acting(first, NOON).ask(queries.get_account, Purpose.LEGAL, account_id=first.user_id)
        old = next(one for one in line.roles if one.code == "administrator")
        # She has given herself the house's own role in place of the default one: now it is the only one.
        other = make.administrator(house)
        acting(other, NOON).do(commands.take_role, membership_id=old.membership_id)
        others = acting(first, NOON).ask(queries.get_account, Purpose.LEGAL, account_id=other.user_id)
        acting(first, NOON).do(commands.take_role, membership_id=others.roles[0].membership_id)

        with pytest.raises(LastAdministrator):
            acting(first, NOON).do(
                commands.change_role, role_id=role.id, name="x", permissions=["dispatch.read"]
            )


class TestResetSignIn:
    def test_gives_a_password_that_has_to_be_changed(self) -> None:
        house = make.house()
        account = make.staff(house)
        entry = make.session(account)

        password = acting(make.administrator(house), NOON).do(commands.reset_sign_in, account_id=account.id)

        assert who(entry.token) is None
        assert refusal(make.try_password(account.login or "")) == "identity.wrong_password"
        assert entered(make.try_password(account.login or "", password=password, code="")).is_limited

    def test_leaves_no_back_door(self) -> None:
        operator = make.house(kind="operator")
        chief = make.administrator(operator)
        below = acting(chief, NOON).do(
            commands.add_organization, parent_id=operator.id, kind="institution", name="城北"
        )
        account, openid = make.staff(operator, role_code="manager"), uuid4().hex
        me = make.actor_of(account)
        acting(me, NOON).do(commands.bind_wechat, openid=openid, password=make.PASSWORD)
        elsewhere = make.session(account, organization_id=below.id)
        phone = make.session(account, end="phone")
        ticket = acting(system(), NOON).do(commands.show_scan_ticket)
        by = make.actor_of(account, session_id=phone.session_id)
        acting(system(), NOON).do(commands.confirm_scan, ticket=ticket.token, by=by)

        password = acting(chief, NOON).do(commands.reset_sign_in, account_id=account.id)
        entered(make.try_password(account.login or "", password=password, code=""))  # ready again or not
        by_wechat = acting(system(), NOON).do(commands.sign_in_by_wechat, openid=openid)
        by_scan = acting(system(), NOON).do(commands.enter_by_scan, claim=ticket.claim)

        assert who(elsewhere.token) is None
        assert who(phone.token) is None
        assert refusal(by_wechat) == "identity.wechat_not_bound"
        assert refusal(by_scan) == "identity.ticket_gone"
        assert "identity.wechat.unbound" in audited(chief, account.id)
        assert "identity.session.ended" in audited(chief, elsewhere.session_id)

    def test_a_house_where_somebody_only_helps_ends_what_is_in_its_own_name(self) -> None:
        home, other = make.house(), make.house()
        account = make.staff(home)
        acting(system(), NOON).do(
            commands.give_role, account_id=account.id, organization_id=other.id, role_code="nurse"
        )
        at_home, there = make.session(account), make.session(account, organization_id=other.id)

        ended = acting(make.administrator(other), NOON).do(commands.end_sessions_of, account_id=account.id)

        assert ended == 1
        assert who(at_home.token)
        assert who(there.token) is None


class TestTakeAllRoles:
    def test_leaves_nothing_open_in_this_house_and_another_as_it_was(self) -> None:
        home, other = make.house(), make.house()
        chief, account = make.administrator(home), make.staff(home)
        for house, role in ((home, "dispatcher"), (other, "nurse")):
            acting(system(), NOON).do(
                commands.give_role, account_id=account.id, organization_id=house.id, role_code=role
            )
        here = make.session(account, organization_id=home.id)

        for _twice in range(2):
            acting(chief, NOON).do(commands.take_all_roles, account_id=account.id)

        assert who(here.token) is None
        with pytest.raises(NotAMember):
            make.session(account, organization_id=home.id)
        there = who(make.session(account).token)
        assert there is not None
        assert there.organization_id == other.id
        assert audited(chief, account.id).count("identity.role.taken") == 1

    def test_leaves_a_house_its_last_administrator(self) -> None:
        chief = make.administrator(make.house())

        with pytest.raises(LastAdministrator):
            acting(chief, NOON).do(commands.take_all_roles, account_id=chief.user_id)


class TestChangeAccount:
    def test_another_phone_lets_nobody_in_who_holds_the_old_one(self) -> None:
        house = make.house()
        old, new, openid = make.phone(), make.phone(), uuid4().hex
        account = make.person(house, phone=old)
        stranger = entered(make.try_code(old, make.code_for(old).code))
        acting(make.actor_of(account), NOON).do(commands.bind_wechat, openid=openid)
        desk = make.actor_of(make.staff(house, role_code="service_desk"), *permissions_of("service_desk"))

        acting(desk, NOON).do(commands.change_account, account_id=account.id, phone=new)

        assert who(stranger.token) is None
        after = make.code_for(old, now=later(minutes=2))
        assert refusal(make.try_code(old, after.code, now=later(minutes=2))) == "identity.not_registered"
        by_wechat = acting(system(), NOON).do(commands.sign_in_by_wechat, openid=openid)
        assert refusal(by_wechat) == "identity.wechat_not_bound"
        assert entered(make.try_code(new, make.code_for(new).code)).account_id == account.id
        assert audited(desk, account.id).count("identity.account.changed") == 1

    def test_another_name_leaves_her_signed_in(self) -> None:
        house = make.house()
        account = make.person(house)
        entry = make.session(account)

        acting(make.administrator(house), NOON).do(
            commands.change_account, account_id=account.id, name="张桂芬"
        )

        found = who(entry.token)
        assert found
        assert found.name == "张桂芬"

    def test_is_not_for_the_person_herself_and_of_staff_for_who_manages(self) -> None:
        house = make.house()
        account, nurse = make.person(house), make.staff(house)
        desk = make.actor_of(make.staff(house, role_code="service_desk"), *permissions_of("service_desk"))
        herself = make.actor_of(account, *permissions_of("resident"))

        with pytest.raises(NotAllowed):
            acting(herself, NOON).do(commands.change_account, account_id=account.id, phone=make.phone())
        with pytest.raises(NotAllowed):
            acting(desk, NOON).do(commands.change_account, account_id=nurse.id, phone=make.phone())
        with pytest.raises(NotFound):
            acting(make.administrator(make.house()), NOON).do(
                commands.change_account, account_id=account.id, phone=make.phone()
            )


class TestOrganizations:
    def tree(self) -> tuple[Any, Any, Any]:
        operator = make.house(kind="operator", name="安家运营")
        chief = make.administrator(operator)

        def add(parent: Any, kind: str, name: str) -> Any:
            return acting(chief, NOON).do(
                commands.add_organization, parent_id=parent.id, kind=kind, name=name
            )

        north, south = add(operator, "institution", "城北"), add(operator, "institution", "城南")
        return operator, north, south

    def test_who_holds_a_role_above_acts_below(self) -> None:
        operator, north, south = self.tree()
        account = make.staff(operator, role_code="manager")
        entry = make.session(account)

        acting(system(), NOON).do(
            commands.switch_organization, session_id=entry.session_id, organization_id=south.id
        )

        found = who(entry.token)
        assert found
        assert found.organization_id == south.id
        assert "dispatch.assign" in found.permissions
        houses = acting(system(), NOON).ask(
            queries.organizations_of_account, Purpose.LEGAL, account_id=account.id
        )
        assert {house.id for house in houses} == {operator.id, north.id, south.id}

    def test_who_holds_one_beside_does_not(self) -> None:
        _, north, south = self.tree()
        entry = make.session(make.staff(north))

        with pytest.raises(NotAMember):
            acting(system(), NOON).do(
                commands.switch_organization, session_id=entry.session_id, organization_id=south.id
            )

    def test_a_role_at_a_station_holds_in_its_house(self) -> None:
        house = make.house()
        chief = make.administrator(house)
        station = acting(chief, NOON).do(
            commands.add_organization, parent_id=house.id, kind="station", name="青竹里一站"
        )
        account = make.staff(house, role_code=None)
        acting(chief, NOON).do(
            commands.give_role, account_id=account.id, organization_id=station.id, role_code="nurse"
        )

        found = who(make.session(account).token)

        assert found
        assert found.organization_id == house.id
        assert "visits.record" in found.permissions

    @pytest.mark.parametrize("role_code", ["administrator", "manager", "quality_manager"])
    def test_who_rules_over_the_house_does_so_at_the_house(self, role_code: str) -> None:
        house = make.house()
        chief = make.administrator(house)
        account = make.staff(house)
        give: dict[str, Any] = {"account_id": account.id, "role_code": role_code}
        station = acting(chief, NOON).do(
            commands.add_organization, parent_id=house.id, kind="station", name="青竹里一站"
        )

        with pytest.raises(RoleOfTheHouse):
            acting(chief, NOON).do(commands.give_role, organization_id=station.id, **give)
        assert acting(chief, NOON).do(commands.give_role, organization_id=house.id, **give)

    def test_each_kind_lies_where_it_can(self) -> None:
        house = make.house()
        chief = make.administrator(house)

        with pytest.raises(WrongPlace):
            acting(chief, NOON).do(
                commands.add_organization, parent_id=house.id, kind="operator", name="总部"
            )
        with pytest.raises(Invalid):
            acting(chief, NOON).do(commands.add_organization, parent_id=house.id, kind="station", name=" ")

    def test_are_not_found_from_beside_or_below(self) -> None:
        operator, north, south = self.tree()
        below = make.administrator(north)

        for other in (operator, south):
            with pytest.raises(NotFound):
                acting(below, NOON).ask(queries.get_organization, Purpose.LEGAL, organization_id=other.id)
        tree = acting(below, NOON).ask(queries.organization_tree, Purpose.LEGAL)
        assert [organization.id for _, organization in tree] == [north.id]


class TestAudit:
    def test_is_written_in_the_name_of_who_came_in_and_without_values(self) -> None:
        account = make.staff(make.house())
        entry = entered(make.try_password(account.login or ""))
        make.try_password(account.login or "", password="不是这一句话")

        def read(actor: Actor) -> list[AuditEntry]:
            return list(AuditEntry.objects.filter(actor_id=account.id).order_by("occurred_at", "id"))

        rows = acting(system(account.organization_id), NOON).ask(read)

        assert [(row.action, row.subject_id) for row in rows] == [
            ("identity.session.started", entry.session_id),
            ("identity.sign_in.refused", account.id),
        ]


class TestForgetting:
    def test_forgets_what_no_limit_looks_back_to(self) -> None:
        number = make.phone()
        code = make.code_for(number)

        def kept(actor: Actor) -> bool:
            return SignInCode.objects.filter(id=code.id).exists()

        acting(system(), later(minutes=59)).do(commands.forget_old_tries)
        young = acting(system(), NOON).ask(kept)
        acting(system(), later(minutes=61)).do(commands.forget_old_tries)

        assert young
        assert not acting(system(), NOON).ask(kept)


def test_the_last_of_memberships_is_kept_as_history() -> None:
    house = make.house()
    account = make.staff(house)
    chief = make.administrator(house)
    line = acting(chief, NOON).ask(queries.get_account, Purpose.LEGAL, account_id=account.id)
    acting(chief, later(days=1)).do(commands.take_role, membership_id=line.roles[0].membership_id)

    def read(actor: Actor) -> Membership:
        return Membership.objects.get(id=line.roles[0].membership_id)

    kept = acting(chief, NOON).ask(read)
    assert (kept.taken_at, kept.taken_by) == (NOON + timedelta(days=1), chief.user_id)
