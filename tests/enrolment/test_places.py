"""Places and the wait-list: in order, and never two in the last place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from anjia.enrolment import jobs
from anjia.enrolment.commands import come_again, leave_programme, take_place
from anjia.enrolment.models import Candidate, Programme
from anjia.enrolment.queries import programme_page, programmes
from anjia.enrolment.rules import NotNow, OfferNotOpen, ProgrammeInvalid, ReasonMissing, Stage, TooManyInside
from anjia.kernel import work
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import DomainError
from anjia.kernel.work import acting
from tests.enrolment.make import Office
from tests.make import NOON, deliver_events

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def office() -> Office:
    return Office()


def stages(office: Office, *candidates: Candidate) -> list[str]:
    return [office.now(one).stage for one in candidates]


def leave(office: Office, candidate: Candidate, *, by: Actor | None = None) -> None:
    acting(by or office.screener, NOON).do(leave_programme, candidate_id=candidate.id, why="搬走了")


class TestThePlaces:
    def test_are_offered_in_the_order_of_the_list(self, office: Office) -> None:
        programme = office.programme(cap=1)
        first, second, third = (
            office.eligible(programme, now=NOON + timedelta(minutes=number)) for number in range(3)
        )
        assert stages(office, first, second, third) == [Stage.OFFERED, Stage.WAITING, Stage.WAITING]

        leave(office, first)
        assert stages(office, first, second, third) == [Stage.LEFT, Stage.OFFERED, Stage.WAITING]
        assert office.seats(programme) == [1]

    def test_are_offered_to_the_next_when_she_herself_declines(self, office: Office) -> None:
        programme = office.programme(cap=1)
        first, second = office.eligible(programme), office.eligible(programme)
        leave(office, first, by=office.person(first.resident_id))
        deliver_events(office.manager, now=NOON)

        assert stages(office, first, second) == [Stage.LEFT, Stage.OFFERED]

    def test_are_kept_for_a_week_and_then_go_to_the_next(self, office: Office) -> None:
        programme = office.programme(cap=1)
        first = office.eligible(programme)
        second = office.eligible(programme, now=NOON + timedelta(minutes=1))
        jobs.release_offers(NOON + timedelta(days=7))
        assert stages(office, first, second) == [Stage.OFFERED, Stage.WAITING]

        late = NOON + timedelta(days=7, minutes=1)
        with pytest.raises(OfferNotOpen):
            acting(office.screener, late).do(take_place, candidate_id=first.id)
        jobs.release_offers(late)

        assert stages(office, first, second) == [Stage.WAITING, Stage.OFFERED]

    def test_are_taken_once(self, office: Office) -> None:
        programme = office.programme(cap=1)
        first = office.enrolled(programme)
        again = acting(office.person(first.resident_id), NOON).do(take_place, candidate_id=first.id)

        assert again.stage == Stage.ENROLLED
        waiting = office.eligible(programme)
        with pytest.raises(OfferNotOpen):
            acting(office.screener, NOON).do(take_place, candidate_id=waiting.id)

    def test_cannot_become_fewer_than_are_inside(self, office: Office) -> None:
        programme = office.programme(cap=3)
        inside = [office.enrolled(programme) for _ in range(3)]
        with pytest.raises(TooManyInside):
            office.cap(programme, 2)

        leave(office, inside[0])
        assert office.cap(programme, 2).cap == 2
        assert office.seats(programme) == [1, 2]

    def test_that_are_new_are_offered_at_once(self, office: Office) -> None:
        programme = office.programme(cap=1)
        first, second = office.eligible(programme), office.eligible(programme)
        office.cap(programme, 2)

        assert stages(office, first, second) == [Stage.OFFERED, Stage.OFFERED]

    def test_are_none_beyond_the_cap_whatever_program_writes(self, office: Office) -> None:
        programme = office.programme(cap=1)
        office.enrolled(programme)
        waiting = office.eligible(programme)

        def beyond(_: Actor) -> None:
            Candidate.objects.filter(id=waiting.id).update(stage="enrolled", seat=2)

        def twice(_: Actor) -> None:
            Candidate.objects.filter(id=waiting.id).update(stage="enrolled", seat=1)

        def fewer(_: Actor) -> None:
            Programme.objects.filter(id=programme.id).update(cap=0)

        with pytest.raises(DatabaseError, match="no such place"):
            office.look(beyond)
        with pytest.raises(DatabaseError, match="candidate_seat_once"):
            office.look(twice)
        with pytest.raises(DatabaseError):
            office.look(fewer)

    def test_are_left_with_a_reason(self, office: Office) -> None:
        one = office.enrolled(office.programme())
        with pytest.raises(ReasonMissing):
            acting(office.screener, NOON).do(leave_programme, candidate_id=one.id, why=" ")
        leave(office, one)
        with pytest.raises(NotNow):
            leave(office, one)

        acting(office.screener, NOON).do(come_again, candidate_id=one.id)
        assert office.now(one).stage == Stage.CAME

    def test_need_a_programme_that_makes_sense(self, office: Office) -> None:
        with pytest.raises(ProgrammeInvalid) as refusal:
            office.programme(cap=0, min_age=200, name=" ")
        assert set(refusal.value.fields) == {"cap", "min_age", "name"}
        office.programme()
        with pytest.raises(ProgrammeInvalid) as refusal:
            office.programme()
        assert list(refusal.value.fields) == ["name"]


class TestTheFigures:
    def test_say_how_many_are_inside_and_wait_and_every_number_opens_its_rows(self, office: Office) -> None:
        programme = office.programme(cap=1)
        office.enrolled(programme)
        office.eligible(programme)
        office.screened(office.candidate(programme))
        office.candidate(programme)

        [shown] = acting(office.screener, NOON).ask(programmes, Purpose.CONTRACT).items
        assert (shown.enrolled, shown.programme.cap, shown.waiting, shown.free) == (1, 1, 1, 0)

        def rows(**asked: Any) -> int:
            page = acting(office.screener, NOON).ask(
                programme_page, Purpose.CONTRACT, programme_id=programme.id, **asked
            )
            return len(page.candidates.items)

        found = acting(office.screener, NOON).ask(programme_page, Purpose.CONTRACT, programme_id=programme.id)
        [line] = found.funnel
        assert {code: count for code, _words, count, _percent in line.steps} == {
            "came": 4,
            "screened": 3,
            "eligible": 2,
            "enrolled": 1,
        }
        assert [percent for *_, percent in line.steps] == [100, 75, 50, 25]
        for code, _words, count, _percent in line.steps:
            assert rows(reached=code) == count
        for code, _words, _tone, count in shown.stages:
            assert rows(stage=code) == count


class TestARush:
    @pytest.fixture(autouse=True)
    def no_second_try(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(work, "ATTEMPTS", 1)  # so that a deadlock would be an error

    def test_never_puts_two_into_the_last_place(self, office: Office) -> None:
        programme = office.programme(cap=3)
        waiting = [office.screened(office.candidate(programme)) for _ in range(12)]
        together = Barrier(len(waiting), timeout=60)

        def settle(number: int) -> str:
            connection.ensure_connection()
            together.wait()
            try:
                office.settled(waiting[number])
            except DomainError as error:
                return error.code
            finally:
                connections.close_all()
            return "settled"

        with ThreadPoolExecutor(len(waiting)) as pool:
            found = list(pool.map(settle, range(len(waiting))))

        assert found == ["settled"] * 12
        assert office.seats(programme) == [1, 2, 3]
        [shown] = acting(office.screener, NOON).ask(programmes, Purpose.CONTRACT).items
        assert (shown.offered, shown.waiting) == (3, 9)
