"""
A large house's day, from the database to the draft: what reading, posing, searching and putting it into words take.

    script/bench house [--visits N] [--helpers N] [--changes N]

A caregiver for ten parts of visits, one visit of twenty by two; a third has been taken by whoever is in for it, and a
third of the rest is in the hands of somebody farther off. The zones are worked on by the run and by so many helpers
beside it, each with a solver of its own. Prints seconds, the statements of a reading, and the largest memory of the run
and of a solver.
"""

from benchmarks import (
    _planning_cache,  # noqa: F401  # first: it says where what is compiled is kept
    _rates,  # then: it sets up Django
)

# isort: split

import argparse
import random
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import h3
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Model
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town

from anjia.dispatch import jobs
from anjia.dispatch.commands import begin_run, start_run
from anjia.dispatch.days import Day
from anjia.dispatch.drafting import card_of, draft_of, worked_out
from anjia.dispatch.hanging import with_groups
from anjia.dispatch.models import PlanRun
from anjia.dispatch.rules.plans import PLANNING
from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.records.models import Assessment
from anjia.residents.models import Address, Consent, Resident
from anjia.visits.models import Assignment, Visit
from anjia.workforce.models import Qualification, Shift, StaffMember

SLOTS: Final = 9  # a caregiver's day: every fifty minutes from half past eight on
MIDDLE: Final = (39.92, 116.42)
Row = TypeVar("Row", bound=Model)


def main() -> int:
    asked = words()
    object.__setattr__(PLANNING, "changes", asked.changes)
    here = town()
    began = time.perf_counter()
    parts = fill(here, asked.visits)
    _rates.show("house.fill", time.perf_counter() - began, "s")
    run_id = acting(here.desk, NOON).do(start_run, day=at(12).date())
    with counting() as read, timed("house.read"):
        day = acting(here.system, NOON).do(begin_run, run_id=run_id)
    assert day is not None
    assert len(day.pieces) == parts
    _rates.show("house.read.statements", read[0], "")
    with counting() as all_of_it, timed("house.search"):
        outcome = worked_out(day, Helped(here.organization_id, run_id, asked.helpers))
    _rates.show("house.search.statements", all_of_it[0], "")
    with timed("house.words"):
        draft = with_groups(outcome.day, draft_of(outcome))
    show(day, outcome.after, draft)
    _rates.show("house.all", time.perf_counter() - began, "s")
    for name, whose in (("run", resource.RUSAGE_SELF), ("solver", resource.RUSAGE_CHILDREN)):
        _rates.show(f"house.memory.{name}", resource.getrusage(whose).ru_maxrss / 1024, "MB")
    run = acting(here.system, NOON).ask(lambda _: PlanRun.objects.get(id=run_id))
    print(f"house.last_round {run.zones_done}/{run.zones} zones", flush=True)
    return 0


def show(day: Day, after: Any, draft: Any) -> None:
    before, then = card_of(day, day.pieces), card_of(day, after)
    for name in ("visits", "parts", "travel", "late", "spread", "unassigned"):
        print(f"house.{name} {before[name]} -> {then[name]}", flush=True)
    groups = {move["group"] for move in draft["moves"]}
    print(f"house.moves {len(draft['moves'])} in {len(groups)} groups", flush=True)


class Helped(jobs.Solver):
    """The run's solver, whose helpers are threads of ours and not jobs of a worker."""

    def __init__(self, organization_id: UUID, run_id: UUID, helpers: int) -> None:
        super().__init__(organization_id, run_id, seed=1)
        self.helpers = helpers
        self.beside: list[threading.Thread] = []

    def ask_for_help(self, number: int) -> None:
        for one in self.beside:
            one.join()
        self.beside = [
            threading.Thread(target=self.help, daemon=True) for _ in range(min(number, self.helpers))
        ]
        for one in self.beside:
            one.start()

    def help(self) -> None:
        jobs.help_with_zones(NOON, organization_id=str(self.house.organization_id), run_id=str(self.run_id))
        connection.close()


# The house


def fill(here: Town, visits: int) -> int:
    """Write a house and its tomorrow, copied from one caregiver and one resident who are as the law asks."""
    her, resident = id_of(here.nurse()), here.resident().id
    caregivers = max(2, round(visits / SLOTS))
    return acting(here.system, NOON).ask(lambda actor: written(actor, here, her, resident, caregivers))


