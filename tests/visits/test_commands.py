from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from anjia.catalogue.models import ServiceVersion
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import FileIdTaken
from anjia.kernel.models import AuditEntry, Event
from anjia.kernel.work import acting
from anjia.records.models import Reading
from anjia.residents.models import Address
from anjia.visits.commands import (
    accept_assignment,
    assign,
    cancel_visit,
    confirm_visit,
    hold_visit,
    mark_missed,
    move_visit,
    promise_visit,
    release_visit,
    settle_conflict,
)
from anjia.visits.models import Conflict, FieldFact, Visit, VisitChange
from anjia.visits.queries import door_code
from anjia.visits.rules.arrival import Grade
from anjia.visits.rules.facts import Misfit
from anjia.visits.rules.lifecycle import (
    AlreadyAccepted,
    AlreadyOnTheWay,
    CaregiverBusy,
    HoldExpired,
    IllegalMove,
    SameCaregiverTwice,
    State,
    Status,
    TooLateToChange,
    WrongCrew,
)
from tests.make import NOON
from tests.visits.make import PLACE, PNG, Town, at, fact, id_of, picture, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


def planned(*nurses: Actor, start: float, end: float) -> list[Any]:
    return [(part, nurse.staff_id, at(start), at(end)) for part, nurse in enumerate(nurses, start=1)]


class TestPromiseVisit:
    def test_gives_each_part_a_caregiver_and_both_sides_a_word(self, here: Town) -> None:
        crew = [here.nurse("甲"), here.nurse("乙")]

        visit = here.visit(*crew)

        assert visit.status == Status.BOOKED
        assert len(visit.visit_word) == 4
        assert visit.visit_word.isdigit()
        assert [(one.part, one.staff_id, one.state) for one in here.crew(visit)] == [
            (1, crew[0].staff_id, "tentative"),
            (2, crew[1].staff_id, "tentative"),
        ]

    def test_says_who_did_it_and_that_it_has_happened(self, here: Town) -> None:
        visit = here.visit(here.nurse())

        entry = here.look(lambda _: AuditEntry.objects.get(subject_id=visit.id))
        assert (entry.action, entry.actor_id) == ("visits.visit.promised", here.desk.user_id)
        event = here.look(
            lambda _: Event.objects.get(organization_id=here.organization_id, name="visits.VisitPromised")
        )
        assert event.content["visit_id"] == str(visit.id)
        changes = here.look(lambda _: list(VisitChange.objects.filter(visit=visit)))
        assert [(one.what, one.status) for one in changes] == [("promised", "booked")]

    def test_keeps_the_service_as_it_was_that_day(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        assert (visit.service_code, visit.service_name, visit.service_name_en) == (
            "wound",
            "伤口换药",
            "Wound dressing",
        )
        assert visit.price_fen == 12000

    def test_refuses_who_may_not_book(self, here: Town) -> None:
        nurse = here.nurse()
        with pytest.raises(NotAllowed):
            acting(nurse, NOON).do(promise_visit, **here.plan(nurse))

    def test_does_not_say_that_another_persons_home_exists(self, here: Town) -> None:
        mine, other, nurse = here.resident(), here.resident("王秀英"), here.nurse()
        with pytest.raises(NotFound):
            acting(here.person(mine), NOON).do(promise_visit, **here.plan(nurse, resident=other))

    def test_refuses_a_strangers_address(self, here: Town) -> None:
        mine, other, nurse = here.resident(), here.resident("王秀英"), here.nurse()
        plan = here.plan(nurse, resident=mine, address_id=here.address(other).id)
        with pytest.raises(NotFound):
            acting(here.desk, NOON).do(promise_visit, **plan)

    def test_refuses_too_few_and_one_twice(self, here: Town) -> None:
        nurse = here.nurse()
        with pytest.raises(WrongCrew):
            here.visit(nurse, service_version_id=here.pair_version_id)
        with pytest.raises(SameCaregiverTwice):
            here.visit(nurse, nurse)

    def test_refuses_to_promise_one_caregiver_twice_for_one_time(self, here: Town) -> None:
        nurse = here.nurse()
        here.visit(nurse)
        with pytest.raises(CaregiverBusy):
            here.visit(nurse, starts_at=at(10.5), ends_at=at(11))
        assert here.look(lambda _: Visit.objects.count()) == 1

    def test_lets_a_visit_begin_when_the_last_one_ends(self, here: Town) -> None:
        nurse = here.nurse()
        first = here.visit(nurse)
        here.visit(nurse, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1))

    def test_knows_no_midnight(self, here: Town) -> None:
        nurse = here.nurse()
        here.visit(nurse, starts_at=at(23.5), ends_at=at(24.5))
        with pytest.raises(CaregiverBusy):
            here.visit(nurse, starts_at=at(0, day=2), ends_at=at(1, day=2))
        here.visit(nurse, starts_at=at(0.5, day=2), ends_at=at(1, day=2))


