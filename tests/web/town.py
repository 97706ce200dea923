"""The demo's town, as far as the walk over every operation needs it, and people whose business none of it is."""

import base64
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from anjia.catalogue.commands import start_draft
from anjia.catalogue.models import ServiceVersion
from anjia.dispatch.commands import begin_run, change_day, finish_run, hold_slot, offer_visit, start_run
from anjia.dispatch.drafting import Outcome, card_of, draft_of
from anjia.dispatch.models import OPEN, Offer
from anjia.dispatch.queries.standing import standing_of
from anjia.dispatch.rules.changes import Put
from anjia.dispatch.standing import may_be_changed, seen
from anjia.emergencies.commands import call_for_help
from anjia.emergencies.models import CheckIn
from anjia.enrolment.models import Appeal, Candidate, Channel, Programme, Screening
from anjia.exceptions import commands as exceptions
from anjia.identity import commands as identity
from anjia.identity.models import Membership
from anjia.identity.rules import End, Entry, Way
from anjia.imports import commands as imports
from anjia.imports.lists import read_list
from anjia.imports.rules import Kind as ListKind
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.ids import new_id
from anjia.kernel.models import StoredFile
from anjia.kernel.work import acting
from anjia.learning import commands as learning
from anjia.learning.models import Certificate, CourseDraft
from anjia.messaging.models import Call, Message, Notification
from anjia.orders import commands as orders
from anjia.orders.models import Question
from anjia.quality import commands as quality
from anjia.quality.models import CallBack, Improvement, Objection
from anjia.quality.queries import my_performance_rows
from anjia.residents import commands as residents
from anjia.residents.queries import addresses_of, consents_of, grants_of
from anjia.series.commands import begin_series
from anjia.simulation import town as places
from anjia.simulation.cast import account_id_of
from anjia.simulation.doctors import Doctors, procedure
from anjia.simulation.founding import CENTRE, OPERATOR, Founder, resident_id_of
from anjia.simulation.homes import Homes
from anjia.simulation.life import Life
from anjia.simulation.pictures import scribble
from anjia.simulation.recruiting import Recruiting
from anjia.simulation.teaching import School, right_answers
from anjia.simulation.ward import Ward
from anjia.supplies import commands as supplies
from anjia.supplies.models import Shortfall, WasteBag
from anjia.transitions.models import Referral
from anjia.visits.commands import record_facts
from anjia.visits.models import Conflict
from anjia.visits.queries import visits_of_resident
from anjia.workforce import commands as workforce
from anjia.workforce.models import DailyBreak, GroupPolicy, InstitutionPaper, Qualification, Shift
from anjia.workforce.rules import LeaveKind

# What strangers could change, and what of it they must not. Sessions and readers may be noted.
WATCHED = {
    "visits_assignment": "visit_id IN (SELECT id FROM visits_visit WHERE resident_id =",
    "dispatch_offer": "visit_id IN (SELECT id FROM visits_visit WHERE resident_id =",
    "residents_resident": "(id =",
} | dict.fromkeys(
    [
        "visits_visit",
        "visits_fieldfact",
        "visits_visitchange",
        "visits_because",
        "series_series",
        "series_occurrence",
        "residents_grant",
        "residents_consent",
        "residents_address",
        "records_reading",
        "records_assessment",
        "enrolment_candidate",
        "enrolment_screening",
        "quality_rating",
        "quality_callback",
        "quality_familyform",
        "quality_concern",
        "exceptions_visitexception",
        "exceptions_absenceline",
        "messaging_message",
        "emergencies_case",
        "emergencies_wish",
        "kernel_storedfile",
        "orders_order",
        "orders_question",
        "orders_answer",
        "orders_familydoctor",
    ],
    "(resident_id =",
)
# What of the house no stranger may change through the console, by the id that names it.
OF_THE_HOUSE = {
    "identity_account": "id = %(account_id)s",
    "identity_membership": "account_id = %(account_id)s",
    "identity_organization": "id = %(organization_id)s",
    "transitions_referral": "id = %(referral_id)s",
    "transitions_referralstep": "referral_id = %(referral_id)s",
} | dict.fromkeys(
    [
        "residents_activationslip",
        "workforce_staffmember",
        "workforce_qualification",
        "workforce_institutionpaper",
        "workforce_grouppolicy",
        "workforce_weeklypattern",
        "workforce_shift",
        "workforce_leave",
        "workforce_servicearea",
        "dispatch_planrun",
        "dispatch_estimate",
        "dispatch_daychange",
        "dispatch_tellingtaken",
        "messaging_recipient",
        "messaging_notification",
        "messaging_call",
        "messaging_callattempt",
        "catalogue_service",
        "catalogue_draft",
        "catalogue_promptversion",
        "supplies_item",
        "supplies_entry",
        "supplies_shortfall",
        "supplies_bagcheck",
        "supplies_wastebag",
        "supplies_wastestep",
        "enrolment_programme",
        "enrolment_channel",
        "enrolment_candidate",
        "enrolment_screening",
        "enrolment_appeal",
        "learning_course",
        "learning_coursedraft",
        "learning_binding",
        "learning_reading",
        "learning_attempt",
        "learning_session",
        "learning_attendance",
        "imports_importbatch",
        "visits_conflict",
        "emergencies_step",
        "emergencies_watch",
        "emergencies_checkin",
        "emergencies_houserules",
        "quality_improvement",
        "quality_objection",
        "quality_objectionstep",
        "quality_concernstep",
        "exceptions_exceptionstep",
        "quality_callbackattempt",
    ],
    "organization_id = %(organization_id)s",
)


