"""The nurse that her first assessment asks for: who is below that level is not sent, in words with the source."""

from datetime import date, timedelta
from typing import Any

import pytest

from anjia.catalogue.rules import Qualified
from anjia.catalogue.rules.assessing import Level, LevelAsked, why_below_level
from anjia.dispatch.commands import accept_offer, assign_by_hand
from anjia.dispatch.queries import stand_ins_for, suitability
from anjia.dispatch.rules import GateClosed, SlotGone
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import DomainError
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from tests.dispatch.make import booking, hold, offers, slots
from tests.make import NOON
from tests.records import make as records
from tests.visits.make import Town, id_of, town
from tests.workforce import make as workforce

DAY = date(2026, 3, 3)
DATABASE = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


def needs(resident: Resident, level: str) -> None:
    """Let the latest assessment ask for this nurse."""
    records.assessed(of=resident, on=NOON - timedelta(hours=1), nurse_level=level)


def against(here: Town, visit_id: Any, nurse: Actor) -> list[Any]:
    found = acting(here.desk, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)
    [one] = [candidate for candidate in found if candidate.staff_id == id_of(nurse)]
    return [reason for reason in one.reasons if not reason.is_met]


class TestTheLevel:
    @pytest.mark.parametrize(
        ("level", "title", "papers", "is_enough"),
        [
            ("senior", "护士", {}, False),
            ("senior", "护师", {}, True),
            ("senior", "主任护师", {}, True),
            ("supervisor", "护师", {}, False),
            ("supervisor", "主管护师", {}, True),
            ("specialist", "主管护师", {}, False),
            ("specialist", "护师", {"wound_ostomy": date(2026, 3, 3)}, True),
            ("specialist", "护师", {"wound_ostomy": date(2026, 3, 2)}, False),
            ("specialist", "护师", {"picc": None}, True),
            ("specialist", "护师", {"first_aid": None, "accident_insurance": None}, False),
        ],
    )
    def test_is_read_off_the_ladder_and_the_certificates(
        self, level: str, title: str, papers: dict[str, Any], is_enough: bool
    ) -> None:
        asked = LevelAsked(level=Level(level), assessed_on=DAY, rule_id="R", source="文")
        nurse = Qualified(kind="nurse", title=title, qualifications=papers)
        assert (why_below_level(asked, nurse, DAY) == "") is is_enough

    def test_binds_nurses_only(self) -> None:
        asked = LevelAsked(level=Level.SUPERVISOR, assessed_on=DAY, rule_id="R", source="文")
        assert why_below_level(asked, Qualified(kind="doctor", qualifications={}), DAY) == ""


@DATABASE
class TestWhoIsBelowIt:
    def test_is_refused_in_words_with_the_source_and_cannot_be_overruled(self, here: Town) -> None:
        junior, senior = here.nurse(), here.nurse("周岚", title="主管护师")
        resident = here.resident()
        needs(resident, "supervisor")
        visit_id = booking(here, resident, senior)

        [reason] = against(here, visit_id, junior)
        assert reason.words == "2026-03-02 的首次评估写明至少要主管护师或以上，这位是护师。"
        assert "国卫办医函〔2019〕80号" in reason.source
        assert reason.rule_id == "GATE-IN-FIRST-ASSESSMENT"
        with pytest.raises(DomainError):
            acting(here.desk, NOON).do(
                assign_by_hand, visit_id=visit_id, staff_id=id_of(junior), part=1, why="急"
            )
        assert against(here, visit_id, senior) == []

    def test_has_no_time_to_be_booked_and_is_not_held(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        assert slots(here, resident).days[0].slots
        needs(resident, "supervisor")

        [day] = slots(here, resident).days
        assert day.slots == []
        assert "国卫办医函〔2019〕80号" in (day.reason_if_empty or "")
        with pytest.raises(SlotGone):
            hold(here, resident, nurse)

    def test_cannot_take_what_she_was_asked_before_she_was_assessed_anew(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        booking(here, resident, nurse)
        [offer] = offers(nurse)
        needs(resident, "specialist")
        with pytest.raises(GateClosed) as refusal:
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)
        assert "有专科证书的护士" in refusal.value.detail

        workforce.paper(of=here.desk, staff_id=id_of(nurse), code="wound_ostomy")
        acting(nurse, NOON).do(accept_offer, offer_id=offer.id)

    def test_is_not_proposed_to_stand_in(self, here: Town) -> None:
        senior, resident = here.nurse("周岚", title="主管护师"), here.resident()
        here.nurse()
        needs(resident, "supervisor")
        visit_id = booking(here, resident, senior)
        found = acting(here.desk, NOON).ask(
            stand_ins_for,
            Purpose.CONTRACT,
            parts=[(visit_id, 1)],
            days=[DAY],
            but=id_of(senior),
            now=NOON,
        )
        [instead] = found.values()
        assert instead.able == []
        assert "主管护师或以上" in "".join(instead.why_nobody)

    def test_is_bound_by_the_latest_assessment_alone(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        needs(resident, "supervisor")
        records.assessed(of=resident, on=NOON - timedelta(minutes=5), nurse_level="senior")
        assert hold(here, resident, nurse).service.code == "wound"
