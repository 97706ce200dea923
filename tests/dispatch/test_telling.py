"""Who hears of a visit, in which words, and until when. Nobody is woken for nothing, and nobody goes for nothing."""

from datetime import time, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import accept_offer, assign_by_hand, cancel_booking, confirm_hold, move_booking
from anjia.dispatch.jobs import go_on_asking
from anjia.dispatch.queries import household_of
from anjia.identity.commands import bind_wechat, change_language
from anjia.identity.models import Organization
from anjia.identity.rules import OWN_ACCOUNT
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.messaging import jobs
from anjia.messaging.commands import set_recipient
from anjia.messaging.models import Call, Message, Notification
from anjia.residents.models import Resident
from anjia.visits.models import Visit
from tests.dispatch.make import booking, hold, offers, states, visit_of
from tests.identity import make as identity
from tests.make import NOON, deliver_events
from tests.messaging.make import Post
from tests.residents import make as residents
from tests.visits.make import Town, at, fact, id_of, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town(organization_id=identity.house().id)


@pytest.fixture
def mother(here: Town) -> Resident:
    return here.resident()


@pytest.fixture
def daughter(here: Town, mother: Resident) -> Actor:
    """Return one who is told of her mother's visits, and has a telephone."""
    account = identity.person(house(here), name="李小梅")
    return residents.holder(OWN_ACCOUNT, of=mother, relation="guardian", account_id=account.id)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    vendors = Post()
    monkeypatch.setattr(jobs, "carrier", vendors.carrier)
    vendors.forget()
    return vendors


def house(here: Town) -> Organization:
    found: Organization = here.look(lambda _: Organization.objects.get(id=here.organization_id))
    return found


def messages(here: Town, template: str) -> list[Message]:
    def read(_: Actor) -> list[Message]:
        rows = Message.objects.filter(organization_id=here.organization_id, template=template)
        return list(rows.order_by("at", "id"))

    return acting(here.system, NOON).ask(read)


def message(here: Town, template: str) -> Message:
    [found] = messages(here, template)
    return found


def notifications(here: Town, of: Message) -> dict[str, Notification]:
    def read(_: Actor) -> dict[str, Notification]:
        return {row.channel: row for row in Notification.objects.filter(message=of)}

    return acting(here.system, NOON).ask(read)


def taken(here: Town, resident: Resident, nurse: Actor) -> Visit:
    """Return a visit at ten tomorrow that the nurse has taken."""
    visit_id = booking(here, resident, nurse)
    acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)
    deliver_events(here.desk, now=NOON)
    return visit_of(here, visit_id)


class TestHousehold:
    def test_costs_no_more_questions_the_more_there_are(
        self, here: Town, mother: Resident, daughter: Actor
    ) -> None:
        def asked() -> tuple[int, set[str]]:
            with CaptureQueriesContext(connection) as captured:
                found = acting(here.system, NOON).ask(
                    household_of, Purpose.CONTRACT, resident_id=mother.id, now=NOON
                )
            return len(captured), {contact.phone for _, contact in found}

        few, phones = asked()
        for name in ("儿子", "孙女"):
            account = identity.person(house(here), name=name)
            residents.holder(OWN_ACCOUNT, of=mother, relation="guardian", account_id=account.id)
        many, more_phones = asked()
        assert (len(phones), len(more_phones)) == (1, 3)
        assert many == few


class TestOffersAtNight:
    def test_are_heard_in_the_morning_and_wait_until_then(
        self, here: Town, mother: Resident, post: Post
    ) -> None:
        nurse, night = here.nurse(), at(22.5, day=0)
        held = hold(here, mother, nurse, now=night, starts_at=at(10, day=2))
        acting(here.desk, night).do(confirm_hold, hold_id=held.id)
        deliver_events(here.desk, now=night)
        for hour in (22.6, 24, 27, 30.9):
            post.go(at(hour, day=0))
            go_on_asking(at(hour, day=0))
        assert post.sms.taken == []
        assert states(here, held.id) == {id_of(nurse): "open"}

        post.go(at(7))

        assert [to for _, to, words in post.sms.taken if "有一单" in words] == ["13800000001"]
        acting(nurse, at(7.5)).do(accept_offer, offer_id=offers(nurse, now=at(7.5))[0].id)

    def test_wake_her_when_the_morning_would_be_too_late(
        self, here: Town, mother: Resident, post: Post
    ) -> None:
        nurse, night = here.nurse(), at(22.5, day=0)
        held = hold(here, mother, nurse, now=night, starts_at=at(8.5))
        acting(here.desk, night).do(confirm_hold, hold_id=held.id)
        deliver_events(here.desk, now=night)
        post.go(night)

        assert ["有一单" in words for _, _, words in post.sms.taken] == [True]

    def test_are_heard_when_she_wakes_who_sleeps_in_the_day(
        self, here: Town, mother: Resident, post: Post
    ) -> None:
        nurse, morning = here.nurse(shifts=[(14, 23)]), at(8)
        acting(here.system, NOON).do(
            set_recipient,
            party_id=nurse.user_id,
            name="李秋萍",
            ways=["sms"],
            phone="13800000001",
            quiet_from=time(6),
            quiet_until=time(14),
        )
        held = hold(here, mother, nurse, now=morning, starts_at=at(19))
        acting(here.desk, morning).do(confirm_hold, hold_id=held.id)
        deliver_events(here.desk, now=morning)

        for hour in (8, 11, 13.9):
            post.go(at(hour))
            go_on_asking(at(hour))
        asleep = [words for _, _, words in post.sms.taken if "有一单" in words]
        post.go(at(14))

        assert asleep == []
        assert [words for _, _, words in post.sms.taken if "有一单" in words]
        assert offers(nurse, now=at(14.2))