BY_FORMAT: dict[str, Callable[[], str]] = {
    "uuid": lambda: "00000000-0000-7000-8000-000000000001",
    "date-time": lambda: (timezone.now() + timedelta(days=1)).isoformat(),
    "date": lambda: timezone.localdate().isoformat(),
    "time": lambda: "15:00",
}


def plain(schema: dict[str, Any]) -> Any:
    """Return some value that a schema admits."""
    if "enum" in schema or "const" in schema:
        return schema.get("const") or schema["enum"][0]
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]()
    match schema.get("type"):
        case "boolean":
            return False
        case "integer" | "number":
            return schema.get("minimum", 1)
    return "x" * max(1, schema.get("minLength", 1))


@dataclass
class Town:
    founder: Founder
    accounts: dict[str, UUID] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    # What only her record says: what she suffers from, what was measured last, what was written at a visit.
    health: tuple[str, ...] = ("高血压、糖尿病", "197/117", "走错了")

    def token_of(self, who: str) -> str:
        """Return a token of a session of its own: what ends one ends no other."""
        return session(self.accounts[who])

    def kept_token_of(self, who: str) -> str:
        """Return the token of one session, for those who only look: nothing that they do ends it."""
        if who not in self.kept:
            self.kept[who] = self.token_of(who)
        return self.kept[who]

    def id_for(self, path: str, hole: str) -> Any:
        """Return the id of something of the town's resident. A new kind of id must be given one here."""
        if hole == "visit_id" and "/work/" in path:
            return self.ids["visit_id"]
        return self.ids[hole]

    def value_for(self, name: str, schema: dict[str, Any]) -> Any:
        """Return a sound value for an input of this name: the resident's own id, where it is one."""
        if name == "agrees":
            return True  # what others may see of her rests on it
        if name == "client_id":
            return str(new_id())  # each thing that a phone sends has one of its own
        for key in (name, name.removesuffix("s")):
            if key in self.ids:
                return str(self.ids[key])
        return plain(schema)

    def secrets_in(self, text: str) -> list[str]:
        return [secret for secret in self.secrets if secret in text]

    def health_in(self, text: str) -> list[str]:
        return [words for words in self.health if words in text]

    def state(self) -> list[tuple[Any, ...]]:
        """Return what would change if something of the resident's were added, changed or removed."""
        return self._sums({table: f"{hers} %(resident_id)s)" for table, hers in WATCHED.items()})

    def house(self) -> list[tuple[Any, ...]]:
        """Return what would change if something of the house's own were: its staff, its rota, its lists."""
        return self._sums(OF_THE_HOUSE)

    def _sums(self, tables: dict[str, str]) -> list[tuple[Any, ...]]:
        """Return how many rows each table has and what they come to. One statement: it is asked thousands of times."""
        each = (
            f"SELECT '{table}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table} t WHERE {which}"
            for table, which in tables.items()
        )

        def read(_: Actor) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(" UNION ALL ".join(each), self.ids)
                found: list[tuple[Any, ...]] = cursor.fetchall()
                return found

        return acting(system(CENTRE), timezone.now()).ask(read)

    def photo(self) -> Any:
        picture = io.BytesIO(tiny_png())
        picture.name = "photo.png"
        return picture

    @contextmanager
    def consent_withdrawn(self) -> Iterator[None]:
        """Let the resident take back her consent to care, and give it again."""
        she, resident_id = self.founder.person("resident"), self.ids["resident_id"]
        standing = acting(she, timezone.now()).ask(consents_of, Purpose.ACCESS, resident_id=resident_id)
        version = next(one.text.version for one in standing if one.text.purpose == Purpose.CARE)
        acting(she, timezone.now()).do(residents.withdraw_consent, resident_id=resident_id, purpose="care")
        try:
            yield
        finally:
            acting(she, timezone.now()).do(
                residents.give_consent, resident_id=resident_id, purpose="care", text_version=version
            )


