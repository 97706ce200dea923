from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory
from openpyxl import load_workbook

from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.quality.console import efforts, handing_out
from anjia.quality.console import numbers as console
from anjia.quality.rules import DEFINITIONS
from anjia.visits.commands import accept_assignment
from tests.make import NOON, actor
from tests.pages import View, open_page
from tests.quality import make
from tests.quality.make import rate
from tests.visits import make as visits
from tests.visits.make import Town, at, fact, say

PERIOD = "?first=2026-03-03&last=2026-03-03"


@pytest.fixture
def town(database: None) -> Town:
    return visits.town()


class TestIndicators:
    def test_say_no_data_and_too_few_in_words(self, town: Town) -> None:
        assert "没数据" in open_page(console.indicators, make.manager(town), f"/{PERIOD}")
        visit = make.done_visit(town, town.nurse())
        rate(make.herself(visit.resident_id, town), visit, 5)

        page = open_page(console.indicators, make.manager(town), f"/{PERIOD}")
        assert "样本不足" in page
        assert "算不出：只有 1 份，满 5 份才算" in page
        assert "100.0" in page  # completion
        assert "怎么算" in page

    def test_open_their_rows(self, town: Town) -> None:
        visit = make.done_visit(town, town.nurse())
        rate(make.herself(visit.resident_id, town), visit, 5, aspects={"manner": 5}, words="很细心")
        manager = make.manager(town)

        assert "张桂芳" in open_page(console.rows, manager, f"/{PERIOD}", code="completion", part="counted")
        page = open_page(console.rows, manager, f"/{PERIOD}", code="satisfaction_resident", part="counted")
        assert "很细心" in page
        assert "态度 5" in page
        assert "这里一单也没有" in open_page(
            console.rows, manager, f"/{PERIOD}", code="completion", part="missing"
        )

    def test_say_when_somebody_said_yes_and_when_she_was_there(self, town: Town) -> None:
        nurse = town.nurse()
        visit = town.visit(nurse)
        acting(nurse, NOON).do(accept_assignment, visit_id=visit.id)
        say(nurse, fact(visit, "arrived", at=at(10.1), proof="photo", reason="在"))
        manager = make.manager(town)

        assert "3月2日 12:00" in open_page(
            console.rows, manager, f"/{PERIOD}", code="response", part="counted"
        )
        assert "3月3日 10:06" in open_page(
            console.rows, manager, f"/{PERIOD}", code="punctuality", part="counted"
        )

    def test_show_the_last_thirty_days_for_nonsense(self, town: Town) -> None:
        for query in ("?first=x", "?first=2026-03-03&last=2026-03-01", "?first=2020-01-01&last=2026-03-01"):
            assert open_page(console.indicators, make.manager(town), f"/{query}")

    def test_are_for_who_may(self, town: Town) -> None:
        with pytest.raises(NotAllowed):
            open_page(console.indicators, actor())
        with pytest.raises(NotFound):
            open_page(console.rows, make.manager(town), "/", code="nothing", part="counted")


class TestStaff:
    def test_shows_what_each_did_and_opens_it(self, town: Town) -> None:
        nurse = town.nurse("李秋萍")
        make.done_visit(town, nurse)
        manager = actor("quality.read", "visits.read", "workforce.read", organization_id=town.organization_id)

        page = open_page(efforts.staff, manager, f"/{PERIOD}")
        assert "李秋萍" in page
        assert f"/staff/{nurse.staff_id}?first=2026-03-03" in page
        visits_page = open_page(efforts.visits, manager, f"/{PERIOD}", staff_id=nurse.staff_id)
        assert "张桂芳" in visits_page

    def test_says_that_there_is_no_data(self, town: Town) -> None:
        manager = actor("quality.read", "visits.read", "workforce.read", organization_id=town.organization_id)
        assert "没有人当班" in open_page(efforts.staff, manager, f"/{PERIOD}")


class TestHandingOut:
    """What is taken away says what the page says."""

    @pytest.fixture
    def manager(self, town: Town) -> Actor:
        return actor("quality.read", "visits.read", "workforce.read", organization_id=town.organization_id)

    def test_gives_the_numbers_with_their_definitions(self, town: Town, manager: Actor) -> None:
        make.done_visit(town, town.nurse("李秋萍"))

        figures, staff = sheets(get(handing_out.figures, manager, f"/{PERIOD}"))

        said = {row[0]: dict(zip(figures[0], row, strict=True)) for row in figures[1:]}
        assert (said["服务完成率"]["百分比"], said["服务完成率"]["做到"], said["服务完成率"]["总数"]) == (
            100,
            1,
            1,
        )
        assert said["服务完成率"]["怎么算"].startswith("到时间该做完")
        assert (said["居民满意度"]["百分比"], said["居民满意度"]["结果"]) == (None, "没数据")
        assert said.keys() == {one.said("name", "zh") for one in DEFINITIONS.values()}
        assert staff[1][:3] == ("李秋萍", 1, 1)

    def test_gives_the_rows_as_text_that_is_no_formula(self, town: Town, manager: Actor) -> None:
        visit = make.done_visit(town, town.nurse())
        rate(make.herself(visit.resident_id, town), visit, 5, words='=HYPERLINK("http://x")')

        [table] = sheets(
            get(handing_out.rows, manager, f"/{PERIOD}", code="satisfaction_resident", part="counted")
        )

        said = dict(zip(table[0], table[1], strict=True))
        assert (said["居民"], said["留言"], said["星"]) == ("张桂芳", '=HYPERLINK("http://x")', 5)
        assert said["约定的时间"] == datetime(2026, 3, 3, 9, 0)  # in Shanghai # noqa: DTZ001

    def test_notes_whose_rows_were_taken(self, town: Town, manager: Actor) -> None:
        visit = make.done_visit(town, town.nurse())
        get(handing_out.rows, manager, f"/{PERIOD}", code="completion", part="counted")

        noted = town.look(lambda _: list(RecordAccess.objects.filter(resident_id=visit.resident_id)))
        assert [(one.actor_id, one.what) for one in noted] == [(manager.user_id, "quality.rows")]

    def test_has_no_rows_of_numbers_that_there_are_not(self, manager: Actor) -> None:
        for code, part in (("nothing", "counted"), ("completion", "half")):
            with pytest.raises(NotFound):
                get(handing_out.rows, manager, "/", code=code, part=part)


def get(view: View, by: Actor, path: str, **ids: Any) -> bytes:
    request = RequestFactory().get(path)
    request.actor = by  # type: ignore[attr-defined]
    answer = view(request, **ids)
    assert answer["Cache-Control"] == "no-store"
    return answer.content


def sheets(content: bytes) -> list[list[tuple[Any, ...]]]:
    """Return the cells of each sheet; a formula would be None, as nobody has worked it out."""
    book = load_workbook(BytesIO(content), data_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
