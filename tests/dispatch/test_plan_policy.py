"""What a house lets be published without anybody having looked: the night's drafts that move no promised time."""

from uuid import UUID

import pytest

from anjia.dispatch.commands import discard_run, set_plan_policy, start_run
from anjia.dispatch.jobs import plan_run
from anjia.dispatch.posing import Posed
from anjia.dispatch.queries import plan_page
from anjia.dispatch.rules.plans import RunState
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.planning.plan import Plan
from anjia.visits.models import Visit
from tests.dispatch.make import TOMORROW
from tests.dispatch.plans import FAR, live, quickly, run_of, visit
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")


def planned_by(here: Town, by: Actor) -> UUID:
    """Have tomorrow planned as the job does it, asked for by the night or by a person."""
    run_id = acting(by, NOON).do(start_run, day=TOMORROW)
    plan_run(here.system, run_id, lambda _day: quickly, begun_at=NOON, clock=lambda: NOON)
    return run_id


def far_from_whom_it_is_with(here: Town) -> tuple[Visit, Actor]:
    near, far = here.nurse("近", base=FAR), here.nurse("远")
    return visit(here, far, place=FAR), near


class TestPolicy:
    def test_is_off_until_somebody_sets_it(self) -> None:
        here = town()
        far_from_whom_it_is_with(here)
        assert run_of(here, planned_by(here, here.system)).state == RunState.DRAFT

    def test_publishes_what_the_night_has_worked_out(self) -> None:
        here = town()
        one, near = far_from_whom_it_is_with(here)
        acting(here.desk, NOON).do(set_plan_policy, publishes_by_night=True)

        run_id = planned_by(here, here.system)

        assert run_of(here, run_id).state == RunState.PUBLISHED
        assert [who for _part, who, _state in live(here, one)] == [id_of(near)]
        [shown] = acting(here.desk, NOON).ask(plan_page, Purpose.CONTRACT, day=TOMORROW, now=NOON).earlier
        assert shown.is_by_policy

    def test_leaves_what_a_person_has_asked_for_to_a_person(self) -> None:
        here = town()
        far_from_whom_it_is_with(here)
        acting(here.desk, NOON).do(set_plan_policy, publishes_by_night=True)
        assert run_of(here, planned_by(here, here.desk)).state == RunState.DRAFT

    def test_leaves_a_moved_promise_to_a_person(self) -> None:
        here = town()
        early = here.nurse("早", shifts=[(8, 12)])
        here.nurse("晚", shifts=[(13, 17)])
        visit(here, early, hour=12)
        acting(here.desk, NOON).do(set_plan_policy, publishes_by_night=True)

        run = run_of(here, planned_by(here, here.system))

        assert [one["starts_at"] != one["starts_then"] for one in run.draft["moves"]] == [True]
        assert run.state == RunState.DRAFT

    def test_leaves_to_a_person_what_is_otherwise_meanwhile(self) -> None:
        here = town()
        _one, near = far_from_whom_it_is_with(here)
        acting(here.desk, NOON).do(set_plan_policy, publishes_by_night=True)
        run_id = acting(here.system, NOON).do(start_run, day=TOMORROW)

        def slowly(posed: Posed, number: int) -> Plan:
            workforce.leave(of=here.desk, staff_id=id_of(near), starts_at=at(8), ends_at=at(17))
            return quickly(posed, number)

        plan_run(here.system, run_id, lambda _day: slowly, begun_at=NOON, clock=lambda: NOON)

        assert run_of(here, run_id).state == RunState.DRAFT

    def test_is_taken_back_and_says_who_has_set_it(self) -> None:
        here = town()
        far_from_whom_it_is_with(here)
        for is_on in (True, False):
            acting(here.desk, NOON).do(set_plan_policy, publishes_by_night=is_on)
            policy = acting(here.desk, NOON).ask(plan_page, Purpose.CONTRACT, day=TOMORROW, now=NOON).policy
            assert (policy.publishes_by_night, policy.set_at) == (is_on, NOON)
        run_id = planned_by(here, here.system)
        assert run_of(here, run_id).state == RunState.DRAFT
        acting(here.desk, NOON).do(discard_run, run_id=run_id)

    def test_is_of_one_house_and_not_for_everybody(self) -> None:
        here, there = town(), town()
        acting(here.desk, NOON).do(set_plan_policy, publishes_by_night=True)
        assert (
            not acting(there.desk, NOON)
            .ask(plan_page, Purpose.CONTRACT, day=TOMORROW, now=NOON)
            .policy.set_at
        )
        with pytest.raises(NotAllowed):
            acting(here.nurse(), NOON).do(set_plan_policy, publishes_by_night=True)
