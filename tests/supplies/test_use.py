"""What was used at a visit comes off her bag, in whatever order we hear of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.supplies import commands, queries
from anjia.supplies.models import Lot
from anjia.supplies.rules.stock import WhyMissing
from anjia.visits.models import Visit
from tests.make import NOON
from tests.supplies.make import House
from tests.visits.make import at, fact, id_of, say

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def visit(here: House) -> Visit:
    return here.town.visit(here.nurse)


def used(visit: Visit, code: str = "gauze", quantity: float = 2, **more: Any) -> dict[str, Any]:
    return fact(
        visit, "supplies", used=[{"code": code, "name": "x", "quantity": quantity, "unit": "块"} | more]
    )


def used_of(visit: Visit, *said: tuple[float, Lot | None]) -> dict[str, Any]:
    """Return a fact of gauze by lot: how much of each, and None where she names no lot."""
    line = {"code": "gauze", "name": "x", "unit": "块"}
    used = [
        line | {"quantity": quantity} | ({"lot_id": str(lot.id)} if lot else {}) for quantity, lot in said
    ]
    return fact(visit, "supplies", used=used)


class TestRecordUse:
    def test_takes_what_expires_first_off_her_bag(self, here: House, visit: Visit) -> None:
        gauze = here.item()
        here.lot(gauze, 5, days=300)
        here.lot(gauze, 1, days=40)
        here.fill(gauze, 6)

        say(here.nurse, used(visit))
        here.hear()

        assert here.in_bag() == {"L300": 4}
        assert here.shortfalls() == []
        lines = acting(here.keeper, NOON).ask(queries.ledger, Purpose.CONTRACT, visit_id=visit.id).items
        assert {(one.entry.move, one.entry.at) for one in lines} == {("used", visit.starts_at)}

    def test_counts_a_fact_once_however_often_it_is_sent_and_heard(self, here: House, visit: Visit) -> None:
        gauze = here.item()
        here.lot(gauze, 9)
        here.fill(gauze, 9)
        once, more = used(visit), used(visit, quantity=1)

        say(here.nurse, once)
        here.hear()
        say(here.nurse, once, more)
        here.hear()
        acting(here.town.system, NOON).do(commands.record_use, visit_id=visit.id)

        assert here.in_bag() == {"L200": 6}

    def test_takes_two_of_one_batch(self, here: House, visit: Visit) -> None:
        gauze = here.item()
        here.lot(gauze, 9)
        here.fill(gauze, 9)

        say(here.nurse, used(visit), used(visit, quantity=3))
        here.hear()

        assert here.in_bag() == {"L200": 4}

    def test_heard_days_later_goes_by_the_day_it_happened(self, here: House, visit: Visit) -> None:
        """On the day of the visit the lot was still good: no fault of hers."""
        gauze = here.item()
        here.lot(gauze, 5, days=1)
        here.fill(gauze, 5)

        say(here.nurse, used(visit), now=NOON + timedelta(days=9))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({"L1": 3}, [])

    def test_more_than_is_in_the_bag_is_no_negative_number_but_a_question(
        self, here: House, visit: Visit
    ) -> None:
        gauze = here.item()
        here.lot(gauze, 9)
        here.fill(gauze, 1)

        say(here.nurse, used(visit, quantity=3))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({}, [("gauze", "not_in_bag", 2)])

    def test_of_an_expired_lot_is_never_chosen_and_is_asked_about_if_she_says_so(
        self, here: House, visit: Visit
    ) -> None:
        gauze = here.item()
        old = here.lot(gauze, 2, days=0)
        here.lot(gauze, 2, days=90)
        here.fill(gauze, 4)

        say(here.nurse, used(visit, quantity=1))
        here.hear()
        assert (here.in_bag(), here.shortfalls()) == ({"L0": 2, "L90": 1}, [])

        say(here.nurse, used(visit, quantity=1, lot_id=str(old.id)))
        here.hear()
        assert (here.in_bag(), here.shortfalls()) == ({"L0": 1, "L90": 1}, [("gauze", "expired_used", 1)])

    def test_takes_each_lot_that_she_names(self, here: House, visit: Visit) -> None:
        gauze = here.item()
        one, other = here.lot(gauze, 3, days=90), here.lot(gauze, 3, days=200)
        here.fill(gauze, 6)

        say(here.nurse, used_of(visit, (1, one), (1, other), (1, other)))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({"L90": 2, "L200": 1}, [])

    @pytest.mark.parametrize("is_named_first", [True, False])
    def test_asks_about_an_expired_lot_also_beside_one_that_is_not_named(
        self, here: House, visit: Visit, is_named_first: bool
    ) -> None:
        """What she names is hers to name; the rest comes off what was good that day."""
        gauze = here.item()
        old = here.lot(gauze, 2, days=0)
        here.lot(gauze, 2, days=90)
        here.fill(gauze, 4)
        said: list[tuple[float, Lot | None]] = [(1, old), (2, None)]

        say(here.nurse, used_of(visit, *(said if is_named_first else reversed(said))))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({"L0": 1}, [("gauze", "expired_used", 1)])

    def test_counts_what_is_named_before_what_is_not(self, here: House, visit: Visit) -> None:
        gauze = here.item()
        soonest = here.lot(gauze, 2, days=90)
        here.lot(gauze, 2, days=200)
        here.fill(gauze, 4)

        say(here.nurse, used_of(visit, (1, None), (2, soonest)))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({"L200": 1}, [])

    def test_takes_no_other_in_place_of_a_lot_that_is_not_in_her_bag(self, here: House, visit: Visit) -> None:
        gauze = here.item()
        here.lot(gauze, 4)
        here.fill(gauze, 4)
        elsewhere = here.lot(gauze, 4, days=300)

        say(here.nurse, used_of(visit, (1, elsewhere), (1, None)))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({"L200": 3}, [("gauze", "not_in_bag", 1)])

    def test_takes_no_other_in_place_of_what_is_too_little_of_a_named_lot(
        self, here: House, visit: Visit
    ) -> None:
        gauze = here.item()
        few = here.lot(gauze, 1)
        here.lot(gauze, 4, days=300)
        here.fill(gauze, 5)

        say(here.nurse, used_of(visit, (3, few)))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({"L300": 4}, [("gauze", "not_in_bag", 2)])

    def test_of_equipment_takes_nothing_for_it_comes_back(self, here: House, visit: Visit) -> None:
        monitor = here.item("bp_monitor", name="血压计", kind="equipment", expires=False)
        here.lot(monitor, 1, days=None, number="")
        here.fill(monitor, 1)

        say(here.nurse, used(visit, code="bp_monitor", quantity=1))
        here.hear()

        assert (here.in_bag(), here.shortfalls()) == ({"": 1}, [])

    def test_of_something_unknown_is_a_question(self, here: House, visit: Visit) -> None:
        say(here.nurse, used(visit, code="something_else"))
        here.hear()

        assert here.shortfalls() == [("something_else", "unknown_item", 2)]

    def test_is_hers_who_says_it(self, here: House) -> None:
        gauze = here.item()
        other = here.town.nurse("赵敏")
        visit = here.town.visit(here.nurse, starts_at=at(13), ends_at=at(13.75))
        here.lot(gauze, 9)
        here.fill(gauze, 4)
        acting(here.keeper, NOON).do(
            commands.hand_out, station_id=here.id, staff_id=id_of(other), wanted={gauze.id: Decimal(4)}
        )

        say(other, used(visit))
        here.hear()

        assert here.in_bag() == {"L200": 4}


class TestSettleShortfall:
    def test_takes_words_and_happens_once(self, here: House, visit: Visit) -> None:
        say(here.nurse, used(visit, code="something_else"))
        here.hear()
        [one] = acting(here.keeper, NOON).ask(queries.shortfalls, Purpose.CONTRACT)

        def settle(words: str) -> None:
            acting(here.keeper, NOON).do(commands.settle_shortfall, shortfall_id=one.row.id, words=words)

        with pytest.raises(WhyMissing):
            settle(" ")
        settle("护士自己带的，已补登")

        assert here.shortfalls() == []
        with pytest.raises(NotFound):
            settle("再来一次")
