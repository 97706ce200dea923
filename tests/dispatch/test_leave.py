from datetime import timedelta
from uuid import UUID

import pytest

from anjia.dispatch.commands import accept_offer, confirm_hold
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.visits.models import VisitChange
from anjia.visits.queries import board
from anjia.workforce.commands import put_leave, remove_shift, set_last_day
from anjia.workforce.models import Shift
from anjia.workforce.rules import LeaveKind
from tests.dispatch.make import booking, hold, offers, states, visit_of
from tests.make import NOON, deliver_events
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


def falls_ill(here: Town, nurse: Actor) -> None:
    acting(here.system, NOON).do(
        put_leave, staff_id=id_of(nurse), kind=LeaveKind.SICK, starts_at=at(0), ends_at=at(0, day=2)
    )
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
