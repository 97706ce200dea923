"""Who makes the rota."""

import pytest

from anjia.kernel.actors import Actor
from tests import make


@pytest.fixture
def manager() -> Actor:
    return make.actor("workforce.change", "workforce.read", "workforce.ask_leave", "files.store")
