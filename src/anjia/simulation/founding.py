"""
How the demo town comes to be: houses, accounts, staff and their rota, services, residents and their families.

Everything is done by the commands that people use, at the times at which they would have used them.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.catalogue import commands as catalogue
from anjia.dispatch import commands as dispatch
from anjia.identity import commands as identity
from anjia.identity.roles import permissions_of
from anjia.kernel.actors import Actor, Kind, Purpose, system
from anjia.kernel.calendar import at, day_of
from anjia.kernel.errors import DomainError
from anjia.kernel.work import Command, acting
from anjia.residents import commands as residents
from anjia.residents.rules import RelativeRow, current_text
from anjia.simulation import town
from anjia.simulation.cast import CAST, PASSWORD, account_id_of, demo_id
from anjia.simulation.insuring import BY_HERSELF, INSURER, insure_together
from anjia.simulation.pictures import scribble
from anjia.simulation.town import Colleague, Neighbour
from anjia.workforce import commands as workforce
from anjia.workforce.queries import staff_of_account
from anjia.workforce.rules import PatternPart

OPERATOR: Final = demo_id("operator")
CENTRE: Final = demo_id("centre")
HOSPITAL: Final = demo_id("hospital")
WARD: Final = demo_id("ward")
STATIONS: Final = {key: demo_id("station", key) for key in town.STATIONS}
PHONE: Final = "0000-8612345"
DUTY_PHONE: Final = "0000-8612320"

MORNING: Final = (time(8), time(12))
AFTERNOON: Final = (time(13, 30), time(17, 30))
WEEKS: Final[Mapping[str, range]] = {
    "every_day": range(7),
    "weekdays": range(5),
    "to_saturday": range(6),
    "from_tuesday": range(1, 6),
}
RELATIONS: Final[Mapping[str, str]] = {"daughter": "女儿", "son": "儿子"}
NOT_ASKED: Final = {"r09", "r23", "r41"}  # who has not been asked for her consent yet
SIGNED: Final = scribble(1)  # the photo of a consent
SCANNED: Final = scribble(2)  # the scan of a licence
INSURED_UNTIL_SOON: Final = 21
LAST_ADDITIONS: Final = {"r57", "r58", "r59"}  # who came in this week


def resident_id_of(key: str) -> UUID:
    return demo_id("resident", key)


@dataclass(slots=True)
class Founder:
    """Founds the town, some months before `now`, and remembers who works there."""

    now: datetime
    staff: dict[str, UUID] = field(default_factory=dict)

    @property
    def long_ago(self) -> datetime:
        return self.now - timedelta(days=120)

    @property
    def administrator(self) -> Actor:
        return self.member("administrator")

    def member(self, key: str) -> Actor:
        """Return somebody of the cast, or a colleague, as she acts when she is signed in."""
        role = role_of(key)
        return Actor(
            user_id=account_id_of(key),
            organization_id=HOSPITAL if key == "ward" else CENTRE,
            permissions=permissions_of(role),
            kind=Kind.STAFF,
            staff_id=self.staff.get(key),
        )

    def person(self, key: str, *, resident: str = "zhang") -> Actor:
        """Return a resident, or her daughter acting for her."""
        card = next(card for card in CAST if card.key == key)
        resident_id = resident_id_of(resident)
        return Actor(
            user_id=account_id_of(key),
            organization_id=CENTRE,
            permissions=permissions_of(card.role_code),
            kind=Kind.PERSON,
            resident_id=resident_id,
            resident_ids=frozenset({resident_id}),
        )

    def do(
        self, actor: Actor, command: Command[Any, Any], *, when: datetime | None = None, **what: Any
    ) -> Any:
        return acting(actor, when or self.long_ago).do(command, **what)

    def remember(self) -> None:
        """Know again who works in a town that was founded before."""
        for colleague in town.colleagues():
            staff_id = acting(system(CENTRE), self.now).ask(
                staff_of_account, Purpose.CONTRACT, account_id=account_id_of(colleague.key)
            )
            if staff_id:
                self.staff[colleague.key] = staff_id

    def found(self) -> None:
        self.found_houses()
        self.open_accounts()
        self.do(self.administrator, catalogue.seed_services)
        self.hold_papers()
        for colleague in town.colleagues():
            self.take_on(colleague)
        insure_together(self)
        self.do(
            self.administrator,
            dispatch.set_laboratory,
            name=f"{town.HOSPITAL}检验科",
            latitude=29.1098,
            longitude=112.7052,
            hours=[(time(6), time(18))] * 7,  # a demo's day begins at any hour
            handover_minutes=5,
        )
        self.make_rota()
        self.do(self.administrator, workforce.put_break, opens=time(11), closes=time(13, 30), minutes=40)
        for neighbour in town.neighbours():
            self.register(neighbour)
        self.let_family_in()

    def found_houses(self) -> None:
        self.do(
            system(),
            identity.found_institution,
            name=town.OPERATOR,
            kind="operator",
            organization_id=OPERATOR,
            phone=PHONE,
            duty_phone=DUTY_PHONE,
            slug="demo",
        )
        operator = system(OPERATOR)
        said: dict[str, Any] = {"phone": PHONE, "duty_phone": DUTY_PHONE}
        below: list[tuple[UUID, UUID, str, str]] = [
            (CENTRE, OPERATOR, "institution", town.CENTRE),
            *((STATIONS[key], CENTRE, "station", name) for key, name in town.STATIONS.items()),
            (HOSPITAL, OPERATOR, "hospital", town.HOSPITAL),
            (WARD, HOSPITAL, "ward", town.WARD),
        ]
        for organization_id, parent_id, kind, name in below:
            self.do(
                operator,
                identity.add_organization,
                parent_id=parent_id,
                kind=kind,
                name=name,
                organization_id=organization_id,
                **said,
            )

    def open_accounts(self) -> None:
        for card in CAST:
            house = HOSPITAL if card.key == "ward" else CENTRE
            self.do(
                system(house),
                identity.open_account,
                kind="staff" if card.login else "person",
                name=card.name,
                login=card.login or None,
                password=PASSWORD if card.login else None,
                phone=card.phone or None,
                account_id=account_id_of(card.key),
            )
            if card.login:
                self.do(
                    system(house),
                    identity.give_role,
                    account_id=account_id_of(card.key),
                    organization_id=WARD if card.key == "ward" else CENTRE,
                    role_code=card.role_code,
                )
        known = {card.key for card in CAST}
        for colleague in town.colleagues():
            if colleague.key not in known:
                self.open_colleague(colleague)

    def open_colleague(self, colleague: Colleague) -> None:
        house, account_id = system(CENTRE), account_id_of(colleague.key)
        self.do(
            house,
            identity.open_account,
            kind="staff",
            name=colleague.name,
            login=colleague.key,
            account_id=account_id,
        )
        self.do(
            house,
            identity.give_role,
            account_id=account_id,
            organization_id=CENTRE,
            role_code=role_by_kind(colleague.kind),
        )

    def take_on(self, colleague: Colleague, *, papers_until: date | None = None) -> None:
        one = self.do(
            self.administrator,
            workforce.register_staff_member,
            name=colleague.name,
            kind=colleague.kind,
            title=colleague.title,
            sex=colleague.sex,
            phone=f"1990002{1000 + len(self.staff) * 7:04d}",
            started_on=colleague.started,
            station_id=STATIONS[colleague.station],
            account_id=account_id_of(colleague.key),
            travel_mode=colleague.travel,
            base=(colleague.latitude, colleague.longitude),
        )
        self.staff[colleague.key] = one.id
        for number, code in enumerate(colleague.papers):
            self.give_paper(
                colleague.key,
                code=code,
                number=f"DEMO{len(self.staff):03d}{number}",
                valid_from=colleague.started,
                valid_until=papers_until or date(self.now.year + 2, 6, 30),
            )
        if colleague.key == BY_HERSELF:
            self.insure(colleague.key)
        parts = [
            PatternPart(weekday=day, starts=starts, ends=ends)
            for day in WEEKS[colleague.week]
            for starts, ends in (MORNING, AFTERNOON)
        ]
        self.do(
            self.administrator,
            workforce.set_weekly_pattern,
            staff_id=one.id,
            parts=parts,
            works_holidays=colleague.week == "every_day",
        )

    def give_paper(self, key: str, **said: Any) -> None:
        """One enters it with its scan, another reads it beside that."""
        entered = self.do(
            self.administrator,
            workforce.add_qualification,
            staff_id=self.staff[key],
            scan=SCANNED,
            content_type="image/png",
            **said,
        )
        self.do(self.member("quality"), workforce.verify_qualification, qualification_id=entered.id)

    def insure(self, key: str) -> None:
        """Insure one by herself; her cover runs out in three weeks."""
        since = day_of(self.long_ago) - timedelta(days=30)
        self.give_paper(
            key,
            code="accident_insurance",
            issuer=INSURER,
            number=f"DEMO-PA-{len(self.staff):04d}",
            valid_from=since,
            valid_until=day_of(self.now) + timedelta(days=INSURED_UNTIL_SOON),
        )

    def hold_papers(self) -> None:
        """Enter what the centre itself must hold; the quality manager reads it beside its scan."""
        for paper in town.INSTITUTION_PAPERS:
            said = dict(paper)
            days = said.pop("days_left")
            if days is not None:
                said["valid_until"] = day_of(self.now) + timedelta(days=days)
            entered = self.do(
                self.administrator,
                workforce.add_institution_paper,
                scan=SCANNED,
                content_type="image/png",
                valid_from=day_of(self.long_ago) - timedelta(days=200),
                **said,
            )
            self.do(self.member("quality"), workforce.verify_institution_paper, paper_id=entered.id)

    def make_rota(self) -> None:
        """Two weeks behind, three ahead; and whoever is on today stays for the evening if the demo begins then."""
        today = day_of(self.now)
        monday = today - timedelta(days=today.weekday())
        self.do(
            self.administrator, workforce.generate_shifts, first_day=monday - timedelta(days=14), days=14 + 28
        )
        for starts, ends in self.odd_hours(today):
            for key in ("nurse", "picc", "chenxue", "heli", "guyuan"):
                self.put_shift(key, starts, ends)
        self.put_shift("guyuan", at(today, MORNING[1]), at(today, AFTERNOON[0]))  # somebody is on at noon

    def put_shift(self, key: str, starts_at: datetime, ends_at: datetime) -> None:
        with suppress(DomainError):  # she is on then already
            self.do(
                self.administrator,
                workforce.put_shift,
                staff_id=self.staff[key],
                starts_at=starts_at,
                ends_at=ends_at,
            )

    def odd_hours(self, today: date) -> list[tuple[datetime, datetime]]:
        """Return the shifts before eight and after half past five that make somebody be on now."""
        begin, end = hours_of(self.now)
        early = (begin, at(today, MORNING[0]))
        late = (at(today, AFTERNOON[1]), end)
        return [(starts, ends) for starts, ends in (early, late) if ends - starts > timedelta(minutes=10)]

    def register(self, neighbour: Neighbour) -> None:
        resident_id = resident_id_of(neighbour.key)
        since = self.now - timedelta(days=2) if neighbour.key in LAST_ADDITIONS else self.long_ago
        self.do(
            self.member("desk"),
            residents.register_resident,
            when=since,
            resident_id=resident_id,
            name=neighbour.name,
            sex=neighbour.sex,
            birth_date=neighbour.born,
            phones=[neighbour.phone] if neighbour.phone else [],
            address=neighbour.address,
            door_note=neighbour.note,
            latitude=neighbour.latitude,
            longitude=neighbour.longitude,
            filed_on=day_of(since),
            chronic=list(neighbour.chronic),
            lives_alone=neighbour.lives_alone,
            relatives=[
                RelativeRow(name=one.name, relation=RELATIONS[one.relation], phone=one.phone)
                for one in neighbour.family
            ],
            station_id=STATIONS[neighbour.station],
        )
        self.enter_signed(resident_id, since, Purpose.CONTRACT)
        if neighbour.key not in NOT_ASKED:
            self.enter_signed(resident_id, since, Purpose.CARE)

    def enter_signed(self, resident_id: UUID, when: datetime, asked: Purpose) -> None:
        """
        Write down what she signed at the desk: the agreement everybody, the use of her record nearly everybody; being
        filmed is asked when it comes to that.
        """
        desk = self.member("desk")
        self.do(
            desk,
            residents.enter_consent,
            when=when,
            resident_id=resident_id,
            purpose=asked.value,
            text_version=current_text(asked).version,
            photo=SIGNED,
            content_type="image/png",
        )

    def let_family_in(self) -> None:
        """Her activation slip opens Zhang Guifang's account; in it she lets her daughter in."""
        resident_id = resident_id_of("zhang")
        when = self.long_ago + timedelta(days=1)
        slip = self.do(
            self.member("desk"), residents.make_activation_slip, when=when, resident_id=resident_id
        )
        card = next(card for card in CAST if card.key == "resident")
        self.do(
            system(CENTRE),
            residents.redeem_activation,
            when=when,
            code=slip.code,
            phone_last_four=card.phone[-4:],
        )
        daughter = next(card for card in CAST if card.key == "daughter")
        self.do(
            self.person("resident"),
            residents.grant_access,
            when=when + timedelta(hours=1),
            resident_id=resident_id,
            phone=daughter.phone,
            name=daughter.name,
            relation="family",
            allows=["visits", "book", "record"],
        )


def role_of(key: str) -> str:
    """Return the role of somebody of the cast, or of a colleague by her profession."""
    card = next((card for card in CAST if card.key == key), None)
    if card:
        return card.role_code
    return role_by_kind(next(one.kind for one in town.colleagues() if one.key == key))


def role_by_kind(kind: str) -> str:
    """Return the role that goes with a profession."""
    return {"doctor": "family_doctor", "health_worker": "health_worker"}.get(kind, "nurse")


def hours_of(now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when people are out on the day of `now`: the usual hours, and those round now."""
    today = day_of(now)
    first, last = at(today, time(0, 10)), at(today, time(23, 50))
    begin = max(first, min(at(today, time(8)), half_hour(now - timedelta(hours=4))))
    end = min(last, max(at(today, time(18)), half_hour(now + timedelta(hours=5))))
    return begin, end


def half_hour(when: datetime) -> datetime:
    return when.replace(minute=when.minute - when.minute % 30, second=0, microsecond=0)
