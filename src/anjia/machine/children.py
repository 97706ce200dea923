"""
Processes that do not outlive whoever started them.

On Linux the kernel ends them with their parent. Everywhere, those in Python also watch a pipe that
only their parent holds open.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

PR_SET_PDEATHSIG: Final = 1
PIPE: Final = "ANJIA_PARENT"  # the pipe's number, for the child
FAST: Final = signal.SIGINT  # how PostgreSQL is asked for a fast but orderly end
Start = Callable[[], "subprocess.Popen[bytes]"]
LINUX: Final = sys.platform == "linux"
GRACE: Final = 3.5  # seconds for a process without a parent to end by itself
SUCCESSION: Final = 60.0  # seconds in which one that has been killed is replaced, on the slowest machine

_libc = ctypes.CDLL(None) if LINUX else None
_read_end, _write_end = os.pipe()  # the write end is closed in all children: it ends with us


def spawn(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    user: tuple[int, int] | None = None,
    last_signal: int = signal.SIGTERM,
    output: IO[bytes] | None = None,
) -> "subprocess.Popen[bytes]":
    """
    Start a process that gets `last_signal` when we are gone. Only from the main thread.

    It leads a group of its own, so that Ctrl-C reaches us alone and we end everybody in order.
    """
    uid, gid = user or (None, None)
    return subprocess.Popen(
        [str(word) for word in command],
        env={**environment, PIPE: str(_read_end)},
        cwd="/",  # another user may not be allowed where we stand
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=(_read_end,),
        process_group=0,
        user=uid,
        group=gid,
        extra_groups=[] if user else None,
        # It runs after the change of user, which would clear it.
        preexec_fn=end_with_parent(last_signal),
    )


def end_with_parent(last_signal: int) -> Callable[[], None]:
    parent = os.getpid()

    def set_signal() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, last_signal, 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), last_signal)

    return set_signal


def watch_parent(*, at_once: bool = False) -> None:
    """End this process and its group soon, or at once, after the one that holds the pipe has gone."""
    pipe = os.environ.get(PIPE)
    if pipe is not None:
        grace = 0.0 if at_once else GRACE
        threading.Thread(target=_end_at_eof, args=(int(pipe), grace), daemon=True, name="watch-pipe").start()


def _end_at_eof(pipe: int, grace: float) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def serve_on_without_parent(succeeded: Callable[[], bool]) -> None:
    """
    Go on when our parent has been killed, and end when somebody has `succeeded` it.

    For a fork of a child of ours; it holds the pipe too, so it does not outlive us.
    """
    watching = threading.Thread(
        target=_end_after, args=(os.getppid(), succeeded), daemon=True, name="watch-parent"
    )
    watching.start()
    watch_parent(at_once=True)


def _end_after(parent: int, succeeded: Callable[[], bool]) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    until = time.monotonic() + SUCCESSION
    while time.monotonic() < until and not succeeded():
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


def end_with_our_group() -> None:
    """Let SIGTERM end whatever we have started, too, as far as it is in the group that we lead."""
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, lambda *ignored: os.killpg(0, signal.SIGKILL))


def stop(process: "subprocess.Popen[bytes]", asking: int, within: float) -> None:
    """Ask the process to end, and end it and its group if it has not `within` seconds."""
    if process.poll() is None:
        process.send_signal(asking)
    wait(process, within)


def wait(process: "subprocess.Popen[bytes]", within: float) -> None:
    """Wait for one that was asked to end, and end it and its group if it has not `within` seconds."""
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    sweep(process)


def sweep(process: "subprocess.Popen[bytes]") -> None:
    """End what a process that has ended has left behind in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
