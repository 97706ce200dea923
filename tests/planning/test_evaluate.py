"""The evaluator says what the published validators say, and what was reckoned by hand."""

from dataclasses import replace

import pytest

from anjia.planning import uhhc
from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan, Rest, Route, Stop
from tests.planning.instances import SOLVED, best_known, form_of, instance, problem_of, solution

PUBLISHED = 1e-3  # the published times carry three decimals


class TestAPublishedSolution:
    @pytest.mark.parametrize("name", SOLVED)
    def test_costs_what_was_published_and_breaks_no_rule(self, name: str) -> None:
        form = form_of(name)
        plan = form.read_plan(instance(name), solution(name))

        score = evaluate(problem_of(name), plan, tolerance=PUBLISHED)

        assert score.faults == ()
        assert score.cost / form.SHARES == pytest.approx(best_known()[name], abs=1e-3)


def worked_example() -> dict[str, object]:
    """Return the example of the format's description, whose cost is reckoned there by hand."""
    patient = {"synchronization": None, "optional": False}
    return {
        "metadata": {
            "origin": "generated",
            "time_window_met": "at_service_end",
            "cost_components": {
                "travel_time": 1,
                "total_tardiness": 5,
                "highest_tardiness": 4,
                "total_waiting_time": 2,
                "total_extra_time": 3,
                "max_idle_time": 1,
                "caregiver_preferences": 10,
                "optional_patients": 100,
                "missed_lunch_break": 60,
            },
        },
        "distances": [[0, 10, 18, 50], [12, 0, 8, 50], [18, 8, 0, 50], [50, 50, 50, 0]],
        "terminal_points": [{"id": "d0", "distance_matrix_index": 0}],
        "services": [{"id": "s0"}, {"id": "s1"}],
        "lunch_breaks": {"start": 150, "end": 200, "min_duration": 30},
        "caregivers": [
            {
                "id": name,
                "abilities": [skill],
                "departing_point": "d0",
                "arrival_point": "d0",
                "working_shift": {"start": start, "end": end},
                "lunch_break": True,
            }
            for name, skill, start, end in (("c1", "s0", 0, 300), ("c2", "s1", 30, 85))
        ],
        "patients": [
            patient
            | {
                "id": "p0",
                "distance_matrix_index": 1,
                "required_services": [{"service": "s0", "duration": 20}, {"service": "s1", "duration": 10}],
                "time_windows": [{"start": 60, "end": 120}],
                "synchronization": {"type": "simultaneous"},
            },
            patient
            | {
                "id": "p1",
                "distance_matrix_index": 2,
                "required_services": [{"service": "s0", "duration": 30}],
                "time_windows": [{"start": 100, "end": 160}, {"start": 200, "end": 260}],
                "preferred_caregivers": ["c2"],
            },
            patient
            | {
                "id": "p2",
                "distance_matrix_index": 3,
                "required_services": [{"service": "s0", "duration": 30}],
                "time_windows": [{"start": 0, "end": 60}],
                "optional": True,
            },
        ],
    }


DONE = Plan(
    (
        Route("c1", "", (Stop("p0", 0, 70.0), Stop("p1", 0, 180.0)), (Rest(0, 1, 150.0),)),
        Route("c2", "", (Stop("p0", 1, 70.0),)),
    ),
    left_out=("p2",),
)


class TestTheWorkedExample:
    def test_costs_what_was_reckoned_by_hand(self) -> None:
        score = evaluate(uhhc.read(worked_example()), DONE)

        assert score.faults == ()
        assert score.cost == 987
        assert score.parts == {
            "travel": 58,
            "lateness": 50,
            "worst_lateness": 50,
            "waiting": 52,
            "overtime": 7,
            "worst_idle": 184,
            "balance": 54,
            "overwork": 0,
            "series": 0,
            "other_caregiver": 0,
            "other_time": 0,
            "missed_breaks": 60,
            "caregivers": 10,
            "unassigned": 100,
        }


def with_stops(*stops: Stop, out: tuple[str, ...] = ("p2",), rests: tuple[Rest, ...] = ()) -> Plan:
    return replace(DONE, routes=(Route("c1", "", stops, rests), DONE.routes[1]), left_out=out)


BROKEN = {
    "before she is there": with_stops(Stop("p0", 0, 70.0), Stop("p1", 0, 97.0)),
    "before the window opens": with_stops(Stop("p0", 0, 59.0), Stop("p1", 0, 180.0)),
    "at another time than the second": with_stops(Stop("p0", 0, 71.0), Stop("p1", 0, 180.0)),
    "not at all": with_stops(Stop("p0", 0, 70.0)),
    "though it is left out": with_stops(Stop("p0", 0, 70.0), Stop("p1", 0, 180.0), out=("p1", "p2")),
    "twice": with_stops(Stop("p0", 0, 70.0), Stop("p1", 0, 180.0), Stop("p1", 0, 230.0)),
    "by one who cannot": with_stops(Stop("p0", 1, 70.0), Stop("p1", 0, 180.0)),
    "in a part that it has not": with_stops(Stop("p0", 2, 70.0), Stop("p1", 0, 180.0)),
    "with a break too early": with_stops(
        Stop("p0", 0, 70.0), Stop("p1", 0, 180.0), rests=(Rest(0, 1, 149.0),)
    ),
    "with a break that runs into it": with_stops(
        Stop("p0", 0, 70.0), Stop("p1", 0, 180.0), rests=(Rest(0, 1, 151.0),)
    ),
}


class TestAVisitThatIsDone:
    @pytest.mark.parametrize("how", BROKEN)
    def test_is_a_fault(self, how: str) -> None:
        assert evaluate(uhhc.read(worked_example()), BROKEN[how]).faults
