import pytest

from tests.orders.make import Clinic, clinic


@pytest.fixture
def here() -> Clinic:
    return clinic()
