"""Coming in by WeChat, on the phone and on a console."""

from typing import Any
from uuid import uuid4

import pytest

from anjia.identity import commands, queries
from anjia.identity.models import Account
from anjia.identity.rules import (
    Choices,
    NotReady,
    TicketGone,
)
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.looking import who
from tests.identity.make import entered, later, refusal
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


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

    def test_of_staff_opens_while_strangers_try_her_password(self) -> None:
        account, openid = make.staff(make.house()), uuid4().hex
        acting(make.actor_of(account), NOON).do(commands.bind_wechat, openid=openid, password=make.PASSWORD)
        make.locked_out(account.login or "")

        assert entered(acting(system(), NOON).do(commands.sign_in_by_wechat, openid=openid))

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
            queries.reachable, Purpose.CONTRACT, account_ids=[account.id]
        )[account.id]

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

        with pytest.raises(NotAllowed):
            self.confirm(self.ticket(), self.by(make.person(house)))
        with pytest.raises(NotReady):
            self.confirm(self.ticket(), self.by(limited, is_limited=True))
