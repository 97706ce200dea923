"""
The tests' database is made by its owner; the tests run as the application role.

Nothing is rolled back or cleaned up: units of work really commit, every test makes an organization of
its own, and row-level security keeps them apart.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import hypothesis
import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from anjia.identity import proofs
from anjia.kernel import encryption

# What takes too long to be waited for at each change: `script/test long` runs it, and so does CI.
LONG: Final = (
    "tests/browser/days/",
    "tests/browser/test_help.py",
    "tests/browser/test_pages.py",  # every page there is; journeys see the most of them
    "tests/dispatch/test_concurrency.py::TestOneOffer::test_is_taken_once_in_a_thousand",
    "tests/dispatch/test_concurrency.py::TestOneSlot::test_is_held_by_one_of_a_thousand",
    "tests/kernel/test_rotation.py",
    "tests/machine/test_backup.py",
    "tests/machine/test_postgres.py",
    "tests/machine/test_server.py",
    "tests/planning/test_errands.py",  # these compile the engine first
    "tests/planning/test_explain.py",
    "tests/planning/test_insert.py",
    "tests/planning/test_moves.py",
    "tests/planning/test_optimal.py",
    "tests/planning/test_promises.py",
    "tests/planning/test_repair.py",
    "tests/planning/test_solve.py",
    "tests/planning/test_weeks.py",
    "tests/planning/test_zones.py",
    "tests/simulation/test_demo.py",  # founds a town of its own
    "tests/simulation/test_month.py",
    "tests/web/test_every_page.py::TestForgedForms",
    "tests/web/test_every_page.py::TestStrangers",  # those of the API are walked over each time
    "tests/web/test_every_page.py::TestWhoMay",
    "tests/web/test_list_statement_counts.py",
    "tests/web/test_plans.py",
    "tests/web/test_schema.py",
    "tests/web/test_statement_counts.py",
    "tests/web/test_walk_statement_counts.py",
    "tests/web/test_withdrawn_consent.py",
)
HERE: Final = Path(__file__).parent.parent

# Three processes share two cores: how long something takes here says nothing about it.
hypothesis.settings.register_profile(
    "shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out at once the modules that are all long where nothing long is wanted: reading them takes long too."""
    if "not long" not in config.option.markexpr:
        return None
    place = str(collection_path.relative_to(HERE)) + "/" * collection_path.is_dir()
    return True if place in LONG else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(LONG):
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder of the tests' own: keys, files, seals."""
    home = tmp_path_factory.mktemp("anjia")
    settings.ANJIA_HOME = home
    settings.KEYRING, settings.FILES = home / "keyring.json", home / "files"
    settings.SEALS = home / "seals" / "newest.jsonl"
    keys = {"current": "k1", "keys": {"k1": encryption.new_key()}, "index_key": encryption.new_key()}
    settings.KEYRING.write_text(json.dumps(keys))
    settings.ROADS = {}  # a demo asks a stand-in: who means one, says so
    settings.STATIC_ROOT = home / "static"
    settings.STATIC_ROOT.mkdir()
    settings.WHITENOISE_AUTOREFRESH = (
        True  # or each of the tests' clients looks through all static files first
    )
    return home


@pytest.fixture(scope="session", autouse=True)
def slow_hasher() -> Iterator[PasswordHasher]:
    """Give what passwords are hashed with, which takes its time on purpose; the tests do it with one that does not."""
    with pytest.MonkeyPatch.context() as patch:
        slow = proofs.HASHER
        patch.setattr(proofs, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield slow


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Make the database by its migrations, unless they have run already, and a copy that stays empty."""
    owner, application = connections["owner"], connections["default"]
    before = owner.settings_dict["NAME"]
    if "ANJIA_MIGRATED" in os.environ:
        name = owner.settings_dict["TEST"]["NAME"] = f"test_{before}"
        with django_db_blocker.unblock(), copied(before, name), copied(before, empty()), using(name):
            yield
        return
    owner.settings_dict["TEST"]["NAME"] = os.environ.get("ANJIA_TEST_DATABASE")
    with django_db_blocker.unblock():
        owner.close()
        application.close()
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        owner.settings_dict["TEST"]["NAME"] = name
        with copied(name, empty()), using(name):
            yield
        owner.creation.destroy_test_db(before, verbosity=0)


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the test use the database."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def apart(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """
    Give a module a database of its own: what goes through every house has none of the other tests' to go through.

    Its seals are kept elsewhere too, or they would be missing in the others' database.
    """
    seals = tmp_path_factory.mktemp("seals") / "newest.jsonl"
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "SEALS", seals)
        with empty_database("test_anjia_apart"):
            yield


@contextmanager
def empty_database(name: str) -> Iterator[None]:
    """Let everything that happens meanwhile happen in a database that has the tables and nothing else."""
    with copied(empty(), name), using(name):
        yield


@contextmanager
def copied_database() -> Iterator[None]:
    """Let everything that happens meanwhile happen in a copy of the database, which is thrown away."""
    here = connections["owner"].settings_dict["NAME"]
    with copied(here, f"{here}_copy"), using(f"{here}_copy"):
        yield


def empty() -> str:
    return f"{connections['owner'].settings_dict['TEST']['NAME']}_empty"


@contextmanager
def copied(original: str, copy: str) -> Iterator[None]:
    """Let there be a copy of a database that nobody is connected to."""
    owner = connections["owner"]
    owner.close()
    connections["default"].close()
    with owner._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {copy}")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {original}")
    try:
        yield
    finally:
        with owner._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {copy}")


@contextmanager
def using(name: str) -> Iterator[None]:
    owner, application = connections["owner"], connections["default"]
    before = owner.settings_dict["NAME"], application.settings_dict["NAME"]
    owner.close()
    application.close()
    owner.settings_dict["NAME"] = application.settings_dict["NAME"] = name
    try:
        yield
    finally:
        application.close()
        owner.close()
        owner.settings_dict["NAME"], application.settings_dict["NAME"] = before
