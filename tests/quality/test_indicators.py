"""Every number has rows, and one event changes exactly the numbers that it belongs to."""

import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from anjia.exceptions.commands import close_exception
from anjia.exceptions.models import VisitException
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.quality import queries
from anjia.quality.commands import log_call_back, open_call_back, raise_concern
from anjia.quality.queries.sources import Asked
from anjia.quality.queries.sources.calls import Calls
from anjia.quality.rules import ASPECTS, Figure, Standing
from anjia.visits.commands import accept_assignment, cancel_visit, stand_down
from anjia.visits.models import Visit
from tests.exceptions.make import dispatcher, reported
from tests.make import NOON, actor
from tests.quality import make
from tests.quality.make import EVENING, rate
from tests.visits import make as visits
from tests.visits.make import Town, at, fact, say

DAY = date(2026, 3, 3)
UNSAFE: dict[str, Any] = {
    "danger": "animal",
    "place": "outside",
    "is_injured": "no",
    "resident_at_risk": "no",
    "words": "院子里有狗，没拴",
}
PERIOD: dict[str, Any] = {"first": DAY, "last": DAY, "as_of": EVENING}


@pytest.fixture
def town(database: None) -> Town:
    return visits.town()


@pytest.fixture
def nurse(town: Town) -> Actor:
    return town.nurse()


def figures(town: Town, **changes: Any) -> dict[str, Figure]:
    found = acting(make.manager(town), EVENING).ask(queries.indicators, Purpose.CONTRACT, **PERIOD | changes)
    return {indicator.code: indicator.figure for indicator in found}


def rows(town: Town, code: str, part: str = "counted", **changes: Any) -> list[queries.Row]:
    page = acting(make.manager(town), EVENING).ask(
        queries.rows_of_indicator, Purpose.CONTRACT, code=code, part=part, **PERIOD | changes
    )
    return page.items


def desk(town: Town) -> Actor:
    may = ("quality.raise", "quality.call_back", "visits.read", "residents.read")
    return actor(*may, organization_id=town.organization_id)


def call_back(town: Town, visit: Visit) -> None:
    """Call her back in time, and be told that all is well."""
    due = acting(town.system, EVENING).do(open_call_back, visit_id=visit.id)
    assert due is not None
    acting(desk(town), EVENING).do(log_call_back, call_back_id=due.id, reached="reached", solved="yes")


class TestCompletion:
    def test_says_no_data_where_nothing_was_promised(self, town: Town) -> None:
        assert {figure.standing for figure in figures(town).values()} == {Standing.NO_DATA}

    def test_counts_what_was_due_and_leaves_out_what_they_took_back(self, town: Town, nurse: Actor) -> None:
        done = make.done_visit(town, nurse, hour=9)
        over = town.visit(nurse, starts_at=at(10), ends_at=at(10.5))
        theirs = town.visit(nurse, starts_at=at(11), ends_at=at(11.5))
        ours = town.visit(nurse, starts_at=at(13), ends_at=at(13.5))
        acting(town.desk, NOON).do(cancel_visit, visit_id=theirs.id, reason="unwell")
        acting(town.desk, NOON).do(cancel_visit, visit_id=ours.id, reason="no_caregiver")

        found = figures(town)["completion"]
        assert (found.counted, found.of, found.excluded) == (1, 3, 1)
        assert found.value == Decimal("33.3")

        def ids(part: str) -> set[object]:
            return {row.outcome.visit_id for row in rows(town, "completion", part) if row.outcome}

        assert (ids("counted"), ids("missing"), ids("excluded")) == (
            {done.id},
            {over.id, ours.id},
            {theirs.id},
        )

    def test_does_not_count_a_visit_whose_time_is_not_over(self, town: Town, nurse: Actor) -> None:
        town.visit(nurse, starts_at=at(15), ends_at=at(15.5))

        before, after = at(15.5) - timedelta(seconds=1), at(15.5)
        assert figures(town, as_of=before)["completion"].standing is Standing.NO_DATA
        assert figures(town, as_of=after)["completion"].of == 1

    def test_puts_a_visit_into_the_day_it_was_promised_for_in_shanghai(self, town: Town) -> None:
        night = town.nurse(shifts=((0, 24),))
        make.done_visit(town, night, hour=23.75)

        assert figures(town)["completion"].of == 1
        assert figures(town, first=date(2026, 3, 4), last=date(2026, 3, 4))["completion"].of == 0


