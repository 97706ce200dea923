"""A caregiver's month in figures: each opens its rows, says when it is of too few, and is hers to object to."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import DomainError, NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.paging import BadCursor
from anjia.kernel.work import acting
from anjia.quality import commands, queries
from anjia.quality.models import CallBack, Concern, Objection
from anjia.quality.rules import (
    ObjectedAlready,
    ObjectionOver,
    ObjectionTooLate,
    ObjectionUnsound,
    OnlyOwner,
    OwnObjection,
    Saying,
    Side,
    answer_due,
)
from anjia.visits.models import Visit
from tests.identity import make as identity
from tests.make import actor
from tests.quality import make
from tests.quality.make import EVENING, daughter, herself
from tests.visits import make as visits
from tests.visits.make import Town, at, fact, id_of, say

pytestmark = pytest.mark.usefixtures("database")
MONTH = date(2026, 3, 1)
MANAGE = (
    "quality.manage",
    "quality.raise",
    "quality.read",
    "visits.read",
    "workforce.read",
    "learning.read",
    "residents.read",
)


@pytest.fixture
def house() -> Organization:
    return identity.house()


@pytest.fixture
def town(house: Organization) -> Town:
    return visits.town(organization_id=house.id)


@pytest.fixture
def nurse(house: Organization, town: Town) -> Actor:
    return nurse_of(house, town, "李秋萍")


def nurse_of(house: Organization, town: Town, name: str, *more: str) -> Actor:
    account = identity.staff(house, role_code="nurse")
    made = town.nurse(name, account_id=account.id)
    return actor(
        *visits.FIELD,
        "quality.mine",
        *more,
        organization_id=house.id,
        user_id=account.id,
        staff_id=made.staff_id,
    )


@pytest.fixture
def boss(house: Organization) -> Actor:
    return manager(house)


def manager(house: Organization) -> Actor:
    account = identity.staff(house, role_code="quality_manager")
    return actor(*MANAGE, organization_id=house.id, user_id=account.id)


def went(
    nurse: Actor, town: Town, hour: float, *, late: int = 0, way: int = 10, skips: bool = False
) -> Visit:
    """Go there and do it: so many minutes on the way, half an hour there; the last step is skipped or not recorded."""
    visit = town.visit(nurse, starts_at=at(hour), ends_at=at(hour + 0.75))
    there = at(hour) + timedelta(minutes=late)
    say(
        nurse,
        fact(visit, "departed", at=there - timedelta(minutes=way)),
        fact(visit, "arrived", at=there, proof="photo", reason="在"),
        fact(visit, "step_done", at=there, key="identify"),
        fact(visit, "step_done", at=there, key="dress"),
        fact(
            visit, "step_done", at=there, key="tidy", skipped=skips, **({"reason": "没水"} if skips else {})
        ),
        fact(visit, "done", at=there + timedelta(minutes=30), record={"site": "右臂"}),
    )
    return visit


def mine(nurse: Actor, now: datetime = EVENING, month: date = MONTH) -> queries.Performance:
    return acting(nurse, now).ask(queries.my_performance, Purpose.CONTRACT, month=month, as_of=now)


def hers(by: Actor, nurse: Actor, now: datetime = EVENING, month: date = MONTH) -> queries.Performance:
    return acting(by, now).ask(
        queries.performance, Purpose.CONTRACT, staff_id=id_of(nurse), month=month, as_of=now
    )


def figures(found: queries.Performance) -> dict[str, Any]:
    return {one.measure.code: one.figure for one in found.figures}


def rows(nurse: Actor, code: str, now: datetime = EVENING, **asked: Any) -> queries.PerformanceRows:
    sound: dict[str, Any] = {"code": code, "month": MONTH, "as_of": now}
    return acting(nurse, now).ask(queries.my_performance_rows, Purpose.CONTRACT, **sound | asked)


def object_to(nurse: Actor, now: datetime = EVENING, **said: Any) -> Objection:
    sound: dict[str, Any] = {"month": MONTH, "group": "punctuality", "words": "电梯停了，门卫可以作证"}
    return acting(nurse, now).do(commands.raise_objection, **sound | said)


def decide(by: Actor, one: Objection, now: datetime = EVENING, **said: Any) -> Objection:
    sound: dict[str, Any] = {"objection_id": one.id, "outcome": "left_out", "reason": "物业有停电记录"}
    return acting(by, now).do(commands.decide_objection, **sound | said)


def complain(town: Town, visit: Visit, boss: Actor, finding: str = "") -> Concern:
    """Let the resident complain of the visit, and, with a finding, be answered."""
    rater = herself(visit.resident_id, town)
    she = replace(rater, permissions=rater.permissions | {"quality.raise"})
    concern = acting(she, EVENING).do(
        commands.raise_concern, kind="complaint", words="来得晚", visit_id=visit.id
    )
    if finding:
        unit = acting(boss, EVENING)
        unit.do(commands.acknowledge_concern, concern_id=concern.id)
        unit.do(commands.note_finding, concern_id=concern.id, words="问过")
        unit.do(
            commands.tell_outcome, concern_id=concern.id, words="答", told_by="telephone", finding=finding
        )
    return concern


class TestAMonth:
    def test_is_counted_by_its_definitions_written_beforehand(self, town: Town, nurse: Actor) -> None:
        for number, hour in enumerate((8.25, 9.5, 10.75, 12, 13.25)):
            went(nurse, town, hour, late=20 if number == 4 else 0, skips=number == 0)

        found = figures(mine(nurse))

        assert (found["visits"].value, found["visits"].rows) == (5, 5)
        assert (found["punctuality"].counted, found["punctuality"].of) == (4, 5)
        assert found["punctuality"].value == Decimal("80.0")
        assert (found["steps"].counted, found["steps"].of) == (14, 15)
        assert found["way_share"].value == Decimal("25.0")  # 10 of 40 minutes
        assert found["visits_per_day"].saying is Saying.TOO_FEW  # one day on duty

    def test_says_too_few_of_four_and_a_share_of_five(self, town: Town, nurse: Actor) -> None:
        visit = went(nurse, town, 9)
        for number in range(4):
            make.rate(daughter(visit.resident_id, town), visit, 5 if number else 1, aspects={"skill": 5})
        few = figures(mine(nurse))["rating_stars"]
        assert (few.saying, few.value, few.counted, few.of) == (Saying.TOO_FEW, None, 3, 4)

        make.rate(daughter(visit.resident_id, town), visit, 5)
        found = figures(mine(nurse))
        assert (found["rating_stars"].saying, found["rating_stars"].value) == (Saying.SAID, Decimal("80.0"))
        assert (found["rating_skill"].of, found["rating_skill"].excluded) == (4, 1)

    def test_never_says_zero_for_nothing(self, nurse: Actor) -> None:
        found = figures(mine(nurse))
        assert {found[code].saying for code in ("steps", "punctuality", "rating_stars", "call_backs")} == {
            Saying.NO_DATA
        }
        assert found["visits"].value == 0

    def test_counts_what_was_answered_in_call_backs(self, town: Town, nurse: Actor) -> None:
        for hour in (9, 11):
            went(nurse, town, hour)
        for row in rows(nurse, "visits").page.items:
            acting(town.system, EVENING).do(commands.open_call_back, visit_id=row.row.row_id)
        ours = {"organization_id": town.organization_id}
        opened = town.look(lambda _: list(CallBack.objects.filter(**ours).values_list("id", flat=True)))
        desk = actor("quality.call_back", "visits.read", organization_id=town.organization_id)
        acting(desk, EVENING).do(
            commands.log_call_back, call_back_id=opened[0], reached="reached", solved="no"
        )
        found = figures(mine(nurse))["call_backs"]
        assert (found.counted, found.of, found.excluded, found.saying) == (0, 1, 1, Saying.TOO_FEW)

    def test_opens_for_every_figure_the_rows_that_it_was_made_of(self, town: Town, nurse: Actor) -> None:
        done = {went(nurse, town, hour).id for hour in (9, 11)}
        for code in ("visits", "steps", "punctuality", "way_share", "visits_per_day"):
            found = rows(nurse, code)
            assert {row.row.row_id for row in found.page.items} == done
            assert found.one.figure.rows == len(done)
        first = rows(nurse, "visits", size=1).page
        second = rows(nurse, "visits", size=1, after=first.next).page
        assert [len(first.items), len(second.items), second.next] == [1, 1, None]
        assert {first.items[0].row.row_id, second.items[0].row.row_id} == done
        with pytest.raises(BadCursor):
            rows(nurse, "visits", after=str(uuid4()))

    def test_is_looked_at_for_twelve_months_and_no_further(self, nurse: Actor) -> None:
        assert figures(mine(nurse, month=date(2025, 4, 1)))["visits"].value == 0
        for month in (date(2025, 3, 1), date(2026, 4, 1)):
            with pytest.raises(NotFound):
                mine(nurse, month=month)


class TestWhoseMonth:
    def test_is_hers_and_her_managers_and_nobody_elses(
        self, house: Organization, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        went(nurse, town, 9)
        other = nurse_of(house, town, "王敏")
        assert figures(hers(boss, nurse))["visits"].value == 1
        assert figures(mine(other))["visits"].value == 0
        for stranger in (other, actor("visits.read", organization_id=house.id)):
            with pytest.raises(NotAllowed):
                hers(stranger, nurse)
        with pytest.raises(NotFound):
            hers(actor(*MANAGE), nurse)
        with pytest.raises(NotAllowed):
            mine(actor("quality.mine", organization_id=house.id))  # no member of staff

    def test_leaves_training_out_for_who_may_not_read_it(self, nurse: Actor, house: Organization) -> None:
        reader = actor("quality.read", "visits.read", "workforce.read", organization_id=house.id)
        assert figures(hers(reader, nurse))["training"].saying is Saying.NOT_YOURS
        assert figures(mine(nurse))["training"].saying is Saying.SAID


class TestComplaintsAboutHer:
    def test_count_when_upheld_and_are_told_her_without_their_words(
        self, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        upheld, dropped, still_open = (went(nurse, town, hour) for hour in (9, 11, 13))
        complain(town, upheld, boss, "partly")
        complain(town, dropped, boss, "not_upheld")
        complain(town, still_open, boss)

        for found in (figures(mine(nurse)), figures(hers(boss, nurse))):
            one = found["complaints"]
            assert (one.value, one.excluded, one.open) == (1, 1, 1)
        shown = rows(nurse, "complaints").page.items
        assert [row.row.visit.visit_id for row in shown if row.row.visit] == [upheld.id]
        nothing = acting(nurse, EVENING).ask(lambda _: list(Concern.objects.all()))
        assert nothing == []  # what row-level security hides from her stays hidden

    def test_of_another_are_none_of_hers(
        self, house: Organization, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        other = nurse_of(house, town, "王敏")
        complain(town, went(nurse, town, 9), boss, "upheld")
        assert figures(mine(other))["complaints"].value == 0

    def test_stop_counting_while_an_appeal_is_open(self, town: Town, nurse: Actor, boss: Actor) -> None:
        concern = complain(town, went(nurse, town, 9), boss, "upheld")
        acting(boss, EVENING).do(commands.appeal, concern_id=concern.id, words="不认可")
        one = figures(mine(nurse))["complaints"]
        assert (one.value, one.open) == (0, 1)


class TestObjecting:
    def test_leaves_the_row_out_by_anothers_decision_and_counts_again(
        self, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        for hour in (8.25, 9.5, 10.75, 12, 13.25):
            went(nurse, town, hour)
        late = went(nurse, town, 15, late=25)
        assert figures(mine(nurse))["punctuality"].value == Decimal("83.3")

        one = object_to(nurse, row_id=late.id)
        assert (one.owner_id, one.due_at) == (boss.user_id, answer_due(EVENING))
        assert figures(mine(nurse))["punctuality"].value == Decimal("83.3")  # objecting changes nothing
        decide(boss, one)

        for found in (mine(nurse), hers(boss, nurse)):
            figure = figures(found)["punctuality"]
            assert (figure.value, figure.left_out) == (Decimal("100.0"), 1)
            [named] = [each for each in found.figures if each.measure.code == "punctuality"]
            assert len(named.decided_by) == 1
            [shown] = found.objections
            assert [step.kind for step in shown.steps] == ["raised", "left_out"]
        assert figures(mine(nurse))["visits"].value == 6  # another figure is another objection
        [row] = [each for each in rows(nurse, "punctuality").page.items if each.left_out]
        assert (row.row.row_id, row.may_object) == (late.id, False)

    def test_stays_with_a_reason_where_the_answer_is_no(self, town: Town, nurse: Actor, boss: Actor) -> None:
        late = went(nurse, town, 9, late=25)
        done = decide(boss, object_to(nurse, row_id=late.id), outcome="stays", reason="没有停电记录")
        assert (done.state, done.reason, done.left_out_id) == ("stays", "没有停电记录", None)
        assert figures(mine(nurse))["punctuality"].left_out == 0
        with pytest.raises(ObjectedAlready):
            object_to(nurse, row_id=late.id)

    def test_to_a_whole_figure_is_answered_with_one_of_its_rows(
        self, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = went(nurse, town, 9, late=25)
        one = object_to(nurse)
        with pytest.raises(ObjectedAlready):
            object_to(nurse)
        with pytest.raises(ObjectionUnsound) as refused:
            decide(boss, one)
        assert set(refused.value.fields) == {"row_id"}
        with pytest.raises(NotFound):
            decide(boss, one, row_id=uuid4())
        decide(boss, one, row_id=late.id)
        assert figures(mine(nurse))["punctuality"].left_out == 1
        assert object_to(nurse).state == "open"  # what is left may be wrong too

    def test_is_refused_in_words_without_any_for_strangers_rows_and_too_late(
        self, house: Organization, town: Town, nurse: Actor
    ) -> None:
        theirs = went(nurse_of(house, town, "王敏"), town, 9)
        for said, refusal in (
            ({"words": " "}, ObjectionUnsound),
            ({"words": "长" * 1001}, ObjectionUnsound),
            ({"group": "everything"}, ObjectionUnsound),
            ({"row_id": theirs.id}, NotFound),
            ({"month": date(2026, 4, 1)}, ObjectionTooLate),
            ({"month": date(2025, 12, 1)}, ObjectionTooLate),
        ):
            with pytest.raises(refusal):
                object_to(nurse, **said)
        assert mine(nurse).objections == []

    def test_is_never_answered_by_herself(self, house: Organization, town: Town, boss: Actor) -> None:
        account = identity.staff(house, role_code="quality_manager")
        made = town.nurse("周颖", account_id=account.id)
        both = actor(
            *visits.FIELD,
            *MANAGE,
            "quality.mine",
            organization_id=house.id,
            user_id=account.id,
            staff_id=made.staff_id,
        )
        late = went(both, town, 9, late=25)
        one = object_to(both, row_id=late.id)
        assert one.owner_id == boss.user_id
        with pytest.raises(OwnObjection):
            decide(both, one)
        for owner in (both, boss):
            with pytest.raises(OwnObjection):
                acting(both, EVENING).do(
                    commands.hand_objection_over, objection_id=one.id, owner_id=owner.user_id, words="我来"
                )
        with pytest.raises(OwnObjection):
            acting(boss, EVENING).do(
                commands.hand_objection_over, objection_id=one.id, owner_id=both.user_id, words="你来"
            )

    def test_is_answered_by_who_is_named_or_whom_she_hands_it_to(
        self, house: Organization, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = went(nurse, town, 9, late=25)
        one = object_to(nurse, row_id=late.id)
        second = manager(house)
        with pytest.raises(OnlyOwner):
            decide(second, one)
        acting(second, EVENING).do(
            commands.hand_objection_over, objection_id=one.id, owner_id=second.user_id, words="她休假"
        )
        assert decide(second, one).decided_by == second.user_id
        with pytest.raises(ObjectionOver):
            decide(second, one)

    def test_goes_to_who_has_fewest_to_answer(self, house: Organization, town: Town, nurse: Actor) -> None:
        managers = {manager(house).user_id, manager(house).user_id}
        late = [went(nurse, town, hour, late=25).id for hour in (9, 11)]
        assert {object_to(nurse, row_id=one).owner_id for one in late} == managers

    def test_waits_for_a_manager_where_there_is_no_other(self, town: Town, nurse: Actor) -> None:
        went(nurse, town, 9, late=25)
        assert object_to(nurse).owner_id is None

    def test_is_late_after_five_working_days(self, town: Town, nurse: Actor, boss: Actor) -> None:
        went(nurse, town, 9, late=25)
        one = object_to(nurse)  # on Tuesday, 3 March 2026
        assert one.due_at == at(24, day=1 + 7)  # the end of Tuesday, 10 March

        def shown(now: datetime) -> queries.Objections:
            return acting(boss, now).ask(queries.objections, Purpose.CONTRACT, now=now)

        assert shown(one.due_at - timedelta(seconds=1)).counts == {"open": 1, "late": 0}
        assert shown(one.due_at).page.items[0].is_late

    def test_has_one_outcome_when_two_answer_at_once(
        self, house: Organization, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = went(nurse, town, 9, late=25)
        one = object_to(nurse, row_id=late.id)
        came: list[str] = []

        def answer(outcome: str) -> None:
            try:
                decide(boss, one, outcome=outcome)
                came.append(outcome)
            except DomainError as refusal:
                came.append(refusal.code)
            finally:
                connection.close()

        both = [threading.Thread(target=answer, args=(outcome,)) for outcome in ("left_out", "stays")]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert "quality.objection_over" in came
        assert len(set(came) & {"left_out", "stays"}) == 1

    def test_is_kept_from_her_own_hands_by_the_database_too(
        self, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = [went(nurse, town, hour, late=25).id for hour in (9, 11)]
        first, second = (object_to(nurse, row_id=one) for one in late)
        decide(boss, first)

        def change(name: str, one: Objection, **to: Any) -> None:
            with pytest.raises(IntegrityError, match=name):
                town.look(lambda _: Objection.objects.filter(id=one.id).update(**to))

        change("objection_answered_by_another", second, owner_id=nurse.user_id)
        answer = {"decided_by": boss.user_id, "decided_at": EVENING, "state": "left_out"}
        change("objection_row_left_out_once", second, left_out_id=late[0], **answer)
        change("objection_answered_by_another", first, decided_by=nurse.user_id)

    def test_is_in_the_audit(self, town: Town, nurse: Actor, boss: Actor) -> None:
        late = went(nurse, town, 9, late=25)
        one = decide(boss, object_to(nurse, row_id=late.id))

        def actions(_: Actor) -> list[str]:
            return sorted(AuditEntry.objects.filter(subject_id=one.id).values_list("action", flat=True))

        assert town.look(actions) == ["quality.objection.left_out", "quality.objection.raised"]


class TestRowsThatCount:
    @pytest.mark.parametrize("group", ["visits", "steps", "way", "ratings", "complaints"])
    def test_can_be_left_out_of_every_group(self, town: Town, nurse: Actor, boss: Actor, group: str) -> None:
        visit = went(nurse, town, 9)
        make.rate(herself(visit.resident_id, town), visit, 1)
        complain(town, visit, boss, "upheld")
        code = {"way": "way_share", "ratings": "rating_stars"}.get(group, group)
        [row] = [each for each in rows(nurse, code).page.items if each.row.side is not Side.OUTSIDE]
        decide(boss, object_to(nurse, group=group, row_id=row.row.row_id))
        left = figures(mine(nurse))[code]
        assert (left.left_out, left.counted) == (1, 0)
