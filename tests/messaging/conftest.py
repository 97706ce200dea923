import pytest

from anjia.kernel.actors import Actor
from anjia.messaging import jobs
from tests import make as basics
from tests.messaging.make import Post


@pytest.fixture
def post(database: None, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Put vendors in the test's hand in the place of the real ones."""
    vendors = Post()
    monkeypatch.setattr(jobs, "carrier", vendors.carrier)
    vendors.forget()
    return vendors


@pytest.fixture
def sender() -> Actor:
    return basics.actor("messaging.send", "messaging.call")