def tiny_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def build() -> Town:
    """Found the town, let it live through a day, and let the strangers in."""
    now = timezone.now()
    town = Town(Founder(now))
    town.founder.found()
    life = Life(town.founder, now)
    life.look_round()
    homes = Homes(town.founder, now, life.dice)
    homes.measure()
    life.come_to_zhang()
    life.begin_today()
    Recruiting(town.founder, now).recruit()
    homes.keep(
        town.founder.member("nurse"), "zhang", homes.at_once("8480-6", 197) + homes.at_once("8462-4", 117)
    )
    for key in (
        "resident",
        "daughter",
        "nurse",
        "picc",
        "doctor",
        "dispatcher",
        "desk",
        "quality",
        "administrator",
    ):
        town.accounts[key] = account_id_of(key)
    let_strangers_in(town)
    collect(town, life)
    return town


def session(account_id: UUID) -> str:
    entry = acting(system(), timezone.now()).do(
        identity.start_session, account_id=account_id, end=End.PHONE.value, way=Way.CARD.value, device="walk"
    )
    return entry.token


def let_strangers_in(town: Town) -> None:
    now = timezone.now()
    elsewhere = acting(system(OPERATOR), now).do(
        identity.add_organization, parent_id=OPERATOR, kind="institution", name="别处的中心"
    )

    def account(kind: str, name: str, house: UUID, **said: Any) -> UUID:
        made = acting(system(house), now).do(identity.open_account, kind=kind, name=name, **said)
        return made.id

    def give(account_id: UUID, house: UUID, role: str) -> None:
        acting(system(house), now).do(
            identity.give_role, account_id=account_id, organization_id=house, role_code=role
        )

    administrator = account("staff", "外人甲", elsewhere.id, login="elsewhere")
    give(administrator, elsewhere.id, "administrator")
    town.accounts["administrator of another institution"] = administrator

    without = account("staff", "外人乙", CENTRE, login="norole")
    give(without, CENTRE, "ward_nurse")
    town.accounts["member without a role"] = without

    boss = Actor(
        user_id=administrator,
        organization_id=elsewhere.id,
        permissions=town.founder.administrator.permissions,
    )
    other = acting(boss, now).do(
        residents.register_resident, name="外人丙", phones=["19900009901"], sex="female"
    )
    town.accounts["resident of another institution"] = redeemed(boss, elsewhere.id, other.id, "9901")

    neighbour = next(one for one in places.neighbours() if one.key == "r26")
    town.accounts["neighbour"] = redeemed(
        town.founder.member("desk"), CENTRE, resident_id_of("r26"), neighbour.phone[-4:]
    )

    she, zhang = town.founder.person("resident"), resident_id_of("zhang")
    granted = acting(she, now).do(
        residents.grant_access, resident_id=zhang, phone="19900009902", name="外人丁", relation="family",
        allows=["visits", "book", "record"],
    )  # fmt: skip
    town.accounts["daughter whose grant was withdrawn"] = granted.account_id
    acting(she, now).do(residents.withdraw_grant, grant_id=granted.id)


def redeemed(desk: Actor, house: UUID, resident_id: UUID, last_four: str) -> UUID:
    """Let a resident in by her activation slip; return her account's id."""
    now = timezone.now()
    slip = acting(desk, now).do(residents.make_activation_slip, resident_id=resident_id)
    entry = acting(system(house), now).do(
        residents.redeem_activation, code=slip.code, phone_last_four=last_four
    )
    assert isinstance(entry, Entry)
    return entry.account_id


