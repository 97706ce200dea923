"""How the pilot comes to be: its nurses with papers and a rota, its elders with an agreement, some on line."""

from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

from anjia.catalogue import commands as catalogue
from anjia.identity.roles import permissions_of
from anjia.kernel.actors import Actor, Kind, system
from anjia.kernel.calendar import at
from anjia.residents import commands as residents
from anjia.simulation import town
from anjia.simulation.founding import AFTERNOON, CENTRE, MORNING, SCANNED, Founder
from anjia.simulation.insuring import insure_against_accidents
from anjia.simulation.pilot.people import Elder, nurses
from anjia.simulation.pilot.world import DAYS, HOURS, World
from anjia.workforce import commands as workforce

STANDBY: Final = "pilot4"
THROUGH_NOON: Final = "pilot1"
LAPSES_ON: Final = 16  # day of the pilot on which the licence of who stands by lapses,
RENEWED_ON: Final = 23  # and the one on which the new one has been read
ROTA_BEYOND: Final = 35  # days after the end, for what is booked ahead


def found_house(founder: Founder) -> None:
    """Found the house and open the cast's accounts, without the town: for a pilot that stands alone."""
    founder.found_houses()
    founder.open_accounts()
    founder.do(founder.administrator, catalogue.seed_services)
    founder.hold_papers()
    founder.do(founder.administrator, workforce.put_break, opens=time(12), closes=time(13, 30), minutes=60)


def open_pilot(world: World, elders: list[Elder], days: int) -> None:
    """Take the nurses on, make their rota, register who is not sent by the ward, and let some of them in on line."""
    take_on(world, days)
    world.look_round()
    for elder in elders:
        if elder.course.discharged:
            continue
        world.founder.register(elder.home)
        resident_id = world.know(elder)
        if elder.is_on_line:
            let_in(world, elder, resident_id)


def take_on(world: World, days: int) -> None:
    founder, insured = world.founder, {one.key for one in nurses()}
    if "doctor" not in founder.staff:  # a pilot that stands alone: somebody confirms what is ordered
        founder.take_on(next(one for one in town.colleagues() if one.key == "doctor"))
        insured.add("doctor")
    for colleague in nurses():
        lapses = world.first + (LAPSES_ON - 1) * DAYS if colleague.key == STANDBY else None
        founder.open_colleague(colleague)
        founder.take_on(colleague, papers_until=lapses)
    insure_against_accidents(founder, insured, number="DEMO-TB-2603（演示）")
    make_rota(world, days + ROTA_BEYOND)


def make_rota(world: World, days: int) -> None:
    """By their weeks; one of them works through noon, and has her break."""
    founder = world.founder
    founder.do(
        founder.administrator,
        workforce.generate_shifts,
        when=world.now,
        first_day=world.first,
        days=days,
        staff_ids=[founder.staff[one.key] for one in nurses()],
    )
    for number in range(days):
        day = world.first + number * DAYS
        founder.put_shift(THROUGH_NOON, at(day, MORNING[1]), at(day, AFTERNOON[0]))


def let_in(world: World, elder: Elder, resident_id: UUID) -> None:
    """She opens her account with her slip, and every other lets her daughter in."""
    slip = world.do(world.member("desk"), residents.make_activation_slip, resident_id=resident_id)
    entry = world.do(
        system(CENTRE),
        residents.redeem_activation,
        code=slip.code,
        phone_last_four=elder.home.phone[-4:],
    )
    world.herself[resident_id] = person(entry.account_id, resident_id, "resident")
    if elder.number % 2 == 0:
        [child] = elder.home.family
        grant = world.do(
            world.herself[resident_id],
            residents.grant_access,
            resident_id=resident_id,
            phone=child.phone,
            name=child.name,
            relation="family",
            allows=["visits", "book", "record"],
        )
        world.daughter[resident_id] = person(grant.account_id, resident_id, "family")


def person(account_id: UUID, resident_id: UUID, role: str) -> Actor:
    return Actor(
        user_id=account_id,
        organization_id=CENTRE,
        permissions=permissions_of(role),
        kind=Kind.PERSON,
        resident_id=resident_id,
        resident_ids=frozenset({resident_id}),
    )


def renew_licence(world: World) -> None:
    """The licence of who stands by has lapsed; the new one is entered by one and read by another."""
    today: date = world.first + (RENEWED_ON - 1) * DAYS
    entered = world.do(
        world.founder.administrator,
        workforce.add_qualification,
        staff_id=world.founder.staff[STANDBY],
        code="nurse_licence",
        number=f"PILOT{today:%Y%m}",
        valid_from=today,
        valid_until=today + timedelta(days=5 * 365),
        scan=SCANNED,
        content_type="image/png",
    )
    world.agenda.at(
        world.now + HOURS,
        lambda: world.do(
            world.member("quality"), workforce.verify_qualification, qualification_id=entered.id
        ),
    )
