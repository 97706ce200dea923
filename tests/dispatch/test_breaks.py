"""Who works through noon has her break, whoever books, sends, drags or looks."""

from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.queries import breaks_on, my_breaks, repair_page, try_page
from anjia.dispatch.rules.changes import HARD, Rule
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.workforce.commands import put_break
from tests.dispatch.make import TOMORROW, slots, times
from tests.dispatch.plans import visit
from tests.make import NOON, actor
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    """A house in which everybody rests for an hour between noon and half past one."""
    found = town()
    manager = actor("workforce.change", organization_id=found.organization_id)
    acting(manager, NOON).do(put_break, opens=time(12), closes=time(13, 30), minutes=60)
    return found


def looked_at(here: Town, nurses: list[Actor]) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as asked:
        found = acting(here.desk, NOON).ask(
            breaks_on, Purpose.CONTRACT, day=TOMORROW, staff_ids=list(map(id_of, nurses)), now=NOON
        )
    return found, len(asked)


def test_no_time_is_offered_that_would_take_it(here: Town) -> None:
    here.nurse()
    found = times(slots(here, here.resident()))

    assert at(11) in found  # three quarters of an hour
    assert at(11.5) in found  # done at a quarter past twelve
    assert at(12) not in found
    assert at(12.5) not in found
    assert at(13) in found  # she rests from noon on
    assert at(13.5) in found


def test_a_shift_that_ends_at_noon_has_none(here: Town) -> None:
    here.nurse(shifts=[(8, 12.75)])

    assert at(12) in times(slots(here, here.resident()))


def test_a_drag_names_it_and_people_may_agree(here: Town) -> None:
    nurse, other = here.nurse(), here.nurse("王芳")
    visit(here, nurse, hour=11.5)
    one = visit(here, other, hour=12.75)
    found = acting(here.desk, NOON).ask(
        try_page, Purpose.CONTRACT, visit_id=one.id, part=1, staff_id=id_of(nurse), clock=None, now=NOON
    )

    [broken] = found.effect.broken
    assert (broken.rule, broken.rule in HARD) == (Rule.BREAK, False)
    assert "12:00–13:30" in broken.words


def test_nobody_is_proposed_who_would_miss_it(here: Town) -> None:
    nurse, other = here.nurse(), here.nurse("王芳")
    visit(here, nurse, hour=11.5)
    one = visit(here, other, hour=12.75)
    page = acting(here.desk, NOON).ask(repair_page, Purpose.CONTRACT, visit_id=one.id, now=NOON)

    same_time = [put for way in page.found.proposals for put in way.puts if put.starts_at == at(12.75)]
    assert id_of(nurse) not in {put.staff_id for put in same_time}


class TestWhenSheRests:
    def test_follows_from_what_she_is_promised(self, here: Town) -> None:
        nurse = here.nurse()
        visit(here, nurse, hour=11.5)

        [mine] = acting(nurse, NOON).ask(my_breaks, Purpose.CONTRACT, day=TOMORROW, now=NOON)
        assert (mine.opens_at, mine.closes_at, mine.minutes) == (at(12), at(13.5), 60)
        assert (mine.starts_at, mine.ends_at) == (at(12.25), at(13.25))

    def test_is_asked_as_often_for_many_as_for_one(self, here: Town) -> None:
        nurses = [here.nurse(), here.nurse("王芳"), here.nurse("张敏")]
        visit(here, nurses[0], hour=11)
        few = looked_at(here, nurses[:1])
        visit(here, nurses[1], hour=12, long=1.5)
        many = looked_at(here, nurses)

        assert many[1] == few[1]
        assert [one.starts_at for one in many[0][id_of(nurses[0])]] == [at(12)]
        assert [one.starts_at for one in many[0][id_of(nurses[1])]] == [None]

    def test_is_nobody_else_s_to_see(self, here: Town) -> None:
        nurse, other = here.nurse(), here.nurse("王芳")
        with pytest.raises(NotAllowed):
            acting(other, NOON).ask(
                breaks_on, Purpose.CONTRACT, day=TOMORROW, staff_ids=[id_of(nurse)], now=NOON
            )

    def test_is_one_question_where_the_house_has_none(self) -> None:
        bare = town()
        nurse = bare.nurse()
        with_breaks = town()
        manager = actor("workforce.change", organization_id=with_breaks.organization_id)
        acting(manager, NOON).do(put_break, opens=time(12), closes=time(13, 30), minutes=60)

        found, asked = looked_at(bare, [nurse])
        assert found == {}
        assert asked < looked_at(with_breaks, [with_breaks.nurse()])[1]
