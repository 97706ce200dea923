from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from anjia.emergencies import commands, queries
from anjia.kernel.actors import Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.visits.models import Visit
from anjia.visits.queries import unended_visits
from tests.emergencies.make import SOON, House, house
from tests.make import NOON
from tests.visits.make import fact, say

MINUTE = timedelta(minutes=1)


class TestSos:
    def test_comes_to_the_supervisor_with_the_place_of_the_visit(self, here: House) -> None:
        visit = here.town.visit(here.nurse, resident=here.resident)
        here.sos(visit_id=visit.id)

        [shown] = here.on_board(here.dispatcher)

        assert (shown.who, shown.case.place) == ("李秋萍", "和平里七区12号楼3单元201")

    def test_is_not_the_service_desks(self, here: House) -> None:
        case = here.sos()

        assert here.on_board(here.desk) == []
        with pytest.raises(NotFound):
            here.take(case, here.desk)

    def test_is_no_persons_to_see(self, here: House) -> None:
        visit = here.town.visit(here.nurse, resident=here.resident)
        case = here.sos(visit_id=visit.id)

        with pytest.raises(NotFound):
            here.on_phone(case)

    def test_finds_the_visit_itself_where_the_phone_names_none_of_hers(self, here: House) -> None:
        other = here.town.nurse(name="别人")
        theirs = here.town.visit(other, resident=here.town.resident(name="王桂兰"))
        visit = here.town.visit(here.nurse, resident=here.resident)

        case = here.sos(visit_id=theirs.id, now=visit.starts_at)

        assert case.visit_id == visit.id

    def test_without_any_visit_is_a_case_all_the_same(self, here: House) -> None:
        assert here.sos(visit_id=uuid4()).place == ""

    def test_tells_her_who_has_it(self, here: House) -> None:
        case = here.sos()
        here.take(case, here.dispatcher)

        mine = acting(here.nurse, SOON).ask(queries.own_safety, Purpose.VITAL, now=SOON).case

        assert mine is not None
        assert (mine.stands, mine.taker) == ("taken", "郑调度")

    def test_is_attended_only_by_somebody_who_may_take_it(self, here: House) -> None:
        here.watch(here.desk)
        assert not here.sos().was_attended

        here.watch(here.dispatcher)
        assert acting(here.nurse, NOON).ask(queries.own_safety, Purpose.VITAL, now=NOON).attended

    def test_is_for_members_of_staff(self, here: House) -> None:
        with pytest.raises(NotAllowed):
            acting(here.dispatcher, NOON).do(commands.call_sos, client_id=uuid4(), pressed_at=NOON)

    def test_is_not_told_to_anybodys_family(self, here: House) -> None:
        here.sos(visit_id=here.town.visit(here.nurse, resident=here.resident).id)
        here.hear()

        def told(_: Any) -> int:
            return Message.objects.filter(organization_id=here.id, template="help_called").count()

        assert acting(system(here.id), NOON).ask(told) == 0


