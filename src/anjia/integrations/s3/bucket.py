"""
The bucket as a place for files (`kernel.storage.Storage`).

When it is silent, each who asks would wait for as long as it takes, and with them a thread that others need. So only
some may wait for it at once, and after it was silent it is left alone for a moment: whoever comes then is refused at
once, in words.
"""

import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from anjia.integrations.errors import OutsideError
from anjia.integrations.s3.client import S3
from anjia.integrations.s3.signing import Credentials
from anjia.kernel.storage import FilesAway

PREFIX: Final = "files/"
HEX: Final = re.compile("[0-9a-f]{32}")
AT_ONCE: Final = 3  # of a process's threads, of which there are eight
QUEUE_FOR: Final = 2.0  # seconds
LEFT_ALONE: Final = 10.0  # seconds after it was silent
TOGETHER: Final = ("S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Bucket:
    s3: S3
    turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    alone_until: float = 0.0

    def put(self, file_id: UUID, sealed: bytes) -> None:
        with self.turn():
            self.s3.put(key_of(file_id), sealed)

    def get(self, file_id: UUID) -> bytes:
        with self.turn():
            return self.s3.get(key_of(file_id))

    def remove(self, file_id: UUID) -> None:
        with self.turn():
            self.s3.delete(key_of(file_id))

    def ids(self) -> Iterator[UUID]:
        keys = self.s3.keys(PREFIX)
        while True:
            with self.turn():
                key = next(keys, None)
            if key is None:
                return
            name = key.rpartition("/")[2]
            if HEX.fullmatch(name) and key_of(UUID(name)) == key:  # others may keep things there too
                yield UUID(name)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """
        Ask the bucket meanwhile.

        :raises FilesAway: if it is silent, refuses, or too many wait for it
        """
        if self.is_left_alone() or not self.turns.acquire(timeout=QUEUE_FOR):
            raise FilesAway
        try:
            if self.is_left_alone():  # it fell silent while we waited for our turn
                raise FilesAway
            yield
        except OutsideError as error:
            self.alone_until = time.monotonic() + LEFT_ALONE
            log.error("the bucket of files: %s %s", type(error).__name__, error.code)
            raise FilesAway from None
        finally:
            self.turns.release()

    def is_left_alone(self) -> bool:
        return time.monotonic() < self.alone_until


def key_of(file_id: UUID) -> str:
    return f"{PREFIX}{file_id.hex[-2:]}/{file_id.hex}"


def from_settings() -> Bucket:
    """:raises ImproperlyConfigured: if only half of it is set"""
    missing = [name for name in TOGETHER if not getattr(settings, name)]
    if missing:
        raise ImproperlyConfigured(f"Files in a bucket need {', '.join(missing)} too: see .env.example.")
    credentials = Credentials(settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY, settings.S3_REGION)
    return Bucket(
        S3(
            settings.S3_ENDPOINT.rstrip("/"),
            settings.S3_BUCKET,
            credentials,
            by_host=settings.S3_ADDRESSING == "host",
        )
    )
