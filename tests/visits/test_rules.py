import hashlib
import math
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anjia.visits.rules.arrival import (
    FAMILYS,
    HERS,
    CodeTrouble,
    Evidence,
    Grade,
    arrival_of,
    code_for,
    distance_m,
    step_of,
    trouble_with_code,
)
from anjia.visits.rules.facts import (
    FactKind,
    Misfit,
    critical_missing,
    misfits_of,
    wrong_with,
    wrong_with_record,
)
from anjia.visits.rules.lifecycle import (
    MOVES,
    AlreadyOnTheWay,
    EmptyWindow,
    IllegalMove,
    SameCaregiverTwice,
    State,
    Status,
    Told,
    TooLateToChange,
    WrongCrew,
    check_change,
    check_crew,
    check_move,
    check_window,
    may_change,
    state_after,
    status_after,
)
from tests.make import NOON


class TestCheckMove:
    @pytest.mark.parametrize("old", Status)
    def test_every_status_has_its_moves_written_down(self, old: Status) -> None:
        assert old in MOVES

    @pytest.mark.parametrize("new", Status)
    @pytest.mark.parametrize("old", [Status.DONE, Status.CANCELLED, Status.RELEASED])
    def test_lets_nothing_happen_to_a_visit_that_is_over(self, old: Status, new: Status) -> None:
        with pytest.raises(IllegalMove):
            check_move(old, new)


class TestCheckWindow:
    @pytest.mark.parametrize("length", [timedelta(0), timedelta(minutes=-1), timedelta(hours=12, minutes=1)])
    def test_refuses_what_is_no_visit(self, length: timedelta) -> None:
        with pytest.raises(EmptyWindow):
            check_window(starts_at=NOON, ends_at=NOON + length)

    def test_lets_it_take_half_a_day(self) -> None:
        check_window(starts_at=NOON, ends_at=NOON + timedelta(hours=12))


class TestCheckCrew:
    def test_refuses_one_person_for_two_parts(self) -> None:
        with pytest.raises(SameCaregiverTwice):
            check_crew([uuid4()] * 2, people_needed=2)

    @pytest.mark.parametrize("number", [1, 3])
    def test_refuses_fewer_or_more_than_are_needed(self, number: int) -> None:
        with pytest.raises(WrongCrew):
            check_crew([uuid4() for _ in range(number)], people_needed=2)


class TestCheckChange:
    @pytest.mark.parametrize(
        ("status", "hours", "by_person", "refusal"),
        [
            (Status.BOOKED, 4, True, None),
            (Status.BOOKED, 3.99, True, TooLateToChange),
            (Status.BOOKED, 0.1, False, None),
            (Status.DEPARTED, 5, True, AlreadyOnTheWay),
            (Status.DEPARTED, 5, False, None),
            (Status.ARRIVED, -1, False, AlreadyOnTheWay),
            (Status.MISSED, -9, False, None),
            (Status.DONE, 5, False, IllegalMove),
            (Status.CANCELLED, 5, True, IllegalMove),
        ],
    )
    def test_is_free_for_persons_until_four_hours_before(
        self, status: Status, hours: float, by_person: bool, refusal: type[Exception] | None
    ) -> None:
        asked: dict[str, Any] = {
            "starts_at": NOON + timedelta(hours=hours),
            "now": NOON,
            "by_person": by_person,
        }
        assert may_change(status, **asked) is (refusal is None)
        if refusal:
            with pytest.raises(refusal):
                check_change(status, **asked)


class TestStatusAfter:
    @pytest.mark.parametrize(
        ("base", "kinds", "status"),
        [
            (Status.BOOKED, [], Status.BOOKED),
            (Status.BOOKED, ["departed"], Status.DEPARTED),
            (Status.BOOKED, ["arrived"], Status.ARRIVED),
            (Status.BOOKED, ["done"], Status.DONE),
            (Status.BOOKED, ["note"], Status.BOOKED),
            (Status.MISSED, [], Status.MISSED),
            (Status.MISSED, ["arrived"], Status.ARRIVED),
            (Status.ARRIVED, ["departed", "arrived", "done"], Status.DONE),
            (Status.CANCELLED, ["departed", "arrived", "done"], Status.CANCELLED),
            (Status.RELEASED, ["done"], Status.RELEASED),
        ],
    )
    def test_is_what_the_facts_say(self, base: Status, kinds: list[str], status: Status) -> None:
        assert status_after(base, [Told(kind=kind, occurred_at=NOON) for kind in kinds]) is status

    def test_does_not_depend_on_the_order_in_which_they_come(self) -> None:
        told = [Told(kind=kind, occurred_at=NOON) for kind in ("departed", "arrived", "measured", "done")]
        assert {status_after(Status.BOOKED, some) for some in permutations(told)} == {Status.DONE}

    def test_leaves_who_was_taken_out_alone(self) -> None:
        assert state_after(State.WITHDRAWN, ["done"]) is State.WITHDRAWN
        assert state_after(State.ACCEPTED, ["arrived", "departed"]) is State.ARRIVED


