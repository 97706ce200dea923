"""One of a series, the following ones, all of them; pausing and ending."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from anjia.dispatch import checking
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turns
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message, Notification
from anjia.series.commands import (
    begin_series,
    change_series,
    end_series,
    pause_series,
    plan_ahead,
    resume_series,
    skip_occurrence,
)
from anjia.series.queries import foresee_change
from anjia.series.rules.pattern import BadPattern
from anjia.series.rules.planning import BadPause, NothingToChange, SeriesOver
from anjia.series.shapes import ChangeForeseen, SeriesLine
from anjia.visits.commands import mark_missed
from anjia.visits.models import Visit
from anjia.visits.rules.lifecycle import Status
from tests.make import NOON
from tests.series import make
from tests.series.make import TOMORROW, later
from tests.visits import make as visits
from tests.visits.make import at, fact, say
from tests.workforce.make import actions

pytestmark = pytest.mark.usefixtures("database")
WEEK = timedelta(days=7)
TUESDAYS = [TOMORROW + WEEK * week for week in range(4)]
WEDNESDAYS = [day + timedelta(days=1) for day in TUESDAYS]


@pytest.fixture
def town() -> visits.Town:
    return visits.town()


@pytest.fixture
def found(town: visits.Town) -> SeriesLine:
    return make.series(town, town.resident(), make.nurse(town))


def change(town: visits.Town, found: SeriesLine, **says: Any) -> SeriesLine:
    sound: dict[str, Any] = {"scope": "all", "repeat": {"weekdays": [2]}}
    return acting(town.desk, NOON).do(change_series, series_id=found.id, **sound | says)


def statuses(town: visits.Town, *visit_ids: UUID | None) -> list[str]:
    return [make.visit_of(town, one).status for one in visit_ids]


def told(town: visits.Town, *codes: str) -> list[str]:
    """Return which messages the household has been told since, of these templates."""

    return sorted(one.template for one in messages(town, *codes))


def messages(town: visits.Town, *codes: str) -> list[Message]:
    def look(_: Actor) -> list[Message]:
        return list(Message.objects.filter(organization_id=town.organization_id, template__in=codes))

    return acting(town.system, NOON).ask(look)


def waiting(town: visits.Town, code: str) -> int:
    """Return how many messages of this template are still to go out."""

    def look(_: Actor) -> int:
        ours = Notification.objects.filter(organization_id=town.organization_id)
        return ours.filter(message__template=code, state="queued").count()

    return acting(town.system, NOON).ask(look)


class TestOne:
    def test_is_called_off_alone_and_not_made_again(self, town: visits.Town, found: SeriesLine) -> None:
        second = found.occurrences[1]

        acting(town.desk, NOON).do(skip_occurrence, occurrence_id=second.id)
        acting(town.system, later(1)).do(plan_ahead, series_id=found.id)

        now = make.seen(town, found.id)
        assert make.days(now) == [TUESDAYS[0], *TUESDAYS[2:]]
        assert statuses(town, *(one.visit_id for one in found.occurrences)) == [
            "booked",
            "cancelled",
            "booked",
            "booked",
        ]

    def test_of_a_course_is_made_up_for_at_its_end(self, town: visits.Town) -> None:
        course = make.series(town, town.resident(), make.nurse(town), unit="days", every=2, count=3)

        acting(town.desk, NOON).do(skip_occurrence, occurrence_id=course.occurrences[0].id)

        assert make.days(make.seen(town, course.id)) == [date(2026, 3, day) for day in (5, 7, 9)]

    def test_cannot_be_called_off_when_it_has_begun(self, town: visits.Town) -> None:
        li = make.nurse(town)
        found = make.series(town, town.resident(), li)
        first = make.visit_on(town, found, TOMORROW)
        say(li, fact(first, "departed", at=at(9.5)))

        with pytest.raises(NothingToChange):
            acting(town.desk, at(9.75)).do(skip_occurrence, occurrence_id=found.occurrences[0].id)


class TestFollowing:
    def test_goes_on_otherwise_from_that_day_and_leaves_what_is_before_alone(
        self, town: visits.Town, found: SeriesLine
    ) -> None:
        goes_on = change(town, found, scope="following", from_day=TUESDAYS[2], clock=time(14))

        assert (goes_on.id != found.id, goes_on.continues_id) == (True, found.id)
        assert make.days(make.seen(town, found.id)) == TUESDAYS[:2]
        assert make.days(goes_on) == WEDNESDAYS[2:]
        assert {make.visit_of(town, one.visit_id).starts_at.hour for one in goes_on.occurrences} == {6}
        acting(town.system, later(21)).do(plan_ahead, series_id=found.id)
        acting(town.system, later(21)).do(plan_ahead, series_id=goes_on.id)
        assert make.days(make.seen(town, found.id)) == TUESDAYS[:2]
        assert len(make.days(make.seen(town, goes_on.id))) == 5

    @pytest.mark.parametrize("far", [date(2206, 3, 24), date.max])
    def test_is_not_taken_for_a_day_that_nobody_means(
        self, town: visits.Town, found: SeriesLine, far: date
    ) -> None:
        with pytest.raises(BadPattern):
            change(town, found, scope="following", from_day=far)

    def test_leaves_no_day_of_the_old_between_the_two(self, town: visits.Town) -> None:
        daily = make.series(town, town.resident(), make.nurse(town), unit="days", every=1)

        goes_on = change(
            town, daily, scope="following", from_day=date(2026, 3, 5), repeat={"unit": "days", "every": 3}
        )
        acting(town.system, later(1)).do(plan_ahead, series_id=daily.id)

        assert make.days(make.seen(town, daily.id)) == [date(2026, 3, 3), date(2026, 3, 4)]
        assert make.days(goes_on)[:2] == [date(2026, 3, 7), date(2026, 3, 10)]

    def test_of_a_course_has_what_is_left_of_it(self, town: visits.Town) -> None:
        course = make.series(town, town.resident(), make.nurse(town), count=4)

        goes_on = change(
            town, course, scope="following", from_day=TUESDAYS[1], repeat={"weekdays": [2], "count": 4}
        )

        assert make.days(make.seen(town, course.id)) == TUESDAYS[:1]
        assert make.days(goes_on) == WEDNESDAYS[1:]
        assert goes_on.count == 4  # in all

    def test_of_a_course_makes_up_for_what_was_called_off_or_missed_before(self, town: visits.Town) -> None:
        course = make.series(town, town.resident(), make.nurse(town), unit="days", every=1, count=6)
        first, second, third = course.occurrences[:3]
        assert first.visit_id
        daily = {"unit": "days", "every": 1, "count": 6}
        goes_on = change(town, course, scope="following", from_day=date(2026, 3, 6), repeat=daily)

        acting(town.system, at(23)).do(mark_missed, visit_id=first.visit_id)
        acting(town.desk, at(23)).do(skip_occurrence, occurrence_id=second.id)
        acting(town.system, later(2)).do(plan_ahead, series_id=goes_on.id)

        assert make.days(make.seen(town, goes_on.id)) == [date(2026, 3, day) for day in range(6, 11)]
        assert statuses(town, third.visit_id) == ["booked"]  # and with it there are six

    def test_of_a_course_is_not_over_while_it_may_still_turn_out_that_nobody_came_to_its_last(
        self, town: visits.Town
    ) -> None:
        """Of a visit in the evening that is said after midnight."""
        li = make.nurse(town)
        course = make.series(town, town.resident(), li, unit="days", every=1, count=2)
        first, last = course.occurrences
        assert last.visit_id
        done = make.visit_of(town, first.visit_id)
        say(li, fact(done, "done", at=at(10.5), record={"site": "右臂"}))
        evening = {"starts_at": at(22, day=2), "ends_at": at(22.5, day=2)}
        town.look(lambda _: Visit.objects.filter(id=last.visit_id).update(**evening))

        for day in (3, 4):  # by the clock, every night
            acting(town.system, at(0.5, day=day)).do(plan_ahead, series_id=course.id)
            if day == 3:
                acting(town.system, at(3, day=3)).do(mark_missed, visit_id=last.visit_id)

        now = make.seen(town, course.id, now=at(1, day=4))
        assert make.days(now) == [date(2026, 3, day) for day in (3, 4, 7)]
        assert now.ended_at is None


class TestChangedBefore:
    """Somebody has changed the following ones; another has the page from before open."""

    @pytest.mark.parametrize(
        ("scope", "from_day"), [("following", TUESDAYS[2]), ("following", TUESDAYS[1]), ("all", None)]
    )
    def test_goes_on_once(
        self, town: visits.Town, found: SeriesLine, scope: str, from_day: date | None
    ) -> None:
        goes_on = change(town, found, scope="following", from_day=TUESDAYS[2])
        days = make.days(make.seen(town, found.id)), make.days(goes_on)
        says: dict[str, Any] = {"scope": scope, "from_day": from_day, "repeat": {"weekdays": [3]}}

        with pytest.raises(BadPattern) as refusal:
            change(town, found, **says)
        with pytest.raises(BadPattern):
            acting(town.desk, NOON).ask(
                foresee_change, Purpose.CONTRACT, series_id=found.id, now=NOON, **says
            )

        assert list(refusal.value.fields) == ["until"]
        assert (make.days(make.seen(town, found.id)), make.days(make.seen(town, goes_on.id))) == days

    def test_may_come_otherwise_until_then(self, town: visits.Town, found: SeriesLine) -> None:
        change(town, found, scope="following", from_day=TUESDAYS[2])

        until = TUESDAYS[2] - timedelta(days=1)
        now = change(town, found, scope="all", repeat={"weekdays": [3], "until": until})

        assert make.days(now) == [TOMORROW + timedelta(days=2), TOMORROW + timedelta(days=9)]


class TestAll:
    def test_that_are_to_come_are_otherwise_and_what_was_done_stays(self, town: visits.Town) -> None:
        li = make.nurse(town)
        found = make.series(town, town.resident(), li)
        first = make.visit_on(town, found, TOMORROW)
        say(li, fact(first, "done", at=at(10.5), record={"site": "右臂"}))
        make.hear(town, now=at(11))

        now = acting(town.desk, at(12)).do(
            change_series, series_id=found.id, scope="all", repeat={"weekdays": [2]}
        )

        assert now.id == found.id
        assert make.days(now) == [TUESDAYS[0], *WEDNESDAYS]
        assert statuses(town, first.id) == ["done"]

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ({"unit": "days", "every": 3}, {"unit": "days", "every": 3}, (6, 9)),
            ({"unit": "weeks", "every": 2}, {"every": 2, "weekdays": [1]}, (17,)),
            ({"unit": "days", "every": 1}, {"unit": "days", "every": 3}, (6, 9)),
            ({"unit": "days", "every": 1}, {"weekdays": [2, 5], "gap_days": 3}, (7, 11)),
        ],
    )
    def test_keep_their_rhythm_or_their_distance_from_the_last(
        self, town: visits.Town, before: dict[str, Any], after: dict[str, Any], expected: tuple[int, ...]
    ) -> None:
        found = make.series(town, town.resident(), make.nurse(town), **before)

        # At noon on the day of the first.
        now = acting(town.desk, at(12)).do(
            change_series, series_id=found.id, scope="all", repeat=after, clock=time(14)
        )

        assert make.days(now)[: len(expected) + 1] == [TOMORROW, *(date(2026, 3, day) for day in expected)]

    def test_keep_a_day_that_was_skipped_skipped(self, town: visits.Town, found: SeriesLine) -> None:
        acting(town.desk, NOON).do(skip_occurrence, occurrence_id=found.occurrences[2].id)

        later_in_the_day = change(town, found, repeat={"weekdays": [1]}, clock=time(15))

        assert make.days(later_in_the_day) == [TUESDAYS[0], TUESDAYS[1], TUESDAYS[3]]

    def test_leave_the_one_that_a_person_can_no_longer_call_off(self, town: visits.Town) -> None:
        hers = town.resident()
        she = town.person(hers)
        found = make.series(town, hers, make.nurse(town), by=she)

        # At seven in the morning, three hours before the first: too late for her.
        acting(she, at(7)).do(end_series, series_id=found.id)

        assert statuses(town, *(one.visit_id for one in found.occurrences)) == ["booked"] + ["cancelled"] * 3


class TestTurns:
    """All that an edit takes back and books waits once: nobody waits for more with rows of others held."""

    @pytest.mark.parametrize("edit", ["all", "following", "skip", "pause"])
    def test_are_taken_once(self, town: visits.Town, monkeypatch: pytest.MonkeyPatch, edit: str) -> None:
        li = make.nurse(town)
        make.nurse(town, "王晓燕")
        course = make.series(town, town.resident(), li, unit="days", every=2, count=6)
        taken: list[set[str]] = []

        def note(*kinds: Iterable[str]) -> None:
            asked = [list(keys) for keys in kinds]
            taken.append({key for keys in asked for key in keys if not key.startswith("visit/")})
            wait_turns(*asked)

        monkeypatch.setattr(checking, "wait_turns", note)
        unit = acting(town.desk, NOON)
        repeat = {"unit": "days", "every": 3, "count": 6}
        if edit == "skip":
            unit.do(skip_occurrence, occurrence_id=course.occurrences[0].id)
        elif edit == "pause":
            unit.do(pause_series, series_id=course.id, until=date(2026, 3, 8))
        else:
            unit.do(change_series, series_id=course.id, scope=edit, from_day=date(2026, 3, 5), repeat=repeat)

        assert len(taken) > 2
        assert set().union(*taken) == taken[0]

    def test_let_a_changed_hour_take_the_time_that_the_old_one_took(self, town: visits.Town) -> None:
        found = make.series(town, town.resident(), make.nurse(town))

        now = change(town, found, repeat={"weekdays": [1]}, clock=time(10, 30))

        assert [one.starts_at for one in now.occurrences if one.state == "placed"] == [
            at(10.5, day=1 + 7 * week) for week in range(4)
        ]


class TestPause:
    def test_calls_off_what_lies_in_it_and_goes_on_by_itself(
        self, town: visits.Town, found: SeriesLine
    ) -> None:
        until = TUESDAYS[2]

        now = acting(town.desk, NOON).do(pause_series, series_id=found.id, until=until)

        assert make.days(now) == TUESDAYS[2:]
        assert "4 小时" in now.rule
        acting(town.system, later(8)).do(plan_ahead, series_id=found.id)
        make.hear(town, now=later(8))
        assert told(town, "series_goes_on") == []  # a week before is too soon
        for day in (13, 14, 15, 16):
            acting(town.system, later(day)).do(plan_ahead, series_id=found.id)
        make.hear(town, now=later(16))
        assert told(town, "series_goes_on") == ["series_goes_on"]
        after = make.seen(town, found.id)
        assert (after.paused_until, len(make.days(after))) == (None, 5)

    def test_set_by_two_to_the_same_day_is_told_once(self, town: visits.Town, found: SeriesLine) -> None:
        for one in (town.desk, town.colleague()):
            acting(one, NOON).do(pause_series, series_id=found.id, until=TUESDAYS[2])
        make.hear(town, now=NOON)

        assert told(town, "series_paused") == ["series_paused"]
        assert actions(town.desk).count("series.series.paused") == 1

    def test_can_be_over_sooner(self, town: visits.Town, found: SeriesLine) -> None:
        acting(town.desk, NOON).do(pause_series, series_id=found.id, until=TUESDAYS[3])

        now = acting(town.desk, later(6)).do(resume_series, series_id=found.id)

        assert make.days(now)[:3] == TUESDAYS[1:]

    @pytest.mark.parametrize("days", [0, -1, 400])
    def test_is_over_tomorrow_at_the_soonest_and_in_a_year_at_the_latest(
        self, town: visits.Town, found: SeriesLine, days: int
    ) -> None:
        with pytest.raises(BadPause):
            acting(town.desk, NOON).do(pause_series, series_id=found.id, until=later(days).date())


class TestHolidays:
    @pytest.mark.parametrize(
        ("holidays", "expected"),
        [  # State Council's notice for 2026: 4 to 6 April off for Qingming, none worked in exchange.
            ("keep", date(2026, 4, 6)),
            ("move", date(2026, 4, 7)),
            ("skip", None),
        ],
    )
    def test_are_kept_moved_or_left_out(
        self, town: visits.Town, holidays: str, expected: date | None
    ) -> None:
        li = make.nurse(town)
        hold_id = make.hold(town, town.resident(), li, starts_at=at(10, day=7))  # Monday the 9th
        found = acting(town.desk, NOON).do(begin_series, hold_id=hold_id, repeat={"holidays": holidays})

        acting(town.system, later(14)).do(plan_ahead, series_id=found.id)

        rows = [row for row in make.every_row(town, found.id) if row.on == date(2026, 4, 6)]
        assert [(row.state, row.day) for row in rows] == [
            ("placed", expected) if expected else ("holiday", date(2026, 4, 6))
        ]


class TestWhoMay:
    def test_is_no_stranger(self, town: visits.Town, found: SeriesLine) -> None:
        neighbour = town.person(town.resident("李大爷"))
        commands: list[tuple[Any, dict[str, Any]]] = [
            (skip_occurrence, {"occurrence_id": found.occurrences[0].id}),
            (end_series, {"series_id": found.id}),
            (resume_series, {"series_id": found.id}),
            (pause_series, {"series_id": found.id, "until": TUESDAYS[3]}),
            (change_series, {"series_id": found.id, "scope": "all", "repeat": {}}),
        ]
        for command, says in commands:
            for stranger in (neighbour, visits.town().desk):
                with pytest.raises(NotFound):
                    acting(stranger, NOON).do(command, **says)
            with pytest.raises(NotAllowed):
                acting(make.nurse(town, "王晓燕"), NOON).do(command, **says)

    def test_changes_nothing_that_has_ended(self, town: visits.Town, found: SeriesLine) -> None:
        acting(town.desk, NOON).do(end_series, series_id=found.id)

        with pytest.raises(SeriesOver):
            acting(town.desk, NOON).do(pause_series, series_id=found.id, until=TUESDAYS[3])
        assert statuses(town, *(one.visit_id for one in found.occurrences)) == [Status.CANCELLED] * 4


class TestTelling:
    def test_tells_the_household_once_of_each_thing_and_the_nurse_once_of_the_offers(
        self, town: visits.Town, found: SeriesLine
    ) -> None:
        visit_words = ("visit_promised", "visit_cancelled", "work_offered")
        make.hear(town)
        assert told(town, "series_begun", "series_offered", *visit_words) == [
            "series_begun",
            "series_offered",
        ]

        acting(town.desk, NOON).do(pause_series, series_id=found.id, until=TUESDAYS[2])
        make.hear(town)
        assert told(town, "series_paused", *visit_words) == ["series_paused"]

        acting(town.desk, NOON).do(end_series, series_id=found.id)
        make.hear(town)
        assert told(town, "series_ended", *visit_words) == ["series_ended"]

    @pytest.mark.parametrize(("template", "ends"), [("series_ended", True), ("series_paused", False)])
    def test_names_the_visit_that_is_too_near_to_be_called_off(
        self, town: visits.Town, template: str, ends: bool
    ) -> None:
        hers = town.resident()
        she = town.person(hers)
        found = make.series(town, hers, make.nurse(town), by=she)

        unit = acting(she, at(7))  # three hours before the first
        if ends:
            unit.do(end_series, series_id=found.id)
        else:
            unit.do(pause_series, series_id=found.id, until=TUESDAYS[3])
        make.hear(town, now=at(7))

        [said] = messages(town, template)
        assert "3月3日 周二 上午 10:00" in said.words
        assert "其余的都取消" in said.words

    @pytest.mark.parametrize("template", ["series_ended", "series_paused"])
    def test_names_no_visit_where_all_are_called_off(
        self, town: visits.Town, found: SeriesLine, template: str
    ) -> None:
        unit = acting(town.desk, NOON)
        if template == "series_ended":
            unit.do(end_series, series_id=found.id)
        else:
            unit.do(pause_series, series_id=found.id, until=TUESDAYS[3])
        make.hear(town)

        [said] = messages(town, template)
        assert "都取消了" in said.words
        assert "周二 上午 10:00" not in said.words

    def test_says_that_the_next_has_no_time_where_none_has(self, town: visits.Town) -> None:
        found = make.series(town, town.resident(), town.nurse())  # on duty until Thursday only

        change(town, found, repeat={"weekdays": [4]})
        make.hear(town)

        [said] = messages(town, "series_changed")
        assert "下一次的时间还没排上" in said.words
        assert "3月2日" not in said.words  # the moment of the edit

    def test_lets_the_nurse_hear_of_offers_in_the_morning_though_the_first_is_called_off_at_night(
        self, town: visits.Town
    ) -> None:
        li, night = make.nurse(town), at(21.5, day=0)
        hold_id = make.hold(town, town.resident(), li, now=night, starts_at=at(10, day=4))
        unit = acting(town.desk, night)
        found = unit.do(begin_series, hold_id=hold_id, repeat={})
        make.hear(town, now=night)
        assert waiting(town, "series_offered") == 1

        acting(town.desk, night).do(skip_occurrence, occurrence_id=found.occurrences[0].id)
        make.hear(town, now=night)
        assert waiting(town, "series_offered") == 1

        acting(town.desk, night).do(end_series, series_id=found.id)
        make.hear(town, now=night)
        assert waiting(town, "series_offered") == 0


class TestForeseen:
    """What a change would do is said before it is done, and is what it does."""

    @pytest.fixture
    def begun(self, town: visits.Town) -> SeriesLine:
        li = make.nurse(town)
        return make.series(town, town.resident(), li)

    def foresee(self, town: visits.Town, found: SeriesLine, **says: Any) -> ChangeForeseen:
        asked: dict[str, Any] = {"scope": "all", "repeat": {}, "series_id": found.id, "now": NOON}
        return acting(town.desk, NOON).ask(foresee_change, Purpose.CONTRACT, **asked | says)

    @pytest.mark.parametrize(
        "says",
        [
            {"scope": "all", "clock": time(14)},
            {"scope": "following", "from_day": TOMORROW + timedelta(days=14), "clock": time(14)},
            {"scope": "all", "repeat": {"unit": "days", "every": 2}},
            {"scope": "following", "from_day": TOMORROW + timedelta(days=7), "repeat": {"weekdays": [0, 3]}},
            {"scope": "all", "repeat": {"count": 6}},
            {"scope": "following", "from_day": TOMORROW + timedelta(days=14), "repeat": {"count": 6}},
        ],
    )
    def test_are_the_days_that_the_change_then_makes(
        self, town: visits.Town, begun: SeriesLine, says: dict[str, Any]
    ) -> None:
        seen = self.foresee(town, begun, **says)

        unit = acting(town.desk, NOON)
        asked: dict[str, Any] = {"scope": "all", "repeat": {}, "series_id": begun.id}
        changed = unit.do(change_series, **asked | says)

        made = {one.day: one.starts_at for one in changed.occurrences if one.state == "placed"}
        kept = {one.day for one in changed.occurrences} - {one.day for one in seen.days}
        assert {one.day: one.starts_at for one in seen.days if one.starts_at} == {
            day: at for day, at in made.items() if day not in kept
        }
        assert (seen.words, seen.end_words) == (changed.words, changed.end_words)

    def test_names_what_goes_and_changes_nothing(self, town: visits.Town, begun: SeriesLine) -> None:
        since = TOMORROW + timedelta(days=14)

        seen = self.foresee(town, begun, scope="following", from_day=since, clock=time(14))

        assert [one.day for one in seen.goes] == [since, since + timedelta(days=7)]
        assert [one.who for one in seen.goes] == [["李秋萍"], ["李秋萍"]]
        assert seen.rule
        assert make.seen(town, begun.id) == begun

    def test_is_for_nobody_elses_series(self, town: visits.Town, begun: SeriesLine) -> None:
        other = town.resident()
        stranger = town.person(other)

        with pytest.raises(NotFound):
            acting(stranger, NOON).ask(
                foresee_change, Purpose.CONTRACT, series_id=begun.id, scope="all", repeat={}, now=NOON
            )
