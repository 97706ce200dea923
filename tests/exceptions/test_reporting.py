"""How we hear of what came in between: from the phone, late and twice; at the desk; by the clock; by a reading."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from anjia.exceptions.commands import do_step, report_exception, say_late
from anjia.exceptions.jobs import say_who_is_late
from anjia.exceptions.queries import exceptions_of_visits, exceptions_page, to_say_late
from anjia.exceptions.rules.forms import FormUnsound
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from anjia.visits.commands import cancel_visit
from anjia.workforce.commands import withdraw_leave
from anjia.workforce.models import Leave
from tests import make
from tests.exceptions.conftest import House
from tests.exceptions.make import (
    AT_DOOR,
    NO_SHOW,
    all_of,
    dispatcher,
    heard,
    later,
    lines,
    page,
    reported,
    said,
)
from tests.make import NOON
from tests.visits.make import Town, at, fact, id_of, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


class TestFromTheField:
    def test_opens_it_with_what_she_said_when_she_said_it(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)

        said(nurse, visit, "no_show", **NO_SHOW)
        heard(here, now=later(1))

        [made] = all_of(here)
        assert (made.kind, made.origin, made.visit_id, made.staff_id) == (
            "no_show",
            "field",
            visit.id,
            id_of(nurse),
        )
        assert (made.happened_at, made.opened_at) == (AT_DOOR, later(1))
        assert made.form == NO_SHOW
        assert made.due_at == later(11)

    def test_sent_twice_is_one(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)

        told = said(nurse, visit, "no_show", **NO_SHOW)
        heard(here)
        say(nurse, told, now=later(30))
        heard(here, now=later(30))

        assert len(all_of(here)) == 1
        assert [one.what for one in page(here, all_of(here)[0].id).history] == ["opened"]

    def test_days_late_is_taken_and_the_clock_runs_from_when_we_heard(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        two_days = later(2 * 24 * 60)

        say(nurse, fact(visit, "exception", at=AT_DOOR, exception="no_show", form=NO_SHOW), now=two_days)
        heard(here, now=two_days)

        [made] = all_of(here)
        assert made.happened_at == AT_DOOR
        assert made.due_at > two_days

    def test_with_an_empty_form_is_taken_all_the_same(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)

        said(nurse, visit, "unsafe")
        heard(here)

        [made] = all_of(here)
        assert ("你现在在哪里", "没有填") in page(here, made.id).form

    def test_of_a_kind_that_nobody_knows_is_refused_in_words(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)

        receipt = say(nurse, fact(visit, "exception", at=AT_DOOR, exception="ufo", form={}))

        assert [one.code for one in receipt.refused] == ["visits.fact_unreadable"]
        heard(here)
        assert all_of(here) == []

    def test_said_again_is_noted_with_the_first_and_may_make_it_urgent(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        said(nurse, visit, "no_show", **NO_SHOW)
        heard(here)

        said(nurse, visit, "no_show", when=later(3), signs="sounds")
        heard(here, now=later(3))

        [made] = all_of(here)
        assert made.is_urgent
        assert made.form["signs"] == "sounds"
        assert made.due_at == later(8)
        assert [one.what for one in page(here, made.id).history] == ["opened", "again"]

    @pytest.mark.parametrize("minutes", [8, 12])
    def test_that_becomes_urgent_gives_nobody_more_time_than_there_was(
        self, here: Town, minutes: float
    ) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        said(nurse, visit, "no_show", **NO_SHOW)
        heard(here)
        [before] = all_of(here)

        said(nurse, visit, "no_show", when=later(minutes), signs="sounds")
        heard(here, now=later(minutes))

        [made] = all_of(here)
        assert made.is_urgent
        assert made.due_at == before.due_at == later(10)

    def test_said_again_after_it_was_closed_is_another(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        said(nurse, visit, "late", minutes=20, cause="traffic", told_home="told")
        heard(here)
        say(nurse, fact(visit, "arrived", at=later(5), proof="photo"))
        heard(here, now=later(5))
        assert not all_of(here)[0].is_open

        said(nurse, visit, "late", when=later(9), minutes=20, cause="traffic", told_home="told")
        heard(here, now=later(9))

        assert [one.is_open for one in all_of(here)] == [False, True]

    def test_of_a_cancelled_visit_is_taken_for_a_person_to_look_at(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="asked")

        said(nurse, visit, "unsafe", place="inside")
        heard(here)

        assert [one.is_urgent for one in all_of(here)] == [True]

    def test_that_she_cannot_come_lists_what_she_has_promised(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        early = at(8.1)

        said(nurse, visit, "caregiver_ill", when=early, cause="ill", days=1)
        heard(here, now=early)

        [made] = all_of(here)
        assert (made.kind, made.visit_id, made.staff_id) == ("caregiver_ill", None, id_of(nurse))
        assert [one.visit_id for one in lines(here)] == [visit.id]

    def test_that_she_cannot_come_is_heard_once_and_not_with_whatever_she_says_later(
        self, here: Town
    ) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        said(nurse, visit, "caregiver_ill", when=at(8.1), cause="ill", days=1)
        heard(here, now=at(8.1))
        [leave] = here.look(lambda _: list(Leave.objects.filter(staff_id=id_of(nurse))))
        acting(here.system, at(9)).do(withdraw_leave, leave_id=leave.id)

        said(nurse, visit, "no_show", **NO_SHOW)
        heard(here)

        assert here.look(lambda _: [one.state for one in Leave.objects.filter(staff_id=id_of(nurse))]) == [
            "withdrawn"
        ]

    def test_that_she_could_not_come_days_ago_takes_nothing_of_today(self, here: Town) -> None:
        nurse = here.nurse()
        today = here.visit(nurse, starts_at=at(10, day=3), ends_at=at(10.75, day=3))
        told = fact(today, "exception", at=at(8), exception="caregiver_ill", form={"cause": "ill", "days": 1})

        say(nurse, told, now=at(8, day=3))
        heard(here, now=at(8, day=3))

        assert len(all_of(here)) == 1
        assert lines(here) == []
        assert here.look(lambda _: Leave.objects.filter(staff_id=id_of(nurse)).exists()) is False


class TestAtTheDesk:
    def test_is_written_down_with_a_form_that_is_filled_in(self, here: Town) -> None:
        visit = here.visit(here.nurse())

        with pytest.raises(FormUnsound):
            acting(dispatcher(here), AT_DOOR).do(
                report_exception, visit_id=visit.id, kind="no_show", form={"signs": "none"}
            )
        assert all_of(here) == []

        made = reported(here, visit)
        entries = here.look(lambda _: list(AuditEntry.objects.filter(subject_id=made.id)))
        assert [one.action for one in entries] == ["exceptions.exception.opened"]

    def test_is_for_who_may_and_of_ones_own_house(self, here: Town) -> None:
        nurse, stranger = here.nurse(), town()
        visit = here.visit(nurse)

        with pytest.raises(NotAllowed):
            acting(nurse, AT_DOOR).do(report_exception, visit_id=visit.id, kind="no_show", form=NO_SHOW)
        with pytest.raises(NotFound):
            reported(stranger, visit)

    def test_that_somebody_cannot_come_is_not_said_of_one_visit(self, here: Town) -> None:
        visit = here.visit(here.nurse())

        with pytest.raises(FormUnsound):
            reported(here, visit, "caregiver_ill", cause="ill", days=1)

    def test_is_on_the_visits_page_and_in_nobody_elses_list(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        reported(here, visit)
        reader = make.actor("visits.read", organization_id=here.organization_id)

        of_visit = acting(reader, AT_DOOR).ask(
            exceptions_of_visits, Purpose.CONTRACT, visit_ids=[visit.id], now=AT_DOOR
        )

        assert [one.kind_words for one in of_visit[visit.id]] == ["家里没人"]
        with pytest.raises(NotAllowed):
            acting(reader, AT_DOOR).ask(exceptions_page, Purpose.CONTRACT, now=AT_DOOR)
        other = dispatcher(town())
        assert acting(other, AT_DOOR).ask(exceptions_page, Purpose.CONTRACT, now=AT_DOOR).page.items == []


MOST_ROUNDS = 50


def say_of_all_who_are_late(now: datetime) -> None:
    """The job says of two hundred at a time, and here lie the houses of all tests before."""
    for _ in range(MOST_ROUNDS):
        say_who_is_late(now)
        if not acting(system(), now).ask(to_say_late, Purpose.CONTRACT, now=now):
            return


class TestByTheClock:
    def test_says_once_that_nobody_has_come_in_time(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        unit = acting(here.system, at(10.2))
        assert unit.do(say_late, visit_id=visit.id) is None  # 12 minutes: not yet

        for minutes in (16, 17, 60):
            say_of_all_who_are_late(at(10) + timedelta(minutes=minutes))

        [made] = [one for one in all_of(here) if one.visit_id == visit.id]
        assert (made.kind, made.origin, made.opened_at) == ("late", "clock", at(10) + timedelta(minutes=16))

    def test_is_said_of_one_behind_many_of_which_it_was_said_before(self, here: Town) -> None:
        earlier, later_ones = (
            here.visit(here.nurse()),
            [here.visit(here.nurse(), starts_at=at(10.1)) for _ in "ab"],
        )
        now = at(10.5)
        for visit in later_ones:
            acting(here.system, now).do(say_late, visit_id=visit.id)

        found = acting(here.system, now).ask(to_say_late, Purpose.CONTRACT, now=now, size=2)

        assert found == [(here.organization_id, earlier.id)]

    def test_is_over_when_she_arrives(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        say_of_all_who_are_late(at(10.3))

        say(nurse, fact(visit, "arrived", at=at(10.5), proof="photo"))
        heard(here, now=at(10.5))

        [made] = all_of(here)
        assert (made.is_open, made.outcome, made.closed_by) == (False, "went_on", None)
        say_of_all_who_are_late(at(10.6))
        assert len(all_of(here)) == 1

    def test_is_said_to_have_come_once_where_the_household_was_promised_something(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        say_of_all_who_are_late(at(10.3))
        [made] = all_of(here)
        done: dict[str, Any] = {"step": made.step, "words": "在路上", "promised": "十点半到"}
        acting(dispatcher(here), at(10.4)).do(do_step, exception_id=made.id, **done)

        say(nurse, fact(visit, "arrived", at=at(10.5), proof="photo"))
        heard(here, now=at(10.5))
        say(nurse, fact(visit, "done", at=at(11), record={"site": "右臂"}))
        heard(here, now=at(11))

        history = [one.what for one in page(here, made.id, now=at(11)).history]
        assert history == ["opened", "done", "promised", "arrived"]


class TestAReading:
    def measured(self, nurse: Actor, visit: object, systolic: float) -> None:
        readings = [{"code": "8480-6", "value": systolic, "unit": "mm[Hg]"}]
        say(nurse, fact(visit, "measured", at=AT_DOOR, readings=readings))  # type: ignore[arg-type]

    def test_that_crosses_a_red_line_opens_it_for_the_doctor_once(self, house: House) -> None:
        here = house.town
        nurse = here.nurse()
        visit = here.visit(nurse)

        self.measured(nurse, visit, 186)
        heard(here)
        self.measured(nurse, visit, 190)
        heard(here, now=later(1))

        [made] = all_of(here)
        assert (made.kind, made.origin, made.is_urgent) == ("worsening", "readings", True)
        assert made.owner_id == house.doctor.user_id
        assert made.due_at == later(2)

    def test_that_crosses_a_red_line_makes_urgent_what_she_has_said_before(self, house: House) -> None:
        here = house.town
        nurse = here.nurse()
        visit = here.visit(nurse)
        seen: dict[str, Any] = {
            "signs": ["wound"],
            "rang_120": "no",
            "with_her": "caregiver",
            "words": "伤口发黑",
        }
        said(nurse, visit, "worsening", **seen)
        heard(here)
        assert [one.is_urgent for one in all_of(here)] == [False]

        self.measured(nurse, visit, 186)
        heard(here, now=later(1))

        [made] = all_of(here)
        assert made.is_urgent
        assert made.form == seen | {"signs": ["wound", "red_reading"]}
        assert made.due_at == later(3)

    @pytest.mark.parametrize("systolic", [128, 4000])
    def test_that_is_none_opens_nothing(self, here: Town, systolic: float) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)

        self.measured(nurse, visit, systolic)
        heard(here)

        assert all_of(here) == []

    def test_and_what_was_seen_is_for_who_may_read_records(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        said(nurse, visit, "worsening", signs=["breathing"], rang_120="no", with_her="caregiver", words="喘")
        heard(here)
        [made] = all_of(here)

        hidden = page(here, made.id)
        shown = page(
            here,
            made.id,
            by=make.actor("exceptions.handle", "records.read", organization_id=here.organization_id),
        )

        assert hidden.is_health_hidden
        assert hidden.form == []
        assert ("看到了什么", "喘不上气") in shown.form
