"""What a dispatcher has changed by hand is taken back by who did it, as long as nothing has followed."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from anjia.dispatch.commands import assign_by_hand, undo_change
from anjia.dispatch.rules.changes import (
    CannotUndo,
    MayNotBe,
)
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Notification
from anjia.visits.models import Visit
from tests.dispatch.make import states
from tests.dispatch.plans import live, visit
from tests.dispatch.test_changes import MORNING, do_as_tried, history, tried
from tests.dispatch.test_concurrency import rush
from tests.make import actor, deliver_events
from tests.visits.make import DESK, Town, at, fact, id_of, say, town

pytestmark = pytest.mark.usefixtures("database")


def undo(here: Town, change_id: UUID, *, now: datetime, by: Actor | None = None) -> Any:
    return acting(by or here.desk, now).do(undo_change, change_id=change_id)


def moved_to_eleven(here: Town, one: Visit, *, now: datetime) -> UUID:
    return do_as_tried(here, tried(here, one, clock=(11, 0), now=now), now=now)


class TestUndoing:
    """A change may be taken back by who made it, as long as nothing has followed."""

    def test_gives_back_what_everybody_had(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=10)
        acting(here.desk, MORNING).do(assign_by_hand, visit_id=one.id, staff_id=id_of(her))
        change_id = do_as_tried(here, tried(here, one, other, (11, 0)))
        assert live(here, one) == [(1, id_of(other), "tentative")]

        undo(here, change_id, now=at(8.2))

        assert live(here, one) == [(1, id_of(her), "accepted")]
        assert here.now(one).starts_at == at(10)
        assert history(here, one)[-1] == "刚才的改动撤销了"
        with pytest.raises(CannotUndo):
            undo(here, change_id, now=at(8.3))

    def test_asks_again_who_was_being_asked(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=14)
        deliver_events(here.desk, now=at(8))
        assert states(here, one.id) == {id_of(her): "open"}
        change_id = do_as_tried(here, tried(here, one, other))
        deliver_events(here.desk, now=at(8.15))
        assert states(here, one.id) == {id_of(her): "withdrawn"}
        undo(here, change_id, now=at(8.2))
        deliver_events(here.desk, now=at(8.2))
        assert live(here, one) == [(1, id_of(her), "tentative")]
        assert states(here, one.id)[id_of(her)] == "open"

    def test_tells_nobody_who_has_not_heard_of_it(self) -> None:
        here = town()
        resident = here.resident("彭淑珍", phones=["13900000001"])
        one = visit(here, here.nurse("何丽"), hour=10, resident=resident)
        deliver_events(here.desk, now=at(8))
        everything_is_said(here)
        change_id = moved_to_eleven(here, one, now=MORNING)
        deliver_events(here.desk, now=MORNING)
        assert waiting(here, one) == {"visit_moved"}

        undo(here, change_id, now=at(8.2))
        deliver_events(here.desk, now=at(8.2))

        assert waiting(here, one) & {"visit_moved", "visit_promised"} == set()

    def test_tells_those_who_have_heard_of_it(self) -> None:
        here = town()
        resident = here.resident("彭淑珍", phones=["13900000001"])
        one = visit(here, here.nurse("何丽"), hour=10, resident=resident)
        deliver_events(here.desk, now=at(8))
        change_id = moved_to_eleven(here, one, now=MORNING)
        deliver_events(here.desk, now=MORNING)
        everything_is_said(here)

        undo(here, change_id, now=at(8.2))
        deliver_events(here.desk, now=at(8.2))

        assert "visit_moved" in waiting(here, one)

    def test_says_what_has_followed(self) -> None:
        here = town()
        her, other, third = here.nurse("何丽"), here.nurse("杨慧"), here.nurse("陈静")
        one = visit(here, her, hour=10, resident=here.resident("彭淑珍"))
        change_id = do_as_tried(here, tried(here, one, other))
        acting(here.desk, at(8.2)).do(assign_by_hand, visit_id=one.id, staff_id=id_of(third))
        with pytest.raises(CannotUndo) as refused:
            undo(here, change_id, now=at(8.3))
        assert "彭淑珍现在是 10:00 陈静去" in refused.value.detail
        assert live(here, one) == [(1, id_of(third), "accepted")]

    def test_says_that_somebody_has_taken_the_new_time(self) -> None:
        here = town()
        her = here.nurse("何丽")
        one = visit(here, her, hour=10)
        change_id = moved_to_eleven(here, one, now=MORNING)
        acting(here.desk, at(8.2)).do(assign_by_hand, visit_id=one.id, staff_id=id_of(her))
        with pytest.raises(CannotUndo) as refused:
            undo(here, change_id, now=at(8.3))
        assert "何丽已经接了" in refused.value.detail

    def test_says_that_she_has_set_out(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=10)
        change_id = do_as_tried(here, tried(here, one, other))
        say(other, fact(one, "departed", at=at(9)))
        with pytest.raises(CannotUndo) as refused:
            undo(here, change_id, now=at(9.1))
        assert "杨慧已经出发" in refused.value.detail

    def test_is_refused_where_she_who_came_has_no_time_any_more(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=10)
        change_id = do_as_tried(here, tried(here, one, other))
        here.visit(her, starts_at=at(10), ends_at=at(11))
        with pytest.raises(MayNotBe):
            undo(here, change_id, now=at(8.2))

    def test_goes_backwards_one_by_one(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        ones = [visit(here, her, hour=10), visit(here, her, hour=14)]
        first = do_as_tried(here, tried(here, ones[0], other))
        second = do_as_tried(here, tried(here, ones[1], other, now=at(8.2)), now=at(8.2))
        with pytest.raises(CannotUndo):
            undo(here, first, now=at(8.3))
        undo(here, second, now=at(8.3))
        undo(here, first, now=at(8.4))
        assert {live(here, one)[0][1] for one in ones} == {id_of(her)}

    def test_is_ones_own(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        change_id = do_as_tried(here, tried(here, visit(here, her, hour=10), other))
        with pytest.raises(CannotUndo):
            undo(here, change_id, now=at(8.2), by=actor(*DESK, organization_id=here.organization_id))
        with pytest.raises(NotFound):
            undo(here, change_id, now=at(8.2), by=town().desk)

    def test_happens_once(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        change_id = do_as_tried(here, tried(here, visit(here, her, hour=10), other))
        found = rush(lambda _: undo(here, change_id, now=at(8.2)), attempts=128)
        assert found == {"won": 1, "dispatch.cannot_undo": 127}


def waiting(here: Town, one: Visit) -> set[str]:
    """Return what is still to be said of a visit to its household."""
    found: set[str] = here.look(
        lambda _: set(
            Notification.objects.filter(
                message__about_id=one.id, state="queued", message__resident_id__isnull=False
            ).values_list("message__template", flat=True)
        )
    )
    return found


def everything_is_said(here: Town) -> None:
    acting(here.system, MORNING).ask(
        lambda _: Notification.objects.filter(organization_id=here.organization_id, state="queued").update(
            state="sent"
        )
    )
