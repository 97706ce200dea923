"""What no page of ours would send, and what is pressed too late: a change that breaks a promise of another kind."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from anjia.dispatch.commands import assign_by_hand, change_day, publish_run, undo_change
from anjia.dispatch.queries import change_page
from anjia.dispatch.queries.standing import standing_of
from anjia.dispatch.rules.changes import CannotUndo, MayNotBe, OnAnotherDay, Put, Rule
from anjia.dispatch.rules.plans import DayHasChanged
from anjia.dispatch.standing import seen
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.visits.models import Visit
from anjia.visits.rules.lifecycle import WrongCrew
from anjia.workforce.commands import put_leave
from anjia.workforce.rules import LeaveKind
from tests.dispatch.make import TOMORROW
from tests.dispatch.plans import FAR, drafted, live, visit
from tests.dispatch.signed_in import open_town
from tests.dispatch.test_change_pages import booked, forms, given
from tests.dispatch.test_changes import MORNING, do_as_tried, tried
from tests.dispatch.test_console import browser
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")


def have_it_so(here: Town, *puts: Put) -> UUID:
    """Send a change as a page would that was looked at just now, with a reason."""
    standing = acting(here.desk, MORNING).ask(standing_of, Purpose.CONTRACT, day=TOMORROW, now=MORNING)
    return acting(here.desk, MORNING).do(
        change_day, day=TOMORROW, puts=puts, weighed_against=seen(standing.day, puts), why="说好了"
    )


def put(one: Visit, nurse: Actor, hour: float, *, part: int = 1, days: int = 0) -> Put:
    starts_at = at(hour) + timedelta(days=days)
    return Put(visit_id=one.id, part=part, staff_id=id_of(nurse), starts_at=starts_at)


class TestChangeOfADay:
    @pytest.mark.parametrize("days", [-2, -1, 1, 5])
    def test_changes_no_other_day(self, days: int) -> None:
        here = town()
        her = here.nurse()
        one = visit(here, her)
        with pytest.raises(OnAnotherDay):
            have_it_so(here, put(one, her, 10, days=days))
        assert here.now(one).starts_at == one.starts_at

    def test_promises_no_time_that_has_passed_whatever_the_reason(self) -> None:
        here = town()
        her = here.nurse()
        one = visit(here, her, hour=15)
        found = tried(here, one, clock=(11, 0), now=at(14))
        assert Rule.PAST in [broken.rule for broken in found.effect.broken]
        with pytest.raises(MayNotBe, match="时间已经过了"):
            do_as_tried(here, found, now=at(14), why="说好了")
        assert here.now(one).starts_at == one.starts_at

    def test_gives_to_somebody_else_what_should_have_begun(self) -> None:
        """The promise is late, and stays what it was: who comes now is another question."""
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=10)
        do_as_tried(here, tried(here, one, other, now=at(10.1)), now=at(10.1), why="何丽没有去")
        assert live(here, one) == [(1, id_of(other), "accepted")]

    def test_has_all_who_come_together_come_at_one_time(self) -> None:
        here = town()
        first, second = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, first, second)
        with pytest.raises(WrongCrew):
            have_it_so(here, put(one, first, 11, part=1), put(one, second, 12, part=2))
        with pytest.raises(WrongCrew):
            have_it_so(here, put(one, first, 10, part=1), put(one, second, 13, part=2))
        assert {(row.planned.lower, row.state) for row in here.crew(one)} == {(at(10), "tentative")}


class TestUndoing:
    def test_promises_no_time_that_has_passed(self) -> None:
        here = town()
        one = visit(here, here.nurse("何丽"), hour=9.5)
        change_id = do_as_tried(here, tried(here, one, clock=(15, 0), now=at(8)), now=at(8), why="说好了")
        page = acting(here.desk, at(14)).ask(change_page, Purpose.CONTRACT, change_id=change_id, now=at(14))
        assert any("现在已经 14:00" in words for words in page.why_it_stays)
        with pytest.raises(CannotUndo, match="现在已经 14:00"):
            acting(here.desk, at(14)).do(undo_change, change_id=change_id)
        assert here.now(one).starts_at == at(15)

    def test_sends_nobody_who_is_away_by_now(self) -> None:
        """She had it, somebody else was sent, she fell ill: given back to her nobody would come, and nobody know it."""
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=15)
        acting(here.desk, NOON).do(assign_by_hand, visit_id=one.id, staff_id=id_of(her))
        change_id = do_as_tried(here, tried(here, one, other, now=at(8)), now=at(8))
        acting(here.system, at(8.5)).do(
            put_leave, staff_id=id_of(her), kind=LeaveKind.SICK, starts_at=at(8.5), ends_at=at(24)
        )
        with pytest.raises(CannotUndo, match="何丽"):
            acting(here.desk, at(9)).do(undo_change, change_id=change_id)
        assert live(here, one) == [(1, id_of(other), "accepted")]


class TestPublishingAWholeDraft:
    def test_leaves_what_begins_too_soon_to_a_person(self) -> None:
        here = town()
        here.nurse("近", base=FAR)
        far = here.nurse("远")
        one = visit(here, far, place=FAR, hour=9)
        run_id = drafted(here)
        with pytest.raises(DayHasChanged, match="太近"):
            acting(here.desk, at(8.5)).do(publish_run, run_id=run_id)
        assert live(here, one) == [(1, id_of(far), "tentative")]


NUMBERS = ["²", "٣", "9" * 5000, "-1", "0", "1e3"]
MOMENTS = [
    "2026-13-01T00:00:00+00:00",
    "2026-11-28T25:00:00+00:00",
    "2026-11-28T02:00:00+99:99",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+14:00",
    "2026-11-28T02:00:00",
]


class TestForms:
    """What a browser never sends is refused in words too, and is no fault of ours."""

    def test_say_what_is_no_part_of_a_visit(self) -> None:
        here = open_town()
        _her, other, one = booked(here)
        client = browser(here, "dispatcher")
        [form] = forms(given(client, one, other).content.decode())
        visit_id, _part, staff_id, when = form["put"][0].split("|")
        pages = f"/console/dispatch/visits/{one.id}"
        for number in NUMBERS:
            sent = {**form, "put": f"{visit_id}|{number}|{staff_id}|{when}"}
            assert client.post("/console/dispatch/changes/make", sent).status_code in {409, 422}
            assert client.get(f"{pages}/suitability", {"part": number}).status_code in {200, 404}
            assert client.get(f"{pages}/give", {"part": number}).status_code in {200, 404}
            assert client.post(f"{pages}/assign", {"part": number, "staff_id": str(uuid4())}).status_code in {
                404,
                409,
            }
        assert live(here.town, one)[0][1] != id_of(other)

    def test_say_what_is_no_time(self) -> None:
        here = open_town()
        _her, other, one = booked(here)
        client = browser(here, "dispatcher")
        [form] = forms(given(client, one, other).content.decode())
        visit_id, part, staff_id, _when = form["put"][0].split("|")
        for moment in MOMENTS:
            sent = {**form, "put": f"{visit_id}|{part}|{staff_id}|{moment}"}
            assert client.post("/console/dispatch/changes/make", sent).status_code == 422
            slot = {"slot": f"{moment}|{staff_id}"}
            assert client.post(f"/console/dispatch/visits/{one.id}/move/now", slot).status_code == 422
        assert here.town.now(one).starts_at == one.starts_at
