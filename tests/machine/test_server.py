import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import httpx
import pytest

from anjia.machine.bodies import SMALL
from anjia.machine.database import environment_of
from anjia.machine.environment import CHECKOUT
from anjia.machine.home import REAL, Home
from anjia.machine.places import free_port
from anjia.machine.postgres import Cluster
from tests.machine.conftest import PATIENCE, is_running, kill, until
from tests.machine.trail import settled

# An institution without a cast is made in seconds; the client's build is not what is tried here.
SERVER = [
    sys.executable,
    "-c",
    "from anjia.machine import clients, server; clients.BUILDS = (); server.main()",
]

SIGN_IN = """
import django
django.setup()

from django.utils import timezone
from anjia.identity.commands import start_session
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from tests.identity import make

account = make.staff(make.house(), role_code="dispatcher")
entry = acting(system(), timezone.now()).do(start_session, account_id=account.id, end="console", way="password")
print(entry.token)
"""


class Running:
    """A server with a data folder and a port of its own."""

    def __init__(self, home: Home, **more: str) -> None:
        self.home = home
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
        kept["ANJIA_PROCESSES"] = "2"
        self.environment = kept | {"ANJIA_HOME": str(home.path), "PORT": str(self.port)} | more
        self.said = home.path / "log" / "said"
        self.said.parent.mkdir(exist_ok=True)
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(SERVER, env=self.environment, stdout=output, stderr=output)

    def ask(self, path: str) -> int:
        with suppress(httpx.HTTPError):
            url = f"http://127.0.0.1:{self.port}{path}"
            return httpx.get(url, timeout=3, trust_env=False).status_code
        return 0

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said.read_text()
        return self.ask("/readyz") == 200

    def is_complete(self) -> bool:
        """Return whether all its processes are there: what serves on in place of a killed one is not among them."""
        return len(self.below("child web")) == 3 and bool(self.below("child worker"))

    def below(self, mark: str) -> list[int]:
        """Return the numbers of its processes whose command has this mark, the oldest first."""
        return [pid for pid in descendants(self.process.pid) if mark in command_of(pid)]

    @cached_property
    def session(self) -> str:
        """The token of somebody who has signed in."""
        words = [sys.executable, "-c", SIGN_IN]
        database = environment_of(self.home, Cluster(self.home).environment())
        paths = os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)])
        done = subprocess.run(
            words,
            env=settled(database | {"PYTHONPATH": paths}),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def descendants(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        found = [int(word) for word in file.read_text().split()]
    except OSError:  # it has ended since somebody named it
        return []
    return found + [below for child in found for below in descendants(child)]


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


@pytest.fixture(scope="module")
def institution(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("server") / "机 构")
    home.make(REAL)
    yield home
    Cluster(home).remove()


@pytest.fixture(scope="module")
def running(institution: Home) -> Iterator[Running]:
    """Run one server for all; the test that kills it comes last and starts another."""
    server = Running(institution)
    until(server.is_ready, within=180)
    yield server
    if server.process.poll() is None:
        server.stop()


class TestServer:
    def test_says_where_it_is_and_that_it_is_there_already(self, running: Running) -> None:
        until(lambda: f"http://127.0.0.1:{running.port}/" in running.said.read_text())
        second = subprocess.run(SERVER, env=running.environment, capture_output=True, text=True, check=False)

        assert second.returncode == 1
        assert second.stderr.startswith(f"anjia: Anjia runs already with {running.home.path} (process ")
        assert second.stderr.count("\n") == 1

    def test_answers_that_it_is_alive_while_the_database_is_away(self, running: Running) -> None:
        database = running.below("listen_addresses")[0]
        os.kill(database, signal.SIGSTOP)
        try:
            assert running.ask("/healthz") == 200
        finally:
            os.kill(database, signal.SIGCONT)

    @pytest.mark.parametrize(
        ("mark", "which"),
        [
            ("child web", 0),
            ("child web", -1),
            ("child worker", 0),
            ("listen_addresses", 0),
        ],
    )
    def test_heals_what_is_killed(self, running: Running, mark: str, which: int) -> None:
        until(running.is_complete)
        victim = running.below(mark)[which]
        kill(victim)

        until(lambda: victim not in running.below(mark) and bool(running.below(mark)))
        until(running.is_ready)

    def test_heals_one_that_is_killed_again_and_again(self, running: Running) -> None:
        for _ in range(3):
            until(running.is_complete)
            kill(running.below("child web")[-1])
            until(running.is_ready)

    def test_takes_a_file_only_of_somebody_who_has_signed_in(self, running: Running) -> None:
        file, form = b"x" * (SMALL + 1), f"http://127.0.0.1:{running.port}/language"
        signed_in = {"Cookie": f"anjia_session={running.session}"}

        answers = [
            httpx.post(form, content=file, headers=cookie, timeout=PATIENCE, trust_env=False)
            for cookie in ({}, {"Cookie": "anjia_session=wrong"}, signed_in)
        ]

        assert [answer.status_code for answer in answers] == [
            401,
            401,
            403,
        ]  # Django's: it is no form of ours
        assert "请先登录" in answers[0].text

    def test_stops_with_pages_open(self, running: Running) -> None:
        stream = f"http://127.0.0.1:{running.port}/live"
        cookie = {"Cookie": f"anjia_session={running.session}"}
        with (
            socket.create_connection(("127.0.0.1", running.port)) as page,
            httpx.stream("GET", stream, headers=cookie, timeout=PATIENCE, trust_env=False) as live,
        ):
            page.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200" in page.recv(100)
            said = live.iter_lines()
            assert next(said) == "retry: 2000"

            assert running.stop() == 0

            list(said)  # to its end: it would be an error if it was broken off

    def test_leaves_nothing_behind_when_it_is_killed_itself(
        self, institution: Home, running: Running
    ) -> None:
        again = Running(institution)
        until(again.is_ready)
        pids = descendants(again.process.pid)
        assert len(pids) > 3
        kill(again.process.pid)
        again.process.wait()

        until(lambda: not any(is_running(pid) for pid in pids))


class TestAddress:
    def test_refuses_a_port_that_is_taken_in_one_sentence(self, institution: Home) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            server = Running(institution, PORT=str(taken.getsockname()[1]))
            assert server.process.wait(PATIENCE) == 1

        assert "is taken" in server.said.read_text()
        assert server.said.read_text().count("\n") == 1

    def test_keeps_a_demo_on_this_computer(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "demo")
        home.make("demo")
        server = Running(home, ANJIA_BIND="0.0.0.0")

        assert server.process.wait(PATIENCE) == 1
        assert "this computer only" in server.said.read_text()

    def test_needs_the_owner_of_a_database_of_ones_own(self, institution: Home) -> None:
        server = Running(institution, DATABASE_URL="postgresql://anjia_app@127.0.0.1:1/anjia")

        assert server.process.wait(PATIENCE) == 1
        assert "needs DATABASE_OWNER_URL beside it" in server.said.read_text()
