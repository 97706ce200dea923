"""Who comes, whether it is who usually comes, and why not: said from what really decides it."""

from datetime import timedelta

import pytest

from anjia.dispatch.commands import accept_offer, assign_by_hand
from anjia.dispatch.queries import offers_of
from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.series.commands import plan_ahead
from anjia.workforce.commands import put_leave
from anjia.workforce.rules import LeaveKind
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


class TestContinuity:
    def test_asks_who_usually_comes_first_though_another_is_nearer(self, town: visits.Town) -> None:
        li = make.nurse(town, base=(39.95, 116.45))
        wang = make.nurse(town, "王晓燕")

        found = make.series(town, town.resident(), li)
        make.hear(town)

        asked = acting(li, NOON).ask(offers_of, Purpose.CONTRACT, now=NOON)
        assert {one.visit_id for one in asked} == {one.visit_id for one in found.occurrences}
        assert acting(wang, NOON).ask(offers_of, Purpose.CONTRACT, now=NOON) == []
        assert {one.who_words for one in make.seen(town, found.id).occurrences} == {
            "这次还是李秋萍，还在等答复"
        }

    def test_takes_her_half_an_hour_later_rather_than_another_at_the_hour(self, town: visits.Town) -> None:
        li = make.nurse(town)
        make.nurse(town, "王晓燕")
        town.visit(li, starts_at=at(9.5, day=8), ends_at=at(10.25, day=8))

        line = make.on(make.series(town, town.resident(), li), TOMORROW + WEEK)

        assert line.who == ["李秋萍"]
        assert line.starts_at is not None
        assert at(10, day=8) < line.starts_at <= at(11.5, day=8)

    def test_says_that_another_comes_because_she_is_on_leave_and_goes_back_to_her(
        self, town: visits.Town
    ) -> None:
        li = make.nurse(town)
        make.nurse(town, "王晓燕")
        boss = make.boss(town)
        acting(boss, NOON).do(
            put_leave,
            staff_id=id_of(li),
            kind=LeaveKind.ANNUAL,
            starts_at=at(0, day=8),
            ends_at=at(24, day=8),
        )

        found = make.series(town, town.resident(), li)

        assert make.on(found, TOMORROW + WEEK).who_words == "这次换了王晓燕：李秋萍那天请假，还在等答复"
        assert make.on(found, TOMORROW + 2 * WEEK).who_words == "这次还是李秋萍，还在等答复"

    def test_says_so_to_the_household_when_the_other_has_taken_it(self, town: visits.Town) -> None:
        li = make.nurse(town)
        wang = make.nurse(town, "王晓燕")
        found = make.series(town, town.resident(), li)
        second = make.visit_on(town, found, TOMORROW + WEEK)
        make.hear(town)
        [offer] = [
            one
            for one in acting(li, NOON).ask(offers_of, Purpose.CONTRACT, now=NOON)
            if one.starts_at == at(10)
        ]

        acting(li, NOON).do(accept_offer, offer_id=offer.id)
        acting(town.desk, NOON).do(assign_by_hand, visit_id=second.id, staff_id=id_of(wang), why="换班")
        make.hear(town)

        def look(_: object) -> list[tuple[str, object]]:
            rows = Message.objects.filter(
                organization_id=town.organization_id, template__in=["series_who", "visit_accepted"]
            )
            return [(row.template, row.about_id) for row in rows]

        assert acting(town.system, NOON).ask(look) == [("series_who", second.id)]

    def test_is_not_broken_by_who_is_only_going_to_come(self, town: visits.Town) -> None:
        li, wang = make.nurse(town), make.nurse(town, "王晓燕")
        found = make.series(town, town.resident(), li)
        for line in found.occurrences[:3]:
            acting(town.desk, NOON).do(
                assign_by_hand,
                visit_id=make.visit_of(town, line.visit_id).id,
                staff_id=id_of(wang),
                why="换班",
            )

        acting(town.system, later(1)).do(plan_ahead, series_id=found.id)
        acting(town.system, later(8)).do(plan_ahead, series_id=found.id)

        last = make.seen(town, found.id, now=later(8)).occurrences[-1]
        assert (last.who, last.who_words) == (["李秋萍"], "这次还是李秋萍，还在等答复")

    def test_of_one_who_has_left_makes_the_one_who_came_since_the_usual_one(self, town: visits.Town) -> None:
        li, wang = make.nurse(town), make.nurse(town, "王晓燕")
        found = make.series(town, town.resident(), li)
        for line in found.occurrences[1:]:
            acting(town.desk, NOON).do(
                assign_by_hand,
                visit_id=make.visit_of(town, line.visit_id).id,
                staff_id=id_of(wang),
                why="换班",
            )
        for week, line in enumerate(found.occurrences[1:3], start=1):
            when = at(10.5, day=1 + 7 * week)
            visit = make.visit_of(town, line.visit_id)
            say(wang, fact(visit, "done", at=when, record={"site": "右臂"}), now=when)

        acting(town.system, later(16)).do(plan_ahead, series_id=found.id)

        last = make.seen(town, found.id, now=later(16)).occurrences[-1]
        assert (last.who, last.who_words) == (["王晓燕"], "这次还是王晓燕，还在等答复")
