"""What the law asks of each line: clinical reference 5.1. Five years and 护师 are 互联网+护理's alone."""

from datetime import date
from typing import Any

import pytest

from anjia.catalogue.commands import load_city_list
from anjia.catalogue.queries import city_changes_of_rows, city_list, city_standing, service_refusals
from anjia.catalogue.rules import LegalLine, Requires, gate_of, gate_rules, why_not_on_line
from anjia.catalogue.rules.city import CityRow
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from tests import make
from tests.catalogue.make import nurse, version
from tests.make import NOON

DAY = date(2026, 3, 10)
ANYBODY = Requires(titles_at_least={}, licensed=False)
DOCUMENT = "卫医〔2024〕12号"


def refusals(line: str, **who: Any) -> list[str]:
    return [reason.rule_id for reason in why_not_on_line(line, ANYBODY, nurse(**who), DAY)]


class TestEveryRule:
    def test_names_who_issued_it_where_it_stands_and_since_when(self) -> None:
        assert len({rule.rule_id for rule in gate_rules()}) == len(gate_rules())
        for rule in gate_rules():
            assert all(rule.said), rule.rule_id
            assert all(rule.issuer), rule.rule_id
            assert rule.document_no, rule.rule_id
            assert rule.basis.clause, rule.rule_id
            assert rule.basis.evidence in {"V", "V2", "K-high", "K-med", "K-low", "ENG"}, rule.rule_id
            assert rule.document_no in rule.source

    def test_does_not_bind_before_its_day(self) -> None:
        before, after = gate_of("internet_nursing", date(2019, 1, 21)), gate_of("internet_nursing", DAY)

        assert "GATE-IN-NURSE-YEARS" not in {rule.rule_id for rule in before}
        assert "GATE-IN-NURSE-YEARS" in {rule.rule_id for rule in after}


class TestFiveYearsAndTheTitle:
    @pytest.mark.parametrize(
        ("started_on", "title", "refused"),
        [
            (date(2021, 3, 10), "护师", []),
            (date(2021, 3, 11), "护师", ["GATE-IN-NURSE-YEARS"]),
            (date(2021, 3, 10), "护士", ["GATE-IN-NURSE-TITLE"]),
        ],
    )
    def test_bind_internet_nursing(self, started_on: date, title: str, refused: list[str]) -> None:
        assert refusals("internet_nursing", started_on=started_on, title=title) == refused

    @pytest.mark.parametrize("line", sorted(set(LegalLine) - {LegalLine.INTERNET_NURSING}))
    def test_bind_no_other_line(self, line: str) -> None:
        assert refusals(line, started_on=date(2026, 1, 1), title="护士") == []


def test_a_blood_pressure_check_by_a_health_worker_is_not_refused() -> None:
    worker: dict[str, Any] = {"kind": "health_worker", "title": "", "started_on": None, "qualifications": {}}

    assert refusals("public_health", **worker) == []
    assert "GATE-IN-NURSE-ONLY" in refusals("internet_nursing", **worker)


class TestHomeCare:
    def test_asks_three_years_of_doctors_and_of_therapists_the_title_too(self) -> None:
        young = date(2023, 3, 11)
        doctor: dict[str, Any] = {
            "kind": "doctor",
            "title": "医师",
            "qualifications": {"doctor_licence": None},
        }

        assert refusals("home_care", **doctor, started_on=young) == ["GATE-HC-DOCTOR-YEARS"]
        assert refusals("home_care", **doctor, started_on=date(2023, 3, 10)) == []
        assert refusals("family_doctor", **doctor, started_on=young) == []
        therapist = {"kind": "therapist", "title": "技士", "started_on": date(2015, 1, 1)}
        assert refusals("home_care", **therapist) == ["GATE-HC-THERAPIST"]


def test_a_lapsed_licence_closes_every_medical_line_and_no_other() -> None:
    lapsed = {"qualifications": {"nurse_licence": date(2026, 3, 9), "accident_insurance": DAY}}

    for line in set(LegalLine) - {LegalLine.NON_MEDICAL}:
        assert refusals(line, **lapsed) == ["GATE-NURSE-LICENCE"], line
    assert refusals("non_medical", **lapsed) == []


def test_what_line_and_service_both_ask_is_said_once_by_the_line() -> None:
    service = Requires(titles_at_least={"nurse": "主管护师"}, min_years=8, source="本机构", licensed=True)
    novice, senior = (
        [reason.rule_id for reason in why_not_on_line("internet_nursing", service, one, DAY)]
        for one in (nurse(started_on=date(2024, 1, 1), title="护士"), nurse(started_on=date(2020, 1, 1)))
    )

    assert novice == ["GATE-IN-NURSE-YEARS", "GATE-IN-NURSE-TITLE"]
    assert senior == ["", ""]  # the service's own: eight years, and a higher title


