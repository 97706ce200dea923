"""
A pilot lived through by the commands that people use; its indicators are what its raw rows say, and its promises hold.

`script/proof month` asks the same of thirty elders and a month.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker

from anjia.kernel import sealing
from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from anjia.quality import queries as quality
from anjia.quality.rules import DEFINITIONS
from anjia.simulation.founding import CENTRE
from anjia.simulation.pilot.people import elders
from tests.conftest import copied_database
from tests.simulation.flips import FLIPS, Flip, Hand
from tests.simulation.pilots import DAYS, FIRST, SIZE, Lived, pilot
from tests.simulation.promises import broken
from tests.simulation.recount import Count, Recount, Rows, read_rows

pytestmark = pytest.mark.usefixtures("database")
WEEK = timedelta(days=7)
PERIODS = [
    (FIRST, FIRST + timedelta(days=DAYS - 1)),
    *(
        (FIRST + week * WEEK, FIRST + (week + 1) * WEEK - timedelta(days=1))
        for week in range((DAYS + 6) // 7)
    ),
]
PARTS = ("counted", "missing", "excluded")


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Lived]:
    with django_db_blocker.unblock(), pilot("test_anjia_pilot") as lived:
        yield lived


def said(lived: Lived, first: date, last: date, as_of: datetime | None = None) -> dict[str, Count]:
    """Return what the page says."""
    manager, now = lived.world.member("quality"), as_of or lived.world.now
    found = acting(manager, now).ask(quality.indicators, Purpose.CONTRACT, first=first, last=last, as_of=now)
    return {one.code: Count(one.figure.counted, one.figure.missing, one.figure.excluded) for one in found}


def raw(lived: Lived) -> Rows:
    rows: Rows = lived.look(lambda: read_rows(CENTRE))
    return rows


def recounted(lived: Lived, first: date, last: date, as_of: datetime | None = None) -> dict[str, Count]:
    return Recount(raw(lived), first, last, as_of or lived.world.now).indicators()


class TestIndicators:
    @pytest.mark.parametrize("period", PERIODS, ids=lambda period: f"{period[0]}-{period[1]}")
    def test_are_what_the_raw_rows_say(self, lived: Lived, period: tuple[date, date]) -> None:
        assert said(lived, *period) == recounted(lived, *period)

    def test_are_what_the_raw_rows_say_of_each_service(self, lived: Lived) -> None:
        first, last = PERIODS[0]
        shown = by_service(lived, first, last)
        rows = raw(lived)

        for service in {one.service for one in rows.promises}:
            counted = Recount(rows, first, last, lived.world.now, service).indicators()
            for code, count in counted.items():
                left_out = (
                    0 if code == "complaint" else count.excluded
                )  # what names no visit is of no service
                assert [shown[code, part][service] for part in PARTS] == [
                    count.counted,
                    count.missing,
                    left_out,
                ]

    @pytest.mark.parametrize("period", PERIODS, ids=lambda period: f"{period[0]}-{period[1]}")
    def test_of_each_nurse_are_what_the_raw_rows_say(self, lived: Lived, period: tuple[date, date]) -> None:
        first, last = period
        manager, now = lived.world.member("quality"), lived.world.now
        lines = acting(manager, now).ask(
            quality.staff_lines, Purpose.CONTRACT, first=first, last=last, as_of=now
        )
        counted = Recount(raw(lived), first, last, now).staff()

        assert {
            line.staff_id: {name: getattr(line, name) for name in counted[line.staff_id]} for line in lines
        } == counted

    def test_have_something_to_count(self, lived: Lived) -> None:
        found = said(lived, *PERIODS[0])

        assert found["completion"].counted > SIZE
        # What comes in between is not made to happen: a good month has no dog that bites.
        certain = {code: count for code, count in found.items() if not code.startswith("exception")}
        assert all(count.counted + count.missing for count in certain.values())


def by_service(lived: Lived, first: date, last: date) -> dict[tuple[str, str], Counter[str]]:
    """Return of each number how many of the rows that it opens are of which service."""
    manager, now = lived.world.member("quality"), lived.world.now
    found = {}
    for code in DEFINITIONS:
        for part in PARTS:
            rows = acting(manager, now).ask(
                quality.rows_to_take_away, Purpose.CONTRACT, code=code, part=part, first=first, last=last, as_of=now
            )  # fmt: skip
            found[code, part] = Counter(row.outcome.service_name for row in rows.rows if row.outcome)
    return found


@pytest.fixture(scope="class")
def copied(lived: Lived, django_db_blocker: DjangoDbBlocker) -> Iterator[Lived]:
    """Give a copy to those who change it."""
    with django_db_blocker.unblock(), copied_database():
        yield lived


class TestOneEvent:
    """Flipped, it changes exactly the numbers that it belongs to; and both counts still agree."""

    @pytest.mark.parametrize("one", FLIPS, ids=lambda one: one.name)
    def test_changes_exactly_its_numbers(self, copied: Lived, one: Flip) -> None:
        hand = Hand(copied.world, FLIPS.index(one))
        subject = one.before(hand)
        last, as_of = copied.world.last + timedelta(days=3), hand.begins + timedelta(days=1, hours=6)
        period: Any = (FIRST, last, as_of)
        before = said(copied, *period)
        assert before == recounted(copied, *period)

        one.flip(hand, subject)

        after = said(copied, *period)
        assert after == recounted(copied, *period)
        assert {code for code, count in after.items() if count != before[code]} == one.changes


class TestPromises:
    def test_hold_whatever_happens(self, lived: Lived) -> None:
        found = lived.look(lambda: broken(lived.world.now))

        assert found == {promise: [] for promise in found}

    def test_are_kept_or_not_and_never_forgotten(self, lived: Lived) -> None:
        outcomes = lived.outcomes()

        assert outcomes["done"] > SIZE
        assert set(outcomes) <= {"done", "cancelled", "missed", "released"}

    def test_leave_an_audit_that_is_whole(self, lived: Lived, settings: Any, tmp_path: Any) -> None:
        settings.SEALS = tmp_path / "seals.jsonl"
        while sealing.seal_now(lived.world.now):
            pass

        verdict = sealing.verify_all(lived.world.now)

        assert (verdict.broken, verdict.unsealed) == (None, 0)
        assert verdict.entries > 10 * SIZE


class TestAgain:
    def test_is_not_lived_through_in_the_same_house(self, lived: Lived, settings: Any) -> None:
        settings.IS_DEMO = True
        before = lived.outcomes()

        with pytest.raises(CommandError, match="already"):
            call_command("simulate", days=1, elders=1)

        assert lived.outcomes() == before


class TestPeople:
    def test_are_the_same_for_a_seed(self) -> None:
        assert elders(30, 7)[:10] == elders(10, 7)
        assert elders(30, 7) != elders(30, 8)

    def test_have_a_telephone_and_an_address_of_their_own(self) -> None:
        people = elders(60, 7)

        for own in ({one.home.phone for one in people}, {one.home.address for one in people}):
            assert len(own) == len(people)
