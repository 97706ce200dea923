import pytest

from tests.emergencies.make import House, house


@pytest.fixture
def here(database: None) -> House:
    return house()
