"""The rows of reference/clinical.md, sections 1.3, 2.1-2.3 and 7.2, as tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from anjia.clinical import alerts, blood_pressure, glucose, measures, trends
from anjia.clinical.blood_pressure import Category, Setting
from anjia.clinical.measures import DIASTOLIC, SYSTOLIC, Fault, Unsound, normalised
from anjia.clinical.tables import DATA, table
from anjia.clinical.targets import Band, Incomplete, Profile, Target, target_for

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class TestTables:
    def test_name_issuer_document_clause_and_evidence_in_every_rule(self) -> None:
        rules = [rule for name in ("targets", "alerts") for rule in table(name)["rules"]]
        rules += [value for value in table("categories").values() if isinstance(value, dict)]

        assert len(rules) >= 14
        for rule in rules:
            assert all(rule[key] for key in ("rule_id", "issuer", "document", "document_en", "clause"))
            assert rule["evidence"].split("-")[0] in {"V", "V2", "K", "ENG"}, rule["rule_id"]

    def test_are_all_read_somewhere(self) -> None:
        code = "".join(path.read_text("utf-8") for path in DATA.parent.glob("*.py"))

        assert [path.stem for path in DATA.glob("*.json") if f'"{path.stem}' not in code] == []


class TestPressure:
    @pytest.mark.parametrize(
        ("systolic", "diastolic", "category", "isolated"),
        [
            (118, 76, Category.NORMAL, ""),
            (120, 79, Category.HIGH_NORMAL, ""),
            (119, 80, Category.HIGH_NORMAL, ""),
            (140, 89, Category.GRADE_1, "systolic"),
            (138, 92, Category.GRADE_1, "diastolic"),
            (165, 112, Category.GRADE_3, ""),
            (179, 99, Category.GRADE_2, ""),
        ],
    )
    def test_takes_the_higher_of_two_grades(
        self, systolic: int, diastolic: int, category: Category, isolated: str
    ) -> None:
        found = blood_pressure.pressure(systolic, diastolic)

        assert found.category is category
        assert (found.isolated_systolic, found.isolated_diastolic) == (
            isolated == "systolic",
            isolated == "diastolic",
        )

    def test_is_elevated_from_a_lower_line_at_home(self) -> None:
        assert not blood_pressure.is_elevated(134, 84, setting=Setting.HOME)
        assert blood_pressure.is_elevated(135, 84, setting=Setting.HOME)
        assert not blood_pressure.is_elevated(135, 84, setting=Setting.OFFICE)


class TestFastingClass:
    @pytest.mark.parametrize(
        ("value", "found"),
        [("6.0", "normal"), ("6.1", "impaired"), ("6.9", "impaired"), ("7.0", "diabetic_range")],
    )
    def test_changes_at_the_printed_values(self, value: str, found: str) -> None:
        assert glucose.fasting_class(Decimal(value)) == found


class TestTargetFor:
    @pytest.mark.parametrize(
        ("age", "profile", "high"),
        [
            (58, Profile.PRIMARY_2025, 130),
            (79, Profile.PRIMARY_2025, 130),
            (80, Profile.PRIMARY_2025, 150),
            (64, Profile.NBPHS3_2017, 140),
            (65, Profile.NBPHS3_2017, 150),
        ],
    )
    def test_never_mixes_the_two_profiles(self, age: int, profile: Profile, high: int) -> None:
        target = target_for(SYSTOLIC, age=age, conditions={"hypertension"}, on=DAY, profile=profile)

        assert isinstance(target, Target)
        assert target.band.high == high

    def test_does_not_take_the_newest_for_the_one_that_was_in_force(self) -> None:
        before = target_for(SYSTOLIC, age=70, conditions={"hypertension"}, on=date(2024, 6, 1))

        assert isinstance(before, Target)
        assert before.source.rule_id == "BP-CAT"

    def test_says_what_is_missing_instead_of_guessing_an_age(self) -> None:
        target = target_for(SYSTOLIC, age=None, conditions={"hypertension"}, on=DAY)

        assert target == Incomplete(missing=("age",))

    def test_needs_no_age_where_all_have_the_same_band(self) -> None:
        assert isinstance(target_for(SYSTOLIC, age=None, conditions=(), on=DAY), Target)

    def test_has_no_band_for_a_child_or_for_weight(self) -> None:
        assert target_for(SYSTOLIC, age=9, conditions=(), on=DAY) is None
        assert target_for(measures.WEIGHT, age=70, conditions=(), on=DAY) is None

    def test_says_140_over_85_is_not_below_140_over_90(self) -> None:
        band = Band(high=Decimal(140))

        assert not band.holds(Decimal(140))
        assert band.holds(Decimal(139))


class TestBands:
    def test_of_a_diabetic_have_no_lower_end_but_fasting(self) -> None:
        found = {
            code: target_for(code, age=70, conditions={"diabetes"}, on=DAY)
            for code in (measures.FASTING_GLUCOSE, measures.GLUCOSE, measures.CAPILLARY_GLUCOSE)
        }

        assert [one.band.low for one in found.values() if isinstance(one, Target)] == [
            Decimal("4.4"),
            None,
            None,
        ]


class TestAlertFor:
    """The table of section 2.3, at its edges; for somebody of 58 whom nobody has set a target of her own."""

    @pytest.mark.parametrize(
        ("code", "value", "grade"),
        [
            (SYSTOLIC, "139", None),
            (SYSTOLIC, "140", "amber"),
            (SYSTOLIC, "179", "amber"),
            (SYSTOLIC, "180", "red"),
            (SYSTOLIC, "90", "red"),
            (SYSTOLIC, "91", "amber"),
            (SYSTOLIC, "100", "amber"),
            (SYSTOLIC, "101", None),
            (DIASTOLIC, "89", None),
            (DIASTOLIC, "90", "amber"),
            (DIASTOLIC, "109", "amber"),
            (DIASTOLIC, "110", "red"),
            (DIASTOLIC, "55", None),
            (measures.GLUCOSE, "11.0", None),
            (measures.GLUCOSE, "11.1", "amber"),
            (measures.CAPILLARY_GLUCOSE, "11.1", "amber"),
            (measures.GLUCOSE, "16.6", "amber"),
            (measures.GLUCOSE, "16.7", "red"),
            (measures.GLUCOSE, "3.9", "red"),
            (measures.GLUCOSE, "4.0", None),
            (measures.FASTING_GLUCOSE, "6.9", None),
            (measures.FASTING_GLUCOSE, "7.0", "amber"),
            (measures.FASTING_GLUCOSE, "16.7", "red"),
            (measures.FASTING_GLUCOSE, "3.9", "red"),
            (measures.SATURATION, "91", "red"),
            (measures.SATURATION, "93", "amber"),
            (measures.SATURATION, "94", None),
            (measures.HEART_RATE, "40", "red"),
            (measures.HEART_RATE, "50", "amber"),
            (measures.HEART_RATE, "110", None),
            (measures.HEART_RATE, "111", "amber"),
            (measures.HEART_RATE, "131", "red"),
            (measures.BREATHS, "8", "red"),
            (measures.BREATHS, "11", "amber"),
            (measures.BREATHS, "21", "amber"),
            (measures.BREATHS, "25", "red"),
            (measures.TEMPERATURE, "35.0", "red"),
            (measures.TEMPERATURE, "36.0", "amber"),
            (measures.TEMPERATURE, "38.0", None),
            (measures.TEMPERATURE, "38.1", "amber"),
            (measures.TEMPERATURE, "39.0", "amber"),
            (measures.TEMPERATURE, "39.1", "red"),
        ],
    )
    def test_follows_the_table_at_its_edges(self, code: str, value: str, grade: str | None) -> None:
        assert self.grade(code, value, age=58) == grade

    @pytest.mark.parametrize(
        ("code", "value", "age", "grade"),
        [
            (SYSTOLIC, "149", 65, None),
            (SYSTOLIC, "150", 65, "amber"),
            (DIASTOLIC, "59", 65, "amber"),
            (DIASTOLIC, "60", 65, None),
            (SYSTOLIC, "145", None, None),  # nobody knows whether she is 64 or 65
            (SYSTOLIC, "150", None, "amber"),
            (DIASTOLIC, "59", None, None),
            (SYSTOLIC, "150", 9, None),
        ],
    )
    def test_goes_by_age(self, code: str, value: str, age: int | None, grade: str | None) -> None:
        assert self.grade(code, value, age=age) == grade

    def test_has_a_lower_line_for_what_is_measured_at_home(self) -> None:
        assert (self.grade(SYSTOLIC, "135", age=58), self.grade(SYSTOLIC, "135", age=58, at_home=True)) == (
            None,
            "amber",
        )
        assert self.grade(DIASTOLIC, "85", age=58, at_home=True) == "amber"

    def test_goes_by_her_own_target_where_a_clinician_has_set_one(self) -> None:
        own = Band(high=Decimal(130))

        assert self.grade(SYSTOLIC, "130", age=80, own=own) == "amber"
        assert self.grade(SYSTOLIC, "129", age=80, own=own) is None
        assert self.grade(SYSTOLIC, "180", age=80, own=Band(high=Decimal(190))) == "red"

    @pytest.mark.parametrize(
        ("value", "grade"), [("83", "red"), ("84", "amber"), ("87", "amber"), ("88", None), ("91", None)]
    )
    def test_knows_who_lives_with_little_oxygen(self, value: str, grade: str | None) -> None:
        own = Band(low=Decimal(88), high=Decimal(92), high_included=True)

        assert self.grade(measures.SATURATION, value, age=70, own=own) == grade

    def grade(self, code: str, value: str, **says: Any) -> str | None:
        line = alerts.alert_for(code, Decimal(value), on=DAY, **says)
        return line.grade.value if line else None


class TestNormalised:
    @pytest.mark.parametrize(
        ("code", "value", "unit", "kept"),
        [
            (SYSTOLIC, "138", "mm[Hg]", "138"),
            (SYSTOLIC, "18.4", "kPa", "138"),
            (measures.GLUCOSE, "126", "mg/dL", "7.0"),
            ("41653-7", "126", "mg/dL", "7.0"),
            (measures.TEMPERATURE, "36.65", "Cel", "36.7"),
            ("2708-6", "97", "%", "97"),
        ],
    )
    def test_keeps_one_unit_and_rounds_before_any_band(
        self, code: str, value: str, unit: str, kept: str
    ) -> None:
        assert str(normalised(code, Decimal(value), unit).value) == kept

    @pytest.mark.parametrize(
        ("code", "value", "unit", "fault"),
        [
            ("0000-0", "1", "%", Fault.CODE),
            (SYSTOLIC, "138", "mmHg", Fault.UNIT),
            (SYSTOLIC, "NaN", "mm[Hg]", Fault.NUMBER),
            (SYSTOLIC, "1380", "mm[Hg]", Fault.TOO_HIGH),
            (SYSTOLIC, "1E+999999", "mm[Hg]", Fault.TOO_HIGH),
            (measures.SATURATION, "101", "%", Fault.TOO_HIGH),
            (measures.TEMPERATURE, "24.9", "Cel", Fault.TOO_LOW),
        ],
    )
    def test_refuses_what_no_person_can_have(self, code: str, value: str, unit: str, fault: Fault) -> None:
        with pytest.raises(Unsound) as refused:
            normalised(code, Decimal(value), unit)

        assert refused.value.fault is fault


class TestTrend:
    def points(self, *days_and_values: tuple[float, int]) -> list[tuple[datetime, Decimal]]:
        return [(NOW - timedelta(days=days), Decimal(value)) for days, value in days_and_values]

    def test_says_that_nothing_was_measured(self) -> None:
        assert trends.trend([], now=NOW, band=None, decimals=0).say is trends.Say.NEVER

    def test_speaks_of_no_mean_with_two_values(self) -> None:
        found = trends.trend(self.points((2, 140), (1, 130)), now=NOW, band=None, decimals=0)

        assert (found.say, found.mean, found.recent) == (trends.Say.TOO_FEW, None, 2)

    def test_does_not_compare_with_a_month_that_has_too_few(self) -> None:
        found = trends.trend(
            self.points((30, 150), (29, 150), (3, 140), (2, 138), (1, 136)),
            now=NOW,
            band=Band(high=Decimal(140)),
            decimals=0,
        )

        assert (found.say, found.mean, found.change) == (trends.Say.MEAN, Decimal(138), None)
        assert (found.inside, found.counted) == (2, 5)

    def test_compares_when_both_have_enough(self) -> None:
        found = trends.trend(
            self.points((30, 150), (29, 149), (28, 148), (3, 140), (2, 138), (1, 136)),
            now=NOW,
            band=None,
            decimals=0,
        )

        assert (found.say, found.change, found.inside) == (trends.Say.COMPARED, Decimal(-11), None)