class TestExceptions:
    """An unsafe place has 433 minutes in all its steps; pressing, 366: see the definitions."""

    def opened(self, town: Town, hour: float, kind: str = "unsafe", **form: Any) -> VisitException:
        visit = town.visit(town.nurse(), starts_at=at(hour), ends_at=at(hour + 0.5))
        return reported(town, visit, kind, now=at(hour), **UNSAFE | form)

    def close(self, town: Town, one: VisitException, when: datetime) -> None:
        asked: dict[str, Any] = {"outcome": "went_on", "done": "说清了", "follow_up": "not_needed"}
        acting(dispatcher(town), when).do(
            close_exception, exception_id=one.id, told=["resident"], follow_up_visit_id=None, **asked
        )

    def test_are_in_time_to_the_minute_late_after_it_and_left_out_while_there_is_time(
        self, town: Town
    ) -> None:
        in_time, late, over, going = (self.opened(town, hour) for hour in (8, 8.5, 9, 15))
        self.close(town, in_time, at(8) + timedelta(minutes=433))
        self.close(town, late, at(8.5) + timedelta(minutes=434))

        found = figures(town, as_of=at(18))

        for code in ("exceptions", "exception_unsafe"):
            assert (found[code].counted, found[code].of, found[code].excluded) == (1, 3, 1)
        assert found["exception_late"].of == 0

        def ids(part: str) -> list[UUID]:
            shown = rows(town, "exception_unsafe", part, as_of=at(18))
            return [row.exception.id for row in shown if row.exception]

        assert (ids("counted"), ids("missing"), ids("excluded")) == (
            [in_time.id],
            [late.id, over.id],
            [going.id],
        )

    def test_that_press_have_less_time(self, town: Town) -> None:
        pressing = self.opened(town, 8, place="inside")
        self.close(town, pressing, at(8) + timedelta(minutes=367))

        assert figures(town, as_of=at(18))["exception_unsafe"].missing == 1

    def test_belong_to_the_day_on_which_they_were_heard_of(self, town: Town) -> None:
        self.opened(town, 8)

        day_before = figures(town, first=DAY - timedelta(days=1), last=DAY - timedelta(days=1))
        assert day_before["exceptions"].standing is Standing.NO_DATA
        assert figures(town, as_of=at(18))["exceptions"].of == 1


