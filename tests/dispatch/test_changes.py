"""A day that has begun: what threatens a promise, the ways out with their cost, and one click that takes one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import assign_by_hand, change_day
from anjia.dispatch.queries import AllPage, RepairPage, TryPage, all_page, repair_page, try_page
from anjia.dispatch.queries.standing import standing_of
from anjia.dispatch.repairing import Proposal
from anjia.dispatch.rules.changes import (
    MayNotBe,
    NothingToChange,
    PlanIsOther,
    Put,
    Rule,
    WantsWhy,
    Way,
)
from anjia.dispatch.standing import seen
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.visits.models import Visit, VisitChange
from anjia.workforce.models import StaffMember
from tests.dispatch.make import TOMORROW
from tests.dispatch.plans import FAR, live, visit
from tests.dispatch.test_concurrency import rush
from tests.make import actor, deliver_events
from tests.visits.make import DESK, Town, at, fact, id_of, say, town

pytestmark = pytest.mark.usefixtures("database")

MORNING = at(8.1)  # of the day itself


def ways(here: Town, one: Visit, *, now: datetime = MORNING, by: Actor | None = None) -> RepairPage:
    return acting(by or here.desk, now).ask(repair_page, Purpose.CONTRACT, visit_id=one.id, now=now)


def by_way(found: RepairPage) -> dict[Way, Proposal]:
    """Return the cheapest of each way."""
    cheapest: dict[Way, Proposal] = {}
    for one in found.found.proposals:
        cheapest.setdefault(one.way, one)
    return cheapest


def take(here: Town, proposal: Proposal, *, now: datetime = MORNING, **says: Any) -> UUID:
    return acting(says.pop("by", here.desk), now).do(
        change_day,
        day=TOMORROW,
        puts=proposal.puts,
        weighed_against=proposal.seen,
        **says,
    )


def tried(
    here: Town,
    one: Visit,
    to: Actor | None = None,
    clock: tuple[int, int] | None = None,
    *,
    now: datetime = MORNING,
    part: int = 1,
) -> TryPage:
    return acting(here.desk, now).ask(
        try_page,
        Purpose.CONTRACT,
        visit_id=one.id,
        part=part,
        staff_id=id_of(to) if to else None,
        clock=clock,
        now=now,
    )


def do_as_tried(here: Town, found: TryPage, *, now: datetime = MORNING, why: str = "") -> UUID:
    return acting(here.desk, now).do(
        change_day, day=found.day, puts=found.puts, weighed_against=found.seen, why=why
    )


def falls_out(here: Town, nurse: Actor, *, now: datetime = MORNING) -> AllPage:
    return acting(here.desk, now).ask(
        all_page, Purpose.CONTRACT, staff_id=id_of(nurse), day=TOMORROW, now=now
    )


def history(here: Town, one: Visit) -> list[str]:
    rows: list[VisitChange] = here.look(
        lambda _: list(VisitChange.objects.filter(visit_id=one.id).order_by("at", "id"))
    )
    return [row.why for row in rows]


def told(here: Town, one: Visit) -> set[str]:
    found: set[str] = here.look(
        lambda _: set(Message.objects.filter(about_id=one.id).values_list("template", flat=True))
    )
    return found


class AnHourLonger:
    """Her visit at nine takes an hour longer than its forty-five minutes: the one at ten cannot be kept by her."""

    def __init__(self) -> None:
        self.here = town()
        self.her, self.other = self.here.nurse("何丽"), self.here.nurse("杨慧")
        self.first = visit(self.here, self.her, hour=9)
        self.second = visit(self.here, self.her, hour=10, resident=self.here.resident("彭淑珍"))
        acting(self.here.desk, at(8)).do(assign_by_hand, visit_id=self.first.id, staff_id=id_of(self.her))
        say(self.her, fact(self.first, "departed", at=at(8.5)), fact(self.first, "arrived", at=at(9)))
        self.now = at(10.1)  # she still is there; for all we know she may be done any minute


class TestDanger:
    def test_is_said_in_words_with_the_minutes(self) -> None:
        it = AnHourLonger()
        assert "何丽照现在看" in ways(it.here, it.second, now=at(10.3)).found.danger

    def test_is_none_where_all_is_well(self) -> None:
        here = town()
        assert ways(here, visit(here, here.nurse("何丽"))).found.danger == ""

    def test_is_for_who_assigns(self) -> None:
        here = town()
        one = visit(here, here.nurse())
        stranger = actor(*set(DESK) - {"dispatch.assign"}, organization_id=here.organization_id)
        with pytest.raises(NotAllowed):
            ways(here, one, by=stranger)
        with pytest.raises(NotFound):
            ways(here, one, by=town().desk)


class TestWaysOut:
    def test_name_who_could_come_at_the_promised_time(self) -> None:
        it = AnHourLonger()
        found = by_way(ways(it.here, it.second, now=at(9.8)))
        assert [put.staff_id for put in found[Way.OTHER].puts] == [id_of(it.other)]
        assert found[Way.OTHER].effect.moved == []

    def test_name_when_she_herself_can_come(self) -> None:
        """At 10:06 she is about to leave; five minutes of way and the next quarter of an hour."""
        it = AnHourLonger()
        found = by_way(ways(it.here, it.second, now=it.now))
        put = found[Way.LATER].puts[0]
        assert put.staff_id == id_of(it.her)
        assert put.starts_at == at(10.25)
        assert [one.minutes for one in found[Way.LATER].effect.moved] == [15]

    def test_break_nothing(self) -> None:
        it = AnHourLonger()
        for one in ways(it.here, it.second, now=it.now).found.proposals:
            assert one.effect.broken == []

    def test_pass_over_who_is_busy_and_say_with_whom(self) -> None:
        it = AnHourLonger()
        visit(it.here, it.other, hour=10, resident=it.here.resident("董志强"))
        found = ways(it.here, it.second, now=at(9.8)).found
        assert Way.OTHER not in {one.way for one in found.proposals}
        assert any("董志强" in words for words in found.why_nobody)

    def test_say_of_each_who_cannot_come_whom_they_mean_and_once(self) -> None:
        """What the law has against all of them is said of each by name too: a reason of nobody's helps nobody."""
        it = AnHourLonger()
        visit(it.here, it.other, hour=10)
        name = it.here.look(lambda _: StaffMember.objects.get(id=id_of(it.other)).name)
        said = ways(it.here, it.second, now=at(9.8)).found.why_nobody
        assert said
        assert all(words.startswith(f"{name}：") and words.count(name) == 1 for words in said)

    def test_change_two_houses_where_each_can_reach_the_others(self) -> None:
        """One at ten that she cannot reach, the other's at half past that she can; both stay at their hours."""
        it = AnHourLonger()
        theirs = visit(it.here, it.other, hour=10.5, resident=it.here.resident("董志强"))
        swap = by_way(ways(it.here, it.second, now=at(9.9)))[Way.SWAP]
        assert {(put.visit_id, put.staff_id) for put in swap.puts} == {
            (it.second.id, id_of(it.other)),
            (theirs.id, id_of(it.her)),
        }
        assert swap.effect.moved == []
        assert Way.OTHER not in by_way(ways(it.here, it.second, now=at(9.9)))
        take(it.here, swap, now=at(9.9))
        assert live(it.here, it.second) == [(1, id_of(it.other), "accepted")]
        assert live(it.here, theirs) == [(1, id_of(it.her), "accepted")]

    def test_push_on_the_whole_row_where_one_would_hit_the_next(self) -> None:
        it = AnHourLonger()
        third = visit(it.here, it.her, hour=11, resident=it.here.resident("蔡文彬"))
        now = at(10.7)  # she is still at the first: the second is done at half past eleven at the earliest
        found = by_way(ways(it.here, it.second, now=now))[Way.ALL_LATER]
        times = {put.visit_id: put.starts_at for put in found.puts}
        assert times[it.second.id] >= now
        assert times[third.id] >= times[it.second.id] + timedelta(minutes=45)
        assert {one.visit_id for one in found.effect.moved} == {it.second.id, third.id}

    def test_count_the_way_the_known_face_and_the_overtime(self) -> None:
        here = town()
        her, far = here.nurse("何丽", shifts=[(8, 12)]), here.nurse("杨慧", base=FAR, shifts=[(8, 10.5)])
        one = visit(here, her, hour=10)
        effect = tried(here, one, far).effect
        assert effect.travel > 20
        assert effect.overtime == {"杨慧": 15}
        assert [found.rule for found in effect.broken] == [Rule.SHIFT]

    def test_call_nobody_back_who_has_long_gone_home(self) -> None:
        here = town()
        her = here.nurse("何丽")
        here.nurse("杨慧", shifts=[(8, 12)])
        one = visit(here, her, hour=16, resident=here.resident("彭淑珍"))
        found = falls_out(here, her).all.lines[0]
        assert found.piece.visit_id == one.id
        assert found.proposal is None or found.proposal.way is not Way.OTHER


