from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from anjia.identity.commands import add_organization
from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.supplies import commands, queries
from anjia.supplies.models import BagCheck, Item, Lot
from anjia.supplies.queries import Bag
from tests.make import NOON, actor
from tests.supplies.make import TODAY, House
from tests.visits.make import id_of

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def kit(here: House) -> Item:
    return here.item("first_aid_kit", name="急救盒", unit="盒", kind="first_aid", in_bag=Decimal(1))


def checked(here: House, *lots: Lot, client_id: UUID | None = None, **when: int) -> BagCheck:
    at = NOON + timedelta(**when)
    return acting(here.nurse, at).do(
        commands.check_bag,
        client_id=client_id or uuid4(),
        checked_at=at,
        seen=[{"lot_id": lot.id, "quantity": Decimal(1)} for lot in lots],
    )


def own(here: House, *, days: int = 0) -> Bag:
    return acting(here.nurse, NOON).ask(queries.own_bag, Purpose.CONTRACT, today=TODAY + timedelta(days=days))


class TestCheckBag:
    def test_is_good_for_its_day_only(self, here: House, kit: Item) -> None:
        lot = here.lot(kit, 1)
        here.fill(kit, 1)

        check = checked(here, lot)

        assert check.lacking == []
        assert own(here).check == check
        assert own(here, days=1).check is None

    def test_says_what_she_has_not_seen_whatever_the_books_say(self, here: House, kit: Item) -> None:
        here.lot(kit, 1)
        here.fill(kit, 1)

        [lacking] = checked(here).lacking

        assert lacking["what"] == "missing"
        assert "急救盒少 1 盒" in lacking["words"]

    def test_says_what_has_expired_by_the_day_she_looks(self, here: House, kit: Item) -> None:
        lot = here.lot(kit, 1, days=1)
        here.fill(kit, 1)

        assert checked(here, lot, days=1).lacking == []
        assert [one["what"] for one in checked(here, lot, days=2).lacking] == ["expired", "missing"]

    def test_sent_late_and_twice_is_one_check_of_the_day_she_looked(self, here: House, kit: Item) -> None:
        client_id, looked_at = uuid4(), NOON
        for days in (1, 2):
            check = acting(here.nurse, NOON + timedelta(days=days)).do(
                commands.check_bag, client_id=client_id, checked_at=looked_at, seen=[]
            )

        assert (check.day, check.recorded_at) == (TODAY, NOON + timedelta(days=1))

    def test_done_again_the_latest_counts(self, here: House, kit: Item) -> None:
        lot = here.lot(kit, 1)
        here.fill(kit, 1)
        checked(here)

        again = checked(here, lot, minutes=20)

        assert own(here).check == again

    def test_refuses_who_carries_no_bag(self, here: House) -> None:
        for one in (here.keeper, actor("supplies.carry", organization_id=here.id)):
            with pytest.raises(NotAllowed):
                acting(one, NOON).do(commands.check_bag, client_id=uuid4(), checked_at=NOON, seen=[])


class TestSetAsideFromBag:
    def test_takes_it_out_of_her_bag_once(self, here: House, kit: Item) -> None:
        lot = here.lot(kit, 2)
        here.fill(kit, 2)

        for _ in range(2):
            acting(here.nurse, NOON).do(commands.set_aside_from_bag, lot_id=lot.id)

        assert (here.in_bag(), here.aside()) == ({}, {"L200": 2})

    def test_knows_nothing_of_what_is_not_in_it(self, here: House, kit: Item) -> None:
        lot = here.lot(kit, 2)

        with pytest.raises(NotFound):
            acting(here.nurse, NOON).do(commands.set_aside_from_bag, lot_id=lot.id)

    def test_of_whoever_belongs_to_a_ward_lies_at_the_house(self, here: House, kit: Item) -> None:
        """A ward keeps no store: what lay aside there nobody could see or throw away."""
        parts = acting(here.town.system, NOON)
        ward = parts.do(add_organization, parent_id=here.id, kind="ward", name="六病区")
        of_ward = here.town.nurse("赵敏", station_id=ward.id)
        her = replace(of_ward, permissions=of_ward.permissions | {"supplies.carry"})
        lot = here.lot(kit, 2)
        acting(here.keeper, NOON).do(
            commands.hand_out, station_id=here.id, staff_id=id_of(her), wanted={kit.id: Decimal(2)}
        )

        acting(her, NOON).do(commands.set_aside_from_bag, lot_id=lot.id)

        assert here.aside() == {"L200": 2}


class TestBags:
    def test_show_whose_bag_lacks_what_and_was_not_checked(self, here: House, kit: Item) -> None:
        here.town.nurse("赵敏")
        lot = here.lot(kit, 1)
        here.fill(kit, 1)
        checked(here, lot)

        found = acting(here.keeper, NOON).ask(queries.bags, Purpose.CONTRACT, today=TODAY)

        assert {bag.name: (bag.check is not None, len(bag.lacking)) for bag in found} == {
            "李秋萍": (True, 0),
            "赵敏": (False, 1),
        }
