"""Who books for the elders of the pilot: a series ahead, for most; and what the ward sends home."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final
from uuid import UUID

from anjia.dispatch import commands as dispatch
from anjia.dispatch.queries import Hold, places_for
from anjia.dispatch.rules import GateClosed
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import at, day_of
from anjia.series.commands import begin_series
from anjia.simulation import town
from anjia.simulation.founding import CENTRE, PHONE
from anjia.simulation.pictures import scribble
from anjia.simulation.pilot.agenda import What
from anjia.simulation.pilot.ordering import have_ordered
from anjia.simulation.pilot.people import Elder
from anjia.simulation.pilot.world import DAYS, HOURS, World
from anjia.transitions import commands as transitions

LOOK: Final = "first_assessment"
LOOK_FOR: Final = 10  # days on which a first visit may find its place
AFTER_THE_LOOK: Final = time(19, 0)


@dataclass(slots=True)
class Booking:
    world: World

    def book(self, resident_id: UUID, first: date) -> None:
        """Have her course booked from that day on; where the law asks for it, somebody looks at her first."""
        have_ordered(self.world, resident_id)
        if self.world.elders[resident_id].needs_a_look:
            self.look_first(resident_id, first)
        else:
            self.begin(resident_id, first)

    def look_first(self, resident_id: UUID, first: date) -> None:
        if first > self.world.last:
            return
        held = self.hold(LOOK, resident_id, first, time(10, 30))
        if held is None:
            self.tomorrow(partial(self.look_first, resident_id, first + DAYS))
            return
        self.world.do(self.world.whose(resident_id), dispatch.confirm_hold, hold_id=held.id)
        day = day_of(held.starts_at)
        self.world.agenda.at(at(day, AFTER_THE_LOOK), partial(self.begin, resident_id, day + DAYS))

    def begin(self, resident_id: UUID, first: date) -> None:
        """Through the door that everything is booked through; where that is shut, she has to be looked at (again)."""
        world, course = self.world, self.world.elders[resident_id].course
        if first > world.last:
            return
        try:
            held = self.hold(course.service, resident_id, first, course.time)
        except GateClosed:
            self.look_first(resident_id, first)
            return
        if held is None:  # holidays, or everybody is taken
            self.tomorrow(partial(self.begin, resident_id, first + DAYS))
            return
        repeat = {**course.repeat, "until": world.last}
        world.do(world.whose(resident_id), begin_series, hold_id=held.id, repeat=repeat)

    def tomorrow(self, what: What) -> None:
        """The desk tries again tomorrow."""
        self.world.agenda.at(self.world.now + DAYS, what)

    def hold(self, service: str, resident_id: UUID, first: date, clock: time) -> Hold | None:
        """Hold the first place there is from that day on, or none."""
        world, by = self.world, self.world.whose(resident_id)
        asked: dict[str, Any] = {
            "service_code": service,
            "resident_id": resident_id,
            "address_id": world.addresses[resident_id],
            "wishes": {"period": "any", "caregiver_sex": "any"},
        }
        days = [first + ahead * DAYS for ahead in range(LOOK_FOR) if first + ahead * DAYS <= world.last]
        found = world.ask(
            by, places_for, Purpose.CONTRACT, **asked, days=days, clock=clock, usual=[], now=world.now
        )
        place = next((found[day] for day in days if found[day].starts_at), None)
        if place is None:
            return None
        crew = [one.id for one in place.crew]
        held: Hold = world.do(by, dispatch.hold_slot, **asked, starts_at=place.starts_at, staff_ids=crew)
        return held

    def send_home(self, elder: Elder, discharge_on: date) -> None:
        """The ward refers her, the desk takes her on, has the agreement signed and books the first visit."""
        world = self.world
        sent = world.do(
            world.member("ward"),
            transitions.refer,
            organization_id=CENTRE,
            organization_name=town.CENTRE,
            from_name=town.HOSPITAL,
            sent_by_name="孙倩",
            ward=town.WARD,
            ward_phone=PHONE,
            name=elder.home.name,
            sex=elder.home.sex,
            phone=elder.home.phone,
            address=elder.home.address,
            discharge_on=discharge_on,
            diagnosis=elder.course.discharged,
            wounds=["surgical"],
            wishes=["wound_care"],
            at_home="children",
            agreed=True,
            order_photo=scribble(7),
            order_photo_type="image/png",
        )
        desk = world.member("desk")
        world.agenda.at(world.now + HOURS, lambda: world.do(desk, transitions.receive, referral_id=sent.id))
        world.agenda.at(world.now + 2 * HOURS, lambda: self.take_on(elder, sent.id, discharge_on))

    def take_on(self, elder: Elder, referral_id: UUID, discharge_on: date) -> None:
        world = self.world
        taken = world.do(world.member("desk"), transitions.take_on, referral_id=referral_id)
        resident_id = world.know(elder, taken.resident_id)
        when: datetime = world.now
        for asked in (Purpose.CONTRACT, Purpose.CARE):
            world.founder.enter_signed(resident_id, when, asked)
        self.book(resident_id, discharge_on + DAYS)
