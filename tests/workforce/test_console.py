import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import add_organization, start_session
from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.workforce.commands import generate_shifts, link_account, set_weekly_pattern
from anjia.workforce.models import StaffMember
from anjia.workforce.queries import RotaWeek, StaffPage, rota_week, staff_page
from tests import make
from tests.identity import make as make_identity
from tests.workforce.make import MONDAY, SCAN, leave, paper, shift, staff, week

pytestmark = pytest.mark.usefixtures("database")

SignIn = Callable[[str], Client]


@pytest.fixture
def house() -> Organization:
    return make_identity.house()


@pytest.fixture
def manager(house: Organization) -> Actor:
    return make.actor("workforce.read", "workforce.change", organization_id=house.id)


@pytest.fixture
def member(manager: Actor) -> StaffMember:
    return staff(of=manager, number="N001")


@pytest.fixture
def as_(house: Organization) -> SignIn:
    """Return a browser in which somebody of this role is signed in."""

    def sign_in(role_code: str, staff_id: Any = None) -> Client:
        account = make_identity.staff(house, role_code=role_code)
        if staff_id:
            unit = acting(system(house.id), timezone.now())
            unit.do(link_account, staff_id=staff_id, account_id=account.id)
        entry = acting(system(), timezone.now()).do(
            start_session, account_id=account.id, end="console", way="card"
        )
        browser = Client()
        browser.cookies["anjia_session"] = entry.token
        return browser

    return sign_in


def page_of(manager: Actor, member: StaffMember) -> StaffPage:
    return acting(manager, timezone.now()).ask(
        staff_page, Purpose.CONTRACT, staff_id=member.id, today=day_of(timezone.now())
    )


def week_of(manager: Actor, day: date = MONDAY) -> RotaWeek:
    return acting(manager, timezone.now()).ask(rota_week, Purpose.CONTRACT, day=day)


def text_of(response: Any) -> str:
    return re.sub(r"<[^>]+>", " ", response.content.decode())


PAGES = ["", "rota", "lapsing", "new"]


class TestWhoMaySee:
    @pytest.mark.parametrize("page", PAGES)
    def test_asks_who_you_are(self, page: str) -> None:
        response = Client().get(f"/console/workforce/{page}")

        assert response.status_code == 302
        assert "sign-in" in response["Location"]

    @pytest.mark.parametrize("page", PAGES)
    def test_refuses_whom_it_is_not_for(self, as_: SignIn, page: str) -> None:
        assert as_("ward_nurse").get(f"/console/workforce/{page}").status_code == 403

    def test_does_not_say_that_another_institutions_member_exists(self, as_: SignIn) -> None:
        stranger = staff(of=make.actor())
        browser = as_("manager")

        assert browser.get(f"/console/workforce/staff/{stranger.id}").status_code == 404
        assert browser.post(f"/console/workforce/staff/{stranger.id}/area", {}).status_code == 404

    @pytest.mark.parametrize(
        "path",
        [
            "staff/{id}/papers",
            "staff/{id}/pattern",
            "staff/{id}/area",
            "staff/{id}/last-day",
            "staff/{id}/change",
        ],
    )
    def test_lets_a_nurse_look_and_not_change(self, as_: SignIn, member: StaffMember, path: str) -> None:
        browser = as_("nurse")

        assert browser.get(f"/console/workforce/staff/{member.id}").status_code == 200
        assert browser.post(f"/console/workforce/{path.format(id=member.id)}", {}).status_code == 403
        for path in ("rota/shifts", "rota/generate", "rota/leave"):
            assert browser.post(f"/console/workforce/{path}", {}).status_code == 403

    def test_shows_a_nurse_no_phone_of_her_colleagues(self, as_: SignIn, member: StaffMember) -> None:
        path = f"/console/workforce/staff/{member.id}"

        assert "13800138000" not in text_of(as_("nurse").get(path))
        assert "13800138000" in text_of(as_("manager").get(path))


class TestStaffList:
    def test_finds_by_pinyin_and_shows_papers(self, as_: SignIn, manager: Actor, member: StaffMember) -> None:
        paper(of=manager, staff_id=member.id, valid_until=date(2020, 1, 1))
        staff(of=manager, name="王芳")

        shown = text_of(as_("manager").get("/console/workforce/", {"text": "lixiu"}))

        assert ("李秀兰" in shown, "王芳" in shown, "已过期" in shown) == (True, False, True)

    def test_says_what_to_do_when_nobody_is_found(self, as_: SignIn) -> None:
        assert "没有找到这个人" in text_of(as_("manager").get("/console/workforce/", {"text": "zz"}))


