"""A run that plans a day: asked for, at work, killed, drafted, discarded."""

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from anjia.dispatch.commands import (
    begin_run,
    discard_run,
    fail_silent_run,
    finish_run,
    hand_on,
    note_progress,
    publish_run,
    start_run,
)
from anjia.dispatch.jobs import look_after_plans, plan_day, plan_tomorrow, tidy_plans
from anjia.dispatch.models import PlanRun
from anjia.dispatch.rules.plans import (
    RUN_MOVES,
    AlreadyPlanning,
    Failure,
    NotThatFar,
    RunState,
    may_become,
)
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from tests.dispatch.make import TOMORROW
from tests.dispatch.plans import asked, drafted, live, page, run_of, two_far
from tests.dispatch.test_concurrency import rush
from tests.make import NOON, actor
from tests.visits.make import DESK, Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def engine(settings: Any) -> Any:
    """The engine itself, in a process of its own, for a moment."""
    settings.PLANNING_SECONDS = 0.5
    settings.PLANNING_CACHE = Path(sys.prefix) / "planning"
    return settings


class TestStates:
    def test_end_where_nothing_comes_after(self) -> None:
        assert {state for state in RunState if not RUN_MOVES[state]} == {
            RunState.PUBLISHED,
            RunState.DISCARDED,
            RunState.FAILED,
        }
        assert not may_become(RunState.QUEUED, RunState.DRAFT)


class TestAsking:
    def test_is_for_who_assigns(self) -> None:
        here = town()
        stranger = actor(*set(DESK) - {"dispatch.assign"}, organization_id=here.organization_id)
        with pytest.raises(NotAllowed):
            asked(here, stranger)
        with pytest.raises(NotAllowed):
            page(here, stranger)

    def test_is_about_days_that_can_still_be_arranged(self) -> None:
        here = town()
        for day in (TOMORROW.replace(day=1), TOMORROW.replace(day=31)):
            with pytest.raises(NotThatFar):
                acting(here.desk, NOON).do(start_run, day=day)

    def test_waits_for_the_one_that_is_at_work(self) -> None:
        here = town()
        first = asked(here)
        with pytest.raises(AlreadyPlanning):
            asked(here)
        acting(here.desk, NOON).do(discard_run, run_id=first)
        assert run_of(here, asked(here)).state == RunState.QUEUED

    def test_gives_one_of_many_the_day(self) -> None:
        here = town()
        found = rush(lambda _: asked(here), attempts=200)
        assert found == {"won": 1, "dispatch.plan_running": 199}

    def test_is_of_one_house(self) -> None:
        here, there = town(), town()
        run_id = asked(here)
        with pytest.raises(NotFound):
            acting(there.desk, NOON).do(discard_run, run_id=run_id)
        assert page(there).run is None
        assert run_of(there, asked(there)).state == RunState.QUEUED


class TestEvening:
    @pytest.fixture(autouse=True)
    def real(self, settings: Any) -> None:
        settings.IS_DEMO = False

    def test_plans_tomorrow_once(self) -> None:
        here = town()
        here.nurse()
        for clock in (at(19, day=0), at(19.2, day=0), at(23.9, day=0)):
            plan_tomorrow(clock)
            for run in self.runs(here):
                acting(here.system, clock).do(discard_run, run_id=run.id) if run.state == "queued" else None
        assert [run.day for run in self.runs(here)] == [TOMORROW]

    def test_comes_not_before_seven(self) -> None:
        here = town()
        here.nurse()
        plan_tomorrow(at(18.9, day=0))
        assert self.runs(here) == []

    @pytest.mark.parametrize("is_asked_before", [False, True])
    def test_installs_nothing_in_a_demo_that_nobody_has_asked_for(
        self, settings: Any, tmp_path: Path, is_asked_before: bool
    ) -> None:
        here = town()
        here.nurse()
        settings.IS_DEMO, settings.PLANNING_CACHE = True, tmp_path / "planning"
        if is_asked_before:
            settings.PLANNING_CACHE.mkdir()
        plan_tomorrow(at(19, day=0))
        assert bool(self.runs(here)) is is_asked_before

    def runs(self, here: Town) -> list[PlanRun]:
        found: list[PlanRun] = here.look(
            lambda _: list(PlanRun.objects.filter(organization_id=here.organization_id))
        )
        return found


