"""
All of Anjia on one port: what must never wait runs on the event loop, Django in a bounded pool.

    /healthz   this process is alive; asks nobody
    /readyz    the database answers and every migration is applied; and how many events nobody has heard for how long
    /live      server-sent events
    the rest   Django
"""

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string
from psycopg.conninfo import make_conninfo

from anjia.machine.bodies import Receive, Scope
from anjia.machine.bridge import Bridge, Send, say
from anjia.machine.home import replace
from anjia.machine.live import Hub, Live, LookUp, token_of

T = TypeVar("T")

THREADS: Final = int(os.environ.get("ANJIA_THREADS", "8"))
WAITING: Final = int(os.environ.get("ANJIA_WAITING", "128"))
END_STREAMS: Final = signal.SIGUSR1  # before a stop, which would wait for them
LIVE_PASS: Final = "anjia.web.authentication.live_pass"  # `web` is beside us, not below


class Application:
    """The ASGI application that granian serves, in each of its processes."""

    def __init__(self) -> None:
        django.setup()
        self.aside = ThreadPoolExecutor(2, thread_name_prefix="aside")  # not in the queue with everybody
        self.hub = Hub(database())
        self.look_up = look_up()
        self.bridge = Bridge(WSGIHandler(), self.account_of, threads=THREADS, waiting=WAITING)
        self.live = Live(self.hub, self.look_up, self.in_thread)
        self.is_migrated = False
        self.parent = os.getppid()
        self.serving = Path(settings.ANJIA_HOME) / "serving"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live_and_end(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"] == "/healthz":
            await say(send, 200, "alive")
        elif scope["path"] == "/readyz":
            ready = await self.in_thread(self.is_ready)
            late = await self.in_thread(not_heard) if ready else ""
            await say(send, 200 if ready else 503, f"ready{late}" if ready else "not ready")
        elif scope["path"] == "/live":
            await self.live(scope, receive, send)
        else:
            await self.bridge(scope, receive, send)

    async def live_and_end(self, receive: Receive, send: Send) -> None:
        await receive()
        asyncio.get_running_loop().add_signal_handler(END_STREAMS, self.hub.end_streams)
        await send({"type": "lifespan.startup.complete"})
        replace(self.serving, str(self.parent))
        await receive()
        self.hub.close()
        await send({"type": "lifespan.shutdown.complete"})

    def is_succeeded(self) -> bool:
        """Return whether the processes of another parent serve by now."""
        return self.serving.exists() and self.serving.read_text() != str(self.parent)

    async def account_of(self, scope: Scope) -> UUID | None:
        """Return whose request it is, if somebody's who is signed in."""
        token = token_of(scope)
        found = await self.in_thread(self.look_up, token, "") if token else None
        return found.account_id if found else None

    async def in_thread(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.aside, given_back, function, *args)

    def is_ready(self) -> bool:
        """Return whether the database answers and every migration is applied."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if not self.is_migrated:
                executor = MigrationExecutor(connection)
                self.is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except Exception:
            return False
        return self.is_migrated


def not_heard() -> str:
    """Say what waits to be heard for longer than it should. It hinders nobody from being served."""
    # Models, which are not loaded when this module is.
    from anjia.kernel.actors import system  # noqa: PLC0415
    from anjia.kernel.events import stuck  # noqa: PLC0415
    from anjia.kernel.work import acting  # noqa: PLC0415

    now = datetime.now(UTC)
    found = acting(system(), now).ask(stuck, now=now)
    if not found:
        return ""
    count, seconds = sum(one.count for one in found), (now - found[0].since).total_seconds()
    return f"; {count} events not heard, the oldest for {seconds:.0f} s"


def given_back(function: Callable[..., T], *args: Any) -> T:
    """Call the function, and leave no connection open behind it."""
    try:
        return function(*args)
    finally:
        connection.close()


def look_up() -> LookUp:
    found: LookUp = import_string(LIVE_PASS)
    return found


def database() -> str:
    """Return the application role's database, in psycopg's words."""
    kept = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return make_conninfo(**{name: kept[theirs] for name, theirs in names.items() if kept[theirs]})
