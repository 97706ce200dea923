"""The month's report says the month's figures, those of the month before, and what each means."""

import io
from datetime import date

import pytest
from django.test import RequestFactory
from django.utils import translation
from docx import Document as read_document

from anjia.documents import as_docx
from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from anjia.quality import queries
from anjia.quality.console import handing_out
from anjia.quality.console.handing_out import month_asked
from anjia.quality.reporting import report_of
from anjia.quality.rules import DEFINITIONS
from tests.identity import make as identity
from tests.make import actor
from tests.quality import make
from tests.quality.make import EVENING
from tests.visits import make as visits
from tests.visits.make import Town


@pytest.fixture
def town(database: None) -> Town:
    return visits.town(organization_id=identity.house(name="和平里社区卫生服务中心").id)


class Said:
    def __init__(self, town: Town, month: date, *, is_demo: bool = False) -> None:
        manager = actor("quality.read", "visits.read", "workforce.read", organization_id=town.organization_id)
        found = acting(manager, EVENING).ask(
            queries.month_in_figures, Purpose.CONTRACT, month=month, as_of=EVENING
        )
        paper = read_document(io.BytesIO(as_docx(report_of(found, is_demo=is_demo))))
        self.lines = [one.text for one in paper.paragraphs if one.text]
        self.tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]


class TestReport:
    def test_says_this_month_beside_the_one_before(self, town: Town) -> None:
        make.done_visit(town, town.nurse("李秋萍"))

        march, april = Said(town, date(2026, 3, 17)), Said(town, date(2026, 4, 1))

        figures = {row[0]: row for row in march.tables[0]}
        assert march.lines[0] == "质量月报 2026 年 3 月"
        assert figures["服务完成率"][1:] == ["100.0%", "没数据", "≥ 95%", "达标", "1 / 1", "0"]
        assert {row[0]: row for row in april.tables[0]}["服务完成率"][1:3] == ["没数据", "100.0%"]
        assert march.tables[1][1][:4] == ["李秋萍", "1", "2", "0.5"]  # on duty on the second and the third

    def test_says_whose_it_is_as_of_when_and_that_a_demo_is_one(self, town: Town) -> None:
        about = Said(town, date(2026, 3, 1), is_demo=True).lines[1:4]
        assert about == [
            "和平里社区卫生服务中心",
            "2026-03-01 到 2026-03-31，数到 2026-03-03 20:00",
            "演示数据：人和事都是编的",
        ]
        assert "演示数据：人和事都是编的" not in Said(town, date(2026, 3, 1)).lines

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_has_the_definition_of_every_number(self, town: Town, language: str) -> None:
        with translation.override(language):
            lines = "\n".join(Said(town, date(2026, 3, 1)).lines)
        for definition in DEFINITIONS.values():
            for part in ("name", "counts", "excludes", "period", "source"):
                assert definition.said(part, language) in lines, (definition.code, part)
        assert ("没数据：" in lines) == (language == "zh-hans")

    def test_is_given_as_word_and_as_pdf(self, town: Town) -> None:
        manager = actor("quality.read", "visits.read", "workforce.read", organization_id=town.organization_id)
        for view, begins in ((handing_out.report_docx, b"PK"), (handing_out.report_pdf, b"%PDF-")):
            request = RequestFactory().get("/?month=2026-03")
            request.actor = manager  # type: ignore[attr-defined]
            answer = view(request)
            assert answer.content.startswith(begins)
            assert "anjia-report-2026-03." in answer["Content-Disposition"]

    def test_is_of_this_month_for_nonsense(self) -> None:
        today = date(2026, 3, 17)
        for said in ("", "2026", "2026-13", "x", "9999-12", "0001-01", "1900-01", "3000-01"):
            assert month_asked(RequestFactory().get(f"/?month={said}"), today) == today