class TestHold:
    def hold(self, here: Town, nurse: Actor, **changes: Any) -> Visit:
        plan = here.plan(nurse, **changes) | {"held_until": NOON + timedelta(minutes=10)}
        address_id, version_id = plan.pop("address_id"), plan.pop("service_version_id")
        plan["address"] = here.look(lambda _: Address.objects.get(id=address_id))
        plan["service"] = here.look(lambda _: ServiceVersion.objects.get(id=version_id))
        return acting(here.desk, NOON).do(hold_visit, **plan)

    def test_keeps_the_time_from_everybody(self, here: Town) -> None:
        nurse = here.nurse()
        self.hold(here, nurse)
        with pytest.raises(CaregiverBusy):
            here.visit(nurse)

    def test_becomes_a_promise(self, here: Town) -> None:
        held = self.hold(here, here.nurse())
        visit = acting(here.desk, NOON + timedelta(minutes=9)).do(confirm_visit, visit_id=held.id)
        assert visit.status == Status.BOOKED
        assert [one.held_until for one in here.crew(visit)] == [None]

    def test_becomes_a_promise_once(self, here: Town) -> None:
        held = self.hold(here, here.nurse())
        acting(here.desk, NOON).do(confirm_visit, visit_id=held.id)
        with pytest.raises(IllegalMove):
            acting(here.desk, NOON).do(confirm_visit, visit_id=held.id)

    def test_is_over_after_ten_minutes_to_the_second(self, here: Town) -> None:
        held = self.hold(here, here.nurse())
        with pytest.raises(HoldExpired):
            acting(here.desk, NOON + timedelta(minutes=10)).do(confirm_visit, visit_id=held.id)

    def test_gives_the_time_to_the_next_when_it_is_over(self, here: Town) -> None:
        nurse = here.nurse()
        held = self.hold(here, nurse)
        later = NOON + timedelta(minutes=10)
        acting(here.desk, later).do(promise_visit, **here.plan(nurse))
        with pytest.raises(HoldExpired):
            acting(here.desk, NOON).do(confirm_visit, visit_id=held.id)

    def test_is_taken_over_though_the_next_cannot_see_whose_it_was(self, here: Town) -> None:
        nurse, other = here.nurse(), here.resident("王秀英")
        self.hold(here, nurse)
        plan = here.plan(nurse, resident=other) | {"source": "resident"}
        acting(here.person(other), NOON + timedelta(minutes=11)).do(promise_visit, **plan)

    def test_gives_the_time_back_when_it_is_released_and_once(self, here: Town) -> None:
        nurse = here.nurse()
        held = self.hold(here, nurse)
        for _ in range(2):
            acting(here.desk, NOON).do(release_visit, visit_id=held.id)
        here.visit(nurse)


