"""How complete residents' files are, as counted and as shown."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.residents.queries import Completeness, completeness, who_lack
from anjia.residents.rules.dictionary import dictionary
from tests import make
from tests.identity import make as make_identity
from tests.make import NOON
from tests.residents import make as make_residents
from tests.residents.test_console import SignIn, as_, desk, house

__all__ = ["as_", "desk", "house"]  # fixtures
pytestmark = pytest.mark.usefixtures("database")


def counted(desk: Actor) -> Completeness:
    return acting(desk, NOON).ask(completeness, Purpose.CONTRACT, now=NOON)


def lacking(desk: Actor, what: str, **says: Any) -> list[str]:
    page = acting(desk, NOON).ask(who_lack, Purpose.CONTRACT, what=what, now=NOON, **says)
    return [one.name for one in page.items]


class TestCompleteness:
    def test_counts_everything_that_the_dictionary_names(self, desk: Actor) -> None:
        assert set(counted(desk).known) == {field.key for field in dictionary().fields}

    def test_tells_what_is_known_of_one_and_not_of_another(self, desk: Actor) -> None:
        make_residents.resident(served_by=desk, name="张桂芳", phones=["13900000001"], lives_alone=True)
        make_residents.resident(served_by=desk, name="谢玉华", phones=[], lives_alone=None)

        found = counted(desk)

        assert found.of == 2
        assert (found.known["phone"], found.known["lives_alone"]) == (1, 1)
        assert lacking(desk, "phone") == ["谢玉华"]
        assert lacking(desk, "lives_alone") == ["谢玉华"]

    def test_adds_up_to_everybody(self, house: Organization, desk: Actor) -> None:
        for name, phones in (("张桂芳", ["13900000001", "13900000002"]), ("谢玉华", []), ("赵大海", [])):
            make_residents.resident(served_by=desk, name=name, phones=phones)

        found = counted(desk)

        for key, known in found.known.items():
            assert known + len(lacking(desk, key)) == found.of, key

    def test_is_of_the_own_institution_alone(self, house: Organization, desk: Actor) -> None:
        make_residents.resident(served_by=make.actor(organization_id=make_identity.house().id), name="外人")

        assert counted(desk).of == 0

    def test_is_not_for_whoever_may_not_read_residents(self, house: Organization) -> None:
        with pytest.raises(NotAllowed):
            counted(make.actor(organization_id=house.id))

    def test_knows_no_field_that_it_does_not_collect(self, desk: Actor) -> None:
        with pytest.raises(NotFound):
            lacking(desk, "religion")

    def test_is_noted_of_each_who_is_shown(self, house: Organization, desk: Actor) -> None:
        shown = make_residents.resident(served_by=desk, name="谢玉华", phones=[])
        make_residents.resident(served_by=desk, name="张桂芳", phones=["13900000001"])

        lacking(desk, "phone")

        noted = acting(desk, NOON).ask(
            lambda _: list(RecordAccess.objects.values_list("resident_id", "what", "actor_id"))
        )
        assert noted == [(shown.id, "residents.list", desk.user_id)]

    def test_pages_those_who_lack_something(self, house: Organization, desk: Actor) -> None:
        for name in ("甲", "乙", "丙"):
            make_residents.resident(served_by=desk, name=name, phones=[])
        first = acting(desk, NOON).ask(who_lack, Purpose.CONTRACT, what="phone", now=NOON, size=2)

        assert [one.name for one in first.items] + lacking(desk, "phone", after=first.next) == [
            "丙",
            "甲",
            "乙",
        ]


class TestThePage:
    def test_shows_the_dictionary_and_opens_the_rows(self, as_: SignIn, desk: Actor) -> None:
        make_residents.resident(served_by=desk, name="谢玉华", phones=[])
        browser = as_("service_desk")

        page = browser.get("/console/residents/completeness")
        rows = browser.get("/console/residents/completeness/phone")

        assert "0 / 1" in page.content.decode()
        assert "/console/residents/completeness/phone" in page.content.decode()
        assert "谢玉华" in rows.content.decode()
        assert browser.get("/console/residents/completeness/religion").status_code == 404

    def test_asks_as_often_for_many_as_for_one(self, as_: SignIn, desk: Actor) -> None:
        browser = as_("service_desk")
        browser.get("/console/residents/completeness")

        def statements() -> int:
            with CaptureQueriesContext(connection) as said:
                browser.get("/console/residents/completeness")
            return len(said)

        few = statements()
        for number in range(5):
            make_residents.resident(served_by=desk, name=f"人{chr(0x4E00 + number)}")

        assert statements() == few