class TestMutation:
    """Flip one event, and see exactly the right numbers change."""

    @pytest.fixture
    def visited(self, town: Town, nurse: Actor) -> list[Visit]:
        """Five visits done and rated by residents with five stars in everything; one over and not done."""
        done = [make.done_visit(town, nurse, hour=8.5 + number * 0.75) for number in range(5)]
        for visit in done:
            rate(make.herself(visit.resident_id, town), visit, 5, aspects=dict.fromkeys(ASPECTS, 5))
        return [*done, town.visit(nurse, starts_at=at(14), ends_at=at(14.5))]

    @pytest.mark.parametrize(
        ("flip", "changed"),
        [
            (
                lambda town, nurse, visits: make.finish(nurse, visits[5]),
                {"completion": (6, 6), "rated": (5, 6)},
            ),
            (
                lambda town, nurse, visits: acting(town.desk, NOON).do(
                    cancel_visit, visit_id=visits[5].id, reason="unwell"
                ),
                {"completion": (5, 5), "complaint": (0, 5), "response": (0, 5)},
            ),
            (
                lambda town, nurse, visits: acting(town.desk, NOON).do(
                    cancel_visit, visit_id=visits[5].id, reason="weather"
                ),
                {},
            ),
            (
                lambda town, nurse, visits: rate(
                    make.daughter(visits[0].resident_id, town), visits[0], 2, aspects={"manner": 2}
                ),
                {"satisfaction_family": (0, 1), "aspect_manner": (5, 6)},
            ),
            (
                lambda town, nurse, visits: make.done_visit(town, nurse, hour=15),
                {"completion": (6, 7), "rated": (5, 6), "complaint": (0, 7), "response": (0, 7)},
            ),
            (
                lambda town, nurse, visits: acting(nurse, NOON).do(accept_assignment, visit_id=visits[5].id),
                {"response": (1, 6)},
            ),
            (
                lambda town, nurse, visits: say(
                    nurse, fact(visits[5], "arrived", at=at(14.25), proof="photo", reason="在")
                ),
                {"punctuality": (1, 1)},
            ),
            (
                lambda town, nurse, visits: acting(desk(town), EVENING).do(
                    raise_concern,
                    kind="complaint",
                    words="来晚了",
                    visit_id=visits[0].id,
                    is_caller=True,
                ),
                {"complaint": (1, 6)},
            ),
            (
                lambda town, nurse, visits: call_back(town, visits[0]),
                {"call_back": (1, 1)},
            ),
        ],
        ids=[
            "done after all",
            "taken back by her",
            "cancelled by us",
            "a daughter's two stars",
            "one more visit",
            "a yes",
            "an arrival",
            "a complaint",
            "a call answered",
        ],
    )
    def test_one_event_changes_exactly_its_numbers(
        self,
        town: Town,
        nurse: Actor,
        visited: list[Visit],
        flip: Callable[[Town, Actor, list[Visit]], object],
        changed: dict[str, tuple[int, int]],
    ) -> None:
        before = {code: (figure.counted, figure.of) for code, figure in figures(town).items()}
        flip(town, nurse, visited)
        after = {code: (figure.counted, figure.of) for code, figure in figures(town).items()}

        assert {code: pair for code, pair in after.items() if pair != before[code]} == changed

    def test_every_number_opens_as_many_rows_as_it_says(
        self, town: Town, nurse: Actor, visited: list[Visit]
    ) -> None:
        rate(make.daughter(visited[0].resident_id, town), visited[0], 2, aspects={"manner": 2})
        call_back(town, visited[0])
        for code, figure in figures(town).items():
            assert len(rows(town, code)) == figure.counted, code
            if code != "rated":
                assert len(rows(town, code, "missing")) == figure.of - figure.counted, code
        assert len(rows(town, "rated", "missing")) == 0


class TestResponse:
    """Within 24 hours of the booking, and before it begins."""

    def test_is_in_time_to_the_second(self, town: Town, nurse: Actor) -> None:
        first, second = self.booked(town, nurse, 9), self.booked(town, nurse, 11)
        day = timedelta(hours=24)
        acting(nurse, NOON + day).do(accept_assignment, visit_id=first.id)
        acting(nurse, NOON + day + timedelta(seconds=1)).do(accept_assignment, visit_id=second.id)

        assert self.said(town, as_of=NOON + 2 * day) == (1, 2, 0)

    def test_is_too_late_once_it_has_begun(self, town: Town, nurse: Actor) -> None:
        visit = town.visit(nurse, starts_at=at(9), ends_at=at(9.5))
        acting(nurse, at(9) + timedelta(seconds=1)).do(accept_assignment, visit_id=visit.id)

        assert self.said(town) == (0, 1, 0)

    def test_waits_as_long_as_there_is_time(self, town: Town, nurse: Actor) -> None:
        self.booked(town, nurse, 9)

        assert self.said(town, as_of=NOON + timedelta(hours=24) - timedelta(seconds=1)) == (0, 0, 1)
        assert self.said(town, as_of=NOON + timedelta(hours=24)) == (0, 1, 0)

    def test_leaves_out_what_she_took_back_unanswered_and_counts_what_we_did(
        self, town: Town, nurse: Actor
    ) -> None:
        for hour, reason in ((9, "unwell"), (11, "no_caregiver")):
            visit = self.booked(town, nurse, hour)
            acting(town.desk, NOON).do(cancel_visit, visit_id=visit.id, reason=reason)

        assert self.said(town) == (0, 1, 1)

    def test_counts_the_first_yes_whoever_comes_in_the_end(self, town: Town, nurse: Actor) -> None:
        visit = self.booked(town, nurse, 9)
        acting(nurse, NOON).do(accept_assignment, visit_id=visit.id)
        acting(town.desk, NOON + timedelta(hours=30)).do(stand_down, visit_id=visit.id, part=1)

        assert self.said(town, as_of=NOON + timedelta(hours=30)) == (1, 1, 0)

    def booked(self, town: Town, nurse: Actor, hour: float) -> Visit:
        """Book one for the day after the next."""
        return town.visit(nurse, starts_at=at(hour, day=2), ends_at=at(hour + 0.5, day=2))

    def said(self, town: Town, *, as_of: Any = EVENING) -> tuple[int, int, int]:
        both = {"first": DAY, "last": DAY + timedelta(days=1), "as_of": as_of}
        found = figures(town, **both)["response"]
        return found.counted, found.of, found.excluded


