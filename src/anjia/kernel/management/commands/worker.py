"""`anjia worker`: delivers events and runs jobs, until it is told to stop."""

import asyncio
import logging
import threading
from contextlib import suppress
from typing import Any, Final

import psycopg
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from anjia.kernel import events
from anjia.kernel.jobs import HEAVY, LIGHT

log = logging.getLogger(__name__)

LIGHT_AT_ONCE: Final = 4
HEAVY_AT_ONCE: Final = 2  # each of them keeps a processor busy


class Command(BaseCommand):
    help = "Deliver events and run jobs."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        pump = threading.Thread(target=pump_until, args=[stop], name="events")
        pump.start()
        try:
            with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
                asyncio.run(run_jobs())
        finally:
            stop.set()
            pump.join(timeout=3)


async def run_jobs() -> None:
    """Run what is light, and beside it what is heavy, until we are told to stop."""
    async with app.open_async():
        heavy = asyncio.create_task(work_off(HEAVY, HEAVY_AT_ONCE, install_signal_handlers=False))
        try:
            await work_off(LIGHT, LIGHT_AT_ONCE)
        finally:
            heavy.cancel()
            with suppress(asyncio.CancelledError):
                await heavy


async def work_off(queue: str, at_once: int, **options: Any) -> None:
    await app.run_worker_async(
        queues=[queue],
        concurrency=at_once,
        update_heartbeat_interval=5,
        stalled_worker_timeout=15,
        shutdown_graceful_timeout=3,
        delete_jobs="successful",
        **options,
    )


def pump_until(stop: threading.Event) -> None:
    """Pump events when the live channel says that something has happened, and every second anyway."""
    ear: psycopg.Connection[Any] | None = None
    while not stop.is_set():
        try:
            ear = ear or listening()
            while events.pump(timezone.now()) == events.BATCH:
                pass
            next(ear.notifies(timeout=1.0, stop_after=1), None)
        except Exception:
            log.exception("events are not heard for the moment")
            ear = None
            close_old_connections()
            stop.wait(1.0)
    connection.close()


def listening() -> psycopg.Connection[Any]:
    """Return a connection that hears the live channel."""
    connection.ensure_connection()
    ear = psycopg.connect(autocommit=True, **parameters())
    ear.execute("LISTEN anjia_live")
    return ear


def parameters() -> dict[str, Any]:
    kept = connection.settings_dict
    return {
        "dbname": kept["NAME"],
        "user": kept["USER"],
        "password": kept["PASSWORD"],
        "host": kept["HOST"],
        "port": kept["PORT"],
    }
