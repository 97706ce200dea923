"""How the desk calls back after visits: twice a day, not on Sundays; not everybody answers."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import DomainError
from anjia.quality import commands as quality
from anjia.quality.models import CallBack
from anjia.quality.queries import call_backs
from anjia.simulation.pilot.people import ANSWERS
from anjia.simulation.pilot.world import MINUTES, World
from anjia.visits import commands as visits
from anjia.visits.queries import open_conflicts

SUNDAY: Final = 6
PER_ROUND: Final = 25
NO_ANSWER, REFUSED, WRONG = 0.16, 0.02, 0.01


@dataclass(slots=True)
class Calling:
    world: World

    def go_round(self) -> None:
        world = self.world
        if day_of(world.now).weekday() == SUNDAY:
            return
        found = world.ask(world.member("desk"), call_backs, Purpose.CONTRACT, now=world.now, size=PER_ROUND)
        for number, line in enumerate(found.page.items):
            world.agenda.at(world.now + (number + 1) * 3 * MINUTES, partial(self.call, line.call_back))

    def call(self, call_back: CallBack) -> None:
        world = self.world
        dice = world.dice("call", call_back.resident_id, call_back.visit_starts_at, world.now)
        fate = dice.random()
        said: dict[str, str] = {"reached": "reached", **dice.choice(ANSWERS)}
        for share, outcome in ((NO_ANSWER, "no_answer"), (REFUSED, "refused"), (WRONG, "wrong_number")):
            if fate < share:
                said = {"reached": outcome}
                break
            fate -= share
        try:
            world.do(world.member("desk"), quality.log_call_back, call_back_id=call_back.id, **said)
        except DomainError:
            return  # a colleague has an answer already

    def settle(self) -> None:
        """In the evening a dispatcher decides what of the day does not fit."""
        world = self.world
        dispatcher = world.member("dispatcher")
        for line in world.ask(dispatcher, open_conflicts, Purpose.CONTRACT).items:
            world.do(
                dispatcher,
                visits.settle_conflict,
                conflict_id=line.id,
                decision="counts",
                why="打电话问过护士和家人，属实",
            )
