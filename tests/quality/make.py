"""A town with visits that were done, and people who say how it was."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.quality.commands import rate_visit
from anjia.quality.models import Rating
from anjia.residents.models import Resident
from anjia.visits.models import Visit
from tests.make import actor
from tests.residents import make as residents
from tests.visits.make import Town, at, fact, say

EVENING = at(20)  # of the day the visits are on
RATER = ("quality.rate", "visits.read")


def manager(town: Town) -> Actor:
    return actor("quality.read", "visits.read", organization_id=town.organization_id)


def done_visit(town: Town, nurse: Actor, *, hour: float = 9, resident: Resident | None = None) -> Visit:
    visit = town.visit(
        nurse, starts_at=at(hour), ends_at=at(hour + 0.5), **({"resident": resident} if resident else {})
    )
    finish(nurse, visit)
    return visit


def finish(nurse: Actor, visit: Visit) -> None:
    say(nurse, fact(visit, "done", at=visit.ends_at, record={"site": "右臂"}))


def herself(resident_id: Any, town: Town) -> Actor:
    return residents.holder(*RATER, of=of(resident_id, town), relation="self")


def daughter(resident_id: Any, town: Town) -> Actor:
    return residents.holder(*RATER, of=of(resident_id, town))


def of(resident_id: Any, town: Town) -> Resident:
    found: Resident = town.look(lambda _: Resident.objects.get(id=resident_id))
    return found


def rate(
    by: Actor,
    visit: Visit,
    stars: int = 5,
    *,
    aspects: Mapping[str, int] | None = None,
    words: str = "",
    now: datetime = EVENING,
) -> Rating:
    return acting(by, now).do(rate_visit, visit_id=visit.id, stars=stars, aspects=aspects or {}, words=words)


LATER = EVENING + timedelta(hours=25)
