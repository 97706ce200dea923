from datetime import timedelta

import pytest

from anjia.kernel import events
from anjia.kernel.actors import Actor, system
from anjia.kernel.housekeeping import forget_events
from anjia.kernel.models import Delivery, Event
from anjia.kernel.work import acting
from anjia.workforce.events import RotaChanged
from tests import make
from tests.make import NOON


@pytest.mark.usefixtures("database")
class TestForgetEvents:
    def test_forgets_what_all_heard_a_month_ago_and_nothing_else(self) -> None:
        clerk = make.actor()

        def publish(actor: Actor) -> None:
            events.publish(RotaChanged(staff_id=actor.user_id, at=NOON), actor=actor)

        def left(_: Actor) -> tuple[int, int]:
            return Event.objects.count(), Delivery.objects.count()

        acting(clerk, NOON).ask(publish)
        make.deliver_events(clerk, now=NOON)
        acting(clerk, NOON).ask(
            lambda actor: Delivery.objects.create(
                organization_id=actor.organization_id, event_id=Event.objects.get().id, listener="x"
            )
        )
        acting(clerk, NOON).ask(publish)  # nobody has heard this one

        def forget(after: timedelta) -> int:
            return acting(system(), NOON + after).do(forget_events)

        forget(timedelta(days=30))
        assert acting(clerk, NOON).ask(left) == (2, 1)
        while forget(timedelta(days=30, seconds=1)):
            pass
        assert acting(clerk, NOON).ask(left) == (1, 0)
