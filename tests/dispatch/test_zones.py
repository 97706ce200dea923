"""A large day is planned by zones, by any number of workers: killed, called off, alone or many, the plan is one."""

import itertools
import random
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from anjia.dispatch.cities import put_to_the_engine
from anjia.dispatch.commands import (
    begin_run,
    discard_run,
    fail_run,
    finish_run,
    finish_zone,
    keep_zone,
    note_progress,
    note_zones,
    put_zones,
    start_run,
    take_zone,
)
from anjia.dispatch.jobs import help_with_zones, look_after_plans, plan_day
from anjia.dispatch.models import PlanZone
from anjia.dispatch.queries import plan_page
from anjia.dispatch.rules.plans import PLANNING, Failure, RunState
from anjia.dispatch.zoning import Answer, Rounds, Worker, help_with
from anjia.kernel.actors import Purpose
from anjia.kernel.jobs import HEAVY
from anjia.kernel.work import acting
from anjia.planning.apart import NoPlan
from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan
from anjia.planning.region import Region
from anjia.planning.zones import solve_by_zones
from tests.dispatch.cities import answer, large_from
from tests.dispatch.make import TOMORROW
from tests.dispatch.plans import FAR, asked, live, run_of, visit
from tests.dispatch.signed_in import open_town
from tests.dispatch.test_concurrency import rush
from tests.dispatch.test_console import browser
from tests.make import NOON
from tests.visits.make import PLACE, Town, town

pytestmark = pytest.mark.usefixtures("database")

MIDDLE = (39.9042, 116.48)
SOON = timedelta(seconds=5)
LOST = PLANNING.zone_silent_after + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def large() -> Iterator[None]:
    with large_from(8, zone=5):
        yield


