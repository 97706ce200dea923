from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django import DjangoDbBlocker

from tests.conftest import copied_database, empty_database
from tests.web import town as places
from tests.web.town import Town


@pytest.fixture(scope="package")
def founded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """Found the town in a database of its own: a demo has the same ids wherever it is, and others found one too."""
    with django_db_blocker.unblock(), empty_database("test_anjia_walk"):
        yield places.build()


@pytest.fixture
def town(founded: Town, database: None) -> Town:
    return founded


@pytest.fixture(scope="module")
def copied(founded: Town, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """Give a copy of the town to a module whose tests change it: what they do, the others do not see."""
    with django_db_blocker.unblock(), copied_database():
        yield replace(founded, kept={})


@pytest.fixture
def changing_town(copied: Town, database: None) -> Town:
    return copied
