"""What lies in the demo town's stores and bags, what was used, and the waste that was brought back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import at, day_of
from anjia.kernel.work import acting
from anjia.simulation import town
from anjia.simulation.founding import CENTRE, STATIONS, Founder
from anjia.simulation.life import Life
from anjia.supplies import commands as supplies
from anjia.supplies import queries
from anjia.supplies.models import Item
from anjia.supplies.queries import LotLine

DAYS: Final = timedelta(days=1)
MINUTES: Final = timedelta(minutes=1)
DISPOSER: Final = {"to": "云杉市医疗废物处置中心", "method": "高温焚烧"}
# Days until a lot expires: most are good, some soon, one has just expired and lies there still.
SOON: Final[Mapping[str, int]] = {"saline": 12, "film": 25, "foam": -2, "oral_glucose": 20}
FEW: Final = {"catheter_set", "ostomy_set", "feeding_syringe"}  # what runs low


@dataclass(slots=True)
class Store:
    """Fills the stores and the bags as somebody would have done last month; nurses use from them since."""

    founder: Founder
    now: datetime
    items: dict[str, Item] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return day_of(self.now)

    def stock(self) -> None:
        """Receive what the services need at both stations, and hand a bag out to everybody who visits."""
        keeper, when = self.founder.member("dispatcher"), self.now - 20 * DAYS
        self.do(self.founder.administrator, supplies.take_items_of_services, when=when)
        rows = acting(keeper, when).ask(
            queries.stock_at, Purpose.CONTRACT, station_id=CENTRE, today=day_of(when)
        )
        self.items = {row.item.code: row.item for row in rows}
        for number, station_id in enumerate(STATIONS.values()):
            for code, item in self.items.items():
                self.receive(keeper, when, station_id, code, item, number)
        for colleague in town.colleagues():
            if colleague.kind != "doctor":
                self.fill(keeper, when + DAYS, colleague.key, STATIONS[colleague.station])

    def receive(
        self, keeper: Actor, when: datetime, station_id: UUID, code: str, item: Item, number: int
    ) -> None:
        days = SOON.get(code, 300 + len(code) * 7)
        quantity = 3 if code in FEW else 20 if item.kind != "consumable" else 300
        self.do(
            keeper,
            supplies.receive,
            when=when,
            station_id=station_id,
            item_id=item.id,
            quantity=Decimal(quantity),
            number=f"{(self.today - 60 * DAYS):%y%m}{number + 1}{len(self.items) % 10}"
            if item.expires
            else "",
            expires_on=self.today + timedelta(days=days) if item.expires else None,
            why="市医药公司送货单",
        )

    def fill(self, keeper: Actor, when: datetime, key: str, station_id: UUID) -> None:
        wanted = {
            item.id: Decimal(1 if item.kind != "consumable" else 20)
            for code, item in self.items.items()
            if code not in FEW and item.kind != "equipment"
        }
        wanted = {item_id: max(quantity, self.needs(item_id)) for item_id, quantity in wanted.items()}
        # One of the cast finds something missing when she looks, and has used what she was not given.
        if key == "picc":
            for code in ("airway_mask", "connector"):
                wanted.pop(self.items[code].id, None)
        self.do(
            keeper,
            supplies.hand_out,
            when=when,
            station_id=station_id,
            staff_id=self.founder.staff[key],
            wanted=wanted,
        )

    def needs(self, item_id: UUID) -> Decimal:
        return next(item.in_bag for item in self.items.values() if item.id == item_id)

    def look_through_bags(self) -> None:
        """Most have checked their bag this morning; the cast's nurses do it themselves."""
        when = max(at(self.today, time(0, 5)), min(self.now - 30 * MINUTES, at(self.today, time(7, 40))))
        for colleague in town.colleagues():
            if colleague.kind == "doctor" or colleague.key in {"nurse", "picc", "heli"}:
                continue
            member = self.founder.member(colleague.key)
            bag = acting(member, when).ask(queries.own_bag, Purpose.CONTRACT, today=self.today)
            lots: list[LotLine] = [lot for line in bag.lines if line.is_checked for lot in line.lots]
            seen = [{"lot_id": lot.lot_id, "quantity": lot.quantity} for lot in lots]
            self.do(member, supplies.check_bag, when=when, client_id=uuid4(), checked_at=when, seen=seen)

    def bring_waste_back(self, life: Life) -> None:
        """What was packed at the last visits: gone, stored for too long, waiting for the other half, carried."""
        for visit_id in life.done:
            acting(system(CENTRE), self.now).do(supplies.record_use, visit_id=visit_id)
            acting(system(CENTRE), self.now).do(supplies.record_waste, visit_id=visit_id)
        keeper = self.founder.member("dispatcher")
        found = (
            acting(keeper, self.now).ask(queries.waste_register, Purpose.LEGAL, now=self.now, size=200).items
        )
        keys = {staff_id: key for key, staff_id in self.founder.staff.items()}
        for number, line in enumerate(found):
            if number == 0:
                continue  # still carried
            carrier = self.founder.member(keys[line.row.staff_id])
            later = min(line.row.closed_at + timedelta(hours=3), self.now)
            station_id = STATIONS["cuihu"]
            self.do(carrier, supplies.hand_waste_over, when=later, waste_id=line.row.root_id, handed_at=later)
            if number == 1:
                continue  # the station has not said so yet
            self.do(
                keeper, supplies.take_waste_in, when=later, waste_id=line.row.root_id, station_id=station_id
            )
            gone = line.row.closed_at + timedelta(hours=26)
            if gone < self.now and number != 3:
                self.do(
                    keeper,
                    supplies.send_waste_away,
                    when=gone,
                    waste_ids=[line.row.root_id],
                    receipt=f"LD{gone:%m%d}{number:02d}",
                    **DISPOSER,
                )

    def do(self, by: Actor, command: Any, *, when: datetime, **what: Any) -> Any:
        return self.founder.do(by, command, when=when, **what)
