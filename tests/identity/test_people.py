"""Accounts: opened, changed, and staff let in by password."""

from uuid import uuid4

import pytest

from anjia.identity import commands, queries
from anjia.identity.roles import permissions_of
from anjia.identity.rules import (
    LoginTaken,
)
from anjia.kernel.actors import Purpose, system
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.looking import audited, who
from tests.identity.make import entered, later, refusal
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


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
