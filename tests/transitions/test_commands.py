from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection

from anjia.identity.commands import add_organization, give_role
from anjia.identity.models import Organization
from anjia.kernel import live
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.files import FileNotKnown
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.residents.queries import readers_of_record
from anjia.residents.rules import AlreadyRegistered
from anjia.transitions import commands, queries
from anjia.transitions.models import Referral, ReferralStep
from anjia.transitions.rules import IllegalMove, OrderPhotoUnsound, ReasonMissing, ReferralUnsound
from anjia.visits.commands import cancel_visit, move_visit
from tests import make as basics
from tests.identity.make import actor_of, administrator, house, staff
from tests.make import NOON
from tests.residents import make as residents
from tests.visits import make as visits
from tests.visits.make import DESK, Town, at, fact, say

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
ID_NUMBER = "110101194803078123"


@pytest.fixture
def hospital(database: None) -> Organization:
    return house(name="市第一医院", kind="hospital")


@pytest.fixture
def centre(database: None) -> Organization:
    return house()


@pytest.fixture
def ward(hospital: Organization) -> Actor:
    return basics.actor("transitions.read", "transitions.refer", "files.store", organization_id=hospital.id)


@pytest.fixture
def desk(centre: Organization) -> Actor:
    return basics.actor(
        "transitions.read",
        "transitions.receive",
        "residents.register",
        "residents.read",
        organization_id=centre.id,
    )


def refer(ward: Actor, to: Actor, *, now: datetime = NOON, **changes: Any) -> Referral:
    sound: dict[str, Any] = {
        "organization_id": to.organization_id,
        "organization_name": "青竹里社区卫生服务中心",
        "from_name": "市第一医院",
        "sent_by_name": "周敏",
        "name": "陈玉兰",
        "phone": "13812345678",
        "address": "和平里七区3号楼201",
        "discharge_on": date(2026, 3, 4),
        "diagnosis": "乳腺癌术后，带 PICC 出院",
        "agreed": True,
        "lines": ["picc"],
        "wounds": ["surgical"],
        "wishes": ["line_care", "teaching"],
        "at_home": "spouse",
    }
    return acting(ward, now).do(commands.refer, **sound | changes)


def add_photo(by: Actor, referral: Referral, *, content: bytes = PNG) -> Referral:
    unit = acting(by, NOON)
    return unit.do(
        commands.add_order_photo, referral_id=referral.id, content=content, content_type="image/png"
    )


def now_is(referral: Referral, by: Actor) -> Referral:
    return acting(by, NOON).ask(lambda actor: Referral.objects.get(id=referral.id))


def reads(by: Actor) -> set[tuple[UUID, str]]:
    """Return whose record the actor is noted to have read, and what of it."""
    rows = acting(by, NOON).ask(lambda actor: list(RecordAccess.objects.filter(actor_id=actor.user_id)))
    return {(row.resident_id, row.what) for row in rows}


class TestReading:
    def test_is_noted_in_lists_and_before_anybody_has_taken_her_on(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk, order_photo=PNG, order_photo_type="image/png")
        other = refer(ward, desk, name="李秀兰", phone="13812345679")

        acting(ward, NOON).ask(queries.sent, Purpose.CARE)
        acting(desk, NOON).ask(queries.received, Purpose.CARE)
        acting(desk, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=sent.id)
        acting(desk, NOON).ask(queries.order_photo, Purpose.CARE, referral_id=sent.id)

        in_list = {(sent.id, "transitions.list"), (other.id, "transitions.list")}
        assert reads(ward) == in_list
        assert reads(desk) == in_list | {
            (sent.id, "transitions.referral"),
            (sent.id, "transitions.order_photo"),
        }

    def test_from_before_is_shown_to_her_who_was_taken_on(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)
        acting(desk, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=sent.id)

        taken = acting(desk, NOON).do(commands.take_on, referral_id=sent.id)

        assert taken.resident_id
        page = acting(desk, NOON).ask(readers_of_record, Purpose.CARE, resident_id=taken.resident_id)
        assert [row.what for row in page.items] == ["transitions.referral"]


