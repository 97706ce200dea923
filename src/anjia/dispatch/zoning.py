"""
A large day is worked out by zones, by any number of workers, and by one alone.

Whoever plans the day puts the zones of a round there as rows, asks for helpers, and takes zones like any helper until
all are done. So nobody ever waits for somebody who waits for room: with one worker that does one thing at a time, the
run does all of them. A zone is taken with a lease. Who is killed says nothing more, and another takes it; whoever comes
back later finds that it is not hers any more. What the engine is asked of a zone ends by a number of changes and not by
the clock, so the plan is the same whoever has worked it out.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from anjia.dispatch.commands import (
    collect_zones,
    finish_zone,
    keep_zone,
    let_go_of_zone,
    note_zones,
    put_zones,
    take_zone,
)
from anjia.dispatch.rules.plans import PLANNING
from anjia.kernel.actors import Actor
from anjia.kernel.ids import new_id
from anjia.kernel.work import acting
from anjia.planning.apart import Heard, NoPlan, asked_of_zone
from anjia.planning.io import plan_from_json
from anjia.planning.plan import Plan
from anjia.planning.zones import Job

Clock = Callable[[], datetime]
Answer = Callable[[Any, Heard], Any]  # what the engine is asked, and its plan: both as JSON

KEEPS_EVERY: Final = 2.0  # seconds between two words about a zone
LOOKS_EVERY: Final = 0.5  # seconds, while others work on the last ones
AT_ONCE: Final = 4  # zones of a statement: each may be a million characters


class Worker:
    """Whoever works on the zones of a run."""

    def __init__(self, house: Actor, run_id: UUID, answer: Answer, clock: Clock, *, is_run: bool) -> None:
        self.house, self.run_id, self.answer, self.clock = house, run_id, answer, clock
        self.id, self.is_run = new_id(), is_run

    def work_on_one(self, also: Callable[[], bool] = lambda: True) -> bool:
        """
        Take a zone and do it; return False if none is left. `also` is asked all the while whether to go on.

        :raises NoPlan: if the engine cannot do it here, or nobody wants it any more; another may try it
        """
        zone = self.now().do(take_zone, run_id=self.run_id, by=self.id, is_run=self.is_run)
        if zone is None:
            return False
        try:
            plan = self.answer(zone.asked, self.keeping(zone.id, also))
        except NoPlan:
            self.now().do(let_go_of_zone, zone_id=zone.id, by=self.id)
            raise
        self.now().do(finish_zone, zone_id=zone.id, by=self.id, plan=plan)
        return True

    def keeping(self, zone_id: UUID, also: Callable[[], bool]) -> Heard:
        """Return what listens to the engine, and says that somebody is still at it."""
        kept_at, is_wanted = time.monotonic(), True

        def heard(_share: float) -> bool:
            nonlocal kept_at, is_wanted
            if time.monotonic() - kept_at >= KEEPS_EVERY:
                kept_at = time.monotonic()
                is_wanted = self.now().do(keep_zone, zone_id=zone_id, by=self.id)
            return is_wanted and also()

        return heard

    def now(self) -> Any:
        return acting(self.house, self.clock())


def help_with(worker: Worker) -> None:
    """Work on the zones of a run until none waits. What cannot be done here is left to others."""
    try:
        while worker.work_on_one():
            pass
    except NoPlan:
        return


class Rounds:
    """Has each round of a run worked out: `run` of `solve_by_zones`."""

    def __init__(
        self,
        worker: Worker,
        *,
        first: int,
        ask_for_help: Callable[[int], None],
        tell: Callable[[int, float], bool],
    ) -> None:
        self.worker, self.turn, self.ask_for_help, self.tell = worker, first, ask_for_help, tell
        self.number = -1
        self.done = self.all = 0

    def __call__(self, jobs: Sequence[Job]) -> Iterable[Plan]:
        """:raises NoPlan: if the engine cannot do one of them, or nobody wants them any more"""
        self.number, self.turn = self.number + 1, self.turn + 1
        self.done, self.all = 0, len(jobs)
        if not jobs:
            return []
        self.put(jobs)
        self.ask_for_help(min(len(jobs) - 1, PLANNING.helpers))
        while self.done < self.all:
            if not self.worker.work_on_one(self.is_wanted):
                time.sleep(
                    LOOKS_EVERY
                )  # others have the last zones: no transaction is open, nobody waits for us
            self.count()
            if not self.is_wanted():
                raise NoPlan("cancelled")
        plans = self.worker.now().do(collect_zones, run_id=self.worker.run_id, turn=self.turn)
        if len(plans) != len(jobs):
            raise NoPlan("cancelled")
        return [plan_from_json(plan) for plan in plans]

    def put(self, jobs: Sequence[Job]) -> None:
        for first in range(0, len(jobs), AT_ONCE):
            asked = [asked_of_zone(job) for job in jobs[first : first + AT_ONCE]]
            if not self.worker.now().do(
                put_zones, run_id=self.worker.run_id, turn=self.turn, first=first, asked=asked
            ):
                raise NoPlan("cancelled")

    def count(self) -> None:
        self.done, self.all = self.worker.now().do(note_zones, run_id=self.worker.run_id, turn=self.turn)

    def is_wanted(self) -> bool:
        return self.tell(self.number, self.done / max(1, self.all))
