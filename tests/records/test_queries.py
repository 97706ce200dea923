from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from anjia.clinical.measures import GLUCOSE, SYSTOLIC, WEIGHT
from anjia.kernel import files
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.records import queries
from anjia.records.charts import TrendView
from anjia.residents.models import Resident
from anjia.residents.rules import ConsentMissing
from tests import make as basics
from tests.make import NOON
from tests.records import make
from tests.residents import make as residents


@pytest.fixture
def nurse(database: None) -> Actor:
    return basics.actor("records.write", "records.read")


@pytest.fixture
def resident(nurse: Actor) -> Resident:
    her = residents.resident(served_by=nurse, birth_date=date(1948, 5, 1), chronic=["高血压"])
    residents.consent(of=her)
    return her


def trend(of: Resident, by: Actor, code: str = "bp", **says: Any) -> TrendView:
    return acting(by, NOON).ask(queries.trend, Purpose.CARE, resident_id=of.id, code=code, now=NOON, **says)


class TestTrend:
    def test_says_that_nothing_was_measured(self, nurse: Actor, resident: Resident) -> None:
        found = trend(resident, nurse)

        assert found.points == []
        assert found.sentence == "这 90 天没有量过。"

    def test_says_that_there_are_too_few_and_gives_no_mean(self, nurse: Actor, resident: Resident) -> None:
        make.record(*make.days((2, 142, 86), (1, 138, 78)), of=resident)

        said = trend(resident, nurse).sentence
        assert "只量了 2 次，样本不足" in said
        assert "平均" not in said

    def test_gives_a_mean_a_comparison_and_the_latest(self, nurse: Actor, resident: Resident) -> None:
        make.record(
            *make.days((30, 150, 92), (29, 149, 91), (28, 148, 90), (3, 140, 82), (2, 138, 81), (1, 126, 76)),
            of=resident,
        )

        said = trend(resident, nurse).sentence
        assert said.startswith("这 7 天平均 135/80，高压比一个月前低了 14。")
        assert "最近 6 次，有 1 次在目标内。" in said
        assert said.endswith("126/76，在目标内。")

    def test_says_it_in_english(self, nurse: Actor, resident: Resident) -> None:
        make.record(*make.days((2, 142, 86), (1, 138, 78)), of=resident)

        with translation.override("en"):
            said = trend(resident, nurse)
        assert said.name == "Blood pressure"
        assert "Only 2 measured" in said.sentence
        assert not any("一" <= character <= "鿿" for character in said.sentence)

    def test_says_what_to_do_of_a_value_that_cannot_wait(self, nurse: Actor, resident: Resident) -> None:
        make.record(*make.days((0, 186, 112)), of=resident)

        found = trend(resident, nurse)
        assert found.points[-1].alert == "red"
        assert "请现在就联系她" in found.sentence

        she = basics.person("records.read", resident_id=resident.id, organization_id=nurse.organization_id)
        hers = acting(she, NOON).ask(
            queries.trend, Purpose.ACCESS, resident_id=resident.id, code="bp", now=NOON
        )
        assert "请现在就联系医生" in hers.sentence

    def test_says_of_an_old_value_of_which_day_it_is_and_not_to_hurry(
        self, nurse: Actor, resident: Resident
    ) -> None:
        make.record(*make.days((88, 186, 112)), of=resident)

        found = trend(resident, nurse)
        assert "请现在就联系医生" not in found.sentence
        assert "这是12月4日的数" in found.sentence
        unit = acting(nurse, NOON)
        [line] = unit.ask(queries.summary, Purpose.CARE, resident_id=resident.id, now=NOON)
        assert line.latest.alert is None

    def test_shows_her_age_group_and_illness_the_target_and_who_set_it(
        self, nurse: Actor, resident: Resident
    ) -> None:
        bands = trend(resident, nurse).bands
        assert bands is not None
        assert (bands["systolic"].high, bands["diastolic"].high) == (Decimal(130), Decimal(80))
        assert "国家基层高血压防治管理指南 2025版" in bands["systolic"].source
        assert bands["systolic"].evidence == "V"
        assert bands["systolic"].words == "130 以下"

        eighty = residents.resident(served_by=nurse, birth_date=date(1945, 5, 1), chronic=["高血压"])
        residents.consent(of=eighty)
        bands = trend(eighty, nurse).bands
        assert bands is not None
        assert bands["systolic"].high == Decimal(150)

    def test_says_what_is_missing_instead_of_a_band(self, nurse: Actor, database: None) -> None:
        ageless = residents.resident(served_by=nurse, chronic=["高血压"])
        residents.consent(of=ageless)
        make.record(*make.days((1, 138, 78)), of=ageless)

        found = trend(ageless, nurse)
        assert found.bands == {}
        assert "出生年份" in found.band_missing
        assert found.points[0].out_of_band is None

    def test_has_no_band_for_weight_and_says_so_by_silence(self, nurse: Actor, resident: Resident) -> None:
        make.record(make.reading("61.5", code=WEIGHT, unit="kg"), of=resident)

        found = trend(resident, nurse, WEIGHT)
        assert (found.band, found.band_missing) == (None, "")
        assert "目标" not in found.sentence

    def test_marks_what_lies_outside(self, nurse: Actor, resident: Resident) -> None:
        make.record(*make.days((2, 128, 78), (1, 128, 84)), of=resident)

        assert [point.out_of_band for point in trend(resident, nurse).points] == [False, True]

    def test_shows_only_the_days_asked_for_but_compares_with_the_month_before(
        self, nurse: Actor, resident: Resident
    ) -> None:
        make.record(
            *make.days((30, 150, 92), (29, 149, 91), (28, 148, 90), (3, 140, 82), (2, 138, 81), (1, 136, 80)),
            of=resident,
        )

        found = trend(resident, nurse, days=7)
        assert len(found.points) == 3
        assert "比一个月前低了 11" in found.sentence

    def test_leaves_out_half_a_measurement(self, nurse: Actor, resident: Resident) -> None:
        make.record(make.reading(138), of=resident)

        assert trend(resident, nurse).points == []
        assert len(trend(resident, nurse, SYSTOLIC).points) == 1

    def test_knows_no_measure_of_that_code(self, nurse: Actor, resident: Resident) -> None:
        with pytest.raises(NotFound):
            trend(resident, nurse, "1-1")