class TestWards:
    """Of one hospital: each sees its own patients, the hospital's own people see all."""

    @pytest.fixture
    def nurse_of(self, hospital: Organization) -> Callable[..., Actor]:
        def nurse(*wards: str) -> Actor:
            manager = administrator(hospital)
            account = staff(hospital, role_code=None)
            for name in wards:
                [place] = [one for one in places if one.name == name] or [
                    acting(manager, NOON).do(add_organization, parent_id=hospital.id, kind="ward", name=name)
                ]
                places.append(place)
                acting(manager, NOON).do(
                    give_role, account_id=account.id, organization_id=place.id, role_code="ward_nurse"
                )
            return actor_of(account, "transitions.read", "transitions.refer", "files.store")

        places: list[Organization] = []
        return nurse

    def test_see_and_take_back_their_own_only(
        self, nurse_of: Callable[..., Actor], hospital: Organization, desk: Actor
    ) -> None:
        surgery, colleague, medicine = nurse_of("外科"), nurse_of("外科"), nurse_of("内科")
        sent = refer(surgery, desk)

        def seen_by(actor: Actor) -> list[UUID]:
            return [one.id for one in acting(actor, NOON).ask(queries.sent, Purpose.CARE).items]

        assert seen_by(surgery) == seen_by(colleague) == [sent.id]
        assert seen_by(medicine) == []
        for verb in (queries.get_referral, queries.order_photo):
            with pytest.raises(NotFound):
                acting(medicine, NOON).ask(verb, Purpose.CARE, referral_id=sent.id)
        with pytest.raises(NotFound):
            acting(medicine, NOON).do(commands.take_back, referral_id=sent.id, reason="错了")
        everybodys = staff(hospital, role_code="ward_nurse")
        assert seen_by(actor_of(everybodys, "transitions.refer")) == [sent.id]
        acting(colleague, NOON).do(commands.take_back, referral_id=sent.id, reason="不出院了")

    def test_send_from_one_of_their_own(self, nurse_of: Callable[..., Actor], desk: Actor) -> None:
        both, surgery, medicine = nurse_of("外科", "内科"), nurse_of("外科"), nurse_of("内科")
        from_medicine = refer(medicine, desk).from_ward_id

        sent = refer(both, desk, ward_id=from_medicine)

        acting(medicine, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=sent.id)
        with pytest.raises(NotFound):
            refer(surgery, desk, ward_id=from_medicine)


class TestTelling:
    def test_reaches_the_open_pages_of_both_houses(
        self, ward: Actor, desk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[dict[str, Any]] = []
        monkeypatch.setattr(live, "tell", lambda **what: told.append(what))

        sent = refer(ward, desk)
        acting(desk, NOON).do(commands.receive, referral_id=sent.id)

        houses = [
            one["organization_id"]
            for one in told
            if (one["topic"], one["subject_id"]) == ("transitions.referrals", sent.id)
        ]
        assert sorted(houses) == sorted([ward.organization_id, desk.organization_id] * 2)


class TestRefer:
    def test_arrives_at_the_desk_with_all_that_the_ward_wrote(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk, order_photo=PNG, order_photo_type="image/png")

        [found] = acting(desk, NOON).ask(queries.received, Purpose.CARE).items
        assert (found.id, found.state, found.diagnosis) == (sent.id, "sent", "乳腺癌术后，带 PICC 出院")
        assert (found.line_codes, found.wishes, found.at_home) == (
            ["picc"],
            ["line_care", "teaching"],
            "spouse",
        )
        kind, content = acting(desk, NOON).ask(queries.order_photo, Purpose.CARE, referral_id=sent.id)
        assert (kind, content) == ("image/png", PNG)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": " "}, "name"),
            ({"diagnosis": ""}, "diagnosis"),
            ({"address": ""}, "address"),
            ({"phone": "没有"}, "phone"),
            ({"phone": ""}, "phone"),
            ({"discharge_on": None}, "discharge_on"),
            ({"discharge_on": date(2025, 3, 4)}, "discharge_on"),
            ({"id_number": "110101194803078127"}, "id_number"),
            ({"agreed": False}, "agreed"),
        ],
    )
    def test_says_what_is_missing(
        self, ward: Actor, desk: Actor, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(ReferralUnsound) as refused:
            refer(ward, desk, **changes)

        assert list(refused.value.fields) == [field]

    def test_takes_no_photo_that_is_none(self, ward: Actor, desk: Actor) -> None:
        with pytest.raises(FileNotKnown):
            refer(ward, desk, order_photo=b"MZ" + b"0" * 10, order_photo_type="image/png")

    def test_keeps_who_and_what_out_of_sight_in_the_database(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk, id_number=ID_NUMBER)

        def raw(actor: Actor) -> str:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT row_to_json(r)::text FROM transitions_referral r WHERE id = %s", [sent.id]
                )
                return str(cursor.fetchone()[0])

        stored = acting(ward, NOON).ask(raw)
        assert not any(
            secret in stored for secret in ("陈玉兰", "13812345678", ID_NUMBER, "癌", "picc", "和平里")
        )

    def test_is_for_the_ward(self, desk: Actor) -> None:
        with pytest.raises(NotAllowed):
            refer(desk, desk)


