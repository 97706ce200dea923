"""The supplies' makers: a house with a store, a nurse with a bag, and things that expire."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.supplies import commands, queries
from anjia.supplies.models import Item, Lot
from tests.identity import make as identity
from tests.make import NOON, actor, deliver_events
from tests.visits import make as visits

TODAY = day_of(NOON)
KEEPER = ["supplies.read", "supplies.keep", "workforce.read", "catalogue.read"]


@dataclass
class House:
    town: visits.Town
    keeper: Actor
    nurse: Actor

    @property
    def id(self) -> UUID:
        return self.keeper.organization_id

    def item(self, code: str = "gauze", **says: Any) -> Item:
        sound: dict[str, Any] = {"name": "无菌纱布", "unit": "块", "low_below": Decimal(5)}
        return acting(self.keeper, NOON).do(commands.add_item, code=code, said=sound | says)

    def lot(
        self, item: Item, quantity: int, *, days: int | None = 200, when: datetime = NOON, **says: Any
    ) -> Lot:
        """Receive so much of it, good for so many days from now on."""
        expires_on: date | None = None if days is None else TODAY + timedelta(days=days)
        sound: dict[str, Any] = {"number": f"L{days}", "expires_on": expires_on, "station_id": self.id}
        return acting(self.keeper, when).do(
            commands.receive, item_id=item.id, quantity=Decimal(quantity), **sound | says
        )

    def fill(self, item: Item, quantity: int, *, when: datetime = NOON, **says: Any) -> None:
        acting(self.keeper, when).do(
            commands.hand_out,
            station_id=self.id,
            staff_id=visits.id_of(self.nurse),
            wanted={item.id: Decimal(quantity)},
            **says,
        )

    def in_store(self) -> dict[str, int]:
        """Return how much of each lot lies in the store, by its number."""
        lots = acting(self.keeper, NOON).ask(
            queries.count_sheet, Purpose.CONTRACT, station_id=self.id, today=TODAY
        )
        return {lot.number: int(lot.quantity) for lot in lots}

    def aside(self) -> dict[str, int]:
        lots = acting(self.keeper, NOON).ask(
            queries.aside_at, Purpose.CONTRACT, station_id=self.id, today=TODAY
        )
        return {lot.number: int(lot.quantity) for lot in lots}

    def in_bag(self) -> dict[str, int]:
        bag = acting(self.nurse, NOON).ask(queries.own_bag, Purpose.CONTRACT, today=TODAY)
        return {lot.number: int(lot.quantity) for line in bag.lines for lot in line.lots}

    def hear(self) -> None:
        deliver_events(self.keeper)

    def shortfalls(self) -> list[tuple[str, str, int]]:
        rows = acting(self.keeper, NOON).ask(queries.shortfalls, Purpose.CONTRACT)
        return [(one.row.code, one.row.why, int(one.row.quantity)) for one in rows]


def house() -> House:
    founded = identity.house()
    town = visits.town(organization_id=founded.id)
    nurse = town.nurse()
    carrying = Actor(
        user_id=nurse.user_id,
        organization_id=nurse.organization_id,
        permissions=nurse.permissions | {"supplies.carry"},
        staff_id=nurse.staff_id,
    )
    return House(town=town, keeper=actor(*KEEPER, organization_id=founded.id), nurse=carrying)