class TestPunctuality:
    @pytest.mark.parametrize(("minutes", "is_in_time"), [(-20, True), (15, True), (15.02, False)])
    def test_is_up_to_a_quarter_of_an_hour_late(
        self, town: Town, nurse: Actor, minutes: float, is_in_time: bool
    ) -> None:
        visit = town.visit(nurse, starts_at=at(9), ends_at=at(9.5))
        arrived = visit.starts_at + timedelta(minutes=minutes)
        say(nurse, fact(visit, "arrived", at=arrived, proof="photo", reason="在"))

        found = figures(town)["punctuality"]
        assert (found.counted, found.of) == (int(is_in_time), 1)

    def test_says_nothing_of_whom_nobody_came_to(self, town: Town, nurse: Actor) -> None:
        town.visit(nurse, starts_at=at(9), ends_at=at(9.5))

        found = figures(town)["punctuality"]
        assert (found.standing, found.excluded) == (Standing.NO_DATA, 1)


class TestPatience:
    def test_says_that_counting_took_too_long_and_counts_the_others(
        self, town: Town, nurse: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make.done_visit(town, nurse)

        def sleep(self: Calls, asked: Asked) -> Any:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(30)")
                raise AssertionError("nobody has lost patience")

        monkeypatch.setattr(Calls, "count", sleep)
        # What the others count takes far less, on the slowest machine; as an attribute it would be the function.
        monkeypatch.setattr(sys.modules["anjia.quality.queries.indicators"], "PATIENCE", 2.0)

        found = figures(town)
        assert {code for code, one in found.items() if one.standing is Standing.TIMED_OUT} == {"call_back"}
        assert found["call_back"].value is None
        assert found["completion"].value == Decimal("100.0")


class TestWhoSees:
    def test_is_who_may(self, town: Town, nurse: Actor) -> None:
        with pytest.raises(NotAllowed):
            acting(nurse, NOON).ask(queries.indicators, Purpose.CONTRACT, **PERIOD)

    def test_counts_nobody_elses(self, town: Town, nurse: Actor) -> None:
        make.done_visit(town, nurse)
        stranger = actor("quality.read", "visits.read")

        found = acting(stranger, NOON).ask(queries.indicators, Purpose.CONTRACT, **PERIOD)
        assert {indicator.figure.of for indicator in found} == {0}

    def test_knows_no_other_indicator(self, town: Town) -> None:
        with pytest.raises(NotFound):
            rows(town, "happiness")
        with pytest.raises(NotFound):
            rows(town, "completion", "half")


class TestEveryNumber:
    def test_has_as_many_rows_left_out_as_it_says(self, town: Town, nurse: Actor) -> None:
        rated, unrated = make.done_visit(town, nurse, hour=9), make.done_visit(town, nurse, hour=10)
        town.visit(nurse, starts_at=at(11), ends_at=at(11.5))
        rate(make.herself(rated.resident_id, town), rated, 5, aspects={"manner": 5})
        rate(make.daughter(rated.resident_id, town), rated, 2)

        found = figures(town)

        assert {code: figure.excluded for code, figure in found.items()} == {
            code: len(rows(town, code, "excluded")) for code in found
        }
        assert (found["rated"].excluded, found["satisfaction_resident"].excluded) == (1, 1)
        assert [row.outcome.visit_id for row in rows(town, "rated", "missing") if row.outcome] == [unrated.id]

    def test_has_no_empty_page_before_its_last(self, town: Town, nurse: Actor) -> None:
        for hour in (8, 9):
            visit = make.done_visit(town, nurse, hour=hour)
            rate(make.herself(visit.resident_id, town), visit, 5)
        unrated = make.done_visit(town, nurse, hour=10)

        page = rows(town, "rated", "missing", size=1)

        assert [row.outcome.visit_id for row in page if row.outcome] == [unrated.id]