class TestArrivalOf:
    @pytest.mark.parametrize(
        ("evidence", "grade", "lacks_reason"),
        [
            (Evidence(code_is_good=True), Grade.DYNAMIC_QR, False),
            (Evidence(card_is_good=True, distance_m=50, accuracy_m=20), Grade.HOUSEHOLD_CARD, False),
            (Evidence(family_code_is_good=True, distance_m=50, accuracy_m=20), Grade.FAMILY_QR, False),
            (Evidence(family_code_is_good=True, distance_m=900, accuracy_m=20), Grade.STATED, True),
            (Evidence(family_code_is_good=True), Grade.STATED, True),
            (
                Evidence(family_code_is_good=True, has_photo=True, has_reason=True),
                Grade.PHOTO_AND_REASON,
                False,
            ),
            (Evidence(card_is_good=True, distance_m=900, accuracy_m=20), Grade.STATED, True),
            (Evidence(has_photo=True, distance_m=200, accuracy_m=100), Grade.POSITION_AND_PHOTO, False),
            (Evidence(has_photo=True, distance_m=201, accuracy_m=5), Grade.STATED, True),
            (Evidence(has_photo=True, distance_m=5, accuracy_m=101), Grade.STATED, True),
            (Evidence(has_photo=True, has_reason=True), Grade.PHOTO_AND_REASON, False),
            (Evidence(has_reason=True), Grade.STATED, False),
            (Evidence(), Grade.STATED, True),
        ],
    )
    def test_takes_the_best_proof_and_asks_for_a_reason_where_there_is_none(
        self, evidence: Evidence, grade: Grade, lacks_reason: bool
    ) -> None:
        arrival = arrival_of(evidence)
        assert (arrival.grade, arrival.lacks_reason) == (grade, lacks_reason)


def sign(message: bytes) -> bytes:
    return bytes(len(message)) + message


