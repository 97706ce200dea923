"""Four requests of S3, each over within a time that does not depend on how the other side behaves."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import unescape

import httpx

from anjia.integrations import outgoing
from anjia.integrations.errors import Misconfigured, Temporary
from anjia.integrations.s3.signing import Credentials, canonical, signed

TIMEOUT: Final = httpx.Timeout(6, connect=3)
WITHIN: Final = 20.0  # seconds for one request, all of it
CHUNK: Final = 64 * 1024
LARGEST: Final = 32 * 1024 * 1024  # bytes of an answer
PAGE: Final = 1000  # what a bucket lists at once
BUSY: Final = frozenset({408, 429, 500, 502, 503, 504})
KEY: Final = re.compile(r"<Key>([^<]*)</Key>")
TOKEN: Final = re.compile(r"<NextContinuationToken>([^<]*)</NextContinuationToken>")
CODE: Final = re.compile(r"<Code>([\w.]+)</Code>")


@dataclass(frozen=True, slots=True)
class S3:
    """One bucket. `by_host`: its name stands before the host's (OSS and COS want that), else in the path (MinIO)."""

    endpoint: str
    bucket: str
    credentials: Credentials
    by_host: bool = False
    http: httpx.Client = field(default_factory=lambda: outgoing.client(TIMEOUT))

    def put(self, key: str, body: bytes) -> None:
        """:raises Temporary: or Misconfigured"""
        self._ask("PUT", key, body=body)

    def get(self, key: str) -> bytes:
        """
        :raises FileNotFoundError: if the bucket has nothing under that key
        :raises Temporary: or Misconfigured
        """
        return self._ask("GET", key)

    def delete(self, key: str) -> None:
        """:raises Temporary: or Misconfigured"""
        self._ask("DELETE", key)

    def keys(self, prefix: str) -> Iterator[str]:
        """:raises Temporary: or Misconfigured"""
        query = {"list-type": "2", "prefix": prefix, "max-keys": str(PAGE)}
        while True:
            said = self._ask("GET", "", query).decode()
            yield from (unescape(key) for key in KEY.findall(said))
            token = TOKEN.search(said)
            if token is None:
                return
            query["continuation-token"] = unescape(token[1])

    def _ask(self, method: str, key: str, query: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
        """Ask, and once more if it was refused in a hurry: each of these may be done twice."""
        until = time.monotonic() + WITHIN
        try:
            return self._ask_once(method, key, query or {}, body, until)
        except Temporary as error:
            if error.code in {"too_slow", "ReadTimeout", "ConnectTimeout", "WriteTimeout"}:
                raise
        return self._ask_once(method, key, query or {}, body, until)

    def _ask_once(self, method: str, key: str, query: Mapping[str, str], body: bytes, until: float) -> bytes:
        scheme, host, *_rest = urlsplit(self.endpoint)
        path = f"/{key}" if self.by_host else f"/{self.bucket}/{key}"
        host = f"{self.bucket}.{host}" if self.by_host else host
        headers = signed(self.credentials, wall_clock(), method, path, query, {"host": host}, body)
        url = f"{scheme}://{host}{quote(path)}" + (f"?{canonical(query)}" if query else "")
        content = in_time(body, until) if body else None
        headers |= {"content-length": str(len(body))} if method == "PUT" else {}
        try:
            with self.http.stream(method, url, headers=headers, content=content) as answer:
                said = read_in_time(answer, until)
        except httpx.HTTPError as error:
            raise Temporary(type(error).__name__) from None
        check(answer.status_code, key, said)
        return said


def wall_clock() -> datetime:
    """Return the time that the signature is good for: the bucket compares it with its own."""
    return datetime.fromtimestamp(time.time(), UTC)


def in_time(body: bytes, until: float) -> Iterator[bytes]:
    for begin in range(0, len(body), CHUNK):
        check_time(until)
        yield body[begin : begin + CHUNK]


def read_in_time(answer: httpx.Response, until: float) -> bytes:
    said = bytearray()
    for chunk in answer.iter_bytes():
        check_time(until)
        said += chunk
        if len(said) > LARGEST:
            raise Temporary("too_much")
    return bytes(said)


def check_time(until: float) -> None:
    if time.monotonic() > until:
        raise Temporary("too_slow")


def check(status: int, key: str, said: bytes) -> None:
    """
    :raises FileNotFoundError: if there is nothing under the key
    :raises Temporary: or Misconfigured: by what the bucket says
    """
    if status in {200, 204}:
        return
    found = CODE.search(said[:4096].decode(errors="replace"))
    code = found[1] if found else f"http_{status}"
    if status == 404 and code in {"NoSuchKey", "http_404"}:
        raise FileNotFoundError(key)
    if status in BUSY or code in {"SlowDown", "RequestTimeout", "InternalError"}:
        raise Temporary(code)
    raise Misconfigured(code)
