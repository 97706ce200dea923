"""
`script/test`, `script/check`, `script/bench` and `script/proof`.

    python -m anjia.machine.development test [what pytest is told]
"""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from anjia.machine import children, clients
from anjia.machine.database import environment_of, prepare
from anjia.machine.environment import CHECKOUT, VENV, dotenv
from anjia.machine.home import DEMO, Home
from anjia.machine.postgres import Cluster, external
from anjia.machine.steps import Stop, one_sentence, step

CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIGHT: Final = "chromium-headless-shell"  # the same without windows: it takes half the processor time
PYTHON: Final = [
    folder for folder in ("src", "tests", "proofs", "benchmarks") if any((CHECKOUT / folder).rglob("*.py"))
]
PATHS: Final = os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)])
BYTECODE: Final = str(
    VENV / "bytecode"
)  # for the checks, the tests and the servers that they start: once for all
DATABASES: Final = ("DATABASE_URL", "DATABASE_OWNER_URL")
MOST_SHARES: Final = 4  # the browser's share takes a quarter of all the time
BENCHMARKS: Final = CHECKOUT / "benchmarks"
WITHOUT_DATABASE: Final = {"planning", "city", "routing"}
PROOFS: Final = CHECKOUT / "proofs"
WRITTEN_PROOFS: Final = CHECKOUT / "docs" / "reference" / "proofs.md"
LONG: Final = "long"  # the mark of what only CI waits for
NO_CHROMIUM: Final = (
    "There is no Chromium (Debian: apt-get install chromium fonts-noto-cjk, and for half of what it takes\n"
    "chromium-headless-shell; or its path in ANJIA_CHROMIUM):\n"
    "the browser journeys, their screenshots and the accessibility checks are skipped."
)


# Tests


def test(words: list[str]) -> int:
    """
    Run the tests: those named, or all of them, shared among the cores; beside them the clients are built and checked.

    `long` names those that take too long to be waited for at each change: CI runs them too. Who needs the clients
    built, the browser's server, waits for that and nobody else does.
    """
    are_long, words = words == [LONG], [] if words == [LONG] else words
    chromium, began = find_chromium(light=not (words or are_long)), time.time()
    shares = 1 if words or external(os.environ) else min(cores() + 1, MOST_SHARES)
    are_all = not (words or are_long) and has_clients()
    install_node_if(are_all)
    # One place for all that is started, and for the next run: compiling takes longer than starting.
    os.environ["PYTHONPYCACHEPREFIX"] = BYTECODE
    with ExitStack() as stack:
        checks = stack.enter_context(client_checks()) if are_all else None
        own = [stack.enter_context(temporary_database(for_tests=True)) for _ in range(shares)]
        environment = own[0] | ({"ANJIA_CHROMIUM": chromium} if chromium else {})
        prepare("translations", environment)
        chosen = words or [
            "-m",
            f"{'' if are_long else 'not '}{LONG}{'' if chromium else ' and not browser'}",
        ]
        if not are_long and not words:
            # schemathesis's tests are long, and reading it in takes seconds; how things are written is script/check's.
            chosen += ["-p", "no:schemathesis", "--ignore=tests/architecture"]
        if shares > 1:
            read_once(chosen, environment)
            migrate_once(own)
            environment |= shared_among(own)
            chosen += ["-n", str(shares), "--no-loadscope-reorder", "--max-worker-restart=0"]
        code = subprocess.run(
            [sys.executable, "-m", "pytest", *chosen], cwd=CHECKOUT, env=environment, check=False
        ).returncode
        if not chromium:
            print(NO_CHROMIUM)
        elif any(file.stat().st_mtime >= began for file in screenshots().glob("*.png")):
            print(f"The screenshots are in {screenshots()}.")
        return max(code, checks() if checks else 0)


def cores() -> int:
    """Return how many we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared_among(own: list[dict[str, str]]) -> dict[str, str]:
    """Return what tells pytest to share the tests among processes, each of which has one of these databases."""
    databases = {
        f"gw{number}": {name: environment[name] for name in DATABASES}
        for number, environment in enumerate(own)
    }
    return {
        "ANJIA_DATABASES": json.dumps(databases),
        "ANJIA_MIGRATED": "yes",
        "PYTEST_PLUGINS": "tests.shares",
        "PYTHONPATH": PATHS,
    }


def screenshots() -> Path:
    """Return the folder where the browser's journeys keep what they saw."""
    return Path(os.environ.get("ANJIA_PICTURES") or CHECKOUT / "screenshots")