class TestWhoSees:
    def test_is_the_two_houses_and_nobody_else(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)

        def seen_by(who: Actor) -> tuple[int, int]:
            return acting(who, NOON).ask(
                lambda actor: (
                    Referral.objects.filter(id=sent.id).count(),
                    ReferralStep.objects.filter(referral_id=sent.id).count(),
                )
            )

        other = basics.actor("transitions.refer", "transitions.receive")
        patient = basics.person(resident_id=uuid4(), organization_id=desk.organization_id)
        assert [seen_by(who) for who in (ward, desk, other, patient)] == [(1, 1), (1, 1), (0, 0), (0, 0)]
        with pytest.raises(NotFound):
            acting(other, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=sent.id)

    def test_a_ward_sees_its_own_hospitals_only(self, ward: Actor, desk: Actor, database: None) -> None:
        elsewhere = basics.actor("transitions.refer", organization_id=house(name="二院", kind="hospital").id)
        refer(ward, desk)
        theirs = refer(elsewhere, desk)

        assert [one.id for one in acting(elsewhere, NOON).ask(queries.sent, Purpose.CARE).items] == [
            theirs.id
        ]

    def test_an_insider_without_the_role_sees_nothing(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)
        nurse = basics.actor(organization_id=desk.organization_id)

        with pytest.raises(NotFound):
            acting(nurse, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=sent.id)
        with pytest.raises(NotAllowed):
            acting(nurse, NOON).ask(queries.received, Purpose.CARE)
        assert acting(nurse, NOON).ask(queries.waiting, Purpose.CARE) == 0

    def test_nobody_changes_what_the_ward_wrote(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)

        with pytest.raises(ProgrammingError, match="permission denied"):
            acting(desk, NOON).ask(lambda actor: Referral.objects.filter(id=sent.id).update(from_name="x"))


class TestTakeOn:
    def test_registers_her_with_what_the_ward_wrote(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk, id_number=ID_NUMBER, at_home="alone")
        acting(desk, NOON).do(commands.receive, referral_id=sent.id)
        acting(desk, NOON).do(commands.take_on, referral_id=sent.id)

        found = now_is(sent, desk)
        resident = acting(desk, NOON).ask(lambda actor: Resident.objects.get(id=str(found.resident_id)))
        assert (found.state, resident.name, resident.birth_year, resident.lives_alone) == (
            "registered",
            "陈玉兰",
            1948,
            True,
        )

    def test_links_her_to_the_resident_whom_the_desk_has_recognised(self, ward: Actor, desk: Actor) -> None:
        known = residents.resident(served_by=desk, name="陈玉兰", phones=["13812345678"])
        sent = refer(ward, desk)
        shown = acting(desk, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=sent.id)
        assert [one.id for one in shown.may_be] == [known.id]

        acting(desk, NOON).do(commands.take_on, referral_id=sent.id, resident_id=known.id)
        assert now_is(sent, desk).resident_id == known.id

    def test_does_not_register_anybody_twice(self, ward: Actor, desk: Actor) -> None:
        residents.resident(served_by=desk, name="陈玉兰", id_number=ID_NUMBER)
        sent = refer(ward, desk, id_number=ID_NUMBER)

        with pytest.raises(AlreadyRegistered):
            acting(desk, NOON).do(commands.take_on, referral_id=sent.id)
        assert now_is(sent, desk).state == "sent"

    def test_can_correct_what_cannot_be_registered(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)
        with pytest.raises(Invalid):
            acting(desk, NOON).do(commands.take_on, referral_id=sent.id, id_number="123")

        acting(desk, NOON).do(commands.take_on, referral_id=sent.id, id_number=ID_NUMBER)

    def test_happens_once(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)
        acting(desk, NOON).do(commands.take_on, referral_id=sent.id)

        with pytest.raises(IllegalMove):
            acting(desk, NOON).do(commands.take_on, referral_id=sent.id)

    def test_links_to_nobody_of_another_house(self, ward: Actor, desk: Actor) -> None:
        stranger = residents.resident(served_by=basics.actor())
        sent = refer(ward, desk)

        with pytest.raises(NotFound):
            acting(desk, NOON).do(commands.take_on, referral_id=sent.id, resident_id=stranger.id)

    def test_is_not_for_the_ward(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)

        with pytest.raises(NotAllowed):
            acting(ward, NOON).do(commands.take_on, referral_id=sent.id)


