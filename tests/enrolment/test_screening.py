"""Screened by one, confirmed by another; appealed, and answered by a third."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError

from anjia.enrolment.commands import (
    answer_appeal,
    appeal,
    close_programme,
    leave_programme,
    screen,
    settle_screening,
)
from anjia.enrolment.models import Appeal, Candidate, Screening
from anjia.enrolment.queries import candidate_page, own_enrolments
from anjia.enrolment.rules import (
    AlreadyCandidate,
    AppealTwice,
    NotNow,
    ProgrammeClosed,
    ReasonMissing,
    SameJudge,
    SameScreener,
    ScreeningInvalid,
    Stage,
)
from anjia.enrolment.rules.screening import AlreadySettled
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from tests import make
from tests.enrolment.make import MANAGER, Office, findings
from tests.make import NOON, deliver_events
from tests.residents import make as residents
from tests.workforce.make import actions

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def office() -> Office:
    return Office()


def refused_one(office: Office, **answers: Any) -> tuple[Candidate, Screening]:
    """Return somebody of whom it was found, and confirmed, that she is not eligible."""
    candidate = office.candidate(office.programme())
    screening = office.settled(office.screened(candidate, **(answers or dict[str, Any](access="not_met"))))
    return office.now(candidate), screening


class TestAScreening:
    def test_counts_only_once_a_second_person_has_confirmed_it(self, office: Office) -> None:
        candidate = office.candidate(office.programme())
        screening = office.screened(candidate)
        assert office.now(candidate).stage == Stage.SCREENED

        both = make.actor(*MANAGER, organization_id=office.manager.organization_id)
        own = office.candidate(office.programme(name="另一个"))
        hers = acting(both, NOON).do(screen, candidate_id=own.id, findings=findings())
        with pytest.raises(SameScreener):
            acting(both, NOON).do(settle_screening, screening_id=hers.id, stands=True)
        office.settled(screening)

        assert office.now(candidate).stage == Stage.OFFERED
        assert office.now(own).stage == Stage.SCREENED

    def test_has_two_people_whatever_program_writes_it(self, office: Office) -> None:
        screening = office.screened(office.candidate(office.programme()))

        def by_one(_: Actor) -> None:
            Screening.objects.filter(id=screening.id).update(
                settled_by=screening.made_by, settled_at=NOON, stands=True
            )

        with pytest.raises(IntegrityError, match="screening_second_person"):
            office.look(by_one)

    def test_cannot_be_rewritten(self, office: Office) -> None:
        screening = office.screened(office.candidate(office.programme()))

        with pytest.raises(DatabaseError, match="permission denied"):
            office.look(lambda _: Screening.objects.filter(id=screening.id).update(outcome="not_eligible"))

    def test_is_sent_back_with_a_word_and_made_again_and_the_earlier_one_stays(self, office: Office) -> None:
        candidate = office.candidate(office.programme())
        first = office.screened(candidate, access="not_met")
        with pytest.raises(ReasonMissing):
            office.settled(first, stands=False)
        office.settled(first, stands=False, words="走路的情况没写清楚")
        office.settled(office.screened(candidate))

        page = acting(office.screener, NOON).ask(
            candidate_page, Purpose.CONTRACT, candidate_id=candidate.id, now=NOON, today=NOON.date()
        )
        assert [one.screening.outcome for one in page.screenings] == ["eligible", "not_eligible"]
        assert page.screenings[1].screening.settled_words == "走路的情况没写清楚"
        assert office.now(candidate).stage == Stage.OFFERED

    def test_is_settled_once(self, office: Office) -> None:
        screening = office.screened(office.candidate(office.programme()))
        office.settled(screening)

        with pytest.raises(AlreadySettled):
            office.settled(screening, stands=False, words="再看看")

    def test_says_in_words_why_not(self, office: Office) -> None:
        candidate, _screening = refused_one(office, wechat="not_met", mind="not_met")

        [own] = acting(office.person(candidate.resident_id), NOON).ask(
            own_enrolments, Purpose.ACCESS, resident_id=candidate.resident_id
        )
        assert own.why == [
            "自己不会用微信，也没有家属能帮",
            "有严重精神疾病或沟通障碍，要由专科和家人一起照护",
        ]
        assert own.may_appeal

    def test_says_why_to_nobody_whom_she_does_not_let_see_her_record(self, office: Office) -> None:
        candidate, _screening = refused_one(office, mind="not_met")
        asked = {"resident_id": candidate.resident_id}
        son = office.person(candidate.resident_id, "enrolment.answer")

        [own] = acting(son, NOON).ask(own_enrolments, Purpose.ACCESS, **asked)
        assert (own.outcome, own.why) == ("不符合条件", [])
        with pytest.raises(NotAllowed):
            acting(office.person(candidate.resident_id, "visits.read"), NOON).ask(
                own_enrolments, Purpose.ACCESS, **asked
            )

    def test_says_nothing_to_her_before_it_is_confirmed(self, office: Office) -> None:
        candidate = office.candidate(office.programme())
        office.screened(candidate, mind="not_met")

        [own] = acting(office.person(candidate.resident_id), NOON).ask(
            own_enrolments, Purpose.ACCESS, resident_id=candidate.resident_id
        )
        assert (own.outcome, own.why, own.may_appeal) == ("", [], False)

    def test_names_a_relative_only_while_she_may_act(self, office: Office) -> None:
        resident = office.resident()
        candidate = office.candidate(office.programme(), resident=resident)

        with pytest.raises(ScreeningInvalid) as refusal:
            acting(office.screener, NOON).do(
                screen, candidate_id=candidate.id, findings=findings(), grant_id=uuid4()
            )
        assert list(refusal.value.fields) == ["grant_id"]
        assert office.now(candidate).stage == Stage.CAME

    def test_is_not_made_of_somebody_for_whom_a_place_is_kept(self, office: Office) -> None:
        offered = office.eligible(office.programme())

        with pytest.raises(NotNow):
            office.screened(offered)

    def test_is_nobody_elses(self, office: Office) -> None:
        candidate = office.candidate(office.programme())
        stranger = make.actor(*MANAGER)

        with pytest.raises(NotFound):
            acting(stranger, NOON).do(screen, candidate_id=candidate.id, findings=findings())
        with pytest.raises(NotAllowed):
            acting(office.confirmer, NOON).do(screen, candidate_id=candidate.id, findings=findings())


class TestARecruit:
    def test_is_on_a_list_once(self, office: Office) -> None:
        programme, resident = office.programme(), office.resident()
        office.candidate(programme, resident=resident)

        with pytest.raises(AlreadyCandidate):
            office.candidate(programme, resident=resident)

    def test_is_not_taken_by_a_programme_that_is_over(self, office: Office) -> None:
        programme = office.programme()
        acting(office.manager, NOON).do(close_programme, programme_id=programme.id)

        with pytest.raises(ProgrammeClosed):
            office.candidate(programme)

    def test_comes_by_a_way_that_there_is(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.candidate(office.programme(), channel_id=uuid4())


class TestAnAppeal:
    def appealed(self, office: Office, screening: Screening, **says: Any) -> Appeal:
        sound: dict[str, Any] = {"screening_id": screening.id, "words": "她下楼要人背"}
        by = says.pop("by", None) or office.person(screening.resident_id)
        return acting(by, NOON).do(appeal, **sound | says)

    def test_has_a_clock_and_is_answered_by_somebody_who_had_no_part_in_it(self, office: Office) -> None:
        candidate, screening = refused_one(office)
        made = self.appealed(office, screening)
        assert made.due_at == NOON + timedelta(days=7)

        for involved in (office.confirmer, self.as_confirmer(office)):
            with pytest.raises(SameJudge):
                acting(involved, NOON).do(answer_appeal, appeal_id=made.id, is_upheld=True, answer="再筛")
        with pytest.raises(ReasonMissing):
            acting(office.judge, NOON).do(answer_appeal, appeal_id=made.id, is_upheld=True, answer=" ")
        acting(office.judge, NOON).do(answer_appeal, appeal_id=made.id, is_upheld=True, answer="有理，再筛")

        assert office.now(candidate).stage == Stage.CAME
        assert actions(office.manager)[-1] == "enrolment.appeal.answered"

    def as_confirmer(self, office: Office) -> Actor:
        """Return the screener, with the right to confirm."""
        return make.actor(
            "enrolment.confirm",
            organization_id=office.manager.organization_id,
            user_id=office.screener.user_id,
        )

    def test_has_a_third_person_whatever_program_writes_it(self, office: Office) -> None:
        made = self.appealed(office, refused_one(office)[1])

        def by_screener(_: Actor) -> None:
            Appeal.objects.filter(id=made.id).update(
                answered_by=made.screener_id, answered_at=NOON, is_upheld=False
            )

        with pytest.raises(IntegrityError, match="appeal_third_person"):
            office.look(by_screener)

    def test_is_one_per_decision_and_about_a_no(self, office: Office) -> None:
        _candidate, screening = refused_one(office)
        self.appealed(office, screening)
        with pytest.raises(AppealTwice):
            self.appealed(office, screening, by=office.screener, by_whom="女儿")

        yes = office.settled(office.screened(office.candidate(office.programme(name="二"))))
        with pytest.raises(NotNow):
            self.appealed(office, yes)

    def test_is_hers_alone(self, office: Office) -> None:
        _candidate, screening = refused_one(office)

        with pytest.raises(NotFound):
            self.appealed(office, screening, by=office.person(office.resident().id))

    def test_that_is_kept_leaves_the_decision(self, office: Office) -> None:
        candidate, screening = refused_one(office)
        made = self.appealed(office, screening)
        acting(office.judge, NOON).do(
            answer_appeal, appeal_id=made.id, is_upheld=False, answer="走路的视频看过了"
        )

        assert office.now(candidate).stage == Stage.NOT_ELIGIBLE
        with pytest.raises(NotNow):
            acting(office.judge, NOON).do(answer_appeal, appeal_id=made.id, is_upheld=True, answer="又")

    def test_promises_no_screening_to_who_has_left(self, office: Office) -> None:
        candidate, screening = refused_one(office)
        made = self.appealed(office, screening)
        acting(office.screener, NOON).do(leave_programme, candidate_id=candidate.id, why="搬走了")

        with pytest.raises(NotNow):
            acting(office.judge, NOON).do(answer_appeal, appeal_id=made.id, is_upheld=True, answer="再筛")
        acting(office.judge, NOON).do(answer_appeal, appeal_id=made.id, is_upheld=False, answer="她搬走了")


class TestHerHousehold:
    def test_hears_of_the_decision_without_the_reasons_once(self, office: Office) -> None:
        candidate, _screening = refused_one(office, mind="not_met")
        residents.holder(of=office.look(lambda _: candidate.resident), relation="self")
        deliver_events(office.manager)
        deliver_events(office.manager)

        [message] = office.look(
            lambda _: list(Message.objects.filter(organization_id=office.manager.organization_id))
        )
        template, words = message.template, message.words
        assert template == "enrolment_not_eligible"
        assert "精神" not in words
        assert "申诉" in words
