"""What a reviewer should not have to look for."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pytest

import anjia
from anjia.identity.permissions import PERMISSION_WORDS
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import Command

ROOT = Path(anjia.__path__[0])
CONTEXTS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
EDGES = {
    "http.py",
    "console.py",
    "callbacks.py",
    "jobs.py",
    "setup.py",
    "front.py",
}  # where a request becomes an actor and a time
TRANSACTIONS = {
    "kernel/work.py",
    "kernel/database.py",
    "kernel/management/commands/migrate.py",
}  # the unit of work, and the savepoint
CLOCKS = {"kernel/http.py", "kernel/console.py", "kernel/jobs.py", "web/authentication.py"}


def sources() -> dict[str, str]:
    paths = (path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths}


def is_edge(name: str) -> bool:
    return (
        Path(name).name in EDGES
        or "/console/" in name
        or "/management/" in name
        or name.startswith("machine/")
    )


def modules(kind: str) -> list[ModuleType]:
    """Return each context's `commands` or `queries`, and, where it is a package, what is in it."""
    found = [*ROOT.glob(f"*/{kind}.py"), *ROOT.glob(f"*/{kind}/*.py")]
    names = [
        path.relative_to(ROOT.parent).with_suffix("").as_posix().replace("/", ".") for path in sorted(found)
    ]
    return [import_module(name.removesuffix(".__init__")) for name in names]


def public_things(kind: str) -> list[tuple[str, object]]:
    return [
        (f"{module.__name__}.{name}", thing)
        for module in modules(kind)
        for name, thing in vars(module).items()
        if getattr(getattr(thing, "function", thing), "__module__", None) == module.__name__
        and not name.startswith("_")
        and not isinstance(thing, type | TypeVar)
    ]


def test_every_verb_is_a_command() -> None:
    verbs = public_things("commands")

    assert len(verbs) >= 6
    assert [name for name, thing in verbs if not isinstance(thing, Command)] == []


def test_every_query_asks_who_wants_to_know_and_what_for() -> None:
    for name, query in public_things("queries"):
        assert callable(query), name
        first, second, *_ = [*inspect.signature(query).parameters.values(), None, None]
        assert first is not None, name
        assert first.annotation is Actor, name
        assert second is not None, name
        assert second.annotation is Purpose, name


@pytest.mark.parametrize(
    ("habit", "may"),
    [
        (r"\batomic\(", TRANSACTIONS),
        (
            r"timezone\.now\(|datetime\.now\(",
            CLOCKS | {name for name in sources() if is_edge(name)},
        ),
        (r"startswith=|__i?contains=|__overlap=", set()),  # no index under row-level security
    ],
)
def test_is_written_only_where_it_belongs(habit: str, may: set[str]) -> None:
    assert [name for name, text in sources().items() if re.search(habit, text) and name not in may] == []


def test_whatever_a_role_may_do_is_asked_for_somewhere() -> None:
    lists = {"identity/roles.py", "identity/permissions.py"}
    asking = [text for name, text in sources().items() if name not in lists]

    assert [one for one in PERMISSION_WORDS if not any(f'"{one}"' in text for text in asking)] == []


def test_every_context_says_what_it_owns() -> None:
    assert [name for name in CONTEXTS if not (ROOT / name / "__init__.py").read_text().strip()] == []
