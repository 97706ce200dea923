"""A code to a phone, and who may come in by it."""

from collections import Counter
from typing import Any

import pytest

from anjia.identity import commands, queries
from anjia.identity.models import Account, SignInCode
from anjia.identity.rules import (
    CODE_LIVES,
    Choices,
    Entry,
    TooSoon,
)
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import Invalid
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.looking import race, who
from tests.identity.make import entered, later, refusal
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


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
        address = make.new_address()
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
        address = make.new_address()
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
