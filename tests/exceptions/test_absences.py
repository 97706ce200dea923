"""Who cannot come: all she had promised is listed at once, others are proposed and sent, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import cancel_booking, change_day
from anjia.dispatch.queries import all_page
from anjia.dispatch.rules import NotSuitable
from anjia.exceptions.commands import close_exception, report_absence, stand_in
from anjia.exceptions.models import VisitException
from anjia.exceptions.rules.closing import LinesStillOpen
from anjia.exceptions.rules.forms import FormUnsound
from anjia.exceptions.rules.standing_in import AlreadySettled
from anjia.exceptions.shapes import AbsentVisit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.visits.commands import assign, mark_missed
from anjia.visits.models import Visit
from anjia.visits.rules.lifecycle import MISSED_AFTER
from anjia.workforce.commands import ask_leave, put_leave, set_standby
from anjia.workforce.models import Leave, Shift
from anjia.workforce.rules import LeaveKind
from tests.dispatch.make import TOMORROW
from tests.exceptions.make import dispatcher, heard, lines, page
from tests.make import NOON
from tests.visits.make import Town, at, fact, id_of, say, town

pytestmark = pytest.mark.usefixtures("database")

EARLY = at(8 + 5 / 60)
HOURS = (8.5, 9.5, 10.5, 13, 14, 15)
ILL: dict[str, Any] = {"cause": "ill", "days": 1}


@pytest.fixture
def here() -> Town:
    return town()


def on_standby(here: Town, nurse: Actor) -> None:
    shift = here.look(lambda _: Shift.objects.get(staff_id=id_of(nurse), starts_at=at(8)))
    acting(dispatcher(here), NOON).do(set_standby, shift_id=shift.id, is_standby=True)


def day_of(here: Town, nurse: Actor, hours: tuple[float, ...] = HOURS) -> list[Visit]:
    """Return her visits of tomorrow, each taken."""
    visits = [here.visit(nurse, starts_at=at(hour), ends_at=at(hour + 0.5)) for hour in hours]
    for visit in visits:
        acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(nurse), state="accepted")
    heard(here, now=NOON)
    return visits


def ill(here: Town, nurse: Actor, *, now: datetime = EARLY, **form: Any) -> VisitException:
    return acting(dispatcher(here), now).do(report_absence, staff_id=id_of(nurse), form=ILL | form)


def listed(here: Town, one: VisitException, *, now: datetime = EARLY) -> list[AbsentVisit]:
    return list(page(here, one.id, now=now).visits)


def first_of(one: AbsentVisit) -> UUID:
    assert one.instead is not None
    return one.instead.able[0].staff_id


def away(here: Town, nurse: Actor) -> list[tuple[str, datetime, datetime]]:
    def read(_: Actor) -> list[tuple[str, datetime, datetime]]:
        rows = Leave.objects.filter(staff_id=id_of(nurse)).order_by("starts_at")
        return [(one.state, one.starts_at, one.ends_at) for one in rows]

    found: list[tuple[str, datetime, datetime]] = here.look(read)
    return found


def who_comes(here: Town, visit: Visit) -> list[tuple[UUID, str]]:
    return [(one.staff_id, one.state) for one in here.crew(visit) if one.state != "withdrawn"]


class TestSomebodyFallsIll:
    def test_lists_her_six_visits_and_proposes_who_is_on_standby_at_once(self, here: Town) -> None:
        nurse, spare = here.nurse("李秋萍"), here.nurse("王芳")
        on_standby(here, spare)
        visits = day_of(here, nurse)

        made = ill(here, nurse)

        found = listed(here, made)
        assert [one.visit_id for one in found] == [visit.id for visit in visits]
        assert [first_of(one) for one in found] == [id_of(spare)] * 6
        able = found[0].instead.able[0] if found[0].instead else None
        assert able is not None
        assert able.is_standby
        assert able.because[0] == "备用"
        assert any("路上" in words for words in able.because)

    def test_is_on_leave_from_then_on(self, here: Town) -> None:
        nurse = here.nurse()

        ill(here, nurse, days=2)

        [leave] = here.look(lambda _: list(Leave.objects.filter(staff_id=id_of(nurse))))
        assert (leave.state, leave.starts_at, leave.ends_at) == ("granted", EARLY, at(0, day=3))

    def test_for_longer_than_was_said_at_first_is_on_leave_for_longer(self, here: Town) -> None:
        nurse = here.nurse()

        ill(here, nurse)
        ill(here, nurse, days=3)

        assert away(here, nurse) == [
            ("granted", EARLY, at(0, day=2)),
            ("granted", at(0, day=2), at(0, day=4)),
        ]

    def test_is_on_leave_around_what_she_had_off_already(self, here: Town) -> None:
        nurse = here.nurse()
        off: dict[str, Any] = {"staff_id": id_of(nurse), "kind": LeaveKind.ANNUAL}
        acting(here.system, NOON).do(put_leave, starts_at=at(12), ends_at=at(18), **off)

        ill(here, nurse, days=2)

        assert away(here, nurse) == [
            ("granted", EARLY, at(12)),
            ("granted", at(12), at(18)),
            ("granted", at(18), at(0, day=3)),
        ]

    @pytest.mark.parametrize(("until", "state"), [(18, "granted"), (24 * 7, "asked")])
    def test_has_what_she_had_asked_for_of_that_time_and_no_more(
        self, here: Town, until: float, state: str
    ) -> None:
        nurse = here.nurse()
        asks: dict[str, Any] = {"staff_id": id_of(nurse), "kind": LeaveKind.SICK}
        ends_at = at(0) + timedelta(hours=until)
        acting(here.system, NOON).do(ask_leave, starts_at=at(12), ends_at=ends_at, **asks)

        ill(here, nurse)

        [first, second, *_rest] = away(here, nurse)
        assert first == ("granted", EARLY, at(12))
        assert second == (state, at(12), ends_at)

    def test_everybody_is_sent_one_after_the_other_and_it_can_be_closed(self, here: Town) -> None:
        nurse, spare = here.nurse("李秋萍"), here.nurse("王芳")
        on_standby(here, spare)
        visits = day_of(here, nurse)
        made = ill(here, nurse)

        for one in listed(here, made):
            acting(dispatcher(here), EARLY).do(stand_in, line_id=one.id, staff_id=first_of(one))

        assert [who_comes(here, visit) for visit in visits] == [[(id_of(spare), "accepted")]] * 6
        assert {one.settled for one in lines(here)} == {"given"}
        acting(dispatcher(here), EARLY).do(
            close_exception,
            exception_id=made.id,
            outcome="somebody_else",
            done="六家都换了王芳",
            told=["family"],
            follow_up="not_needed",
        )

    def test_is_settled_as_well_by_the_page_that_arranges_her_day_anew(self, here: Town) -> None:
        """Two pages for one trouble: what is done on the one is done on the other."""
        nurse, _spare = here.nurse("李秋萍"), here.nurse("王芳")
        day_of(here, nurse)
        made = ill(here, nurse)
        boss = dispatcher(here)
        found = acting(boss, EARLY).ask(
            all_page, Purpose.CONTRACT, staff_id=id_of(nurse), day=TOMORROW, now=EARLY
        )
        assert len(found.all.puts) == 6

        acting(boss, EARLY).do(
            change_day,
            day=TOMORROW,
            puts=found.all.puts,
            weighed_against=found.all.seen,
            without=id_of(nurse),
            why="都说好了",
        )
        heard(here, now=EARLY)

        assert {one.settled for one in lines(here)} == {"given"}
        assert [one for one in listed(here, made) if one.is_open] == []

    def test_has_nothing_to_settle_any_more_of_what_nobody_came_to(self, here: Town) -> None:
        nurse = here.nurse()
        [visit] = day_of(here, nurse, (8.5,))
        made = ill(here, nurse)

        hours_later = visit.ends_at + MISSED_AFTER
        acting(here.system, hours_later).do(mark_missed, visit_id=visit.id)
        heard(here, now=hours_later)

        assert [one.settled for one in lines(here)] == ["missed"]
        acting(dispatcher(here), hours_later).do(
            close_exception,
            exception_id=made.id,
            outcome="nothing",
            done="没有人能去，改天补上",
            told=["family"],
            follow_up="not_needed",
        )

    def test_names_what_nobody_can_take_and_why(self, here: Town) -> None:
        nurse, spare = here.nurse("李秋萍"), here.nurse("王芳", shifts=((8, 12),))
        on_standby(here, spare)
        taken = here.visit(spare, starts_at=at(9.5), ends_at=at(10))
        day_of(here, nurse)

        made = ill(here, nurse)

        found = listed(here, made)
        can = [bool(one.instead and one.instead.is_simple) for one in found]
        assert can == [True, False, True, False, False, False]
        assert found[1].instead is not None
        assert "王芳：09:30–10:00 在" in "".join(found[1].instead.why_nobody)
        assert found[3].instead is not None
        assert found[3].instead.why_nobody == ["这个时间没有别人当班。"]
        assert page(here, made.id).line.lines_open == 6
        assert taken.id not in {one.visit_id for one in found}
        with pytest.raises(LinesStillOpen):
            acting(dispatcher(here), EARLY).do(
                close_exception,
                exception_id=made.id,
                outcome="somebody_else",
                done="办了",
                told=["family"],
                follow_up="not_needed",
            )

    def test_proposes_nobody_for_two_places_that_are_too_far_apart(self, here: Town) -> None:
        nurse, spare = here.nurse("李秋萍"), here.nurse("王芳")
        on_standby(here, spare)
        far = here.resident("赵远", place=(40.2, 116.9))
        here.visit(nurse, starts_at=at(9), ends_at=at(9.5))
        here.visit(nurse, resident=far, starts_at=at(10), ends_at=at(10.5))

        found = listed(here, ill(here, nurse))

        assert [bool(one.instead and one.instead.is_simple) for one in found] == [True, False]
        assert "赶过来要晚" in "".join(found[1].instead.why_nobody if found[1].instead else [])

    def test_keeps_what_she_is_in_the_middle_of(self, here: Town) -> None:
        nurse = here.nurse()
        first, second = day_of(here, nurse, (8.5, 10))
        say(nurse, fact(first, "arrived", at=at(8.5), proof="photo"))

        ill(here, nurse, now=at(8.6))

        assert [one.visit_id for one in lines(here)] == [second.id]

    def test_says_that_somebody_who_has_departed_is_to_be_called(self, here: Town) -> None:
        nurse, spare = here.nurse("李秋萍"), here.nurse("王芳")
        on_standby(here, spare)
        [visit] = day_of(here, nurse, (8.5,))
        say(nurse, fact(visit, "departed", at=EARLY))

        [one] = listed(here, ill(here, nurse))

        assert one.is_stuck
        assert one.is_open
        assert one.instead is None

    def test_is_one_however_often_it_is_said(self, here: Town) -> None:
        nurse = here.nurse()
        day_of(here, nurse, (9,))

        first, second = ill(here, nurse), ill(here, nurse, days=3)

        assert first.id == second.id
        assert second.away_until == at(0, day=4)
        assert len(lines(here)) == 1

    def test_is_of_somebody_who_works_here(self, here: Town) -> None:
        stranger = town().nurse()

        with pytest.raises(NotFound):
            ill(here, stranger)
        with pytest.raises(FormUnsound):
            ill(here, here.nurse(), days=400)


class TestStandIn:
    def test_has_one_winner_and_the_other_reads_who_goes(self, here: Town) -> None:
        nurse, spare, third = here.nurse("李秋萍"), here.nurse("王芳"), here.nurse("赵敏")
        on_standby(here, spare)
        [visit] = day_of(here, nurse, (9,))
        [one] = listed(here, ill(here, nurse))
        together = Barrier(2, timeout=30)

        def try_it(staff_id: UUID) -> str:
            connection.ensure_connection()
            together.wait()
            try:
                acting(dispatcher(here), EARLY).do(stand_in, line_id=one.id, staff_id=staff_id)
            except AlreadySettled as refusal:
                return refusal.detail
            finally:
                connections.close_all()
            return "won"

        with ThreadPoolExecutor(2) as pool:
            found = sorted(pool.map(try_it, [id_of(spare), id_of(third)]))

        [(winner, state)] = who_comes(here, visit)
        assert state == "accepted"
        name = {id_of(spare): "王芳", id_of(third): "赵敏"}[winner]
        assert "won" in found
        assert [words for words in found if words != "won"] == [f"{name}去"]

    def test_minds_the_same_gates_as_any_assignment(self, here: Town) -> None:
        nurse = here.nurse("李秋萍")
        off = here.nurse("王芳", shifts=())
        day_of(here, nurse, (9,))
        [one] = listed(here, ill(here, nurse))

        with pytest.raises(NotSuitable, match="不当班"):
            acting(dispatcher(here), EARLY).do(stand_in, line_id=one.id, staff_id=id_of(off))
        assert [line.settled for line in lines(here)] == [""]

    def test_is_for_who_assigns_in_the_own_house(self, here: Town) -> None:
        nurse, spare = here.nurse("李秋萍"), here.nurse("王芳")
        day_of(here, nurse, (9,))
        [one] = listed(here, ill(here, nurse))

        with pytest.raises(NotAllowed):
            acting(spare, EARLY).do(stand_in, line_id=one.id, staff_id=id_of(spare))
        with pytest.raises(NotFound):
            acting(dispatcher(town()), EARLY).do(stand_in, line_id=one.id, staff_id=id_of(spare))

    def test_by_who_was_asked_and_said_yes_settles_it_too(self, here: Town) -> None:
        nurse, other = here.nurse("李秋萍"), here.nurse("王芳")
        [visit] = day_of(here, nurse, (9,))
        made = ill(here, nurse)

        acting(here.desk, EARLY).do(
            assign, visit_id=visit.id, part=1, staff_id=id_of(other), state="accepted"
        )
        heard(here, now=EARLY)

        [one] = listed(here, made)
        assert (one.is_open, one.staff_name) == (False, "王芳")

    def test_is_not_wanted_for_a_visit_that_is_off(self, here: Town) -> None:
        nurse = here.nurse("李秋萍")
        [visit] = day_of(here, nurse, (9,))
        made = ill(here, nurse)

        acting(here.desk, EARLY).do(cancel_booking, visit_id=visit.id, reason="caregiver_ill", why="病了")
        heard(here, now=EARLY)

        assert [(one.is_open, one.settled) for one in listed(here, made)] == [(False, "取消了")]


class TestThePlan:
    def test_asks_as_many_questions_for_six_visits_as_for_two(self, here: Town) -> None:
        def asked(hours: tuple[float, ...], name: str) -> int:
            nurse = here.nurse(name)
            day_of(here, nurse, hours)
            made = ill(here, nurse)
            with CaptureQueriesContext(connection) as captured:
                listed(here, made)
            return len(captured)

        here.nurse("王芳")
        two = asked((9, 10), "李秋萍")

        assert asked(HOURS, "赵敏") == two
