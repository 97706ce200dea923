"""Everybody who was visited is asked within a day whether it helped; who was not reached stays on the list."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.quality import commands, jobs, queries
from anjia.quality.console import call_backs as console
from anjia.quality.models import CallBack, CallBackAttempt
from anjia.quality.rules import CallBackOver, CallBackUnsound, Standing
from anjia.visits.models import Visit
from tests.identity import make as identity
from tests.make import actor, deliver_events
from tests.pages import open_page, post_form
from tests.quality import make
from tests.visits import make as visits
from tests.visits.make import Town, at

pytestmark = pytest.mark.usefixtures("database")
DONE_AT = at(9.5)
IN_TIME, TOO_LATE = DONE_AT + timedelta(hours=23), DONE_AT + timedelta(hours=24)


@pytest.fixture
def house() -> Organization:
    return identity.house()


@pytest.fixture
def town(house: Organization) -> Town:
    return visits.town(organization_id=house.id)


@pytest.fixture
def visit(town: Town) -> Visit:
    return make.done_visit(town, town.nurse())


@pytest.fixture
def call_back(town: Town, visit: Visit) -> CallBack:
    deliver_events(town.desk)
    return the_call_back(town, visit)


def the_call_back(town: Town, visit: Visit) -> CallBack:
    found: CallBack = town.look(lambda _: CallBack.objects.get(visit_id=visit.id))
    return found


def caller(town: Town, *more: str) -> Actor:
    may = ("quality.call_back", "quality.read", "visits.read", "residents.read", "dispatch.book", *more)
    return actor(*may, organization_id=town.organization_id)


def call(by: Actor, call_back: CallBack, now: datetime = IN_TIME, **said: Any) -> CallBack:
    sound = {"reached": "reached", "solved": "yes"}
    return acting(by, now).do(commands.log_call_back, call_back_id=call_back.id, **sound | said)


def lines(by: Actor, now: datetime = IN_TIME, show: str = "open") -> list[queries.CallBackLine]:
    return acting(by, now).ask(queries.call_backs, Purpose.CONTRACT, now=now, show=show).page.items


class TestDoneVisit:
    def test_is_called_back_within_a_day_once_however_often_it_is_heard_of(
        self, town: Town, visit: Visit
    ) -> None:
        deliver_events(town.desk)
        acting(town.system, IN_TIME).do(commands.open_call_back, visit_id=visit.id)

        assert the_call_back(town, visit).due_at == visit.ends_at + timedelta(hours=24)
        assert len(lines(caller(town))) == 1

    def test_that_was_not_done_after_all_is_not(self, town: Town) -> None:
        coming = town.visit(town.nurse(), starts_at=at(15), ends_at=at(15.5))
        assert acting(town.system, IN_TIME).do(commands.open_call_back, visit_id=coming.id) is None
        assert lines(caller(town)) == []


class TestCalling:
    def test_keeps_the_answer_and_takes_her_off_the_list(self, town: Town, call_back: CallBack) -> None:
        by = caller(town)
        call(by, call_back, reached="no_answer")
        assert [len(line.attempts) for line in lines(by)] == [1]
        call(by, call_back, solved="partly", new_need="想约一次换药", words="腿还肿")

        assert lines(by) == []
        [line] = lines(by, show="closed")
        assert (line.call_back.solved, line.call_back.new_need) == ("partly", "想约一次换药")
        assert [attempt.words for attempt in line.attempts] == ["", "腿还肿"]

    @pytest.mark.parametrize("reached", ["no_answer", "wrong_number"])
    def test_leaves_who_was_not_reached_on_the_list(
        self, town: Town, call_back: CallBack, reached: str
    ) -> None:
        call(caller(town), call_back, reached=reached, solved="", words="问女儿要号码")
        assert len(lines(caller(town))) == 1

    def test_is_over_when_she_does_not_want_to_be_asked(self, town: Town, call_back: CallBack) -> None:
        assert call(caller(town), call_back, reached="refused", solved="").state == "declined"

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"reached": "maybe"}, "reached"),
            ({"solved": ""}, "solved"),
            ({"reached": "wrong_number", "words": " "}, "words"),
            ({"new_need": "要" * 1_001}, "new_need"),
        ],
    )
    def test_says_what_is_missing(
        self, town: Town, call_back: CallBack, said: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(CallBackUnsound) as refused:
            call(caller(town), call_back, **said)
        assert set(refused.value.fields) == {field}

    def test_happens_once(self, town: Town, call_back: CallBack) -> None:
        call(caller(town), call_back)
        with pytest.raises(CallBackOver):
            call(caller(town), call_back, solved="no")

    def test_is_for_those_of_the_house_who_may(self, town: Town, call_back: CallBack) -> None:
        with pytest.raises(NotAllowed):
            call(actor(organization_id=town.organization_id), call_back)
        with pytest.raises(NotFound):
            call(actor("quality.call_back"), call_back)
        her = make.herself(call_back.resident_id, town)
        with pytest.raises(NotAllowed):
            lines(her)
        assert acting(her, IN_TIME).ask(lambda _: CallBack.objects.count()) == 0

    def test_cannot_be_rewritten(self, town: Town, call_back: CallBack) -> None:
        call(caller(town), call_back, reached="no_answer")
        with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
            acting(town.system, IN_TIME).ask(lambda _: cursor.execute("DELETE FROM quality_callbackattempt"))
        assert town.look(lambda _: CallBackAttempt.objects.count()) == 1


class TestReading:
    def test_is_noted_of_the_list_and_of_each_call(self, town: Town, call_back: CallBack) -> None:
        by = caller(town)
        lines(by)
        acting(by, IN_TIME).ask(
            queries.call_back_page, Purpose.CONTRACT, call_back_id=call_back.id, now=IN_TIME
        )

        read = town.look(
            lambda _: set(RecordAccess.objects.filter(actor_id=by.user_id).values_list("what", flat=True))
        )
        assert read >= {"quality.call_backs", "quality.call_back"}


class TestLateCallBack:
    def test_comes_before_a_supervisor_once_and_stays_open(
        self, house: Organization, town: Town, call_back: CallBack
    ) -> None:
        boss = identity.staff(house, role_code="quality_manager", name="方颖")
        identity.staff(house, role_code="nurse")

        jobs.escalate_late_call_backs(TOO_LATE - timedelta(seconds=1))
        assert lines(caller(town), TOO_LATE)[0].escalation is None
        jobs.escalate_late_call_backs(TOO_LATE)
        jobs.escalate_late_call_backs(TOO_LATE + timedelta(hours=1))

        [line] = lines(caller(town), TOO_LATE, show="late")
        assert line.escalation is not None
        assert (line.escalation.to_account_id, line.escalation.at) == (boss.id, TOO_LATE)
        assert line.call_back.state == "open"

    def test_is_shared_out_among_supervisors(self, house: Organization, town: Town) -> None:
        nurse = town.nurse()
        for hour in (9, 10):
            make.done_visit(town, nurse, hour=hour)
        bosses = {identity.staff(house, role_code="quality_manager").id for _ in range(2)}
        deliver_events(town.desk)
        jobs.escalate_late_call_backs(at(11) + timedelta(days=1))

        told = [line.escalation for line in lines(caller(town), show="open")]
        assert {one.to_account_id for one in told if one} == bosses

    def test_says_so_where_there_is_no_supervisor(self, town: Town, call_back: CallBack) -> None:
        jobs.escalate_late_call_backs(TOO_LATE)
        [line] = lines(caller(town), TOO_LATE)
        assert line.escalation is not None
        assert line.escalation.to_account_id is None


class TestIndicator:
    def figure(self, town: Town, now: datetime) -> queries.Indicator:
        day = date(2026, 3, 3)
        found = acting(make.manager(town), now).ask(
            queries.indicators, Purpose.CONTRACT, first=day, last=day, as_of=now
        )
        return next(one for one in found if one.code == "call_back")

    def rows(self, town: Town, part: str, now: datetime) -> int:
        day = date(2026, 3, 3)
        page = acting(make.manager(town), now).ask(
            queries.rows_of_indicator,
            Purpose.CONTRACT,
            code="call_back",
            part=part,
            first=day,
            last=day,
            as_of=now,
        )
        return len(page.items)

    def test_waits_until_one_is_due(self, town: Town, call_back: CallBack) -> None:
        found = self.figure(town, IN_TIME).figure
        assert (found.standing, found.excluded) == (Standing.NO_DATA, 1)
        assert self.rows(town, "excluded", IN_TIME) == 1

    def test_counts_who_was_reached_in_time_and_misses_who_was_not(self, town: Town) -> None:
        nurse = town.nurse()
        early, late, never = (make.done_visit(town, nurse, hour=hour) for hour in (9, 10, 11))
        deliver_events(town.desk)
        by = caller(town)
        call(by, the_call_back(town, early), now=early.ends_at + timedelta(hours=24))
        call(by, the_call_back(town, late), now=late.ends_at + timedelta(hours=24, seconds=1))
        call(by, the_call_back(town, never), reached="no_answer")
        now = at(20, day=2)

        found = self.figure(town, now).figure
        assert (found.counted, found.of, found.standing) == (1, 3, Standing.MISSED)
        assert (self.rows(town, "counted", now), self.rows(town, "missing", now)) == (1, 2)


class TestPages:
    def test_show_the_script_and_lead_on_to_booking(self, town: Town, call_back: CallBack) -> None:
        by = caller(town)
        assert "张桂芳" in open_page(console.call_backs, by)
        page = open_page(console.call_back, by, call_back_id=call_back.id)
        assert "解决了吗？" in page
        assert "还有新需求吗？" in page

        form = {"reached": "reached", "solved": "no", "new_need": "想换个时间再来一次"}
        answer = post_form(console.log_call_back, by, form, call_back_id=call_back.id)
        assert answer["Location"] == f"/console/dispatch/book/{call_back.resident_id}"
        page = open_page(console.call_back, by, call_back_id=call_back.id)
        assert "想换个时间再来一次" in page
        assert "没解决" in open_page(console.call_backs, by, "/?show=closed")

    def test_keep_what_was_written_when_something_is_missing(self, town: Town, call_back: CallBack) -> None:
        form = {"reached": "reached", "words": "她说还行"}
        answer = post_form(console.log_call_back, caller(town), form, call_back_id=call_back.id)
        assert answer.status_code == 422
        assert "她说还行" in answer.content.decode()

    def test_keep_what_was_written_when_another_was_faster(self, town: Town, call_back: CallBack) -> None:
        call(caller(town), call_back)
        form = {"reached": "reached", "solved": "no", "words": "她说伤口又痛了", "new_need": "再来一次"}

        answer = post_form(console.log_call_back, caller(town), form, call_back_id=call_back.id)

        assert answer.status_code == 409
        assert "这个回访已经有结果了" in answer.content.decode()
        assert "她说伤口又痛了" in answer.content.decode()
        assert "再来一次" in answer.content.decode()

    def test_are_for_who_may(self, town: Town, call_back: CallBack) -> None:
        with pytest.raises(NotAllowed):
            open_page(console.call_backs, make.manager(town))
        with pytest.raises(NotFound):
            open_page(
                console.call_back,
                actor("quality.call_back", "visits.read"),
                call_back_id=call_back.id,
            )


def test_the_system_sees_late_ones_of_all_houses(town: Town, call_back: CallBack) -> None:
    late = acting(system(), TOO_LATE).ask(queries.late_call_backs, Purpose.CONTRACT, now=TOO_LATE)
    assert (town.organization_id, call_back.id) in late