class TestJob:
    def test_ends_with_a_draft(self, engine: Any) -> None:
        here = town()
        _near, far, one = two_far(here)
        run_id = asked(here)

        plan_day(NOON, organization_id=str(here.organization_id), run_id=str(run_id))

        draft = page(here).draft
        assert draft is not None
        [move] = draft.moves
        assert (move.visit_id, move.comes, move.comes_then) == (one.id, "远", "近")
        assert live(here, one) == [(1, id_of(far), "tentative")]
        assert {figure.code for figure in draft.figures} >= {"travel", "known", "unassigned"}

    def test_begins_nothing_twice(self, engine: Any) -> None:
        here = town()
        two_far(here)
        run_id = asked(here)
        for _ in range(2):
            plan_day(NOON, organization_id=str(here.organization_id), run_id=str(run_id))
        assert run_of(here, run_id).state == RunState.DRAFT

    def test_says_that_the_engine_is_not_there(self, engine: Any) -> None:
        here = town()
        two_far(here)
        run_id = asked(here)
        engine.PLANNER = [sys.executable, "-c", "raise SystemExit(1)"]
        plan_day(NOON, organization_id=str(here.organization_id), run_id=str(run_id))
        assert run_of(here, run_id).failure == Failure.NO_ENGINE
        last = page(here).last
        assert last is not None
        assert "规划引擎" in last.failure

    def test_says_that_the_engine_was_killed(self, engine: Any) -> None:
        here = town()
        _near, far, one = two_far(here)
        run_id = asked(here)
        engine.PLANNING_SECONDS = 60
        job = self.begun(here, run_id)
        self.engine_of(os.getpid(), kill=True)
        job.join(timeout=60)
        assert not job.is_alive()
        assert (run_of(here, run_id).state, run_of(here, run_id).failure) == ("failed", "died")
        assert live(here, one) == [(1, id_of(far), "tentative")]

    def test_ends_soon_after_nobody_wants_it(self, engine: Any) -> None:
        here = town()
        two_far(here)
        run_id = asked(here)
        engine.PLANNING_SECONDS = 60
        job = self.begun(here, run_id)
        acting(here.desk, NOON).do(discard_run, run_id=run_id)
        job.join(timeout=60)
        assert not job.is_alive()
        assert self.engine_of(os.getpid()) == []
        assert run_of(here, run_id).state == RunState.DISCARDED

    def begun(self, here: Town, run_id: UUID) -> threading.Thread:
        """Start the job beside us; return when the engine searches."""

        def work() -> None:
            plan_day(NOON, organization_id=str(here.organization_id), run_id=str(run_id))
            connection.close()

        job = threading.Thread(target=work, daemon=True)
        job.start()
        until = time.monotonic() + 120
        while run_of(here, run_id).progress == 0 and time.monotonic() < until:
            time.sleep(0.1)
        return job

    def engine_of(self, parent: int, *, kill: bool = False) -> list[int]:
        found = []
        for folder in Path("/proc").iterdir():
            try:
                status = (folder / "stat").read_text() if folder.name.isdigit() else ""
                words = (folder / "cmdline").read_text() if status else ""
            except OSError:
                continue
            if "anjia.planning.solver" in words and status.rpartition(")")[2].split()[1] == str(parent):
                found.append(int(folder.name))
        for process in found if kill else ():
            os.kill(process, signal.SIGKILL)
        return found


class TestKilledRun:
    def test_is_said_to_be_so_and_changes_nothing(self) -> None:
        here = town()
        _near, far, one = two_far(here)
        run_id = asked(here)
        acting(here.system, NOON).do(begin_run, run_id=run_id)
        acting(here.system, NOON).do(note_progress, run_id=run_id, progress=40)

        look_after_plans(at(12.01, day=0))
        assert run_of(here, run_id).state == RunState.RUNNING
        look_after_plans(at(12.05, day=0))

        assert (run_of(here, run_id).state, run_of(here, run_id).failure) == ("failed", "stopped")
        assert live(here, one) == [(1, id_of(far), "tentative")]
        assert not acting(here.system, NOON).do(finish_run, run_id=run_id, draft={}, score={})
        assert run_of(here, asked(here)).state == RunState.QUEUED

    def test_is_not_one_that_has_just_spoken(self) -> None:
        here = town()
        run_id = asked(here)
        acting(here.system, NOON).do(begin_run, run_id=run_id)
        assert not acting(here.system, NOON).do(fail_silent_run, run_id=run_id, since=NOON)

    def test_that_waits_is_handed_on_once(self) -> None:
        here = town()
        run_id = asked(here)
        assert acting(here.system, NOON).do(hand_on, run_id=run_id, before=at(11, day=0))
        assert not acting(here.system, NOON).do(hand_on, run_id=run_id, before=at(11, day=0))


class TestTidying:
    def test_deletes_what_nobody_published_a_month_after_its_day(self) -> None:
        here = town()
        two_far(here)
        draft = drafted(here)
        for day, left in ((29, True), (32, False)):
            now = NOON + timedelta(days=day)
            tidy_plans(now)
            assert here.look(lambda _: PlanRun.objects.filter(id=draft).exists()) is left

    def test_keeps_what_was_published(self) -> None:
        here = town()
        two_far(here)
        run_id = drafted(here)
        acting(here.desk, NOON).do(publish_run, run_id=run_id)
        tidy_plans(NOON + timedelta(days=60))
        assert run_of(here, run_id).state == RunState.PUBLISHED