def collect(town: Town, life: Life) -> None:
    now = timezone.now()
    she, zhang = town.founder.person("resident"), resident_id_of("zhang")
    house = system(CENTRE)
    home = acting(she, now).ask(addresses_of, Purpose.ACCESS, resident_id=zhang)[0]
    coming = (
        acting(she, now)
        .ask(visits_of_resident, Purpose.ACCESS, resident_id=zhang, when="coming", now=now)
        .items
    )
    [grant] = [
        one
        for one in acting(she, now).ask(grants_of, Purpose.ACCESS, resident_id=zhang, now=now)
        if one.relation == "family"
    ]

    def first(model: Any, **where: Any) -> Any:
        return acting(house, now).ask(lambda _: model.objects.filter(**where).order_by("id").first())

    starts_at = coming[-1].starts_at + timedelta(hours=4)  # the afternoon shift
    held = acting(she, now).do(
        hold_slot,
        service_code="bp_follow_up",
        resident_id=zhang,
        address_id=home.id,
        starts_at=starts_at,
        staff_ids=[town.founder.staff["nurse"]],
    )
    asked = life.promise("bp_follow_up", "zhang", ("nurse",), starts_at - timedelta(days=1), booked_at=now)
    acting(house, now).do(offer_visit, visit_id=asked)
    town.ids = {
        "resident_id": zhang,
        "visit_id": coming[0].id,
        "hold_id": held.id,
        "offer_id": first(Offer, visit_id=asked, state=OPEN).id,
        "address_id": home.id,
        "grant_id": grant.id,
        "message_id": first(Message, party_id=account_id_of("resident")).id,
        "file_id": first(StoredFile, resident_id=zhang).id,
        "session_id": acting(system(), now).ask(lambda _: identity_session_of(account_id_of("resident"))),
        "staff_id": town.founder.staff["nurse"],
        "about_staff_ids": town.founder.staff["nurse"],
        "service_code": "bp_follow_up",
        "code": "bp",
        "day": timezone.localdate().isoformat(),
        "until": (timezone.localdate() + timedelta(days=60)).isoformat(),
        "ticket": "x" * 43,
        "purpose": "care",
        "signature": base64.b64encode(scribble(1)).decode(),
        "allow": "visits",
        "phone": "19900009908",
    }
    town.ids |= of_a_series(town, home.id, starts_at + timedelta(hours=1))
    town.ids |= of_the_house(town, life, first)
    town.ids |= of_emergencies(town)
    town.secrets = ["张桂芳", "19900000101", home.text, str(zhang), str(home.id), str(coming[0].id)]


def of_a_series(town: Town, address_id: UUID, starts_at: datetime) -> dict[str, Any]:
    """Let her daughter have somebody come every other week; return the ids of that."""
    now, daughter = timezone.now(), town.founder.person("daughter")
    held = acting(daughter, now).do(
        hold_slot,
        service_code="bp_follow_up",
        resident_id=town.ids["resident_id"],
        address_id=address_id,
        starts_at=starts_at,
        staff_ids=[town.founder.staff["nurse"]],
    )
    series = acting(daughter, now).do(begin_series, hold_id=held.id, repeat={"every": 2})
    return {"series_id": series.id, "occurrence_id": series.occurrences[-1].id}


