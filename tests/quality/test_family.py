"""Those who care for her at home have a form of their own."""

from datetime import timedelta
from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.quality import commands, queries
from anjia.quality.models import FamilyForm
from anjia.quality.rules import ChangeTooLate, FormUnsound, NotDoneYet, OnlyFamily
from anjia.visits.models import Visit
from tests.make import actor
from tests.quality import make
from tests.quality.make import EVENING, LATER
from tests.residents import make as residents
from tests.visits import make as visits
from tests.visits.make import Town, at

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def town() -> Town:
    return visits.town()


@pytest.fixture
def visit(town: Town) -> Visit:
    return make.done_visit(town, town.nurse())


@pytest.fixture
def daughter(town: Town, visit: Visit) -> Actor:
    return make.daughter(visit.resident_id, town)


def say(by: Actor, visit: Visit, now: Any = EVENING, **said: Any) -> FamilyForm:
    sound = {"told": "in_time", "understood": "partly", "burden": "some", "words": ""}
    return acting(by, now).do(commands.say_as_family, visit_id=visit.id, **sound | said)


def read(by: Actor, visit: Visit) -> list[FamilyForm]:
    return acting(by, EVENING).ask(queries.family_forms_of_visit, Purpose.CONTRACT, visit_id=visit.id)


class TestFamilyForm:
    def test_is_read_by_those_who_look_after_quality(self, town: Town, visit: Visit, daughter: Actor) -> None:
        say(daughter, visit, burden="heavy", words="夜里要起来四次")
        [form] = read(make.manager(town), visit)
        assert (form.told, form.understood, form.burden, form.words) == (
            "in_time",
            "partly",
            "heavy",
            "夜里要起来四次",
        )

    def test_is_each_relatives_own_and_can_be_changed_for_a_day(
        self, town: Town, visit: Visit, daughter: Actor
    ) -> None:
        son = make.daughter(visit.resident_id, town)
        say(daughter, visit)
        say(daughter, visit, burden="light")
        say(son, visit, told="no")

        mine = acting(daughter, EVENING).ask(
            queries.my_family_form, Purpose.ACCESS, visit_id=visit.id, now=EVENING
        )
        assert mine is not None
        assert (mine.burden, mine.can_change) == ("light", True)
        assert len(read(make.manager(town), visit)) == 2
        with pytest.raises(ChangeTooLate):
            say(daughter, visit, now=LATER)

    def test_is_hidden_from_her_and_from_her_other_relatives(
        self, town: Town, visit: Visit, daughter: Actor
    ) -> None:
        say(daughter, visit, words="我快撑不住了")
        for other in (make.herself(visit.resident_id, town), make.daughter(visit.resident_id, town)):
            assert acting(other, EVENING).ask(lambda _: FamilyForm.objects.count()) == 0
            with pytest.raises(NotAllowed):
                read(other, visit)

    def test_is_not_for_herself_nor_for_staff(self, town: Town, visit: Visit) -> None:
        with pytest.raises(OnlyFamily):
            say(make.herself(visit.resident_id, town), visit)
        with pytest.raises(OnlyFamily):
            say(actor("quality.rate", "visits.read", organization_id=town.organization_id), visit)

    def test_is_not_for_strangers(self, town: Town, visit: Visit) -> None:
        stranger = residents.holder(
            "quality.rate", "visits.read", of=residents.resident(served_by=town.desk), relation="family"
        )
        with pytest.raises(NotFound):
            say(stranger, visit)

    def test_waits_until_the_visit_is_done(self, town: Town) -> None:
        coming = town.visit(town.nurse(), starts_at=at(15), ends_at=at(15.5))
        with pytest.raises(NotDoneYet):
            say(make.daughter(coming.resident_id, town), coming)

    @pytest.mark.parametrize("field", ["told", "understood", "burden"])
    def test_says_what_is_not_answered(self, visit: Visit, daughter: Actor, field: str) -> None:
        with pytest.raises(FormUnsound) as refused:
            say(daughter, visit, **{field: ""})
        assert set(refused.value.fields) == {field}

    def test_is_shown_to_whoever_calls_her_back(self, town: Town, visit: Visit, daughter: Actor) -> None:
        acting(town.system, EVENING).do(commands.open_call_back, visit_id=visit.id)
        say(daughter, visit, words="药怎么吃没听明白")
        by = actor("quality.call_back", "visits.read", "residents.read", organization_id=town.organization_id)
        [line] = acting(by, EVENING).ask(queries.call_backs, Purpose.CONTRACT, now=EVENING).page.items
        page = acting(by, EVENING).ask(
            queries.call_back_page,
            Purpose.CONTRACT,
            call_back_id=line.call_back.id,
            now=EVENING + timedelta(hours=1),
        )
        assert [form.words for form in page.family_forms] == ["药怎么吃没听明白"]
