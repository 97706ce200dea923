"""The database of a data folder, embedded or not, for as long as a command needs it."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from anjia.machine import children
from anjia.machine.environment import CHECKOUT
from anjia.machine.home import Home
from anjia.machine.postgres import Cluster, external
from anjia.machine.steps import Stop


@contextmanager
def database_of(home: Home) -> Iterator[dict[str, str]]:
    """
    Give the environment in which Anjia finds the folder's database, up and answering.

    :raises Stop: if there is no such database, or it does not come up
    """
    if home.kind is None:
        raise Stop(
            f"There is no data folder at {home.path} yet: `script/server` makes a demo, "
            "`script/anjia init` an empty institution, `script/anjia restore` one from a backup."
        )
    home.check_restored()
    if external(os.environ):
        yield environment_of(home, {})
    elif home.served_by():
        yield environment_of(home, Cluster(home).environment())
    else:
        cluster = Cluster(home)
        with home.locked("command"), cluster.running():
            yield environment_of(home, cluster.environment())


def environment_of(home: Home, database: Mapping[str, str]) -> dict[str, str]:
    """Return what our own processes are told."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        "PYTHONPYCACHEPREFIX": str(home.path / "bytecode"),  # not in the checkout; halves the time to start
        **kept,
        **database,
        "ANJIA_HOME": str(home.path),
        "PYTHONPATH": str(CHECKOUT / "src"),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }


def prepare(what: str, environment: Mapping[str, str]) -> None:
    """
    Do one of the things in `anjia.machine.prepare`, in a process of its own.

    :raises Stop: if it fails; it has said why
    """
    process = children.spawn([sys.executable, "-m", "anjia.machine.prepare", what], environment)
    try:
        code = process.wait()
    finally:
        children.stop(process, signal.SIGTERM, 1)
    if code:
        raise Stop(f"what is above has kept it from being ready ({what}).")
