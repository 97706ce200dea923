"""`script/server`: set up what is missing, start everything, keep it running until Ctrl-C."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from anjia.machine import children, clients
from anjia.machine.database import environment_of, prepare
from anjia.machine.environment import CHECKOUT, VENV
from anjia.machine.home import DEMO, Home, replace
from anjia.machine.places import is_free
from anjia.machine.postgres import Cluster, external
from anjia.machine.steps import Stop, one_sentence, step
from anjia.machine.supervisor import Child, Supervisor

LOOPBACK: Final = "127.0.0.1"
READY_WITHIN: Final = 60.0  # seconds
UNUSED: Final = {"PGOPTIONS": "-c synchronous_commit=off"}  # nobody has been promised anything in it yet


def main() -> None:
    began = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is born deaf to the first
        signal.signal(number, signal.default_int_handler)
    with one_sentence():
        home = Home.from_environment()
        home.make(home.kind or DEMO)
        with home.locked("server"):
            bind, port = address(home)
            print("安家 Anjia", flush=True)
            serve(home, {"PORT": str(port), "ANJIA_BIND": bind}, began)


def address(home: Home) -> tuple[str, int]:
    """
    Return where to listen.

    :raises Stop: if the port is taken, or others could reach a demo
    """
    bind, text = os.environ.get("ANJIA_BIND", LOOPBACK), os.environ.get("PORT", "8000")
    if home.kind == DEMO and bind not in {LOOPBACK, "localhost", "::1"}:
        raise Stop("a demo, where everybody may be anybody, listens on this computer only: unset ANJIA_BIND.")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Stop(f"PORT must be a number below 65536, not {text!r}.")
    if not is_free(int(text), bind):
        raise Stop(f"port {text} is taken or not ours to take: choose another, PORT=8001 script/server.")
    return bind, int(text)


def serve(home: Home, listen: dict[str, str], began: float) -> None:
    with ExitStack() as at_the_end:
        builds = start_builds(home, at_the_end)
        looked_after: list[Child] = []
        database: dict[str, str] = {}
        if not external(os.environ):
            looked_after.append(start_database(home, at_the_end))
            database = Cluster(home).environment()
        environment = environment_of(home, database) | listen
        prepare_database(home, environment)
        finish(builds)
        prepare_static(home, environment)
        looked_after.append(Child("web", starter("web", environment)))
        supervisor = Supervisor(looked_after)
        at_the_end.callback(supervisor.stop)
        with step("Web"):
            wait_until_ready(supervisor, listen["PORT"])
        looked_after.append(Child("worker", starter("worker", environment)))
        say_where(home, listen, began)
        supervisor.run()


def start_builds(home: Home, at_the_end: ExitStack) -> "list[tuple[clients.Build, subprocess.Popen[bytes]]]":
    """Start what Node has to build; it takes longest and needs nothing else."""
    needed = [build for build in clients.BUILDS if build.is_needed()]
    if needed and not clients.has_node():
        with step("Node"):
            clients.install_node()
    log = home.path / "log" / "clients.log"
    log.parent.mkdir(exist_ok=True)
    started = []
    for build in needed:
        with log.open("ab") as output:
            words = [sys.executable, "-m", "anjia.machine.clients", str(build.folder.relative_to(CHECKOUT))]
            process = children.spawn(words, environment_of(home, {}), output=output)
        at_the_end.callback(children.stop, process, signal.SIGTERM, 1)
        started.append((build, process))
    return started


def finish(builds: "list[tuple[clients.Build, subprocess.Popen[bytes]]]") -> None:
    for build, process in builds:
        name = build.folder.relative_to(CHECKOUT)
        with step(f"Build of {name}"):
            code = process.wait()
        if code:
            print(f"  {name} could not be built: its pages are missing until it can (see log/clients.log).")


def start_database(home: Home, at_the_end: ExitStack) -> Child:
    cluster = Cluster(home)
    with step("PostgreSQL"):
        cluster.make()
        child = Child("postgresql", cluster.launch, asking=children.FAST, within=1.5, process=cluster.start())
        at_the_end.callback(stop_child, child)
        cluster.set_roles()
    return child


def stop_child(child: Child) -> None:
    if child.process is not None:
        children.stop(child.process, child.asking, child.within)


def prepare_database(home: Home, environment: Mapping[str, str]) -> None:
    """Bring the database to what this version needs, unless it is known to be there already."""
    sources = CHECKOUT / "src" / "anjia"
    files = [
        *sources.glob("*/migrations/*.py"),
        *sources.glob("*/locale/*/LC_MESSAGES/*.po"),
        *VENV.glob("installed-*"),
    ]
    stamp, now = home.path / "prepared-for", listing(files)
    known = stamp.exists() and stamp.read_text() == now and not external(os.environ)
    if known and not home.half_made.exists():
        return
    prepare("database", {**environment, **(UNUSED if home.half_made.exists() else {})})
    home.half_made.unlink(missing_ok=True)
    replace(stamp, now)


def prepare_static(home: Home, environment: Mapping[str, str]) -> None:
    """Collect the files of the pages, if any of them has changed."""
    folders = [*(CHECKOUT / "src" / "anjia").glob("*/static"), clients.CONSOLE.output]
    stamp, now = (
        home.path / "static-made-from",
        listing([path for folder in folders for path in folder.rglob("*")]),
    )
    (home.path / "static").mkdir(exist_ok=True)
    if not stamp.exists() or stamp.read_text() != now:
        prepare("static", environment)
        replace(stamp, now)


def listing(files: Iterable[Path]) -> str:
    """Return a hash of which files there are and when each was written."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{path.stat().st_mtime_ns}\0".encode())
    return digest.hexdigest()


def starter(name: str, environment: Mapping[str, str]) -> "children.Start":
    return lambda: children.spawn([sys.executable, "-m", "anjia.machine.child", name], environment)


def wait_until_ready(supervisor: Supervisor, port: str) -> None:
    """:raises Stop: if there is no answer for too long"""
    until = time.monotonic() + READY_WITHIN
    supervisor.run(until=lambda: is_ready(port) or time.monotonic() > until)
    if not supervisor.told_to_stop and not is_ready(port):
        raise Stop("it does not answer; what the processes say is above.")


def is_ready(port: str) -> bool:
    try:
        direct = build_opener(ProxyHandler({}))
        return bool(direct.open(f"http://{LOOPBACK}:{port}/readyz", timeout=2).status == 200)
    except (URLError, OSError):
        return False


def say_where(home: Home, listen: Mapping[str, str], began: float) -> None:
    token = home.keys / "setup_token"
    is_seen = "INVOCATION_ID" not in os.environ  # systemd's: what is said then is kept in the journal
    path = f"/setup?token={token.read_text().strip()}" if token.exists() and is_seen else "/"
    host = "127.0.0.1" if listen["ANJIA_BIND"] in {"0.0.0.0", "localhost", "::1"} else listen["ANJIA_BIND"]
    print(
        f"Ready in {time.monotonic() - began:.1f} s: http://{host}:{listen['PORT']}{path}  (Ctrl-C stops it)"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