class TestNo:
    def test_is_said_with_a_reason_that_the_ward_reads(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)
        with pytest.raises(ReasonMissing):
            acting(desk, NOON).do(commands.decline, referral_id=sent.id, reason=" ")
        acting(desk, NOON).do(commands.decline, referral_id=sent.id, reason="住址在我们片区外")

        page = acting(ward, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=sent.id)
        assert (page.referral.state, page.steps[-1].why) == ("declined", "住址在我们片区外")

    def test_a_photo_of_the_order_follows_what_was_sent_without_it(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)
        acting(desk, NOON).do(commands.take_on, referral_id=sent.id)
        with pytest.raises(OrderPhotoUnsound):
            add_photo(ward, sent, content=b"")
        with pytest.raises(FileNotKnown):
            add_photo(ward, sent, content=b"MZ")
        with pytest.raises(NotFound):
            add_photo(basics.actor("transitions.refer", "files.store"), sent)
        with pytest.raises(NotAllowed):
            add_photo(desk, sent)
        add_photo(ward, sent)

        found = acting(desk, NOON).ask(queries.order_photo, Purpose.CARE, referral_id=sent.id)
        assert found == ("image/png", PNG)
        with pytest.raises(IllegalMove):  # what they have seen is not exchanged behind them
            add_photo(ward, sent)

    def test_no_photo_follows_what_is_over(self, ward: Actor, desk: Actor) -> None:
        sent = refer(ward, desk)
        acting(ward, NOON).do(commands.take_back, referral_id=sent.id, reason="不出院了")

        with pytest.raises(IllegalMove):
            add_photo(ward, sent)

    def test_the_ward_can_take_back_what_nobody_has_taken_on(self, ward: Actor, desk: Actor) -> None:
        sent, taken = refer(ward, desk), refer(ward, desk)
        acting(ward, NOON).do(commands.take_back, referral_id=sent.id, reason="不出院了")
        acting(desk, NOON).do(commands.take_on, referral_id=taken.id)

        assert now_is(sent, ward).state == "closed"
        with pytest.raises(IllegalMove):
            acting(ward, NOON).do(commands.take_back, referral_id=taken.id, reason="不出院了")
        with pytest.raises(NotFound):
            acting(basics.actor("transitions.refer"), NOON).do(
                commands.take_back, referral_id=taken.id, reason="x"
            )


