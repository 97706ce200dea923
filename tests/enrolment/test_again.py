"""Who is in a programme is screened again in her place; and a programme past its last day takes nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connections

from anjia.enrolment import jobs
from anjia.enrolment.commands import answer_appeal, appeal, change_programme, come_again, take_place
from anjia.enrolment.console import candidates as console
from anjia.enrolment.console import programmes as pages
from anjia.enrolment.models import Candidate, Screening
from anjia.enrolment.queries import own_enrolments
from anjia.enrolment.rules import NotNow, ProgrammeEnded, SameScreener, Stage
from anjia.kernel.actors import Purpose
from anjia.kernel.errors import DomainError
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from tests.enrolment.make import Office
from tests.make import NOON, deliver_events
from tests.pages import open_page
from tests.residents import make as residents

pytestmark = pytest.mark.usefixtures("database")
LATER = NOON + timedelta(days=30)


@pytest.fixture
def office() -> Office:
    return Office()


def settled(office: Office, one: Screening, stands: bool = True, words: str = "") -> Screening:
    return office.settled(one, now=LATER, stands=stands, words=words)


class TestScreenedAgain:
    def test_keeps_her_place_while_it_runs_and_after_a_yes(self, office: Office) -> None:
        programme = office.programme(cap=1)
        inside, waiting = office.enrolled(programme), office.eligible(programme)
        again = office.screened(inside, now=LATER)
        assert (office.now(inside).stage, office.seats(programme)) == (Stage.ENROLLED, [1])
        with pytest.raises(NotNow):
            office.screened(inside, now=LATER)

        settled(office, again)
        assert (office.now(inside).stage, office.seats(programme)) == (Stage.ENROLLED, [1])
        assert office.now(waiting).stage == Stage.WAITING

    @pytest.mark.parametrize("what", ["sent back", "not known"])
    def test_stays_where_nothing_speaks_against_her(self, office: Office, what: str) -> None:
        inside = office.enrolled(office.programme())
        if what == "sent back":
            settled(office, office.screened(inside, now=LATER, wechat="not_met"), stands=False, words="再问")
        else:
            settled(office, office.screened(inside, now=LATER, wechat="unknown"))
        assert office.now(inside).stage == Stage.ENROLLED

    def test_is_confirmed_by_a_second_person(self, office: Office) -> None:
        inside = office.enrolled(office.programme())
        one = office.screened(inside, now=LATER)
        office.confirmer = office.screener.__class__(
            user_id=office.screener.user_id,
            organization_id=office.screener.organization_id,
            permissions=office.screener.permissions | {"enrolment.confirm"},
        )
        with pytest.raises(SameScreener):
            settled(office, one)
        assert office.now(inside).stage == Stage.ENROLLED

    def test_ends_with_a_confirmed_no_goes_on_to_the_next_and_is_told_so(self, office: Office) -> None:
        programme = office.programme(cap=1)
        inside, waiting = office.enrolled(programme), office.eligible(programme)
        settled(office, office.screened(inside, now=LATER, wechat="not_met"))
        assert office.now(inside).stage == Stage.NOT_ELIGIBLE
        assert office.now(waiting).stage == Stage.OFFERED

        her = office.person(inside.resident_id)
        [own] = acting(her, LATER).ask(own_enrolments, Purpose.ACCESS, resident_id=inside.resident_id)
        assert own.may_appeal
        residents.holder(of=office.look(lambda _: inside.resident), relation="self")
        deliver_events(office.manager, now=LATER)

        def templates(_: object) -> list[str]:
            rows = Message.objects.filter(about_id=inside.id).order_by("at", "id")
            return list(rows.values_list("template", flat=True))

        assert "enrolment_ended" in office.look(templates)
        assert "enrolment_not_eligible" not in office.look(templates)

    def test_is_first_in_line_when_her_appeal_was_right(self, office: Office) -> None:
        programme = office.programme(cap=1)
        inside, second, third = (
            office.enrolled(programme),
            office.eligible(programme),
            office.eligible(programme),
        )
        no = settled(office, office.screened(inside, now=LATER, wechat="not_met"))
        made = acting(office.person(inside.resident_id), LATER).do(
            appeal, screening_id=no.id, words="女儿会帮"
        )
        acting(office.judge, LATER).do(answer_appeal, appeal_id=made.id, is_upheld=True, answer="说得对")
        settled(office, office.screened(inside, now=LATER))

        assert office.now(inside).stage == Stage.WAITING
        jobs.release_offers(LATER + timedelta(days=8))  # the second has not answered
        assert [office.now(one).stage for one in (inside, second, third)] == [
            Stage.OFFERED,
            Stage.WAITING,
            Stage.WAITING,
        ]

    def test_is_one_when_two_begin_at_once(self, office: Office) -> None:
        inside = office.enrolled(office.programme())
        start = Barrier(2, timeout=60)

        def begin(_: int) -> str:
            try:
                start.wait()
                office.screened(inside, now=LATER)
                return "made"
            except DomainError as refusal:
                return refusal.code
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(begin, range(2))) == ["enrolment.not_now", "made"]

    def test_is_shown_on_the_pages(self, office: Office) -> None:
        programme = office.programme()
        inside = office.enrolled(programme)
        assert "名额留着" in open_page(console.candidate, office.screener, candidate_id=inside.id)
        office.screened(inside, now=LATER)
        page = open_page(pages.programme, office.manager, programme_id=programme.id)
        assert "在组里再筛" in page


class TestPastItsLastDay:
    ENDS = date(2026, 3, 31)
    LAST = NOON.replace(month=3, day=31)
    AFTER = LAST + timedelta(days=1)

    def test_a_programme_takes_nobody_and_says_until_when_it_ran(self, office: Office) -> None:
        programme = office.programme(cap=1, ends_on=self.ENDS)
        offered, came = office.eligible(programme, now=self.LAST), office.candidate(programme, now=self.LAST)
        for refused in (
            lambda: office.candidate(programme, now=self.AFTER),
            lambda: office.screened(came, now=self.AFTER),
            lambda: acting(office.screener, self.AFTER).do(take_place, candidate_id=offered.id),
        ):
            with pytest.raises(ProgrammeEnded, match="2026-03-31"):
                refused()
        assert [office.now(one).stage for one in (offered, came)] == [Stage.OFFERED, Stage.CAME]

    def test_its_last_day_belongs_to_it(self, office: Office) -> None:
        programme = office.programme(ends_on=self.ENDS)
        assert office.enrolled(programme, now=self.LAST).stage == Stage.ENROLLED

    def test_nobody_is_offered_a_place_or_begins_again(self, office: Office) -> None:
        programme = office.programme(cap=1, ends_on=self.ENDS)
        first, second = office.eligible(programme, now=self.LAST), office.eligible(programme, now=self.LAST)
        jobs.release_offers(self.AFTER + timedelta(days=8))
        assert [office.now(one).stage for one in (first, second)] == [Stage.WAITING, Stage.WAITING]

        def leave(_: object) -> None:
            Candidate.objects.filter(id=first.id).update(stage=Stage.LEFT.value)

        office.look(leave)
        with pytest.raises(ProgrammeEnded):
            acting(office.screener, self.AFTER).do(come_again, candidate_id=first.id)

    def test_goes_on_when_its_last_day_is_moved(self, office: Office) -> None:
        programme = office.programme(ends_on=self.ENDS)
        acting(office.manager, self.AFTER).do(
            change_programme, programme_id=programme.id, cap=2, min_age=65, ends_on=date(2026, 6, 30)
        )
        assert office.enrolled(programme, now=self.AFTER).stage == Stage.ENROLLED

    def test_who_is_in_it_may_be_screened_again(self, office: Office) -> None:
        inside = office.enrolled(office.programme(ends_on=self.ENDS), now=self.LAST)
        office.screened(inside, now=self.AFTER)
        assert office.now(inside).stage == Stage.ENROLLED
