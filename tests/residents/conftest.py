"""The desk that residents come to."""

import pytest

from anjia.kernel.actors import Actor
from tests import make


@pytest.fixture
def desk() -> Actor:
    return make.actor(
        "residents.read", "residents.grant", "residents.consent", "identity.open_account", "files.store"
    )
