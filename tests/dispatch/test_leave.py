from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.checking import may_not_do
from anjia.dispatch.commands import accept_offer, assign_by_hand, confirm_hold
from anjia.dispatch.rules import GateClosed, SlotGone
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.visits.models import VisitChange
from anjia.visits.queries import board, live_assignments
from anjia.workforce.commands import (
    change_staff_member,
    put_leave,
    register_staff_list,
    remove_shift,
    set_last_day,
    take_back_qualification,
)
from anjia.workforce.models import Qualification, Shift
from anjia.workforce.rules import LeaveKind, StaffRow
from tests.dispatch.make import booking, hold, offers, states, visit_of
from tests.make import NOON, deliver_events
from tests.turns import impatient, turn_of_another
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


def taken(here: Town, nurse: Actor) -> UUID:
    """Return a visit that the nurse has accepted, tomorrow at ten."""
    visit_id = booking(here, here.resident(), nurse)
    acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)
    deliver_events(here.desk, now=NOON)
    return visit_id


def all_of_tomorrow(nurse: Actor) -> dict[str, Any]:
    return {"staff_id": id_of(nurse), "kind": LeaveKind.SICK, "starts_at": at(0), "ends_at": at(0, day=2)}


def licence_of(here: Town, nurse: Actor) -> UUID:
    found: UUID = here.look(
        lambda _: Qualification.objects.get(staff_id=id_of(nurse), code="nurse_licence").id
    )
    return found


def falls_ill(here: Town, nurse: Actor) -> None:
    acting(here.system, NOON).do(put_leave, **all_of_tomorrow(nurse))
    deliver_events(here.desk, now=NOON)


def in_for_it(here: Town, visit_id: UUID) -> list[tuple[UUID, str]]:
    crew = here.crew(visit_of(here, visit_id))
    return [(one.staff_id, one.state) for one in crew if one.state != "withdrawn"]


def on_board(here: Town) -> list[str]:
    unit = acting(here.system, NOON)
    return [row.state for row in unit.ask(board, Purpose.CONTRACT, day=at(10).date(), now=NOON).rows]