def city() -> Town:
    """Return a town whose day has twelve visits, four for each of three: they are in for those of one another."""
    here = town()
    nurses = [here.nurse(name, base=base) for name, base in zip("甲乙丙", (PLACE, MIDDLE, FAR), strict=True)]
    for number in range(12):
        place = (PLACE, MIDDLE, FAR)[(number + number // 3) % 3]
        visit(here, nurses[number % 3], hour=9 + 1.75 * (number // 3), place=place)
    return here


def begun(here: Town) -> tuple[UUID, Region]:
    """Return a run that is at work, and its day as it is put to the engine."""
    run_id = asked(here)
    day = acting(here.system, NOON).do(begin_run, run_id=run_id)
    assert day is not None
    region = put_to_the_engine(day).problem
    assert isinstance(region, Region)
    return run_id, region


def worker(
    here: Town, run_id: UUID, *, answer: Answer = answer, now: datetime = NOON, is_run: bool = False
) -> Worker:
    return Worker(here.system, run_id, answer, lambda: now, is_run=is_run)


def worked_out(
    here: Town,
    run_id: UUID,
    region: Region,
    *,
    answer: Answer = answer,
    now: datetime = NOON,
    ask_for_help: Callable[[int], None] = lambda _number: None,
    tell: Callable[[int, float], bool] = lambda _turn, _share: True,
) -> Plan:
    run = worker(here, run_id, answer=answer, now=now, is_run=True)
    rounds = Rounds(run, first=0, ask_for_help=ask_for_help, tell=tell)
    return solve_by_zones(region, changes=1_000, run=rounds, seed=1, most=5)


def zones_of(here: Town, run_id: UUID) -> list[PlanZone]:
    found: list[PlanZone] = here.look(
        lambda _: list(PlanZone.objects.filter(run_id=run_id).order_by("number"))
    )
    return found


def put(here: Town, run_id: UUID, number: int) -> bool:
    return acting(here.system, NOON).do(put_zones, run_id=run_id, turn=1, first=0, asked=[{}] * number)


def take(here: Town, run_id: UUID, by: UUID, now: datetime = NOON) -> Any:
    return acting(here.system, now).do(take_zone, run_id=run_id, by=by)


class TestWorkers:
    def test_come_to_the_same_plan_alone_and_with_two_helpers(self) -> None:
        here = city()
        run_id, region = begun(here)
        alone = worked_out(here, run_id, region)
        acting(here.desk, NOON).do(discard_run, run_id=run_id)

        run_id, region = begun(here)
        helped: list[threading.Thread] = []
        answered: list[int] = []
        met = threading.Barrier(3, timeout=60)

        def in_company(asked: Any, heard: Any) -> Any:
            me = threading.get_ident()
            if me not in answered:
                answered.append(me)
                met.wait()  # each of the three has a zone of the first round
            return answer(asked, heard)

        def help_too() -> None:
            help_with(worker(here, run_id, answer=in_company))
            connection.close()

        def ask_for_help(_number: int) -> None:
            if not helped:
                helped.extend(threading.Thread(target=help_too, daemon=True) for _ in range(2))
                for one in helped:
                    one.start()

        together = worked_out(here, run_id, region, answer=in_company, ask_for_help=ask_for_help)

        assert together == alone
        assert len(answered) == 3
        assert evaluate(region, together).faults == ()
        assert zones_of(here, run_id) == []

    def test_never_take_the_same_zone(self) -> None:
        here = city()
        run_id, _region = begun(here)
        put(here, run_id, 10)
        taken: list[UUID | None] = []

        def take_one(_number: int) -> None:
            zone = take(here, run_id, uuid4())
            taken.append(zone and zone.id)

        rush(take_one, attempts=30)

        ids = [one for one in taken if one]
        assert len(ids) == len(set(ids)) == 10

    def test_who_cannot_do_it_leave_it_to_the_run(self) -> None:
        here = city()
        run_id, region = begun(here)

        def has_none(asked: Any, heard: Any) -> Any:
            raise NoPlan("no_engine")

        def ask_for_help(_number: int) -> None:
            for _ in range(5):
                help_with(worker(here, run_id, answer=has_none))

        plan = worked_out(here, run_id, region, ask_for_help=ask_for_help)

        assert evaluate(region, plan).faults == ()

    def test_who_are_asked_for_wait_where_nothing_urgent_does(self) -> None:
        assert help_with_zones.task.queue == plan_day.task.queue == HEAVY
        assert help_with_zones.task.priority < plan_day.task.priority


class TestAKilledWorker:
    def test_loses_its_zone_to_another(self) -> None:
        here = city()
        run_id, region = begun(here)
        killed: list[Any] = []
        by = uuid4()

        def ask_for_help(_number: int) -> None:
            if not killed:
                killed.append(take(here, run_id, by))

        plan = worked_out(here, run_id, region, now=NOON + LOST, ask_for_help=ask_for_help)

        assert evaluate(region, plan).faults == ()
        [zone] = killed
        assert not acting(here.system, NOON).do(finish_zone, zone_id=zone.id, by=by, plan={})

    def test_keeps_it_as_long_as_it_says_something(self) -> None:
        here = city()
        run_id, _region = begun(here)
        put(here, run_id, 1)
        by = uuid4()
        zone = take(here, run_id, by)
        assert acting(here.system, NOON + LOST - SOON).do(keep_zone, zone_id=zone.id, by=by)
        assert take(here, run_id, uuid4(), NOON + LOST) is None
        later = take(here, run_id, uuid4(), NOON + 2 * LOST)
        assert later.id == zone.id
        assert not acting(here.system, NOON + 2 * LOST).do(keep_zone, zone_id=zone.id, by=by)
        assert not acting(here.system, NOON + 2 * LOST).do(finish_zone, zone_id=zone.id, by=by, plan={})
        assert [one.state for one in zones_of(here, run_id)] == ["taken"]

    @pytest.mark.parametrize("seed", range(3))
    def test_changes_nothing_of_the_plan_however_many_are(self, seed: int) -> None:
        """Three help; of what they take every other is never heard of again, or comes when it is another's."""
        here = city()
        run_id, region = begun(here)
        alone = worked_out(here, run_id, region)
        acting(here.desk, NOON).do(discard_run, run_id=run_id)
        run_id, region = begun(here)
        dice, hours = random.Random(seed), itertools.count()
        too_late: list[tuple[UUID, UUID, Any]] = []

        def clock() -> datetime:
            return NOON + next(hours) * SOON

        def help_and_be_killed(_number: int) -> None:
            for _ in range(3):
                by = uuid4()
                while zone := take(here, run_id, by, clock()):
                    if dice.random() < 0.5:
                        too_late.append((zone.id, by, answer(zone.asked, lambda _share: True)))
                        break
                    plan = answer(zone.asked, lambda _share: True)
                    acting(here.system, clock()).do(finish_zone, zone_id=zone.id, by=by, plan=plan)

        def told(_turn: int, _share: float) -> bool:
            if too_late and dice.random() < 0.2:
                zone_id, by, plan = too_late.pop()
                acting(here.system, clock()).do(finish_zone, zone_id=zone_id, by=by, plan=plan)
            return True

        run = Worker(here.system, run_id, answer, clock, is_run=True)
        rounds = Rounds(run, first=0, ask_for_help=help_and_be_killed, tell=told)
        together = solve_by_zones(region, changes=1_000, run=rounds, seed=1, most=5)

        assert too_late
        assert together == alone
        assert zones_of(here, run_id) == []

    def test_is_not_followed_by_one_after_the_other(self) -> None:
        """What kills whoever takes it is in the end the run's own, which says so."""
        here = city()
        run_id, _region = begun(here)
        put(here, run_id, 1)
        for number in range(3):
            assert take(here, run_id, uuid4(), NOON + number * LOST)
        assert take(here, run_id, uuid4(), NOON + 3 * LOST) is None
        unit = acting(here.system, NOON + 3 * LOST)
        assert unit.do(take_zone, run_id=run_id, by=uuid4(), is_run=True)


class TestARunThatIsOver:
    def test_was_killed_and_leaves_no_zones_and_the_day_as_it_is(self) -> None:
        here = city()
        one = visit(here, here.nurse("丁"), hour=15)
        before = live(here, one)
        run_id, _region = begun(here)
        put(here, run_id, 2)
        by = uuid4()
        zone = take(here, run_id, by)

        look_after_plans(NOON + 2 * PLANNING.silent_after)

        assert run_of(here, run_id).failure == Failure.STOPPED
        assert zones_of(here, run_id) == []
        assert not acting(here.system, NOON).do(keep_zone, zone_id=zone.id, by=by)
        assert not put(here, run_id, 1)
        assert live(here, one) == before
        assert run_of(here, asked(here)).state == RunState.QUEUED

    @pytest.mark.parametrize("number", [0, 2])
    def test_was_called_off_and_stops_whoever_works_on_it(self, number: int) -> None:
        """At the first zone of the run, or of the third."""
        here = city()
        run_id, region = begun(here)
        calls = list[int]()

        def called_off(asked: Any, heard: Any) -> Any:
            calls.append(1)
            if len(calls) > number and run_of(here, run_id).state == RunState.RUNNING:
                acting(here.desk, NOON).do(discard_run, run_id=run_id)
            return answer(asked, heard)

        with pytest.raises(NoPlan, match="cancelled"):
            worked_out(
                here,
                run_id,
                region,
                answer=called_off,
                tell=lambda _turn, _share: run_of(here, run_id).state == RunState.RUNNING,
            )

        assert len(calls) == number + 1
        assert zones_of(here, run_id) == []
        assert run_of(here, run_id).state == RunState.DISCARDED

    @pytest.mark.parametrize("how", ["finished", "failed"])
    def test_has_no_zones(self, how: str) -> None:
        here = city()
        run_id, _region = begun(here)
        put(here, run_id, 2)
        unit = acting(here.system, NOON)
        if how == "finished":
            unit.do(finish_run, run_id=run_id, draft={"moves": [], "unassigned": [], "cells": []}, score={})
        else:
            unit.do(fail_run, run_id=run_id, why=Failure.ERROR)
        assert zones_of(here, run_id) == []


class TestARow:
    def test_keeps_to_itself_where_people_live(self) -> None:
        here = city()
        run_id, _region = begun(here)
        acting(here.system, NOON).do(
            put_zones, run_id=run_id, turn=1, first=0, asked=[{"place": "39.9042 116.5500"}]
        )

        def sealed(_: Any) -> bytes:
            with connection.cursor() as cursor:
                cursor.execute("SELECT asked FROM dispatch_planzone WHERE run_id = %s", [run_id])
                return bytes(cursor.fetchone()[0])

        assert b"39.9042" not in here.look(sealed)
        assert zones_of(here, run_id)[0].asked == {"place": "39.9042 116.5500"}

    def test_is_of_one_house(self) -> None:
        here, there = city(), town()
        run_id, _region = begun(here)
        put(here, run_id, 1)
        assert take(there, run_id, uuid4()) is None
        assert zones_of(there, run_id) == []
        assert not put(there, run_id, 1)


class TestThePage:
    def test_says_how_many_zones_are_done(self) -> None:
        here = city()
        run_id, _region = begun(here)
        put(here, run_id, 3)
        by = uuid4()
        zone = take(here, run_id, by)
        acting(here.system, NOON).do(finish_zone, zone_id=zone.id, by=by, plan={})
        assert acting(here.system, NOON).do(note_zones, run_id=run_id, turn=1) == (1, 3)

        page = acting(here.desk, NOON).ask(plan_page, Purpose.CONTRACT, day=TOMORROW, now=NOON)

        assert page.run is not None
        assert (page.run.zones, page.run.zones_done) == (3, 1)

    @pytest.mark.parametrize(
        ("language", "words"),
        [("zh-hans", "算到 40%，3 片里算完 1 片"), ("en", "40% done, 1 of 3 areas done")],
    )
    def test_says_so_in_both_languages(self, language: str, words: str) -> None:
        there, now = open_town(), datetime.now(UTC)
        unit = acting(there.town.system, now)
        run_id = unit.do(start_run, day=there.at(12).date())
        unit.do(begin_run, run_id=run_id)
        unit.do(put_zones, run_id=run_id, turn=1, first=0, asked=[{}] * 3)
        by = uuid4()
        zone = unit.do(take_zone, run_id=run_id, by=by)
        assert zone is not None
        unit.do(finish_zone, zone_id=zone.id, by=by, plan={})
        unit.do(note_zones, run_id=run_id, turn=1)
        unit.do(note_progress, run_id=run_id, progress=40)
        client = browser(there, "dispatcher")
        client.cookies["anjia_language"] = language

        page = client.get("/console/dispatch/plan", {"day": f"{there.at(12):%Y-%m-%d}"})

        assert words in page.content.decode()


class TestTheJob:
    def test_plans_a_large_day_with_the_engine_itself(self, settings: Any) -> None:
        """The solver apart, one worker, and nobody who helps."""
        settings.PLANNING_CACHE = Path(sys.prefix) / "planning"
        here = city()
        run_id = asked(here)

        plan_day(NOON, organization_id=str(here.organization_id), run_id=str(run_id))

        run = run_of(here, run_id)
        assert (run.state, run.failure) == (RunState.DRAFT, "")
        assert run.zones >= 1  # of the last round
        assert run.score["after"]["travel"] < run.score["before"]["travel"]
        assert zones_of(here, run_id) == []
        help_with_zones(
            NOON, organization_id=str(here.organization_id), run_id=str(run_id)
        )  # too late: nothing

    def test_says_that_the_engine_is_not_there(self, settings: Any) -> None:
        settings.PLANNER = [sys.executable, "-c", "raise SystemExit(1)"]
        here = city()
        run_id = asked(here)
        plan_day(NOON, organization_id=str(here.organization_id), run_id=str(run_id))
        assert run_of(here, run_id).failure == Failure.NO_ENGINE
        assert zones_of(here, run_id) == []