class TestOverdue:
    """A visit that does not end: the nurse is asked first, and only who does not answer is looked for."""

    @pytest.fixture
    def visit(self, here: House) -> Visit:
        visit = here.town.visit(here.nurse, resident=here.resident)
        say(here.nurse, fact(visit, "departed"))
        return visit

    def ask(self, here: House, visit: Visit, now: datetime) -> int:
        return acting(system(here.id), now).do(commands.ask_whether_fine, visit_id=visit.id)

    def asked(self, here: House, visit: Visit, *, late: timedelta = 30 * MINUTE) -> datetime:
        """Have her asked so long after the visit's end; return when."""
        assert self.ask(here, visit, visit.ends_at + late) == 1
        return visit.ends_at + late

    def raise_it(self, here: House, now: datetime) -> None:
        for one in here.check_ins():
            acting(system(here.id), now).do(commands.raise_overdue, check_in_id=one.id)

    def fine(self, here: House, now: datetime, *, number: int = -1) -> None:
        acting(here.nurse, now).do(commands.answer_fine, check_in_id=here.check_ins()[number].id)

    def test_is_found_among_those_that_somebody_set_out_for(self, here: House, visit: Visit) -> None:
        booked = here.town.visit(
            here.town.nurse(name="别人"),
            resident=here.town.resident(name="王桂兰"),
            starts_at=visit.starts_at,
        )
        now = visit.ends_at + MINUTE

        found = acting(system(), now).ask(unended_visits, Purpose.CONTRACT, now=now, size=10_000)

        assert (here.id, visit.id) in found
        assert (here.id, booked.id) not in found

    def test_disturbs_nobody_before_the_minutes_that_the_house_has_set(
        self, here: House, visit: Visit
    ) -> None:
        assert self.ask(here, visit, visit.ends_at + 29 * MINUTE) == 0

    def test_asks_her_quietly_and_once(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)

        assert self.ask(here, visit, now + MINUTE) == 0
        shown = acting(here.nurse, now).ask(queries.own_safety, Purpose.VITAL, now=now)
        assert [one.visit_id for one in shown.asked] == [visit.id]
        assert here.cases() == []

    def test_raises_no_alarm_while_she_still_has_time_to_answer(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)
        self.raise_it(here, now + 9 * MINUTE)

        assert here.cases() == []

    def test_raises_an_alarm_with_the_place_when_she_does_not_answer(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)
        self.raise_it(here, now + 10 * MINUTE)

        [shown] = here.on_board(here.dispatcher, now=now + 10 * MINUTE)
        assert (shown.case.kind, shown.who) == ("overdue", "李秋萍")
        assert shown.case.place == "和平里七区12号楼3单元201"
        assert here.on_board(here.desk) == []

    def test_lets_her_alone_for_half_an_hour_when_she_is_fine_and_then_asks_again(
        self, here: House, visit: Visit
    ) -> None:
        now = self.asked(here, visit)
        self.fine(here, now + MINUTE)
        self.raise_it(here, now + 20 * MINUTE)

        assert here.cases() == []
        assert self.ask(here, visit, now + 30 * MINUTE) == 0
        assert self.ask(here, visit, now + 31 * MINUTE) == 1

    def test_is_over_when_she_answers_late(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)
        self.raise_it(here, now + 10 * MINUTE)
        self.fine(here, now + 12 * MINUTE)

        [case] = here.cases()
        assert (case.outcome, here.course(case)) == ("cleared", ["asked", "fine"])

    def test_closed_while_she_is_still_silent_is_asked_anew_after_the_interval(
        self, here: House, visit: Visit
    ) -> None:
        now = self.asked(here, visit)
        self.raise_it(here, now + 10 * MINUTE)
        [case] = here.cases()
        here.take(case, here.dispatcher, now=now + 11 * MINUTE)
        over = now + 20 * MINUTE
        acting(here.dispatcher, over).do(commands.close_case, case_id=case.id, outcome="by_phone")

        assert self.ask(here, visit, over + 29 * MINUTE) == 0
        assert self.ask(here, visit, over + 30 * MINUTE) == 1
        self.raise_it(here, over + 40 * MINUTE)
        assert [one.closed_at is None for one in here.cases()] == [False, True]

    def test_is_not_asked_of_who_has_said_that_she_has_left(self, here: House, visit: Visit) -> None:
        say(here.nurse, fact(visit, "left", at=visit.ends_at))

        assert self.ask(here, visit, visit.ends_at + 60 * MINUTE) == 0

    def test_is_over_when_she_ends_the_visit(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)
        self.raise_it(here, now + 10 * MINUTE)
        say(here.nurse, fact(visit, "done", at=now + 11 * MINUTE))
        here.hear(now=now + 11 * MINUTE)

        [case] = here.cases()
        assert (case.outcome, here.course(case)) == ("cleared", ["asked", "checked_out"])

    def test_asks_no_more_when_she_has_ended_it(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)
        say(here.nurse, fact(visit, "done", at=now + MINUTE))
        here.hear(now=now + MINUTE)
        self.raise_it(here, now + 10 * MINUTE)

        assert here.cases() == []
        assert acting(here.nurse, now).ask(queries.own_safety, Purpose.VITAL, now=now).asked == []

    def test_is_not_anybody_elses_to_answer(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)
        stranger = house().nurse

        with pytest.raises(NotFound):
            acting(stranger, now).do(commands.answer_fine, check_in_id=here.check_ins()[0].id)

    def test_answered_twice_is_answered_once(self, here: House, visit: Visit) -> None:
        now = self.asked(here, visit)
        self.fine(here, now + MINUTE)
        self.fine(here, now + 5 * MINUTE)

        assert here.check_ins()[0].fine_until == now + 31 * MINUTE

    def test_holds_what_the_house_has_set(self, here: House, visit: Visit) -> None:
        said = {
            "first_number": "120",
            "opens_at": "00:00",
            "closes_at": "00:00",
            "unanswered_seconds": "60",
            "overdue_minutes": "5",
            "answer_minutes": "3",
        }
        acting(system(here.id), NOON).do(commands.set_house, said=said, weekdays=range(7))

        now = self.asked(here, visit, late=5 * MINUTE)
        self.raise_it(here, now + 3 * MINUTE)

        assert len(here.cases()) == 1