class TestSomebodyIsAway:
    def test_the_next_best_is_put_in_and_asked(self, here: Town) -> None:
        ill, other = here.nurse("李秋萍"), here.nurse("王芳")
        visit_id = taken(here, ill)

        falls_ill(here, ill)

        assert in_for_it(here, visit_id) == [(id_of(other), "tentative")]
        assert states(here, visit_id) == {id_of(ill): "withdrawn", id_of(other): "open"}
        assert on_board(here) == ["tentative"]
        told = here.look(lambda _: list(Message.objects.filter(party_id=ill.user_id)))
        assert "work_taken_away" in {one.template for one in told}

    def test_the_board_shows_it_where_nobody_else_can(self, here: Town) -> None:
        ill = here.nurse()
        visit_id = taken(here, ill)

        falls_ill(here, ill)

        assert in_for_it(here, visit_id) == [(id_of(ill), "tentative")]
        assert on_board(here) == ["unassigned"]
        changes = here.look(lambda _: [one.what for one in VisitChange.objects.order_by("id")])
        assert changes[-2:] == ["declined", "nobody_took_it"]

    def test_is_the_same_when_her_shift_is_taken_off_the_rota(self, here: Town) -> None:
        off, other = here.nurse("李秋萍"), here.nurse("王芳")
        visit_id = taken(here, off)

        shift = here.look(lambda _: Shift.objects.get(staff_id=id_of(off), starts_at=at(8)))
        acting(here.system, NOON).do(remove_shift, shift_id=shift.id)
        deliver_events(here.desk, now=NOON)

        assert in_for_it(here, visit_id) == [(id_of(other), "tentative")]

    def test_is_the_same_when_she_leaves(self, here: Town) -> None:
        leaver, other = here.nurse("李秋萍"), here.nurse("王芳")
        visit_id = taken(here, leaver)
        last_day = at(10).date() - timedelta(days=1)

        acting(here.system, NOON).do(set_last_day, staff_id=id_of(leaver), last_day=last_day)
        deliver_events(here.desk, now=NOON)

        assert in_for_it(here, visit_id) == [(id_of(other), "tentative")]

    def test_leaves_alone_what_she_promised_for_her_last_day(self, here: Town) -> None:
        leaver = here.nurse("李秋萍")
        visit_id = taken(here, leaver)

        acting(here.system, NOON).do(set_last_day, staff_id=id_of(leaver), last_day=at(10).date())
        deliver_events(here.desk, now=NOON)

        assert in_for_it(here, visit_id) == [(id_of(leaver), "accepted")]

    def test_leaves_alone_what_she_promised_for_other_days(self, here: Town) -> None:
        ill = here.nurse()
        later = booking(here, here.resident(), ill, starts_at=at(10, day=2))
        acting(ill, NOON).do(accept_offer, offer_id=offers(ill)[0].id)

        falls_ill(here, ill)

        assert in_for_it(here, later) == [(id_of(ill), "accepted")]

    def test_who_is_away_since_her_time_was_held_is_not_asked(self, here: Town) -> None:
        ill, other = here.nurse("李秋萍"), here.nurse("王芳")
        held = hold(here, here.resident(), ill)
        falls_ill(here, ill)

        acting(here.desk, NOON + timedelta(minutes=1)).do(confirm_hold, hold_id=held.id)
        deliver_events(here.desk, now=NOON + timedelta(minutes=1))

        assert states(here, held.id) == {id_of(other): "open"}

    def test_who_is_away_since_her_time_was_kept_cannot_take_it(self, here: Town) -> None:
        ill = here.nurse()
        booking(here, here.resident(), ill)
        offer = offers(ill)[0]
        acting(here.system, NOON).do(put_leave, **all_of_tomorrow(ill))  # and nobody has heard of it yet

        with pytest.raises(SlotGone):
            acting(ill, NOON).do(accept_offer, offer_id=offer.id)

    @pytest.mark.parametrize(
        "what",
        ["put_leave", "remove_shift", "set_last_day", "take_back_qualification", "register_staff_list"],
    )
    def test_is_written_down_after_whoever_is_just_promising_her_time(self, here: Town, what: str) -> None:
        nurse_name = "李秋萍"
        nurse = here.nurse(nurse_name)
        shift = here.look(lambda _: Shift.objects.get(staff_id=id_of(nurse), starts_at=at(8)))
        asked: dict[str, tuple[Any, dict[str, Any]]] = {
            "put_leave": (put_leave, all_of_tomorrow(nurse)),
            "remove_shift": (remove_shift, {"shift_id": shift.id}),
            "set_last_day": (set_last_day, {"staff_id": id_of(nurse), "last_day": at(10).date()}),
            "take_back_qualification": (
                take_back_qualification,
                {"qualification_id": licence_of(here, nurse)},
            ),
            "register_staff_list": (
                register_staff_list,
                {"rows": [StaffRow(name=nurse_name, started_on=date(2025, 1, 1))]},
            ),
        }
        command, says = asked[what]

        with (
            turn_of_another(f"caregiver/{id_of(nurse)}"),
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            acting(here.system, NOON).do(impatient(command), **says)


class TestPaperTakenBack:
    def test_the_next_best_is_put_in(self, here: Town) -> None:
        without, other = here.nurse("李秋萍"), here.nurse("王芳")
        visit_id = taken(here, without)

        self.take_back(here, without)
        deliver_events(here.desk, now=NOON)

        assert in_for_it(here, visit_id) == [(id_of(other), "tentative")]

    def test_she_cannot_take_what_is_kept_for_her(self, here: Town) -> None:
        without = here.nurse()
        booking(here, here.resident(), without)
        offer = offers(without)[0]
        self.take_back(here, without)

        with pytest.raises(GateClosed):
            acting(without, NOON).do(accept_offer, offer_id=offer.id)

    def test_is_looked_at_with_as_many_questions_whatever_she_has_promised(self, here: Town) -> None:
        nurse = here.nurse()
        questions = []
        for hour in (9, 12, 15):
            booking(here, here.resident(), nurse, starts_at=at(hour))
            promised = acting(here.system, NOON).ask(
                live_assignments, Purpose.CONTRACT, staff_ids=[id_of(nurse)], start=at(0), end=at(0, day=2)
            )
            with CaptureQueriesContext(connection) as asked:
                assert acting(here.system, NOON).ask(may_not_do, promised) == []
            questions.append(len(asked))

        assert len(set(questions)) == 1, questions

    def test_another_change_of_hers_leaves_alone_what_a_dispatcher_has_decided(self, here: Town) -> None:
        nurse = here.nurse(sex="male")
        resident = here.resident()
        visit_id = booking(here, resident, here.nurse("王芳"), wishes={"caregiver_sex": "female"})
        acting(here.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(nurse), why="问过了")

        acting(here.system, NOON).do(change_staff_member, staff_id=id_of(nurse), phone="13800000077")
        deliver_events(here.desk, now=NOON)

        assert in_for_it(here, visit_id) == [(id_of(nurse), "accepted")]

    def take_back(self, here: Town, nurse: Actor) -> None:
        acting(here.system, NOON).do(take_back_qualification, qualification_id=licence_of(here, nurse))