class TestWhatBecameOfIt:
    @pytest.fixture
    def town(self, centre: Organization) -> Town:
        made = visits.town()
        made.desk = basics.actor(
            *DESK, "transitions.receive", "residents.register", organization_id=made.desk.organization_id
        )
        return made

    @pytest.fixture
    def referral(self, ward: Actor, town: Town, database: None) -> Referral:
        def found(actor: Actor) -> None:
            Organization.objects.create(
                id=town.organization_id,
                name="镇上",
                kind="institution",
                lineage=[town.organization_id],
                house_id=town.organization_id,
                slug=f"town-{town.organization_id.hex[-8:]}",
                founded_at=NOON,
            )

        acting(system(), NOON).ask(found)
        return refer(ward, town.desk)

    def test_is_seen_by_the_ward_from_booking_to_the_visit_without_the_record(
        self, ward: Actor, town: Town, referral: Referral
    ) -> None:
        resident, nurse = town.resident(), town.nurse()
        acting(town.desk, NOON).do(commands.take_on, referral_id=referral.id, resident_id=resident.id)
        visit = town.visit(nurse, resident=resident)
        basics.deliver_events(town.desk)

        seen = now_is(referral, ward)
        assert (seen.state, seen.visit_starts_at) == ("booked", visit.starts_at)

        acting(town.desk, NOON).do(
            move_visit,
            visit_id=visit.id,
            starts_at=at(14),
            ends_at=at(14.75),
            assignments=[(1, visits.id_of(nurse), at(14), at(14.75))],
        )
        basics.deliver_events(town.desk)
        assert now_is(referral, ward).visit_starts_at == at(14)

        say(nurse, fact(visit, "done", at=at(14.5), record={"site": "右臂"}))
        basics.deliver_events(town.desk)
        seen = now_is(referral, ward)
        assert (seen.state, seen.visit_done_at) == ("closed", at(14.5))
        steps = acting(ward, NOON).ask(queries.get_referral, Purpose.CARE, referral_id=referral.id).steps
        assert [step.state for step in steps] == ["sent", "registered", "booked", "closed"]
        assert acting(ward, NOON).ask(lambda actor: Resident.objects.count()) == 0

    def test_goes_back_to_registered_when_the_visit_is_cancelled_and_on_with_the_next(
        self, ward: Actor, town: Town, referral: Referral
    ) -> None:
        resident, nurse = town.resident(), town.nurse()
        acting(town.desk, NOON).do(commands.take_on, referral_id=referral.id, resident_id=resident.id)
        visit = town.visit(nurse, resident=resident)
        basics.deliver_events(town.desk)
        acting(town.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="unwell")
        basics.deliver_events(town.desk)

        seen = now_is(referral, ward)
        assert (seen.state, seen.visit_starts_at) == ("registered", None)

        again = town.visit(nurse, resident=resident, starts_at=at(15), ends_at=at(15.75))
        basics.deliver_events(town.desk)
        assert now_is(referral, ward).visit_id == again.id

    def test_is_over_though_all_is_heard_only_when_the_visit_is_done(
        self, ward: Actor, town: Town, referral: Referral
    ) -> None:
        resident, nurse = town.resident(), town.nurse()
        before = town.visit(nurse, resident=resident, starts_at=at(8), ends_at=at(8.75))
        basics.deliver_events(town.desk)
        acting(town.desk, NOON).do(commands.take_on, referral_id=referral.id, resident_id=resident.id)
        say(nurse, fact(before, "done", at=at(8.5), record={"site": "右臂"}))
        basics.deliver_events(town.desk)
        assert now_is(referral, ward).state == "registered"

        visit = town.visit(nurse, resident=resident)
        say(nurse, fact(visit, "done", at=at(10.5), record={"site": "右臂"}))
        basics.deliver_events(town.desk)
        seen = now_is(referral, ward)
        assert (seen.state, seen.visit_id) == ("closed", visit.id)

    def test_is_nothing_to_other_residents_visits(self, ward: Actor, town: Town, referral: Referral) -> None:
        town.visit(town.nurse())
        basics.deliver_events(town.desk)

        assert now_is(referral, ward).state == "sent"


def test_the_desk_pages_through_what_is_open(ward: Actor, desk: Actor) -> None:
    ids = [refer(ward, desk, now=NOON + timedelta(minutes=minute)).id for minute in range(3)]
    acting(desk, NOON).do(commands.decline, referral_id=ids[1], reason="片区外")

    first = acting(desk, NOON).ask(queries.received, Purpose.CARE, size=1)
    second = acting(desk, NOON).ask(queries.received, Purpose.CARE, size=1, after=first.next)
    assert [one.id for one in [*first.items, *second.items]] == [ids[2], ids[0]]
    assert second.next is None
    assert acting(desk, NOON).ask(queries.waiting, Purpose.CARE) == 2
