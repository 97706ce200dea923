"""
The file that a backup is: one tar.

    anjia.json       what it is, of when
    database.dump    pg_dump's custom format
    kind keys/ files/ seals/
    contents.json    the SHA-256 of all these; it comes last, so that what was cut off has none

Whoever has it can read everything in it: keep it as safe as the data.
"""

import hashlib
import json
import lzma
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from anjia.kernel.folders import settle
from anjia.machine.home import Home, is_locked
from anjia.machine.steps import FULL, Stop

FORMAT: Final = 2
WITHOUT_CONTENTS: Final = 1  # the format whose backups do not say what is in them
CONTENTS: Final = "contents.json"
NEEDED: Final = frozenset({"anjia.json", "database.dump", "kind"})
END_OF_TAR: Final = 1024  # bytes, all zero; without them something is missing
UNREADABLE: Final = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError)
# Passwords of the embedded PostgreSQL: a restored one has new ones.
NOT_CARRIED: Final = frozenset({"keys/database.json"})


def check_target(target: Path) -> None:
    """:raises Stop: if a backup cannot be written there"""
    if target.exists():
        raise Stop(f"{target} is there already: a backup never overwrites another.")
    if not target.parent.is_dir():
        raise Stop(f"there is no folder {target.parent}: make it first, or name another file.")


def pack(home: Home, place: Path, target: Path) -> None:
    """:raises Stop: if it cannot be written, or another backup is being written there"""
    about = {
        "format": FORMAT,
        "kind": home.kind,
        "made_at": datetime.now(UTC).isoformat(),
        "bucket": bucket(),
    }
    (place / "anjia.json").write_text(json.dumps(about))
    try:
        with partial_of(target) as stream:
            write_tar(home, place, stream)
            stream.flush()
            os.fsync(stream.fileno())
            check_target(target)
            target.with_name(f"{target.name}.partial").rename(target)
        settle(target.parent)
    except OSError as error:
        raise Stop(f"the backup could not be written to {target}: {error.strerror or error}.") from None


def bucket() -> str:
    """Return the bucket in which this installation's files are, if it has one: a backup names it, and carries none."""
    return os.environ.get("S3_BUCKET", "")


@contextmanager
def partial_of(target: Path) -> Iterator[IO[bytes]]:
    """
    Open the file in which the backup is put together, for our eyes only. If that fails, it is gone.

    :raises Stop: if another backup has it open
    """
    partial = target.with_name(f"{target.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as stream:
        if not (is_locked(stream) and is_at(stream, partial)):
            raise Stop(f"another backup is being written to {target}: wait for it, or name another file.")
        stream.truncate(0)
        try:
            yield stream
        except BaseException:
            partial.unlink()
            raise


def is_at(stream: IO[bytes], path: Path) -> bool:
    """Say whether the open file is still the one at the path: it may have become a whole backup just now."""
    return path.exists() and os.path.samestat(os.fstat(stream.fileno()), path.stat())


def write_tar(home: Home, place: Path, stream: IO[bytes]) -> None:
    parts = {"anjia.json": place, "database.dump": place, "kind": home.path}
    parts |= {"keys": home.path, "files": home.path, "seals": place}
    with tarfile.open(fileobj=stream, mode="w") as tar:
        contents = dict(
            add(tar, path, str(path.relative_to(root)))
            for name, root in parts.items()
            for path in files_at(root / name)
            if is_carried(str(path.relative_to(root)))
        )
        said = json.dumps(contents).encode()
        about = tarfile.TarInfo(CONTENTS)
        about.size = len(said)
        tar.addfile(about, BytesIO(said))


def files_at(path: Path) -> list[Path]:
    """Return the file, or those in the folder."""
    return [path] if path.is_file() else sorted(found for found in path.rglob("*") if found.is_file())


def is_carried(name: str) -> bool:
    return name not in NOT_CARRIED and not name.endswith(".partial")


def add(tar: tarfile.TarFile, path: Path, name: str) -> tuple[str, str]:
    """Add the file, and return its name and hash."""
    with path.open("rb") as file:
        heard = Heard(file)
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), heard)
    return name, heard.digest.hexdigest()


class Heard:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.digest.update(chunk)
        return chunk


def unpack(source: Path, place: Path) -> None:
    """
    Write what is in the backup into the folder.

    :raises Stop: if it is no backup of ours, or not all of one
    """
    try:
        with tarfile.open(source) as tar:
            found = dict(filter(None, (take_out(tar, member, place) for member in tar)))
            tar.fileobj.seek(tar.offset)
            is_whole = tar.fileobj.read(END_OF_TAR) == bytes(END_OF_TAR)
        about = json.loads((place / "anjia.json").read_text())
        version = int(about["format"])
    except (*UNREADABLE, KeyError, TypeError, ValueError) as error:
        raise Stop(f"{source} is not a backup of Anjia: {error}") from None
    except OSError as error:
        if error.errno in FULL:
            raise
        raise Stop(f"{source} is not a backup of Anjia: {error}") from None
    if version > FORMAT:
        raise Stop(f"{source} was made by a newer version of Anjia: restore it with that one.")
    check_contents(source, place, found, version, is_whole=is_whole)


def check_contents(source: Path, place: Path, found: dict[str, str], version: int, *, is_whole: bool) -> None:
    """:raises Stop: if something is missing, or is not what it was"""
    try:
        said = found if version == WITHOUT_CONTENTS else json.loads((place / CONTENTS).read_text())
    except (OSError, ValueError):
        is_whole = False
    if not (is_whole and found.keys() >= NEEDED):
        raise Stop(f"{source} is cut off or damaged: take another copy of it, or another backup.")
    found.pop(CONTENTS, None)
    (place / CONTENTS).unlink(missing_ok=True)
    if wrong := [name for name in sorted(said.keys() | found.keys()) if said.get(name) != found.get(name)]:
        raise Stop(f"{source} is damaged ({wrong[0]}): take another copy of it, or another backup.")


def take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> tuple[str, str] | None:
    """Write one file of the backup for our eyes only, nothing else and nowhere else; return its name and hash."""
    target = (place / member.name).resolve()
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(place):
        return None
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    heard = Heard(content)
    with content, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        shutil.copyfileobj(heard, stream)
    return member.name, heard.digest.hexdigest()
