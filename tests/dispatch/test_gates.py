"""What the law asks before somebody is sent, asked where people book, take and send."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from anjia.catalogue.commands import load_city_list
from anjia.catalogue.commands.publishing import _seeds
from anjia.catalogue.rules.city import CityRow
from anjia.dispatch.commands import accept_offer
from anjia.dispatch.gates import why_no_agreement
from anjia.dispatch.queries import suitability
from anjia.dispatch.rules import GateClosed
from anjia.dispatch.subscribers import ask_what_becomes_of_her_visits
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.messaging.queries import CallLine, call_list
from anjia.residents.commands import withdraw_consent
from anjia.residents.events import ConsentWithdrawn
from anjia.residents.models import Resident
from anjia.residents.queries import agreement_of
from anjia.workforce.commands import take_back_institution_paper, take_back_qualification
from anjia.workforce.models import InstitutionPaper, Qualification
from tests.catalogue import make as catalogue
from tests.dispatch.make import booking, hold, offers, slots
from tests.make import NOON, actor, deliver_events
from tests.records import make as records
from tests.residents import make as residents
from tests.visits.make import PLACE, Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


def load(here: Town, *names: str) -> None:
    rows = [CityRow(name=name, document_no="卫医〔2024〕12号") for name in names]
    acting(here.system, NOON).do(load_city_list, rows=rows)


class TestAServiceThatTheCityDoesNotAllow:
    def test_is_not_held_and_the_rule_and_its_source_are_named(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        load(here, "口腔护理")

        with pytest.raises(GateClosed) as refusal:
            hold(here, resident, nurse)

        assert "GATE-IN-CITY-LIST" in refusal.value.fields
        assert "国卫办医函〔2019〕80号" in refusal.value.detail

    def test_shows_the_reason_instead_of_times(self, here: Town) -> None:
        here.nurse()
        resident = here.resident()
        load(here, "口腔护理")

        [day] = slots(here, resident).days

        assert day.slots == []
        assert "不在本市的“互联网+护理”目录里" in (day.reason_if_empty or "")
        assert "国卫办医函〔2019〕80号" in (day.reason_if_empty or "")

    def test_is_taken_by_nobody_who_was_asked_before_the_list_came(self, here: Town) -> None:
        nurse = here.nurse()
        visit_id = booking(here, here.resident(), nurse)
        [offer] = offers(nurse)
        load(here, "口腔护理")

        with pytest.raises(GateClosed):
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)
        [candidate] = acting(here.desk, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)
        assert not candidate.may_be_overruled
        assert "GATE-IN-CITY-LIST" in {reason.rule_id for reason in candidate.reasons}

    def test_is_held_when_it_is_on_the_list(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        load(here, "口腔护理", "伤口换药")

        assert hold(here, resident, nurse).service.code == "wound"


class TestAResidentWithoutAnAgreement:
    def ended(self, here: Town, resident: Resident) -> None:
        acting(here.system, NOON).do(withdraw_consent, resident_id=resident.id, purpose="contract")

    def test_is_told_by_rule_and_source_what_is_wanting_and_what_to_do(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        self.ended(here, resident)

        with pytest.raises(GateClosed) as by_desk:
            hold(here, resident, nurse)
        with pytest.raises(GateClosed) as by_her:
            hold(here, resident, nurse, by=here.person(resident))
        [day] = slots(here, resident, actor=here.person(resident)).days

        assert list(by_desk.value.fields) == ["GATE-IN-AGREEMENT"]
        assert "国卫办医函〔2019〕80号" in by_desk.value.detail
        assert "“家人和我”里打开“我同意的事”" in by_her.value.detail
        assert "我同意的事" in (day.reason_if_empty or "")

    def test_is_visited_by_nobody_who_was_asked_before_she_ended_it(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        booking(here, resident, nurse)
        [offer] = offers(nurse)
        self.ended(here, resident)

        with pytest.raises(GateClosed):
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)

    def calls(self, here: Town) -> list[CallLine]:
        return acting(here.system, NOON).ask(call_list, Purpose.CONTRACT, day=day_of(NOON))

    def test_is_rung_once_about_all_that_is_booked(self, here: Town) -> None:
        nurse, resident, other = here.nurse(), here.resident(), here.resident()
        booking(here, resident, nurse)
        booking(here, resident, nurse, starts_at=at(14))
        booking(here, other, nurse, starts_at=at(16))
        self.ended(here, resident)

        deliver_events(here.desk, now=NOON)
        again = ConsentWithdrawn(resident_id=resident.id, purpose="contract", at=NOON)
        here.look(lambda actor: ask_what_becomes_of_her_visits(actor, NOON, again))

        [line] = self.calls(here)
        assert (line.call.party_id, line.call.message.template) == (resident.id, "agreement_ended")
        assert "还约着 2 次上门" in line.call.words

    def test_is_rung_about_nothing_that_needs_no_agreement(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        catalogue.version(published_by=here.desk, code="pressure", name="量血压", legal_line="public_health")
        booking(here, resident, nurse, service_code="pressure")
        self.ended(here, resident)

        deliver_events(here.desk, now=NOON)

        assert self.calls(here) == []

    def test_is_not_rung_any_more_once_she_has_signed_again(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        booking(here, resident, nurse)
        self.ended(here, resident)
        deliver_events(here.desk, now=NOON)
        assert len(self.calls(here)) == 1

        residents.agreement(of=resident)
        deliver_events(here.desk, now=NOON)

        assert self.calls(here) == []

    def test_is_visited_for_public_health_all_the_same(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        self.ended(here, resident)
        catalogue.version(published_by=here.desk, code="pressure", name="量血压", legal_line="public_health")

        assert hold(here, resident, nurse, service_code="pressure").service.code == "pressure"

    def test_is_visited_without_being_filmed(self, here: Town) -> None:
        """PIPL 16: who refuses what the service does not need is served all the same."""
        nurse, resident = here.nurse(), here.resident()
        residents.consent(of=resident, purpose=Purpose.VIDEO, agrees=False)

        assert hold(here, resident, nurse).service.code == "wound"

    def test_signs_again_when_a_year_is_over(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        agreement = acting(here.desk, NOON).ask(agreement_of, Purpose.CONTRACT, resident_id=resident.id)

        assert why_no_agreement(agreement, NOON.date() + timedelta(days=364)) == ""
        assert "满一年" in why_no_agreement(agreement, NOON.date() + timedelta(days=365))
        assert hold(here, resident, nurse).service.code == "wound"


class TestWhoIsSent:
    def test_is_told_by_which_rule_and_source_she_may_not_go(self, here: Town) -> None:
        nurse = here.nurse()
        here.nurse("新来的", started_on=date(2024, 1, 1))
        visit_id = booking(here, here.resident(), nurse)

        found = acting(here.desk, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)

        novice = next(one for one in found if one.name == "新来的")
        [reason] = [one for one in novice.reasons if not one.is_met]
        assert reason.rule_id == "GATE-IN-NURSE-YEARS"
        assert "国卫办医函〔2019〕80号" in reason.source

    def test_cannot_take_a_visit_when_her_licence_is_gone_since_she_was_asked(self, here: Town) -> None:
        nurse = here.nurse()
        booking(here, here.resident(), nurse)
        [offer] = offers(nurse)
        paper = here.look(lambda _: Qualification.objects.get(staff=id_of(nurse), code="nurse_licence"))
        acting(here.system, NOON).do(take_back_qualification, qualification_id=paper.id)

        with pytest.raises(GateClosed) as refusal:
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)

        assert "GATE-NURSE-LICENCE" in refusal.value.fields


class TestAnInstitutionWithoutItsPapers:
    @pytest.mark.parametrize(
        ("kind", "rule"),
        [
            ("institution_licence", "GATE-INSTITUTION-LICENCE"),
            ("home_care_ground", "GATE-IN-HOME-CARE"),
            ("liability_insurance", "GATE-IN-LIABILITY"),
        ],
    )
    def test_sends_nobody_and_says_by_which_rule_and_what_to_do(
        self, here: Town, kind: str, rule: str
    ) -> None:
        nurse, resident = here.nurse(), here.resident()
        self.lose(here, kind)

        with pytest.raises(GateClosed) as by_desk:
            hold(here, resident, nurse)
        with pytest.raises(GateClosed) as by_her:
            hold(here, resident, nurse, by=here.person(resident))

        assert list(by_desk.value.fields) == [rule]
        assert "机构证照和保险" in by_desk.value.detail
        assert "号" in by_desk.value.detail
        assert "打电话给服务台" in by_her.value.detail

    def test_still_measures_blood_pressure_without_cover_and_nothing_medical_without_its_licence(
        self, here: Town
    ) -> None:
        nurse, resident = here.nurse(), here.resident()
        catalogue.version(published_by=here.desk, code="pressure", name="量血压", legal_line="public_health")
        catalogue.version(published_by=here.desk, code="walk", name="陪伴", legal_line="non_medical")
        self.lose(here, "liability_insurance")
        assert hold(here, resident, nurse, service_code="pressure").service.code == "pressure"

        self.lose(here, "institution_licence")

        with pytest.raises(GateClosed) as refusal:
            hold(here, resident, nurse, service_code="pressure", starts_at=at(14))
        assert list(refusal.value.fields) == ["GATE-INSTITUTION-LICENCE"]
        assert hold(here, resident, nurse, service_code="walk", starts_at=at(15)).service.code == "walk"

    def test_has_nobody_take_what_was_booked_before(self, here: Town) -> None:
        nurse = here.nurse()
        booking(here, here.resident(), nurse)
        [offer] = offers(nurse)
        self.lose(here, "liability_insurance")

        with pytest.raises(GateClosed):
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)

    def lose(self, here: Town, kind: str) -> None:
        manager = actor("workforce.change", organization_id=here.organization_id)
        [paper] = here.look(lambda _: list(InstitutionPaper.objects.filter(kind=kind)))
        acting(manager, NOON).do(take_back_institution_paper, paper_id=paper.id, why="被吊销")


class TestAResidentWithoutAnAssessment:
    def resident(self, here: Town) -> Resident:
        """Return one with an agreement, whom nobody has assessed."""
        resident = residents.resident(served_by=here.desk, latitude=PLACE[0], longitude=PLACE[1])
        residents.agreement(of=resident)
        return resident

    def refused(self, here: Town, resident: Resident, **says: Any) -> GateClosed:
        with pytest.raises(GateClosed) as refusal:
            hold(here, resident, here.nurse(), **says)
        return refusal.value

    def test_is_told_by_rule_and_source_and_what_to_do(self, here: Town) -> None:
        resident = self.resident(here)

        by_desk = self.refused(here, resident)
        by_her = self.refused(here, resident, by=here.person(resident))

        assert list(by_desk.fields) == ["GATE-IN-FIRST-ASSESSMENT"]
        assert "国卫办医函〔2019〕80号" in by_desk.detail
        assert "先给她约一次“首次评估”" in by_desk.detail
        assert "请先约“首次评估”" in by_her.detail

    def test_is_refused_home_care_by_its_own_rule(self, here: Town) -> None:
        catalogue.version(published_by=here.desk, code="rehab", name="康复", legal_line="home_care")

        found = self.refused(here, self.resident(here), service_code="rehab")

        assert list(found.fields) == ["GATE-HC-FIRST-ASSESSMENT"]
        assert "国卫办医发〔2020〕24号" in found.detail

    def test_may_book_the_assessment_itself_and_have_her_pressure_taken(self, here: Town) -> None:
        nurse, resident = here.nurse(), self.resident(here)
        content = _seeds()["first_assessment"]
        catalogue.version(published_by=here.desk, code="first_assessment", **content)
        catalogue.version(published_by=here.desk, code="pressure", name="量血压", legal_line="public_health")

        first = hold(here, resident, nurse, service_code="first_assessment")
        pressure = hold(here, resident, nurse, service_code="pressure", starts_at=at(14))

        assert (first.service.code, pressure.service.code) == ("first_assessment", "pressure")

    def test_is_refused_when_it_has_run_out_or_was_not_suitable_or_she_walks_out(self, here: Town) -> None:
        cases: list[tuple[dict[str, Any], str]] = [
            ({"valid_until": NOON.date()}, "要再评估一次"),
            ({"is_suitable": False, "against": ["place"]}, "家里环境不安全"),
            ({"mobility": "free"}, "行动不便"),
        ]
        for says, words in cases:
            resident = self.resident(here)
            records.assessed(of=resident, **says)
            assert words in self.refused(here, resident).detail

    def test_says_what_was_found_to_nobody_whom_she_does_not_let_see_her_record(self, here: Town) -> None:
        resident = self.resident(here)
        records.assessed(of=resident, is_suitable=False, against=["condition"])
        booker = here.person(resident)
        reader = replace(booker, permissions=booker.permissions | {"records.read"})

        assert "病情不平稳" not in self.refused(here, resident, by=booker).detail
        assert "不适合上门护理" in self.refused(here, resident, by=booker).detail
        assert "病情不平稳" in self.refused(here, resident, by=reader).detail

    def test_is_visited_by_nobody_who_was_asked_before_the_assessment_said_no(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        booking(here, resident, nurse)
        [offer] = offers(nurse)
        records.assessed(of=resident, is_suitable=False, against=["condition"])

        with pytest.raises(GateClosed):
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)
