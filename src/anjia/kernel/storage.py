"""
Where sealed bytes lie, named by an id: in the data folder, or in a bucket that speaks S3.

A bucket is an adapter (`settings.FILES_IN`), as vendors are. With one, new files go there; those that lie in the
folder still are read from it, until `anjia move_files` has carried them over.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError
from anjia.kernel.folders import settle


class FilesAway(DomainError):
    code = "files.away"
    status = 503
    words = _("存照片的地方现在不通，这次没有收下，也没有丢：照片还在您这里。请过一分钟再试。")


class FilesUnseen(FilesAway):
    """For who only looks: nothing of hers was refused."""

    code = "files.unseen"
    words = _("存照片的地方现在不通，这一份暂时打不开，没有丢。请过一分钟再试。")


class Storage(Protocol):
    """
    Keeps bytes under the name of a file, all of them or none.

    Each method may refuse with `FilesAway`, within seconds, however silent the place is.
    """

    def put(self, file_id: UUID, sealed: bytes) -> None:
        """Return when the bytes would outlive a power cut."""

    def get(self, file_id: UUID) -> bytes:
        """:raises FileNotFoundError: if there is no such file"""

    def remove(self, file_id: UUID) -> None:
        """Do nothing if it is not there."""

    def ids(self) -> Iterator[UUID]:
        """Give every file that is there."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in the data folder."""

    root: Path

    def path_of(self, file_id: UUID) -> Path:
        # The end of a UUIDv7 is random, its beginning is the time: folders fill evenly.
        return self.root / file_id.hex[-2:] / file_id.hex

    def put(self, file_id: UUID, sealed: bytes) -> None:
        path = self.path_of(file_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        settle(path.parent)

    def get(self, file_id: UUID) -> bytes:
        return self.path_of(file_id).read_bytes()

    def remove(self, file_id: UUID) -> None:
        self.path_of(file_id).unlink(missing_ok=True)

    def ids(self) -> Iterator[UUID]:
        for path in sorted(self.root.glob("??/" + "?" * 32)):
            yield UUID(path.name)


def folder() -> Folder:
    return Folder(Path(settings.FILES))


def bucket() -> Storage | None:
    """Return the bucket, if this installation has one."""
    return _bucket(settings.FILES_IN) if settings.FILES_IN else None


@cache
def _bucket(adapter: str) -> Storage:
    return cast(Storage, import_string(adapter)())


def put(file_id: UUID, sealed: bytes) -> None:
    """:raises FilesAway: if the place is silent, slow or full; then nothing is kept"""
    (bucket() or folder()).put(file_id, sealed)


def get(file_id: UUID) -> bytes:
    """
    Return what was kept, from the folder if it is there.

    :raises FileNotFoundError: if it is nowhere
    :raises FilesUnseen: if the place is silent
    """
    there = bucket()
    try:
        return folder().get(file_id)
    except FileNotFoundError:
        if there is None:
            raise
    try:
        return there.get(file_id)
    except FilesAway:
        raise FilesUnseen from None


def everywhere() -> list[Storage]:
    """Return every place in which files may lie."""
    there = bucket()
    return [folder(), *([there] if there else [])]
