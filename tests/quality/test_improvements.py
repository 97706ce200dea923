"""What is rated low opens a task, once; it has an owner, a measure, and an effect with rows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.quality import commands, jobs, queries
from anjia.quality.console import improvements as console
from anjia.quality.models import Improvement, Rating
from anjia.quality.rules import EffectNotKnown, ImprovementGoneOn, ImprovementUnsound, Standing
from tests.identity import make as identity
from tests.make import actor
from tests.pages import open_page, post_form
from tests.quality import make
from tests.quality.make import EVENING
from tests.visits import make as visits
from tests.visits.make import Town, at

pytestmark = pytest.mark.usefixtures("database")
MANAGE = ("quality.manage", "quality.read", "visits.read")


@pytest.fixture
def house() -> Organization:
    return identity.house()


@pytest.fixture
def town(house: Organization) -> Town:
    return visits.town(organization_id=house.id)


@pytest.fixture
def boss(house: Organization) -> Actor:
    account = identity.staff(house, role_code="quality_manager")
    return actor(*MANAGE, organization_id=house.id, user_id=account.id)


def rated(town: Town, *stars: int, when: datetime = EVENING) -> None:
    """Let a visit that was promised for then be rated so for punctuality, by as many of her family."""
    visit = make.done_visit(town, town.nurse(), hour=9)

    def keep(_: Actor) -> None:
        for value in stars:
            Rating.objects.create(
                organization_id=town.organization_id,
                visit_id=visit.id,
                visit_starts_at=when,
                resident_id=visit.resident_id,
                rater_id=uuid4(),
                rater_kind="family",
                entered_by=town.desk.user_id,
                stars=3,
                punctual=value,
                rated_at=when,
            )

    town.look(keep)


def opened(town: Town, now: datetime = EVENING) -> list[Improvement]:
    return acting(town.system, now).do(commands.open_improvements)


def planned(boss: Actor, one: Improvement, now: datetime = EVENING, **said: Any) -> Improvement:
    sound: dict[str, Any] = {"measure": "出发前打电话", "due_on": day_of(now) + timedelta(days=7)}
    return acting(boss, now).do(commands.plan_improvement, improvement_id=one.id, **sound | said)


def shown(boss: Actor, one: Improvement, now: datetime) -> queries.ImprovementLine:
    found = acting(boss, now).ask(queries.improvement_page, Purpose.CONTRACT, improvement_id=one.id, now=now)
    return found.line


class TestLowAspect:
    def test_opens_one_task_under_sixty_per_cent_of_five(self, town: Town) -> None:
        rated(town, 5, 4, 3, 2, 1)
        [one] = opened(town)
        assert (one.aspect, one.good, one.of, one.state) == ("punctual", 2, 5, "open")
        assert opened(town) == []

    @pytest.mark.parametrize(
        ("stars", "why"),
        [((5, 4, 4, 2, 1), "just sixty"), ((1, 1, 1, 1), "too few")],
        ids=lambda one: one if isinstance(one, str) else "",
    )
    def test_is_not_seen_in(self, town: Town, stars: tuple[int, ...], why: str) -> None:
        rated(town, *stars)
        assert opened(town) == [], why

    def test_is_looked_for_in_thirty_days(self, town: Town) -> None:
        rated(town, 1, 1, 1, 1, 1, when=at(9) - timedelta(days=30))
        assert opened(town) == []
        rated(town, 1, 1, 1, 1, 1, when=at(9) - timedelta(days=29))
        assert len(opened(town)) == 1

    def test_is_found_by_the_clock_in_every_house(self, town: Town, boss: Actor) -> None:
        rated(town, 1, 1, 1, 1, 1)
        jobs.look_at_ratings(EVENING)
        jobs.look_at_ratings(EVENING + timedelta(hours=1))
        page = acting(boss, EVENING).ask(queries.improvements, Purpose.CONTRACT, now=EVENING)
        assert [line.improvement.aspect for line in page.items] == ["punctual"]


class TestImproving:
    def test_has_an_owner_a_measure_and_an_effect_against_before(self, town: Town, boss: Actor) -> None:
        rated(town, 5, 4, 1, 1, 1)
        [one] = opened(town)
        planned(boss, one)
        begun = EVENING + timedelta(days=3)
        acting(boss, begun).do(commands.put_in_place, improvement_id=one.id)
        rated(town, 5, 5, 5, 4, 1, when=begun + timedelta(days=10))

        soon = begun + timedelta(days=30)
        assert shown(boss, one, soon).days_left == 1
        with pytest.raises(EffectNotKnown):
            acting(boss, soon).do(commands.close_improvement, improvement_id=one.id, words="好了")
        later = begun + timedelta(days=31)
        line = shown(boss, one, later)
        assert line.after is not None
        assert (line.before.figure.value, line.after.figure.value) == (Decimal("40.0"), Decimal("80.0"))
        assert line.points == Decimal("40.0")
        closed = acting(boss, later).do(commands.close_improvement, improvement_id=one.id, words="保持")
        assert closed.closed_on == day_of(later)

    def test_says_too_few_rather_than_a_share(self, town: Town, boss: Actor) -> None:
        rated(town, 1, 1, 1, 1, 1)
        [one] = opened(town)
        planned(boss, one)
        acting(boss, EVENING).do(commands.put_in_place, improvement_id=one.id)
        rated(town, 5, when=EVENING + timedelta(days=2))
        line = shown(boss, one, EVENING + timedelta(days=40))
        assert line.after is not None
        assert (line.after.figure.standing, line.points) == (Standing.TOO_FEW, None)

    def test_opens_the_rows_behind_its_shares(self, town: Town, boss: Actor) -> None:
        rated(town, 5, 4, 1, 1, 1)
        [one] = opened(town)
        line = shown(boss, one, EVENING)
        page = acting(boss, EVENING).ask(
            queries.rows_of_indicator,
            Purpose.CONTRACT,
            code="aspect_punctual",
            part="missing",
            first=line.before.first,
            last=line.before.last,
            as_of=EVENING,
        )
        assert len(page.items) == line.before.figure.of - line.before.figure.counted == 3

    def test_opens_again_only_by_what_came_after(self, town: Town, boss: Actor) -> None:
        rated(town, 1, 1, 1, 1, 1)
        [one] = opened(town)
        planned(boss, one)
        acting(boss, EVENING + timedelta(days=1)).do(commands.put_in_place, improvement_id=one.id)
        end = EVENING + timedelta(days=32)
        acting(boss, end).do(commands.close_improvement, improvement_id=one.id, words="好了")
        assert opened(town, end) == []
        rated(town, 1, 1, 1, 1, 1, when=EVENING + timedelta(days=20))
        assert len(opened(town, end)) == 1

    def test_can_be_planned_again(self, town: Town, boss: Actor) -> None:
        rated(town, 1, 1, 1, 1, 1)
        [one] = opened(town)
        planned(boss, one)
        acting(boss, EVENING).do(commands.put_in_place, improvement_id=one.id)
        again = planned(boss, one, EVENING + timedelta(days=5), measure="排松一点")
        assert (again.state, again.in_place_on) == ("planned", None)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"measure": " "}, "measure"),
            ({"due_on": None}, "due_on"),
            ({"due_on": date(2026, 3, 1)}, "due_on"),
        ],
    )
    def test_says_what_is_missing(self, town: Town, boss: Actor, said: dict[str, Any], field: str) -> None:
        rated(town, 1, 1, 1, 1, 1)
        [one] = opened(town)
        with pytest.raises(ImprovementUnsound) as refused:
            planned(boss, one, **said)
        assert set(refused.value.fields) == {field}

    def test_goes_in_its_order(self, town: Town, boss: Actor) -> None:
        rated(town, 1, 1, 1, 1, 1)
        [one] = opened(town)
        with pytest.raises(ImprovementGoneOn):
            acting(boss, EVENING).do(commands.put_in_place, improvement_id=one.id)

    def test_is_for_who_manages_quality_here(self, town: Town, boss: Actor) -> None:
        rated(town, 1, 1, 1, 1, 1)
        [one] = opened(town)
        with pytest.raises(NotFound):
            planned(actor(*MANAGE), one)
        with pytest.raises(NotAllowed):
            planned(make.manager(town), one)
        with pytest.raises(NotFound):
            planned(boss, one, owner_id=town.desk.user_id)


class TestList:
    def test_asks_as_many_questions_for_many_as_for_one(self, town: Town, boss: Actor) -> None:
        def add(number: int) -> None:
            """Add some that were made better at other times: each has days of its own."""

            def keep(_: Actor) -> None:
                for one in range(number):
                    day = at(9).date() - timedelta(days=60 + one)
                    Improvement.objects.create(
                        organization_id=town.organization_id,
                        aspect="manner",
                        state="closed",
                        opened_at=EVENING - timedelta(days=one),
                        first=day,
                        last=day,
                        good=1,
                        of=5,
                        in_place_on=day,
                        closed_on=day,
                        owner_id=boss.user_id,
                        due_on=day,
                    )

            town.look(keep)

        def asked() -> int:
            with CaptureQueriesContext(connection) as seen:
                acting(boss, EVENING).ask(queries.improvements, Purpose.CONTRACT, now=EVENING, show="closed")
            return len(seen)

        add(1)
        for_one = asked()
        add(4)
        assert asked() == for_one


class TestPages:
    def test_lead_from_the_task_to_its_measure(self, town: Town, boss: Actor) -> None:
        rated(town, 1, 1, 1, 1, 5)
        [one] = opened(town)
        ids: dict[str, Any] = {"improvement_id": one.id}
        assert "准时" in open_page(console.improvements, boss)
        assert "5 份里 1 份好" in open_page(console.improvement, boss, **ids)
        assert post_form(console.plan, boss, {"measure": ""}, **ids).status_code == 422
        form = {"measure": "出发前打电话", "due_on": "2099-01-01", "owner_id": str(boss.user_id)}
        assert post_form(console.plan, boss, form, **ids).status_code == 303
        assert post_form(console.put_in_place, boss, {}, **ids).status_code == 303
        page = open_page(console.improvement, boss, **ids)
        assert "出发前打电话" in page
        assert "还要等 31 天" in page
