"""The pages of a caregiver's month and of what she objects to, and her own on the phone."""

import re
from typing import Any

import pytest
from django.test import Client

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor
from anjia.quality.console import objections as console
from anjia.quality.console import performance as pages
from tests.pages import open_page, post_form
from tests.quality.make import EVENING
from tests.quality.test_performance import (
    boss,
    decide,
    house,
    mine,
    nurse,
    object_to,
    town,
    went,
)
from tests.visits.make import Town, id_of

__all__ = ["boss", "house", "nurse", "town"]
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the evening after the visits, for pages as well."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: EVENING)


@pytest.mark.usefixtures("now")
class TestPagesOfAMonth:
    def test_show_the_figures_and_open_their_rows(self, town: Town, nurse: Actor, boss: Actor) -> None:
        went(nurse, town, 9, late=25)
        ids: dict[str, Any] = {"staff_id": id_of(nurse)}
        page = open_page(pages.performance, boss, "/?month=2026-03", **ids)
        assert "李秋萍的业绩" in page
        assert "太少，说不出" in page
        rows = open_page(pages.rows, boss, "/?month=2026-03", **ids, measure="punctuality")
        assert "晚 25 分钟" in rows
        assert "李秋萍的业绩" in open_page(pages.performance, boss, "/?month=nonsense", **ids)

    def test_turn_from_month_to_month_and_no_further_than_can_be_looked_at(
        self, nurse: Actor, boss: Actor
    ) -> None:
        def turns(month: str) -> set[Any]:
            page = open_page(pages.performance, boss, f"/?month={month}", staff_id=id_of(nurse))
            return set(re.findall(r'rel="(prev|next)" href="\?month=([\d-]+)"', page))

        assert turns("2026-03") == {("prev", "2026-02")}
        assert turns("2025-12") == {("prev", "2025-11"), ("next", "2026-01")}
        assert turns("2025-04") == {("next", "2025-05")}

    def test_answer_an_objection_and_say_what_is_missing_beside_the_form(
        self, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = went(nurse, town, 9, late=25)
        one = object_to(nurse)
        ids: dict[str, Any] = {"objection_id": one.id}
        assert "电梯停了" in open_page(console.objections, boss)
        assert "晚 25 分钟" in open_page(console.objection, boss, **ids)

        wrong = post_form(console.decide, boss, {"outcome": "left_out", "reason": ""}, **ids)
        assert wrong.status_code == 422
        assert "请选哪一行不计入" in wrong.content.decode()
        sound = {"outcome": "left_out", "reason": "有停电记录", "row_id": str(late.id)}
        assert post_form(console.decide, boss, sound, **ids).status_code == 303
        month = open_page(pages.performance, boss, "/?month=2026-03", staff_id=id_of(nurse))
        assert "1 条按" in month
        assert "决定不计入" in month

    def test_say_that_ones_own_is_for_others(self, town: Town, nurse: Actor, boss: Actor) -> None:
        went(nurse, town, 9, late=25)
        one = object_to(nurse)
        page = open_page(console.objection, boss, objection_id=one.id)
        assert "就这么定" in page
        decide(boss, one, outcome="stays")
        assert "就这么定" not in open_page(console.objection, boss, objection_id=one.id)
        assert [each.objection.state for each in mine(nurse).objections] == ["stays"]


def test_is_asked_to_sign_in(client: Client, house: Organization) -> None:
    assert client.get("/api/v1/performance").status_code == 401
