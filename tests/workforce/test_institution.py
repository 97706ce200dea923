"""The institution's own papers: evidence with a scan, read by a second, and what lapses."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.workforce.commands import (
    add_institution_paper,
    take_back_institution_paper,
    verify_institution_paper,
)
from anjia.workforce.models import InstitutionPaper
from anjia.workforce.queries import institution_papers, institution_papers_held, institution_papers_lapsing
from anjia.workforce.rules.institution import (
    InstitutionPaperInvalid,
    InstitutionPaperKind,
    InstitutionSameReader,
    why_institution_may_not,
)
from tests import make
from tests.make import NOON
from tests.workforce.make import SCAN, actions, told

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOON.date()
SOUND: dict[str, Any] = {
    "kind": "institution_licence",
    "number": "PDY1234567",
    "issuer": "区卫生健康局",
    "valid_from": date(2024, 1, 1),
    "valid_until": TODAY + timedelta(days=40),
    "scan": SCAN,
    "content_type": "image/png",
}


@pytest.fixture
def manager() -> Actor:
    return make.actor("workforce.change", "workforce.confirm", "workforce.read")


def entered(manager: Actor, **says: Any) -> InstitutionPaper:
    return acting(manager, NOON).do(add_institution_paper, **SOUND | says)


def colleague(manager: Actor) -> Actor:
    return make.actor("workforce.confirm", "workforce.read", organization_id=manager.organization_id)


def held(manager: Actor) -> list[InstitutionPaper]:
    return acting(manager, NOON).ask(institution_papers_held, Purpose.CONTRACT)


def why(manager: Actor, on: date = TODAY, kind: str = "institution_licence") -> str:
    return why_institution_may_not(held(manager), InstitutionPaperKind(kind), on)


class TestAPaperOfTheInstitution:
    def test_counts_only_once_a_second_person_has_read_it(self, manager: Actor) -> None:
        assert "还没有登记" in why(manager)
        paper = entered(manager)
        assert "第二个人" in why(manager)

        with pytest.raises(InstitutionSameReader):
            acting(manager, NOON).do(verify_institution_paper, paper_id=paper.id)
        acting(colleague(manager), NOON).do(verify_institution_paper, paper_id=paper.id)

        assert why(manager) == ""
        assert actions(manager)[-1] == "workforce.institution_paper.verified"
        assert told(manager).count("anjia.workforce.InstitutionPaperChanged") in {0, 2}

    def test_has_two_readers_whatever_program_writes_it(self, manager: Actor) -> None:
        paper = entered(manager)

        def by_one(_: Actor) -> None:
            rows = InstitutionPaper.objects.filter(id=paper.id)
            rows.update(verified_by=paper.added_by, verified_at=NOON)

        with pytest.raises(IntegrityError, match="institution_paper_second_reader"):
            acting(manager, NOON).ask(by_one)

    def test_holds_on_its_last_day_and_not_on_the_next(self, manager: Actor) -> None:
        acting(colleague(manager), NOON).do(verify_institution_paper, paper_id=entered(manager).id)

        assert why(manager, TODAY + timedelta(days=40)) == ""
        assert "已经过期" in why(manager, TODAY + timedelta(days=41))
        assert "才开始有效" in why(manager, date(2023, 12, 31))

    def test_does_not_count_any_more_when_it_was_taken_back_and_says_why(self, manager: Actor) -> None:
        paper = entered(manager)
        acting(colleague(manager), NOON).do(verify_institution_paper, paper_id=paper.id)

        with pytest.raises(InstitutionPaperInvalid):
            acting(manager, NOON).do(take_back_institution_paper, paper_id=paper.id, why=" ")
        acting(manager, NOON).do(take_back_institution_paper, paper_id=paper.id, why="被吊销")

        assert "还没有登记" in why(manager)
        [shown] = acting(manager, NOON).ask(institution_papers, Purpose.LEGAL, today=TODAY).items
        assert shown.paper.taken_back_why == "被吊销"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"scan": b""}, "scan"),
            ({"number": "  "}, "number"),
            ({"issuer": ""}, "issuer"),
            ({"valid_until": None}, "valid_until"),
            ({"valid_until": date(2023, 1, 1)}, "valid_until"),
            ({"kind": "a_tick"}, "kind"),
            ({"kind": "liability_insurance", "valid_from": None}, "valid_from"),
            ({"kind": "home_care_ground", "scope": ""}, "scope"),
        ],
    )
    def test_is_no_paper_without(self, manager: Actor, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(InstitutionPaperInvalid) as refusal:
            entered(manager, **changes)

        assert list(refusal.value.fields) == [field]
        assert held(manager) == []

    def test_is_warned_of_thirty_days_before_its_end_unless_another_goes_on(self, manager: Actor) -> None:
        acting(colleague(manager), NOON).do(verify_institution_paper, paper_id=entered(manager).id)

        def lapsing(days: int) -> list[int | None]:
            on = TODAY + timedelta(days=days)
            found = acting(manager, NOON).ask(institution_papers_lapsing, Purpose.LEGAL, today=on)
            return [one.days_left for one in found]

        assert (lapsing(9), lapsing(10), lapsing(41)) == ([], [30], [-1])
        renewed = entered(manager, valid_until=TODAY + timedelta(days=800))
        assert lapsing(10) == [30]  # nobody has read it yet
        acting(colleague(manager), NOON).do(verify_institution_paper, paper_id=renewed.id)
        assert lapsing(10) == []

    def test_is_nobody_elses(self, manager: Actor) -> None:
        paper, stranger = entered(manager), make.actor("workforce.change", "workforce.confirm")

        with pytest.raises(NotFound):
            acting(stranger, NOON).do(verify_institution_paper, paper_id=paper.id)
        with pytest.raises(NotFound):
            acting(manager, NOON).do(verify_institution_paper, paper_id=uuid4())
        with pytest.raises(NotAllowed):
            acting(make.actor(organization_id=manager.organization_id), NOON).do(
                add_institution_paper, **SOUND
            )