class TestCancelVisit:
    def test_gives_the_caregiver_the_time_back(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="in_hospital")
        here.visit(nurse)

    def test_refuses_to_cancel_twice(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="in_hospital")
        with pytest.raises(IllegalMove):
            acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="in_hospital")

    def test_sends_persons_to_the_desk_when_it_is_too_late(self, here: Town) -> None:
        resident = here.resident()
        visit, late = here.visit(here.nurse(), resident=resident), at(7)
        with pytest.raises(TooLateToChange):
            acting(here.person(resident), late).do(cancel_visit, visit_id=visit.id, reason="other")
        acting(here.desk, late).do(cancel_visit, visit_id=visit.id, reason="other")

    def test_does_not_say_that_another_persons_visit_exists(self, here: Town) -> None:
        visit, other = here.visit(here.nurse()), here.resident("王秀英")
        with pytest.raises(NotFound):
            acting(here.person(other), NOON).do(cancel_visit, visit_id=visit.id, reason="other")


class TestMoveVisit:
    def test_promises_another_time_and_frees_the_old_one(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        moved = acting(here.desk, NOON).do(
            move_visit,
            visit_id=visit.id,
            starts_at=at(14),
            ends_at=at(14.75),
            assignments=planned(nurse, start=14, end=14.75),
        )
        assert (moved.starts_at, moved.version) == (at(14), 2)
        assert [(one.state, one.plan_version) for one in here.crew(visit)] == [
            ("withdrawn", 1),
            ("tentative", 2),
        ]
        here.visit(nurse)

    def test_may_overlap_its_own_old_time(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(
            move_visit,
            visit_id=visit.id,
            starts_at=at(10.5),
            ends_at=at(11.25),
            assignments=planned(nurse, start=10.5, end=11.25),
        )

    def test_refuses_a_time_that_is_taken_and_keeps_the_old_promise(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        here.visit(nurse, starts_at=at(14), ends_at=at(15))
        with pytest.raises(CaregiverBusy):
            acting(here.desk, NOON).do(
                move_visit,
                visit_id=visit.id,
                starts_at=at(14),
                ends_at=at(14.75),
                assignments=planned(nurse, start=14, end=14.75),
            )
        assert [one.state for one in here.crew(visit)] == ["tentative"]


class TestAssign:
    def test_puts_one_in_the_place_of_another(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(second), why="请假")
        assert [(one.staff_id, one.state) for one in here.crew(visit)] == [
            (first.staff_id, "withdrawn"),
            (second.staff_id, "tentative"),
        ]
        here.visit(first)

    def test_keeps_who_is_there_when_the_other_is_busy(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        here.visit(second)
        with pytest.raises(CaregiverBusy):
            acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(second))
        assert [one.staff_id for one in here.crew(visit) if one.state == "tentative"] == [first.staff_id]

    def test_refuses_when_she_is_on_the_way(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        say(first, fact(visit, "departed"))
        with pytest.raises(AlreadyOnTheWay):
            acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(second))

    def test_lets_one_take_it_and_no_second(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        acting(second, NOON).do(accept_assignment, visit_id=visit.id)
        with pytest.raises(AlreadyAccepted):
            acting(first, NOON).do(accept_assignment, visit_id=visit.id)
        with pytest.raises(AlreadyAccepted):
            acting(second, NOON).do(accept_assignment, visit_id=visit.id)
        live = [one for one in here.crew(visit) if one.state != State.WITHDRAWN]
        assert [(one.staff_id, one.state) for one in live] == [(second.staff_id, "accepted")]


def all_of_it(visit: Visit, *, by: Actor) -> list[dict[str, Any]]:
    """Return the facts of a visit at which nothing is missing."""
    start = visit.starts_at
    return [
        fact(visit, "departed", at=start - timedelta(minutes=20)),
        fact(visit, "arrived", at=start, proof="photo", file_id=picture(visit, by=by), reason="楼里没信号"),
        fact(visit, "step_done", at=start + timedelta(minutes=5), key="identify"),
        fact(visit, "step_done", at=start + timedelta(minutes=15), key="dress"),
        fact(
            visit,
            "measured",
            at=start + timedelta(minutes=20),
            readings=[{"code": "8867-4", "value": 72, "unit": "/min"}],
        ),
        fact(visit, "teach_back", at=start + timedelta(minutes=25), point="洗手", understood=True),
        fact(visit, "signed", at=start + timedelta(minutes=38), by="resident", file_id=picture(visit, by=by)),
        fact(visit, "done", at=start + timedelta(minutes=40), record={"site": "左小腿"}),
    ]


class TestRecordFacts:
    @pytest.fixture
    def nurse(self, here: Town) -> Actor:
        return here.nurse()

    def conflicts(self, here: Town) -> list[str]:
        open_ones: list[Conflict] = here.look(lambda _: list(Conflict.objects.filter(settled_at=None)))
        return sorted(one.misfit for one in open_ones)

    def test_takes_a_visit_from_the_way_to_done(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        facts = all_of_it(visit, by=nurse)

        receipt = say(nurse, *facts)

        assert [one.client_id for one in receipt.accepted] == [one["client_id"] for one in facts]
        assert receipt.refused == []
        assert self.conflicts(here) == []
        done = here.now(visit)
        assert (done.status, done.arrived_at, done.done_at) == (
            "done",
            visit.starts_at,
            visit.starts_at + timedelta(minutes=40),
        )
        assert [one.state for one in here.crew(visit)] == ["done"]
        assert done.grade == Grade.PHOTO_AND_REASON
        reading = here.look(lambda _: Reading.objects.get(resident_id=visit.resident_id))
        assert (reading.code, float(reading.value), reading.visit_id) == ("8867-4", 72, visit.id)
        what = here.look(
            lambda _: list(
                VisitChange.objects.filter(visit=visit).order_by("at").values_list("what", flat=True)
            )
        )
        assert what == ["promised", "departed", "arrived", "done"]

    @pytest.mark.parametrize("seed", range(4))
    def test_comes_to_the_same_in_whatever_order_and_pieces_they_come(
        self, here: Town, nurse: Actor, seed: int
    ) -> None:
        visit = here.visit(nurse)
        facts = all_of_it(visit, by=nurse)
        late = visit.ends_at + timedelta(hours=3)
        for one in sorted(facts, key=lambda fact: hash((seed, fact["kind"], str(fact["content"])))):
            say(nurse, one, now=late)

        done = here.now(visit)
        assert (done.status, done.departed_at, done.done_at) == (
            "done",
            facts[0]["occurred_at"],
            facts[-1]["occurred_at"],
        )
        assert self.conflicts(here) == []

    def test_writes_down_once_what_is_sent_twice(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        facts = all_of_it(visit, by=nurse)
        first = say(nurse, *facts, *facts)
        second = say(nurse, *reversed(facts), now=NOON + timedelta(days=9))

        assert len(first.accepted) == len(facts)
        assert {one.received_at for one in second.accepted} == {one.received_at for one in first.accepted}
        assert here.look(lambda _: FieldFact.objects.count()) == len(facts)
        assert here.look(lambda _: Reading.objects.filter(resident_id=visit.resident_id).count()) == 1

    def test_keeps_what_does_not_fit_and_asks_a_person(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="in_hospital")

        receipt = say(nurse, fact(visit, "arrived", proof="photo", reason="在门口"))

        assert receipt.accepted[0].conflict
        assert self.conflicts(here) == [Misfit.VISIT_NOT_OPEN]
        assert here.now(visit).status == Status.CANCELLED

    def test_keeps_what_somebody_else_says(self, here: Town, nurse: Actor) -> None:
        visit, other = here.visit(nurse), here.nurse("别人")

        say(other, fact(visit, "arrived", proof="photo", reason="顺路"), fact(visit, "done"))

        assert set(self.conflicts(here)) == {Misfit.NOT_ASSIGNED}
        assert here.now(visit).status == Status.BOOKED

    def test_does_not_let_a_stranger_measure(self, here: Town, nurse: Actor) -> None:
        visit, other = here.visit(nurse), here.nurse("别人")
        say(other, fact(visit, "measured", readings=[{"code": "8867-4", "value": 72, "unit": "/min"}]))
        assert here.look(lambda _: Reading.objects.filter(resident_id=visit.resident_id).count()) == 0

    def test_is_done_when_she_says_so_and_says_what_is_missing(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        receipt = say(nurse, fact(visit, "arrived", proof="photo", reason="到了"), fact(visit, "done"))

        assert here.now(visit).status == Status.DONE
        assert self.conflicts(here) == [
            Misfit.CRITICAL_STEPS_MISSING,
            Misfit.RECORD_INVALID,
            Misfit.SIGNATURE_MISSING,
        ]
        assert receipt.accepted[1].conflict

    def test_takes_that_back_when_the_rest_comes_later(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        facts = all_of_it(visit, by=nurse)
        say(nurse, facts[-1])
        assert self.conflicts(here) == [
            Misfit.CRITICAL_STEPS_MISSING,
            Misfit.NO_ARRIVAL,
            Misfit.SIGNATURE_MISSING,
        ]
        say(nurse, *facts[:-1], now=facts[-1]["occurred_at"])
        assert self.conflicts(here) == []

    def test_takes_a_reason_for_a_step_that_was_not_done(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        facts = all_of_it(visit, by=nurse)
        facts[3]["content"] = {"key": "dress", "skipped": True, "reason": "伤口已愈合"}
        say(nurse, *facts)
        assert self.conflicts(here) == []

    def test_refuses_by_itself_what_nobody_could_read(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        bad, good = fact(visit, "arrived", proof="trust me"), fact(visit, "departed")
        elsewhere = fact(visit, "departed") | {"visit_id": uuid4()}

        receipt = say(nurse, bad, good, elsewhere)

        assert [one.client_id for one in receipt.accepted] == [good["client_id"]]
        assert {one.client_id: (one.code, list(one.fields)) for one in receipt.refused} == {
            bad["client_id"]: ("visits.fact_unreadable", ["proof"]),
            elsewhere["client_id"]: ("visits.fact_of_no_visit", []),
        }

    def test_refuses_by_itself_a_kind_that_it_does_not_know_and_takes_it_once_it_does(
        self, here: Town, nurse: Actor
    ) -> None:
        """As from a phone whose app is newer than the server."""
        visit = here.visit(nurse)
        news, known = fact(visit, "heard_lungs", words="清"), fact(visit, "departed")

        receipt = say(nurse, news, known)

        assert [one.client_id for one in receipt.accepted] == [known["client_id"]]
        assert [(one.client_id, one.code) for one in receipt.refused] == [
            (news["client_id"], "visits.fact_of_unknown_kind")
        ]
        assert here.now(visit).departed_at == visit.starts_at
        later = say(nurse, news | {"kind": "note"}, known)
        assert [one.client_id for one in later.accepted] == [news["client_id"], known["client_id"]]

    def test_keeps_a_fact_from_the_future_and_says_so(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        ahead = visit.starts_at + timedelta(days=400)
        receipt = say(nurse, fact(visit, "departed", at=ahead), now=visit.starts_at)
        assert receipt.accepted[0].conflict
        assert here.now(visit).departed_at == visit.starts_at

    def test_keeps_a_reading_that_no_one_can_have_out_of_the_record(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        sane, wild = (
            {"code": "8867-4", "value": 71, "unit": "/min"},
            {"code": "8310-5", "value": 390, "unit": "Cel"},
        )
        say(nurse, fact(visit, "measured", readings=[sane, wild]))
        assert self.conflicts(here) == [Misfit.READING_NOT_KEPT]
        assert here.look(lambda _: FieldFact.objects.get().content["readings"][1]["value"]) == 390
        assert here.look(lambda _: Reading.objects.filter(resident_id=visit.resident_id).count()) == 1

    def test_is_done_when_one_of_two_says_so(self, here: Town) -> None:
        crew = [here.nurse("甲"), here.nurse("乙")]
        visit = here.visit(*crew)
        say(crew[0], *all_of_it(visit, by=crew[0]))
        assert here.now(visit).status == Status.DONE
        assert [one.state for one in here.crew(visit)] == ["done", "tentative"]

    def test_is_for_caregivers(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        with pytest.raises(NotAllowed):
            say(here.desk, fact(visit, "departed"))

    def test_lets_a_person_decide(self, here: Town, nurse: Actor) -> None:
        visit, other = here.visit(nurse), here.nurse("别人")
        say(other, fact(visit, "arrived", proof="photo", reason="替班"))
        conflict = here.look(lambda _: Conflict.objects.get())
        acting(here.desk, NOON).do(
            settle_conflict, conflict_id=conflict.id, decision="counts", why="当天换班"
        )
        assert self.conflicts(here) == []
        assert here.now(visit).status == Status.ARRIVED
        with pytest.raises(NotFound):
            acting(here.desk, NOON).do(settle_conflict, conflict_id=conflict.id, decision="void", why="")

    def settle(self, here: Town, misfit: str, decision: str = "counts") -> None:
        open_ones = here.look(lambda _: list(Conflict.objects.filter(settled_at=None, misfit=misfit)))
        for one in open_ones:
            acting(here.desk, at(14)).do(settle_conflict, conflict_id=one.id, decision=decision, why="问过了")

    def test_puts_what_was_measured_into_the_record_once_it_counts(self, here: Town, nurse: Actor) -> None:
        visit, other = here.visit(nurse), here.nurse("替班的人")
        pressure = [{"code": "8480-6", "value": 200, "unit": "mm[Hg]"}]
        say(other, fact(visit, "measured", readings=pressure), now=at(13))
        assert here.look(lambda _: Reading.objects.filter(visit_id=visit.id).count()) == 0

        self.settle(here, "not_assigned")

        [kept] = here.look(lambda _: list(Reading.objects.filter(visit_id=visit.id)))
        assert (kept.value, kept.source) == (200, f"staff:{other.user_id}")

    def test_has_happened_after_all_what_was_called_off_if_a_person_says_so(
        self, here: Town, nurse: Actor
    ) -> None:
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="asked")
        say(nurse, *all_of_it(visit, by=nurse), now=at(13))

        self.settle(here, "visit_not_open")

        now = here.now(visit)
        assert (now.status, now.cancel_reason, now.done_at is None) == (Status.DONE, "", False)
        assert [one.state for one in here.crew(visit)] == ["done"]

    def test_stays_called_off_if_all_that_counts_is_that_she_set_out(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="asked")
        say(nurse, fact(visit, "departed"), fact(visit, "note", words="到门口才知道"), now=at(13))

        self.settle(here, "visit_not_open")

        now = here.now(visit)
        assert (now.status, now.departed_at, now.done_at) == (Status.CANCELLED, None, None)

    def test_takes_more_readings_than_the_record_takes_at_once(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        many = [
            fact(
                visit,
                "measured",
                at=visit.starts_at + timedelta(seconds=number),
                device="血压计\x00",
                readings=[{"code": "8867-4", "value": 60 + beat, "unit": "/min"} for beat in range(50)],
            )
            for number in range(11)
        ]

        receipt = say(nurse, *many)

        assert (len(receipt.accepted), receipt.refused) == (11, [])
        assert here.look(lambda _: {one.device for one in Reading.objects.filter(visit_id=visit.id)}) == {
            "血压计"
        }

    def test_refuses_by_itself_a_time_that_no_clock_shows(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)
        first_year = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))

        receipt = say(nurse, fact(visit, "departed", at=first_year), fact(visit, "arrived", proof="photo"))

        assert (len(receipt.accepted), [list(one.fields) for one in receipt.refused]) == (
            1,
            [["occurred_at"]],
        )
        assert here.now(visit).status == Status.ARRIVED

    def test_stays_as_it_was_when_a_person_says_that_it_does_not_count(
        self, here: Town, nurse: Actor
    ) -> None:
        visit, other = here.visit(nurse), here.nurse("别人")
        say(other, fact(visit, "arrived", proof="photo", reason="走错了"))
        conflict = here.look(lambda _: Conflict.objects.get())
        acting(here.desk, NOON).do(settle_conflict, conflict_id=conflict.id, decision="void", why="走错了")
        assert here.now(visit).status == Status.BOOKED


class TestArrival:
    NEAR = {"latitude": PLACE[0], "longitude": PLACE[1], "accuracy_m": 20}
    FAR = {"latitude": PLACE[0] + 0.01, "longitude": PLACE[1], "accuracy_m": 20}

    def arrive(self, here: Town, **content: Any) -> tuple[str, str | None]:
        nurse, resident = here.nurse(), here.resident()
        visit = here.visit(nurse, resident=resident)
        if content.get("payload") == "hers":
            asked = acting(here.person(resident), visit.starts_at)
            code = asked.ask(door_code, Purpose.ACCESS, visit_id=visit.id, now=visit.starts_at)
            content["payload"] = code.payload
        if content.pop("with_photo", False):
            content["file_id"] = picture(visit, by=nurse)
        [taken] = say(nurse, fact(visit, "arrived", **content)).accepted
        assert here.now(visit).status == Status.ARRIVED
        return here.now(visit).grade, taken.conflict

    def test_takes_the_code_on_the_residents_phone(self, here: Town) -> None:
        assert self.arrive(here, proof="dynamic_qr", payload="hers") == ("dynamic_qr", None)

    def test_falls_back_where_the_code_is_wrong_and_says_so(self, here: Town) -> None:
        grade, conflict = self.arrive(
            here, proof="dynamic_qr", payload="AJ1.x", position=self.NEAR, with_photo=True
        )
        assert grade == Grade.POSITION_AND_PHOTO
        assert conflict

    def test_takes_a_photo_near_the_door(self, here: Town) -> None:
        assert self.arrive(here, proof="photo", position=self.NEAR, with_photo=True) == (
            "position_and_photo",
            None,
        )

    def test_takes_no_photo_that_it_does_not_have_or_that_is_anothers(self, here: Town) -> None:
        another = here.nurse("别人")
        of_another_door = picture(here.visit(another, starts_at=at(14), ends_at=at(15)), by=another)

        for file_id in (str(uuid4()), of_another_door):
            visit = here.visit(nurse := here.nurse())
            say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=file_id))
            assert here.now(visit).grade == Grade.STATED

    def test_is_better_once_the_photo_has_come_that_it_named(self, here: Town) -> None:
        """As with little signal: the fact gets through, its photo an hour later."""
        visit, door = here.visit(nurse := here.nurse()), uuid4()
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=str(door)))
        before = here.now(visit).grade, self.open_misfits(here)

        picture(visit, by=nurse, file_id=door)

        assert before == (Grade.STATED, [Misfit.REASON_MISSING])
        assert (here.now(visit).grade, self.open_misfits(here)) == (Grade.POSITION_AND_PHOTO, [])
        assert here.now(visit).version > visit.version

    def test_is_no_better_for_a_photo_that_another_has_sent(self, here: Town) -> None:
        visit, door = here.visit(nurse := here.nurse()), uuid4()
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=str(door)))

        picture(visit, by=here.nurse("别人"), file_id=door)

        assert here.now(visit).grade == Grade.STATED

    def test_is_signed_once_the_signature_has_come(self, here: Town) -> None:
        visit, signature = here.visit(nurse := here.nurse()), uuid4()
        door = picture(visit, by=nurse)
        say(
            nurse,
            fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=door),
            fact(visit, "signed", by="resident", file_id=str(signature)),
            fact(visit, "done", record={"site": "左"}),
        )
        before = Misfit.SIGNATURE_MISSING in self.open_misfits(here)

        picture(visit, by=nurse, file_id=signature)

        assert before
        assert here.now(visit).grade == Grade.PHOTO_AND_SIGNATURE
        assert Misfit.SIGNATURE_MISSING not in self.open_misfits(here)

    def test_keeps_what_the_photo_proved_late_when_more_is_said(self, here: Town) -> None:
        visit, door = here.visit(nurse := here.nurse()), uuid4()
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=str(door)))
        picture(visit, by=nurse, file_id=door)

        say(nurse, fact(visit, "note", words="都好"))

        assert here.now(visit).grade == Grade.POSITION_AND_PHOTO

    def test_keeps_a_file_under_the_phones_own_id_once(self, here: Town) -> None:
        visit, door = here.visit(nurse := here.nurse()), uuid4()

        sent = [picture(visit, by=nurse, file_id=door) for _ in range(2)]

        assert sent == [str(door)] * 2
        with pytest.raises(FileIdTaken):
            picture(visit, by=nurse, file_id=door, content=PNG + b"another")
        stranger = town()
        with pytest.raises(FileIdTaken):
            picture(stranger.visit(theirs := stranger.nurse()), by=theirs, file_id=door)

    def open_misfits(self, here: Town) -> list[str]:
        open_ones: list[str] = here.look(
            lambda _: [one.misfit for one in Conflict.objects.filter(settled_at=None)]
        )
        return open_ones

    def test_is_better_with_her_signature(self, here: Town) -> None:
        visit = here.visit(nurse := here.nurse())
        door = picture(visit, by=nurse)
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=door))

        say(nurse, fact(visit, "signed", by="resident"))
        without = here.now(visit).grade
        say(nurse, fact(visit, "signed", by="resident", file_id=picture(visit, by=nurse)))

        assert (without, here.now(visit).grade) == (Grade.POSITION_AND_PHOTO, Grade.PHOTO_AND_SIGNATURE)

    @pytest.mark.parametrize(
        ("said", "misses"),
        [
            ({"by": "resident"}, True),
            ({"by": "refused"}, True),
            ({"by": "refused", "reason": "手抖，不肯签"}, False),
        ],
    )
    def test_has_no_signature_where_nobody_signed(
        self, here: Town, said: dict[str, Any], misses: bool
    ) -> None:
        visit = here.visit(nurse := here.nurse())

        say(nurse, fact(visit, "signed", **said), fact(visit, "done", record={"site": "左"}))

        open_ones = here.look(lambda _: [one.misfit for one in Conflict.objects.filter(settled_at=None)])
        assert (Misfit.SIGNATURE_MISSING in open_ones) is misses

    def test_asks_for_a_reason_far_from_it_and_stops_nobody(self, here: Town) -> None:
        grade, conflict = self.arrive(here, proof="photo", position=self.FAR, with_photo=True)
        assert grade == Grade.STATED
        assert conflict

    def test_is_content_when_the_reason_comes(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        say(nurse, fact(visit, "arrived", proof="photo", position=self.FAR))
        say(nurse, fact(visit, "arrived", proof="photo", position=self.FAR, reason="地下室"))
        assert here.look(lambda _: Conflict.objects.filter(settled_at=None).count()) == 0

    def test_does_not_make_the_code_for_staff(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        with pytest.raises(NotFound):
            acting(here.desk, NOON).ask(door_code, Purpose.ACCESS, visit_id=visit.id, now=NOON)


class TestMarkMissed:
    def test_says_that_nobody_came_until_facts_say_otherwise(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        early, late = visit.ends_at + timedelta(hours=3), visit.ends_at + timedelta(hours=4)
        assert acting(here.system, early).do(mark_missed, visit_id=visit.id) is False
        assert acting(here.system, late).do(mark_missed, visit_id=visit.id) is True
        assert here.now(visit).status == Status.MISSED

        say(nurse, *all_of_it(visit, by=nurse), now=late + timedelta(hours=1))

        assert here.now(visit).status == Status.DONE
