from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connections

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import DomainError, NotAllowed, NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.work import acting
from anjia.supplies import commands, queries
from anjia.supplies.models import Entry, Item, Lot
from anjia.supplies.rules.stock import (
    LotExpired,
    NotEnough,
    NothingHandedOut,
    PlaceKind,
    SuppliesInvalid,
    WhyMissing,
)
from tests.make import NOON, actor
from tests.supplies.make import KEEPER, TODAY, House, house
from tests.visits.make import id_of
from tests.workforce.make import actions

pytestmark = pytest.mark.usefixtures("database")


class TestReceive:
    def test_adds_to_the_lot_that_is_there(self, here: House) -> None:
        gauze = here.item()
        here.lot(gauze, 10, number="A")
        here.lot(gauze, 5, number="A")

        assert here.in_store() == {"A": 15}

    def test_refuses_what_has_expired(self, here: House) -> None:
        with pytest.raises(LotExpired):
            here.lot(here.item(), 10, days=-1)

    def test_asks_for_lot_and_day_of_what_expires(self, here: House) -> None:
        with pytest.raises(SuppliesInvalid) as refusal:
            here.lot(here.item(), 10, days=None, number="")

        assert set(refusal.value.fields) == {"number", "expires_on"}

    def test_takes_what_does_not_expire_without_them(self, here: House) -> None:
        here.lot(here.item("ruler", expires=False), 10, days=None, number="")

        assert here.in_store() == {"": 10}

    def test_knows_no_station_of_another_house(self, here: House) -> None:
        with pytest.raises(NotFound):
            here.lot(here.item(), 1, station_id=house().id)

    def test_refuses_who_may_only_look(self, here: House) -> None:
        looker = actor("supplies.read", organization_id=here.id)
        with pytest.raises(NotAllowed):
            acting(looker, NOON).do(
                commands.receive, station_id=here.id, item_id=here.item().id, quantity=Decimal(1)
            )


class TestLedger:
    def test_lines_add_up_to_the_number_on_the_page(self, here: House) -> None:
        gauze = here.item()
        here.lot(gauze, 10)
        here.fill(gauze, 4)
        here.fill(gauze, 3)

        [line] = acting(here.keeper, NOON).ask(
            queries.stock_at, Purpose.CONTRACT, station_id=here.id, today=TODAY
        )
        rows = acting(here.keeper, NOON).ask(
            queries.ledger, Purpose.CONTRACT, item_id=gauze.id, place_id=here.id
        )

        assert line.usable == 3 == sum(one.entry.change for one in rows.items)
        assert [one.entry.balance for one in rows.items] == [3, 6, 10]
        assert rows.items[0].entry.by == here.keeper.user_id

    def test_is_changed_by_nobody(self, here: House) -> None:
        here.lot(here.item(), 10)

        with pytest.raises(DatabaseError, match=r"append-only|denied"):
            acting(here.keeper, NOON).ask(lambda _: Entry.objects.update(balance=99))

    @pytest.mark.parametrize(
        ("number", "change", "balance"), [(2, -11, -1), (2, 1, 12), (3, 1, 11), (1, 1, 11)]
    )
    def test_goes_on_from_the_line_before_or_the_database_refuses_it(
        self, here: House, number: int, change: int, balance: int
    ) -> None:
        lot = here.lot(here.item(), 10)

        def write(_: Actor) -> None:
            Entry.objects.create(
                organization_id=here.id, place_kind="station", place_id=here.id, item_id=lot.item_id, lot=lot,
                number=number, change=change, balance=balance, move="corrected", move_id=new_id(), at=NOON,
                recorded_at=NOON, by=uuid4(),
            )  # fmt: skip

        with pytest.raises(IntegrityError):
            acting(here.keeper, NOON).ask(write)

    def test_is_not_shown_to_another_house(self, here: House) -> None:
        here.lot(here.item(), 10)
        stranger = actor(*KEEPER, organization_id=house().id)

        assert acting(stranger, NOON).ask(queries.ledger, Purpose.CONTRACT).items == []
        with pytest.raises(NotFound):
            acting(stranger, NOON).ask(queries.stock_at, Purpose.CONTRACT, station_id=here.id, today=TODAY)

    def test_pages_without_losing_a_line(self, here: House) -> None:
        gauze = here.item()
        for _ in range(5):
            here.lot(gauze, 1, number="A")

        first = acting(here.keeper, NOON).ask(queries.ledger, Purpose.CONTRACT, item_id=gauze.id, size=3)
        rest = acting(here.keeper, NOON).ask(
            queries.ledger, Purpose.CONTRACT, item_id=gauze.id, size=3, after=first.next
        )

        assert [one.entry.balance for one in (*first.items, *rest.items)] == [5, 4, 3, 2, 1]


