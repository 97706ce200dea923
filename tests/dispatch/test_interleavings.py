"""
Whatever people do at once: no caregiver is promised twice for one time, and no promise is without a caregiver.

Hypothesis makes the plans of four people; they carry them out at the same time, against one small crew.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Barrier, Lock
from uuid import UUID

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anjia.dispatch.commands import (
    assign_by_hand,
    cancel_booking,
    change_day,
    confirm_hold,
    hold_slot,
    move_booking,
    offer_visit,
    publish_run,
    undo_change,
)
from anjia.dispatch.queries import try_page
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import DomainError
from anjia.kernel.work import Unit, acting
from anjia.visits.models import LIVE_STATES, Visit
from anjia.visits.rules.lifecycle import OPEN, State, crew_state_of
from tests.dispatch.plans import drafted
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")

PEOPLE = 4
TOGETHER_WITHIN = 60  # seconds; one that does not come fails the test, and holds up nobody
HOURS = st.sampled_from([9.0, 9.5, 10.0, 10.5, 11.0])
NURSES = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("book"), HOURS, NURSES),
    st.tuples(st.just("move"), HOURS, NURSES),
    st.tuples(st.just("reassign"), HOURS, NURSES),
    st.tuples(st.just("cancel"), HOURS, NURSES),
    st.tuples(st.just("ask"), HOURS, NURSES),
    st.tuples(st.just("plan"), HOURS, NURSES),
    st.tuples(st.just("drag"), HOURS, NURSES),
    st.tuples(st.just("undo"), HOURS, NURSES),
)
Step = tuple[str, float, int]


@dataclass
class World:
    here: Town
    nurses: list[UUID]
    resident_id: UUID
    address_id: UUID
    booked: list[UUID] = field(default_factory=list)
    changed: list[tuple[UUID, Actor]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def some_visit(self, number: int) -> UUID | None:
        with self.lock:
            return self.booked[number % len(self.booked)] if self.booked else None

    def take(self, step: Step, number: int) -> None:
        what = step[0]
        unit = acting(self.here.colleague(), NOON)  # so that none gives back what another holds
        if what == "book":
            self.book(unit, step)
            return
        if what == "undo":
            self.undo()
            return
        visit_id = self.some_visit(number)
        if visit_id is not None:
            self.disturb(unit, visit_id, step)

    def disturb(self, unit: Unit, visit_id: UUID, step: Step) -> None:
        what, hour, nurse = step
        if what == "plan":
            unit.do(publish_run, run_id=drafted(self.here))
        elif what == "move":
            unit.do(move_booking, visit_id=visit_id, starts_at=at(hour), staff_ids=[self.nurses[nurse]])
        elif what == "drag":
            self.drag(unit, visit_id, step)
        elif what == "reassign":
            unit.do(assign_by_hand, visit_id=visit_id, staff_id=self.nurses[nurse], why="试试")
        elif what == "ask":
            unit.do(offer_visit, visit_id=visit_id)
        else:
            unit.do(cancel_booking, visit_id=visit_id, reason="asked")

    def book(self, unit: Unit, step: Step) -> None:
        _what, hour, nurse = step
        held = unit.do(
            hold_slot,
            service_code="wound",
            resident_id=self.resident_id,
            address_id=self.address_id,
            starts_at=at(hour),
            staff_ids=[self.nurses[nurse]],
        )
        unit.do(confirm_hold, hold_id=held.id)
        with self.lock:
            self.booked.append(held.id)

    def drag(self, unit: Unit, visit_id: UUID, step: Step) -> None:
        _what, hour, nurse = step
        found = unit.ask(
            try_page,
            Purpose.CONTRACT,
            visit_id=visit_id,
            part=1,
            staff_id=self.nurses[nurse],
            clock=(int(hour), round(hour % 1 * 60)),
            now=NOON,
        )
        change_id = unit.do(
            change_day, day=found.day, puts=found.puts, weighed_against=found.seen, why="说好了"
        )
        with self.lock:
            self.changed.append((change_id, unit.actor))

    def undo(self) -> None:
        with self.lock:
            last = self.changed.pop() if self.changed else None
        if last:
            acting(last[1], NOON).do(undo_change, change_id=last[0])

    def check(self) -> None:
        def look(_: Actor) -> list[Visit]:
            return list(Visit.objects.prefetch_related("assignments").all())

        visits = acting(self.here.system, NOON).ask(look)
        spans: dict[UUID, list[tuple[object, object]]] = {}
        for visit in visits:
            live = [one for one in visit.assignments.all() if one.state in LIVE_STATES]
            expected = [1] if visit.status in OPEN or visit.status == "held" else []
            assert sorted(one.part for one in live) == expected, f"{visit} has {live}"
            if live:
                said = crew_state_of((State(one.state), one.unclaimed_at is not None) for one in live)
                assert visit.crew_state == said
            for one in live:
                assert (one.starts_at, one.ends_at) == (visit.starts_at, visit.ends_at)
                spans.setdefault(one.staff_id, []).append((one.starts_at, one.ends_at))
        for taken in spans.values():
            for (_, ends), (starts, _) in pairwise(sorted(taken)):
                assert ends <= starts  # type: ignore[operator]  # both are times

    def clear(self) -> None:
        for visit_id in self.booked:
            with suppress(DomainError):
                acting(self.here.desk, NOON).do(cancel_booking, visit_id=visit_id, reason="asked")
        self.booked.clear()
        self.changed.clear()


@pytest.fixture
def world() -> World:
    here = town()
    resident = here.resident()
    nurses = [id_of(here.nurse(name)) for name in "甲乙丙"]
    return World(here, nurses, resident.id, here.address(resident).id)


def at_once(world: World, plans: list[list[Step]]) -> None:
    together = Barrier(len(plans), timeout=TOGETHER_WITHIN)

    def carry_out(plan: list[Step]) -> None:
        connection.ensure_connection()
        together.wait()
        try:
            for number, step in enumerate(plan):
                with suppress(DomainError):
                    world.take(step, number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(plans)) as pool:
        list(pool.map(carry_out, plans))


@pytest.mark.usefixtures("no_second_try")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plans=st.lists(st.lists(STEPS, min_size=1, max_size=6), min_size=PEOPLE, max_size=PEOPLE))
def test_no_caregiver_is_in_two_places_and_no_promise_without_one(
    world: World, plans: list[list[Step]]
) -> None:
    world.clear()
    at_once(world, plans)
    world.check()
