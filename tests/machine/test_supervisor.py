import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine.conftest import PATIENCE, is_running, kill, until

# Two children that write down their numbers and wait; the second has a fork of its own, as the web server has.
SCENE = """
import os, sys
from pathlib import Path
from anjia.machine import children
from anjia.machine.supervisor import Child, Supervisor

place = Path(sys.argv[1])
plain = "import os, time; open({0!r}, 'w').write(str(os.getpid())); time.sleep(600)"
forking = (
    "import os, time; from anjia.machine import children; children.watch_parent()\\n"
    "if os.fork() == 0: children.serve_on_without_parent(lambda: os.path.exists({0!r} + '-other'))\\n"
    "open({0!r} + ('' if os.getppid() == int(os.environ['ABOVE']) else '-fork'), 'w').write(str(os.getpid()))\\n"
    "time.sleep(600)"
)

def starter(name, code):
    words = [sys.executable, "-c", code.format(str(place / name))]
    return lambda: children.spawn(words, os.environ | {"ABOVE": str(os.getpid())})

supervisor = Supervisor([Child("plain", starter("plain", plain)), Child("forking", starter("forking", forking))])
supervisor.run()
supervisor.stop()
"""

# A build as npm's are: what it starts is its own, and knows nothing of us.
BUILD = """
import os, subprocess, sys
from anjia.machine import children

code = (
    "import os, subprocess, time; from anjia.machine import children\\n"
    "children.watch_parent(); children.end_with_our_group()\\n"
    "plain = subprocess.Popen(['sleep', '600'])\\n"
    "open({0!r} + '-part', 'w').write(str(plain.pid)); os.rename({0!r} + '-part', {0!r})\\n"
    "plain.wait()"
)
children.spawn([sys.executable, "-c", code.format(sys.argv[1] + "/part-of-build")], os.environ).wait()
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for file in tmp_path.glob("[pf]*"):
        pid = int(file.read_text() or 0)
        if pid and is_running(pid):
            kill(pid)


@pytest.fixture
def supervisor(place: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-c", SCENE, str(place)], stdout=subprocess.DEVNULL)
    until(lambda: all(number(place, name) for name in ("plain", "forking", "forking-fork")))
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def number(place: Path, name: str) -> int:
    file = place / name
    return int(file.read_text() or 0) if file.exists() else 0


class TestSupervisor:
    @pytest.mark.parametrize("name", ["plain", "forking"])
    def test_starts_a_killed_child_again(
        self, supervisor: "subprocess.Popen[bytes]", place: Path, name: str
    ) -> None:
        killed = number(place, name)
        kill(killed)

        until(lambda: number(place, name) not in {0, killed} and is_running(number(place, name)))

    def test_lets_the_fork_of_a_killed_child_serve_on_until_it_is_succeeded(
        self, supervisor: "subprocess.Popen[bytes]", place: Path
    ) -> None:
        fork = number(place, "forking-fork")
        kill(number(place, "forking"))

        until(lambda: number(place, "forking-fork") != fork)
        assert is_running(fork)
        (place / "forking-other").touch()
        until(lambda: not is_running(fork))

    def test_leaves_nothing_behind_when_it_is_killed_itself(
        self, supervisor: "subprocess.Popen[bytes]", place: Path
    ) -> None:
        pids = [number(place, name) for name in ("plain", "forking", "forking-fork")]
        supervisor.kill()
        supervisor.wait()

        until(lambda: not any(is_running(pid) for pid in pids))

    @pytest.mark.parametrize("asking", [signal.SIGINT, signal.SIGTERM])
    def test_stops_everything_when_it_is_asked_to(
        self, supervisor: "subprocess.Popen[bytes]", place: Path, asking: signal.Signals
    ) -> None:
        pids = [number(place, name) for name in ("plain", "forking", "forking-fork")]
        supervisor.send_signal(asking)

        assert supervisor.wait(PATIENCE) == 0
        until(lambda: not any(is_running(pid) for pid in pids))


class TestBuild:
    def test_ends_with_all_its_parts_when_the_server_is_killed(self, place: Path) -> None:
        process = subprocess.Popen([sys.executable, "-c", BUILD, str(place)])
        until(lambda: number(place, "part-of-build") > 0)
        part = number(place, "part-of-build")
        process.kill()
        process.wait()

        until(lambda: not is_running(part))
