"""
What the supervisor starts, in a process that ends with it.

    python -m anjia.machine.child web
    python -m anjia.machine.child worker     or any other management command
"""

import gc
import os
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Any

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from anjia.machine.application import END_STREAMS
from anjia.machine.children import watch_parent


class Web(MPServer):
    """granian, but it never gives up on a process that keeps dying, and ends open streams before it stops."""

    def _respawn_workers(self, *args: Any, **kwargs: Any) -> None:
        time.sleep(0.1)
        super()._respawn_workers(*args, **kwargs)
        self.respawned_wrks.clear()

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, END_STREAMS)
        super()._stop_workers()  # type: ignore[no-untyped-call]


def serve() -> None:
    # Load everything once: granian forks its processes from this one, also when it replaces one that has died.
    django.setup()
    import_module(settings.ROOT_URLCONF)
    gc.freeze()
    Web(
        "anjia.machine.asgi:application",
        address=os.environ.get("ANJIA_BIND", "127.0.0.1"),
        port=int(os.environ["PORT"]),
        interface=Interfaces.ASGI,
        workers=int(os.environ.get("ANJIA_PROCESSES", min(4, os.cpu_count() or 1))),
        workers_kill_timeout=2,
        respawn_failed_workers=True,
        backlog=4096,  # whom there is no room for is told so by us, at once
        websockets=False,
        log_level=LogLevels.error,
    ).serve()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anjia.web.settings")
    watch_parent()
    if sys.argv[1] == "web":
        serve()
    else:
        execute_from_command_line(["anjia", *sys.argv[1:]])


if __name__ == "__main__":
    main()
