"""
All tests in as many processes as there are cores: `script/test` names this to pytest as a plugin.

Each process has a PostgreSQL of its own, since a seal waits for every transaction that is open in the whole cluster.
The tests of a module stay together, and those of a package whose fixtures take long to make; the longest come first.
"""

import json
import os
from collections import Counter
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Read before Django's settings are, which take the database from the environment.
DATABASES: Final = json.loads(os.environ.get("ANJIA_DATABASES", "{}"))
os.environ |= DATABASES.get(os.environ.get("PYTEST_XDIST_WORKER"), {})

# Packages whose tests look at a server or a town that is made once for all of them.
WHOLE: Final = ("tests/browser", "tests/web")
LONGEST_FIRST: Final = (
    *WHOLE,
    "tests/machine/test_backup.py",
    "tests/machine/test_postgres.py",
    "tests/machine/test_server.py",
)


def share_of(node: str) -> str:
    """Return what this test is not parted from."""
    module = node.partition("::")[0]
    return next((package for package in WHOLE if module.startswith(f"{package}/")), module)


def rank_of(node: str) -> int:
    share = share_of(node)
    return LONGEST_FIRST.index(share) if share in LONGEST_FIRST else len(LONGEST_FIRST)


class ByShare(LoadScopeScheduling):  # type: ignore[misc]  # it says nothing of its types
    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByShare:
    return ByShare(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first. Two tests of one name would be run as one: schemathesis's are told apart by their own."""
    named = Counter(item.nodeid for item in items)
    for item in items:
        if named[item.nodeid] > 1:
            item._id = item.id.with_params(item.name.partition("[")[2].removesuffix("]"))
    assert len({item.nodeid for item in items}) == len(items), "each test needs a name of its own"
    items.sort(key=lambda item: rank_of(item.nodeid))
