"""What /readyz says beside that we are ready. Whether we are is asked of a running server: test_server.py."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from anjia.kernel.actors import system
from anjia.kernel.models import Event
from anjia.kernel.work import acting
from anjia.machine.application import not_heard
from tests import make


@pytest.mark.usefixtures("database")
def test_says_how_many_events_nobody_has_heard_and_for_how_long() -> None:
    now, house = datetime.now(UTC), make.actor().organization_id
    content = {"at": now - timedelta(hours=2)}
    acting(system(house), now).ask(
        lambda _: Event.objects.create(
            organization_id=house, name="kernel.Noted", content=content, due_at=now, attempts=8
        )
    )

    said = re.fullmatch(r"; (\d+) events not heard, the oldest for (\d+) s", not_heard())

    assert said
    assert int(said[1]) >= 1  # other tests leave some too
    assert int(said[2]) >= 7200
