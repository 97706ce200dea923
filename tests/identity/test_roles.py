"""What somebody may do, where, and until when."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from anjia.identity import commands, default_roles, queries
from anjia.identity.models import Membership, Role
from anjia.identity.roles import DEFAULT_ROLES, permissions_of
from anjia.identity.rules import (
    OWN_ACCOUNT,
    LastAdministrator,
    NotAMember,
    RoleAlreadyHeld,
    RoleOfTheHouse,
    RoleUnknown,
)
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.looking import audited, race, who
from tests.identity.make import later
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


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

    def test_those_of_others_and_those_of_persons_stay_as_they_are(self) -> None:
        chief = make.administrator(make.house())
        others = self.role(make.administrator(make.house()), "dispatch.read")

        for role in (others, default(chief, "resident"), default(chief, "family")):
            with pytest.raises(NotFound):
                change(chief, role, "dispatch.read")

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
        # Nobody takes calls for help then: she is told so, and knows.
        acting(first, NOON).do(
            commands.take_role, membership_id=others.roles[0].membership_id, knowingly=True
        )

        with pytest.raises(LastAdministrator):
            acting(first, NOON).do(
                commands.change_role, role_id=role.id, name="x", permissions=["dispatch.read"]
            )


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


def default(chief: Actor, code: str) -> Role:
    found: list[Role] = acting(chief, NOON).ask(queries.roles, Purpose.LEGAL)
    return next(role for role in found if role.code == code)


def change(chief: Actor, role: Role, *permissions: str) -> Role:
    said: dict[str, Any] = {"role_id": role.id, "name": "护士", "permissions": permissions}
    return acting(chief, NOON).do(commands.change_role, **said)


def news(chief: Actor, role: Role) -> list[str]:
    return acting(chief, NOON).ask(queries.news_of_role, Purpose.LEGAL, role_id=role.id)


@contextmanager
def upgrade(**more: str) -> Iterator[None]:
    """Migrate to a release that gives these default roles one permission more, and back."""
    newer = {
        code: replace(DEFAULT_ROLES[code], permissions=permissions_of(code) | {permission})
        for code, permission in more.items()
    }
    try:
        with pytest.MonkeyPatch.context() as release:
            release.setattr(default_roles, "DEFAULT_ROLES", {**DEFAULT_ROLES, **newer})
            default_roles.write("owner")
        yield
    finally:
        default_roles.write("owner")
        connections["owner"].close()


class TestRolesInPlaceOfDefaultOnes:
    def test_are_held_by_all_who_held_those_and_in_this_house_alone(self) -> None:
        house, other = make.house(), make.house()
        chief = make.administrator(house)
        nurse, elsewhere = make.session(make.staff(house)), make.session(make.staff(other))

        own = change(chief, default(chief, "nurse"), "visits.record", "visits.accept")
        new = make.session(make.staff(house, role_code="nurse"))

        here = [may(entry.token) for entry in (nurse, new)]
        assert here == [{*own.permissions, OWN_ACCOUNT}] * 2
        assert permissions_of("nurse") <= may(elsewhere.token)
        codes = [role.code for role in acting(chief, NOON).ask(queries.roles, Purpose.LEGAL)]
        assert ("nurse" in codes, own.code in codes) == (False, True)

    def test_survive_an_upgrade_and_say_what_it_has_added(self) -> None:
        chief, nurse = make.administrator(house := make.house()), make.session(make.staff(house))
        own = change(chief, default(chief, "nurse"), "visits.record")

        with upgrade(nurse="quality.manage"):
            assert may(nurse.token) == {"visits.record", OWN_ACCOUNT}
            assert news(chief, own) == ["quality.manage"]
            change(chief, own, "visits.record", "visits.accept")  # she has looked, and does not want it
            assert news(chief, own) == []

    def test_are_not_needed_for_what_an_upgrade_adds_to_reach_a_house(self) -> None:
        nurse = make.session(make.staff(make.house()))

        with upgrade(nurse="quality.manage"):
            assert "quality.manage" in may(nurse.token)

    def test_do_not_leave_a_house_without_who_manages_it(self) -> None:
        chief = make.administrator(make.house())

        with pytest.raises(LastAdministrator):
            change(chief, default(chief, "administrator"), "visits.record")

    def test_take_the_place_of_one_once(self) -> None:
        chief = make.administrator(make.house())
        nurse = default(chief, "nurse")
        change(chief, nurse, "visits.record")

        with pytest.raises(NotFound):
            change(chief, nurse, "visits.accept")


def may(token: str) -> frozenset[str]:
    signed_in = who(token)
    assert signed_in
    return signed_in.permissions
