"""Every number has rows, and one event changes exactly the numbers that it belongs to."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.quality import queries
from anjia.quality.commands import log_call_back, open_call_back, raise_concern
from anjia.quality.rules import ASPECTS, Figure, Standing
from anjia.visits.commands import cancel_visit
from anjia.visits.models import Visit
from tests.make import NOON, actor
from tests.quality import make
from tests.quality.make import EVENING, rate
from tests.visits import make as visits
from tests.visits.make import Town, at

DAY = date(2026, 3, 3)
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
                {"completion": (5, 5), "complaint": (0, 5)},
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
                {"completion": (6, 7), "rated": (5, 6), "complaint": (0, 7)},
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
            counted = {row.outcome.visit_id for row in rows(town, code) if row.outcome}
            assert len(counted) == figure.counted, code
            if code != "rated":
                assert len(rows(town, code, "missing")) == figure.of - figure.counted, code
        assert len(rows(town, "rated", "missing")) == 0


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