class TestTaking:
    def test_sends_who_comes_instead_and_says_why(self) -> None:
        it = AnHourLonger()
        now = at(9.8)
        other = by_way(ways(it.here, it.second, now=now))[Way.OTHER]
        take(it.here, other, now=now)
        assert live(it.here, it.second) == [(1, id_of(it.other), "accepted")]
        assert "原来是何丽" in history(it.here, it.second)[-1]

    def test_tells_the_household_of_another_time(self) -> None:
        it = AnHourLonger()
        take(it.here, by_way(ways(it.here, it.second, now=it.now))[Way.LATER], now=it.now)
        deliver_events(it.here.desk, now=it.now)
        assert it.here.now(it.second).starts_at == at(10.25)
        assert "visit_moved" in told(it.here, it.second)
        assert "从 10:00 改到 10:15" in history(it.here, it.second)[-2] + history(it.here, it.second)[-1]

    def test_is_refused_in_words_when_somebody_was_faster(self) -> None:
        it = AnHourLonger()
        third = it.here.nurse("陈静")
        now = at(9.8)
        proposal = by_way(ways(it.here, it.second, now=now))[Way.OTHER]
        acting(it.here.desk, now).do(
            assign_by_hand, visit_id=it.second.id, staff_id=id_of(third), why="陈静正好在楼下"
        )
        with pytest.raises(PlanIsOther) as refused:
            take(it.here, proposal, now=now)
        assert "彭淑珍现在是 10:00 陈静去" in refused.value.detail
        assert live(it.here, it.second) == [(1, id_of(third), "accepted")]

    def test_is_refused_when_the_other_has_been_given_something_else(self) -> None:
        """What her day costs was weighed without it."""
        it = AnHourLonger()
        now = at(9.8)
        proposal = by_way(ways(it.here, it.second, now=now))[Way.OTHER]
        whoever = next(put.staff_id for put in proposal.puts)
        it.here.visit(it.other, starts_at=at(14), ends_at=at(15))
        assert whoever == id_of(it.other)
        with pytest.raises(PlanIsOther):
            take(it.here, proposal, now=now)

    def test_is_refused_when_she_has_set_out_meanwhile(self) -> None:
        here = town()
        her = here.nurse("何丽")
        here.nurse("杨慧")
        one = visit(here, her, hour=10, resident=here.resident("彭淑珍"))
        proposal = by_way(ways(here, one, now=at(9)))[Way.OTHER]
        acting(here.desk, at(9)).do(assign_by_hand, visit_id=one.id, staff_id=id_of(her))
        say(her, fact(one, "departed", at=at(9.4)))
        with pytest.raises(PlanIsOther) as refused:
            take(here, proposal, now=at(9.5))
        assert "何丽已经出发去彭淑珍家了" in refused.value.detail
        assert [who for _part, who, _state in live(here, one)] == [id_of(her)]

    def test_lets_one_of_two_dispatchers_through(self) -> None:
        here = town()
        her, second, third = here.nurse("何丽"), here.nurse("杨慧"), here.nurse("陈静")
        one = visit(here, her, hour=10)
        to = [tried(here, one, second), tried(here, one, third)]
        found = rush(lambda number: do_as_tried(here, to[number % 2]), attempts=128)
        assert found["won"] == 1
        assert set(found) <= {"won", "dispatch.plan_is_other", "dispatch.nothing_to_change"}
        assert len(live(here, one)) == 1