class TestStaffForm:
    FORM = {"name": "周明", "kind": "doctor", "title": "主治医师", "sex": "male", "travel_mode": "car"}

    def test_takes_somebody_on_once_however_often_it_is_sent(self, as_: SignIn, manager: Actor) -> None:
        browser, form = as_("manager"), self.FORM | {"idempotency_key": "k1", "started_on": "2010-07-01"}

        responses = [browser.post("/console/workforce/new", form) for _ in range(2)]

        assert [response.status_code for response in responses] == [303, 303]
        assert [row.staff.name for row in week_of(manager).rows] == ["周明"]

    def test_shows_what_was_said_again_beside_what_is_wrong(self, as_: SignIn) -> None:
        response = as_("manager").post("/console/workforce/new", self.FORM | {"title": "护师"})

        assert response.status_code == 422
        assert 'value="周明"' in response.content.decode()
        assert "没有“护师”这一级职称" in text_of(response)

    @pytest.mark.parametrize(
        "wrong",
        [{"started_on": "yesterday"}, {"latitude": "x", "longitude": "1"}, {"started_on": "0001-01-01"}],
    )
    def test_says_what_cannot_be_read(self, as_: SignIn, wrong: dict[str, str]) -> None:
        assert as_("manager").post("/console/workforce/new", self.FORM | wrong).status_code == 422

    def test_shows_what_is_known_and_changes_it(
        self, as_: SignIn, house: Organization, manager: Actor, member: StaffMember
    ) -> None:
        browser, path = as_("manager"), f"/console/workforce/staff/{member.id}/change"
        assert 'value="2015-07-01"' in browser.get(path).content.decode()

        unit = acting(system(house.id), timezone.now())
        station = unit.do(add_organization, parent_id=house.id, kind="station", name="一站")
        place = {"latitude": "31.2", "longitude": "121.4", "station_id": str(station.id)}
        browser.post(path, self.FORM | {"name": "李秀岚"} | place)

        changed = page_of(manager, member).staff
        assert changed.station_id == station.id
        assert (changed.name, changed.kind, changed.base) == ("李秀岚", "doctor", {"lat": 31.2, "lon": 121.4})


class TestStaffPage:
    def test_enters_a_paper_and_has_it_checked(
        self, as_: SignIn, manager: Actor, member: StaffMember
    ) -> None:
        browser, path = as_("manager"), f"/console/workforce/staff/{member.id}"
        entered = {"code": "picc", "paper_number": "P-1", "valid_until": "2199-01-01"}
        browser.post(f"{path}/papers", entered | {"photo": SimpleUploadedFile("scan.png", SCAN, "image/png")})
        (added,) = page_of(manager, member).papers
        assert (added.paper.number, added.state) == ("P-1", "unverified")
        assert browser.get(f"{path}/papers/{added.paper.id}/scan").content == SCAN

        herself = browser.post(f"{path}/papers/{added.paper.id}/verify")
        assert (herself.status_code, "另一位同事" in text_of(herself)) == (403, True)
        as_("dispatcher").post(f"{path}/papers/{added.paper.id}/verify")

        assert page_of(manager, member).papers[0].state == "valid"
        browser.post(f"{path}/papers/{added.paper.id}/take-back")
        assert page_of(manager, member).papers == []

    def test_does_not_let_her_check_her_own(self, as_: Any, manager: Actor, member: StaffMember) -> None:
        added = paper(of=manager, staff_id=member.id, is_confirmed=False)

        response = as_("manager", staff_id=member.id).post(
            f"/console/workforce/staff/{member.id}/papers/{added.id}/verify"
        )

        assert response.status_code == 403
        assert "要由别人核对" in text_of(response)

    def test_sets_week_area_and_last_day(self, as_: SignIn, manager: Actor, member: StaffMember) -> None:
        browser, path = as_("manager"), f"/console/workforce/staff/{member.id}"

        browser.post(f"{path}/pattern", {"starts-0-1": "08:00", "ends-0-1": "12:00", "works_holidays": "1"})
        browser.post(f"{path}/area", {"radius_km": "3"})
        browser.post(f"{path}/last-day", {"last_day": "2199-12-31"})

        found = page_of(manager, member)
        assert found.pattern is not None
        assert found.area is not None
        assert found.pattern.parts == [{"weekday": 0, "starts": "08:00", "ends": "12:00"}]
        assert (found.pattern.works_holidays, found.area.radius_km) == (True, 3.0)
        assert found.staff.left_on == date(2199, 12, 31)
        assert "出发点 3" in text_of(browser.get(path))

    def test_connects_her_with_the_account_that_she_signs_in_with(
        self, as_: SignIn, house: Organization, manager: Actor, member: StaffMember
    ) -> None:
        account = make_identity.staff(house, name="李秀兰")
        browser, path = as_("administrator"), f"/console/workforce/staff/{member.id}"
        assert f"李秀兰 · {account.login}" in text_of(browser.get(path))

        assert browser.post(f"{path}/account", {"account_id": str(account.id)}).status_code == 303

        assert page_of(manager, member).staff.account_id == account.id
        assert as_("manager").post(f"{path}/account", {}).status_code == 403

    @pytest.mark.parametrize(
        ("path", "form", "words"),
        [
            ("papers", {"code": "magic"}, "请从清单里选证书"),
            ("pattern", {"starts-0-1": "08:00"}, "时间写成"),
            ("area", {"radius_km": "900"}, "半径请填"),
            ("area", {"radius_km": "nan"}, "请填数字"),
            ("last-day", {"last_day": "x"}, "日期写成"),
            ("leave", {"kind": "sick"}, "请选日期"),
            ("leave", {"kind": "x", "first_day": "2199-01-01"}, "请选请假的种类"),
        ],
    )
    def test_says_what_is_wrong_on_the_page(
        self, as_: SignIn, member: StaffMember, path: str, form: dict[str, str], words: str
    ) -> None:
        response = as_("manager").post(f"/console/workforce/staff/{member.id}/{path}", form)

        assert response.status_code == 422
        assert words in text_of(response)