class TestAccess:
    def test_needs_her_consent_and_ends_with_it(self, nurse: Actor, resident: Resident) -> None:
        trend(resident, nurse)
        residents.consent(of=resident, agrees=False)

        with pytest.raises(ConsentMissing):
            trend(resident, nurse)

    def test_needs_no_consent_in_an_emergency(self, nurse: Actor, resident: Resident) -> None:
        residents.consent(of=resident, agrees=False)

        acting(nurse, NOON).ask(queries.trend, Purpose.VITAL, resident_id=resident.id, code="bp", now=NOON)

    def test_is_her_own_right_without_any_consent(self, nurse: Actor, resident: Resident) -> None:
        residents.consent(of=resident, agrees=False)
        she = residents.holder("records.read", of=resident, relation="self")

        acting(she, NOON).ask(queries.trend, Purpose.ACCESS, resident_id=resident.id, code="bp", now=NOON)
        with pytest.raises(NotAllowed):
            acting(she, NOON).ask(queries.trend, Purpose.CARE, resident_id=resident.id, code="bp", now=NOON)

    def test_is_no_way_round_consent_for_staff(self, nurse: Actor, resident: Resident) -> None:
        with pytest.raises(NotAllowed):
            acting(nurse, NOON).ask(
                queries.trend, Purpose.ACCESS, resident_id=resident.id, code="bp", now=NOON
            )

    def test_says_to_strangers_that_there_is_nobody_and_to_insiders_that_they_may_not(
        self, nurse: Actor, resident: Resident
    ) -> None:
        neighbour = residents.holder("records.read", of=residents.resident(served_by=nurse))
        with pytest.raises(NotFound):
            trend(resident, basics.actor("records.read"))
        with pytest.raises(NotFound):
            acting(neighbour, NOON).ask(
                queries.trend, Purpose.ACCESS, resident_id=resident.id, code="bp", now=NOON
            )
        with pytest.raises(NotAllowed):
            trend(resident, basics.actor(organization_id=nurse.organization_id))

    def test_is_written_down(self, nurse: Actor, resident: Resident) -> None:
        trend(resident, nurse)
        acting(nurse, NOON).ask(queries.summary, Purpose.CARE, resident_id=resident.id, now=NOON)

        rows = acting(nurse, NOON).ask(
            lambda actor: list(RecordAccess.objects.filter(resident_id=resident.id).order_by("what"))
        )
        assert [(row.what, row.purpose, row.actor_id) for row in rows] == [
            ("records.summary", "care", nurse.user_id),
            ("records.trends", "care", nurse.user_id),
        ]


