from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anjia.supplies.rules.kit import Needed, findings
from anjia.supplies.rules.stock import Held, LotState, first_expired_first, state_of
from anjia.supplies.rules.waste import WasteMove, WasteState, kept_until, state_after, waiting

DAY = date(2026, 3, 2)
MASK, SUGAR = uuid4(), uuid4()
PACKED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten in the morning


def held(quantity: int, *, days: int | None, item: UUID = MASK) -> Held:
    expires_on = None if days is None else DAY + timedelta(days=days)
    return Held(lot_id=uuid4(), item_id=item, expires_on=expires_on, quantity=Decimal(quantity))


class TestStateOf:
    @pytest.mark.parametrize(
        ("days", "state"),
        [(-1, LotState.EXPIRED), (0, LotState.SOON), (30, LotState.SOON), (31, LotState.GOOD), (None, LotState.GOOD)],
    )  # fmt: skip
    def test_is_good_to_the_end_of_its_day_and_warns_thirty_days_ahead(
        self, days: int | None, state: LotState
    ) -> None:
        assert state_of(None if days is None else DAY + timedelta(days=days), DAY) == state


class TestFirstExpiredFirst:
    def test_takes_what_expires_first_and_nothing_that_has_expired(self) -> None:
        old, soon, late, never = (held(3, days=days) for days in (-1, 5, 90, None))

        taken, lacking = first_expired_first([never, late, old, soon], Decimal(7), on=DAY)

        assert [(one, int(some)) for one, some in taken] == [
            (soon.lot_id, 3),
            (late.lot_id, 3),
            (never.lot_id, 1),
        ]
        assert lacking == 0

    def test_says_how_much_there_is_too_little(self) -> None:
        assert first_expired_first([held(3, days=-1), held(2, days=9)], Decimal(5), on=DAY)[1] == 3

    def test_takes_the_lot_that_she_had_in_her_hand_even_an_old_one(self) -> None:
        old, soon = held(1, days=-1), held(3, days=5)

        taken, _lacking = first_expired_first([soon, old], Decimal(2), on=DAY, first=old.lot_id)

        assert [(one, int(some)) for one, some in taken] == [(old.lot_id, 1), (soon.lot_id, 1)]

    @given(
        st.lists(st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(-9, 99)))), st.integers(0, 60)
    )
    def test_never_takes_more_than_there_is_nor_than_is_wanted(
        self, lots: list[tuple[int, int | None]], wanted: int
    ) -> None:
        there = [held(quantity, days=days) for quantity, days in lots]

        taken, lacking = first_expired_first(there, Decimal(wanted), on=DAY)

        quantity = {one.lot_id: one.quantity for one in there}
        assert all(0 < some <= quantity[lot_id] for lot_id, some in taken)
        assert sum(some for _lot, some in taken) + lacking == wanted


class TestFindings:
    NEEDED = (
        Needed(item_id=MASK, name="面罩", unit="个", quantity=Decimal(1)),
        Needed(item_id=SUGAR, name="口服葡萄糖", unit="支", quantity=Decimal(2)),
    )

    def test_are_none_where_all_is_there(self) -> None:
        assert findings(self.NEEDED, [held(1, days=3), held(2, days=0, item=SUGAR)], today=DAY) == []

    def test_say_what_is_missing_and_what_to_do(self) -> None:
        [one] = findings(self.NEEDED, [held(1, days=3), held(1, days=9, item=SUGAR)], today=DAY)

        assert (one.item_id, one.what) == (SUGAR, "missing")
        assert "口服葡萄糖少 1 支" in one.words
        assert "领了再出门" in one.words

    def test_say_that_one_has_expired_and_that_it_does_not_count(self) -> None:
        found = findings(self.NEEDED[:1], [held(1, days=-1)], today=DAY)

        assert [one.what for one in found] == ["expired", "missing"]
        assert "2026-03-01" in found[0].words


class TestWaste:
    @pytest.mark.parametrize(
        ("moves", "state"),
        [
            ([], WasteState.CARRIED),
            ([WasteMove.HANDED_OVER], WasteState.HALF),
            ([WasteMove.TAKEN_IN], WasteState.HALF),
            ([WasteMove.HANDED_OVER, WasteMove.TAKEN_IN], WasteState.STORED),
            ([WasteMove.HANDED_OVER, WasteMove.TAKEN_IN, WasteMove.TAKEN_AWAY], WasteState.GONE),
        ],
    )
    def test_is_handed_over_when_both_have_said_so(self, moves: list[WasteMove], state: WasteState) -> None:
        assert state_after(frozenset(moves)) == state

    @pytest.mark.parametrize(
        ("hours", "state", "tone"),
        [
            (3, WasteState.CARRIED, None),
            (15, WasteState.CARRIED, "warn"),  # one in the morning: not on its own day
            (15, WasteState.STORED, None),
            (35, WasteState.STORED, None),
            (36, WasteState.STORED, "warn"),
            (48, WasteState.STORED, "warn"),
            (49, WasteState.STORED, "bad"),
            (99, WasteState.GONE, None),
        ],
    )
    def test_warns_before_two_days_and_says_when_they_are_over(
        self, hours: int, state: WasteState, tone: str | None
    ) -> None:
        """医疗废物管理条例 17: stored no longer than two days."""
        found = waiting(state, closed_at=PACKED, now=PACKED + timedelta(hours=hours))

        assert (found.tone if found else None) == tone

    @pytest.mark.parametrize(
        ("closed", "until"),
        [(date(2026, 3, 2), date(2029, 3, 2)), (date(2028, 2, 29), date(2031, 3, 1))],
    )
    def test_register_is_kept_three_years(self, closed: date, until: date) -> None:
        """医疗废物管理条例 12: at least three years."""
        assert kept_until(closed) == until
