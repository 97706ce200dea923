from datetime import date, datetime, time, timedelta

import pytest

from anjia.kernel.actors import Actor, system
from anjia.kernel.calendar import at as clock
from anjia.kernel.work import acting
from anjia.messaging.models import Call, Message
from anjia.messaging.rules import reveals
from anjia.notices import jobs
from anjia.notices.rules import is_time, preparation_words
from anjia.visits.commands import cancel_visit, move_visit
from anjia.visits.models import Visit
from tests.make import NOON
from tests.residents import make as residents
from tests.visits import make as visits
from tests.visits.make import Town, at
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("apart")
TODAY = date(2026, 3, 2)
EVENING = clock(TODAY, time(18))


@pytest.fixture
def town(database: None) -> Town:
    return visits.town()


@pytest.fixture
def visit(town: Town) -> Visit:
    return town.visit(town.nurse())


def reminders(town: Town) -> list[Message]:
    def read(actor: Actor) -> list[Message]:
        rows = Message.objects.filter(organization_id=town.organization_id, template="visit_reminder")
        return list(rows.order_by("at", "id"))

    found: list[Message] = acting(system(town.organization_id), NOON).ask(read)
    return found


class TestRemindOfTomorrow:
    def test_tells_her_and_her_family_once_with_the_visit_word(self, town: Town, visit: Visit) -> None:
        resident = town.look(lambda _: visit.resident)
        she, daughter = residents.holder(of=resident, relation="self"), residents.holder(of=resident)
        for minutes in (0, 10, 20):
            jobs.remind_of_tomorrow(EVENING + timedelta(minutes=minutes))

        found = reminders(town)
        assert {message.party_id for message in found} == {she.user_id, daughter.user_id}
        assert len(found) == 2
        assert all(visit.visit_word in message.words and "上午 10:00" in message.words for message in found)
        assert not any(reveals(message.words) for message in found)

    def test_does_not_go_through_those_again_who_were_reminded(
        self, town: Town, visit: Visit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        jobs.remind_of_tomorrow(EVENING)
        again: list[object] = []
        monkeypatch.setattr(
            "anjia.notices.commands.remind_of_visit", lambda *_args, visit_id, **_more: again.append(visit_id)
        )
        jobs.remind_of_tomorrow(EVENING + timedelta(minutes=10))

        assert visit.id not in again
        assert len(reminders(town)) == 1

    def test_puts_who_has_no_account_and_no_mobile_on_todays_or_tomorrows_call_list(
        self, town: Town, visit: Visit
    ) -> None:
        jobs.remind_of_tomorrow(EVENING)

        [message] = reminders(town)
        assert message.party_id == visit.resident_id
        [call] = town.look(lambda _: list(Call.objects.filter(message_id=message.id)))
        assert visit.visit_word in call.words
        assert call.day == date(2026, 3, 3)  # the visit is at ten: nine is still in time

    @pytest.mark.parametrize(
        ("now", "reminds"),
        [
            (clock(TODAY, time(16, 59, 59)), False),
            (clock(TODAY, time(17, 0)), True),
            (clock(TODAY, time(20, 59, 59)), True),
            (clock(TODAY, time(21, 0)), False),
        ],
    )
    def test_is_done_in_the_evening(self, now: datetime, reminds: bool) -> None:
        assert is_time(now) is reminds

    def test_says_nothing_of_what_was_cancelled(self, town: Town, visit: Visit) -> None:
        acting(town.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="unwell")
        jobs.remind_of_tomorrow(EVENING)

        assert reminders(town) == []

    def test_reminds_again_of_what_was_moved_to_another_day(self, town: Town) -> None:
        nurse = town.nurse()
        visit = town.visit(nurse)
        jobs.remind_of_tomorrow(EVENING)
        acting(town.desk, EVENING).do(
            move_visit,
            visit_id=visit.id,
            starts_at=at(10, day=2),
            ends_at=at(10.75, day=2),
            assignments=[(1, visits.id_of(nurse), at(10, day=2), at(10.75, day=2))],
        )
        jobs.remind_of_tomorrow(EVENING)
        jobs.remind_of_tomorrow(EVENING + timedelta(days=1))

        assert len(reminders(town)) == 2

    def test_lets_who_has_only_just_booked_alone(self, town: Town, visit: Visit) -> None:
        acting(town.system, NOON).ask(
            lambda _: Visit.objects.filter(id=visit.id).update(booked_at=EVENING - timedelta(hours=1))
        )
        jobs.remind_of_tomorrow(EVENING)

        assert reminders(town) == []


class TestPreparation:
    def test_is_said_as_it_is_written(self) -> None:
        assert preparation_words("请空腹", "zh") == "请空腹。"
        assert preparation_words("", "zh") == ""

    def test_is_not_said_where_it_gives_away_what_she_has(self) -> None:
        assert preparation_words("请准备好胰岛素笔", "zh") == "要准备什么，请在“我的预约”里看。"
        assert "胰岛素" not in preparation_words("请准备好胰岛素笔", "en")


class TestWarnOfLapsingPapers:
    MORNING = clock(TODAY, time(9, 20))

    def told(self, town: Town) -> list[tuple[str, object]]:
        def read(actor: Actor) -> list[tuple[str, object]]:
            rows = Message.objects.filter(organization_id=town.organization_id, template__startswith="paper_")
            return [(one.template, one.party_id) for one in rows.order_by("at", "id")]

        found: list[tuple[str, object]] = acting(system(town.organization_id), NOON).ask(read)
        return found

    def nurse(self, town: Town, last_day: date) -> Actor:
        nurse = town.nurse()
        picc = {"code": "picc", "valid_until": last_day}
        workforce.paper(of=town.desk, staff_id=visits.id_of(nurse), **picc)
        return nurse

    def test_tells_the_holder_once_thirty_days_ahead(self, town: Town) -> None:
        nurse = self.nurse(town, TODAY + timedelta(days=30))
        self.nurse(town, TODAY + timedelta(days=31))
        for minutes in (0, 20):
            jobs.warn_of_lapsing_papers(self.MORNING + timedelta(minutes=minutes))

        assert self.told(town) == [("paper_lapsing", nurse.user_id)]

    def test_tells_her_once_more_when_it_has_lapsed(self, town: Town) -> None:
        nurse = self.nurse(town, TODAY)
        for days in (0, 1, 2):
            jobs.warn_of_lapsing_papers(self.MORNING + timedelta(days=days))

        assert self.told(town) == [("paper_lapsing", nurse.user_id), ("paper_lapsed", nurse.user_id)]

    def test_wakes_nobody(self, town: Town) -> None:
        self.nurse(town, TODAY)
        jobs.warn_of_lapsing_papers(clock(TODAY, time(3)))

        assert self.told(town) == []
