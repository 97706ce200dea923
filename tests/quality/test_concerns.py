"""Complaints, suggestions, disputes, adverse events: heard, owned, answered, appealed once; not by whom it is about."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from anjia.identity.models import Organization
from anjia.kernel.actors import NOBODY, Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry, Event
from anjia.kernel.work import acting
from anjia.quality import commands, queries
from anjia.quality.console import concerns as console
from anjia.quality.models import Concern, ConcernStep
from anjia.quality.rules import (
    AboutThemselves,
    AnotherOwnerNeeded,
    AppealOver,
    AppealStillOpen,
    ConcernGoneOn,
    ConcernUnsound,
    OnlyOwner,
    Standing,
)
from anjia.visits.commands import cancel_visit
from anjia.visits.models import Visit
from tests.identity import make as identity
from tests.make import NOON, actor
from tests.pages import open_page, post_form
from tests.quality import make
from tests.quality.make import EVENING
from tests.residents import make as residents
from tests.visits import make as visits
from tests.visits.make import Town, at

pytestmark = pytest.mark.usefixtures("database")
MANAGE = (
    "quality.manage",
    "quality.raise",
    "quality.read",
    "visits.read",
    "workforce.read",
    "residents.read",
)
SAY = ("quality.raise", "visits.read")


@pytest.fixture
def house() -> Organization:
    return identity.house()


@pytest.fixture
def town(house: Organization) -> Town:
    return visits.town(organization_id=house.id)


@pytest.fixture
def nurse(town: Town) -> Actor:
    return town.nurse()


@pytest.fixture
def visit(town: Town, nurse: Actor) -> Visit:
    return make.done_visit(town, nurse)


@pytest.fixture
def boss(house: Organization) -> Actor:
    return supervisor(house)


@pytest.fixture
def she(town: Town, visit: Visit) -> Actor:
    return residents.holder(*SAY, of=make.of(visit.resident_id, town), relation="self")


def supervisor(house: Organization, **says: Any) -> Actor:
    account = identity.staff(house, role_code="quality_manager")
    return actor(*MANAGE, organization_id=house.id, user_id=account.id, **says)


def complain(by: Actor, now: datetime = EVENING, **said: Any) -> Concern:
    sound = {"kind": "complaint", "words": "来晚了一个小时，没有打电话"}
    return acting(by, now).do(commands.raise_concern, **sound | said)


def answered(boss: Actor, concern: Concern, now: datetime = EVENING) -> Concern:
    """Take it up, look into it and answer it."""
    unit = acting(boss, now)
    unit.do(commands.acknowledge_concern, concern_id=concern.id)
    unit.do(commands.note_finding, concern_id=concern.id, words="路上堵，没有打电话；以后晚十分钟就打")
    return unit.do(
        commands.tell_outcome,
        concern_id=concern.id,
        words="向您道歉，以后先打电话",
        told_by="telephone",
        finding="upheld",
    )


def listed(by: Actor, show: str = "open", now: datetime = EVENING) -> list[UUID]:
    found = acting(by, now).ask(queries.concerns, Purpose.CONTRACT, now=now, show=show)
    return [line.concern.id for line in found.page.items]


def read(by: Actor, concern: Concern, now: datetime = EVENING) -> queries.ConcernPage:
    return acting(by, now).ask(queries.concern_page, Purpose.CONTRACT, concern_id=concern.id, now=now)


class TestRaising:
    def test_starts_the_clock_of_its_kind(self, she: Actor, visit: Visit) -> None:
        concern = complain(she, visit_id=visit.id)
        assert (concern.raised_kind, concern.state) == ("resident", "received")
        assert concern.next_due_at == EVENING + timedelta(hours=24)
        assert concern.resident_id == visit.resident_id

    def test_by_family_says_so(self, town: Town, visit: Visit) -> None:
        daughter = residents.holder(*SAY, of=make.of(visit.resident_id, town))
        assert complain(daughter).raised_kind == "family"

    def test_about_a_visit_is_about_those_who_came(self, she: Actor, visit: Visit, nurse: Actor) -> None:
        concern = complain(she, visit_id=visit.id)
        assert concern.about_staff_ids == [nurse.staff_id]
        assert concern.about_account_ids == [nurse.user_id]

    def test_by_the_desk_needs_to_know_whom_to_answer(self, town: Town) -> None:
        desk = actor(*SAY, organization_id=town.organization_id)
        with pytest.raises(ConcernUnsound) as refused:
            complain(desk, is_caller=True)
        assert set(refused.value.fields) == {"caller_name"}
        concern = complain(desk, is_caller=True, caller_name="老周", caller_phone="13900000000")
        assert (concern.raised_kind, concern.raised_by) == ("caller", None)

    def test_of_an_adverse_event_is_for_staff(self, she: Actor, nurse: Actor, visit: Visit) -> None:
        with pytest.raises(ConcernUnsound):
            complain(she, kind="adverse_event")
        who = actor(*SAY, organization_id=nurse.organization_id, staff_id=nurse.staff_id)
        concern = complain(who, kind="adverse_event", visit_id=visit.id)
        assert (concern.raised_kind, concern.about_staff_ids) == ("staff", [])
        assert concern.next_due_at == EVENING + timedelta(hours=2)

    @pytest.mark.parametrize("said", [{"words": " "}, {"words": "长" * 2_001}, {"kind": "praise"}])
    def test_says_what_is_wrong(self, she: Actor, said: dict[str, Any]) -> None:
        with pytest.raises(ConcernUnsound):
            complain(she, **said)

    def test_names_nobody_elses_visit_or_staff(self, she: Actor, town: Town) -> None:
        other = make.done_visit(town, town.nurse("周敏"), hour=11)
        with pytest.raises(NotFound):
            complain(she, visit_id=other.id)
        with pytest.raises(NotFound):
            complain(she, about_staff_ids=[visits.town().nurse().staff_id])


class TestSuggestionWithoutAName:
    def test_cannot_be_traced_to_anybody(self, town: Town, boss: Actor) -> None:
        concern = acting(town.system, EVENING).do(commands.suggest_without_a_name, words="电话多一个人接")

        def traces(_: Actor) -> set[UUID | None]:
            entries = AuditEntry.objects.filter(subject_id=concern.id)
            steps = ConcernStep.objects.filter(concern=concern)
            return {
                *(entry.actor_id for entry in entries),
                *(step.by or NOBODY for step in steps),
                *(one or NOBODY for one in (concern.raised_by, concern.entered_by, concern.resident_id)),
            }

        assert town.look(traces) == {NOBODY}
        said = town.look(lambda _: Event.objects.filter(name="quality.ConcernRaised").latest("id").content)
        assert set(said) == {"concern_id", "kind", "at"}
        assert listed(boss) == [concern.id]


class TestWhomItIsAbout:
    def test_neither_sees_it_nor_its_steps(
        self, house: Organization, she: Actor, visit: Visit, nurse: Actor
    ) -> None:
        """Even if she manages quality."""
        concern = complain(she, visit_id=visit.id)
        her = actor(*MANAGE, organization_id=house.id, user_id=nurse.user_id, staff_id=nurse.staff_id)
        assert listed(her) == []
        with pytest.raises(NotFound):
            read(her, concern)
        with pytest.raises(NotFound):
            acting(her, EVENING).do(commands.acknowledge_concern, concern_id=concern.id)
        unit = acting(her, EVENING)
        assert unit.ask(lambda _: (Concern.objects.count(), ConcernStep.objects.count())) == (0, 0)

    def test_does_not_see_it_by_a_new_account_either(
        self, house: Organization, she: Actor, visit: Visit, nurse: Actor
    ) -> None:
        concern = complain(she, visit_id=visit.id)
        her = actor(*MANAGE, organization_id=house.id, staff_id=nurse.staff_id)
        assert listed(her) == []
        with pytest.raises(NotFound):
            read(her, concern)

    def test_cannot_become_its_owner(self, house: Organization, town: Town, boss: Actor) -> None:
        account = identity.staff(house, role_code="quality_manager")
        she_who_came = town.nurse("周敏", account_id=account.id)
        visit = make.done_visit(town, she_who_came, hour=11)
        resident = residents.holder(*SAY, of=make.of(visit.resident_id, town), relation="self")
        concern = complain(resident, visit_id=visit.id)

        assert account.id not in read(boss, concern).owners
        with pytest.raises(AboutThemselves):
            acting(boss, EVENING).do(commands.acknowledge_concern, concern_id=concern.id, owner_id=account.id)
        acting(boss, EVENING).do(commands.acknowledge_concern, concern_id=concern.id)
        with pytest.raises(AboutThemselves):
            acting(boss, EVENING).do(
                commands.hand_concern_over, concern_id=concern.id, owner_id=account.id, words="忙"
            )

    def test_cannot_write_it_down_for_a_caller(self, town: Town, nurse: Actor, visit: Visit) -> None:
        her = actor(*SAY, organization_id=town.organization_id, user_id=nurse.user_id)
        with pytest.raises(AboutThemselves):
            complain(her, visit_id=visit.id, is_caller=True)


class TestDealing:
    def test_goes_step_by_step_and_each_is_a_row(self, she: Actor, boss: Actor, visit: Visit) -> None:
        concern = complain(she, visit_id=visit.id)
        unit = acting(boss, EVENING)
        with pytest.raises(OnlyOwner):
            unit.do(commands.note_finding, concern_id=concern.id, words="…")
        unit.do(commands.acknowledge_concern, concern_id=concern.id)
        with pytest.raises(ConcernGoneOn):
            unit.do(commands.acknowledge_concern, concern_id=concern.id)
        told: dict[str, Any] = {"concern_id": concern.id, "words": "向您道歉", "told_by": "telephone"}
        with pytest.raises(ConcernGoneOn):
            unit.do(commands.tell_outcome, **told, finding="upheld")
        assert read(boss, concern).line.concern.next_due_at == EVENING + timedelta(days=7)
        unit.do(commands.note_finding, concern_id=concern.id, words="路上堵")
        with pytest.raises(ConcernUnsound):
            unit.do(commands.tell_outcome, **told)  # nobody says whether it is right
        unit.do(commands.tell_outcome, **told, finding="partly")
        unit.do(commands.close_concern, concern_id=concern.id, is_accepted=True)

        kinds = [step.kind for step in read(boss, concern).steps]
        assert kinds == ["received", "acknowledged", "investigated", "told", "closed"]
        assert listed(boss) == []
        assert listed(boss, "closed") == [concern.id]

    def test_is_the_owners(self, house: Organization, she: Actor, boss: Actor) -> None:
        concern, other = complain(she), supervisor(house)
        acting(boss, EVENING).do(commands.acknowledge_concern, concern_id=concern.id, owner_id=other.user_id)
        with pytest.raises(OnlyOwner):
            acting(boss, EVENING).do(commands.note_finding, concern_id=concern.id, words="看过了")
        acting(boss, EVENING).do(
            commands.hand_concern_over, concern_id=concern.id, owner_id=boss.user_id, words="她休假"
        )
        acting(boss, EVENING).do(commands.note_finding, concern_id=concern.id, words="看过了")

    def test_shows_late_ones_as_late(self, she: Actor, boss: Actor) -> None:
        concern = complain(she)
        due = EVENING + timedelta(hours=24)
        assert listed(boss, "late", due - timedelta(seconds=1)) == []
        assert listed(boss, "late", due) == [concern.id]

    def test_shows_who_deals_with_none_only_her_own(self, town: Town, she: Actor) -> None:
        desk = actor(*SAY, organization_id=town.organization_id)
        mine = complain(desk, is_caller=True, caller_phone="13900000000")
        other = complain(she)
        assert listed(desk) == [mine.id]
        with pytest.raises(NotFound):
            read(desk, other)
        with pytest.raises(NotAllowed):
            acting(desk, EVENING).do(commands.acknowledge_concern, concern_id=mine.id)

    def test_is_nobody_elses_house(self, she: Actor) -> None:
        concern = complain(she)
        with pytest.raises(NotFound):
            read(actor(*MANAGE), concern)


class TestWhoRaisedIt:
    def test_reads_the_answer_but_not_the_findings(self, she: Actor, boss: Actor, visit: Visit) -> None:
        answered(boss, complain(she, visit_id=visit.id))
        [mine] = acting(she, EVENING).ask(queries.my_concerns, Purpose.ACCESS, now=EVENING)
        assert [step.kind for step in mine.steps] == ["received", "acknowledged", "told"]
        assert mine.steps[-1].words == "向您道歉，以后先打电话"
        assert mine.can_appeal
        assert "路上堵" not in str(mine)

    def test_is_the_only_one_of_her_side_who_reads_it(self, town: Town, she: Actor, visit: Visit) -> None:
        complain(she, visit_id=visit.id)
        daughter = residents.holder(*SAY, of=make.of(visit.resident_id, town))
        assert acting(daughter, EVENING).ask(queries.my_concerns, Purpose.ACCESS, now=EVENING) == []
        assert acting(daughter, EVENING).ask(lambda _: Concern.objects.count()) == 0
        with pytest.raises(NotAllowed):
            listed(she)


class TestAppeal:
    def test_goes_once_to_somebody_else(self, house: Organization, she: Actor, boss: Actor) -> None:
        concern = answered(boss, complain(she))
        later = EVENING + timedelta(days=2)
        acting(she, later).do(commands.appeal, concern_id=concern.id, words="没有道歉过")

        with pytest.raises(AnotherOwnerNeeded):
            acting(boss, later).do(commands.acknowledge_concern, concern_id=concern.id)
        other = supervisor(house)
        assert set(read(boss, concern).owners) == {other.user_id}
        answered(other, concern, later)
        assert read(other, concern).line.concern.next_due_at is not None
        with pytest.raises(AppealOver):
            acting(she, later).do(commands.appeal, concern_id=concern.id, words="还是不行")
        acting(other, later).do(commands.close_concern, concern_id=concern.id, is_accepted=False)

    def test_is_possible_for_fifteen_days(self, she: Actor, boss: Actor) -> None:
        concern = answered(boss, complain(she))
        over = EVENING + timedelta(days=15)
        with pytest.raises(AppealOver):
            acting(she, over).do(commands.appeal, concern_id=concern.id, words="不行")
        with pytest.raises(AppealStillOpen):
            acting(boss, over - timedelta(seconds=1)).do(
                commands.close_concern, concern_id=concern.id, is_accepted=False
            )
        acting(boss, over).do(commands.close_concern, concern_id=concern.id, is_accepted=False)

    def test_opens_again_what_was_closed_too_soon(self, she: Actor, boss: Actor) -> None:
        concern = answered(boss, complain(she))
        acting(boss, EVENING).do(commands.close_concern, concern_id=concern.id, is_accepted=True)
        acting(she, EVENING).do(commands.appeal, concern_id=concern.id, words="我没有认可")
        assert listed(boss) == [concern.id]

    def test_is_hers(self, town: Town, she: Actor, boss: Actor) -> None:
        concern = answered(boss, complain(she))
        with pytest.raises(NotAllowed):
            acting(actor(*SAY, organization_id=town.organization_id), EVENING).do(
                commands.appeal, concern_id=concern.id, words="我替她说"
            )


class TestIndicator:
    DAY = date(2026, 3, 3)

    def ask(self, town: Town, part: str = "") -> Any:
        period: dict[str, Any] = {"first": self.DAY, "last": self.DAY, "as_of": EVENING}
        unit = acting(make.manager(town), EVENING)
        if part:
            return unit.ask(
                queries.rows_of_indicator, Purpose.CONTRACT, code="complaint", part=part, **period
            ).items
        found = unit.ask(queries.indicators, Purpose.CONTRACT, **period)
        return next(one for one in found if one.code == "complaint").figure

    def test_counts_a_visit_once_however_often_it_was_complained_of(
        self, town: Town, she: Actor, nurse: Actor, visit: Visit
    ) -> None:
        make.done_visit(town, nurse, hour=11)
        for kind in ("complaint", "dispute", "suggestion"):
            complain(she, kind=kind, visit_id=visit.id)

        found = self.ask(town)
        assert (found.counted, found.of, found.standing) == (1, 2, Standing.MISSED)
        [row] = self.ask(town, "counted")
        assert (row.outcome.visit_id, len(row.concerns)) == (visit.id, 2)
        assert len(self.ask(town, "missing")) == 1

    def test_is_met_at_five_per_cent_or_less(self, town: Town, visit: Visit) -> None:
        assert self.ask(town).standing is Standing.MET

    def test_leaves_out_what_names_no_visit_and_shows_it(self, town: Town, she: Actor, visit: Visit) -> None:
        complain(she)
        found = self.ask(town)
        assert (found.counted, found.excluded) == (0, 1)
        [row] = self.ask(town, "excluded")
        assert row.outcome is None

    def test_leaves_out_a_visit_that_she_took_back(self, town: Town, nurse: Actor) -> None:
        theirs = town.visit(nurse, starts_at=at(15), ends_at=at(15.5))
        resident = residents.holder(*SAY, of=make.of(theirs.resident_id, town), relation="self")
        complain(resident, NOON, visit_id=theirs.id)
        acting(town.desk, NOON).do(cancel_visit, visit_id=theirs.id, reason="unwell")
        assert self.ask(town).standing is Standing.NO_DATA


class TestPages:
    def test_lead_from_the_caller_to_the_end(self, town: Town, boss: Actor, visit: Visit) -> None:
        desk = actor(*MANAGE[1:], "quality.rate", organization_id=town.organization_id)
        begun = open_page(console.new_concern, desk, f"/?visit_id={visit.id}")
        assert "张桂芳" in begun
        assert "李秋萍" in begun
        form = {
            "says": "caller",
            "concern_kind": "complaint",
            "words": "没戴手套",
            "visit_id": str(visit.id),
            "resident_id": str(visit.resident_id),
        }
        made = post_form(console.new_concern, desk, form)
        assert made.status_code == 303
        [concern_id] = listed(boss)
        ids: dict[str, Any] = {"concern_id": concern_id}
        assert "没戴手套" in open_page(console.concern, boss, **ids)

        for view, said in (
            (console.acknowledge, {"owner_id": str(boss.user_id)}),
            (console.note_finding, {"words": "包里的手套用完了"}),
            (console.tell_outcome, {"words": "已经补上", "told_by": "telephone", "finding": "upheld"}),
            (console.close, {"accepted": "yes"}),
        ):
            assert post_form(view, boss, said, **ids).status_code == 303
        page = open_page(console.concern, boss, **ids)
        assert "已经补上" in page
        assert "办结了" in page
        assert "投诉" in open_page(console.concerns, boss, "/?show=closed")

    def test_keep_what_was_written_when_another_was_faster(
        self, town: Town, house: Organization, boss: Actor, she: Actor
    ) -> None:
        other = supervisor(house)
        concern = complain(she)
        acting(boss, EVENING).do(commands.acknowledge_concern, concern_id=concern.id)
        over: dict[str, Any] = {"concern_id": concern.id, "owner_id": other.user_id, "words": "我休假"}
        acting(boss, EVENING).do(commands.hand_concern_over, **over)

        answer = post_form(console.note_finding, boss, {"words": "路上堵了"}, concern_id=concern.id)

        assert answer.status_code == 403
        assert "这件事是别人在办" in answer.content.decode()
        assert "路上堵了" in answer.content.decode()

        acting(other, EVENING).do(commands.note_finding, concern_id=concern.id, words="堵车")
        answer = post_form(console.note_finding, other, {"words": "第二遍查的"}, concern_id=concern.id)
        assert answer.status_code == 409
        assert "第二遍查的" in answer.content.decode()

    def test_do_not_say_that_somebody_was_told_whom_nobody_knows(self, town: Town, boss: Actor) -> None:
        said = acting(town.system, EVENING).do(commands.suggest_without_a_name, words="电话太难打")
        assert "告诉对方" not in open_page(console.concern, boss, concern_id=said.id)

        assert post_form(console.acknowledge, boss, {}, concern_id=said.id).status_code == 303

        page = open_page(console.concern, boss, concern_id=said.id)
        assert "接下" in page
        assert "告诉了对方" not in page

    def test_keep_an_appeal_that_was_too_long_and_take_it_for_nothing_else(
        self, boss: Actor, she: Actor
    ) -> None:
        now = timezone.now()  # as the page has it: there is a time for appeals
        concern = answered(boss, complain(she, now), now)

        answer = post_form(console.appeal, boss, {"words": "不" * 2_001}, concern_id=concern.id)

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "不" * 2_001 in page
        assert 'value="不' not in page  # as what is noted when it is closed

    def test_say_beside_the_form_what_is_missing(self, town: Town, boss: Actor, she: Actor) -> None:
        concern = complain(she)
        acting(boss, EVENING).do(commands.acknowledge_concern, concern_id=concern.id)
        answer = post_form(console.note_finding, boss, {"words": ""}, concern_id=concern.id)
        assert answer.status_code == 422
        desk = actor(*SAY, organization_id=town.organization_id, kind=Kind.STAFF)
        answer = post_form(console.new_concern, desk, {"says": "staff", "concern_kind": "complaint"})
        assert "请写上是什么事" in answer.content.decode()
