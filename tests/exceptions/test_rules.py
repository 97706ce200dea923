from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from anjia.exceptions.rules.closing import OUTCOMES, ClosingUnsound, check_closing
from anjia.exceptions.rules.forms import FORMS, Ask, FormUnsound, check_form, lines_of, sound_part
from anjia.exceptions.rules.steps import FLOWS, Role, choose_owner, clock_of, is_urgent
from anjia.visits.rules.exceptions import ExceptionKind
from tests.make import NOON

K = ExceptionKind
UNSAFE: dict[str, Any] = {
    "danger": "violence",
    "place": "away",
    "is_injured": "no",
    "resident_at_risk": "no",
    "words": "有人堵门",
}


class TestEachKind:
    @pytest.mark.parametrize("kind", list(ExceptionKind))
    def test_has_a_form_of_its_own_next_steps_and_ways_to_end(self, kind: ExceptionKind) -> None:
        flow = FLOWS[kind]

        assert [one.name for one in FORMS[kind] if one.is_required]
        assert flow.steps[-1].key == "close"
        assert len(flow.steps) >= 3
        assert len({one.key for one in flow.steps}) == len(flow.steps)
        assert flow.line[-1] is Role.LEAD
        assert len(flow.line) >= 2
        assert OUTCOMES[kind]

    def test_asks_what_no_other_asks(self) -> None:
        asked = {kind: frozenset(one.name for one in fields) for kind, fields in FORMS.items()}

        assert len(set(asked.values())) == len(ExceptionKind)

    @pytest.mark.parametrize("kind", list(ExceptionKind))
    def test_has_a_first_step_within_half_an_hour_and_sooner_when_urgent(self, kind: ExceptionKind) -> None:
        first = FLOWS[kind].steps[0]

        assert first.within(is_urgent=False) <= timedelta(minutes=30)
        assert first.within(is_urgent=True) <= first.within(is_urgent=False)


class TestForms:
    def test_at_the_desk_name_every_line_that_is_missing_or_wrong(self) -> None:
        with pytest.raises(FormUnsound) as refused:
            check_form(K.NO_SHOW, {"tried": ["shouted"], "waited_minutes": -1})

        assert set(refused.value.fields) == {"tried", "waited_minutes", "signs"}

    @pytest.mark.parametrize("value", [True, "10", 10.5, 10**9, None])
    def test_take_no_number_that_is_none(self, value: Any) -> None:
        with pytest.raises(FormUnsound):
            check_form(K.NO_SHOW, {"tried": ["knocked"], "signs": "none", "waited_minutes": value})

    def test_take_no_more_words_than_somebody_reads(self) -> None:
        with pytest.raises(FormUnsound):
            check_form(K.UNSAFE, UNSAFE | {"words": "长" * 1001})

    def test_keep_nothing_that_was_not_asked(self) -> None:
        assert check_form(K.UNSAFE, UNSAFE | {"diagnosis": "x"}) == UNSAFE

    def test_from_the_field_are_taken_as_far_as_they_can_be_read(self) -> None:
        assert sound_part(K.NO_SHOW, {"tried": ["knocked"], "signs": 7}) == {"tried": ["knocked"]}

    def test_say_what_was_not_filled_in(self) -> None:
        assert ("屋里有没有动静", "没有填") in lines_of(K.NO_SHOW, {"tried": ["knocked"]})

    def test_that_offer_choices_are_answered_with_one_of_them(self) -> None:
        offering = [one for fields in FORMS.values() for one in fields if one.ask in {Ask.CHOICE, Ask.MANY}]

        assert all(one.choices for one in offering)
        assert all(one.wrong(["nothing of ours"]) for one in offering)


