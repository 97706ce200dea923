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

import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from anjia.identity import proofs
from anjia.kernel import encryption


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder of the tests' own: keys, files, seals."""
    home = tmp_path_factory.mktemp("anjia")
    settings.ANJIA_HOME = home
    settings.KEYRING, settings.FILES = home / "keyring.json", home / "files"
    settings.SEALS = home / "seals" / "newest.jsonl"
    keys = {"current": "k1", "keys": {"k1": encryption.new_key()}, "index_key": encryption.new_key()}
    settings.KEYRING.write_text(json.dumps(keys))
    settings.STATIC_ROOT = home / "static"
    settings.STATIC_ROOT.mkdir()
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
    with django_db_blocker.unblock(), empty_database(os.environ.get("ANJIA_TEST_DATABASE")):
        yield


@contextmanager
def empty_database(name: str | None) -> Iterator[None]:
    """Let everything that happens meanwhile happen in a database that has the tables and nothing else."""
    owner, application = connections["owner"], connections["default"]
    before = (
        owner.settings_dict["NAME"],
        application.settings_dict["NAME"],
        owner.settings_dict["TEST"]["NAME"],
    )
    owner.close()
    application.close()
    owner.settings_dict["TEST"]["NAME"] = name
    application.settings_dict["NAME"] = owner.creation.create_test_db(
        verbosity=0, autoclobber=True, serialize=False
    )
    try:
        yield
    finally:
        application.close()
        owner.creation.destroy_test_db(before[0], verbosity=0)
        (
            owner.settings_dict["NAME"],
            application.settings_dict["NAME"],
            owner.settings_dict["TEST"]["NAME"],
        ) = before


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the test use the database."""
    with django_db_blocker.unblock():
        yield


@contextmanager
def copied_database() -> Iterator[None]:
    """Let everything that happens meanwhile happen in a copy of the database, which is thrown away."""
    owner, application = connections["owner"], connections["default"]
    before = owner.settings_dict["NAME"]
    owner.close()
    application.close()
    owner.creation.clone_test_db("copy", verbosity=0, autoclobber=True)
    copy = owner.creation.get_test_db_clone_settings("copy")["NAME"]
    owner.settings_dict["NAME"] = application.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        application.close()
        owner.close()
        owner.settings_dict["NAME"] = application.settings_dict["NAME"] = before
        owner.creation.destroy_test_db(suffix="copy", verbosity=0)
