"""What a worker takes at a time: what is heavy waits in a queue of its own, and nothing urgent behind it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from anjia.kernel.jobs import heavy, job
from anjia.kernel.management.commands.worker import HEAVY_AT_ONCE, run_jobs

pytestmark = pytest.mark.usefixtures("database")

began: list[str] = []
may_end = threading.Event()


@heavy()
def plan_a_city(now: datetime, *, number: int) -> None:
    began.append("heavy")
    may_end.wait(60)


@heavy(priority=-1)
def help_a_city(now: datetime) -> None:
    began.append("help")


@job
def ask_somebody(now: datetime) -> None:
    began.append("light")


@pytest.fixture(autouse=True)
def nothing_else(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    began.clear()
    may_end.clear()


def work(until: Callable[[], bool], *, then: Callable[[], bool] = lambda: True) -> None:
    """Let a worker run until this is so, let what is heavy end, and wait for what is then."""

    async def for_a_while() -> None:
        working = asyncio.create_task(run_jobs())
        await soon(until)
        may_end.set()
        await soon(then)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    async def soon(is_so: Callable[[], bool]) -> None:
        for _ in range(600):
            if is_so():
                return
            await asyncio.sleep(0.1)

    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]  # Django's has it
        asyncio.run(for_a_while())


def test_what_is_urgent_does_not_wait_for_what_is_heavy() -> None:
    for number in range(HEAVY_AT_ONCE + 3):
        plan_a_city.defer(number=number)
    ask_somebody.defer()

    work(until=lambda: began.count("light") == 1 and began.count("heavy") >= HEAVY_AT_ONCE)

    before_any_ended = began[: HEAVY_AT_ONCE + 1]
    assert sorted(before_any_ended) == ["heavy"] * HEAVY_AT_ONCE + ["light"]


def test_whoever_helps_comes_after_those_who_plan() -> None:
    help_a_city.defer()
    for number in range(HEAVY_AT_ONCE):
        plan_a_city.defer(number=number)

    work(
        until=lambda: began.count("heavy") == HEAVY_AT_ONCE,
        then=lambda: began.count("help") == 1,
    )

    assert began == ["heavy"] * HEAVY_AT_ONCE + ["help"]
