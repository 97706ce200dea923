"""What one caregiver more would change: last week's requests asked again, by the rules of booking."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch import whatif
from anjia.dispatch.matching import openings
from anjia.dispatch.queries import WhatIf, what_if
from anjia.dispatch.whatif import Request
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from tests.make import NOON, actor
from tests.visits.make import DESK, Town, at, id_of, town
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")

NOW = NOON + timedelta(hours=1)


def asked(here: Town, like: Actor | None, *, by: Actor | None = None) -> WhatIf:
    return acting(by or here.desk, NOW).ask(
        what_if, Purpose.CONTRACT, like=id_of(like) if like else None, now=NOW
    )


def one_a_day(here: Town) -> Actor:
    """Return a nurse who can make one visit of three hours in the morning of each day of next week."""
    nurse = here.nurse("李秋萍", shifts=[(8, 12)])
    mornings = [(at(8, day=day), at(12, day=day)) for day in range(7, 16)]
    workforce.ready(of=here.desk, staff_id=id_of(nurse), on_duty=mornings)
    return nurse


def booked(here: Town, nurse: Actor, number: int) -> None:
    for day in range(1, number + 1):
        here.visit(nurse, starts_at=at(8.5, day=day), ends_at=at(11.5, day=day))


class TestWhatIf:
    def test_is_what_can_be_reckoned_by_hand(self) -> None:
        """
        Six are asked at noon. She makes one a morning: half past eight tomorrow is 20.5 hours away, and each after that
        a day more. Two make two a morning.
        """
        here = town()
        nurse = one_a_day(here)
        booked(here, nurse, 6)
        found = asked(here, nurse)
        assert found.now
        assert found.then
        assert [round(one, 1) for one in found.now.hours] == [20.5 + 24 * day for day in range(6)]
        assert [round(one, 1) for one in found.then.hours] == [20.5, 20.5, 44.5, 44.5, 68.5, 68.5]
        assert (found.now.median, found.then.median, found.less) == (92.5, 44.5, 48.0)
        assert (found.now.none, found.then.none) == (0, 0)

    def test_counts_those_who_find_no_time_in_a_week(self) -> None:
        """Nine ask; two of the seven mornings ahead of them are taken by what is booked already."""
        here = town()
        nurse = one_a_day(here)
        booked(here, nurse, 9)
        found = asked(here, nurse)
        assert found.now
        assert found.then
        assert (len(found.now.hours), found.now.none) == (5, 4)
        assert found.then.none == 0

    def test_says_nothing_from_too_little(self) -> None:
        here = town()
        nurse = one_a_day(here)
        booked(here, nurse, 4)
        found = asked(here, nurse)
        assert (found.is_enough, found.requests, found.now) == (False, 4, None)

    def test_changes_nothing(self) -> None:
        here = town()
        nurse = one_a_day(here)
        booked(here, nurse, 6)
        with CaptureQueriesContext(connection) as queries:
            asked(here, nurse)
        written = [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [sql for sql in written if "dispatch_" in sql or "visits_" in sql] == []

    def test_asks_as_much_for_many_as_for_few(self) -> None:
        counts = []
        for number in (5, 9):
            here = town()
            nurse = one_a_day(here)
            booked(here, nurse, number)
            with CaptureQueriesContext(connection) as queries:
                asked(here, nurse)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_is_for_who_assigns(self) -> None:
        here = town()
        stranger = actor(*set(DESK) - {"dispatch.assign"}, organization_id=here.organization_id)
        with pytest.raises(NotAllowed):
            asked(here, None, by=stranger)

    def test_finds_what_booking_would_find(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The short way to one person's soonest time, and the way by which times are booked."""
        here = town()
        nurse, other = one_a_day(here), here.nurse("杨慧", shifts=[(13, 17)])
        afternoons = [(at(9, day=day), at(17, day=day)) for day in (8, 10, 11)]
        workforce.ready(of=here.desk, staff_id=id_of(other), on_duty=afternoons)
        booked(here, nurse, 9)
        quick = asked(here, nurse)

        def by_openings(one: Request, sheets: Any, timelines: Any, *, day: date, **span: datetime) -> Any:
            found = openings(one.job, sheets, timelines, one.known, day=day, **span)
            return (found[0].starts_at, found[0].able[:1]) if found else None

        monkeypatch.setattr(whatif, "first_of_one", by_openings)
        slow = asked(here, nurse)
        assert (quick.now, quick.then) == (slow.now, slow.then)
        assert quick.now
        assert len(quick.now.hours) > 6
