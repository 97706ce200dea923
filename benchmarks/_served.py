"""
The real server, and as many requests as it can answer.

The web processes are those of `script/server`, with its usual threads, on the benchmark's database. Two phones ask
at a time; they only send bytes and read the answer, so that what they cost themselves is small.
"""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final
from urllib.request import ProxyHandler, build_opener
from uuid import uuid4

from anjia.machine import children
from anjia.machine.places import free_port
from benchmarks._rates import show

PHONES: Final = (
    2  # one for each of the web processes of a small machine: more would wait for one another's locks
)
ROUNDS: Final = 9
PROMISE: Final = 0.4  # of a bare view's rate
READY_WITHIN: Final = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Site:
    port: int

    def ask(self, requests: Sequence[bytes]) -> tuple[float, list[Any]]:
        """Send them all, two at a time; return how many were answered in a second, and the answers in their order."""
        shares = [requests[number::PHONES] for number in range(PHONES)]
        with ThreadPoolExecutor(PHONES) as pool:
            began = time.perf_counter()
            shares_said = list(pool.map(self._ask_in_turn, shares))
            took = time.perf_counter() - began
        said: list[Any] = [None] * len(requests)
        for number, share in enumerate(shares_said):
            said[number::PHONES] = map(json.loads, share)
        return len(requests) / took, said

    def _ask_in_turn(self, requests: Sequence[bytes]) -> list[bytes]:
        with socket.create_connection(("127.0.0.1", self.port)) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return [self._one(wire, request) for request in requests]

    def _one(self, wire: socket.socket, request: bytes) -> bytes:
        wire.sendall(request)
        said = b""
        while b"\r\n\r\n" not in said:
            said += received(wire)
        head, _, body = said.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += received(wire)
        assert head.split()[1] in {b"200", b"201"}, said.decode(errors="replace")
        return body

    def milliseconds(self, request: bytes, times: int) -> list[float]:
        """Return how long each of so many took, one after the other."""
        with socket.create_connection(("127.0.0.1", self.port)) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            found = []
            for _ in range(times + 3):  # the first warm it up
                began = time.perf_counter()
                self._one(wire, request)
                found.append((time.perf_counter() - began) * 1000)
        return found[3:]


def received(wire: socket.socket) -> bytes:
    said = wire.recv(65536)
    assert said, "the server has hung up"
    return said


def get(path: str, *, token: str = "", cookie: str = "") -> bytes:
    return request("GET", path, b"", Authorization=f"Bearer {token}", Cookie=f"anjia_session={cookie}")


def post(path: str, body: dict[str, Any], *, token: str) -> bytes:
    content, key = json.dumps(body).encode(), {"Idempotency-Key": str(uuid4())}
    return request("POST", path, content, Authorization=f"Bearer {token}", **key)


def request(method: str, path: str, content: bytes, **headers: str) -> bytes:
    said = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": len(content),
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content


@contextmanager
def served() -> Iterator[Site]:
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "DJANGO_SETTINGS_MODULE": "benchmarks._settings"}
    process = children.spawn([sys.executable, "-m", "anjia.machine.child", "web"], environment)
    try:
        wait_until_ready(port)
        yield Site(port)
    finally:
        children.stop(process, signal.SIGTERM, 5)


def wait_until_ready(port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        try:
            if (
                build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/readyz", timeout=2).status
                == 200
            ):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server does not answer")


def show_ratio(name: str, ours: Sequence[float], bare: Sequence[float]) -> bool:
    """Print the middle of both rates, and of the ratio of each pair; return whether the promise is kept."""
    ratio = median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))
    show(f"{name}.ours", median(ours), "requests/s")
    show(f"{name}.bare", median(bare), "requests/s")
    show(f"{name}.ratio", ratio, "of-bare")
    return ratio >= PROMISE