def find_chromium(*, light: bool = False) -> str | None:
    """Return where it is: the one that is named, or the first that there is, with `light` the lightest."""
    named = os.environ.get("ANJIA_CHROMIUM") or dotenv().get("ANJIA_CHROMIUM")
    names = (LIGHT, *CHROMIUM) if light else (*CHROMIUM, LIGHT)
    return named or next((path for name in names if (path := shutil.which(name))), None)


def has_clients() -> bool:
    return (clients.CLIENT.folder / "package.json").exists()


def install_node_if(needed: bool) -> None:
    if needed and not clients.has_node():
        with step("Node"):
            clients.install_node()


def read_once(chosen: list[str], environment: dict[str, str]) -> None:
    """
    Have the tests' modules compiled, unless they have been: else each of the shares would compile them all.

    One core is enough for that; meanwhile the other builds the clients.
    """
    if not Path(environment["PYTHONPYCACHEPREFIX"], *CHECKOUT.parts[1:], "tests").exists():
        subprocess.run(
            [sys.executable, "-m", "pytest", "--collect-only", "-qq", *chosen],
            cwd=CHECKOUT,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,  # what is wrong will be said when they run
        )


def migrate_once(own: list[dict[str, str]]) -> None:
    """Migrate the first of the shares' databases and fill the others from it, which takes a fifth of the time."""
    prepare("migrations", own[0])
    first, *others = (Cluster(Home(Path(environment["ANJIA_HOME"])), for_tests=True) for environment in own)
    with tempfile.TemporaryDirectory() as place:
        first.dump(Path(place) / "migrated")
        for other in others:
            other.fill(Path(place) / "migrated")


@contextmanager
def client_checks() -> Iterator[Callable[[], int]]:
    """Build and check the clients meanwhile; give what waits for that, says how it went and returns a code."""
    with tempfile.TemporaryFile() as said:
        words = [sys.executable, "-m", "anjia.machine.clients", "check"]
        process = children.spawn(words, os.environ | {"PYTHONPATH": PATHS}, output=said)

        def finish() -> int:
            code = process.wait()
            if code:
                said.seek(0)
                print(said.read().decode(errors="replace"))
            print("The client's checks have", "failed." if code else "passed.")
            return code

        try:
            yield finish
        finally:
            children.stop(process, signal.SIGTERM, 1)


# Checks


def check(words: list[str]) -> int:
    """Look for what a machine can see without running the product; say all that is wrong."""
    python = [sys.executable, "-m"]
    failed = [
        name
        for name, command in {
            "Lint (ruff)": [*python, "ruff", "check", "."],
            "Types (mypy)": [*python, "mypy", *PYTHON],
            "Layers (import-linter)": [
                sys.executable,
                "-c",
                "from importlinter.cli import lint_imports_command as c; c()",
            ],
            "Front doors, habits, both languages": [*python, "pytest", "-q", "tests/architecture"],
            "Migrations": [*python, "anjia", "makemigrations", "--check", "--dry-run"],
            "API document": [*python, "anjia", "openapi", "--check"],
        }.items()
        if not passes(name, command)
    ]
    if not client_types_pass():
        failed.append("the client's types")
    print(f"Wrong: {', '.join(failed)}." if failed else "All is well.")
    return 1 if failed else 0


