"""Two pages say who comes instead of somebody who cannot: her day arranged anew, and the list of her visits."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.queries import AllPage, Instead, all_page
from anjia.exceptions.models import VisitException
from anjia.exceptions.shapes import AbsentVisit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.visits.commands import assign
from tests import make
from tests.dispatch.make import TOMORROW
from tests.dispatch.plans import visit
from tests.exceptions.make import HANDLES, dispatcher, page
from tests.exceptions.test_absences import EARLY, ill, on_standby
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")

FAR_OFF = (39.9042, 116.47)


def anew(here: Town, nurse: Actor, *, now: datetime = EARLY) -> AllPage:
    return acting(dispatcher(here), now).ask(
        all_page, Purpose.CONTRACT, staff_id=id_of(nurse), day=TOMORROW, now=now
    )


def all_listed(here: Town, made: VisitException) -> list[AbsentVisit]:
    """Return her list, however many pages it has."""
    found: list[AbsentVisit] = []
    after: str | None = None
    while after is not None or not found:
        shown = page(here, made.id, now=EARLY, after=after)
        found, after = [*found, *shown.visits], shown.visits_next
        if after is None:
            break
    return found


def said(instead: Instead | None) -> Any:
    """Return what a page says of one visit: who, when, at what cost, and why nobody."""
    assert instead is not None
    return [
        (one.name, one.because, one.proposal.puts, one.effect) for one in instead.able
    ], instead.why_nobody


class TestBothPages:
    def test_propose_the_same_of_each_visit(self) -> None:
        """Somebody on standby far off, one near, one who is busy at ten, and an aide who may not."""
        here = town()
        her = here.nurse("李秋萍")
        spare, near = (
            here.nurse("王芳", base=FAR_OFF, shifts=((8, 12),)),
            here.nurse("赵敏", shifts=((9, 17),)),
        )
        here.nurse("周岚", kind="health_worker", title="健康管理员")
        on_standby(here, spare)
        ones = [visit(here, her, hour=hour, long=0.5) for hour in (8.5, 10, 10.5, 11, 14, 14.5, 16.75)]
        visit(here, near, hour=10)

        made = ill(here, her)

        listed = all_listed(here, made)
        lines = anew(here, her).all.lines
        assert (
            [one.visit_id for one in listed]
            == [one.piece.visit_id for one in lines]
            == [one.id for one in ones]
        )
        assert [said(one.instead) for one in listed] == [said(line) for line in lines]
        assert {line.proposal.way for line in lines if line.proposal} >= {"other", "other_later"}

    def test_have_who_is_on_standby_first_though_another_were_nearer(self) -> None:
        here = town()
        her, spare, near = here.nurse("李秋萍"), here.nurse("王芳", base=FAR_OFF), here.nurse("赵敏")
        on_standby(here, spare)
        visit(here, her, hour=10)

        ill(here, her)

        [line] = anew(here, her).all.lines
        first, second = line.able
        assert (first.staff_id, second.staff_id) == (id_of(spare), id_of(near))
        assert first.effect.price > second.effect.price
        assert first.because[0] == "备用"

    def test_say_the_same_of_what_is_on_the_next_page(self) -> None:
        """Whoever is proposed for the twelfth is not free for the thirteenth, though that is on another page."""
        here = town()
        her = here.nurse("李秋萍")
        here.nurse("王芳")
        here.nurse("赵敏")
        for number in range(14):
            visit(here, her, hour=8.5 + number * 0.6, long=0.5)

        made = ill(here, her)

        assert page(here, made.id, now=EARLY).visits_next
        listed = all_listed(here, made)
        assert len(listed) == 14
        assert [said(one.instead) for one in listed] == [said(line) for line in anew(here, her).all.lines]

    def test_go_on_proposing_her_who_is_being_asked(self) -> None:
        here = town()
        her, other = here.nurse("李秋萍"), here.nurse("王芳")
        one = visit(here, her, hour=10)
        made = ill(here, her)

        acting(here.desk, EARLY).do(assign, visit_id=one.id, part=1, staff_id=id_of(other), state="tentative")

        [line] = all_listed(here, made)
        assert line.is_open
        assert line.instead is not None
        assert [able.staff_id for able in line.instead.able] == [id_of(other)]


class TestTheList:
    def test_asks_as_many_questions_for_three_days_as_for_one(self) -> None:
        def asked(days: int) -> int:
            here = town()
            her = here.nurse("李秋萍")
            here.nurse("王芳")
            for day in range(1, days + 1):
                here.visit(her, starts_at=at(10, day=day), ends_at=at(10.5, day=day))
            made = ill(here, her, days=3)
            with CaptureQueriesContext(connection) as captured:
                listed = page(here, made.id, now=EARLY).visits
            assert [bool(one.instead and one.instead.is_simple) for one in listed] == [True] * days
            return len(captured)

        assert asked(3) == asked(1)

    def test_minds_when_a_caregiver_works_on_each_of_the_days(self) -> None:
        here = town()
        her, other = here.nurse("李秋萍"), here.nurse("王芳")
        for day in (1, 2):
            here.visit(her, starts_at=at(10, day=day), ends_at=at(10.5, day=day))
        here.visit(other, starts_at=at(10, day=2), ends_at=at(10.5, day=2))

        first, second = all_listed(here, ill(here, her, days=3))

        assert first.instead is not None
        assert second.instead is not None
        assert (first.instead.is_simple, second.instead.is_simple) == (True, False)

    def test_is_shown_a_week_at_a_time(self) -> None:
        here = town(today=NOON)
        her = here.nurse("李秋萍")
        days = (1, 3, 9)
        for day in days:
            here.visit(her, starts_at=at(10, day=day), ends_at=at(10.5, day=day))

        made = ill(here, her, days=10)

        assert len(page(here, made.id, now=EARLY).visits) == 2
        assert [one.starts_at for one in all_listed(here, made)] == [at(10, day=day) for day in days]

    def test_says_nothing_of_nobody_to_who_may_not_send_anybody(self) -> None:
        here = town()
        her = here.nurse("李秋萍")
        visit(here, her, hour=10)
        made = ill(here, her)
        sees = [one for one in HANDLES if one != "dispatch.assign"]
        reader = make.actor(*sees, organization_id=here.organization_id)

        [line] = page(here, made.id, by=reader, now=EARLY).visits

        assert line.instead is None
