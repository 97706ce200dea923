"""Beginning a series and keeping it going."""

from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import cancel_booking, move_booking
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.series.commands import begin_series, pause_series, place_by_hand, plan_ahead
from anjia.series.models import Series
from anjia.series.queries import series_of_resident, series_to_plan, tasks
from anjia.series.shapes import SeriesLine
from anjia.visits.rules.lifecycle import HoldExpired
from tests.make import NOON
from tests.series import make
from tests.series.make import TOMORROW, later
from tests.visits import make as visits
from tests.visits.make import at, fact, id_of, say

pytestmark = pytest.mark.usefixtures("database")
WEEK = timedelta(days=7)


@pytest.fixture
def town() -> visits.Town:
    return visits.town()


class TestBeginSeries:
    def test_books_every_week_of_the_coming_four_at_the_same_time_by_the_same_nurse(
        self, town: visits.Town
    ) -> None:
        li = make.nurse(town)
        make.nurse(town, "王晓燕")

        found = make.series(town, town.resident(), li)

        assert make.days(found) == [TOMORROW + WEEK * week for week in range(4)]
        booked = [make.visit_of(town, one.visit_id) for one in found.occurrences]
        assert [one.starts_at for one in booked] == [at(10, day=1 + 7 * week) for week in range(4)]
        assert {one.series_id for one in booked} == {found.id}
        assert {name for one in found.occurrences for name in one.who} == {"李秋萍"}

    def test_shows_what_is_to_come_however_much_there_was(
        self, town: visits.Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("anjia.series.showing.LONGEST_LIST", 3)
        found = make.series(town, town.resident(), make.nurse(town))

        seen = make.seen(town, found.id, now=later(22))

        assert [one.day for one in seen.occurrences] == [TOMORROW + WEEK * week for week in (1, 2, 3)]

    def test_waits_for_the_turn_of_all_before_it_holds_a_row_of_any(self, town: visits.Town) -> None:
        """Whoever holds another time waits for the turn first: the other way round each would wait for the other."""
        li, resident = make.nurse(town), town.resident()
        hold_id = make.hold(town, resident, li)

        with CaptureQueriesContext(connection) as asked:
            acting(town.desk, NOON).do(begin_series, hold_id=hold_id, repeat={})

        sql = [one["sql"] for one in asked.captured_queries]
        turns = [at for at, words in enumerate(sql) if "pg_advisory_xact_lock" in words]
        held = [
            at
            for at, words in enumerate(sql)
            if "visits_visit" in words and ("FOR UPDATE" in words or words.startswith("UPDATE"))
        ]
        assert turns
        assert held
        assert turns[0] < held[0]

    def test_is_refused_whole_where_the_hold_has_run_out(self, town: visits.Town) -> None:
        li, resident = make.nurse(town), town.resident()
        hold_id = make.hold(town, resident, li)
        late = NOON + timedelta(minutes=11)

        with pytest.raises(HoldExpired):
            acting(town.desk, late).do(begin_series, hold_id=hold_id, repeat={})

        found = acting(town.desk, late).ask(
            series_of_resident, Purpose.CONTRACT, resident_id=resident.id, now=late
        )
        assert found == []

    def test_says_of_one_without_a_place_why_and_gives_it_to_a_dispatcher(self, town: visits.Town) -> None:
        li = make.nurse(town)
        taken = town.visit(li, starts_at=at(8, day=8), ends_at=at(17, day=8))

        found = make.series(town, town.resident("王建国"), li)

        line = make.on(found, TOMORROW + WEEK)
        assert (line.state, line.visit_id, bool(line.why)) == ("wanted", None, True)
        [task] = acting(town.desk, NOON).ask(tasks, Purpose.CONTRACT, now=NOON).items
        assert (task.id, task.resident, task.day, task.why) == (line.id, "王建国", line.day, line.why)
        acting(town.desk, NOON).do(cancel_booking, visit_id=taken.id, reason="asked")
        acting(town.system, NOON).do(plan_ahead, series_id=found.id)
        assert make.on(make.seen(town, found.id), TOMORROW + WEEK).state == "placed"
        assert acting(town.desk, NOON).ask(tasks, Purpose.CONTRACT, now=NOON).items == []

    def test_is_listed_with_all_that_go_on_however_many(self, town: visits.Town) -> None:
        li, resident = make.nurse(town), town.resident()
        made = make.series(town, resident, li)
        row = town.look(lambda _: Series.objects.get(id=made.id))

        def more(_: Actor) -> None:
            for _number in range(24):
                row.pk, row._state.adding = uuid4(), True
                row.save()

        town.look(more)

        found = acting(town.desk, NOON).ask(
            series_of_resident, Purpose.CONTRACT, resident_id=resident.id, now=NOON
        )
        assert len(found) == 25

    def test_is_not_for_a_stranger(self, town: visits.Town) -> None:
        hers, neighbour = town.resident(), town.resident("李大爷")
        hold_id = make.hold(town, hers, make.nurse(town), by=town.person(hers))

        with pytest.raises(NotFound):
            acting(town.person(neighbour), NOON).do(begin_series, hold_id=hold_id, repeat={})
        with pytest.raises(NotFound):
            acting(visits.town().desk, NOON).do(begin_series, hold_id=hold_id, repeat={})


class TestPlanAhead:
    def test_books_one_more_each_week_and_nothing_twice(self, town: visits.Town) -> None:
        found = make.series(town, town.resident(), make.nurse(town))

        for day in (1, 1, 7, 8, 8, 20):
            acting(town.system, later(day)).do(plan_ahead, series_id=found.id)

        rows = make.every_row(town, found.id)
        assert [row.on for row in rows] == [TOMORROW + WEEK * week for week in range(7)]
        assert {row.state for row in rows} == {"placed"}

    def test_books_nothing_twice_when_two_do_it_at_once(self, town: visits.Town) -> None:
        found = make.series(town, town.resident(), make.nurse(town), unit="days", every=2)
        start, failed = Barrier(4), []

        def go() -> None:
            try:
                start.wait()
                acting(town.system, later(14)).do(plan_ahead, series_id=found.id)
            except Exception as error:
                failed.append(error)
            finally:
                connections.close_all()

        threads = [Thread(target=go) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

        rows = make.every_row(town, found.id)
        assert failed == []
        assert [row.on for row in rows] == [TOMORROW + timedelta(days=2 * n) for n in range(21)]
        assert len({row.visit_id for row in rows}) == 21

    def test_is_due_when_a_day_has_gone_by(self, town: visits.Town) -> None:
        found = make.series(town, town.resident(), make.nurse(town))

        def due(days: int) -> bool:
            rows = acting(system(), later(days)).ask(
                series_to_plan, Purpose.CONTRACT, now=later(days), size=100_000
            )
            return (town.organization_id, found.id) in rows

        assert [due(0), due(1)] == [False, True]

    def test_does_not_make_again_what_was_called_off_by_itself(self, town: visits.Town) -> None:
        found = make.series(town, town.resident(), make.nurse(town))
        second = make.visit_on(town, found, TOMORROW + WEEK)
        acting(town.desk, NOON).do(cancel_booking, visit_id=second.id, reason="asked")
        make.hear(town)

        acting(town.system, later(1)).do(plan_ahead, series_id=found.id)

        assert [row.state for row in make.every_row(town, found.id)][:3] == ["placed", "skipped", "placed"]

    def test_leaves_one_where_it_was_moved_to(self, town: visits.Town) -> None:
        li = make.nurse(town)
        found = make.series(town, town.resident(), li)
        second = make.visit_on(town, found, TOMORROW + WEEK)
        acting(town.desk, NOON).do(
            move_booking, visit_id=second.id, starts_at=at(14, day=9), staff_ids=[id_of(li)]
        )
        make.hear(town)

        acting(town.system, later(1)).do(plan_ahead, series_id=found.id)

        assert make.days(make.seen(town, found.id))[:3] == [
            TOMORROW,
            date(2026, 3, 11),
            TOMORROW + 2 * WEEK,
        ]
        assert len(make.every_row(town, found.id)) == 4


class TestPlaceByHand:
    @pytest.fixture
    def placed(self, town: visits.Town) -> SeriesLine:
        """Return a series whose second, of the 10th, somebody has put on the 12th."""
        li = make.nurse(town)
        town.visit(li, starts_at=at(8, day=8), ends_at=at(17, day=8))
        found = make.series(town, town.resident(), li)
        second = make.on(found, TOMORROW + WEEK)
        acting(town.desk, NOON).do(
            place_by_hand, occurrence_id=second.id, starts_at=at(10, day=10), staff_ids=[id_of(li)]
        )
        return make.seen(town, found.id)

    def test_on_another_day_is_of_that_day_and_not_made_again(
        self, town: visits.Town, placed: SeriesLine
    ) -> None:
        acting(town.system, later(1)).do(plan_ahead, series_id=placed.id)

        rows = make.every_row(town, placed.id)
        assert [(row.on, row.day, row.state) for row in rows][:3] == [
            (TOMORROW, TOMORROW, "placed"),
            (TOMORROW + WEEK, date(2026, 3, 12), "placed"),
            (TOMORROW + 2 * WEEK, TOMORROW + 2 * WEEK, "placed"),
        ]

    def test_on_another_day_is_called_off_by_a_pause_of_that_day(
        self, town: visits.Town, placed: SeriesLine
    ) -> None:
        now = acting(town.desk, later(9)).do(pause_series, series_id=placed.id, until=date(2026, 3, 13))

        assert date(2026, 3, 12) not in make.days(now)


class TestCourse:
    def test_has_as_many_as_it_should_and_is_over_then(self, town: visits.Town) -> None:
        li = make.nurse(town)
        found = make.series(town, town.resident(), li, weekdays=[1, 4], gap_days=3, count=5)

        assert make.days(found) == [date(2026, 3, day) for day in (3, 6, 10, 13, 17)]
        for day in (7, 14):
            acting(town.system, later(day)).do(plan_ahead, series_id=found.id)
        for one in found.occurrences:
            visit = make.visit_of(town, one.visit_id)
            say(li, fact(visit, "done", at=visit.ends_at, record={"site": "右臂"}))
        acting(town.system, later(16)).do(plan_ahead, series_id=found.id)
        assert make.seen(town, found.id).ended_at == later(16)
        assert len(make.every_row(town, found.id)) == 5