class TestLeave:
    def test_is_asked_for_by_herself_and_granted_by_another(
        self, as_: Any, manager: Actor, member: StaffMember
    ) -> None:
        path = f"/console/workforce/staff/{member.id}/leave"
        herself = as_("nurse", staff_id=member.id)
        herself.post(path, {"kind": "annual", "first_day": "2199-01-01", "last_day": "2199-01-03"})
        (asked,) = page_of(manager, member).leave
        assert asked.state == "asked"
        assert herself.post(f"{path}/{asked.id}/grant").status_code == 403

        as_("manager").post(f"{path}/{asked.id}/grant")

        assert page_of(manager, member).leave[0].state == "granted"

    def test_of_a_colleague_is_not_hers_to_ask(self, as_: Any, manager: Actor, member: StaffMember) -> None:
        response = as_("nurse").post(
            f"/console/workforce/staff/{member.id}/leave", {"kind": "annual", "first_day": "2199-01-01"}
        )

        assert response.status_code == 403
        assert page_of(manager, member).leave == []

    def test_waits_on_the_page_of_what_needs_somebody(
        self, as_: Any, manager: Actor, member: StaffMember
    ) -> None:
        herself = as_("nurse", staff_id=member.id)
        herself.post(
            f"/console/workforce/staff/{member.id}/leave", {"kind": "sick", "first_day": "2199-01-01"}
        )  # fmt: skip
        paper(of=manager, staff_id=member.id, valid_until=day_of(timezone.now()) + timedelta(days=3))

        shown = text_of(as_("manager").get("/console/workforce/lapsing"))

        assert ("病假" in shown, "护士执业证书" in shown, "3 天" in shown) == (True, True, True)


