"""Houses, stations and what lies below them."""

from typing import Any

import pytest

from anjia.identity import commands, queries
from anjia.identity.rules import (
    NotAMember,
    RoleOfTheHouse,
    WrongPlace,
)
from anjia.kernel.actors import Purpose, system
from anjia.kernel.errors import Invalid, NotFound
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.looking import who
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


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
