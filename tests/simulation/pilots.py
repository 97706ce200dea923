"""A pilot that stands alone in a house of its own, and how long it took to live through it."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from anjia.dispatch.models import Offer
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.quality.models import CallBack, Concern, Rating
from anjia.records.models import Reading
from anjia.simulation.founding import CENTRE, Founder
from anjia.simulation.pilot.month import Month
from anjia.simulation.pilot.opening import found_house
from anjia.simulation.pilot.troubles import Solve
from anjia.simulation.pilot.world import World
from anjia.visits.models import FieldFact, Visit
from tests.conftest import empty_database

# `script/proof month` lives through a month with thirty; the tests through a week with ten.
DAYS, SIZE = map(int, os.environ.get("ANJIA_PILOT", "7,10").split(","))
SAYS: Final = os.environ.get("ANJIA_PILOT_SAYS")
TOLD: Final[dict[str, Any]] = {
    "offers": Offer,
    "facts": FieldFact,
    "readings": Reading,
    "ratings": Rating,
    "concerns": Concern,
    "call-backs": CallBack,
    "messages": Message,
}
FIRST: Final = date(2026, 3, 5)  # a Thursday: a week has a Sunday in it, and does not end with one


@dataclass(frozen=True, slots=True)
class Lived:
    world: World
    seconds: float

    def look(self, question: Any) -> Any:
        """Ask something of all that the house has."""
        return acting(system(CENTRE), self.world.now).ask(lambda _actor: question())

    def story(self) -> str:
        """Return in a few lines what there was, for whoever reads the proof."""
        outcomes = ", ".join(f"{number} {status}" for status, number in self.outcomes().most_common())
        numbers = ", ".join(f"{self.look(model.objects.count)} {name}" for name, model in TOLD.items())
        did = "".join(f"\n{number} {name}" for name, number in sorted(self.world.did.items()))
        return f"lived through in {self.seconds:.0f} s: visits {outcomes}\n{numbers}{did}"

    def outcomes(self) -> Counter[str]:
        return Counter(self.look(lambda: list(Visit.objects.values_list("status", flat=True))))


@contextmanager
def pilot(name: str, *, days: int = DAYS, size: int = SIZE, solve: Solve | None = None) -> Iterator[Lived]:
    """Let there be a pilot in a database of its own."""
    with empty_database(name):
        began = time.monotonic()
        month = Month(FIRST, days=days, size=size, solve=solve)
        founder = Founder(month.opens_at)
        found_house(founder)
        world = month.live(founder)
        lived = Lived(world, time.monotonic() - began)
        if SAYS:
            Path(SAYS).write_text(f"{lived.story()}\n", "utf-8")
        yield lived