class TestUrgent:
    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            (K.NO_SHOW, {"signs": "sounds"}),
            (K.UNSAFE, {"place": "inside"}),
            (K.UNSAFE, {"is_injured": "yes"}),
            (K.UNSAFE, {"resident_at_risk": "yes"}),
            (K.WORSENING, {"signs": ["fever", "breathing"]}),
            (K.WORSENING, {"signs": ["red_reading"]}),
            (K.WORSENING, {"signs": ["other"], "with_her": "nobody"}),
        ],
    )
    def test_is_where_minutes_count(self, kind: ExceptionKind, said: dict[str, Any]) -> None:
        assert is_urgent(kind, said)

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            (K.NO_SHOW, {"signs": "seen_leaving"}),
            (K.UNSAFE, UNSAFE),
            (K.WORSENING, {"signs": ["wound"], "with_her": "family"}),
            (K.LATE, {}),
        ],
    )
    def test_is_not_where_they_do_not(self, kind: ExceptionKind, said: dict[str, Any]) -> None:
        assert not is_urgent(kind, said)


class TestOwner:
    anna, berta, lead = UUID(int=1), UUID(int=2), UUID(int=3)

    def holders(self) -> dict[Role, dict[UUID, str]]:
        return {
            Role.DISPATCH: {self.anna: "安", self.berta: "贝", self.lead: "罗"},
            Role.DESK: {},
            Role.LEAD: {self.lead: "罗"},
        }

    def choose(
        self, *, place: int = 0, but: tuple[UUID, ...] = (), **open_of: int
    ) -> tuple[UUID | None, int]:
        counts = {getattr(self, name): number for name, number in open_of.items()}
        line = (Role.DISPATCH, Role.DESK, Role.LEAD)
        return choose_owner(line, self.holders(), place=place, open_of=counts, but=but)

    def test_is_who_has_the_fewest_open_and_not_who_leads(self) -> None:
        assert self.choose(anna=1) == (self.berta, 0)
        assert self.choose() == (self.anna, 0)

    def test_of_the_next_place_passes_over_a_place_that_nobody_holds(self) -> None:
        assert self.choose(place=1) == (self.lead, 2)

    def test_is_nobody_where_no_account_may(self) -> None:
        assert choose_owner((Role.DOCTOR, Role.LEAD), {}, place=0, open_of={}) == (None, 1)


class TestClock:
    def test_goes_on_when_it_is_due_but_for_the_last_in_line(self) -> None:
        flow = FLOWS[K.LATE]

        first = clock_of(flow, flow.steps[0], now=NOON, is_urgent=False, place=0)
        last = clock_of(flow, flow.steps[0], now=NOON, is_urgent=False, place=len(flow.line) - 1)

        assert first.due_at == first.goes_on_at == NOON + timedelta(minutes=5)
        assert (last.due_at, last.goes_on_at) == (first.due_at, None)


class TestClosing:
    def check(self, **says: Any) -> None:
        sound = {"outcome": "cancelled", "done": "打过电话", "told": ["family"], "follow_up": "they_call"}
        check_closing(K.NO_SHOW, **{**sound, "has_visit": False, **says})

    def test_says_what_became_of_it_who_was_told_and_whether_somebody_comes_again(self) -> None:
        self.check()

    @pytest.mark.parametrize(
        ("says", "field"),
        [
            ({"outcome": ""}, "outcome"),
            ({"outcome": "by_doctor"}, "outcome"),
            ({"done": "  "}, "done"),
            ({"done": "长" * 1001}, "done"),
            ({"told": []}, "told"),
            ({"told": ["nobody", "family"]}, "told"),
            ({"told": ["neighbour"]}, "told"),
            ({"follow_up": ""}, "follow_up"),
            ({"follow_up": "booked"}, "follow_up_visit"),
            ({"has_visit": True}, "follow_up_visit"),
        ],
    )
    def test_is_refused_line_by_line(self, says: dict[str, Any], field: str) -> None:
        with pytest.raises(ClosingUnsound) as refused:
            self.check(**says)

        assert set(refused.value.fields) == {field}