class TestWhereItLies:
    """The last line of each lot at each place: of a thing, and in everybody's bag."""

    def test_is_every_place_with_what_its_last_line_says(self, here: House) -> None:
        gauze, tape = here.item(), here.item("nose_tape", name="鼻贴")
        for lot in ("A", "B"):
            here.lot(gauze, 10, number=lot)
            here.lot(tape, 9, number=lot)
        here.lot(gauze, 2, days=90, number="C")
        others = [here.town.nurse(name) for name in ("赵敏", "钱多多", "孙一")]
        for given, nurse in enumerate((here.nurse, *others)):
            acting(here.keeper, NOON).do(
                commands.hand_out, station_id=here.id, staff_id=id_of(nurse),
                wanted={gauze.id: Decimal(given + 1), tape.id: Decimal(1)},
            )  # fmt: skip
        last = here.lot(gauze, 1, number="D")
        acting(here.keeper, NOON).do(commands.set_aside, station_id=here.id, lot_id=last.id)

        def lots(_: Actor) -> list[Entry]:
            return list(Entry.objects.filter(organization_id=here.id).order_by("number"))

        expected = {
            (line.place_kind, line.place_id, line.lot_id): line
            for line in acting(here.keeper, NOON).ask(lots)
        }
        lying = [line for line in expected.values() if line.balance > 0]

        found = acting(here.keeper, NOON).ask(
            queries.item_place_lots, Purpose.CONTRACT, item_id=gauze.id, today=TODAY
        )
        assert len({place for _kind, place, *_ in found}) == 5
        assert sorted(
            (kind.value, place, lot.lot_id, lot.quantity) for kind, place, _name, lot in found
        ) == sorted(
            (line.place_kind, line.place_id, line.lot_id, line.balance)
            for line in lying
            if line.item_id == gauze.id
        )
        bags = acting(here.keeper, NOON).ask(queries.bags, Purpose.CONTRACT, today=TODAY)
        assert sorted(
            (bag.staff_id, lot.lot_id, lot.quantity)
            for bag in bags
            for line in bag.lines
            for lot in line.lots
        ) == sorted((line.place_id, line.lot_id, line.balance) for line in lying if line.place_kind == "bag")


class TestHandOut:
    def test_gives_what_expires_first(self, here: House) -> None:
        gauze = here.item()
        here.lot(gauze, 5, days=300)
        here.lot(gauze, 5, days=40)

        here.fill(gauze, 7)

        assert here.in_bag() == {"L40": 5, "L300": 2}
        assert here.in_store() == {"L300": 3}

    def test_says_what_there_is_too_little_of_and_gives_nothing(self, here: House) -> None:
        gauze = here.item()
        here.lot(gauze, 5)

        with pytest.raises(NotEnough, match="无菌纱布少 2 块"):
            here.fill(gauze, 7)

        assert here.in_bag() == {}

    def test_refuses_an_expired_lot_with_words(self, here: House) -> None:
        gauze = here.item()
        lot = here.lot(gauze, 5, days=0)
        tomorrow = NOON + timedelta(days=1)

        with pytest.raises(LotExpired, match="过期"):
            here.fill(gauze, 1, when=tomorrow, lot_id=lot.id)
        with pytest.raises(NotEnough, match="过期"):
            here.fill(gauze, 1, when=tomorrow)

    def test_of_the_last_one_to_two_at_once_gives_it_to_one(self, here: House) -> None:
        gauze = here.item()
        here.lot(gauze, 5)

        def take(_: int) -> bool:
            try:
                here.fill(gauze, 1)
            except NotEnough:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(take, range(8)))

        assert (sum(taken), here.in_store(), here.in_bag()) == (5, {}, {"L200": 5})

    def test_of_nothing_is_refused_and_leaves_no_line_in_the_audit(self, here: House) -> None:
        with pytest.raises(NothingHandedOut):
            acting(here.keeper, NOON).do(
                commands.hand_out, station_id=here.id, staff_id=id_of(here.nurse), wanted={}
            )

        assert "supplies.bag.filled" not in actions(here.keeper)


