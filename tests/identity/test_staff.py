"""Staff come in by password and a second proof."""

from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.identity import commands
from anjia.identity.rules import (
    OWN_ACCOUNT,
    Entry,
    NotAMember,
    TooSoon,
)
from anjia.kernel.actors import Actor, system
from anjia.kernel.errors import Invalid, NotAllowed
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.looking import audited, race, who
from tests.identity.make import entered, later, refusal
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


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
                make.try_password(login, password="不是这一句话，差得远", address=make.new_address())
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
        address = make.new_address()
        for _ in range(5):
            make.try_password(account.login, password="不是这一句话", address=address)

        with pytest.raises(TooSoon):
            make.try_password(account.login, address=address)
        assert entered(make.try_password(account.login, address=make.new_address()))

    def test_is_not_kept_from_a_browser_she_has_used_by_all_who_try_elsewhere(self) -> None:
        account = make.staff(make.house())
        login = account.login or ""
        entered(make.try_password(login, device_token="her desk"))

        make.locked_out(login)

        with pytest.raises(TooSoon):
            make.try_password(login, now=later(minutes=1))
        assert entered(make.try_password(login, now=later(minutes=1), device_token="her desk"))
        with pytest.raises(TooSoon):
            make.try_password(login, now=later(minutes=1), device_token="a desk she has never been at")
        assert entered(make.try_password(login, now=later(minutes=16)))

    def test_is_stopped_in_a_browser_she_has_used_too_and_nowhere_else_for_it(self) -> None:
        account = make.staff(make.house())
        login = account.login or ""
        entered(make.try_password(login, device_token="shared desk"))
        for _ in range(10):
            assert refusal(make.try_password(login, password="不是这一句话", device_token="shared desk")) == (
                "identity.wrong_password"
            )

        with pytest.raises(TooSoon):
            make.try_password(login, now=later(minutes=1), device_token="shared desk")
        assert entered(make.try_password(login, now=later(minutes=1)))

    def test_is_as_slow_for_others_in_a_browser_that_knows_only_her_colleague(self) -> None:
        colleague, account = (make.staff(make.house()) for _ in range(2))
        login = account.login or ""
        entered(make.try_password(colleague.login or "", device_token="their desk"))

        make.locked_out(login)

        with pytest.raises(TooSoon):
            make.try_password(login, now=later(minutes=1), device_token="their desk")

    @pytest.mark.parametrize("by", ["the manager", "herself"])
    def test_a_browser_taken_from_her_is_hers_no_more_until_she_comes_in_there_again(self, by: str) -> None:
        house = make.house()
        account, chief = make.staff(house), make.administrator(house)
        login = account.login or ""
        entered(make.try_password(login, device_token="a laptop"))
        before = entered(make.try_password(login, now=later(minutes=1), device_token="a laptop"))
        actor = chief if by == "the manager" else make.actor_of(account)
        acting(actor, later(minutes=2)).do(commands.end_session, session_id=before.session_id)

        make.locked_out(login)

        if by == "the manager":
            with pytest.raises(TooSoon):
                make.try_password(login, now=later(minutes=3), device_token="a laptop")
            entered(make.try_password(login, now=later(minutes=30), device_token="a laptop"))
            make.locked_out(login, now=later(minutes=40))
        assert entered(make.try_password(login, now=later(minutes=41), device_token="a laptop"))

    def test_a_browser_in_which_she_was_not_ready_yet_is_not_hers(self) -> None:
        """A temporary password is read out over the telephone: whoever heard it may have been first."""
        account = make.staff(make.house(), ready=False)
        login = account.login or ""
        entered(make.try_password(login, code="", device_token="anybody's desk"))

        make.locked_out(login)

        with pytest.raises(TooSoon):
            make.try_password(login, code="", device_token="anybody's desk")

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