class TestTheCoverOfWhoeverGoes:
    """Source: 国卫办医函〔2019〕80号, as clinical reference 5.1 has it [K-high]."""

    @pytest.mark.parametrize(
        ("last_day", "refused"),
        [(DAY, []), (date(2026, 3, 9), ["GATE-IN-STAFF-COVER"]), (None, ["GATE-IN-STAFF-COVER"])],
    )
    def test_must_hold_on_the_day_of_internet_nursing(
        self, last_day: date | None, refused: list[str]
    ) -> None:
        papers = {"nurse_licence": None} | ({"accident_insurance": last_day} if last_day else {})

        assert refusals("internet_nursing", qualifications=papers) == refused

    def test_is_asked_on_no_line_whose_table_does_not_say_so(self) -> None:
        for line in set(LegalLine) - {LegalLine.INTERNET_NURSING}:
            assert refusals(line, qualifications={"nurse_licence": None}) == [], line

    def test_is_said_beside_a_special_paper_that_is_missing_too(self) -> None:
        picc = Requires(titles_at_least={}, certificates=("picc",), licensed=False)
        one = nurse(qualifications={"nurse_licence": None})

        codes = {reason.code for reason in why_not_on_line("internet_nursing", picc, one, DAY)}
        assert codes == {"cover_missing", "certificate_missing"}

    def test_does_not_count_before_a_second_person_has_read_it(self) -> None:
        one = nurse(qualifications={"nurse_licence": None}, unverified=frozenset({"accident_insurance"}))

        found = why_not_on_line("internet_nursing", ANYBODY, one, DAY)
        assert [reason.code for reason in found] == ["cover_unverified"]
        assert "还没有人核过原件" in found[0].words
        assert "80号" in found[0].source


@pytest.mark.usefixtures("database")
class TestTheCitysList:
    def load(self, manager: Actor, *rows: CityRow) -> None:
        acting(manager, NOON).do(load_city_list, rows=rows)

    def why(self, manager: Actor, **says: Any) -> list[str]:
        service = version(published_by=manager, **says)
        found = acting(manager, NOON).ask(service_refusals, Purpose.CONTRACT, version=service, on=DAY)
        return [f"{one.rule_id} {one.words} {one.source}" for one in found]

    @pytest.fixture
    def manager(self) -> Actor:
        return make.actor("catalogue.change", "catalogue.read")

    def test_refuses_nothing_until_it_is_loaded_and_says_so(self, manager: Actor) -> None:
        service = version(published_by=manager)
        standing = acting(manager, NOON).ask(city_standing, Purpose.CONTRACT, version=service, on=DAY)

        assert self.why(manager) == []
        assert standing.words == "本市目录未导入"

    def test_refuses_what_is_not_on_it_and_what_it_forbids(self, manager: Actor) -> None:
        self.load(
            manager,
            CityRow(name="口腔护理", document_no=DOCUMENT),
            CityRow(name="静脉 输液", document_no=DOCUMENT, status="forbidden"),
            CityRow(name="外周导管维护", document_no=DOCUMENT, service_code="picc"),
        )

        assert self.why(manager, code="oral", name="口腔护理") == []
        assert self.why(manager, code="picc", name="PICC 维护") == []
        [missing] = self.why(manager, code="wound")
        assert missing.startswith("GATE-IN-CITY-LIST “伤口换药”不在本市")
        assert "国卫办医函〔2019〕80号" in missing
        [forbidden] = self.why(manager, code="drip", name="静脉输液")
        assert "禁止" in forbidden
        assert DOCUMENT in forbidden

    def test_does_not_speak_of_other_lines(self, manager: Actor) -> None:
        self.load(manager, CityRow(name="口腔护理", document_no=DOCUMENT))

        assert self.why(manager, legal_line="public_health") == []

    def test_counts_from_its_day_on(self, manager: Actor) -> None:
        self.load(manager, CityRow(name="伤口换药", document_no=DOCUMENT, valid_from=date(2026, 3, 11)))

        assert len(self.why(manager)) == 1

    def test_comes_whole_and_keeps_what_was(self, manager: Actor) -> None:
        first, second = CityRow(name="甲", document_no="1"), CityRow(name="乙", document_no="1")
        self.load(manager, first, second)
        moved = CityRow(name="乙", document_no="2")

        changes = acting(manager, NOON).ask(city_changes_of_rows, Purpose.CONTRACT, rows=[moved])
        self.load(manager, moved)
        again = acting(manager, NOON).ask(city_changes_of_rows, Purpose.CONTRACT, rows=[moved])

        assert {(one.name, *sorted(one.fields)) for one in changes.changed} == {
            ("甲", "status"),
            ("乙", "document_no"),
        }
        assert again.is_empty
        listed = acting(manager, NOON).ask(city_list, Purpose.CONTRACT)
        assert [(item.name, item.document_no) for item in listed] == [("乙", "2")]

    def test_is_the_institutions_own(self, manager: Actor) -> None:
        self.load(manager, CityRow(name="口腔护理", document_no=DOCUMENT))
        other = make.actor("catalogue.change", "catalogue.read")

        assert self.why(other) == []
