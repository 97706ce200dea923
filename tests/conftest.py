"""
The tests' database is made by its owner; the tests run as the application role.

Nothing is rolled back or cleaned up: units of work really commit, every test makes an organization of
its own, and row-level security keeps them apart.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from anjia.kernel import encryption


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder of the tests' own: keys, files, seals."""
    home = tmp_path_factory.mktemp("anjia")
    settings.ANJIA_HOME = home
    settings.KEYRING, settings.FILES = home / "keyring.json", home / "files"
    settings.SEALS = home / "seals" / "newest.jsonl"
    settings.KEYRING.write_text(encryption.new_keyring())
    encryption.keyring.cache_clear()
    settings.STATIC_ROOT = home / "static"
    settings.STATIC_ROOT.mkdir()
    return home


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    owner, application = connections["owner"], connections["default"]
    name_before = owner.settings_dict["NAME"]
    owner.settings_dict["TEST"]["NAME"] = os.environ.get("ANJIA_TEST_DATABASE")
    with django_db_blocker.unblock():
        application.settings_dict["NAME"] = owner.creation.create_test_db(
            verbosity=0, autoclobber=True, serialize=False
        )
        yield
        application.close()
        owner.creation.destroy_test_db(name_before, verbosity=0)


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the test use the database."""
    with django_db_blocker.unblock():
        yield
