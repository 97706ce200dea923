"""The desk's pages, as those who work with them see them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import keep_paces
from anjia.dispatch.pacing import Learnt
from anjia.dispatch.rules.travel import Basis
from anjia.identity.commands import change_language, start_session
from anjia.identity.rules import OWN_ACCOUNT
from anjia.kernel import events
from anjia.kernel.actors import system
from anjia.kernel.models import Event, RecordAccess
from anjia.kernel.sealing import seal_now
from anjia.kernel.work import acting
from anjia.visits.commands import mark_unclaimed, promise_visit
from anjia.visits.models import Visit
from tests import make
from tests.dispatch.signed_in import OpenTown, open_town
from tests.identity import make as identity
from tests.visits.make import fact, say

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> OpenTown:
    return open_town()


def browser(here: OpenTown, role_code: str) -> Client:
    account = identity.staff(here.house, role_code=role_code)
    entry = acting(here.town.system, datetime.now(UTC)).do(
        start_session, account_id=account.id, end="console", way="password"
    )
    client = Client()
    client.cookies["anjia_session"] = entry.token
    return client


def visit(here: OpenTown, *nurses: Any, hour: float = 10, **changes: Any) -> Visit:
    """Promise a visit tomorrow, booked yesterday."""
    times = {"starts_at": here.at(hour), "ends_at": here.at(hour + 0.5)}
    plan = here.town.plan(*nurses, **(times | changes))
    promised: Visit = acting(here.town.desk, here.town.today - timedelta(days=1)).do(promise_visit, **plan)
    return promised


def tomorrow(here: OpenTown) -> str:
    return here.at(12).date().isoformat()


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestBoard:
    def test_shows_the_days_visits_and_counts_them(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        visit(here, nurse, resident=here.town.resident("张桂芳"))
        visit(here, nurse, hour=14, resident=here.town.resident("谢玉华"))

        page = browser(here, "dispatcher").get("/console/desk/board", {"day": tomorrow(here)})

        assert page.status_code == 200
        assert "2 应做" in text_of(page)
        assert "张桂芳" in text_of(page)
        assert "谢玉华" in text_of(page)

    def test_opens_the_rows_behind_a_count(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        done = visit(here, nurse, resident=here.town.resident("张桂芳"))
        visit(here, nurse, hour=14, resident=here.town.resident("谢玉华"))
        say(
            nurse,
            fact(done, "arrived", proof="photo", reason="x"),
            fact(done, "done", record={"site": "左脚"}),
        )

        page = browser(here, "dispatcher").get(
            "/console/desk/board", {"day": tomorrow(here), "state": "done"}
        )

        assert "张桂芳" in text_of(page)
        assert "谢玉华" not in text_of(page)

    def test_finds_one_resident_among_many(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        visit(here, nurse, resident=here.town.resident("张桂芳"))
        visit(here, nurse, hour=14, resident=here.town.resident("谢玉华"))

        rows = browser(here, "dispatcher").post(f"/console/desk/board?day={tomorrow(here)}", {"who": "xyh"})

        assert "谢玉华" in text_of(rows)
        assert "张桂芳" not in text_of(rows)

    def test_answers_with_one_row_when_that_has_changed(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        one = visit(here, nurse)
        say(nurse, fact(one, "departed"))

        row = browser(here, "dispatcher").get(f"/console/desk/board/rows/{one.id}", {"day": tomorrow(here)})

        assert 'data-state="departed"' in row.content.decode()

    def test_answers_with_nothing_for_a_row_that_has_left_what_is_looked_at(self, here: OpenTown) -> None:
        one = visit(here, here.town.nurse())
        dispatcher = browser(here, "dispatcher")

        other_state = dispatcher.get(
            f"/console/desk/board/rows/{one.id}", {"day": tomorrow(here), "state": "done"}
        )
        other_day = dispatcher.get(f"/console/desk/board/rows/{one.id}", {"day": "2020-01-01"})

        assert (other_state.content, other_day.content) == (b"", b"")

    def test_draws_places_by_cell_and_names_nobody(self, here: OpenTown) -> None:
        visit(here, here.town.nurse(), resident=here.town.resident("张桂芳"))

        answer = browser(here, "dispatcher").get("/console/desk/board/points", {"day": tomorrow(here)})

        [cell] = answer.json()["cells"]
        assert cell["count"] == 1
        assert "张桂芳" not in answer.content.decode()

    def test_draws_each_caregivers_day(self, here: OpenTown) -> None:
        visit(here, here.town.nurse("李秋萍"), resident=here.town.resident("张桂芳"))

        lines = browser(here, "dispatcher").get("/console/desk/board/gantt", {"day": tomorrow(here)})

        assert "李秋萍" in text_of(lines)
        assert "张桂芳" in text_of(lines)

    def test_asks_the_database_as_often_for_many_visits_as_for_two(self, here: OpenTown) -> None:
        nurse = here.town.nurse(shifts=[(0, 24)])
        dispatcher = browser(here, "dispatcher")
        for number in range(2):
            visit(here, nurse, hour=8 + number)
        path, day = "/console/desk/board", {"day": tomorrow(here)}
        dispatcher.get(path, day)

        with CaptureQueriesContext(connection) as few:
            dispatcher.get(path, day)
        for number in range(10):
            visit(here, nurse, hour=10 + number)
        with CaptureQueriesContext(connection) as many:
            dispatcher.get(path, day)

        assert len(many) == len(few)

    def test_shows_another_institution_nothing(self, here: OpenTown) -> None:
        one = visit(here, here.town.nurse())
        stranger = browser(open_town(), "dispatcher")

        assert "0 应做" in text_of(stranger.get("/console/desk/board", {"day": tomorrow(here)}))
        assert stranger.get(f"/console/desk/visits/{one.id}").status_code == 404

    @pytest.mark.parametrize("path", ["board", "board/rows", "board/points", "board/gantt", "board/ground"])
    def test_is_not_for_the_ward(self, here: OpenTown, path: str) -> None:
        assert browser(here, "ward_nurse").get(f"/console/desk/{path}").status_code == 403

    def test_sends_whoever_is_not_signed_in_to_sign_in_and_back(self) -> None:
        answer = Client().get("/console/desk/board", {"day": "2026-03-02"})

        assert answer.status_code == 302
        assert "next=%2Fconsole%2Fdesk%2Fboard%3Fday%3D2026-03-02" in answer["Location"]

    def test_sends_the_whole_page_to_sign_in_when_a_part_of_it_is_asked_for(self) -> None:
        seen = {"HX-Request": "true", "HX-Current-URL": "http://testserver/console/desk/bookings?q=zgf"}
        answer = Client().get("/console/desk/bookings", {"q": "zg"}, headers=seen)

        assert answer.status_code == 204
        assert answer["HX-Redirect"].endswith("?next=%2Fconsole%2Fdesk%2Fbookings%3Fq%3Dzgf")

    def test_comes_back_to_the_page_with_the_form_and_not_to_where_it_was_sent(self) -> None:
        page = "http://testserver/console/desk/visits/1?day=2026-03-02"
        answer = Client().post("/console/catalogue/seed/", headers={"Referer": page})

        assert answer["Location"].endswith("?next=%2Fconsole%2Fdesk%2Fvisits%2F1%3Fday%3D2026-03-02")

    def test_takes_a_day_that_is_none_for_today(self, here: OpenTown) -> None:
        assert browser(here, "dispatcher").get("/console/desk/board", {"day": "gestern"}).status_code == 200


class TestVisit:
    def test_shows_what_happened_and_how_sure_we_are(self, here: OpenTown) -> None:
        nurse = here.town.nurse("李秋萍")
        one = visit(here, nurse, resident=here.town.resident("张桂芳"))
        say(nurse, fact(one, "departed"), fact(one, "arrived", proof="photo", reason="码扫不了"))

        page = text_of(browser(here, "dispatcher").get(f"/console/desk/visits/{one.id}"))

        assert "李秋萍到了" in page
        assert "只有本人说到了" in page

    def test_says_that_nobody_took_it_as_the_board_does(self, here: OpenTown) -> None:
        one = visit(here, here.town.nurse())
        acting(here.town.system, here.town.today).do(mark_unclaimed, visit_id=one.id, part=1)

        page = text_of(browser(here, "dispatcher").get(f"/console/desk/visits/{one.id}"))

        assert "没人接" in page
        assert "已约好" not in page

    def test_says_what_nobody_has_checked_while_it_is_still_to_be_done(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        one = visit(here, nurse, resident=here.town.resident(place=None))
        dispatcher = browser(here, "dispatcher")

        before = text_of(dispatcher.get(f"/console/desk/visits/{one.id}"))
        say(nurse, fact(one, "arrived", proof="photo", reason="码扫不了"), fact(one, "done"))
        after = text_of(dispatcher.get(f"/console/desk/visits/{one.id}"))

        assert "还没有在地图上定位" in before
        assert "还没有在地图上定位" not in after

    def test_lets_a_conflict_be_settled_once(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        one = visit(here, nurse)
        say(nurse, fact(one, "step_done", key="nobody_knows"))
        dispatcher = browser(here, "dispatcher")
        page = dispatcher.get(f"/console/desk/visits/{one.id}").content.decode()
        found = re.search(r"/console/desk/conflicts/([0-9a-f-]+)/settle", page)
        assert found
        said = {
            "decision": "void",
            "why": "打电话问过",
            "visit_id": str(one.id),
            "idempotency_key": str(uuid4()),
        }

        answer = dispatcher.post(found.group(0), said)
        again = dispatcher.post(found.group(0), said)

        assert (answer.status_code, again.status_code) == (303, 303)
        assert found.group(0) not in dispatcher.get(f"/console/desk/visits/{one.id}").content.decode()

    def test_shows_the_dispatcher_nothing_that_was_measured(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        one = visit(here, nurse)
        reading = {"code": "8480-6", "value": 156, "unit": "mm[Hg]"}
        say(nurse, fact(one, "measured", readings=[reading]))

        assert "156" not in text_of(browser(here, "dispatcher").get(f"/console/desk/visits/{one.id}"))


class TestBookingsDesk:
    @pytest.mark.parametrize("said", ["张桂芳", "zhang", "zgf"])
    def test_finds_the_caller_in_one_box(self, here: OpenTown, said: str) -> None:
        resident = here.town.resident("张桂芳")

        page = browser(here, "service_desk").post("/console/desk/bookings", {"q": said})

        assert f"/console/desk/bookings/{resident.id}" in page.content.decode()

    def test_notes_that_the_caller_was_looked_up(self, here: OpenTown) -> None:
        resident = here.town.resident("张桂芳")
        desk = browser(here, "service_desk")

        desk.post("/console/desk/bookings", {"q": "zgf"})
        desk.get(f"/console/desk/bookings/{resident.id}")

        noted = acting(here.town.system, datetime.now(UTC)).ask(
            lambda _: set(RecordAccess.objects.values_list("resident_id", "what"))
        )
        assert {(resident.id, "residents.list"), (resident.id, "residents.caller")} <= noted

    def test_gives_htmx_the_list_alone(self, here: OpenTown) -> None:
        here.town.resident("张桂芳")

        part = browser(here, "service_desk").post(
            "/console/desk/bookings", {"q": "zgf"}, headers={"HX-Request": "true"}
        )

        assert "<html" not in part.content.decode()
        assert "张桂芳" in text_of(part)

    def test_shows_what_is_arranged_for_her_and_what_can_be_done_about_it(self, here: OpenTown) -> None:
        resident = here.town.resident("张桂芳")
        one = visit(here, here.town.nurse("李秋萍"), resident=resident)

        page = browser(here, "service_desk").get(f"/console/desk/bookings/{resident.id}").content.decode()

        assert "李秋萍" in page
        assert f"/console/dispatch/visits/{one.id}/move" in page
        assert f"/console/dispatch/visits/{one.id}/cancel" in page
        assert f"/console/dispatch/book/{resident.id}" in page

    def test_does_not_say_that_another_institution_has_her(self, here: OpenTown) -> None:
        resident = here.town.resident()

        assert (
            browser(open_town(), "service_desk").get(f"/console/desk/bookings/{resident.id}").status_code
            == 404
        )


class TestSystem:
    def test_says_what_has_not_been_heard(self, here: OpenTown) -> None:
        chief, now = browser(here, "administrator"), datetime.now(UTC)
        acting(system(), now).do(events.pass_over, organization_id=here.house.id)
        before = text_of(chief.get("/console/desk/system"))
        unheard = {"content": {"at": now - timedelta(hours=3)}, "due_at": now, "attempts": 9}
        acting(here.town.system, now).ask(
            lambda _: Event.objects.create(
                organization_id=here.house.id, name="visits.VisitPromised", **unheard
            )
        )

        page = text_of(chief.get("/console/desk/system"))

        assert ("都传到了" in before, "都传到了" in page) == (True, False)
        assert "visits.VisitPromised 1" in page

    def test_is_for_who_runs_the_house(self, here: OpenTown) -> None:
        assert browser(here, "manager").get("/console/desk/system").status_code == 403


class TestAudit:
    def test_says_who_did_what_in_words(self, here: OpenTown) -> None:
        visit(here, here.town.nurse())

        page = text_of(browser(here, "quality_manager").get("/console/desk/audit"))

        assert "上门：约好了" in page
        assert "visits.visit.promised" in page

    def test_says_for_whom_somebody_acted(self, here: OpenTown) -> None:
        mother = here.town.resident("张桂芳")
        daughter = make.person(OWN_ACCOUNT, resident_id=mother.id, organization_id=mother.organization_id)
        acting(daughter, datetime.now(UTC)).do(change_language, language="zh-hans")

        assert "替张桂芳" in text_of(browser(here, "quality_manager").get("/console/desk/audit"))

    def test_is_narrowed_to_a_subject(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        one = visit(here, nurse)

        page = text_of(browser(here, "quality_manager").get("/console/desk/audit", {"subject": str(one.id)}))

        assert "visits.visit.promised" in page
        assert "workforce.staff.registered" not in page

    def test_says_so_when_a_name_is_nobodys(self, here: OpenTown) -> None:
        page = browser(here, "quality_manager").post("/console/desk/audit", {"by": "无名氏"})

        assert "没有叫“无名氏”的用户" in text_of(page)

    def test_puts_no_name_into_an_address(self, here: OpenTown) -> None:
        account = identity.staff(here.house, role_code="service_desk", name="何佳")

        answer = browser(here, "quality_manager").post("/console/desk/audit", {"by": "何佳"})

        assert answer["Location"] == f"/console/desk/audit?by={account.id}"

    def test_checks_the_seals_when_asked(self, here: OpenTown) -> None:
        assert seal_now(datetime.now(UTC))

        answer = browser(here, "quality_manager").post(
            "/console/desk/audit/verify", headers={"HX-Request": "true"}
        )

        assert "全部对得上" in text_of(answer)

    def test_is_not_for_the_desk(self, here: OpenTown) -> None:
        assert browser(here, "service_desk").get("/console/desk/audit").status_code == 403


class TestConflicts:
    def test_wait_on_one_page_and_on_the_board(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        one = visit(here, nurse, resident=here.town.resident("张桂芳"))
        say(nurse, fact(one, "step_done", key="nobody_knows"))
        dispatcher = browser(here, "dispatcher")

        assert "张桂芳" in text_of(dispatcher.get("/console/desk/conflicts"))
        assert "1 要核对" in text_of(dispatcher.get("/console/desk/board"))

    def test_are_not_for_who_cannot_settle_them(self, here: OpenTown) -> None:
        assert browser(here, "ward_nurse").get("/console/desk/conflicts").status_code == 403


class TestPaces:
    """What is reckoned with on the way, on the page "System"."""

    @staticmethod
    def page(here: OpenTown) -> str:
        return text_of(browser(here, "administrator").get("/console/desk/system"))

    def test_are_those_of_the_rule_at_first_and_say_so(self, here: OpenTown) -> None:
        here.town.nurse()
        found = self.page(here)
        assert "先按默认" in found
        assert "自己学的" not in found

    def test_that_are_learnt_say_since_when_and_on_how_much_they_rest(self, here: OpenTown) -> None:
        here.town.nurse()
        learnt = Learnt(
            mode="ebike",
            basis=Basis.LINE,
            factors=(1.2,) * 8 + (1.7,) + (1.2,) * 15,
            trips=63,
            people=5,
            trips_by_hour=(0,) * 8 + (20,) * 3 + (0,) * 13,
        )
        acting(here.town.system, here.town.today).do(keep_paces, learnt=[learnt])
        found = self.page(here)
        assert "自己学的" in found
        assert "5 个人的 63 段路" in found
        assert "最慢 8 点，1.70 倍" in found