def of_the_house(town: Town, life: Life, first: Callable[..., Any]) -> dict[str, Any]:
    """Return ids of what only the console's pages name; what a day in the town does not bring is made."""
    now, nurse = timezone.now(), town.founder.staff["nurse"]
    boss = town.founder.administrator
    Ward(town.founder, life.now).send_patients_home()
    life.leave_something_to_call_about()
    away = (now + timedelta(days=200), now + timedelta(days=201))
    leave = acting(boss, now).do(
        workforce.ask_leave, staff_id=nurse, kind=LeaveKind.ANNUAL, starts_at=away[0], ends_at=away[1]
    )
    # The nurse for lines says something of a visit that is not hers: a person has to decide.
    said = {"client_id": new_id(), "visit_id": town.ids["visit_id"], "kind": "note", "occurred_at": now}
    acting(town.founder.member("picc"), now).do(record_facts, facts=[said | {"content": {"words": "走错了"}}])
    listed = "姓名,电话\n外人戊,19900009905\n外人庚,1990\n".encode()
    table = read_list(ListKind.RESIDENTS, listed)
    batch = acting(boss, now).do(
        imports.upload_list, kind="residents", file_name="residents.csv", content=listed, table=table
    )
    acting(boss, now).do(imports.try_list, batch_id=batch.id, table=table, columns=batch.columns)
    paper = acting(town.founder.member("desk"), now).do(
        residents.enter_paper, resident_id=town.ids["resident_id"], photo=tiny_png(), content_type="image/png",
        phone="19900009906", name="外人辛", relation="family", allows=["visits"],
    )  # fmt: skip
    number = acting(town.founder.member("desk"), now).do(
        residents.ask_for_number, grant_id=town.ids["grant_id"], phone="19900009907", photo=tiny_png(),
        content_type="image/png",
    )  # fmt: skip
    death = acting(town.founder.member("desk"), now).do(
        residents.enter_death, resident_id=town.ids["resident_id"], told_by="邻居说的", photo=tiny_png(),
        died_on=timezone.localdate(), content_type="image/png",
    )  # fmt: skip
    acting(boss, now).do(start_draft, code="bp_follow_up")
    role = acting(boss, now).do(identity.add_role, name="夜班", permissions=["dispatch.read"])
    return (
        of_the_store(town)
        | of_the_doctor(town)
        | of_the_school(town)
        | {
            "organization_id": CENTRE,
            "measure": "visits",
            "group": "visits",
            "run_id": worked_out(town),
            "day_change_id": changed_by_hand(town),
            "row_id": done_by(town.founder.member("nurse"), now),
            "role_id": role.id,
            "account_id": account_id_of("nurse"),
            "membership_id": first(Membership, account_id=account_id_of("nurse")).id,
            "break_id": first(DailyBreak).id,
            "shift_id": first(Shift, staff_id=nurse, removed_at=None).id,
            "qualification_id": first(Qualification, staff_id=nurse).id,
            "institution_paper_id": first(InstitutionPaper).id,
            "policy_id": insured(town).id,
            "candidate_id": first(Candidate, resident_id=town.ids["resident_id"]).id,
            "screening_id": first(Screening, resident_id=town.ids["resident_id"]).id,
            "appeal_id": first(Appeal).id,
            "channel_id": first(Channel).id,
            "programme_id": first(Programme).id,
            "leave_id": leave.id,
            "version_id": first(ServiceVersion, service__code="bp_follow_up").id,
            "party_id": account_id_of("resident"),
            "call_id": first(Call).id,
            "notification_id": first(Notification, party_id=account_id_of("resident")).id,
            "referral_id": first(Referral).id,
            "batch_id": batch.id,
            "paper_id": paper.id,
            "change_id": number.id,
            "conflict_id": first(Conflict).id,
            "exception_kind": "unsafe",
            "exception_id": came_between(town),
            "death_id": death.id,
            "concern_id": acting(town.founder.person("resident"), now)
            .do(quality.raise_concern, kind="complaint", words="等了很久")
            .id,
            "improvement_id": low_aspect(town).id,
            "objection_id": objected(town).id,
            "call_back_id": first(CallBack, resident_id=town.ids["resident_id"]).id,
        }
    )


def changed_by_hand(town: Town) -> UUID:
    """Return what the dispatcher has changed of tomorrow: its last visit is five minutes later."""
    dispatcher, now = town.founder.member("dispatcher"), timezone.now()
    day = timezone.localdate(now) + timedelta(days=1)
    standing = acting(dispatcher, now).ask(standing_of, Purpose.CONTRACT, day=day, now=now)
    piece = [one for one in standing.day.pieces if may_be_changed(one) and one.parts == 1][-1]
    put = Put(
        visit_id=piece.visit_id,
        part=piece.part,
        staff_id=piece.staff_id,
        starts_at=piece.starts_at + timedelta(minutes=5),
    )
    seen_then = seen(standing.day, [put])
    return acting(dispatcher, now).do(
        change_day, day=day, puts=[put], weighed_against=seen_then, why="问过家里"
    )


def worked_out(town: Town) -> UUID:
    """Return a run that has ended with the day as it is."""
    house, now = acting(system(CENTRE), timezone.now()), timezone.now()
    run_id = house.do(start_run, day=timezone.localdate(now) + timedelta(days=1))
    day = house.do(begin_run, run_id=run_id)
    assert day is not None
    score = card_of(day, day.pieces)
    draft = draft_of(Outcome(day, day.pieces))
    house.do(finish_run, run_id=run_id, draft=draft, score={"before": score, "after": score})
    return run_id


