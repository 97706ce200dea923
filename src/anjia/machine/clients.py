"""
Builds the client and the console's files with Node, when their sources have changed.

    python -m anjia.machine.clients clients     in a process of its own, beside other steps
    python -m anjia.machine.clients all         whatever is to be built, with Node where it is missing
    python -m anjia.machine.clients check       whatever is to be built, and then the client's checks
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anjia.machine import environment
from anjia.machine.children import end_with_our_group, watch_parent
from anjia.machine.environment import CHECKOUT, LOCKS, VENV
from anjia.machine.steps import Stop, one_sentence, step

NODE: Final = 20
MADE_BY_BUILDS: Final = {"node_modules", "dist", "unpackage"}


@dataclass(frozen=True, slots=True)
class Build:
    """A folder with a `package.json`, and the script in it that builds `output`."""

    folder: Path
    script: str
    output: Path

    @property
    def stamp(self) -> Path:
        return self.folder / "dist" / "built-from"

    def is_needed(self) -> bool:
        if not (self.folder / "package.json").exists():
            return False
        return not self.output.exists() or not self.stamp.exists() or self.stamp.read_text() != self.sources()

    def sources(self) -> str:
        """Return a hash of all files that it is built from."""
        digest = hashlib.sha256()
        for path in sorted(files_below(self.folder)):
            digest.update(f"{path.relative_to(self.folder)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def run(self, *, quietly: bool = False) -> None:
        """
        Build, in turn with others in this checkout: whoever has waited finds it built.

        :raises Stop: if Node's tools fail
        """
        with (VENV / f"building-{self.folder.name}").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if self.is_needed():
                self.make(quietly=quietly)

    def make(self, *, quietly: bool) -> None:
        """:raises Stop: if Node's tools fail"""
        sources = self.sources()
        if not self.is_installed():
            self.install(quietly=quietly)
        npm("run", self.script, folder=self.folder, quietly=quietly)
        self.stamp.parent.mkdir(exist_ok=True)
        self.stamp.write_text(sources)

    def install(self, *, quietly: bool = False) -> None:
        """:raises Stop: if Node's tools fail"""
        npm("ci", "--no-audit", "--no-fund", "--loglevel=error", folder=self.folder, quietly=quietly)
        self.installed.write_text(self.lock())

    @property
    def installed(self) -> Path:
        return self.folder / "node_modules" / ".installed-from"

    def is_installed(self) -> bool:
        return self.installed.exists() and self.installed.read_text() == self.lock()

    def lock(self) -> str:
        return hashlib.sha256((self.folder / "package-lock.json").read_bytes()).hexdigest()


CLIENT: Final = Build(CHECKOUT / "clients", "build:h5", CHECKOUT / "clients" / "dist" / "build" / "h5")
CONSOLE: Final = Build(CHECKOUT / "clients" / "console", "build", CHECKOUT / "clients" / "console" / "dist")
BUILDS: Final = (CONSOLE, CLIENT)


def files_below(folder: Path) -> Iterator[Path]:
    """Give the folder's own sources: not what builds make, not packages inside it."""
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif path.name not in MADE_BY_BUILDS and not (path / "package.json").exists():
            yield from files_below(path)


def has_node() -> bool:
    """Return whether there is a Node that is new enough, with npm."""
    node, npm_path = shutil.which("node", path=search_path()), shutil.which("npm", path=search_path())
    if node is None or npm_path is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return said[1:].partition(".")[0].isdigit() and int(said[1:].partition(".")[0]) >= NODE


def install_node() -> None:
    """
    Take Node from the package index into the virtual environment.

    :raises Stop: if it cannot be had
    """
    environment.must(environment.run(environment.uv_install(LOCKS / "node.txt")))


def search_path() -> str:
    """Return where programs are looked for: the virtual environment's Node, if it was needed, wins."""
    own = VENV / "bin"
    path = os.environ.get("PATH", os.defpath)
    return f"{own}{os.pathsep}{path}" if (own / "node").exists() else path


def build_all() -> None:
    """:raises Stop: if Node cannot be had, or its tools fail"""
    needed = [build for build in BUILDS if build.is_needed()]
    if needed and not has_node():
        with step("Node"):
            install_node()
    for build in needed:
        with step(f"Build of {build.folder.relative_to(CHECKOUT)}"):
            build.run(quietly=True)


def check() -> None:
    """
    Build what has to be built and check the client, what was built included.

    :raises Stop: if something is wrong with it
    """
    for build in BUILDS:
        build.run()
    npm("run", "check", folder=CLIENT.folder, quietly=False, ANJIA_H5=str(CLIENT.output))


def npm(*words: str, folder: Path, quietly: bool, **more: str) -> None:
    """:raises Stop: if it fails"""
    path = search_path()
    done = subprocess.run(
        [shutil.which("npm", path=path) or "npm", *words],
        cwd=folder,
        # CI=true: uni-app's tools send a hash of the machine's address home otherwise.
        env=os.environ | more | {"CI": "true", "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quietly else None,
        stderr=subprocess.STDOUT if quietly else None,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop(f"npm {' '.join(words)} failed in {folder.name}/. {(done.stdout or '')[-2000:]}")


def main() -> None:
    watch_parent()
    end_with_our_group()  # npm's processes do not end with us
    with one_sentence():
        if sys.argv[1] == "check":
            check()
        elif sys.argv[1] == "all":
            build_all()
        else:
            next(build for build in BUILDS if build.folder == CHECKOUT / sys.argv[1]).run()


if __name__ == "__main__":
    main()
