"""A day that is worked out: who would come, when, and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import accept_offer, decline_offer
from anjia.dispatch.drafting import Unsound, card_of, draft_of, placed, unassigned, worked_out
from anjia.dispatch.jobs import go_on_asking
from anjia.dispatch.posing import pose
from anjia.kernel.work import acting
from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan
from anjia.visits.models import Visit
from tests.dispatch.make import booking, offers, states
from tests.dispatch.plans import FAR, day_of, planned, quickly, visit, who
from tests.make import NOON, deliver_events
from tests.visits.make import at, id_of, town
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")


class TestWorkingOut:
    def test_sends_who_is_near(self) -> None:
        here = town()
        near, far = here.nurse("近", base=FAR), here.nurse("远")
        visits = [visit(here, far, hour=hour, place=FAR) for hour in (9, 11)]

        outcome = planned(here)

        assert who(outcome) == {(one.id, 1): id_of(near) for one in visits}
        before, after = card_of(outcome.day, outcome.day.pieces), card_of(outcome.day, outcome.after)
        assert after["travel"] < before["travel"]
        assert next(move["why"]["zh-hans"] for move in draft_of(outcome)["moves"]) == [
            "路上 7 分钟，原来要 60 分钟"
        ]

    def test_leaves_to_her_what_she_has_taken(self) -> None:
        here = town()
        here.nurse("近", base=FAR)
        far = here.nurse("远")
        taken = booking(here, here.resident(place=FAR), far)
        [offer] = offers(far)
        acting(far, NOON).do(accept_offer, offer_id=offer.id)

        outcome = planned(here)

        assert outcome.moves == []
        assert who(outcome) == {(taken, 1): id_of(far)}

    def test_leaves_what_begins_soon(self) -> None:
        here = town()
        here.nurse("近", base=FAR)
        far = here.nurse("远")
        visit(here, far, hour=10, place=FAR)
        day = day_of(here, now=at(8.5))
        assert worked_out(day, quickly).moves == []

    def test_replaces_who_is_on_leave_and_says_why(self) -> None:
        here = town()
        ill, well = here.nurse("病了"), here.nurse("王倩")
        one = visit(here, ill)
        workforce.leave(of=here.desk, staff_id=id_of(ill), starts_at=at(8), ends_at=at(17))

        outcome = planned(here)

        assert who(outcome) == {(one.id, 1): id_of(well)}
        [move] = draft_of(outcome)["moves"]
        assert move["why"]["zh-hans"][0] == "病了来不了：这个时间请假"
        assert move["why"]["en"][0].startswith("病了 cannot come: ")

    def test_lets_two_exchange_their_visits(self) -> None:
        here = town()
        east, west = here.nurse("东", base=FAR), here.nurse("西")
        in_the_west, in_the_east = visit(here, east), visit(here, west, place=FAR)
        assert who(planned(here)) == {(in_the_west.id, 1): id_of(west), (in_the_east.id, 1): id_of(east)}

    def test_keeps_who_is_known_for_a_short_way(self) -> None:
        here = town()
        known, near = here.nurse("熟人"), here.nurse("近")
        resident = here.resident()
        before = visit(here, known, resident=resident, hour=9)
        here.look(lambda _: Visit.objects.filter(id=before.id).update(status="done", starts_at=at(9, day=-1)))
        one = visit(here, near, resident=resident, hour=14)
        assert who(planned(here))[one.id, 1] == id_of(known)

    def test_sends_nobody_who_has_said_no(self) -> None:
        here = town()
        near = here.nurse("近", base=FAR)
        visit_id = booking(here, here.resident(place=FAR), near)
        here.nurse("远")
        [offer] = offers(near)
        acting(near, NOON).do(decline_offer, offer_id=offer.id)
        deliver_events(here.desk, now=NOON)
        day = day_of(here)
        assert id_of(near) not in day.able[visit_id, 1]
        assert who(planned(here))[visit_id, 1] != id_of(near)

    def test_may_send_who_has_not_answered(self) -> None:
        here = town()
        near = here.nurse("近", base=FAR)
        visit_id = booking(here, here.resident(place=FAR), near)
        here.nurse("远")
        [offer] = offers(near)
        go_on_asking(offer.deadline + timedelta(seconds=1))

        assert states(here, visit_id)[id_of(near)] == "timed_out"
        assert id_of(near) in day_of(here).able[visit_id, 1]

    def test_moves_a_promise_only_if_nobody_can_keep_it(self) -> None:
        here = town()
        early = here.nurse("早", shifts=[(8, 12)])
        here.nurse("晚", shifts=[(13, 17)])
        at_noon, at_ten = visit(here, early, hour=12), visit(here, early, hour=10)

        outcome = planned(here)

        [(old, new)] = outcome.moves
        assert (old.visit_id, old.starts_at) == (at_noon.id, at(12))
        assert (new.staff_id, new.starts_at) == (id_of(early), at(11))
        assert who(outcome)[at_ten.id, 1] == id_of(early)

    def test_says_of_whom_nobody_is_found_why_not(self) -> None:
        here = town()
        ill = here.nurse("病了")
        one = visit(here, ill)
        workforce.leave(of=here.desk, staff_id=id_of(ill), starts_at=at(8), ends_at=at(17))

        outcome = planned(here)

        assert outcome.moves == []
        [(piece, _reasons)] = unassigned(outcome.day, outcome.after)
        assert piece.visit_id == one.id
        [nobody] = draft_of(outcome)["unassigned"]
        assert "病了：这个时间请假" in nobody["why"]["zh-hans"][0]

    def test_gives_nobody_else_the_time_that_is_kept_for_what_nobody_can_do(self) -> None:
        here = town()
        only, other = here.nurse("只有"), here.nurse("别人", shifts=[(13, 17)])
        resident = here.resident()
        hopeless = here.visit(
            only, resident=resident, wishes={"refused": [str(id_of(only)), str(id_of(other))]}
        )
        same_time = visit(here, other, hour=10)

        outcome = planned(here)

        assert who(outcome)[hopeless.id, 1] == id_of(only)
        new = next(piece for piece in outcome.after if piece.visit_id == same_time.id)
        assert (new.staff_id, new.starts_at) != (id_of(only), at(10))

    def test_moves_both_who_come_together(self) -> None:
        here = town()
        one, two = here.nurse("甲", shifts=[(8, 12)]), here.nurse("乙", shifts=[(8, 12)])
        pair = visit(here, one, two, hour=12)
        outcome = planned(here)
        pieces = [piece for piece in outcome.after if piece.visit_id == pair.id]
        assert {piece.staff_id for piece in pieces} == {id_of(one), id_of(two)}
        assert {piece.starts_at for piece in pieces} == {at(11)}

    def test_is_not_fooled_by_a_plan_that_breaks_a_rule(self) -> None:
        here = town()
        visit(here, here.nurse("甲"))
        day = day_of(here)
        posed = pose(day)
        nothing = Plan((), ())
        assert evaluate(posed.problem, nothing).faults
        with pytest.raises(Unsound):
            placed(day, posed, nothing)

    def test_asks_as_much_for_many_as_for_one(self) -> None:
        counts = []
        for number in (1, 6):
            here = town()
            for hour in range(number):
                visit(here, here.nurse(f"护士{hour}"), hour=9 + hour)
            day_of(here)
            with CaptureQueriesContext(connection) as asked:
                day_of(here)
            counts.append(len(asked))
        assert counts[0] == counts[1]