def came_between(town: Town) -> UUID:
    """Have the nurse find nobody at home, and take a photo of the door; return the exception's id."""
    now, visit_id = timezone.now(), town.ids["visit_id"]
    content = {"exception": "no_show", "form": {"waited_minutes": 10}, "file_id": str(town.ids["file_id"])}
    said = {"client_id": new_id(), "visit_id": visit_id, "kind": "exception", "occurred_at": now}
    acting(town.founder.member("nurse"), now).do(record_facts, facts=[said | {"content": content}])
    [made] = acting(system(CENTRE), now).do(exceptions.take_reports, visit_id=visit_id)
    found: UUID = made.id
    return found


def done_by(nurse: Actor, now: datetime) -> UUID:
    """Return a row behind the number of her visits this month."""
    page = (
        acting(nurse, now)
        .ask(
            my_performance_rows,
            Purpose.CONTRACT,
            code="visits",
            month=timezone.localdate(),
            as_of=now,
            size=1,
        )
        .page
    )
    found: UUID = page.items[0].row.row_id
    return found


def of_emergencies(town: Town) -> dict[str, Any]:
    """Let her have called for help, and her nurse be asked whether all is well; return the ids of that."""
    now, she = timezone.now(), town.founder.person("resident")
    case = acting(she, now).do(call_for_help, client_id=new_id(), pressed_at=now)

    def ask(_: Actor) -> UUID:
        return CheckIn.objects.create(
            organization_id=CENTRE,
            visit_id=town.ids["visit_id"],
            staff_id=town.founder.staff["nurse"],
            asked_at=now,
            answer_by=now + timedelta(days=1),
        ).id

    return {"case_id": case.id, "check_in_id": acting(system(CENTRE), now).ask(ask)}


def of_the_doctor(town: Town) -> dict[str, Any]:
    """Return ids of an order of the resident's, and of what her nurse asked at the visit, with its answer."""
    now, nurse, visit_id = timezone.now(), town.founder.member("nurse"), town.ids["visit_id"]
    doctors, doctor = Doctors(town.founder), town.founder.member("doctor")
    entered = doctors.enter(
        resident_id_of("zhang"), "bp_follow_up", procedure("量血压", "每周 1 次", "随访"), when=now
    )
    acting(doctor, now).do(orders.confirm_order, order_id=entered.id)
    said = {"words": "头有点晕，要不要加量？", "file_id": str(town.ids["file_id"])}
    asked = {
        "client_id": new_id(),
        "visit_id": visit_id,
        "kind": "question",
        "occurred_at": now,
        "content": said,
    }
    acting(nurse, now).do(record_facts, facts=[asked])
    acting(system(CENTRE), now).do(orders.open_questions, visit_id=visit_id)
    question = acting(system(CENTRE), now).ask(lambda _: Question.objects.get(visit_id=visit_id))
    acting(doctor, now).do(
        orders.answer_question,
        question_id=question.id,
        kind="advice",
        is_known=True,
        follows_order_id=entered.id,
        words="先不加，明天再量。",
    )
    return {"order_id": entered.id, "question_id": question.id}


def of_the_school(town: Town) -> dict[str, Any]:
    """Return ids of a course that is being written, of what was learnt and of a class to come."""
    now, boss, nurse = timezone.now(), town.founder.administrator, town.founder.member("nurse")
    school = School(town.founder, now)
    acting(boss, now).do(learning.seed_courses)
    school.pass_exam("nurse", "privacy", now - timedelta(days=3))
    acting(nurse, now).do(learning.mark_read, code="home_visit", pages=range(20))
    paper = acting(nurse, now).do(learning.begin_exam, code="home_visit")
    binding = acting(boss, now).do(
        learning.bind_course, code="privacy", staff_id=nurse.staff_id, since=timezone.localdate()
    )
    shown = draw_page(boss, now)
    acting(town.founder.member("quality"), now).do(
        learning.publish_draft, draft_id=shown.id, seen=shown.revision
    )
    draft = draw_page(boss, now)
    held = acting(boss, now).do(
        learning.plan_session,
        code="emergency",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        place="三楼",
        teacher="护理部",
    )
    return {
        "course_code": "home_visit",
        "course_version": 1,
        "attempt_id": paper.attempt_id,
        "answers": right_answers("home_visit", paper),
        "word": held.word,
        "binding_id": binding.id,
        "draft_id": draft.id,
        "picture_id": shown.content["pages"][0]["file_id"],
        "class_id": school.hold_classes(["nurse"]),
        "certificate_id": acting(boss, now).ask(
            lambda _: Certificate.objects.values_list("id", flat=True).first()
        ),
    }


