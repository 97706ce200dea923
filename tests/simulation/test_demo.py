"""The demo town: made by the commands that people use, and a card for each of its cast."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from html import unescape
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import at, day_of, local
from anjia.kernel.work import acting
from anjia.learning import queries as learning
from anjia.messaging.queries import outbox
from anjia.quality import queries as quality
from anjia.simulation.aftercare import Aftercare
from anjia.simulation.cast import CARDS, CAST
from anjia.simulation.founding import CENTRE, STATIONS, Founder, resident_id_of
from anjia.simulation.later import Later
from anjia.simulation.life import Life
from anjia.simulation.store import Store
from anjia.simulation.teaching import School
from anjia.supplies import queries as supplies
from anjia.visits.models import FieldFact
from anjia.visits.queries import board, open_conflicts
from anjia.visits.rules.facts import FactKind
from anjia.visits.rules.lifecycle import BoardState
from anjia.workforce.queries import group_policies

NOW = datetime.now(UTC)
IS_WHOLE_DAY = 5 <= local(NOW).hour < 18  # round midnight there is less of a day
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """Found the town, once: it has the same ids in every demo. Return how often the database was asked."""
    asked = count()

    def counted(execute: Any, *said: Any) -> Any:
        next(asked)
        return execute(*said)

    with django_db_blocker.unblock(), connection.execute_wrapper(counted):
        founder = Founder(NOW)
        founder.found()
        School(founder, NOW).teach()
        store = Store(founder, NOW)
        store.stock()
        life = Life(founder, NOW)
        life.live()
        Aftercare(life).follow_up()
        store.look_through_bags()
        store.bring_waste_back(life)
        yield next(asked)


@pytest.fixture
def demo(settings: Any) -> None:
    settings.IS_DEMO = True


class TestTown:
    def test_asks_the_database_no_more_than_a_first_start_can_wait_for(self, town: int) -> None:
        """About a millisecond each, with all that is around it: `script/bench founding` says how long."""
        assert 5_000 < town < 16_000

    def test_has_stores_bags_and_waste_to_see_to(self, town: int) -> None:
        keeper, today = system(CENTRE), day_of(NOW)
        warned = acting(keeper, NOW).ask(
            supplies.warnings_at, Purpose.CONTRACT, station_id=STATIONS["cuihu"], today=today
        )
        waste = acting(keeper, NOW).ask(supplies.waste_register, Purpose.LEGAL, now=NOW, size=200).items
        bags = acting(keeper, NOW).ask(supplies.bags, Purpose.CONTRACT, today=today)

        assert all([warned.low, warned.expired, warned.soon])
        assert {line.state.value for line in waste} >= {"carried", "half", "gone"}
        assert {bag.check is not None for bag in bags} == {True, False}
        assert acting(keeper, NOW).ask(supplies.shortfalls, Purpose.CONTRACT)

    def test_has_a_day_under_way(self, town: int) -> None:
        found = acting(system(CENTRE), NOW).ask(board, Purpose.CONTRACT, day=day_of(NOW), now=NOW)

        if IS_WHOLE_DAY:
            states = {state for state, count in found.counts.items() if count}
            assert states >= {
                BoardState.DONE,
                BoardState.ARRIVED,
                BoardState.DEPARTED,
                BoardState.LATE,
                BoardState.ACCEPTED,
                BoardState.TENTATIVE,
                BoardState.UNASSIGNED,
                BoardState.CANCELLED,
            }

    def test_has_nothing_in_it_that_does_not_fit(self, town: int) -> None:
        assert acting(system(CENTRE), NOW).ask(open_conflicts, Purpose.CONTRACT).items == []

    @pytest.mark.usefixtures("demo")
    def test_has_told_the_household_of_each_visit_in_time(self, town: int) -> None:
        visits = [visit["id"] for visit in asked("resident", "visits?when=past").json()["items"]]

        assert visits
        for visit_id in visits:
            lines = acting(system(CENTRE), NOW).ask(outbox, Purpose.CONTRACT, about_id=UUID(visit_id)).items
            assert {line.notification.state for line in lines} == {"sent"}

    def test_has_people_who_say_how_it_was(self, town: int) -> None:
        manager, now = Founder(NOW).member("quality"), dict[str, Any](now=NOW)
        unit = acting(manager, NOW)
        calls = unit.ask(quality.call_backs, Purpose.CONTRACT, **now, show="closed").page.items
        concerns = unit.ask(quality.concerns, Purpose.CONTRACT, **now).page.items

        assert {line.call_back.solved for line in calls} == {"yes", "partly", "no"}
        assert unit.ask(quality.call_backs, Purpose.CONTRACT, **now).counts["late"] == 1
        assert {line.concern.kind for line in concerns} == {"complaint", "dispute", "suggestion"}
        assert unit.ask(quality.improvements, Purpose.CONTRACT, **now).items


@pytest.mark.usefixtures("town", "demo")
class TestCards:
    @pytest.mark.parametrize("key", [card.key for card in CAST if card.end == "console"])
    def test_let_a_visitor_of_the_console_land_where_there_is_work(self, key: str) -> None:
        visitor = Client()
        entered = visitor.post(f"/demo/{key}")
        home = visitor.get(entered["Location"])

        page = visitor.get(home["Location"])

        assert entered.status_code == 303
        assert page.status_code == 200
        assert CARDS[key].name in page.content.decode()
        assert WORK[key] in page.content.decode() or not IS_WHOLE_DAY

    def test_let_two_take_turns_on_one_computer_with_two_taps(self) -> None:
        computer = Client()
        first, second = [card for card in CAST if card.end == "console"][:2]
        for card in (first, second):
            computer.post(f"/demo/{card.key}")

        page = computer.get("/console/identity/locked/").content.decode()
        turn = next(part for part in page.split("<details")[1:] if f"我是{first.name}，进去" in part)
        action, typed = re.findall(r'action="([^"]+)"| value="([^"]+)" required', turn)
        came = computer.post(action[0], {"secret": unescape(typed[1])})

        assert came.status_code == 303
        home = computer.get("/console/", follow=True).content.decode()
        assert first.name in home

    @pytest.mark.parametrize("key", [card.key for card in CAST if card.end == "client"])
    def test_hand_the_client_its_token_in_a_page_and_in_no_address(self, key: str) -> None:
        page = Client().post(f"/demo/{key}")

        assert page.status_code == 200
        assert 'data-token="' in page.content.decode()
        assert "no-store" in page["Cache-Control"]
        assert "Location" not in page

    def test_are_listed_for_the_client(self) -> None:
        cards = Client().get("/api/v1/demo/cards").json()

        assert [card["key"] for card in cards] == [card.key for card in CAST]

    def test_let_the_resident_see_her_next_visit_and_her_pressure(self) -> None:
        coming = asked("resident", "visits?when=coming").json()["items"]
        trend = asked("resident", "record/trends/bp?days=90").json()

        assert any(visit["status"] in {"booked", "departed"} for visit in coming)
        assert len(trend["points"]) > 70

    def test_let_the_daughter_act_for_her_mother(self) -> None:
        people = asked("daughter", "me").json()["people"]

        assert [(one["resident_id"], one["relation"]) for one in people] == [
            (str(resident_id_of("zhang")), "family")
        ]

    @pytest.mark.parametrize("key", ["nurse", "picc"])
    def test_give_each_nurse_stops_and_an_open_offer(self, key: str) -> None:
        assert asked(key, f"work/days/{day_of(NOW)}").json()["stops"] or not IS_WHOLE_DAY
        assert asked(key, "work/offers").json()


@pytest.fixture
def real(settings: Any) -> None:
    settings.IS_DEMO = False


@pytest.mark.usefixtures("real")
class TestWithoutADemo:
    @pytest.mark.parametrize("path", ["/demo/resident", "/api/v1/demo/cards/resident/sign-in"])
    def test_nobody_is_let_in_by_a_card(self, path: str) -> None:
        assert Client(raise_request_exception=False).post(path).status_code == 404

    def test_no_cards_are_shown(self) -> None:
        assert Client(raise_request_exception=False).get("/api/v1/demo/cards").status_code == 404
        assert "/demo/" not in Client().get("/").content.decode()

    def test_a_card_of_nobody_opens_nothing(self, settings: Any) -> None:
        settings.IS_DEMO = True

        assert Client(raise_request_exception=False).post("/demo/nobody").status_code == 404


WORK = {
    "doctor": "现在看",
    "dispatcher": "没有人接",
    "desk": "谁打来的",
    "ward": "彭淑珍",
    "quality": "服务完成率",
    "administrator": "hejia",
}


def asked(key: str, path: str) -> Any:
    token = Client().post(f"/api/v1/demo/cards/{key}/sign-in").json()["token"]
    return Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/v1/{path}")


@pytest.mark.usefixtures("town")
class TestLater:
    def test_colleagues_go_about_their_rounds(self) -> None:
        if not IS_WHOLE_DAY:
            pytest.skip("round midnight there is less of a day")
        before = states()

        live_on(NOW + timedelta(minutes=100))

        after = states()
        assert after["done"] > before["done"]

    def test_who_was_late_arrives_and_says_so_once(self) -> None:
        if not IS_WHOLE_DAY:
            pytest.skip("round midnight there is less of a day")
        for minutes in (40, 41, 42):
            live_on(NOW + timedelta(minutes=minutes))

        assert departures(of="r27") == 1

    def test_the_next_morning_is_a_day_of_work_too(self) -> None:
        morning = at(day_of(NOW) + timedelta(days=1), clock(9, 30))

        live_on(morning)

        found = acting(system(CENTRE), morning).ask(board, Purpose.CONTRACT, day=day_of(morning), now=morning)
        assert found.total >= 15
        assert found.counts[BoardState.ARRIVED] >= 2


def live_on(now: datetime) -> None:
    founder = Founder(now)
    founder.remember()
    Later(Life(founder, now, random.Random(1))).go_on()


def departures(*, of: str) -> int:
    def told(_: Actor) -> int:
        today = FieldFact.objects.filter(
            visit__resident_id=resident_id_of(of), visit__starts_at__gte=NOW - timedelta(hours=1)
        )
        return today.filter(kind=FactKind.DEPARTED.value).count()

    return acting(system(CENTRE), NOW).ask(told)


def states() -> dict[str, int]:
    found = acting(system(CENTRE), NOW).ask(board, Purpose.CONTRACT, day=day_of(NOW), now=NOW)
    return {state.value: count for state, count in found.counts.items()}


class TestTheInsurance:
    def test_covers_all_who_go_out_but_whose_slip_waits_for_a_second_reader(self, town: int) -> None:
        quality = Founder(NOW).member("quality")
        found = acting(quality, NOW).ask(group_policies, Purpose.LEGAL, today=day_of(NOW))
        counts = {line.policy.code: (line.covered, line.waiting) for line in found.items}
        assert counts["accident_insurance"][0] >= 10
        assert counts["liability_insurance"][1] == 1


class TestTheSchool:
    def test_has_most_certified_one_lapsing_and_one_who_lacks_what_a_service_asks(self, town: int) -> None:
        quality = Founder(NOW).member("quality")
        found = acting(quality, NOW).ask(learning.matrix, Purpose.CONTRACT, today=day_of(NOW))

        shown = {
            (row.staff.name, course.code): cell.standing.value
            for row in found.people
            for course, cell in zip(found.courses, row.cells, strict=True)
            if row.staff.kind == "nurse"
        }
        emergency = {name: state for (name, code), state in shown.items() if code == "emergency"}
        assert all(state == "holds" for (_name, code), state in shown.items() if code == "home_visit")
        assert (emergency.pop("周岚"), emergency.pop("顾远")) == ("lapsing", "lacks")
        assert set(emergency.values()) == {"holds"}
        assert shown["李静", "privacy"] == "lacks"
