"""The sheet for an elder's wall, as the desk prints it."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.desk.weeks import week_meant, weeks_page
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import SHANGHAI
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.visits.commands import accept_assignment, cancel_visit
from tests.desk.test_console import browser, text_of, visit
from tests.dispatch.signed_in import OpenTown, open_town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> OpenTown:
    return open_town()


def week_of(here: OpenTown) -> str:
    return here.at(12).date().isoformat()


def days_over(here: OpenTown) -> int:
    """Return how many days of the printed week lie behind us."""
    return max((datetime.now(SHANGHAI).date() - first_day(here)).days, 0)


class TestTheWeekOfOne:
    def test_says_when_and_what_and_whom_to_ring(self, here: OpenTown) -> None:
        she = here.town.resident("张桂芳")
        visit(here, here.town.nurse(), hour=9, resident=she)

        page = browser(here, "service_desk").get(
            f"/console/desk/bookings/{she.id}/week", {"week": week_of(here)}
        )

        assert page.status_code == 200
        assert "张桂芳" in text_of(page)
        assert "上午 9:00" in text_of(page)
        assert text_of(page).count("没有人来") == 7 - days_over(here) - 1

    def test_does_not_name_who_has_not_said_yes(self, here: OpenTown) -> None:
        she, nurse = here.town.resident("张桂芳"), here.town.nurse()
        promised = visit(here, nurse, hour=9, resident=she)
        address = f"/console/desk/bookings/{she.id}/week"
        desk = browser(here, "service_desk")

        before = text_of(desk.get(address, {"week": week_of(here)}))
        acting(nurse, here.town.today).do(accept_assignment, visit_id=promised.id)
        after = text_of(desk.get(address, {"week": week_of(here)}))

        assert "谁来，定了告诉您" in before
        assert "谁来，定了告诉您" not in after
        assert re.search(r"伤口换药 \S+ 来", after)

    def test_holds_no_word_for_the_door(self, here: OpenTown) -> None:
        she = here.town.resident("张桂芳")
        promised = visit(here, here.town.nurse(), hour=9, resident=she)

        page = browser(here, "service_desk").get(
            f"/console/desk/bookings/{she.id}/week", {"week": week_of(here)}
        )
        sheet = page.content.decode().split('<article class="week"')[1].split("</article>")[0]

        assert f">{promised.visit_word}<" not in sheet
        assert f" {promised.visit_word} " not in sheet

    def test_is_printed_empty_too(self, here: OpenTown) -> None:
        she = here.town.resident("张桂芳")

        page = browser(here, "service_desk").get(
            f"/console/desk/bookings/{she.id}/week",
            {"week": (first_day(here) + timedelta(days=7)).isoformat()},
        )

        assert text_of(page).count("没有人来") == 7

    def test_is_no_strangers(self, here: OpenTown) -> None:
        she, other = here.town.resident("张桂芳"), open_town()

        assert browser(other, "service_desk").get(f"/console/desk/bookings/{she.id}/week").status_code == 404
        assert browser(here, "nurse").get(f"/console/desk/bookings/{she.id}/week").status_code == 403

    @pytest.mark.parametrize("said", ["", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30", "2020-01-01"])
    def test_takes_nonsense_for_the_week_that_comes(self, here: OpenTown, said: str) -> None:
        she = here.town.resident("张桂芳")

        page = browser(here, "service_desk").get(f"/console/desk/bookings/{she.id}/week", {"week": said})

        assert page.status_code == 200

    def test_is_noted_as_read(self, here: OpenTown) -> None:
        she = here.town.resident("张桂芳")

        browser(here, "service_desk").get(f"/console/desk/bookings/{she.id}/week")

        noted = acting(here.town.system, here.town.today).ask(
            lambda _: set(RecordAccess.objects.values_list("resident_id", "what"))
        )
        assert (she.id, "visits.week") in noted


class TestTheWeekOfAll:
    def test_has_a_sheet_for_each_to_whom_somebody_comes(self, here: OpenTown) -> None:
        nurse = here.town.nurse()
        one, two, nobody = (here.town.resident(name) for name in ("张桂芳", "谢玉华", "赵大海"))
        visit(here, nurse, hour=9, resident=one)
        called_off = visit(here, nurse, hour=11, resident=nobody)
        visit(here, nurse, hour=14, resident=two)
        acting(here.town.desk, here.town.today).do(cancel_visit, visit_id=called_off.id, reason="asked")

        page = browser(here, "service_desk").get("/console/desk/weeks", {"week": week_of(here)})

        assert page.content.decode().count('<article class="week"') == 2
        assert "赵大海" not in text_of(page)

    def test_has_none_for_whom_all_is_over(self, here: OpenTown) -> None:
        times: dict[str, Any] = {"starts_at": here.at(9, day=2), "ends_at": here.at(9.5, day=2)}
        visit(here, here.town.nurse(), hour=9, resident=here.town.resident("张桂芳"))
        visit(here, here.town.nurse(), resident=here.town.resident("谢玉华"), **times)
        desk = replace(here.town.desk, permissions=here.town.desk.permissions | {"desk.bookings"})
        first, on_the_second_day = here.at(12).date(), here.at(8, day=2)

        found = acting(desk, here.town.today).ask(
            weeks_page, Purpose.CONTRACT, first=first, now=on_the_second_day
        )

        assert [one.name for one in found.items] == ["谢玉华"]

    def test_goes_on_behind_the_twentieth_with_as_many_questions(self, here: OpenTown) -> None:
        nurses = [here.town.nurse() for _n in range(3)]
        for n in range(21):
            visit(here, nurses[n % 3], hour=8 + n // 3, resident=here.town.resident(f"老人{chr(0x4E00 + n)}"))
        monday = first_day(here)
        desk = replace(here.town.desk, permissions=here.town.desk.permissions | {"desk.bookings"})

        def asked(**also: Any) -> tuple[Any, int]:
            with CaptureQueriesContext(connection) as said:
                found = acting(desk, here.town.today).ask(
                    weeks_page, Purpose.CONTRACT, first=monday, now=here.town.today, **also
                )
            return found, len(said)

        first, many = asked()
        rest, few = asked(after=first.next)

        assert (len(first.items), len(rest.items), rest.next) == (20, 1, None)
        assert not {one.resident_id for one in first.items} & {one.resident_id for one in rest.items}
        assert many == few


def first_day(here: OpenTown) -> date:
    day = here.at(12).date()
    return day - timedelta(days=day.weekday())


class TestTheWeekPrintedByItself:
    @pytest.mark.parametrize(
        ("today", "monday"),
        [
            ("2026-11-23", "2026-11-23"),
            ("2026-11-26", "2026-11-23"),
            ("2026-11-27", "2026-11-30"),
            ("2026-11-29", "2026-11-30"),
        ],
    )
    def test_is_this_one_until_thursday_then_the_next(self, today: str, monday: str) -> None:
        assert week_meant("", date.fromisoformat(today)) == date.fromisoformat(monday)