def draw_page(boss: Actor, now: datetime) -> CourseDraft:
    """Begin to write the course anew, with a picture on its first page."""
    draft = acting(boss, now).do(learning.start_draft, code="home_visit")
    return acting(boss, now).do(
        learning.save_page,
        draft_id=draft.id,
        seen=draft.revision,
        place=0,
        page={"alt": "门口"},
        picture=tiny_png(),
        content_type="image/png",
    )


def of_the_store(town: Town) -> dict[str, Any]:
    """Return ids of what lies in the store, and of what was used and packed at the resident's visit."""
    now, nurse = timezone.now(), town.founder.member("nurse")
    boss, visit_id = town.founder.administrator, town.ids["visit_id"]
    item = acting(boss, now).do(
        supplies.add_item, said={"name": "纱布", "unit": "块", "kind": "first_aid", "in_bag": Decimal(1)}
    )
    lot = acting(boss, now).do(
        supplies.receive, station_id=CENTRE, item_id=item.id, quantity=Decimal(9), number="L1",
        expires_on=timezone.localdate() + timedelta(days=9),
    )  # fmt: skip
    acting(boss, now).do(
        supplies.hand_out,
        station_id=CENTRE,
        staff_id=town.founder.staff["nurse"],
        wanted={item.id: Decimal(2)},
    )
    waste = {"waste_class": "sharps", "bags": 1, "seal": "S1"}
    said = {"used": [{"code": item.code, "name": "纱布", "quantity": 5, "unit": "块"}]}
    facts = [
        {"client_id": new_id(), "visit_id": visit_id, "kind": kind, "occurred_at": now, "content": content}
        for kind, content in (("supplies", said), ("waste", waste))
    ]
    acting(nurse, now).do(record_facts, facts=facts)
    acting(system(CENTRE), now).do(supplies.record_use, visit_id=visit_id)
    acting(system(CENTRE), now).do(supplies.record_waste, visit_id=visit_id)

    def first(model: Any, **where: Any) -> Any:
        return acting(boss, now).ask(lambda _: model.objects.filter(visit_id=visit_id, **where).first().id)

    return {
        "item_id": item.id,
        "lot_id": lot.id,
        "place_id": CENTRE,
        "station_id": CENTRE,
        "shortfall_id": first(Shortfall),
        "waste_id": first(WasteBag),
    }


def low_aspect(town: Town) -> Improvement:
    """Open what a month of bad ratings would open."""
    today = timezone.localdate()

    def make(_: Actor) -> Improvement:
        return Improvement.objects.create(
            organization_id=CENTRE,
            aspect="skill",
            opened_at=timezone.now(),
            first=today,
            last=today,
            good=2,
            of=5,
        )

    return acting(system(CENTRE), timezone.now()).ask(make)


def insured(town: Town) -> GroupPolicy:
    """Enter a policy for the nurse, which nobody has read yet."""
    made: GroupPolicy = acting(town.founder.member("administrator"), timezone.now()).do(
        workforce.add_group_policy,
        code="accident_insurance",
        number="PTY2026001",
        issuer="云杉人寿",
        valid_from=timezone.localdate(),
        valid_until=timezone.localdate() + timedelta(days=365),
        whom=workforce.Whom(staff_ids=frozenset({town.founder.staff["nurse"]})),
        scan=town.photo().getvalue(),
        content_type="image/png",
    )
    return made


def objected(town: Town) -> Objection:
    """Let the nurse object to a figure of hers."""
    said: dict[str, Any] = {
        "group": "punctuality",
        "words": "门卫可以作证",
        "month": timezone.localdate(),
    }
    return acting(town.founder.member("nurse"), timezone.now()).do(quality.raise_objection, **said)


def identity_session_of(account_id: UUID) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM identity_session WHERE account_id = %s", [account_id])
        found: UUID = cursor.fetchone()[0]
        return found