def passes(name: str, command: list[str], folder: Path = CHECKOUT) -> bool:
    began = time.monotonic()
    environment = os.environ | {
        "PYTHONPATH": str(CHECKOUT / "src"),
        "PATH": clients.search_path(),
        "PYTHONPYCACHEPREFIX": BYTECODE,
        "CI": "true",
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    print(
        f"  {name:.<46} {'failed' if done.returncode else 'ok'} {time.monotonic() - began:5.1f} s", flush=True
    )
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def client_types_pass() -> bool:
    folder = clients.CLIENT.folder
    if not has_clients():
        return True
    install_node_if(True)
    if not clients.CLIENT.is_installed():
        with step("Node packages of the client"):
            clients.CLIENT.install(quietly=True)
    npm = shutil.which("npm", path=clients.search_path()) or "npm"
    return passes("Client's types", [npm, "run", "typecheck"], folder)


# Benchmarks and proofs


def bench(words: list[str]) -> int:
    """
    Run the benchmarks, or the one that is named; write what each printed to benchmarks/results.

    Words from the first that begins with a dash are for the benchmark itself.
    """
    code, first = 0, next((number for number, word in enumerate(words) if word.startswith("-")), len(words))
    for file in scripts_in(BENCHMARKS, words[:first]):
        with environment_for(file) as environment:
            said, failed = run_script(file, environment, words[first:])
        code |= failed
        results = BENCHMARKS / "results"
        results.mkdir(exist_ok=True)
        report = {
            "at": now(),
            "machine": machine(),
            "results": [line_of(line) for line in said if is_result(line)],
        }
        (results / f"{file.stem}.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return code


def proof(words: list[str]) -> int:
    """Run the long proofs, or the one that is named; write down what they said."""
    code = 0
    for file in scripts_in(PROOFS, words):
        said, failed = run_script(file, dict(os.environ))
        code |= failed
        lines = [
            f"\n## {file.stem}, {now()}, {'FAILED' if failed else 'holds'}\n",
            f"{machine()}\n",
            "```",
            *said,
            "```",
        ]
        WRITTEN_PROOFS.parent.mkdir(parents=True, exist_ok=True)
        with WRITTEN_PROOFS.open("a") as stream:
            stream.write("\n".join(lines) + "\n")
    return code


def scripts_in(folder: Path, words: list[str]) -> list[Path]:
    """:raises Stop: if there is none of that name"""
    named = [folder / f"{word}.py" for word in words]
    missing = [file.stem for file in named if not file.exists()]
    if missing:
        raise Stop(f"there is no {missing[0]} in {folder.name}/.")
    return named or sorted(file for file in folder.glob("[a-z]*.py"))


@contextmanager
def environment_for(file: Path) -> Iterator[dict[str, str]]:
    """Give a benchmark a database of its own, if it asks for one."""
    if file.stem in WITHOUT_DATABASE:
        yield dict(os.environ)
        return
    with temporary_database(for_tests=False) as environment:
        prepare("migrations", environment)
        yield environment


def run_script(file: Path, environment: dict[str, str], words: Sequence[str] = ()) -> tuple[list[str], int]:
    """Run it, show what it prints, and return that and how it ended."""
    print(f"{file.parent.name}/{file.name}", flush=True)
    process = subprocess.Popen(
        [sys.executable, "-m", f"{file.parent.name}.{file.stem}", *words],
        env=environment | {"PYTHONPATH": PATHS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None, "it is a pipe"
    said = []
    for line in process.stdout:
        print(f"  {line}", end="", flush=True)
        said.append(line.rstrip())
    return said, process.wait()


def is_result(line: str) -> bool:
    words = line.split()
    return len(words) == 3 and words[1].replace(".", "", 1).isdigit()


def line_of(line: str) -> dict[str, str | float]:
    name, value, unit = line.split()
    return {"name": name, "value": float(value), "unit": unit}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


# A database for as long as it takes


@contextmanager
def temporary_database(*, for_tests: bool) -> Iterator[dict[str, str]]:
    """Give the environment of a data folder that is thrown away, and of its database unless one is named."""
    with tempfile.TemporaryDirectory(prefix="anjia-") as place:
        home = Home(Path(place).resolve() / "home")
        home.make(DEMO)
        if external(os.environ):
            yield environment_of(home, {})
            return
        cluster = Cluster(home, for_tests=for_tests)
        try:
            with cluster.running():
                yield environment_of(home, cluster.environment())
        finally:
            cluster.remove()


def main() -> None:
    with one_sentence():
        do: dict[str, Callable[[list[str]], int]] = {
            "test": test,
            "check": check,
            "bench": bench,
            "proof": proof,
        }
        sys.exit(do[sys.argv[1]](sys.argv[2:]))


if __name__ == "__main__":
    main()