def written(actor: Actor, here: Town, her: UUID, resident: UUID, caregivers: int) -> int:
    dice = random.Random(2026)
    cells = cells_of(caregivers)
    staff = copies(StaffMember.objects.get(id=her), caregivers, account_id=None)
    for number, one in enumerate(staff):
        lat, lon = h3.cell_to_latlng(cells[number])
        one.name, one.base, one.travel_mode = f"护士{number:04d}", {"lat": lat, "lon": lon}, "ebike"
    StaffMember.objects.bulk_create(staff, batch_size=500)
    for kind in (Qualification, Shift):
        copied(kind, "staff_id", her, [one.id for one in staff])
    residents = copies(Resident.objects.get(id=resident), caregivers * SLOTS)
    Resident.objects.bulk_create(residents, batch_size=500)
    whose = [one.id for one in residents]
    copied(Consent, "resident_id", resident, whose)
    copied(Assessment, "resident_id", resident, whose, anew=("visit_id", "fact_id"))
    homes = copied(Address, "resident_id", resident, whose)
    return promised(actor, here, dice, staff, homes, cells)


def promised(
    actor: Actor,
    here: Town,
    dice: random.Random,
    staff: Sequence[StaffMember],
    homes: Sequence[Address],
    cells: Sequence[str],
) -> int:
    visits, parts, home = [], [], iter(homes)
    for slot in range(SLOTS):
        starts_at = at(8.5) + timedelta(minutes=50 * slot)
        ends_at = starts_at + timedelta(minutes=25)
        coming = list(range(len(staff)))
        for number in range(len(staff)):  # a third change places with a neighbour
            if dice.random() < 0.33:
                other = max(0, min(len(staff) - 1, number + dice.randint(-8, 8)))
                coming[number], coming[other] = coming[other], coming[number]
        number = 0
        while number < len(staff):
            crew = 2 if dice.random() < 0.05 and number + 1 < len(staff) else 1
            one, cell = next(home), cells[max(0, min(len(cells) - 1, number + dice.randint(-3, 3)))]
            visit = Visit(
                organization_id=actor.organization_id, resident_id=one.resident_id, address_id=one.id,
                cell=cell, service_version_id=here.version_id if crew == 1 else here.pair_version_id,
                service_code="wound" if crew == 1 else "bath", service_name="换药", price_fen=12000,
                people_needed=crew, starts_at=starts_at, ends_at=ends_at, status="booked", source="desk",
                booked_by=actor.user_id, booked_at=NOON, visit_word="1234",
            )  # fmt: skip
            visits.append(visit)
            state = "accepted" if dice.random() < 0.33 else "tentative"
            parts += [
                Assignment(
                    organization_id=actor.organization_id, visit=visit, part=part + 1,
                    staff_id=staff[coming[number + part]].id, planned=DateTimeTZRange(starts_at, ends_at),
                    cell=cell, made_at=NOON, state=state,
                )
                for part in range(crew)
            ]  # fmt: skip
            number += crew
    Visit.objects.bulk_create(visits, batch_size=500)
    Assignment.objects.bulk_create(parts, batch_size=500)
    return len(parts)


def cells_of(number: int) -> list[str]:
    """Return so many cells, such that the next ones lie near."""
    rings = 1
    while 3 * rings * (rings + 1) + 1 < number:
        rings += 1
    found = h3.grid_disk(h3.latlng_to_cell(*MIDDLE, 8), rings)
    rows = sorted(found, key=lambda cell: h3.cell_to_latlng(cell))
    wide = 2 * rings + 1
    snake = [
        cell
        for first in range(0, len(rows), wide)
        for cell in sorted(
            rows[first : first + wide],
            key=lambda cell: h3.cell_to_latlng(cell)[1],
            reverse=first // wide % 2 == 1,
        )
    ]
    return snake[:number]


def copied(
    kind: Any, name: str, first: UUID, others: Sequence[UUID], *, anew: Sequence[str] = ()
) -> list[Any]:
    """Write for each of the others what there is of the first; `anew`: which ids each has for itself."""
    rows: list[Any] = []
    for row in kind.objects.filter(**{name: first}):
        of_them = [copies(row, 1, **{name: one}, **{new: uuid4() for new in anew})[0] for one in others]
        rows += kind.objects.bulk_create(of_them, batch_size=500)
    return rows


def copies(row: Row, number: int, **changes: Any) -> list[Row]:
    """Return new rows that say the same; what is encrypted is sealed anew for each."""
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    says = {name: getattr(row, name) for name in names} | changes
    return [type(row)(**says) for _ in range(number)]


# Measuring


@contextmanager
def timed(name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    _rates.show(name, time.perf_counter() - began, "s")


@contextmanager
def counting() -> Iterator[list[int]]:
    """Count the statements of this thread."""
    number = [0]

    def count(execute: Callable[..., Any], *said: Any) -> Any:
        number[0] += 1
        return execute(*said)

    with connection.execute_wrapper(count):
        yield number


def words() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=700)
    parser.add_argument("--helpers", type=int, default=1)
    parser.add_argument("--changes", type=int, default=2_000)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
