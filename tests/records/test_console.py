from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.records import console, queries
from anjia.records.charts import TrendView
from anjia.records.drawing import GAP, HEIGHT, WIDTH, drawn, ticks
from anjia.residents.models import Resident
from anjia.residents.rules import ConsentMissing
from tests import make as basics
from tests.make import NOON
from tests.pages import open_page, post_form
from tests.records import make
from tests.residents import make as residents


@pytest.fixture
def doctor(database: None) -> Actor:
    return basics.actor("records.write", "records.read", "records.set_target", staff_id=uuid4())


@pytest.fixture
def resident(doctor: Actor) -> Resident:
    her = residents.resident(served_by=doctor, chronic=["高血压"], birth_date=NOON.date().replace(year=1948))
    residents.consent(of=her)
    return her


def trend(of: Resident, by: Actor) -> TrendView:
    return acting(by, NOON).ask(queries.trend, Purpose.CARE, resident_id=of.id, code="bp", now=NOON)


class TestChart:
    def test_leaves_a_gap_where_days_are_missing(self, doctor: Actor, resident: Resident) -> None:
        make.record(*make.days((20, 140, 82), (19, 138, 81), (5, 136, 80), (4, 134, 80)), of=resident)

        chart = drawn(trend(resident, doctor))
        assert chart is not None
        assert timedelta(days=14) > GAP
        assert [len(series.lines) for series in chart.series] == [2, 2]

    def test_keeps_everything_inside(self, doctor: Actor, resident: Resident) -> None:
        make.record(*make.days((89, 199, 120), (0, 101, 61)), of=resident)

        chart = drawn(trend(resident, doctor))
        assert chart is not None
        for series in chart.series:
            assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in series.dots)
        assert all(
            band.y >= 0 and band.height >= 0 and band.y + band.height <= HEIGHT for band in chart.bands
        )
        assert [band.label for band in chart.bands] == ["高压目标 130 以下", "低压目标 80 以下"]

    def test_is_drawn_for_one_value_too_and_not_for_none(self, doctor: Actor, resident: Resident) -> None:
        assert drawn(trend(resident, doctor)) is None
        make.record(*make.days((1, 120, 70)), of=resident)
        assert drawn(trend(resident, doctor)) is not None

    @pytest.mark.parametrize(
        ("low", "high"), [("58", "142"), ("3.1", "7.9"), ("0", "100000"), ("36.1", "36.4")]
    )
    def test_has_few_round_ticks(self, low: str, high: str) -> None:
        found = ticks(Decimal(low), Decimal(high))

        assert 2 <= len(found) <= 7
        assert all(Decimal(low) <= value <= Decimal(high) for value in found)


class TestPage:
    def test_shows_sentence_chart_and_the_same_numbers_beside_it(
        self, doctor: Actor, resident: Resident
    ) -> None:
        now = timezone.now()
        make.record(*make.pressure(186, 112, at=now - timedelta(hours=1)), of=resident, now=now)

        page = open_page(console.record, doctor, resident_id=resident.id)
        assert "186/112" in page
        assert "请现在就联系她" in page, "it speaks to who looks after her"
        assert "<svg viewBox=" in page
        assert "危急值" in page
        assert "国家基层高血压防治管理指南 2025版" in page

    def test_says_that_there_is_nothing(self, doctor: Actor, resident: Resident) -> None:
        page = open_page(console.record, doctor, resident_id=resident.id)

        assert "还没有数字" in page
        assert "还没有量过" in page

    def test_shows_two_values_for_one_moment(self, doctor: Actor, resident: Resident) -> None:
        make.record(make.reading(138), of=resident)
        make.record(make.reading(183), of=resident)

        assert "后来又收到 183" in open_page(console.record, doctor, resident_id=resident.id)

    def test_lets_a_doctor_set_a_target(self, doctor: Actor, resident: Resident) -> None:
        form = {"code": "8480-6", "low": "", "high": "145", "reason": "常头晕"}
        assert post_form(console.set_target, doctor, form, resident_id=resident.id).status_code == 303

        make.record(*make.pressure(140, 70, at=timezone.now()), of=resident, now=timezone.now())
        assert "高压目标 145 以下" in open_page(console.record, doctor, resident_id=resident.id)

    def test_needs_permission_and_consent(self, doctor: Actor, resident: Resident) -> None:
        with pytest.raises(NotAllowed):
            open_page(console.record, basics.actor(), resident_id=resident.id)
        residents.consent(of=resident, agrees=False)
        with pytest.raises(ConsentMissing):
            open_page(console.record, doctor, resident_id=resident.id)
