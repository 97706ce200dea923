"""What has happened in the demo town: three weeks of visits, and a day that is under way."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.catalogue.queries import services_offered
from anjia.dispatch import commands as dispatch
from anjia.dispatch.queries import offers_of
from anjia.kernel import events
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import at, day_of
from anjia.kernel.errors import DomainError, NotFound
from anjia.kernel.work import acting
from anjia.messaging.jobs import empty_outbox
from anjia.quality import commands as quality
from anjia.residents.queries import addresses_of
from anjia.simulation import town
from anjia.simulation.between import Between
from anjia.simulation.doctors import Doctors
from anjia.simulation.founding import CENTRE, Founder, hours_of, resident_id_of
from anjia.simulation.homes import Homes
from anjia.simulation.phones import MINUTES, Errand, Phones
from anjia.simulation.recruiting import Recruiting
from anjia.simulation.regular import Regular, been, booked
from anjia.simulation.ward import Ward
from anjia.visits import commands as visits
from anjia.visits.rules.lifecycle import CaregiverBusy

# Who goes for what, and to whom: two weeks of it, day by day.
WEEKLY: Final[Sequence[tuple[str, tuple[str, ...], str, time]]] = (
    ("bp_follow_up", ("nurse",), "r03", time(8, 30)),
    ("wound_dressing", ("chenxue",), "r05", time(9, 0)),
    ("picc_care", ("picc",), "r08", time(9, 30)),
    ("glucose_check", ("heli",), "r12", time(10, 30)),
    ("blood_draw", ("guyuan",), "r14", time(8, 30)),
    ("bp_follow_up", ("nurse",), "r17", time(14, 0)),
    ("assisted_bath", ("maxiaodong", "wuping"), "r20", time(14, 30)),
    ("wound_dressing", ("chenxue",), "r24", time(15, 0)),
    ("glucose_check", ("heli",), "r27", time(15, 30)),
)
# Who gets nursing that the law asks a first assessment for.
ASSESSED: Final = ("r30", "r36", "r40", "r54", "r56", "r14")
PRAISE: Final = (
    (5, "护士很细心，教的都听懂了。"),
    (5, ""),
    (4, "来得准时，就是话讲得快了点。"),
    (5, "手很轻，不疼。"),
    (3, "晚了二十分钟，事先没打电话。"),
    (5, "谢谢，下次还要她来。"),
)


@dataclass(slots=True)
class Life:
    """Lets the people of the town do what they do, each thing at its own time."""

    founder: Founder
    now: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(20260301))
    services: dict[str, Any] = field(default_factory=dict)
    addresses: dict[str, UUID] = field(default_factory=dict)
    done: list[UUID] = field(default_factory=list)
    visits_to_zhang: list[UUID] = field(default_factory=list)

    def live(self) -> None:
        doctors = Doctors(self.founder)
        doctors.write()
        doctors.be_on()
        self.look_round()
        Homes(self.founder, self.now, self.dice).measure()
        self.assess_first()
        Recruiting(self.founder, self.now).recruit()
        self.spend_two_weeks()
        self.come_to_dress()
        self.begin_today()
        Between(self).happen()
        # So far nobody was told anything: in the demo's first minute that would only make the telephones ring.
        acting(system(CENTRE), self.now).do(events.pass_over, organization_id=CENTRE)
        self.come_to_zhang()
        self.wait_for_answers()
        self.leave_something_to_call_about()
        self.draw_blood_tomorrow()
        Ward(self.founder, self.now).send_patients_home()
        doctors.ask()
        self.pump(self.now)

    def begin_day(self) -> None:
        """Begin another day of a demo that was made before today."""
        self.founder.make_rota()
        self.begin_today()
        acting(system(CENTRE), self.now).do(events.pass_over, organization_id=CENTRE)
        daughter = self.founder.person("daughter")
        self.today("bp_follow_up", "zhang", ("nurse",), 12, "departed", by=daughter)
        Homes(self.founder, self.now, self.dice).measure_again()
        self.wait_for_answers()

    def look_round(self) -> None:
        desk = self.founder.member("desk")
        found = acting(desk, self.now).ask(services_offered, Purpose.CONTRACT)
        self.services = {service.code: service for service in found}
        for neighbour in town.neighbours():
            homes = acting(desk, self.now).ask(
                addresses_of, Purpose.CONTRACT, resident_id=resident_id_of(neighbour.key)
            )
            self.addresses[neighbour.key] = homes[0].id

    def assess_first(self) -> None:
        """Whom nurses go to for more than a measurement was looked at first, in the weeks before."""
        for number, key in enumerate(ASSESSED):
            starts_at = at(day_of(self.now) - timedelta(days=15 + number), time(10, 0))
            booked_at = starts_at - timedelta(days=2)
            visit = self.promise("first_assessment", key, ("chenxue",), starts_at, booked_at=booked_at)
            self.take(visit, ("chenxue",), starts_at - timedelta(days=1))
            self.go(visit, "first_assessment", key, ("chenxue",), starts_at + 2 * MINUTES)

    def spend_two_weeks(self) -> None:
        today = day_of(self.now)
        for back in range(13, 0, -1):
            day = today - timedelta(days=back)
            for number in (back % 3, back % 3 + 3 * (1 + back % 2)):
                service, staff, key, clock = WEEKLY[number]
                starts_at = at(day, clock)
                visit = self.promise(service, key, staff, starts_at, booked_at=starts_at - timedelta(days=2))
                if (back, number) == (4, 1):
                    self.cancel(visit, starts_at - timedelta(hours=20), "身体不舒服")
                    continue
                if (back, number) == (2, 2):
                    continue  # nobody came
                self.take(visit, staff, starts_at - timedelta(days=1))
                self.go(visit, service, key, staff, starts_at + self.dice.randint(-4, 9) * MINUTES)
                self.rate(visit, starts_at + timedelta(hours=5), number)

    def come_to_zhang(self) -> None:
        """She was looked at first; every week the same nurse comes to measure, and next week is expected again."""
        person, daughter = self.founder.person("resident"), self.founder.person("daughter")
        today = day_of(self.now)
        looked_at = at(today - timedelta(days=16), time(15, 0))
        first = self.promise(
            "first_assessment",
            "zhang",
            ("nurse",),
            looked_at,
            booked_at=looked_at - timedelta(days=2),
            by=daughter,
        )
        self.answer(first, ("nurse",), looked_at - timedelta(days=1))
        self.tell(looked_at - timedelta(days=1))
        self.go(first, "first_assessment", "zhang", ("nurse",), looked_at - 2 * MINUTES)
        self.tell(looked_at + 50 * MINUTES)
        weekly = Regular(
            key="zhang",
            service="bp_follow_up",
            staff="nurse",
            first=today - timedelta(days=11),
            clock=time(10, 30),
            repeat={"every": 1},
        )
        when = at(weekly.first - timedelta(days=3), time(9, 0))
        series = weekly.begin(self.founder, self.addresses["zhang"], by=daughter, when=when)
        for visit, _starts_at in booked(series):
            self.answer(visit, ("nurse",), when + 10 * MINUTES)
        self.tell(when + 10 * MINUTES)
        for visit, starts_at in been(series, self.now):
            self.go(visit, "bp_follow_up", "zhang", ("nurse",), starts_at - 2 * MINUTES)
            self.tell(starts_at + 40 * MINUTES)
            by = daughter if self.visits_to_zhang else person
            self.visits_to_zhang.append(visit)
            self.rate(visit, starts_at + timedelta(hours=3), 0, by=by)
        self.today("bp_follow_up", "zhang", ("nurse",), 12, "departed", by=daughter)
        self.pump(self.now)

    def come_to_dress(self) -> None:
        """A wound is dressed twice a week, two days apart or more: ten times in all."""
        twice = Regular(
            key="r36",
            service="wound_dressing",
            staff="chenxue",
            first=day_of(self.now) - timedelta(days=9),
            clock=time(11, 0),
            repeat={"times_a_week": 2, "count": 10},
        )
        when = at(twice.first - timedelta(days=1), time(16, 0))
        by = self.founder.member("desk")
        series = twice.begin(self.founder, self.addresses["r36"], by=by, when=when)
        for visit, _starts_at in booked(series):
            self.take(visit, ("chenxue",), when + 20 * MINUTES)
        for visit, starts_at in been(series, self.now):
            self.go(visit, "wound_dressing", "r36", ("chenxue",), starts_at + 3 * MINUTES)

    def wait_for_answers(self) -> None:
        self.ask_nurses()
        self.today("glucose_check", "r51", ("guyuan",), 230, "asked")
        self.today("ostomy_care", "r56", ("chenxue",), 200, "unclaimed")
        self.pump(self.now)

    def ask_nurses(self) -> None:
        """Let each of the cast's nurses be asked for a visit in some days: she has an hour to answer."""
        for service, key, staff in (("bp_follow_up", "r49", "nurse"), ("picc_care", "r54", "picc")):
            member = self.founder.member(staff)
            if acting(member, self.now).ask(offers_of, Purpose.CONTRACT, now=self.now):
                continue
            day = day_of(self.now) + timedelta(days=2 + self.dice.randint(0, 4))
            starts_at = at(day, time(self.dice.choice((9, 11, 14, 16))))
            try:
                self.promise(service, key, (staff,), starts_at, booked_at=self.now - MINUTES)
            except CaregiverBusy:
                continue  # she is promised elsewhere then: another time, at another minute
        self.pump(self.now)

    def leave_something_to_call_about(self) -> None:
        """Who has no telephone of her own, or does not answer messages, is called by the desk."""
        tomorrow = at(day_of(self.now) + timedelta(days=1), time(9, 30))
        for key, staff, hours in (("r07", "heli", 0), ("r15", "guyuan", 1)):
            starts_at = tomorrow + timedelta(hours=hours)
            self.promise("bp_follow_up", key, (staff,), starts_at, booked_at=self.now - timedelta(hours=3))
        self.pump(self.now)

    def draw_blood_tomorrow(self) -> None:
        """Fasting, and so early: from there the nurse goes by the laboratory, and then to her next home."""
        starts_at, asked_at = (
            at(day_of(self.now) + timedelta(days=1), time(8, 30)),
            self.now - timedelta(hours=3),
        )
        visit = self.promise("blood_draw", "r14", ("guyuan",), starts_at, booked_at=asked_at)
        self.take(visit, ("guyuan",), asked_at)

    def begin_today(self) -> None:
        """A day under way: some done, some in the middle, one late, one that nobody took, one waiting for an answer."""
        self.today("bp_follow_up", "r17", ("nurse",), -160, "done")
        self.today("wound_dressing", "r05", ("chenxue",), -170, "done")
        self.today("blood_draw", "r14", ("guyuan",), -190, "done")
        self.today("glucose_check", "r12", ("heli",), -140, "done")
        self.today("bp_follow_up", "r33", ("nurse",), -95, "done")
        self.today("wound_dressing", "r24", ("chenxue",), -25, "arrived")
        self.today("picc_care", "r08", ("picc",), -20, "arrived")
        self.today("assisted_bath", "r20", ("maxiaodong", "wuping"), -30, "arrived")
        self.today("glucose_check", "r27", ("heli",), -40)  # late: she has not set out
        self.today("bp_follow_up", "r03", ("nurse",), 80)
        self.today("picc_care", "r30", ("picc",), 75)
        self.today("wound_dressing", "r36", ("chenxue",), 95)
        self.today("catheter_change", "r40", ("guyuan",), 60)
        self.today("bp_follow_up", "r45", ("heli",), 130)
        self.today("glucose_check", "r48", ("guyuan",), 170, "cancelled")

    def today(
        self,
        service: str,
        key: str,
        staff: tuple[str, ...],
        minutes: int,
        state: str = "accepted",
        *,
        by: Actor | None = None,
    ) -> None:
        """Let there be a visit so many minutes from now, that has come as far as `state`."""
        starts_at = self.on_the_grid(minutes)
        begin, end = hours_of(self.now)
        if not begin <= starts_at < end - 30 * MINUTES:
            return  # round midnight there is less of a day
        booked_at = self.now - (25 * MINUTES if state == "asked" else timedelta(hours=26))
        try:
            visit = self.promise(service, key, staff, starts_at, booked_at=booked_at, by=by)
        except CaregiverBusy:
            return  # a visitor has booked her for something else
        match state:
            case "asked":
                self.pump(self.now - 20 * MINUTES)
            case "unclaimed":
                self.nobody_takes(visit)
            case "cancelled":
                self.cancel(visit, self.now - timedelta(hours=5), "身体不舒服")
            case _:
                answer = self.answer if key == "zhang" else self.take
                answer(visit, staff, self.now - timedelta(hours=22))
                if state != "accepted":
                    until = "left" if state == "done" else state
                    self.go(visit, service, key, staff, starts_at, until=until)

    def on_the_grid(self, minutes: int) -> datetime:
        when = self.now + minutes * MINUTES
        return when.replace(minute=when.minute - when.minute % 5, second=0, microsecond=0)

    def promise(
        self,
        service: str,
        key: str,
        staff: Sequence[str],
        starts_at: datetime,
        *,
        booked_at: datetime,
        by: Actor | None = None,
    ) -> UUID:
        version = self.services[service]
        ends_at = starts_at + version.duration_minutes * MINUTES
        actor = by or self.founder.member("desk")
        made = self.founder.do(
            actor,
            visits.promise_visit,
            when=booked_at,
            resident_id=resident_id_of(key),
            address_id=self.addresses[key],
            service_version_id=version.id,
            starts_at=starts_at,
            ends_at=ends_at,
            assignments=[
                (part, self.founder.staff[one], starts_at, ends_at) for part, one in enumerate(staff, start=1)
            ],
            wishes={"period": "any", "caregiver_sex": "any"},
            who_is_present="女儿会在" if key == "r20" else "",
            source=source_of(actor, self.founder),
        )
        visit_id: UUID = made.id
        return visit_id

    def take(self, visit_id: UUID, staff: Sequence[str], when: datetime) -> None:
        for part, key in enumerate(staff, start=1):
            member = self.founder.member(key)
            self.founder.do(member, visits.accept_assignment, when=when, visit_id=visit_id, part=part)

    def answer(self, visit_id: UUID, staff: Sequence[str], when: datetime) -> None:
        """They are asked, and accept."""
        self.pump(when)
        for part, key in enumerate(staff, start=1):
            member = self.founder.member(key)
            offers = acting(member, when).ask(offers_of, Purpose.CONTRACT, now=when)
            offer = next((one for one in offers if one.visit_id == visit_id), None)
            try:
                if offer is None:
                    raise NotFound
                self.founder.do(member, dispatch.accept_offer, when=when, offer_id=offer.id)
            except DomainError:
                self.founder.do(member, visits.accept_assignment, when=when, visit_id=visit_id, part=part)

    def cancel(self, visit_id: UUID, when: datetime, reason: str) -> None:
        desk = self.founder.member("desk")
        self.founder.do(desk, dispatch.cancel_booking, when=when, visit_id=visit_id, reason=reason)

    def go(
        self,
        visit_id: UUID,
        service: str,
        key: str,
        staff: Sequence[str],
        begins_at: datetime,
        *,
        until: str = "left",
    ) -> None:
        if until == "left":
            self.done.append(visit_id)
        errand = Errand(
            visit_id=visit_id,
            version=self.services[service],
            key=key,
            begins_at=begins_at,
            until=until,
            with_code=key == "zhang",
        )
        Phones(self.founder, self.now, self.dice).send(errand, staff)

    def nobody_takes(self, visit_id: UUID) -> None:
        dispatcher = self.founder.member("dispatcher")
        self.founder.do(
            dispatcher, visits.mark_unclaimed, when=self.now - 50 * MINUTES, visit_id=visit_id, part=1
        )

    def rate(self, visit_id: UUID, when: datetime, number: int, *, by: Actor | None = None) -> None:
        stars, words = PRAISE[(number + when.day) % len(PRAISE)]
        explained = 3 if when.day % 2 else max(3, stars)  # what the quality manager has to see to
        aspects = {"manner": 5, "skill": 5, "punctual": min(5, stars), "explained": explained}
        actor = by or self.founder.member("desk")
        self.founder.do(
            actor, quality.rate_visit, when=when, visit_id=visit_id, stars=stars, aspects=aspects, words=words
        )

    def tell(self, when: datetime) -> None:
        """Let what has happened be heard, and who is to know of it be told, then: later it would be too late."""
        self.pump(when)
        empty_outbox(lambda: when)

    def pump(self, when: datetime) -> None:
        while events.pump(when, organization_id=CENTRE):
            pass


def source_of(actor: Actor, founder: Founder) -> str:
    for key, source in (("resident", "resident"), ("daughter", "family")):
        if actor.user_id == founder.person(key).user_id:
            return source
    return "desk"