class TestTrying:
    def test_names_every_rule_that_breaks_not_the_first(self) -> None:
        here = town()
        her = here.nurse("何丽")
        man = here.nurse("郑强", sex="male", shifts=[(14, 17)], base=FAR)
        one = visit(here, her, hour=10, wishes={"caregiver_sex": "female"})
        found = tried(here, one, man).effect
        assert {Rule.SEX, Rule.SHIFT} <= {broken.rule for broken in found.broken}
        assert found.is_possible

    def test_knows_what_nobody_may_break(self) -> None:
        here = town()
        her, aide = here.nurse("何丽"), here.nurse("王芳", kind="health_worker", title="健康管理员")
        one = visit(here, her, hour=10)
        found = tried(here, one, aide)
        assert Rule.QUALIFIED in {broken.rule for broken in found.effect.broken}
        assert not found.effect.is_possible
        with pytest.raises(MayNotBe):
            do_as_tried(here, found, why="没有别人")

    def test_names_whom_she_is_with_at_that_time(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=10)
        visit(here, other, hour=10.5, resident=here.resident("董志强"))
        broken = tried(here, one, other).effect.broken
        assert [one.rule for one in broken] == [Rule.OVERLAP]
        assert "董志强" in broken[0].words

    def test_says_that_another_time_is_not_the_half_of_the_day_that_was_wished_for(self) -> None:
        here = town()
        one = visit(here, here.nurse("何丽"), hour=10, wishes={"period": "morning"})
        found = tried(here, one, clock=(14, 0))
        assert [broken.rule for broken in found.effect.broken] == [Rule.PERIOD]
        assert [moved.minutes for moved in found.effect.moved] == [240]
        with pytest.raises(WantsWhy):
            do_as_tried(here, found)
        do_as_tried(here, found, why="女儿说下午也行")
        assert here.now(one).starts_at == at(14)
        assert "女儿说下午也行" in history(here, one)[-1]

    def test_says_by_how_much_she_would_be_late(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=10, place=FAR)
        visit(here, other, hour=9)
        [broken] = tried(here, one, other).effect.broken
        assert broken.rule is Rule.TRAVEL
        assert "分钟" in broken.words
        assert broken.way_out.startswith("改到")

    def test_moves_all_who_come_together(self) -> None:
        here = town()
        one = visit(here, here.nurse("何丽"), here.nurse("杨慧"), hour=10)
        found = tried(here, one, clock=(11, 0), part=2)
        assert {(put.part, put.starts_at) for put in found.puts} == {(1, at(11)), (2, at(11))}
        do_as_tried(here, found)
        assert {row.starts_at for row in here.crew(one) if row.state == "tentative"} == {at(11)}

    def test_takes_the_part_from_whom_it_is_dragged(self) -> None:
        here = town()
        first, second, third = here.nurse("何丽"), here.nurse("杨慧"), here.nurse("陈静")
        one = visit(here, first, second, hour=10)
        found = acting(here.desk, MORNING).ask(
            try_page,
            Purpose.CONTRACT,
            visit_id=one.id,
            instead_of=id_of(second),
            staff_id=id_of(third),
            clock=(10, 0),
            now=MORNING,
        )
        assert [(put.part, put.staff_id) for put in found.puts] == [(2, id_of(third))]
        assert found.effect.households == 1

    def test_knows_that_nothing_would_be_otherwise(self) -> None:
        here = town()
        her = here.nurse("何丽")
        one = visit(here, her, hour=10)
        found = tried(here, one, her, (10, 0))
        assert found.puts == []
        with pytest.raises(NothingToChange):
            acting(here.desk, MORNING).do(
                change_day,
                day=TOMORROW,
                puts=[Put(visit_id=one.id, part=1, staff_id=id_of(her), starts_at=at(10))],
                weighed_against=acting(here.desk, MORNING).ask(lambda actor: _seen(actor, one, id_of(her))),
            )


