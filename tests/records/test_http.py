from datetime import timedelta

import pytest
from django.utils import timezone

from anjia.residents.models import Resident
from tests import make as basics
from tests.client import Phone
from tests.identity.make import house, phone
from tests.records import make
from tests.residents import make as residents

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def resident() -> Resident:
    desk = basics.actor(organization_id=house().id)
    return residents.resident(served_by=desk, phones=[phone()], chronic=["高血压"], birth_date=None)


@pytest.fixture
def her(resident: Resident) -> Phone:
    return Phone(resident)


class TestRecord:
    def test_shows_her_the_latest_and_a_sentence(self, her: Phone, resident: Resident) -> None:
        now = timezone.now()
        make.record(*make.pressure(138, 78, at=now - timedelta(hours=1)), of=resident, now=now)

        [line] = her.get("record/summary").json()
        assert (line["code"], line["latest"]["value"], line["latest"]["unit"]) == ("bp", "138/78", "mmHg")
        assert "只量了 1 次" in line["sentence"]

    def test_shows_her_a_trend_with_target_and_points(self, her: Phone, resident: Resident) -> None:
        now = timezone.now()
        make.record(make.reading("6.4", code="15074-8", unit="mmol/L", at=now), of=resident, now=now)
        make.record(*make.pressure(138, 78, at=now), of=resident, now=now)

        sugar = her.get("record/trends/15074-8?days=30").json()
        assert (sugar["unit"], sugar["points"][0]["value"], sugar["points"][0]["out_of_band"]) == (
            "mmol/L",
            6.4,
            False,
        )
        assert sugar["band"]["source"].startswith("中国2型糖尿病防治指南")
        pressure = her.get("record/trends/bp").json()
        assert (pressure["points"][0]["systolic"], pressure["points"][0]["diastolic"]) == (138, 78)
        assert pressure["band"] is None
        assert "出生年份" in pressure["band_missing"]

    def test_says_no_in_words(self, her: Phone) -> None:
        assert her.get("record/trends/nothing").status_code == 404
        assert her.get("record/trends/bp?days=0").status_code == 422
        assert Phone().get("record/summary").status_code == 401
