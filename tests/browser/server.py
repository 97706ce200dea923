"""The real server with a demo town of its own, for as long as the browser looks at it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from anjia.machine.environment import CHECKOUT
from anjia.machine.home import DEMO, Home
from anjia.machine.places import free_port
from anjia.machine.postgres import Cluster
from tests.browser import clock
from tests.browser.secrets import check_silence, names_in, recorded

DATABASES: Final = ("DATABASE_URL", "DATABASE_OWNER_URL")
READY_WITHIN: Final = 600.0  # seconds: the client may have to be built first, beside all other tests
FLAGS: Final = [  # Chromium itself asks nobody anything either
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def demo_server(folder: Path) -> Iterator[str]:
    """
    Give the address of `script/server` with an empty data folder, once its town is there.

    It has a PostgreSQL of its own, which must live at the hour of the rest: see clock.

    At the end nothing of anybody may have got into its logs, or into a live stream.
    """
    home = Home(folder / "home")
    home.make(DEMO)
    (home.path / "log").mkdir()
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in DATABASES}
    environment |= clock.environment() | {"ANJIA_HOME": str(home.path), "PORT": str(port)}
    said = home.path / "log" / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "anjia.machine.server"],
            cwd=CHECKOUT,
            env=environment | {"PYTHONPATH": str(CHECKOUT / "src"), "ANJIA_PROCESSES": "2"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_it_says_ready(process, said)
        with recorded(f"http://127.0.0.1:{port}") as stream:
            yield f"http://127.0.0.1:{port}"
            names = names_in(home)
            process.send_signal(signal.SIGINT)
        process.wait(60)
        check_silence(home, stream, names)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
        Cluster(home).remove()


def wait_until_it_says_ready(process: "subprocess.Popen[bytes]", said: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while "Ready in" not in said.read_text():
        assert process.poll() is None, f"the server ended: {said.read_text()}"
        assert time.monotonic() < until, f"the server is not ready: {said.read_text()}"
        time.sleep(0.2)
