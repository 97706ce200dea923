from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from anjia.dispatch.commands import (
    accept_offer,
    assign_by_hand,
    cancel_booking,
    confirm_hold,
    decline_offer,
    move_booking,
    offer_visit,
    release_hold,
)
from anjia.dispatch.jobs import go_on_asking
from anjia.dispatch.rules import NotSuitable, OfferOver, OfferTaken, SlotGone, TooSoon
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.audit import entries_found
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.visits.commands import cancel_visit
from anjia.visits.queries import VisitPage, get_visit_page
from anjia.visits.rules.lifecycle import HoldExpired, HoldReleased, Status, TooLateToChange, WrongCrew
from tests import make
from tests.dispatch.make import booking, hold, offers, slots, states, times, visit_of
from tests.make import NOON, deliver_events
from tests.visits.make import PLACE, Town, at, id_of, town
from tests.workforce.make import actions

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


def crew_now(here: Town, visit_id: UUID) -> list[tuple[UUID, str]]:
    visit = visit_of(here, visit_id)
    return [
        (one.staff_id, one.state) for one in here.crew(visit) if one.state not in {"withdrawn", "declined"}
    ]


class TestHoldSlot:
    def test_keeps_the_time_and_says_all_she_should_know(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        held = hold(here, resident, nurse, by=here.person(resident))
        assert (held.expires_at, held.ends_at) == (NOON + timedelta(minutes=10), at(10.75))
        assert (held.price_fen, held.service.name, held.caregivers[0].name) == (12000, "伤口换药", "李秋萍")
        assert "4 小时" in held.cancel_rule
        with pytest.raises(SlotGone):
            hold(here, resident, nurse)

    def test_looks_at_the_way_between_doors(self, here: Town) -> None:
        nurse = here.nurse()
        hold(here, here.resident("远处", place=(PLACE[0] + 0.09, PLACE[1])), nurse, starts_at=at(10))
        with pytest.raises(SlotGone):
            hold(here, here.resident(), nurse, starts_at=at(11))
        hold(here, here.resident(), nurse, starts_at=at(12))

    @pytest.mark.parametrize("shifts", [((8, 12), (12, 17)), ((8, 9), (9, 12), (12, 17))])
    def test_keeps_what_is_shown_where_one_shift_follows_another(
        self, here: Town, shifts: list[tuple[float, float]]
    ) -> None:
        nurse, resident = here.nurse(shifts=shifts), here.resident()
        hold(here, here.resident("王秀英"), nurse, starts_at=at(10))
        assert at(12) in times(slots(here, resident))
        hold(here, resident, nurse, starts_at=at(12))

    def test_refuses_who_may_not_do_it_though_she_is_free(self, here: Town) -> None:
        with pytest.raises(SlotGone):
            hold(here, here.resident(), here.nurse(title="护士"))
        with pytest.raises(SlotGone):
            hold(here, here.resident(), here.nurse(), starts_at=at(18))
        with pytest.raises(SlotGone):
            hold(here, here.resident(), town().nurse())

    def test_refuses_a_crew_of_the_wrong_size_and_too_little_notice(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        with pytest.raises(WrongCrew):
            hold(here, resident, nurse, service_code="bath")
        with pytest.raises(TooSoon):
            hold(here, resident, nurse, now=at(9))

    def test_is_for_her_and_those_who_book(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        with pytest.raises(NotFound):
            hold(here, resident, nurse, by=here.person(here.resident("王秀英")))
        with pytest.raises(NotAllowed):
            hold(here, resident, nurse, by=nurse)

    def test_takes_over_what_nobody_confirmed(self, here: Town) -> None:
        nurse = here.nurse()
        first, second = here.resident(), here.resident("王秀英")
        held = hold(here, first, nurse, by=here.person(first))
        later = NOON + timedelta(minutes=10)
        hold(here, second, nurse, by=here.person(second), now=later)
        with pytest.raises(HoldExpired):
            acting(here.person(first), later).do(confirm_hold, hold_id=held.id)


class TestOneHoldAtATime:
    def test_gives_back_what_the_same_account_held_for_her_before(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        daughter = here.person(resident)
        first = hold(here, resident, nurse, by=daughter)
        second = hold(here, resident, nurse, by=daughter, starts_at=at(10.5))  # it overlaps: hers to give up

        assert visit_of(here, first.id).status == Status.RELEASED
        with pytest.raises(HoldReleased):
            acting(daughter, NOON).do(confirm_hold, hold_id=first.id)
        acting(daughter, NOON).do(confirm_hold, hold_id=second.id)

    def test_keeps_it_when_the_other_time_cannot_be_had(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        daughter = here.person(resident)
        first = hold(here, resident, nurse, by=daughter)
        hold(here, here.resident("王秀英"), nurse, starts_at=at(14))
        with pytest.raises(SlotGone):
            hold(here, resident, nurse, by=daughter, starts_at=at(14))

        acting(daughter, NOON).do(confirm_hold, hold_id=first.id)

    def test_leaves_what_others_hold_and_what_is_held_for_others(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        of_another = hold(here, resident, nurse, by=here.colleague())
        for_another = hold(here, here.resident("王秀英"), nurse, starts_at=at(12))
        hold(here, resident, nurse, starts_at=at(14))

        for kept in (of_another, for_another):
            assert visit_of(here, kept.id).status == Status.HELD

    def test_takes_the_place_of_what_somebody_held_and_did_not_confirm(self, here: Town) -> None:
        nurse, resident, later = here.nurse(), here.resident(), NOON + timedelta(minutes=11)
        hold(here, here.resident("王秀英"), nurse)  # nobody has tidied it up since
        held = hold(here, resident, nurse, starts_at=at(10.25), now=later)

        booked = acting(here.desk, later).do(confirm_hold, hold_id=held.id)
        assert booked.status == Status.BOOKED

    def test_is_not_the_very_same_twice(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        hold(here, resident, nurse)
        with pytest.raises(SlotGone):
            hold(here, resident, nurse)


class TestConfirmAndRelease:
    def test_books_what_was_held_and_asks_the_nurse(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        held = hold(here, resident, nurse, by=here.person(resident))
        booked = acting(here.person(resident), NOON).do(confirm_hold, hold_id=held.id)
        assert booked.status == Status.BOOKED
        deliver_events(here.desk, now=NOON)
        assert states(here, held.id) == {nurse.staff_id: "open"}

    def test_gives_back_what_was_held(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        held = hold(here, resident, nurse)
        acting(here.desk, NOON).do(release_hold, hold_id=held.id)
        hold(here, resident, nurse)

    def test_is_hers_alone(self, here: Town) -> None:
        resident, other = here.resident(), here.resident("王秀英")
        held = hold(here, resident, here.nurse(), by=here.person(resident))
        for verb in (confirm_hold, release_hold):
            with pytest.raises(NotFound):
                acting(here.person(other), NOON).do(verb, hold_id=held.id)


class TestMoveBooking:
    def test_moves_and_asks_anew(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)

        acting(here.person(resident), NOON).do(
            move_booking, visit_id=visit_id, starts_at=at(14), staff_ids=[id_of(nurse)]
        )
        deliver_events(here.desk, now=NOON)

        assert crew_now(here, visit_id) == [(nurse.staff_id, "tentative")]
        [card] = offers(nurse)
        assert card.starts_at == at(14)
        acting(nurse, NOON).do(accept_offer, offer_id=card.id)
        hold(here, resident, nurse, starts_at=at(10))

    def test_to_where_somebody_has_just_moved_it_asks_and_tells_nobody_again(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        same: dict[str, Any] = {"visit_id": visit_id, "starts_at": at(14), "staff_ids": [id_of(nurse)]}
        acting(here.desk, NOON).do(move_booking, **same)
        deliver_events(here.desk, now=NOON)
        acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)

        again = acting(here.colleague(), NOON).do(move_booking, **same)

        assert again.starts_at == at(14)
        assert crew_now(here, visit_id) == [(nurse.staff_id, "accepted")]
        assert actions(here.desk).count("visits.visit.moved") == 1

    def test_may_overlap_what_it_was(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        acting(here.desk, NOON).do(
            move_booking, visit_id=visit_id, starts_at=at(10.5), staff_ids=[id_of(nurse)]
        )

    def test_keeps_the_old_promise_when_the_new_one_cannot_be_kept(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        hold(here, resident, nurse, starts_at=at(14))
        with pytest.raises(SlotGone):
            acting(here.desk, NOON).do(
                move_booking, visit_id=visit_id, starts_at=at(14), staff_ids=[id_of(nurse)]
            )
        assert crew_now(here, visit_id) == [(nurse.staff_id, "tentative")]

    def test_is_for_the_desk_when_it_is_late(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id, late = booking(here, resident, nurse), at(7)
        asked: dict[str, Any] = {"visit_id": visit_id, "starts_at": at(14), "staff_ids": [id_of(nurse)]}
        with pytest.raises(TooLateToChange):
            acting(here.person(resident), late).do(move_booking, **asked)
        acting(here.desk, late).do(move_booking, **asked)


class TestCancelBooking:
    def test_takes_back_the_offers_too(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        acting(here.person(resident), NOON).do(cancel_booking, visit_id=visit_id, reason="asked", why="住院")
        assert states(here, visit_id) == {nurse.staff_id: "withdrawn"}
        hold(here, resident, nurse)

    def test_by_another_way_takes_them_back_too_and_writes_it_down(self, here: Town) -> None:
        visit_id = booking(here, here.resident(), nurse := here.nurse())
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit_id, reason="unwell")

        deliver_events(here.desk, now=NOON)

        assert states(here, visit_id) == {nurse.staff_id: "withdrawn"}
        boss = make.actor("audit.read", organization_id=here.organization_id)
        written = acting(boss, NOON).ask(entries_found, Purpose.LEGAL, subject_id=visit_id)
        assert [one.action for one in written.items].count("dispatch.offer.withdrawn") == 1


class TestOffers:
    def test_are_taken_by_one(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        [card] = offers(nurse)
        acting(nurse, NOON).do(accept_offer, offer_id=card.id)
        assert crew_now(here, visit_id) == [(nurse.staff_id, "accepted")]
        with pytest.raises(OfferTaken):
            acting(nurse, NOON).do(accept_offer, offer_id=card.id)

    def test_are_not_for_others(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙")
        booking(here, here.resident(), nurse)
        [card] = offers(nurse)
        for verb in (accept_offer, decline_offer):
            with pytest.raises(NotFound):
                acting(other, NOON).do(verb, offer_id=card.id)

    def test_go_on_to_the_next_when_one_says_no(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙")
        visit_id = booking(here, here.resident(), nurse)
        acting(nurse, NOON).do(decline_offer, offer_id=offers(nurse)[0].id, reason="孩子发烧")
        assert crew_now(here, visit_id) == [(nurse.staff_id, "tentative")]

        deliver_events(here.desk, now=NOON)

        assert states(here, visit_id) == {nurse.staff_id: "declined", other.staff_id: "open"}
        assert crew_now(here, visit_id) == [(other.staff_id, "tentative")]
        hold(here, here.resident("王秀英"), nurse)

    def test_go_on_when_nobody_answers_in_time(self, here: Town) -> None:
        nurse, others = here.nurse("甲"), [here.nurse("乙"), here.nurse("丙"), here.nurse("丁")]
        visit_id = booking(here, here.resident(), nurse)
        later = NOON + timedelta(minutes=15)
        with pytest.raises(OfferOver):
            acting(nurse, later).do(accept_offer, offer_id=offers(nurse)[0].id)

        go_on_asking(later)

        found = states(here, visit_id)
        assert found[id_of(nurse)] == "timed_out"
        asked = [other for other in others if found.get(id_of(other)) == "open"]
        assert len(asked) == 2
        # The second of them is quicker than the one whose time is kept.
        last = next(other for other in asked if crew_now(here, visit_id) != [(other.staff_id, "tentative")])
        acting(last, later).do(accept_offer, offer_id=offers(last, now=later)[0].id)
        assert crew_now(here, visit_id) == [(last.staff_id, "accepted")]
        first = next(other for other in asked if other is not last)
        assert states(here, visit_id)[id_of(first)] == "withdrawn"

    def test_end_with_a_person_who_decides(self, here: Town) -> None:
        nurse = here.nurse()
        here.nurse("不够格", title="护士")
        visit_id = booking(here, here.resident(), nurse)
        acting(nurse, NOON).do(decline_offer, offer_id=offers(nurse)[0].id)
        deliver_events(here.desk, now=NOON)
        assert crew_now(here, visit_id) == [(nurse.staff_id, "tentative")]
        [there] = here.crew(visit_of(here, visit_id))
        assert there.unclaimed_at == NOON

    def test_are_made_once_however_often_it_is_asked(self, here: Town) -> None:
        nurse = here.nurse()
        visit_id = booking(here, here.resident(), nurse)
        for _ in range(3):
            assert acting(here.desk, NOON).do(offer_visit, visit_id=visit_id) == 0
        assert len(offers(nurse)) == 1


def page_of(here: Town, visit_id: UUID) -> VisitPage:
    return acting(here.desk, NOON).ask(get_visit_page, Purpose.CONTRACT, visit_id=visit_id, now=NOON)


class TestAssignByHand:
    def test_sends_somebody_and_takes_the_offer_back(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙")
        visit_id = booking(here, here.resident(), nurse)
        acting(here.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(other))
        assert crew_now(here, visit_id) == [(other.staff_id, "accepted")]
        assert states(here, visit_id) == {nurse.staff_id: "withdrawn"}

    def test_is_told_as_what_it_was_and_not_as_a_yes_of_hers(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙")
        visit_id = booking(here, here.resident(), nurse)
        acting(here.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(other), why="说好了")
        last = page_of(here, visit_id).timeline[-1]
        assert (last.words, last.who) == ("安排乙来：说好了", "工作人员")

    def test_tells_nobody_twice_what_two_dispatchers_decide_alike(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙")
        visit_id = booking(here, here.resident(), nurse)

        for dispatcher in (here.desk, here.colleague()):
            acting(dispatcher, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(other))
        deliver_events(here.desk, now=NOON)

        told = here.look(lambda _: [one.template for one in Message.objects.filter(party_id=other.user_id)])
        assert told == ["work_given"]

    def test_leaves_alone_who_has_taken_it_herself(self, here: Town) -> None:
        nurse = here.nurse()
        visit_id = booking(here, here.resident(), nurse)
        acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)

        acting(here.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(nurse))

        assert crew_now(here, visit_id) == [(nurse.staff_id, "accepted")]
        assert states(here, visit_id) == {nurse.staff_id: "accepted"}

    def test_says_every_rule_that_is_against_it(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("新人", title="护士", started_on=NOON.date())
        visit_id = booking(here, here.resident(), nurse)
        with pytest.raises(NotSuitable) as refusal:
            acting(here.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(other), why="急")
        assert "新人不能去" in refusal.value.detail
        assert refusal.value.detail.count("；") == 1

    def test_may_overrule_a_wish_with_a_reason(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙", sex="male")
        visit_id = booking(here, here.resident(), nurse, wishes={"caregiver_sex": "female"})
        asked: dict[str, Any] = {"visit_id": visit_id, "staff_id": id_of(other)}
        with pytest.raises(NotSuitable):
            acting(here.desk, NOON).do(assign_by_hand, **asked)
        acting(here.desk, NOON).do(assign_by_hand, **asked, why="打电话问过，可以")
        assert crew_now(here, visit_id) == [(other.staff_id, "accepted")]

    def test_is_for_those_who_assign(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        for who in (nurse, here.person(resident)):
            with pytest.raises(NotAllowed):
                acting(who, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(nurse))


def told(here: Town, visit_id: UUID) -> list[str]:
    def templates(_: Actor) -> list[str]:
        return sorted(Message.objects.filter(about_id=visit_id).values_list("template", flat=True))

    return acting(here.system, NOON).ask(templates)


class TestTelling:
    def test_tells_the_household_and_the_nurse(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        assert told(here, visit_id) == ["visit_promised", "work_offered"]
        acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)
        deliver_events(here.desk, now=NOON)
        acting(here.desk, NOON).do(cancel_booking, visit_id=visit_id, reason="asked")
        deliver_events(here.desk, now=NOON)
        assert told(here, visit_id) == [
            "visit_accepted",
            "visit_cancelled",
            "visit_promised",
            "work_cancelled",
            "work_offered",
        ]

    def test_names_the_visit_word_and_no_service(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        word = visit_of(here, visit_id).visit_word
        messages = here.look(lambda _: [one.words for one in Message.objects.filter(about_id=visit_id)])
        assert any(word in words for words in messages)
        assert not any("换药" in words for words in messages)
