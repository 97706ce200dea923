"""A bucket on this computer: it speaks S3's wire format, minds who asks, and misbehaves as it is told to."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from anjia.integrations.s3.signing import Credentials, signed

CREDENTIALS: Final = Credentials("key", "secret", "test-1")
NAMES: Final = re.compile(r"SignedHeaders=([^,]+)")


@dataclass(slots=True)
class StandIn:
    """`behaves` is what it does with the next requests; all are as they should be when it is empty."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    behaves: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    page: int = 2
    silent_for: float = 30.0
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    bucket = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Handler,), {"bucket": bucket}))
    server.daemon_threads = True
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield bucket
    finally:
        bucket.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: StandIn

    def do_PUT(self) -> None:
        self.answer_as_told()

    do_GET = do_DELETE = do_PUT

    def log_message(self, *ignored: Any) -> None:
        pass

    def answer_as_told(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.bucket.asked.append(f"{self.command} {self.path}")
        manner = self.bucket.behaves.pop(0) if self.bucket.behaves else ""
        if manner == "silent":
            self.bucket.ended.wait(self.bucket.silent_for)
            self.close_connection = True
        elif manner == "hangs up":
            self.close_connection = True
        elif manner == "trickles":
            self.trickle()
        elif manner:
            self.say(int(manner), b"<Error><Code>SlowDown</Code></Error>")
        elif not self.is_rightful(body):
            self.say(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        else:
            self.do(body)

    def trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(1000):
            if self.bucket.ended.wait(0.05):
                return
            self.wfile.write(b".")
            self.wfile.flush()

    def is_rightful(self, body: bytes) -> bool:
        said = self.headers.get("Authorization", "")
        names = (NAMES.search(said) or [""] * 2)[1].split(";")
        at = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        parts = urlsplit(self.path)
        given = {name: self.headers[name] for name in names if not name.startswith("x-amz-")}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        ours = signed(CREDENTIALS, at, self.command, unquote(parts.path), query, given, body)
        return ours["authorization"] == said and abs(time.time() - at.timestamp()) < 900

    def do(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        _empty, name, key = unquote(parts.path).split("/", 2)
        if name != "anjia-files":
            self.say(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        elif not key:
            self.say(200, self.listing(dict(parse_qsl(parts.query))))
        elif self.command == "PUT":
            self.bucket.objects[key] = body
            self.say(200, b"")
        elif self.command == "DELETE":
            self.bucket.objects.pop(key, None)
            self.say(204, b"")
        elif key in self.bucket.objects:
            self.say(200, self.bucket.objects[key])
        else:
            self.say(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def listing(self, query: dict[str, str]) -> bytes:
        after = query.get("continuation-token", "")
        keys = sorted(key for key in self.bucket.objects if key.startswith(query["prefix"]) and key > after)
        page = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys[: self.bucket.page])
        more = keys[self.bucket.page - 1] if len(keys) > self.bucket.page else ""
        token = f"<NextContinuationToken>{escape(more)}</NextContinuationToken>" if more else ""
        return f"<ListBucketResult>{page}{token}</ListBucketResult>".encode()

    def say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
