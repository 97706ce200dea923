"""The forms on the phone, and how goes on what she has said there."""

from typing import Any

import pytest

from anjia.exceptions.rules.forms import FORMS
from tests.dispatch.signed_in import OpenTown, get, open_town, post
from tests.exceptions.make import NO_SHOW
from tests.make import deliver_events
from tests.visits.make import fact

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> OpenTown:
    return open_town()


class TestForms:
    def test_are_carried_in_her_language_with_all_that_can_be_answered(self, here: OpenTown) -> None:
        _nurse, token = here.nurse()

        forms = get(token, "work/exception-forms").json()

        assert [one["kind"] for one in forms] == [kind.value for kind in FORMS]
        no_show = forms[0]
        assert no_show["words"] == "家里没人"
        assert no_show["first"].startswith("打本人和家人的电话")
        asked = {field["name"]: field for field in no_show["fields"]}
        assert (asked["waited_minutes"]["ask"], asked["waited_minutes"]["high"]) == ("number", 240)
        assert {"value": "knocked", "words": "敲门、按铃"} in asked["tried"]["choices"]

    def test_are_for_who_goes_to_people(self, here: OpenTown) -> None:
        assert get(here.staff("ward_nurse"), "work/exception-forms").status_code == 403


class TestWhatSheHasSaid:
    def test_goes_up_as_a_fact_and_comes_back_with_who_deals_with_it(self, here: OpenTown) -> None:
        here.staff("dispatcher")
        nurse, token = here.nurse()
        visit = here.town.visit(nurse, starts_at=here.at(10), ends_at=here.at(10.75))
        said = fact(visit, "exception", at=here.at(10), exception="no_show", form=NO_SHOW)

        first = post(token, "work/facts", {"facts": [_plain(said)]})
        again = post(token, "work/facts", {"facts": [_plain(said)]})
        deliver_events(here.town.desk, now=here.at(10))

        assert [first.status_code, again.status_code] == [201, 201]
        assert first.json()["refused"] == again.json()["refused"] == []
        [one] = get(token, f"work/visits/{visit.id}/exceptions").json()
        assert (one["kind"], one["is_open"], one["owner_name"]) == ("no_show", True, "李静")
        assert one["next_words"].startswith("打本人和家人的电话")

    def test_is_nobody_elses_to_see(self, here: OpenTown) -> None:
        nurse, _token = here.nurse()
        _other, others = here.nurse("王芳")
        visit = here.town.visit(nurse, starts_at=here.at(10), ends_at=here.at(10.75))

        assert get(others, f"work/visits/{visit.id}/exceptions").status_code == 403


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    return {
        **said,
        "client_id": str(said["client_id"]),
        "visit_id": str(said["visit_id"]),
        "occurred_at": said["occurred_at"].isoformat(),
    }
