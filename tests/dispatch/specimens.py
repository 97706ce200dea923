"""Makers of draws, of the laboratory that they go to, and of what a phone says of them."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from anjia.dispatch.commands import set_laboratory
from anjia.dispatch.queries import DeliveryShown, my_deliveries
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.visits.models import Visit
from tests.catalogue import make as catalogue
from tests.dispatch.make import TOMORROW
from tests.dispatch.plans import visit
from tests.make import NOON
from tests.visits.make import Town, at, fact, say

NEAR = (39.9242, 116.4074)  # ten minutes by e-bike, and five to park
STEPS = [
    {"key": "draw", "title": "采血", "critical": True, "evidence": "none"},
    {"key": "press", "title": "按压", "critical": True, "evidence": "none"},
]


def laboratory(here: Town, **says: Any) -> UUID:
    sound: dict[str, Any] = {
        "name": "市一院检验科",
        "latitude": NEAR[0],
        "longitude": NEAR[1],
        "hours": [(time(0), time(12))] * 7,
        "handover_minutes": 5,
    }
    made: UUID = acting(here.desk, NOON).do(set_laboratory, **sound | says)
    return made


def draw(here: Town, nurse: Actor, hour: float = 8.5, *, within: int = 120, **says: Any) -> Visit:
    """Return a draw that is promised: half an hour, and what is taken is due within two."""
    version = catalogue.version(
        published_by=here.desk,
        code="draw",
        name="采血",
        duration_minutes=30,
        deliver_minutes=within,
        steps=STEPS,
    )
    return visit(here, nurse, hour=hour, long=0.5, service_version_id=version.id, **says)


def drawn(nurse: Actor, one: Visit, *, came: float = 8.5, needle: float | None = None) -> None:
    """Have her come, take it (where it is said when), and be done half an hour after she came."""
    say(nurse, fact(one, "arrived", at=at(came), proof="photo"))
    if needle is not None:
        say(nurse, fact(one, "step_done", at=at(needle), key="draw"))
    say(nurse, fact(one, "done", at=at(came + 0.5), record={"site": "右臂"}))


def delivered(nurse: Actor, one: Visit, *, when: float, now: datetime | None = None) -> dict[str, Any]:
    """Return what her phone has said, so that it can be said again."""
    said = fact(one, "delivered", at=at(when), laboratory="市一院检验科")
    say(nurse, said, now=now)
    return said


def ways(nurse: Actor, now: datetime) -> list[DeliveryShown]:
    return acting(nurse, now).ask(my_deliveries, Purpose.CONTRACT, day=TOMORROW, now=now)
