"""
A classic benchmark problem put to OR-Tools' routing library, from the same greedy plan that our search begins with.

Ways and times are thousandths of a minute, rounded up. Lateness is a soft bound; for the largest one there is a second
dimension, which only rises by waiting and has to have risen by as much as each visit is late: its span is what counts.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import ALONE, INDEPENDENT, TOGETHER, Caregiver, Part, Problem, Visit
from anjia.planning.search.build import build, may
from anjia.planning.search.first import construct
from anjia.planning.search.timetable import plan_of

FINE: Final = 1000
LONG: Final = 5_000_000  # more than any day is
DEPOT: Final = 0


def greedy(problem: Problem) -> Plan:
    """Return the plan that our search begins with: visit by visit, each where it costs least."""
    world = build(problem, 0)
    first = world.visits["first"][: len(problem.visits)]
    construct(world, np.argsort(world.tasks[first]["opens"], kind="stable"))
    return plan_of(problem, world)


def fine(minutes: float) -> int:
    return round(minutes * FINE + 0.499)


def solve_by_routing(problem: Problem, start: Plan, seconds: float) -> Plan | None:
    """Return the best plan that it finds in so many seconds; None if it does not even find that the start is one."""
    return Routing(problem).solve(start, seconds)


class Routing:
    """Each part of a visit is a node, each caregiver a vehicle."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.tasks: list[tuple[Visit, int, Part]] = [
            (visit, number, part) for visit in problem.visits for number, part in enumerate(visit.parts)
        ]
        self.people: list[Caregiver] = list(problem.caregivers)
        self.manager = pywrapcp.RoutingIndexManager(len(self.tasks) + 1, len(self.people), DEPOT)
        self.model = pywrapcp.RoutingModel(self.manager)
        self.index = [self.manager.NodeToIndex(node + 1) for node in range(len(self.tasks))]
        ways = self.ways()
        self.model.SetArcCostEvaluatorOfAllVehicles(self.model.RegisterTransitMatrix(ways))
        spent = [0, *(fine(part.minutes) for _, _, part in self.tasks)]
        lasting = [[way + spent[row] for way in line] for row, line in enumerate(ways)]
        self.time = self.dimension("time", lasting, starts_at_zero=False)
        self.late = self.dimension("late", [[0] * len(ways) for _ in ways], starts_at_zero=True)
        self.late.SetGlobalSpanCostCoefficient(1)
        for number in range(len(self.tasks)):
            self.place(number)
        for one, two in pairwise(range(len(self.tasks))):
            if self.tasks[one][0] is self.tasks[two][0]:
                self.bind(self.tasks[one][0], self.index[one], self.index[two])

    def ways(self) -> list[list[int]]:
        column = {place: number for number, place in enumerate(self.problem.places)}
        shift = self.people[0].shifts[0]
        nodes = [column[shift.starts_at], *(column[visit.place_of(part)] for visit, _, part in self.tasks)]
        matrix = next(iter(self.problem.travel.values()))
        return [[fine(matrix[one][two]) if one != two else 0 for two in nodes] for one in nodes]

    def dimension(self, name: str, matrix: Sequence[Sequence[int]], *, starts_at_zero: bool) -> Any:
        self.model.AddDimension(self.model.RegisterTransitMatrix(matrix), LONG, LONG, starts_at_zero, name)
        return self.model.GetDimensionOrDie(name)

    def place(self, number: int) -> None:
        """Say who may do a part, and when."""
        visit, _, part = self.tasks[number]
        index, window = self.index[number], visit.windows_of(part)[0]
        able = [vehicle for vehicle, one in enumerate(self.people) if may(visit, part, one)]
        self.model.VehicleVar(index).SetValues(able)
        starts, solver = self.time.CumulVar(index), self.model.solver()
        starts.SetMin(fine(window.opens))
        self.time.SetCumulVarSoftUpperBound(index, fine(window.closes), 1)
        solver.Add(self.late.CumulVar(index) >= starts - fine(window.closes))

    def bind(self, visit: Visit, one: int, two: int) -> None:
        solver = self.model.solver()
        solver.Add(self.model.VehicleVar(one) != self.model.VehicleVar(two))
        if visit.kind in {ALONE, INDEPENDENT}:
            return
        least, most = (0.0, 0.0) if visit.kind == TOGETHER else visit.gap
        gap = self.time.CumulVar(two) - self.time.CumulVar(one)
        if visit.kind == TOGETHER:
            solver.Add(self.time.CumulVar(two) == self.time.CumulVar(one))
        else:
            solver.Add(gap >= fine(least))
            solver.Add(gap <= fine(most))

    def solve(self, start: Plan, seconds: float) -> Plan | None:
        asked = pywrapcp.DefaultRoutingSearchParameters()
        asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        asked.time_limit.FromMilliseconds(round(seconds * 1000))
        self.model.CloseModelWithParameters(asked)
        begun = self.model.ReadAssignmentFromRoutes(self.nodes_of(start), True)
        if begun is None:
            return None
        found = self.model.SolveFromAssignmentWithParameters(begun, asked)
        return None if found is None else self.plan(found)

    def nodes_of(self, start: Plan) -> list[list[int]]:
        number = {(visit.id, which): node + 1 for node, (visit, which, _) in enumerate(self.tasks)}
        routes = {route.caregiver: route.stops for route in start.routes}
        return [[number[stop.visit, stop.part] for stop in routes.get(one.id, ())] for one in self.people]

    def plan(self, found: Any) -> Plan:
        routes = []
        for vehicle, one in enumerate(self.people):
            stops, index = [], found.Value(self.model.NextVar(self.model.Start(vehicle)))
            while not self.model.IsEnd(index):
                visit, which, _ = self.tasks[self.manager.IndexToNode(index) - 1]
                stops.append(Stop(visit.id, which, found.Min(self.time.CumulVar(index)) / FINE))
                index = found.Value(self.model.NextVar(index))
            routes.append(Route(one.id, one.shifts[0].id, tuple(stops)))
        return Plan(tuple(routes))
