"""What one caregiver more would change: last week's requests asked again, by the rules of booking."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch import whatif
from anjia.dispatch.commands import begin_estimate, start_estimate
from anjia.dispatch.jobs import estimate, hand_on_estimates, look_after_estimates
from anjia.dispatch.matching import cell_of, openings
from anjia.dispatch.queries import WhatIf, waiting_estimates, what_if
from anjia.dispatch.rules.whatif import AlreadyEstimating, NobodyLikeThat
from anjia.dispatch.whatif import Request
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.workforce.commands import set_area
from tests.make import NOON, actor
from tests.visits.make import DESK, Town, at, id_of, town
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")

NOW = NOON + timedelta(hours=1)


def asked(here: Town, like: Actor, *, by: Actor | None = None, area: str | UUID = "") -> WhatIf:
    """Have it reckoned as the job does it, and return what is shown."""
    made = acting(by or here.desk, NOW).do(start_estimate, like=id_of(like), area=area)
    estimate(NOW, organization_id=str(here.organization_id), estimate_id=str(made))
    return shown(here)


def shown(here: Town, *, bin_number: int | None = None) -> WhatIf:
    return acting(here.desk, NOW).ask(what_if, Purpose.CONTRACT, now=NOW, bin_number=bin_number)


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
        assert (found.is_enough, found.requests, found.now, found.is_done) == (False, 4, None, True)

    def test_promises_nobody_anything(self) -> None:
        here = town()
        nurse = one_a_day(here)
        booked(here, nurse, 6)
        with CaptureQueriesContext(connection) as queries:
            asked(here, nurse)
        written = [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [sql for sql in written if "visits_" in sql or "dispatch_offer" in sql] == []

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
            asked(here, here.nurse(), by=stranger)
        with pytest.raises(NotAllowed):
            acting(stranger, NOW).ask(what_if, Purpose.CONTRACT, now=NOW)

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


class TestAnEstimate:
    @pytest.fixture
    def nurse(self, here: Town) -> Actor:
        made = one_a_day(here)
        booked(here, made, 6)
        return made

    @pytest.fixture
    def here(self) -> Town:
        return town()

    def test_is_kept_and_says_when_it_was_reckoned(self, here: Town, nurse: Actor) -> None:
        assert not shown(here).state
        acting(here.desk, NOW).do(start_estimate, like=id_of(nurse), area="")
        assert shown(here).is_at_work

        hand_on_estimates(NOW)  # to whichever worker has room; here it is done by hand
        waiting = acting(here.system, NOW).ask(waiting_estimates, Purpose.CONTRACT, before=NOW)
        assert waiting == []
        run_id = shown(here).run_id
        estimate(NOW, organization_id=str(here.organization_id), estimate_id=str(run_id))
        estimate(NOW, organization_id=str(here.organization_id), estimate_id=str(run_id))

        found = shown(here)
        assert (found.is_done, found.progress, found.requests) == (True, 100, 6)
        assert found.reckoned_at is not None

    def test_shows_the_requests_behind_each_figure(self, here: Town, nurse: Actor) -> None:
        """20.5 hours now and a day more each; with one more two and two."""
        found = asked(here, nurse)

        assert [(one.now, one.then) for one in found.bins] == [
            (0, 0),
            (0, 0),
            (1, 2),
            (1, 2),
            (1, 2),
            (3, 0),
            (0, 0),
        ]
        assert max(one.now_share for one in found.bins) == 100
        [first, second] = shown(here, bin_number=2).chosen
        assert (first.now, first.then, second.now, second.then) == (20.5, 20.5, 44.5, 20.5)
        assert first.service == "伤口换药"
        assert len(shown(here, bin_number=-1).chosen) == 6
        assert shown(here, bin_number=99).chosen == []

    def test_is_one_at_a_time(self, here: Town, nurse: Actor) -> None:
        acting(here.desk, NOW).do(start_estimate, like=id_of(nurse), area="")
        with pytest.raises(AlreadyEstimating):
            acting(here.desk, NOW).do(start_estimate, like=id_of(nurse), area="all")

    def test_whose_worker_has_died_makes_room_for_another(self, here: Town, nurse: Actor) -> None:
        made = acting(here.desk, NOW).do(start_estimate, like=id_of(nurse), area="")
        acting(here.system, NOW).do(begin_estimate, estimate_id=made)

        look_after_estimates(NOW + timedelta(minutes=2))
        assert shown(here).is_at_work
        look_after_estimates(NOW + timedelta(minutes=4))

        assert (shown(here).is_at_work, shown(here).is_done) == (False, False)
        assert asked(here, nurse).is_done

    def test_is_of_the_area_that_is_asked_for(self, here: Town, nurse: Actor) -> None:
        far = here.nurse("远的", shifts=[])
        mornings = [(at(8, day=day), at(12, day=day)) for day in range(7, 16)]
        workforce.ready(of=here.desk, staff_id=id_of(far), on_duty=mornings)
        acting(here.system, NOW).do(set_area, staff_id=id_of(far), cells=[cell_of((39.0, 116.0))])

        assert asked(here, nurse, area=id_of(far)).requests == 0
        assert asked(here, far).requests == 0
        assert asked(here, far, area="all").requests == 6

    @pytest.mark.parametrize("area", ["?", "everywhere"])
    def test_is_refused_in_words_of_nobody(self, here: Town, nurse: Actor, area: str) -> None:
        with pytest.raises(NobodyLikeThat):
            acting(here.desk, NOW).do(start_estimate, like=id_of(nurse), area=area)
        with pytest.raises(NobodyLikeThat):
            acting(here.desk, NOW).do(start_estimate, like=None, area="")

    def test_is_each_house_s_own(self, here: Town, nurse: Actor) -> None:
        asked(here, nurse)
        assert shown(town()).run_id is None