class TestRota:
    def test_shows_shifts_leave_holidays_and_swapped_days(
        self, as_: SignIn, manager: Actor, member: StaffMember
    ) -> None:
        shift(of=manager, staff_id=member.id, day=date(2025, 10, 9))
        leave(of=manager, staff_id=member.id, first=date(2025, 10, 10))

        asked = {"day": "2025-10-08"}
        shown, changed = (
            text_of(as_(role).get("/console/workforce/rota", asked)) for role in ("dispatcher", "manager")
        )

        assert ("加一个班" in shown, "加一个班" in changed) == (False, True)
        for words in ("08:00–12:00", "年休假", "国庆节", "调休上班"):
            assert words in shown

    def test_puts_and_removes_a_shift(self, as_: SignIn, manager: Actor, member: StaffMember) -> None:
        browser = as_("manager")
        form = {"staff_id": str(member.id), "day": "2026-03-02", "starts": "20:00", "ends": "08:00"}

        response = browser.post("/console/workforce/rota/shifts", form)

        assert response["Location"] == "/console/workforce/rota?day=2026-03-02"
        (put,) = week_of(manager).rows[0].cells[0].shifts
        assert put.ends_at - put.starts_at == timedelta(hours=12)
        browser.post(f"/console/workforce/rota/shifts/{put.id}/remove")
        assert week_of(manager).rows[0].cells[0].shifts == []

    def test_says_why_not(self, as_: SignIn, manager: Actor, member: StaffMember) -> None:
        shift(of=manager, staff_id=member.id)
        form = {"staff_id": str(member.id), "day": "2026-03-02", "starts": "08:00", "ends": "09:00"}

        taken = as_("manager").post("/console/workforce/rota/shifts", form)
        nobody = as_("manager").post("/console/workforce/rota/shifts", form | {"staff_id": "x"})

        assert (taken.status_code, "已经有班了" in text_of(taken)) == (409, True)
        assert (nobody.status_code, "请从名单里选" in text_of(nobody)) == (422, True)

    def test_asks_whether_a_weekend_is_worked_in_exchange(
        self, as_: SignIn, manager: Actor, member: StaffMember, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("anjia.workforce.console.rota.today", lambda: date(2025, 9, 20))
        acting(manager, timezone.now()).do(set_weekly_pattern, staff_id=member.id, parts=week(0))
        path = "/console/workforce/rota"
        asked, seen = (text_of(as_(role).get(path)) for role in ("manager", "dispatcher"))
        assert ("照周一排班" in asked, "照周一排班" in seen, "周日 2025-09-28" in seen) == (True, False, True)

        as_("manager").post(f"{path}/swapped", {"day": "2025-09-28", "works": "1"})
        as_("manager").post(f"{path}/swapped", {"day": "2025-10-11", "works": "0"})
        refused = as_("manager").post(f"{path}/swapped", {"day": "2025-09-29", "works": "1"})

        assert len(week_of(manager, date(2025, 9, 28)).rows[0].cells[6].shifts) == 1
        assert week_of(manager, date(2025, 10, 11)).rows[0].cells[5].shifts == []
        assert "照周一排班" not in text_of(as_("manager").get(path))
        assert (refused.status_code, "不是调休上班的周末" in text_of(refused)) == (422, True)

    def test_asks_what_is_to_become_of_shifts_on_a_new_holiday(
        self, as_: SignIn, manager: Actor, member: StaffMember, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("anjia.workforce.console.rota.today", lambda: date(2025, 9, 20))
        unit = acting(manager, timezone.now())
        unit.do(set_weekly_pattern, staff_id=member.id, parts=week(2))
        with monkeypatch.context() as before_the_notice:
            before_the_notice.setattr("anjia.kernel.calendar.holiday_name", lambda _day: None)
            unit.do(generate_shifts, first_day=date(2025, 10, 1), days=1)
        path = "/console/workforce/rota"
        asked, seen = (text_of(as_(role).get(path)) for role in ("manager", "dispatcher"))
        [shift] = week_of(manager, date(2025, 10, 1)).rows[0].cells[2].shifts

        as_("manager").post(f"{path}/holidays", {"shift_id": str(shift.id), "works": "0"})

        assert ("放假，去掉这些班" in asked, "放假，去掉这些班" in seen, "国庆节" in seen) == (
            True,
            False,
            True,
        )
        assert week_of(manager, date(2025, 10, 1)).rows[0].cells[2].shifts == []
        assert "放假，去掉这些班" not in text_of(as_("manager").get(path))

    def test_makes_weeks_by_the_patterns(self, as_: SignIn, manager: Actor, member: StaffMember) -> None:
        unit = acting(manager, timezone.now())
        unit.do(set_weekly_pattern, staff_id=member.id, parts=week(0, 1, 2, 3, 4))

        as_("manager").post("/console/workforce/rota/generate", {"first_day": "2026-03-02", "weeks": "2"})

        assert sum(len(cell.shifts) for cell in week_of(manager).rows[0].cells) == 5
        assert week_of(manager, date(2026, 3, 9)).rows[0].hours == 45.0

    def test_notes_leave(self, as_: SignIn, manager: Actor, member: StaffMember) -> None:
        form = {"staff_id": str(member.id), "kind": "sick", "first_day": "2026-03-04", "reason": "发烧"}

        as_("manager").post("/console/workforce/rota/leave", form)

        assert [len(cell.leave) for cell in week_of(manager).rows[0].cells] == [0, 0, 1, 0, 0, 0, 0]

    @pytest.mark.parametrize("day", ["x", "9999-12-31", ""])
    def test_shows_this_week_for_a_day_that_is_none(self, as_: SignIn, member: StaffMember, day: str) -> None:
        assert as_("manager").get("/console/workforce/rota", {"day": day}).status_code == 200
