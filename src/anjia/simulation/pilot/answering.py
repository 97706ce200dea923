"""What the nurses say to what they are asked: most take it, some do not, some say nothing at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.dispatch import commands as dispatch
from anjia.dispatch.models import OPEN, Offer
from anjia.dispatch.queries import suitability
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import DomainError
from anjia.kernel.work import Command
from anjia.simulation.pilot.world import DAYS, MINUTES, World
from anjia.visits.queries import Promise, get_promise
from anjia.visits.rules.lifecycle import State, Status

DECLINES, SILENT = 0.05, 0.05


@dataclass(slots=True)
class Answering:
    world: World
    seen: set[UUID] = field(default_factory=set)

    def look(self) -> None:
        """Let the nurses see what they are asked; each answers while there is time."""
        asked = self.world.ask(self.world.everybody, open_offers, now=self.world.now)
        for offer in asked:
            if offer.id not in self.seen:
                self.seen.add(offer.id)
                self.think(offer)

    def think(self, offer: Offer) -> None:
        world = self.world
        nurse = world.nurse(offer.staff_id)
        promise = world.ask(world.everybody, get_promise, Purpose.CONTRACT, visit_id=offer.visit_id)
        dice = world.dice(
            "answer", promise.resident_id, promise.starts_at, world.key_of(offer.staff_id), offer.wave
        )
        said = dice.random()
        when = min(world.now + dice.randint(2, 40) * MINUTES, offer.deadline - MINUTES)
        if said < SILENT:
            return
        declines = said < SILENT + DECLINES
        command = dispatch.decline_offer if declines else dispatch.accept_offer
        world.agenda.at(when, lambda: self.answer(nurse, command, offer.id))

    def answer(self, nurse: Actor, command: Command[Any, Any], offer_id: UUID) -> None:
        try:
            self.world.do(nurse, command, offer_id=offer_id)
        except DomainError:
            return  # somebody was faster, it was taken back, or she cannot come any more: the screen says which

    def fill(self, promises: Iterable[Promise]) -> None:
        """A dispatcher sends somebody where nobody has said yes; where nobody can go, she says so and calls it off."""
        for promise in promises:
            if promise.status is not Status.BOOKED or all(
                one.state is not State.TENTATIVE for one in promise.crew
            ):
                continue
            self.send(promise)

    def send(self, promise: Promise) -> None:
        world, dispatcher = self.world, self.world.member("dispatcher")
        found = world.ask(dispatcher, suitability, Purpose.CONTRACT, visit_id=promise.id, now=world.now)
        for one in found:
            if one.is_suitable and one.staff_id in world.founder.staff.values():
                try:
                    world.do(dispatcher, dispatch.assign_by_hand, visit_id=promise.id, staff_id=one.staff_id)
                except DomainError:
                    continue
                return
        if promise.starts_at - world.now < DAYS:
            reason = "caregiver_ill" if self.is_ill(promise) else "no_caregiver"
            world.do(
                dispatcher,
                dispatch.cancel_booking,
                visit_id=promise.id,
                reason=reason,
                why="没有人能去，已打电话道歉，另约时间",
            )

    def is_ill(self, promise: Promise) -> bool:
        return day_of(promise.starts_at) == day_of(self.world.now)


def open_offers(actor: Actor, *, now: datetime) -> list[Offer]:
    return list(Offer.objects.filter(state=OPEN, deadline__gt=now).order_by("made_at", "id"))
