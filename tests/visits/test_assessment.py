"""A visit that assesses: its record is kept where the legal gate reads it."""

from datetime import timedelta
from typing import Any

import pytest

from anjia.catalogue.commands.publishing import _seeds
from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from anjia.records.models import Assessment
from anjia.records.queries import latest_assessment
from anjia.visits.models import Conflict, Visit
from tests import make
from tests.catalogue import make as catalogue
from tests.make import NOON
from tests.records.make import ANSWERS
from tests.visits.make import Town, fact, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    made = town()
    content = _seeds()["first_assessment"]
    made.version_id = catalogue.version(published_by=made.desk, code="first_assessment", **content).id
    return made


def done(visit: Visit, record: dict[str, str], *, minutes: int = 40) -> dict[str, Any]:
    return fact(visit, "done", at=visit.starts_at + timedelta(minutes=minutes), record=record)


def kept(here: Town, visit: Visit) -> list[Assessment]:
    found: list[Assessment] = here.look(
        lambda _: list(Assessment.objects.filter(visit_id=visit.id).order_by("made_at"))
    )
    return found


class TestAVisitThatAssesses:
    def visit(self, here: Town) -> tuple[Any, Visit]:
        nurse = here.nurse()
        return nurse, here.visit(nurse)

    def test_leaves_what_was_found_with_its_end_and_its_nurse(self, here: Town) -> None:
        nurse, visit = self.visit(here)
        say(nurse, done(visit, ANSWERS))

        [found] = kept(here, visit)
        assert found.is_suitable
        assert found.staff_id == nurse.staff_id
        assert found.valid_until == found.made_on + timedelta(days=90)
        assert found.findings["condition_note"] == ANSWERS["condition_note"]

    def test_opens_no_gate_while_an_answer_is_missing_and_does_when_it_has_come(self, here: Town) -> None:
        nurse, visit = self.visit(here)
        in_part = {name: words for name, words in ANSWERS.items() if name != "mobility"}
        say(nurse, done(visit, in_part))

        assert kept(here, visit) == []
        conflicts = here.look(lambda _: list(Conflict.objects.filter(visit=visit, misfit="record_invalid")))
        assert "行动能力" in conflicts[0].missing

        say(nurse, done(visit, ANSWERS, minutes=45))
        assert [one.is_suitable for one in kept(here, visit)] == [True]

    def test_counts_once_however_often_it_is_sent_and_the_later_one_holds(self, here: Town) -> None:
        nurse, visit = self.visit(here)
        first, later = (
            done(visit, ANSWERS),
            done(visit, ANSWERS | {"condition": "不平稳，要先去医院"}, minutes=50),
        )
        say(nurse, later)
        say(nurse, first)
        say(nurse, first, later)

        assert [one.is_suitable for one in kept(here, visit)] == [True, False]
        latest = acting(here.desk, NOON).ask(
            latest_assessment, Purpose.CONTRACT, resident_id=visit.resident_id
        )
        assert latest is not None
        assert latest.against == ["condition"]

    def test_is_not_made_by_somebody_who_was_not_sent(self, here: Town) -> None:
        _nurse, visit = self.visit(here)
        say(here.nurse("别人"), done(visit, ANSWERS))

        assert kept(here, visit) == []

    def test_is_nobody_elses_to_read(self, here: Town) -> None:
        nurse, visit = self.visit(here)
        say(nurse, done(visit, ANSWERS))
        stranger = make.actor("dispatch.book")

        assert (
            acting(stranger, NOON).ask(latest_assessment, Purpose.CONTRACT, resident_id=visit.resident_id)
            is None
        )
