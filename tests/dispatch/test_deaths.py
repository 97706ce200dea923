"""A resident has died: two people have read the paper, nobody is sent any more, and her family hears of it once."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message, Notification
from anjia.residents.commands import confirm_death, enter_death, take_death_back
from anjia.residents.console.sheet import everything_of
from anjia.residents.models import Death, Resident
from anjia.residents.queries import death_of, death_paper, get_resident
from anjia.residents.rules.deaths import (
    DeathKnown,
    DeathOver,
    DeathUnsound,
    ResidentHasDied,
    SecondPersonWanted,
)
from anjia.series.models import Series
from anjia.visits.commands import mark_missed
from anjia.visits.rules.lifecycle import MISSED_AFTER
from tests import make
from tests.dispatch.make import booking, hold, slots, visit_of
from tests.make import NOON, deliver_events
from tests.residents import make as residents
from tests.series import make as weekly
from tests.visits.make import PNG, Town, fact, say, town

pytestmark = pytest.mark.usefixtures("database")
TODAY = NOON.date()


@pytest.fixture
def here() -> Town:
    return town()


def clerk(here: Town) -> Actor:
    may = ("residents.read", "residents.change", "files.store")
    return make.actor(*may, organization_id=here.organization_id)


def entered(here: Town, resident: Resident, *, by: Actor | None = None, **says: Any) -> Death:
    sound: dict[str, Any] = {
        "resident_id": resident.id,
        "told_by": "女儿李小梅，电话里说的",
        "died_on": TODAY - timedelta(days=1),
        "photo": PNG,
        "content_type": "image/png",
    }
    return acting(by or clerk(here), NOON).do(enter_death, **sound | says)


def died(here: Town, resident: Resident) -> Death:
    death = entered(here, resident)
    acting(clerk(here), NOON).do(confirm_death, death_id=death.id)
    deliver_events(here.desk, now=NOON)
    return death


def told(here: Town, *templates: str) -> list[tuple[Any, str]]:
    def read(_: Actor) -> list[tuple[Any, str]]:
        rows = Message.objects.filter(organization_id=here.organization_id, template__in=templates)
        return [(row.party_id, row.template) for row in rows.order_by("id")]

    found: list[tuple[Any, str]] = here.look(read)
    return found


class TestEntered:
    def test_changes_nothing_before_a_second_person_has_read_the_paper(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)

        entered(here, resident)
        deliver_events(here.desk, now=NOON)

        assert visit_of(here, visit_id).status == "booked"
        assert told(here, "resident_died") == []

    def test_is_not_confirmed_by_who_entered_it(self, here: Town) -> None:
        resident, first = here.resident(), clerk(here)
        death = entered(here, resident, by=first)

        with pytest.raises(SecondPersonWanted):
            acting(first, NOON).do(confirm_death, death_id=death.id)
        with pytest.raises(IntegrityError):
            here.look(
                lambda _: Death.objects.filter(id=death.id).update(
                    confirmed_at=NOON, confirmed_by=death.entered_by
                )
            )

    @pytest.mark.parametrize(
        ("says", "field"),
        [
            ({"told_by": " "}, "told_by"),
            ({"told_by": "长" * 121}, "told_by"),
            ({"died_on": None}, "died_on"),
            ({"died_on": TODAY + timedelta(days=1)}, "died_on"),
            ({"died_on": date(1990, 1, 1)}, "died_on"),
            ({"photo": b""}, "photo"),
        ],
    )
    def test_wants_who_says_so_the_day_and_the_paper(
        self, here: Town, says: dict[str, Any], field: str
    ) -> None:
        resident = here.resident()

        with pytest.raises(DeathUnsound) as refusal:
            entered(here, resident, **says)

        assert list(refusal.value.fields) == [field]
        asked = acting(clerk(here), NOON).ask(death_of, Purpose.CONTRACT, resident_id=resident.id)
        assert asked is None

    def test_is_entered_once(self, here: Town) -> None:
        resident = here.resident()
        entered(here, resident)

        with pytest.raises(DeathKnown):
            entered(here, resident)

    def test_is_for_staff_of_the_own_house_who_may_change_residents(self, here: Town) -> None:
        resident = here.resident()

        with pytest.raises(NotAllowed):
            entered(here, resident, by=here.person(resident))
        with pytest.raises(NotFound):
            entered(here, resident, by=clerk(town()))

    def test_keeps_the_paper_to_be_read(self, here: Town) -> None:
        death = entered(here, here.resident())
        asked: dict[str, Any] = {"resident_id": death.resident_id, "death_id": death.id}

        assert acting(clerk(here), NOON).ask(death_paper, Purpose.LEGAL, **asked)[0] == "image/png"
        with pytest.raises(NotAllowed):
            acting(here.nurse(), NOON).ask(death_paper, Purpose.LEGAL, **asked)


class TestAResidentWhoHasDied:
    def test_is_visited_no_more_and_the_reason_stands_with_the_visit(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)

        died(here, resident)

        visit = visit_of(here, visit_id)
        assert (visit.status, visit.cancel_reason) == ("cancelled", "died")

    def test_keeps_the_visit_that_somebody_is_on_the_way_to(self, here: Town) -> None:
        """Whoever is at the door finds out herself: a person calls her."""
        nurse, resident = here.nurse(), here.resident()
        visit = here.visit(nurse, resident=resident)
        say(nurse, fact(visit, "departed"), now=NOON)

        died(here, resident)

        assert visit_of(here, visit.id).status == "departed"

    def test_was_not_missed_by_whoever_was_on_the_way(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit = here.visit(nurse, resident=resident)
        say(nurse, fact(visit, "departed"), now=NOON)
        died(here, resident)

        hours_later = visit.ends_at + MISSED_AFTER
        acting(here.system, hours_later).do(mark_missed, visit_id=visit.id)
        deliver_events(here.desk, now=hours_later)

        over = visit_of(here, visit.id)
        assert (over.status, over.cancel_reason) == ("cancelled", "died")
        assert told(here, "visit_cancelled") == []

    def test_has_no_series_any_more_however_many_there_were(self, here: Town) -> None:
        nurse, resident = weekly.nurse(here), here.resident()
        one = weekly.series(here, resident, nurse)

        def copy(_: Actor) -> None:
            row = Series.objects.get(id=one.id)
            for _number in range(21):
                row.pk = uuid4()
                row.save(force_insert=True)

        acting(here.desk, NOON).ask(copy)
        died(here, resident)
        deliver_events(here.desk, now=NOON)

        assert here.look(lambda _: Series.objects.filter(resident_id=resident.id, ended_at=None).count()) == 0

    def test_has_no_series_any_more_and_none_is_booked_again(self, here: Town) -> None:
        nurse, resident = weekly.nurse(here), here.resident()
        series = weekly.series(here, resident, nurse)
        deliver_events(here.desk, now=NOON)

        died(here, resident)
        deliver_events(here.desk, now=NOON)

        found = weekly.seen(here, series.id)
        assert found.ended_at is not None
        assert weekly.days(found, "placed", "wanted") == []
        assert {weekly.visit_of(here, one.visit_id).status for one in series.occurrences} == {"cancelled"}

    def test_is_booked_nothing_whoever_asks(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        died(here, resident)

        with pytest.raises(ResidentHasDied, match="另一位同事撤回"):
            hold(here, resident, nurse)
        with pytest.raises(ResidentHasDied):
            slots(here, resident)

    def test_is_told_nothing_and_her_family_once(self, here: Town) -> None:
        nurse, resident = weekly.nurse(here), here.resident()
        herself = residents.holder("visits.read", of=resident, relation="self")
        daughter = residents.holder("visits.read", of=resident)
        weekly.series(here, resident, nurse)
        deliver_events(here.desk, now=NOON)
        before = len(told(here, "visit_cancelled", "series_ended"))

        died(here, resident)
        deliver_events(here.desk, now=NOON)

        assert told(here, "resident_died") == [(daughter.user_id, "resident_died")]
        assert len(told(here, "visit_cancelled", "series_ended")) == before

        def waiting(_: Actor) -> int:
            rows = Notification.objects.filter(
                organization_id=here.organization_id, party_id__in=[herself.user_id, resident.id]
            )
            return rows.filter(state="queued").count()

        assert here.look(waiting) == 0

    def test_keeps_a_record_that_those_may_read_who_could(self, here: Town) -> None:
        resident = here.resident()
        died(here, resident)

        found = acting(clerk(here), NOON).ask(get_resident, Purpose.CONTRACT, resident_id=resident.id)
        assert found.name == resident.name

    def test_is_asked_for_no_signature_any_more(self, here: Town) -> None:
        resident = here.resident()
        may = ("residents.read", "residents.grant", "residents.consent", "residents.change")
        desk = make.actor(*may, organization_id=here.organization_id)

        def asked_for() -> list[bool]:
            page = acting(desk, NOON).ask(everything_of, Purpose.CONTRACT, resident_id=resident.id)
            return [page["may"][name] for name in ("grant", "consent", "change")]

        assert asked_for() == [True, True, True]
        died(here, resident)
        assert asked_for() == [False, False, True]


class TestAMistake:
    def test_is_taken_back_by_another_than_who_confirmed_it(self, here: Town) -> None:
        nurse, resident, second = here.nurse(), here.resident(), clerk(here)
        death = entered(here, resident)
        acting(second, NOON).do(confirm_death, death_id=death.id)

        with pytest.raises(SecondPersonWanted):
            acting(second, NOON).do(take_death_back, death_id=death.id, why="同名同姓，弄错了人")
        with pytest.raises(DeathUnsound):
            acting(clerk(here), NOON).do(take_death_back, death_id=death.id, why=" ")
        acting(clerk(here), NOON).do(take_death_back, death_id=death.id, why="同名同姓，弄错了人")
        deliver_events(here.desk, now=NOON)

        assert hold(here, resident, nurse).service.code == "wound"
        assert told(here, "resident_died") == []  # it was heard after it was taken back
        entered(here, resident)

    def test_is_taken_back_once(self, here: Town) -> None:
        death = entered(here, here.resident())
        unit = acting(clerk(here), NOON)
        unit.do(take_death_back, death_id=death.id, why="弄错了人")

        with pytest.raises(DeathOver):
            unit.do(take_death_back, death_id=death.id, why="弄错了人")
        with pytest.raises(DeathOver):
            unit.do(confirm_death, death_id=death.id)

    def test_does_not_bring_back_what_was_called_off(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        death = died(here, resident)

        acting(clerk(here), NOON).do(take_death_back, death_id=death.id, why="弄错了人")
        deliver_events(here.desk, now=NOON)

        assert visit_of(here, visit_id).status == "cancelled"