class TestGiveBack:
    def test_puts_what_is_good_back_and_what_is_not_aside(self, here: House) -> None:
        gauze = here.item()
        good, old = here.lot(gauze, 5), here.lot(gauze, 5, days=0)
        here.fill(gauze, 10)
        for lot in (good, old):
            acting(here.keeper, NOON + timedelta(days=1)).do(
                commands.give_back, station_id=here.id, staff_id=id_of(here.nurse), lot_id=lot.id,
                quantity=Decimal(3),
            )  # fmt: skip

        assert (here.in_store(), here.aside()) == ({"L200": 3}, {"L0": 3})


class TestCount:
    def counted(self, here: House, lot: Lot, quantity: int, *, seen: int | None = None, why: str = "") -> int:
        return acting(here.keeper, NOON).do(
            commands.count_stock,
            station_id=here.id,
            counted={lot.id: Decimal(quantity)},
            seen={} if seen is None else {lot.id: Decimal(seen)},
            whys={lot.id: why},
        )

    def test_that_differs_needs_a_reason(self, here: House) -> None:
        lot = here.lot(here.item(), 10)

        with pytest.raises(WhyMissing):
            self.counted(here, lot, 8)

        assert here.in_store() == {"L200": 10}
        assert self.counted(here, lot, 8, why="两块拆封弄脏了") == 1
        assert here.in_store() == {"L200": 8}

    def test_that_agrees_is_written_down_too(self, here: House) -> None:
        lot = here.lot(here.item(), 10)

        assert self.counted(here, lot, 10) == 0

        lines = acting(here.keeper, NOON).ask(queries.ledger, Purpose.CONTRACT, lot_id=lot.id).items
        assert [(one.entry.move, int(one.entry.change)) for one in lines] == [
            ("counted", 0),
            ("received", 10),
        ]

    def test_does_not_take_what_was_handed_out_meanwhile_for_a_loss(self, here: House) -> None:
        gauze = here.item()
        lot = here.lot(gauze, 10)
        here.fill(gauze, 4)

        assert self.counted(here, lot, 10, seen=10) == 0

        assert here.in_store() == {"L200": 6}


class TestCorrect:
    def test_needs_a_reason_and_never_goes_below_nothing(self, here: House) -> None:
        lot = here.lot(here.item(), 10)

        def correct(quantity: int, why: str) -> None:
            acting(here.keeper, NOON).do(
                commands.correct, place_kind=PlaceKind.STATION, place_id=here.id, lot_id=lot.id,
                quantity=Decimal(quantity), why=why,
            )  # fmt: skip

        for quantity, why in ((3, " "), (-1, "试试")):
            with pytest.raises(DomainError):
                correct(quantity, why)
        correct(3, "入库时多记了")

        assert here.in_store() == {"L200": 3}


class TestWarnings:
    def test_list_what_runs_low_has_expired_and_soon_will(self, here: House) -> None:
        gauze, tape = here.item(), here.item("nose_tape", name="鼻贴")
        here.lot(gauze, 4, days=10, number="soon")
        here.lot(gauze, 4, days=1, number="old")
        here.lot(tape, 9, days=400, number="fine")

        found = acting(here.keeper, NOON).ask(
            queries.warnings_at, Purpose.CONTRACT, station_id=here.id, today=TODAY + timedelta(days=2)
        )

        assert [line.name for line in found.low] == ["无菌纱布"]
        assert [lot.number for lot in found.expired] == ["old"]
        assert [lot.number for lot in found.soon] == ["soon"]


class TestSetAside:
    def test_takes_it_out_of_use_until_it_is_thrown_away_with_words(self, here: House) -> None:
        lot = here.lot(here.item(), 4)
        acting(here.keeper, NOON).do(commands.set_aside, station_id=here.id, lot_id=lot.id, why="包装破了")
        assert (here.in_store(), here.aside()) == ({}, {"L200": 4})

        with pytest.raises(WhyMissing):
            acting(here.keeper, NOON).do(commands.dispose, station_id=here.id, lot_id=lot.id, why="")
        acting(here.keeper, NOON).do(commands.dispose, station_id=here.id, lot_id=lot.id, why="按医废处理")

        assert here.aside() == {}


class TestItemsOfServices:
    def test_are_written_down_once(self, here: House) -> None:
        keeper = actor(*KEEPER, "catalogue.change", organization_id=here.id)
        here.item("first_aid_kit", name="我们的急救盒")

        first = acting(keeper, NOON).do(commands.take_items_of_services)
        again = acting(keeper, NOON).do(commands.take_items_of_services)

        def mine(_: Actor) -> Item:
            return Item.objects.get(organization_id=here.id, code="first_aid_kit")

        assert first > 0
        assert again == 0
        assert acting(keeper, NOON).ask(mine).name == "我们的急救盒"
