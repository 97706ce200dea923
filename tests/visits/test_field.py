"""What comes from the field, in whatever order."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.records.models import Reading
from anjia.visits.commands import (
    cancel_visit,
    mark_missed,
    record_facts,
    settle_conflict,
)
from anjia.visits.models import Conflict, FieldFact, Visit, VisitChange
from anjia.visits.rules.arrival import Grade
from anjia.visits.rules.facts import Misfit
from anjia.visits.rules.lifecycle import (
    Status,
)
from tests.make import NOON
from tests.turns import impatient, turn_of_another
from tests.visits.make import Town, at, fact, picture, say

pytestmark = pytest.mark.usefixtures("database")


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

    def test_does_not_say_that_it_has_what_came_under_the_id_of_another(
        self, here: Town, nurse: Actor
    ) -> None:
        visit, other = here.visit(nurse), here.visit(nurse, starts_at=at(14), ends_at=at(14.75))
        first = fact(visit, "note", words="换了敷料")
        altered = [
            first | {"content": {"words": "没有换"}},
            first | {"kind": "left", "content": {}},
            first | {"visit_id": other.id},
            first | {"occurred_at": at(11)},
        ]
        say(nurse, first)

        for again in altered:
            receipt = say(nurse, again)
            assert not receipt.accepted
            assert [one.code for one in receipt.refused] == ["visits.fact_id_taken"]
        both = say(nurse, fact(visit, "note", words="一"), twin := fact(visit, "note", words="二"), twin)
        assert len(both.accepted) == 2
        assert not both.refused
        facts = here.look(lambda _: [one.content["words"] for one in FieldFact.objects.filter(kind="note")])
        assert sorted(facts) == ["一", "二", "换了敷料"]

    def test_waits_for_what_the_same_caregiver_is_just_saying(self, here: Town, nurse: Actor) -> None:
        visit = here.visit(nurse)

        with (
            turn_of_another(f"facts/{nurse.staff_id}"),
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            acting(nurse, NOON).do(impatient(record_facts), facts=[fact(visit, "departed")])

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
            str(bad["client_id"]): ("visits.fact_unreadable", ["proof"]),
            str(elsewhere["client_id"]): ("visits.fact_of_no_visit", []),
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
            (str(news["client_id"]), "visits.fact_of_unknown_kind")
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
