import asyncio
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from croniter import croniter
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from anjia.kernel import events
from anjia.kernel.actors import Actor, system
from anjia.kernel.housekeeping import forget_events, take_up_dropped_jobs
from anjia.kernel.models import Delivery, Event
from anjia.kernel.work import acting
from anjia.workforce.events import RotaChanged
from tests import make
from tests.make import NOON


@pytest.mark.usefixtures("database")
class TestForgetEvents:
    def test_forgets_what_all_heard_a_month_ago_and_nothing_else(self) -> None:
        clerk = make.actor()

        def publish(actor: Actor) -> None:
            events.publish(RotaChanged(staff_id=actor.user_id, at=NOON), actor=actor)

        def left(_: Actor) -> tuple[int, int]:
            return Event.objects.count(), Delivery.objects.count()

        acting(clerk, NOON).ask(publish)
        make.deliver_events(clerk, now=NOON)
        acting(clerk, NOON).ask(
            lambda actor: Delivery.objects.create(
                organization_id=actor.organization_id, event_id=Event.objects.get().id, listener="x"
            )
        )
        acting(clerk, NOON).ask(publish)  # nobody has heard this one

        def forget(after: timedelta) -> int:
            return acting(system(), NOON + after).do(forget_events)

        forget(timedelta(days=30))
        assert acting(clerk, NOON).ask(left) == (2, 1)
        while forget(timedelta(days=30, seconds=1)):
            pass
        assert acting(clerk, NOON).ask(left) == (1, 0)


@pytest.mark.usefixtures("database")
class TestTakeUpDroppedJobs:
    @pytest.fixture(autouse=True)
    def empty_queue(self, database: None) -> None:
        self.run("DELETE FROM procrastinate_jobs")

    def run(self, words: str, *values: str) -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(words, values)
            return cursor.fetchall() if cursor.description else []

    def defer(self, name: str) -> None:
        app.configure_task(f"test.{name}", lock=name, queueing_lock=name, allow_unknown=True).defer()

    def drop(self, name: str) -> None:
        """Leave the job as a worker does that is killed in the middle of it."""
        self.run("UPDATE procrastinate_jobs SET status = 'doing' WHERE lock = %s", name)

    def take_up(self) -> list[tuple[str, str]]:
        async def with_a_workers_connection() -> None:
            with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
                async with app.open_async():
                    await take_up_dropped_jobs(0)

        asyncio.run(with_a_workers_connection())
        return self.run("SELECT lock, status::text FROM procrastinate_jobs ORDER BY id")

    def test_queues_what_was_dropped_again(self) -> None:
        self.defer("alone")
        self.drop("alone")

        assert self.take_up() == [("alone", "todo")]

    def test_lets_go_of_what_its_next_run_waits_for_and_holds_up_no_other(self) -> None:
        for name in ("outbox", "other"):
            self.defer(name)
            self.drop(name)
        self.defer("outbox")  # the cron's next, which the lock of the dropped one keeps from running

        assert self.take_up() == [("other", "todo"), ("outbox", "todo")]

    def test_goes_on_where_one_cannot_be_taken_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("cursed", "other"):
            self.defer(name)
            self.drop(name)
        retry = JobManager.retry_job

        async def stumble(self: JobManager, job: Job, **says: Any) -> None:
            if job.lock == "cursed":
                raise RuntimeError
            await retry(self, job, **says)

        monkeypatch.setattr(JobManager, "retry_job", stumble)

        assert self.take_up() == [("cursed", "doing"), ("other", "todo")]


class TestPeriodicJobs:
    def test_come_at_even_intervals(self) -> None:
        """The sixth field is the seconds: with `*` there a job comes each second of some minutes and in no other."""
        crons = {task.name: task.cron for task in periodic_tasks()}
        assert {"kernel.seal_audit", "kernel.take_up_dropped_jobs", "messaging.send_outbox"} <= crons.keys()

        uneven = {
            name: cron
            for name, cron in crons.items()
            if len({later - earlier for earlier, later in pairwise(runs(cron))}) > 1
        }
        assert uneven == {}


@dataclass
class Periodic:
    name: str
    cron: str


def periodic_tasks() -> list[Periodic]:
    known = app.periodic_registry.periodic_tasks.values()
    return [Periodic(name=one.task.name, cron=one.cron) for one in known]


def runs(cron: str) -> list[float]:
    times = croniter(cron, NOON)
    return [times.get_next(float) for _ in range(100)]
