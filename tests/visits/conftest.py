"""The town in which the visits are."""

import pytest

from tests.visits.make import Town, town


@pytest.fixture
def here() -> Town:
    return town()
