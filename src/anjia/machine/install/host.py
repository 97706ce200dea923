"""The server that is installed on. In a dry run it says what it would do, and does nothing."""

import grp
import os
import pwd
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anjia.machine.steps import Stop

USER = "anjia"


@dataclass(slots=True)
class Host:
    dry_run: bool

    def say(self, words: str) -> None:
        print(f"    {'would ' if self.dry_run else ''}{words}", flush=True)

    def run(self, *words: str, environment: Mapping[str, str] | None = None, quietly: bool = True) -> None:
        """:raises Stop: with its last words, if it fails"""
        self.say(f"run {shlex.join(words)}")
        if self.dry_run:
            return
        done = subprocess.run(
            words,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quietly else None,
            stderr=subprocess.STDOUT if quietly else None,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Stop(f"{words[0]} failed, what is above stays done: {(done.stdout or '').strip()[-1500:]}")

    def as_anjia(self, *words: str) -> None:
        self.run("runuser", "-u", USER, "--", *words, quietly=False)

    def holds(self, *words: str) -> bool:
        """Ask something that changes nothing."""
        return (
            subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            ).returncode
            == 0
        )

    def folder(self, path: Path, *, mode: int = 0o755, owner: str = "root") -> None:
        if path.is_dir():
            return
        self.say(f"make {path} ({owner}, {mode:o})")
        if not self.dry_run:
            path.mkdir(parents=True)
            path.chmod(mode)
            os.chown(path, *ids_of(owner, owner))

    def write(self, path: Path, text: str, *, mode: int = 0o644, group: str = "root") -> bool:
        """Write the file if it says something else, or others may read it than should; return whether it did."""
        if path.exists() and path.read_text() == text and path.stat().st_mode & 0o777 == mode:
            return False
        self.say(f"write {path}")
        if not self.dry_run:
            partial = path.with_name(f".{path.name}.new")
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
            os.chown(partial, *ids_of("root", group))
            partial.chmod(mode)
            partial.replace(path)
        return True

    def link(self, path: Path, target: Path) -> None:
        if path.is_symlink() and path.readlink() == target:
            return
        self.say(f"link {path} to {target}")
        if not self.dry_run:
            path.unlink(missing_ok=True)
            path.symlink_to(target)


def ids_of(user: str, group: str) -> Sequence[int]:
    return pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid


def lines_with(said: Sequence[str], wanted: Mapping[str, str]) -> str:
    """Return the lines of a file of settings, and those that it has no word of yet."""
    names = {line.partition("=")[0].strip() for line in said}
    missing = [f"{name}={value}" for name, value in wanted.items() if name not in names]
    return "\n".join([*said, *missing]) + "\n"