def _seen(actor: Actor, one: Visit, staff_id: UUID) -> str:
    standing = standing_of(actor, Purpose.CONTRACT, day=TOMORROW, now=MORNING)
    return seen(standing.day, [Put(visit_id=one.id, part=1, staff_id=staff_id, starts_at=at(10))])


class TestFallingOut:
    def test_finds_somebody_for_each_minding_the_ones_before(self) -> None:
        """Two at the same hour's distance: one who takes the first cannot take the second too."""
        here = town()
        her = here.nurse("王倩")
        others = [here.nurse("杨慧"), here.nurse("陈静")]
        ones = [visit(here, her, hour=10), visit(here, her, hour=11), visit(here, her, hour=14)]
        busy = visit(here, others[0], hour=11)
        found = falls_out(here, her)
        assert [line.proposal is not None for line in found.all.lines] == [True, True, True]
        assert found.all.effect.moved == []
        acting(here.desk, MORNING).do(
            change_day,
            day=TOMORROW,
            puts=found.all.puts,
            weighed_against=found.all.seen,
            without=id_of(her),
        )
        for one in ones:
            [(_part, who, state)] = live(here, one)
            assert (who != id_of(her), state) == (True, "accepted")
            assert "王倩来不了" in history(here, one)[-1]
        assert [who for _p, who, _s in live(here, busy)] == [id_of(others[0])]

    def test_moves_a_promise_only_where_nobody_can_keep_it(self) -> None:
        here = town()
        her, other = here.nurse("王倩"), here.nurse("杨慧")
        one = visit(here, her, hour=10)
        visit(here, other, hour=10)
        [line] = falls_out(here, her).all.lines
        assert line.proposal
        assert line.proposal.way is Way.OTHER_LATER
        assert abs(line.proposal.effect.moved[0].minutes) <= 60
        assert line.piece.visit_id == one.id

    def test_moves_no_promise_to_where_somebody_is_wanted_who_can_keep_another(self) -> None:
        """Who is with somebody at ten can come at eleven, unless the one of ten has been moved to there."""
        here = town()
        her, other = here.nurse("王倩"), here.nurse("杨慧")
        at_ten, at_eleven = visit(here, her, hour=10), visit(here, her, hour=11)
        visit(here, other, hour=10)
        [first, second] = falls_out(here, her).all.lines
        assert (first.piece.visit_id, second.piece.visit_id) == (at_ten.id, at_eleven.id)
        assert second.proposal
        assert second.proposal.way is Way.OTHER
        assert [moved.visit_id for moved in falls_out(here, her).all.effect.moved] == [at_ten.id]

    def test_says_of_whom_there_is_nobody_and_why(self) -> None:
        here = town()
        her = here.nurse("王倩")
        here.nurse("王芳", kind="health_worker", title="健康管理员")
        visit(here, her, hour=10)
        [line] = falls_out(here, her).all.lines
        assert line.proposal is None
        assert any("王芳" in words for words in line.why_nobody)

    def test_leaves_out_what_is_not_wanted(self) -> None:
        here = town()
        her, other = here.nurse("王倩"), here.nurse("杨慧")
        first, second = visit(here, her, hour=10), visit(here, her, hour=14)
        found = falls_out(here, her)
        chosen = [put for put in found.all.puts if put.visit_id == second.id]
        acting(here.desk, MORNING).do(
            change_day,
            day=TOMORROW,
            puts=chosen,
            weighed=found.all.puts,
            weighed_against=found.all.seen,
            without=id_of(her),
        )
        assert [who for _p, who, _s in live(here, first)] == [id_of(her)]
        assert [who for _p, who, _s in live(here, second)] == [id_of(other)]

    def test_asks_as_much_for_many_as_for_one(self) -> None:
        counts = []
        for number in (1, 6):
            here = town()
            her = here.nurse("王倩")
            here.nurse("杨慧")
            for hour in range(number):
                visit(here, her, hour=9 + hour)
            with CaptureQueriesContext(connection) as asked:
                falls_out(here, her)
            counts.append(len(asked))
        assert counts[0] == counts[1]