def sign_by_all(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


class TestDoorCode:
    def test_is_good_for_its_minute_and_one_on_each_side(self) -> None:
        visit_id = uuid4()
        code = code_for(visit_id, step_of(NOON), sign)

        found = [
            trouble_with_code(code, visit_id=visit_id, at=NOON + timedelta(minutes=late), sign=sign)
            for late in (-2, -1, 0, 1, 2)
        ]

        assert found == [CodeTrouble.OLD_CODE, None, None, None, CodeTrouble.OLD_CODE]

    def test_is_good_for_one_visit(self) -> None:
        code = code_for(uuid4(), step_of(NOON), sign)
        assert trouble_with_code(code, visit_id=uuid4(), at=NOON, sign=sign) is CodeTrouble.OTHER_VISIT

    @pytest.mark.parametrize("code", ["", "http://x", "AJ1.x.y.z", "AJ1.1.2", "AJ2.{visit}.1.ab"])
    def test_is_not_what_somebody_made_up(self, code: str) -> None:
        assert trouble_with_code(code, visit_id=uuid4(), at=NOON, sign=sign) is CodeTrouble.WRONG_CODE

    def test_of_the_family_is_not_made_into_hers(self) -> None:
        visit_id = uuid4()
        code = code_for(visit_id, step_of(NOON), sign_by_all, shown_by=FAMILYS)
        forged = code.replace(FAMILYS, HERS, 1)

        found = [
            trouble_with_code(one, visit_id=visit_id, at=NOON, sign=sign_by_all) for one in (code, forged)
        ]
        assert found == [None, CodeTrouble.WRONG_CODE]

    def test_is_not_a_later_one_made_of_an_earlier_one(self) -> None:
        visit_id = uuid4()
        mark, visit, step, signature = code_for(visit_id, step_of(NOON), sign).split(".")
        forged = ".".join([mark, visit, str(int(step) + 9), signature])
        at = NOON + timedelta(minutes=9)
        assert (
            trouble_with_code(forged, visit_id=visit_id, at=at, sign=lambda m: m[::-1])
            is CodeTrouble.WRONG_CODE
        )


class TestDistance:
    def test_knows_the_way_round_a_degree(self) -> None:
        assert math.isclose(distance_m((0, 0), (0, 1)), 111_195, rel_tol=1e-3)

    @given(st.floats(-89, 89), st.floats(-179, 179))
    def test_is_nothing_to_where_one_is(self, latitude: float, longitude: float) -> None:
        assert distance_m((latitude, longitude), (latitude, longitude)) == 0


class TestWrongWith:
    @pytest.mark.parametrize(
        ("kind", "content", "wrong"),
        [
            ("departed", {}, []),
            ("arrived", {"proof": "photo"}, []),
            ("arrived", {}, ["proof"]),
            (
                "arrived",
                {"proof": "photo", "position": {"latitude": 91, "longitude": 0}},
                ["position.latitude"],
            ),
            ("measured", {"readings": []}, ["readings"]),
            (
                "measured",
                {"readings": [{"code": "8867-4", "value": "many", "unit": "/min"}]},
                ["readings.0.value"],
            ),
            ("measured", {"readings": [{"code": "8867-4", "value": 71, "unit": "/min"}]}, []),
            ("measured", {"readings": [{"code": "8867-4", "value": 71.5, "unit": "/min"}]}, []),
            # Pages and rules read what was kept, as it was said: a text that looks like a number broke them.
            (
                "measured",
                {"readings": [{"code": "8867-4", "value": "71", "unit": "/min"}]},
                ["readings.0.value"],
            ),
            (
                "arrived",
                {"proof": "photo", "position": {"latitude": "31.2", "longitude": 121}},
                ["position.latitude"],
            ),
            ("teach_back", {"point": "洗手", "understood": "no"}, ["understood"]),
            ("step_done", {"key": "wash", "skipped": "false"}, ["skipped"]),
            ("teach_back", {"point": "洗手", "understood": True}, []),
            ("signed", {"by": "nobody"}, ["by"]),
            ("done", {}, []),
            ("done", {"record": []}, ["record"]),
            ("note", {"words": "x" * 50_000}, ["content"]),
        ],
    )
    def test_names_the_fields_that_nobody_could_read(
        self, kind: str, content: dict[str, Any], wrong: list[str]
    ) -> None:
        assert list(wrong_with(FactKind(kind), content)) == wrong


class TestMisfitsOf:
    @pytest.mark.parametrize(
        ("visit", "assignment", "ahead", "misfits"),
        [
            (Status.BOOKED, State.TENTATIVE, 0, []),
            (Status.DONE, State.DONE, 0, []),
            (Status.MISSED, State.ACCEPTED, 0, []),
            (Status.CANCELLED, None, 0, [Misfit.VISIT_NOT_OPEN]),
            (Status.BOOKED, None, 0, [Misfit.NOT_ASSIGNED]),
            (Status.BOOKED, State.ACCEPTED, 6, [Misfit.CLOCK_AHEAD]),
            (Status.BOOKED, State.ACCEPTED, 5, []),
            (Status.BOOKED, None, 90, [Misfit.NOT_ASSIGNED, Misfit.CLOCK_AHEAD]),
        ],
    )
    def test_says_what_does_not_fit(
        self, visit: Status, assignment: State | None, ahead: int, misfits: list[Misfit]
    ) -> None:
        found = misfits_of(
            FactKind.NOTE,
            visit=visit,
            assignment=assignment,
            occurred_at=NOON + timedelta(minutes=ahead),
            received_at=NOON,
        )
        assert found == misfits


class TestDone:
    STEPS: list[dict[str, Any]] = [
        {"key": "a", "title": "甲", "critical": True},
        {"key": "b", "title": "乙"},
        {"key": "c", "critical": True},
    ]

    def test_misses_the_critical_steps_that_nobody_did_or_explained(self) -> None:
        assert critical_missing(self.STEPS, done=[]) == ["甲", "c"]
        assert critical_missing(self.STEPS, done=["a"], explained=["c"]) == []

    def test_names_the_fields_of_the_record_in_its_own_words(self) -> None:
        form = {
            "type": "object",
            "required": ["site", "size"],
            "properties": {
                "site": {"type": "string", "title": "部位"},
                "size": {"type": "number", "title": "大小"},
            },
        }
        assert wrong_with_record(form, {"size": "big"}) == ["大小", "部位"]
        assert wrong_with_record(form, {"site": "左腿", "size": 3}) == []
        assert wrong_with_record({}, {"anything": 1}) == []