class TestHowItGoes:
    def test_says_that_a_visit_that_overran_is_done(
        self, here: Town, mother: Resident, daughter: Actor, post: Post
    ) -> None:
        nurse = here.nurse()
        visit = taken(here, mother, nurse)
        late = visit.ends_at + timedelta(hours=1)
        say(nurse, fact(visit, "done", at=late), now=late)
        deliver_events(here.desk, now=late)
        post.go(late)

        assert notifications(here, message(here, "visit_done"))["sms"].state == "sent"

    def test_says_that_somebody_who_is_late_is_on_her_way(
        self, here: Town, mother: Resident, daughter: Actor, post: Post
    ) -> None:
        nurse = here.nurse()
        visit = taken(here, mother, nurse)
        late = visit.ends_at + timedelta(minutes=10)
        say(nurse, fact(visit, "departed", at=late), now=late)
        deliver_events(here.desk, now=late)
        post.go(late)

        assert notifications(here, message(here, "visit_departed"))["sms"].state == "sent"

    def test_says_when_she_arrived_and_not_when_we_heard_of_it(
        self, here: Town, mother: Resident, daughter: Actor
    ) -> None:
        nurse = here.nurse()
        visit = taken(here, mother, nurse)
        heard = at(10.5)
        say(nurse, fact(visit, "arrived", at=at(9.9), proof="photo", reason="没有码"), now=heard)
        deliver_events(here.desk, now=heard)

        told = message(here, "visit_arrived")
        assert "09:54" in told.words
        assert told.values["moment"] == "2026年3月3日 09:54"

    def test_does_not_say_of_what_is_done_that_she_is_on_her_way(
        self, here: Town, mother: Resident, daughter: Actor
    ) -> None:
        nurse = here.nurse()
        visit = taken(here, mother, nurse)
        evening = at(22)
        say(
            nurse,
            fact(visit, "departed", at=at(9.5)),
            fact(visit, "arrived", at=at(9.9), proof="photo", reason="没有码"),
            fact(visit, "done", at=at(10.5)),
            now=evening,
        )
        deliver_events(here.desk, now=evening)

        assert messages(here, "visit_departed") == messages(here, "visit_arrived") == []
        assert not message(here, "visit_done").urgent

    def test_names_day_and_time_of_the_visit(self, here: Town, mother: Resident, daughter: Actor) -> None:
        taken(here, mother, here.nurse())

        for template in ("visit_promised", "visit_accepted", "work_offered"):
            assert message(here, template).values["moment"] == "2026年3月3日 10:00"

    def test_is_said_in_the_language_of_each(self, here: Town, mother: Resident, daughter: Actor) -> None:
        acting(daughter, NOON).do(change_language, language="en")
        booking(here, mother, here.nurse())

        told = message(here, "visit_promised")
        assert told.title == "Home visit booked"
        assert "Tue 3 Mar 10:00" in told.words


