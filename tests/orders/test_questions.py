"""A nurse asks a doctor in the middle of a visit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.topics import PHOTOS_OF_QUESTIONS
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.orders.commands import (
    answer_question,
    hand_on,
    name_family_doctor,
    note_seen,
    read_answer_back,
)
from anjia.orders.jobs import hand_late_questions_on
from anjia.orders.models import Answer, Order, Question
from anjia.orders.queries import at_visit, question_page, questions_today
from anjia.orders.rules.orders import NoDoctor, OrderInvalid
from anjia.orders.rules.questions import AnsweredAlready, FollowsNothing, NotAtADistance, NothingSaid
from anjia.residents.models import Resident
from anjia.residents.rules import ConsentMissing
from anjia.visits.models import Visit
from tests.make import deliver_events
from tests.orders.make import TODAY, Clinic, clinic, drug, together
from tests.residents import make as residents
from tests.visits.make import fact, id_of, picture, say
from tests.web.test_live_pass import Ear

pytestmark = pytest.mark.usefixtures("apart", "database")


class Case:
    """A visit to whom an order is in force; her nurse, and a doctor on duty."""

    def __init__(self, here: Clinic) -> None:
        self.here = here
        self.nurse, self.doctor = here.nurse(), here.doctor()
        self.resident: Resident = here.town.resident()
        self.order: Order = here.confirmed(self.resident, self.doctor)
        self.visit: Visit = here.town.visit(self.nurse, resident=self.resident)
        self.now = self.visit.starts_at

    def ask(self, **says: Any) -> Question:
        return self.here.question(self.visit, self.nurse, **says)

    def answer(self, question: Question, by: Actor | None = None, **says: Any) -> Answer:
        sound: dict[str, Any] = {
            "kind": "advice",
            "is_known": True,
            "follows_order_id": self.order.id,
            "words": "照旧换药，明天再看。",
        }
        found: Answer = acting(by or self.doctor, self.now).do(
            answer_question, question_id=question.id, **sound | says
        )
        return found

    def told(self, template: str) -> list[Any]:
        found: list[Any] = self.here.town.look(
            lambda _: [one.party_id for one in Message.objects.filter(template=template)]
        )
        return found


@pytest.fixture
def case(here: Clinic) -> Case:
    return Case(here)


class TestAQuestion:
    def test_goes_to_the_doctor_on_duty_with_a_clock_and_she_is_told(self, case: Case) -> None:
        question = case.ask(order_id=str(case.order.id))

        assert question.doctor_staff_id == case.doctor.staff_id
        assert question.due_at == case.now + timedelta(minutes=10)
        assert question.order_id == case.order.id
        assert case.told("question_asked") == [case.doctor.user_id]

    def test_goes_to_her_family_doctor_first(self, case: Case) -> None:
        other = case.here.doctor("林青")
        acting(case.here.desk, case.now).do(
            name_family_doctor, resident_id=case.resident.id, staff_id=id_of(other)
        )
        case.here.question(case.visit, case.nurse)

        assert case.here.questions(case.visit)[0].doctor_staff_id == other.staff_id

    def test_goes_to_whoever_is_on_duty_when_her_family_doctor_is_not(self, case: Case) -> None:
        away = case.here.doctor("林青", shifts=())
        acting(case.here.desk, case.now).do(
            name_family_doctor, resident_id=case.resident.id, staff_id=id_of(away)
        )

        assert case.ask().doctor_staff_id == case.doctor.staff_id

    def test_is_one_however_often_it_is_sent(self, case: Case) -> None:
        asked = fact(case.visit, "question", words="要不要改药？")
        for _ in range(2):
            say(case.nurse, asked)
            deliver_events(case.here.town.desk, now=case.now)

        assert len(case.here.questions(case.visit)) == 1

    def test_has_the_last_readings_and_photos_that_may_follow(self, case: Case) -> None:
        measured = fact(case.visit, "measured", readings=[{"code": "8867-4", "value": 92, "unit": "/min"}])
        asked = fact(case.visit, "question", words="红了", file_id=str(uuid4()))
        say(case.nurse, measured, asked)
        deliver_events(case.here.town.desk, now=case.now)
        first = picture(case.visit, by=case.nurse, file_id=UUID(asked["content"]["file_id"]))
        second = picture(case.visit, by=case.nurse)
        say(case.nurse, fact(case.visit, "question", to=str(asked["client_id"]), file_id=second))
        deliver_events(case.here.town.desk, now=case.now)

        [question] = case.here.questions(case.visit)
        page = acting(case.doctor, case.now).ask(question_page, Purpose.CARE, question_id=question.id)
        assert [one.value for one in page.question.readings] == ["92"]
        assert [str(one) for one in page.question.photos] == [first, second]

    def test_is_in_the_audit_with_each_photo_that_follows_once(self, case: Case) -> None:
        asked = fact(case.visit, "question", words="红了")
        say(case.nurse, asked)
        deliver_events(case.here.town.desk, now=case.now)
        for _ in range(2):
            say(case.nurse, fact(case.visit, "question", to=str(asked["client_id"]), file_id=str(uuid4())))
            deliver_events(case.here.town.desk, now=case.now)

        [question] = case.here.questions(case.visit)
        rows = AuditEntry.objects.filter(subject_id=question.id)
        deeds = case.here.town.look(lambda _: sorted(rows.values_list("action", flat=True)))
        assert deeds == ["orders.question.asked", *["orders.question.changed"] * 2, "orders.question.handed"]

    def test_tells_an_open_page_of_each_photo_that_follows_and_of_one_that_comes_late(
        self, case: Case
    ) -> None:
        late = uuid4()
        asked = fact(case.visit, "question", words="红了", file_id=str(late))
        say(case.nurse, asked)
        deliver_events(case.here.town.desk, now=case.now)
        ear = Ear()

        picture(case.visit, by=case.nurse, file_id=uuid4())  # of something else
        assert ear.told(PHOTOS_OF_QUESTIONS) == []
        picture(case.visit, by=case.nurse, file_id=late)
        say(case.nurse, fact(case.visit, "question", to=str(asked["client_id"]), file_id=str(uuid4())))
        deliver_events(case.here.town.desk, now=case.now)

        assert ear.told(PHOTOS_OF_QUESTIONS) == [str(case.visit.id)] * 2
        ear.connection.close()

    def test_says_that_a_photo_is_still_to_come(self, case: Case) -> None:
        question = case.ask(file_id=str(uuid4()))

        page = acting(case.doctor, case.now).ask(question_page, Purpose.CARE, question_id=question.id)
        assert (list(page.question.photos), page.question.photos_to_come) == ([], 1)

    def test_says_to_the_dispatcher_in_words_that_nobody_is_on_duty(self, here: Clinic) -> None:
        nurse, resident = here.nurse(), here.town.resident()
        visit = here.town.visit(nurse, resident=resident)

        question = here.question(visit, nurse)

        assert question.doctor_staff_id is None
        dispatcher = replace(here.town.desk)
        [line] = (
            acting(dispatcher, visit.starts_at)
            .ask(questions_today, Purpose.CONTRACT, now=visit.starts_at)
            .waiting
        )
        assert "没有医生当班" in line.handed[0].words
        assert (line.words, line.is_readable) == ("", False)

    def test_of_today_is_on_the_list_however_many_old_ones_nobody_has_answered(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("anjia.orders.queries.questions.MOST", 2)
        asked = [case.ask(now=case.now + timedelta(minutes=minutes)).id for minutes in (0, 1, 2)]

        found = acting(case.doctor, case.now).ask(questions_today, Purpose.CARE, now=case.now)

        assert [one.id for one in found.waiting] == asked[1:]
        assert found.has_older
        monkeypatch.setattr("anjia.orders.queries.questions.MOST", 3)
        assert not acting(case.doctor, case.now).ask(questions_today, Purpose.CARE, now=case.now).has_older

    def test_that_is_not_answered_in_time_goes_to_the_next_and_then_to_the_dispatcher(
        self, case: Case
    ) -> None:
        other = case.here.doctor("林青")
        question = case.ask()
        first = question.doctor_staff_id
        late = [case.now + timedelta(minutes=minutes) for minutes in (5, 10, 20, 30)]

        def whose(when: Any) -> Any:
            hand_late_questions_on(when)
            return case.here.questions(case.visit)[0].doctor_staff_id

        assert whose(late[0]) == first
        second = whose(late[1])
        assert {first, second} == {case.doctor.staff_id, other.staff_id}
        assert whose(late[2]) is None
        assert whose(late[3]) is None
        handed = (
            acting(case.doctor, late[3]).ask(questions_today, Purpose.CARE, now=late[3]).waiting[0].handed
        )
        assert len(handed) == 3

    def test_is_handed_on_by_nobody_before_its_time(self, case: Case) -> None:
        question = case.ask()

        acting(case.here.town.system, case.now).do(hand_on, question_id=question.id)

        assert case.here.questions(case.visit)[0].doctor_staff_id == case.doctor.staff_id

    def test_is_seen_when_whoever_is_asked_opens_it(self, case: Case) -> None:
        question = case.ask()
        other = case.here.doctor("林青")

        acting(other, case.now).do(note_seen, question_id=question.id)
        assert case.here.questions(case.visit)[0].seen_at is None
        acting(case.doctor, case.now).do(note_seen, question_id=question.id)
        assert case.here.questions(case.visit)[0].seen_at == case.now

    def test_is_no_strangers(self, case: Case) -> None:
        question = case.ask()
        stranger = clinic().doctor()

        with pytest.raises(NotFound):
            acting(stranger, case.now).ask(question_page, Purpose.CARE, question_id=question.id)
        with pytest.raises(NotFound):
            case.answer(question, by=stranger)


class TestAnAnswer:
    def test_reaches_the_nurse_who_reads_it_back(self, case: Case) -> None:
        question = case.ask()
        case.answer(question)
        deliver_events(case.here.town.desk, now=case.now)

        found = acting(case.nurse, case.now).ask(at_visit, Purpose.CARE, visit_id=case.visit.id)
        answer = found.questions[0].answer
        assert answer is not None
        assert (answer.words, answer.by, answer.read_at) == ("照旧换药，明天再看。", "陈立", None)
        assert case.told("question_answered") == [case.nurse.user_id]
        read = acting(case.nurse, case.now).do(read_answer_back, question_id=question.id)
        assert read.read_at == case.now

    def test_is_read_back_by_who_asked_and_nobody_else(self, case: Case) -> None:
        question = case.ask()
        case.answer(question)

        with pytest.raises(NotAllowed):
            acting(case.doctor, case.now).do(read_answer_back, question_id=question.id)

    def test_that_changes_the_order_makes_another_version_which_she_sees_at_once(self, case: Case) -> None:
        question = case.ask()

        case.answer(
            question,
            kind="changed",
            words="改用银离子敷料",
            change={"name": "银离子敷料换药", "frequency": "每日 1 次"},
        )

        found = acting(case.nurse, case.now).ask(at_visit, Purpose.CARE, visit_id=case.visit.id)
        [now] = found.orders
        assert now.title == "银离子敷料换药 · 每日 1 次"
        assert (now.number, now.root_id, now.is_written_here) == (2, case.order.root_id, True)
        assert case.here.order(case.order.id).state == "changed"
        assert found.questions[0].answer
        assert found.questions[0].answer.new_order_id == now.id

    def test_changes_no_drug_into_another_one(self, case: Case) -> None:
        order = case.here.confirmed(case.resident, case.doctor, drug(), service_code="wound")
        question = case.ask()

        with pytest.raises(OrderInvalid):
            case.answer(
                question, kind="changed", follows_order_id=order.id, change={"name": "达肝素钠注射液"}
            )

    def test_changes_nothing_without_saying_what(self, case: Case) -> None:
        with pytest.raises(OrderInvalid):
            case.answer(case.ask(), kind="changed", change={})

    @pytest.mark.parametrize("kind", ["advice", "changed"])
    def test_treats_nothing_new_at_a_distance(self, case: Case, kind: str) -> None:
        """医师法 30: only what is known and followed up."""
        question = case.ask()

        with pytest.raises(NotAtADistance) as refusal:
            case.answer(question, kind=kind, is_known=False, change={"frequency": "每日 1 次"})

        assert "医师法" in refusal.value.detail
        assert "第三十条" in refusal.value.detail
        assert case.here.questions(case.visit)[0].answered_at is None
        assert case.here.order(case.order.id).state == "confirmed"

    def test_treats_nothing_new_by_way_of_the_database_either(self, case: Case) -> None:
        question = case.ask()

        def write(_: Actor) -> None:
            Answer.objects.create(
                organization_id=case.here.town.organization_id,
                resident_id=case.resident.id,
                question=question,
                kind="advice",
                is_known_condition=False,
                staff_id=id_of(case.doctor),
                by=case.doctor.user_id,
                at=case.now,
            )

        with pytest.raises(IntegrityError, match="answer_only_to_what_is_known"):
            case.here.town.look(write)

    @pytest.mark.parametrize("kind", ["in_person", "referral", "emergency"])
    def test_says_of_what_is_new_where_she_is_to_be_seen(self, case: Case, kind: str) -> None:
        answer = case.answer(case.ask(), kind=kind, is_known=False, follows_order_id=None, words="马上送医院")

        assert (answer.kind, answer.follows_order_id) == (kind, None)

    @pytest.mark.parametrize(
        "follows", [{"follows_order_id": None}, {"follows_order_id": None, "follows_problem": "肺炎"}]
    )
    def test_names_one_of_her_own_orders_or_problems(self, case: Case, follows: dict[str, Any]) -> None:
        with pytest.raises(FollowsNothing):
            case.answer(case.ask(), **follows)

    def test_does_not_follow_an_order_of_somebody_else(self, case: Case) -> None:
        others = case.here.confirmed(case.here.town.resident(), case.doctor)

        with pytest.raises(FollowsNothing):
            case.answer(case.ask(), follows_order_id=others.id)

    @pytest.mark.parametrize("says", [{"words": " "}, {"kind": "poem"}])
    def test_says_something(self, case: Case, says: dict[str, Any]) -> None:
        with pytest.raises(NothingSaid):
            case.answer(case.ask(), **says)

    def test_is_a_doctors(self, case: Case) -> None:
        question = case.ask()
        posing = replace(case.nurse, permissions=case.nurse.permissions | {"orders.confirm"})

        with pytest.raises(NoDoctor):
            case.answer(question, by=posing)
        with pytest.raises(NotAllowed):
            case.answer(question, by=case.nurse)

    def test_is_one_when_two_answer_at_once(self, case: Case) -> None:
        question, other = case.ask(), case.here.doctor("林青")
        both: list[Callable[[], Answer]] = [
            lambda: case.answer(question),
            lambda: case.answer(question, by=other),
        ]

        outcomes = together(*both)

        assert sum(isinstance(outcome, AnsweredAlready) for outcome in outcomes) == 1

    def test_is_not_given_about_a_record_that_she_keeps_closed(self, case: Case) -> None:
        question = case.ask()
        residents.consent(of=case.resident, agrees=False)

        page = acting(case.doctor, case.now).ask(question_page, Purpose.CARE, question_id=question.id)
        assert (page.question.words, list(page.kinds)) == ("", [])
        with pytest.raises(ConsentMissing):
            case.answer(question)

    def test_leaves_the_days_of_the_order_as_they_are_unless_it_says_so(self, case: Case) -> None:
        answer = case.answer(case.ask(), kind="changed", valid_until=TODAY + timedelta(days=3))

        assert answer.new_order_id
        changed = case.here.order(answer.new_order_id)
        assert (changed.valid_from, changed.valid_until) == (TODAY, TODAY + timedelta(days=3))
