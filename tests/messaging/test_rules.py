from datetime import UTC, date, datetime, time

import pytest

from anjia.kernel.calendar import at
from anjia.messaging.rules import (
    MOVES,
    REVEALING,
    TEMPLATES,
    USUAL_QUIET,
    Channel,
    Quiet,
    State,
    TemplateIncomplete,
    call_day,
    check_values,
    due_at,
    filled,
    is_quiet,
    next_way,
    reveals,
    wait_after,
    when_words,
)

DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)


class TestTemplates:
    def test_name_no_diagnosis_and_no_service_that_gives_one_away(self) -> None:
        assert len(REVEALING) > 50
        for template in TEMPLATES.values():
            texts = [part for text in template.texts.values() for part in (text.title, text.words, text.call)]
            for part in [*texts, *template.wechat.values()]:
                assert not reveals(part), f"{template.code}: {part}"

    def test_ask_for_no_value_that_could_hold_one(self) -> None:
        asked = set().union(*(template.asked for template in TEMPLATES.values()))

        assert asked <= {
            "when", "moment", "clock", "word", "who", "resident", "institution", "phone", "preparation", "area",
            "deadline", "days", "end", "until", "count", "next", "left", "about",
            "again", "minutes", "taker", "month",
        }  # fmt: skip

    def test_are_in_both_languages_and_say_so_when_a_value_is_missing(self) -> None:
        for template in TEMPLATES.values():
            assert set(template.texts) == {"zh", "en"}
            check_values(template, dict.fromkeys(template.asked, "x"))
            with pytest.raises(TemplateIncomplete):
                check_values(template, {})
            with pytest.raises(TemplateIncomplete):
                filled("{nothing}", {})

    @pytest.mark.parametrize("text", ["PICC 维护", "糖尿病足换药", "picc", "Stoma care", "请准备好胰岛素笔"])
    def test_would_be_found_out(self, text: str) -> None:
        assert reveals(text)
        assert not reveals("请空腹，早上不吃早饭")


class TestQuietHours:
    @pytest.mark.parametrize(
        ("clock", "quiet"),
        [
            (time(20, 59, 59), False),
            (time(21, 0), True),
            (time(23, 59, 59), True),
            (time(0, 0), True),
            (time(6, 59, 59), True),
            (time(7, 0), False),
        ],
    )
    def test_begin_at_nine_in_the_evening_and_end_at_seven(self, clock: time, quiet: bool) -> None:
        assert is_quiet(at(DAY, clock), USUAL_QUIET) is quiet

    def test_wait_for_the_next_morning_before_midnight_and_for_this_one_after(self) -> None:
        assert due_at(at(DAY, time(21, 0)), USUAL_QUIET, urgent=False) == at(NEXT, time(7))
        assert due_at(at(DAY, time(23, 59, 59)), USUAL_QUIET, urgent=False) == at(NEXT, time(7))
        assert due_at(at(NEXT, time(0, 0)), USUAL_QUIET, urgent=False) == at(NEXT, time(7))
        assert due_at(at(NEXT, time(6, 59)), USUAL_QUIET, urgent=False) == at(NEXT, time(7))

    def test_let_through_what_is_urgent_and_what_comes_in_the_day(self) -> None:
        night, noon = at(DAY, time(2)), at(DAY, time(12))

        assert due_at(night, USUAL_QUIET, urgent=True) == night
        assert due_at(noon, USUAL_QUIET, urgent=False) == noon

    def test_can_be_her_own_and_need_not_cross_midnight(self) -> None:
        hers = Quiet(begins=time(12, 30), ends=time(14, 30))

        assert due_at(at(DAY, time(13)), hers, urgent=False) == at(DAY, time(14, 30))
        assert due_at(at(DAY, time(22)), hers, urgent=False) == at(DAY, time(22))

    def test_are_read_off_the_clock_in_shanghai(self) -> None:
        assert is_quiet(datetime(2026, 11, 23, 13, 0, tzinfo=UTC), USUAL_QUIET)  # 21:00 there
        assert not is_quiet(datetime(2026, 11, 23, 12, 59, tzinfo=UTC), USUAL_QUIET)


class TestCallDay:
    def test_is_tomorrow(self) -> None:
        assert call_day(at(DAY, time(15)), needed_by=None) == NEXT
        assert call_day(at(DAY, time(15)), needed_by=at(NEXT, time(14))) == NEXT

    def test_is_today_when_tomorrow_would_be_too_late(self) -> None:
        assert call_day(at(DAY, time(15)), needed_by=at(NEXT, time(8))) == DAY
        assert call_day(at(DAY, time(15)), needed_by=at(DAY, time(17))) == DAY

    def test_turns_at_midnight_in_shanghai(self) -> None:
        assert call_day(datetime(2026, 11, 23, 15, 59, tzinfo=UTC), needed_by=None) == NEXT
        assert call_day(datetime(2026, 11, 23, 16, 0, tzinfo=UTC), needed_by=None) == date(2026, 11, 25)


class TestNextWay:
    def test_follows_her_order_and_ends_with_the_telephone(self) -> None:
        able = ["wechat", "sms", "phone"]

        assert next_way(["sms", "wechat"], [], able) is Channel.SMS
        assert next_way(["sms", "wechat"], ["sms"], able) is Channel.WECHAT
        assert next_way(["sms", "wechat"], ["sms", "wechat"], able) is Channel.PHONE
        assert next_way(["sms", "wechat"], ["sms", "wechat", "phone"], able) is None

    def test_passes_over_what_cannot_be_used(self) -> None:
        assert next_way(["wechat", "sms"], [], ["sms", "phone"]) is Channel.SMS
        assert next_way([], [], ["phone"]) is Channel.PHONE
        assert next_way(["wechat"], [], []) is None


def test_a_way_is_tried_four_times_and_then_left() -> None:
    waits = [wait_after(tries) for tries in (1, 2, 3, 4)]

    assert waits[-1] is None
    assert all(wait is not None for wait in waits[:-1])


def test_what_was_delivered_stays_delivered() -> None:
    assert MOVES[State.DELIVERED] == frozenset()
    assert set(MOVES) == set(State)


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (time(0, 5), "11月23日 周一 凌晨 0:05"),
        (time(9, 0), "11月23日 周一 上午 9:00"),
        (time(12, 0), "11月23日 周一 中午 12:00"),
        (time(14, 30), "11月23日 周一 下午 2:30"),
        (time(19, 0), "11月23日 周一 晚上 7:00"),
    ],
)
def test_times_are_said_as_people_say_them(clock: time, said: str) -> None:
    assert when_words(at(DAY, clock), "zh") == said
    assert when_words(at(DAY, clock), "en") == f"Mon 23 Nov {clock:%H:%M}"
