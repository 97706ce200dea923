import pytest

from tests.supplies.make import House, house


@pytest.fixture
def here() -> House:
    return house()