class TestMoved:
    def test_tells_her_who_had_taken_it_and_stays(self, here: Town, mother: Resident) -> None:
        nurse = here.nurse()
        visit = taken(here, mother, nurse)
        acting(here.desk, NOON).do(
            move_booking, visit_id=visit.id, starts_at=at(14), staff_ids=[id_of(nurse)]
        )
        deliver_events(here.desk, now=NOON)

        told = message(here, "work_moved")
        assert told.party_id == nurse.user_id
        assert "下午 2:00" in told.words
        assert messages(here, "work_taken_away") == []

    def test_tells_her_who_had_taken_it_and_need_not_go_of_the_time_she_knows(
        self, here: Town, mother: Resident
    ) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙")
        visit = taken(here, mother, nurse)
        acting(here.desk, NOON).do(
            move_booking, visit_id=visit.id, starts_at=at(14), staff_ids=[id_of(other)]
        )
        deliver_events(here.desk, now=NOON)

        told = message(here, "work_taken_away")
        assert told.party_id == nurse.user_id
        assert "上午 10:00" in told.words
        assert told.needed_by == visit.ends_at
        assert messages(here, "work_moved") == []

    def test_tells_nobody_who_had_not_taken_it(self, here: Town, mother: Resident) -> None:
        nurse = here.nurse()
        visit_id = booking(here, mother, nurse)
        acting(here.desk, NOON).do(
            move_booking, visit_id=visit_id, starts_at=at(14), staff_ids=[id_of(nurse)]
        )
        deliver_events(here.desk, now=NOON)

        assert messages(here, "work_moved") == messages(here, "work_taken_away") == []

    def test_tells_her_who_had_taken_what_is_cancelled(self, here: Town, mother: Resident) -> None:
        nurse = here.nurse()
        visit = taken(here, mother, nurse)
        acting(here.desk, NOON).do(cancel_booking, visit_id=visit.id, reason="asked")
        deliver_events(here.desk, now=NOON)

        assert message(here, "work_cancelled").party_id == nurse.user_id


class TestWhatIsOtherwiseNow:
    def test_says_for_a_day_that_a_visit_whose_time_is_over_was_called_off(
        self, here: Town, mother: Resident
    ) -> None:
        """Nobody was at home: they want to hear that somebody was there, though it is too late to open."""
        visit = taken(here, mother, here.nurse())
        late = visit.ends_at + timedelta(minutes=5)
        acting(here.desk, late).do(cancel_booking, visit_id=visit.id, reason="not_at_home")
        deliver_events(here.desk, now=late)

        assert message(here, "visit_cancelled").needed_by == late + timedelta(days=1)

    def test_is_not_said_any_more_when_it_is_cancelled(self, here: Town, mother: Resident) -> None:
        booking(here, mother, here.nurse())
        booked = message(here, "visit_promised")
        [call] = here.look(lambda _: list(Call.objects.filter(message=booked)))
        acting(here.desk, NOON).do(cancel_booking, visit_id=booked.about_id, reason="asked")
        deliver_events(here.desk, now=NOON)

        assert here.look(lambda _: Call.objects.get(id=call.id)).state == "dropped"
        cancelled = message(here, "visit_cancelled")
        assert here.look(lambda _: Call.objects.get(message=cancelled)).state == "open"
        assert notifications(here, message(here, "work_offered"))["sms"].code == "overtaken"

    def test_is_not_said_any_more_when_it_is_moved(self, here: Town, mother: Resident) -> None:
        nurse = here.nurse()
        visit_id = booking(here, mother, nurse)
        acting(here.desk, NOON).do(
            move_booking, visit_id=visit_id, starts_at=at(14), staff_ids=[id_of(nurse)]
        )
        deliver_events(here.desk, now=NOON)

        booked, moved = message(here, "visit_promised"), message(here, "visit_moved")
        states_of = {
            call.message_id: call.state
            for call in here.look(lambda _: list(Call.objects.filter(message__about_id=visit_id)))
        }
        assert states_of == {booked.id: "dropped", moved.id: "open"}


class TestCaregivers:
    def test_without_an_account_are_told_by_their_telephone(self, here: Town, mother: Resident) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙", account_id=None, phone="13700000009")
        visit_id = booking(here, mother, nurse)
        assign(here, visit_id, other)

        told = message(here, "work_given")
        assert told.party_id == other.staff_id
        assert notifications(here, told)["sms"].state == "queued"

    def test_without_any_way_are_on_the_call_list(self, here: Town, mother: Resident) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙", account_id=None, phone="")
        visit_id = booking(here, mother, nurse)
        assign(here, visit_id, other)

        told = message(here, "work_given")
        assert here.look(lambda _: Call.objects.filter(message=told).count()) == 1

    def test_are_told_by_wechat_where_they_have_bound_it(self, here: Town, mother: Resident) -> None:
        account = identity.staff(house(here))
        acting(identity.actor_of(account), NOON).do(
            bind_wechat, openid=account.id.hex, password=identity.PASSWORD
        )
        booking(here, mother, here.nurse(account_id=account.id))

        assert list(notifications(here, message(here, "work_offered"))) == ["wechat"]


def assign(here: Town, visit_id: UUID, nurse: Actor) -> None:
    acting(here.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(nurse))
    deliver_events(here.desk, now=NOON)
