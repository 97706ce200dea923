import pytest
from pytest_django import DjangoDbBlocker

from tests.web import town as places
from tests.web.town import Town


@pytest.fixture(scope="session")
def founded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Town:
    with django_db_blocker.unblock():
        return places.build()


@pytest.fixture
def town(founded: Town, database: None) -> Town:
    return founded
