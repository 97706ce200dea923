"""A draft that is published: what it sends, promises and takes back; what has fallen out of it; what goes together."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import (
    accept_offer,
    assign_by_hand,
    cancel_booking,
    fail_run,
    publish_run,
)
from anjia.dispatch.queries import PlanPage, plan_page
from anjia.dispatch.rules.plans import (
    DayHasChanged,
    Failure,
    NothingChosen,
    NothingToPublish,
    PartsHaveChanged,
    RunState,
)
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.visits.models import Visit, VisitChange
from tests.dispatch.make import TOMORROW, booking, offers, states
from tests.dispatch.plans import FAR, asked, drafted, live, page, run_of, two_far, visit
from tests.dispatch.test_concurrency import rush
from tests.make import NOON, actor, deliver_events
from tests.visits.make import DESK, PLACE, Town, at, id_of, town
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")


class TestPublishing:
    def test_sends_who_is_put_in_and_says_why(self) -> None:
        here = town()
        near, _far, one = two_far(here)
        run_id = drafted(here)

        acting(here.desk, NOON).do(publish_run, run_id=run_id)
        deliver_events(here.desk, now=NOON)

        assert live(here, one) == [(1, id_of(near), "accepted")]
        assert here.now(one).crew_state == "accepted"
        why = here.look(lambda _: VisitChange.objects.filter(visit=one, what="accepted").get().why)
        assert why == "路上 7 分钟，原来要 60 分钟"
        assert {"visit_accepted", "work_given"} <= self.said(here, one)
        assert run_of(here, run_id).state == RunState.PUBLISHED

    def test_takes_back_what_was_offered(self) -> None:
        here = town()
        far = here.nurse("远")
        visit_id = booking(here, here.resident(place=FAR), far)
        near = here.nurse("近", base=FAR)
        assert states(here, visit_id) == {id_of(far): "open"}
        run_id = drafted(here)

        acting(here.desk, NOON).do(publish_run, run_id=run_id)
        deliver_events(here.desk, now=NOON)

        assert states(here, visit_id) == {id_of(far): "withdrawn"}
        assert offers(far) == []
        assert live(here, here.look(lambda _: Visit.objects.get(id=visit_id))) == [
            (1, id_of(near), "accepted")
        ]

    def test_exchanges_two_who_are_in_for_each_others_visits(self) -> None:
        here = town()
        east, west = here.nurse("东", base=FAR), here.nurse("西")
        in_the_west, in_the_east = visit(here, east), visit(here, west, place=FAR)
        acting(here.desk, NOON).do(publish_run, run_id=drafted(here))
        assert live(here, in_the_west) == [(1, id_of(west), "accepted")]
        assert live(here, in_the_east) == [(1, id_of(east), "accepted")]

    def test_promises_another_time_where_nobody_can_come_and_asks_her(self) -> None:
        here = town()
        early = here.nurse("早", shifts=[(8, 12)])
        one = visit(here, early, hour=12)
        acting(here.desk, NOON).do(publish_run, run_id=drafted(here))
        deliver_events(here.desk, now=NOON)
        assert here.now(one).starts_at == at(11)
        assert live(here, one) == [(1, id_of(early), "tentative")]
        assert "visit_moved" in self.said(here, one)
        assert [card.visit_id for card in offers(early)] == [one.id]

    def test_happens_once(self) -> None:
        here = town()
        two_far(here)
        run_id = drafted(here)
        found = rush(lambda _: acting(here.desk, NOON).do(publish_run, run_id=run_id), attempts=100)
        assert found == {"won": 1, "dispatch.plan_over": 99}

    def test_is_for_who_assigns(self) -> None:
        here = town()
        two_far(here)
        run_id = drafted(here)
        stranger = actor(*set(DESK) - {"dispatch.assign"}, organization_id=here.organization_id)
        with pytest.raises(NotAllowed):
            acting(stranger, NOON).do(publish_run, run_id=run_id)

    def test_is_refused_where_somebody_has_taken_what_it_moves(self) -> None:
        here = town()
        far = here.nurse("远")
        visit_id = booking(here, here.resident("张桂芳", place=FAR), far)
        here.nurse("近", base=FAR)
        run_id = drafted(here)
        [offer] = offers(far)
        acting(far, NOON).do(accept_offer, offer_id=offer.id)
        with pytest.raises(DayHasChanged, match="10:00 张桂芳：有人接了"):
            acting(here.desk, NOON).do(publish_run, run_id=run_id)
        assert states(here, visit_id) == {id_of(far): "accepted"}
        assert run_of(here, run_id).state == RunState.DRAFT

    def test_goes_on_where_somebody_has_taken_what_it_leaves(self) -> None:
        here = town()
        near, _far, one = two_far(here)
        mine = here.nurse("自己")
        booking(here, here.resident(), mine)
        run_id = drafted(here)
        [offer] = offers(mine)
        acting(mine, NOON).do(accept_offer, offer_id=offer.id)
        acting(here.desk, NOON).do(publish_run, run_id=run_id)
        assert live(here, one) == [(1, id_of(near), "accepted")]

    def test_is_refused_where_she_is_on_leave_since(self) -> None:
        here = town()
        near, far, one = two_far(here)
        run_id = drafted(here)
        workforce.leave(of=here.desk, staff_id=id_of(near), starts_at=at(8), ends_at=at(17))
        with pytest.raises(DayHasChanged, match="近来不了：这个时间请假"):
            acting(here.desk, NOON).do(publish_run, run_id=run_id)
        assert live(here, one) == [(1, id_of(far), "tentative")]

    def test_asks_as_much_for_many_moves_as_for_one(self) -> None:
        counts = []
        for number in (1, 5):
            here = town()
            here.nurse("近", base=FAR)
            far = here.nurse("远")
            for hour in range(number):
                visit(here, far, hour=9 + hour, place=FAR)
            run_id = drafted(here)
            with CaptureQueriesContext(connection) as said:
                acting(here.desk, NOON).do(publish_run, run_id=run_id)
            counts.append(len(said))
        assert counts[0] == counts[1]

    def test_leaves_out_what_is_not_ticked(self) -> None:
        """Two that have nothing to do with each other: one of them stays with whoever is in for it."""
        here = town()
        near, far = here.nurse("近", base=FAR), here.nurse("远")
        ones = [visit(here, far, place=FAR, hour=hour) for hour in (9, 14)]
        run_id = drafted(here)
        groups = {move["visit_id"]: move["group"] for move in run_of(here, run_id).draft["moves"]}
        assert len(set(groups.values())) == 2

        acting(here.desk, NOON).do(publish_run, run_id=run_id, groups={groups[str(ones[1].id)]})

        assert live(here, ones[0]) == [(1, id_of(far), "tentative")]
        assert live(here, ones[1]) == [(1, id_of(near), "accepted")]
        assert [move["visit_id"] for move in run_of(here, run_id).draft["left_out"]] == [str(ones[0].id)]

    def test_keeps_together_what_can_only_be_done_together(self) -> None:
        """Each of two is in for the visit at the other's door, at one time: neither can be changed alone."""
        here = town()
        near, far = here.nurse("近", base=FAR), here.nurse("远")
        visit(here, far, place=FAR)
        visit(here, near, place=PLACE)
        moves = run_of(here, drafted(here)).draft["moves"]
        assert len(moves) == 2
        assert len({move["group"] for move in moves}) == 1

    def test_wants_at_least_one(self) -> None:
        here = town()
        near, far, one = two_far(here)
        run_id = drafted(here)
        with pytest.raises(NothingChosen):
            acting(here.desk, NOON).do(publish_run, run_id=run_id, groups=set())
        assert [who for _part, who, _state in live(here, one)] == [id_of(far)]
        assert near

    def test_goes_on_without_what_somebody_has_changed_meanwhile(self) -> None:
        """One of two is given to a third by hand: the other is published, and that one is left as it is."""
        here = town()
        near, run_id, ones, groups = self.two_groups(here)
        third = here.nurse("第三", base=FAR)
        acting(here.desk, NOON).do(assign_by_hand, visit_id=ones[0].id, staff_id=id_of(third))
        draft = page(here).draft
        assert draft is not None
        assert [why for _moves, why in draft.fallen_groups] == [["09:00 张桂芳：改了人"]]
        assert [one.visit_id for group in draft.groups for one in group] == [ones[1].id]

        acting(here.desk, NOON).do(publish_run, run_id=run_id, groups={groups[1]})

        assert live(here, ones[0]) == [(1, id_of(third), "accepted")]
        assert live(here, ones[1]) == [(1, id_of(near), "accepted")]
        assert [move["group"] for move in run_of(here, run_id).draft["left_out"]] == [groups[0]]

    def test_publishes_nothing_of_what_was_chosen_while_some_of_it_changed(self) -> None:
        here = town()
        _near, run_id, ones, groups = self.two_groups(here)
        before = live(here, ones[1])
        acting(here.desk, NOON).do(cancel_booking, visit_id=ones[0].id, reason="asked")
        with pytest.raises(PartsHaveChanged, match="09:00 的一次上门取消了"):
            acting(here.desk, NOON).do(publish_run, run_id=run_id, groups=set(groups))
        assert live(here, ones[1]) == before
        assert run_of(here, run_id).state == RunState.DRAFT

    def test_leaves_out_what_would_come_into_a_day_that_is_another(self) -> None:
        """She who would come is promised to somebody else since: what was worked out for her day is not so any more."""
        here = town()
        near, run_id, _ones, groups = self.two_groups(here)
        visit(here, near, place=FAR, hour=15.5, resident=here.resident("孙德海", place=FAR))
        draft = page(here).draft
        assert draft is not None
        assert set(draft.fallen) == set(groups)
        assert draft.fallen[groups[1]] == ["近这一天有了变化：15:30 孙德海：新约的"]
        with pytest.raises(PartsHaveChanged, match="孙德海：新约的"):
            acting(here.desk, NOON).do(publish_run, run_id=run_id, groups=set(groups))

    def test_is_not_touched_by_what_others_are_promised(self) -> None:
        here = town()
        near, run_id, ones, groups = self.two_groups(here)
        visit(here, here.nurse("别人"), resident=here.resident("孙德海"))
        draft = page(here).draft
        assert draft is not None
        assert (draft.fallen, draft.beside) == ({}, ["10:00 孙德海：新约的"])
        with pytest.raises(DayHasChanged, match="孙德海：新约的"):  # all or nothing: nothing
            acting(here.desk, NOON).do(publish_run, run_id=run_id)
        acting(here.desk, NOON).do(publish_run, run_id=run_id, groups=set(groups))
        assert {live(here, one)[0][1] for one in ones} == {id_of(near)}

    def test_leaves_out_only_what_she_is_on_leave_for(self) -> None:
        here = town()
        near, _run_id, _ones, groups = self.two_groups(here)
        workforce.leave(of=here.desk, staff_id=id_of(near), starts_at=at(8), ends_at=at(12))
        draft = page(here).draft
        assert draft is not None
        assert list(draft.fallen) == [groups[0]]
        assert "近来不了：这个时间请假" in draft.fallen[groups[0]][0]

    def test_leaves_out_what_begins_too_soon_to_be_put_to_somebody_else(self) -> None:
        here = town()
        near, run_id, ones, groups = self.two_groups(here)
        late = at(8)
        draft = acting(here.desk, late).ask(plan_page, Purpose.CONTRACT, day=TOMORROW, now=late).draft
        assert draft is not None
        assert list(draft.fallen) == [groups[0]]
        acting(here.desk, late).do(publish_run, run_id=run_id, groups={groups[1]})
        assert live(here, ones[1]) == [(1, id_of(near), "accepted")]

    def test_takes_one_of_two_that_have_come_to_be_in_each_others_way(self) -> None:
        """Each could still be by itself: what has to go is one of them, not both."""
        here = town()
        near, far = here.nurse("近", base=FAR), here.nurse("远")
        ones = [visit(here, far, place=FAR, hour=hour) for hour in (9, 14)]
        run_id = drafted(here)
        # As if the engine had put both at one time.
        clash = {"starts_then": at(9).isoformat(), "ends_then": at(9.75).isoformat()}
        run = run_of(here, run_id)
        run.draft["moves"] = [{**one, **clash} for one in run.draft["moves"]]
        here.look(lambda _: run.save(update_fields=["draft"]))
        shown = page(here).draft
        assert shown is not None
        assert len(shown.groups) == len(shown.fallen_groups) == 1
        assert near
        assert ones

    def two_groups(self, here: Town) -> tuple[Actor, UUID, list[Visit], list[int]]:
        """Return who is near a home, a draft that gives her its two visits, those, and in which group each is."""
        near, far = here.nurse("近", base=FAR), here.nurse("远")
        resident = here.resident("张桂芳", place=FAR)
        ones = [visit(here, far, resident=resident, hour=hour) for hour in (9, 14)]
        run_id = drafted(here)
        groups = {move["visit_id"]: move["group"] for move in run_of(here, run_id).draft["moves"]}
        assert len(set(groups.values())) == 2
        return near, run_id, ones, [groups[str(one.id)] for one in ones]

    def test_gives_way_to_a_later_draft(self) -> None:
        here = town()
        two_far(here)
        first, second = drafted(here), drafted(here)
        assert run_of(here, first).state == RunState.DISCARDED
        with pytest.raises(NothingToPublish):
            acting(here.desk, NOON).do(publish_run, run_id=first)
        acting(here.desk, NOON).do(publish_run, run_id=second)

    def test_says_no_more_of_an_earlier_one_that_came_to_nothing(self) -> None:
        here = town()
        two_far(here)
        failed = asked(here)
        acting(here.system, NOON).do(fail_run, run_id=failed, why=Failure.DIED)
        assert (last := self.shown(here, NOON).last)
        assert last.id == failed

        later = NOON + timedelta(minutes=5)
        drafted(here, now=later)
        assert self.shown(here, later).last is None

        again = asked(here, now=later + timedelta(minutes=5))
        acting(here.system, later).do(fail_run, run_id=again, why=Failure.DIED)
        assert (last := self.shown(here, later).last)
        assert last.id == again

    def shown(self, here: Town, now: datetime) -> PlanPage:
        return acting(here.desk, now).ask(plan_page, Purpose.CONTRACT, day=TOMORROW, now=now)

    def said(self, here: Town, one: Visit) -> set[str]:
        found: set[str] = here.look(
            lambda _: set(Message.objects.filter(about_id=one.id).values_list("template", flat=True))
        )
        return found