class TestSummary:
    def test_shows_the_latest_of_everything_pressure_first(self, nurse: Actor, resident: Resident) -> None:
        make.record(
            *make.days((2, 142, 86), (1, 138, 78)),
            make.reading("6.4", code=GLUCOSE, unit="mmol/L"),
            of=resident,
        )

        lines = acting(nurse, NOON).ask(queries.summary, Purpose.CARE, resident_id=resident.id, now=NOON)
        assert [(line.code, line.latest.value) for line in lines] == [("bp", "138/78"), (GLUCOSE, "6.4")]

    def test_is_empty_for_who_was_never_measured(self, nurse: Actor, resident: Resident) -> None:
        assert acting(nurse, NOON).ask(queries.summary, Purpose.CARE, resident_id=resident.id, now=NOON) == []


def test_readings_come_oldest_first_within_the_time(nurse: Actor, resident: Resident) -> None:
    make.record(*make.days((3, 140, 82), (2, 138, 81), (1, 136, 80)), of=resident)

    found = acting(nurse, NOON).ask(
        queries.readings_of,
        Purpose.CARE,
        resident_id=resident.id,
        code=SYSTOLIC,
        since=NOON - timedelta(days=2),
        until=NOON - timedelta(days=1),
    )
    assert [row.value for row in found] == [Decimal(138)]


class TestFileOfRecord:
    PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64

    @pytest.fixture
    def photo(self, nurse: Actor, resident: Resident) -> UUID:
        taken_by = basics.actor("files.store", organization_id=nurse.organization_id)
        unit = acting(taken_by, NOON)
        return unit.do(files.store, content=self.PNG, content_type="image/png", resident_id=resident.id).id

    def look(self, who: Actor, photo: UUID, purpose: Purpose = Purpose.CARE) -> bytes:
        return acting(who, NOON).ask(queries.file_of_record, purpose, file_id=photo)[1]

    def test_is_read_as_her_record_is_and_noted(self, nurse: Actor, resident: Resident, photo: UUID) -> None:
        assert self.look(nurse, photo) == self.PNG
        read = acting(nurse, NOON).ask(lambda _: RecordAccess.objects.get(resident_id=resident.id))
        assert (read.what, read.actor_id) == ("records.file", nurse.user_id)

    def test_is_not_for_those_who_read_no_records(
        self, nurse: Actor, resident: Resident, photo: UUID
    ) -> None:
        with pytest.raises(NotAllowed):
            self.look(basics.actor("residents.read", organization_id=nurse.organization_id), photo)
        daughter = basics.person(
            "visits.read", resident_id=resident.id, organization_id=nurse.organization_id
        )
        with pytest.raises(NotAllowed):
            self.look(daughter, photo, Purpose.ACCESS)

    def test_needs_her_consent(self, nurse: Actor, resident: Resident, photo: UUID) -> None:
        residents.consent(of=resident, agrees=False)
        with pytest.raises(ConsentMissing):
            self.look(nurse, photo)

    def test_is_looked_at_again_by_who_took_it_while_she_agrees(
        self, nurse: Actor, resident: Resident
    ) -> None:
        taken_by = basics.actor("files.store", organization_id=nurse.organization_id)
        photo = self.taken(taken_by, resident)
        assert self.look(taken_by, photo) == self.PNG

        residents.consent(of=resident, agrees=False)
        with pytest.raises(ConsentMissing):
            self.look(taken_by, photo)

    def test_is_not_looked_at_again_by_who_acts_for_her_no_more(
        self, nurse: Actor, resident: Resident
    ) -> None:
        daughter = basics.person(
            "files.store", resident_id=resident.id, organization_id=nurse.organization_id
        )
        photo = self.taken(daughter, resident)
        assert self.look(daughter, photo, Purpose.ACCESS) == self.PNG

        with pytest.raises(NotFound):
            self.look(replace(daughter, resident_ids=frozenset()), photo, Purpose.ACCESS)

    def taken(self, by: Actor, resident: Resident) -> UUID:
        unit = acting(by, NOON)
        return unit.do(files.store, content=self.PNG, content_type="image/png", resident_id=resident.id).id

    def test_that_is_about_no_resident_is_for_who_stored_it(self, nurse: Actor, resident: Resident) -> None:
        """A colleague's licence, a list of the insured, a ward's photo: the pages they belong to ask who may."""
        stored_by = basics.actor("files.store", organization_id=nurse.organization_id)
        unit = acting(stored_by, NOON)
        paper = unit.do(files.store, content=self.PNG, content_type="image/png").id
        person = basics.person("records.read", resident_id=resident.id, organization_id=nurse.organization_id)

        assert self.look(stored_by, paper) == self.PNG
        for other, purpose in ((nurse, Purpose.CARE), (person, Purpose.ACCESS)):
            with pytest.raises(NotFound):
                self.look(other, paper, purpose)
