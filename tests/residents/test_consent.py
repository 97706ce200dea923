"""What a resident agrees to."""

from typing import Any

import pytest
from django.db import OperationalError

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import Invalid, NotFound
from anjia.kernel.files import store
from anjia.kernel.work import acting
from anjia.residents.commands import (
    give_consent,
    withdraw_consent,
)
from anjia.residents.queries import (
    check_consent,
    consents_of,
)
from anjia.residents.rules import (
    ConsentMissing,
    OnlySheDecides,
    PaperMissing,
    TextNotCurrent,
)
from anjia.residents.rules.consent import current_text
from tests.make import NOON
from tests.residents import make as make_residents
from tests.residents.make import PAPER, PERSON
from tests.turns import impatient, turn_of_another

NOW_READ = current_text(Purpose.CARE).version

pytestmark = pytest.mark.usefixtures("database")


class TestConsent:
    def test_is_missing_until_it_is_given(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)

        for purpose in (Purpose.CARE, Purpose.VIDEO):
            with pytest.raises(ConsentMissing):
                acting(desk, NOON).ask(check_consent, purpose, resident_id=mother.id)
        make_residents.consent(of=mother)
        acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)
        with pytest.raises(ConsentMissing):
            acting(desk, NOON).ask(check_consent, Purpose.VIDEO, resident_id=mother.id)

    @pytest.mark.parametrize("purpose", [Purpose.CONTRACT, Purpose.LEGAL, Purpose.VITAL, Purpose.ACCESS])
    def test_is_not_asked_for_what_does_not_rest_on_it(self, desk: Actor, purpose: Purpose) -> None:
        mother = make_residents.resident(served_by=desk)

        acting(desk, NOON).ask(check_consent, purpose, resident_id=mother.id)

    def test_bites_at_the_next_unit_of_work_when_withdrawn(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=NOW_READ)
        acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)

        standing = acting(she, NOON).do(withdraw_consent, resident_id=mother.id, purpose="care")

        assert standing.state == "withdrawn"
        with pytest.raises(ConsentMissing):
            acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)

    def test_is_answered_by_one_at_a_time(self, desk: Actor) -> None:
        resident = make_residents.resident(served_by=desk)
        herself = make_residents.holder(*PERSON, of=resident, relation="self")

        with (
            turn_of_another(f"consent/{resident.id}/care"),
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            acting(herself, NOON).do(impatient(withdraw_consent), resident_id=resident.id, purpose="care")

    def test_keeps_yes_and_no_apart_for_each_purpose(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        acting(she, NOON).do(
            give_consent, resident_id=mother.id, purpose="video", text_version=NOW_READ, agrees=False
        )
        acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=NOW_READ)

        states = acting(she, NOON).ask(consents_of, Purpose.ACCESS, resident_id=mother.id)

        assert {one.text.purpose.value: one.state.value for one in states} == {
            "care": "given",
            "video": "refused",
        }

    def test_is_hers_and_her_guardians_to_give(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        daughter = make_residents.holder(*PERSON, of=mother)

        with pytest.raises(OnlySheDecides):
            acting(daughter, NOON).do(
                give_consent, resident_id=mother.id, purpose="care", text_version=NOW_READ
            )

    def test_is_given_to_the_text_of_today(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        with pytest.raises(TextNotCurrent):
            acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=9)
        with pytest.raises(Invalid):
            acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="ads", text_version=NOW_READ)

    def test_is_not_the_desks_to_say_without_her_own_paper(self, desk: Actor) -> None:
        mother, neighbour = (make_residents.resident(served_by=desk) for _ in range(2))
        paper = acting(desk, NOON).do(
            store, content=PAPER, content_type="image/png", resident_id=neighbour.id
        )
        says: dict[str, Any] = {"resident_id": mother.id, "purpose": "care", "text_version": NOW_READ}

        with pytest.raises(PaperMissing):
            acting(desk, NOON).do(give_consent, **says)
        with pytest.raises(NotFound):
            acting(desk, NOON).do(give_consent, **says, file_id=paper.id)
