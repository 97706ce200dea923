"""
Work for later: a row in procrastinate's queue, committed with what asked for it, or vanished with it.

    @job
    def expire_offer(now, *, organization_id, offer_id): ...

    expire_offer.defer_at(deadline, organization_id=..., offer_id=...)

Jobs carry ids only, read again, check again, and do nothing when it is done already. They may run twice.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final, TypeVar

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anjia.kernel.errors import DomainError

T = TypeVar("T")

log = logging.getLogger(__name__)

LIGHT: Final = "default"  # procrastinate's own name for where jobs wait
HEAVY: Final = "heavy"
RETRY = RetryStrategy(max_attempts=6, exponential_wait=3)


@dataclass(frozen=True, slots=True)
class Job:
    task: Any
    function: Callable[..., None]

    def __call__(self, now: datetime, **ids: Any) -> None:
        self.function(now, **ids)

    def defer(self, **ids: Any) -> None:
        """Run it as soon as this unit of work has committed."""
        self.task.defer(**as_text(ids))

    def defer_at(self, at: datetime, **ids: Any) -> None:
        """Run it at this time, or soon after."""
        self.task.configure(schedule_at=at).defer(**as_text(ids))


def job(function: Callable[..., None]) -> Job:
    """Make the function `(now, **ids)` a job that is tried again when it fails."""
    return Job(app.task(name=name_of(function), retry=RETRY)(at_the_edge(function)), function)


def heavy(*, priority: int = 0) -> Callable[[Callable[..., None]], Job]:
    """
    Make the function a job that keeps a processor busy for minutes: it waits in a queue of its own, of which a worker
    takes few at a time, so that nothing that is urgent waits behind it.
    """

    def heavy_job(function: Callable[..., None]) -> Job:
        task = app.task(name=name_of(function), retry=RETRY, queue=HEAVY, priority=priority)
        return Job(task(at_the_edge(function)), function)

    return heavy_job


def every(cron: str) -> Callable[[Callable[..., None]], Job]:
    """Run the function `(now)` by this cron line, whose sixth (last!) field is seconds. Late runs do not pile up."""

    def periodic(function: Callable[..., None]) -> Job:
        name = name_of(function)

        @wraps(function)
        def run(timestamp: int) -> None:
            at_the_edge(function)()

        task = app.periodic(cron=cron)(app.task(name=name, queueing_lock=name, lock=name)(run))
        return Job(task, function)

    return periodic


def at_the_edge(function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def run(**ids: Any) -> None:
        close_old_connections()
        try:
            function(timezone.now(), **ids)
        finally:
            connection.close()

    return run


def each(rows: Iterable[T], work: Callable[[T], object]) -> None:
    """
    Do the work for each, in a unit of its own. One that fails holds up no other: it is logged, and comes again.

    A refusal is no failure: between asking and doing, somebody was faster.
    """
    for row in rows:
        try:
            work(row)
        except DomainError as refusal:
            log.info("%s: %s", name_of(work), refusal.code)
        except Exception:
            log.exception("%s failed for one of many", name_of(work))


def as_text(ids: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | None) else str(value) for name, value in ids.items()}


def name_of(function: Callable[..., object]) -> str:
    return f"{function.__module__.split('.')[-2]}.{function.__name__}"
