"""
From the search's routes to a plan with times.

Who has to wait on her way leaves later instead: backwards through each route the visits are moved as late as they can
be without making anything later that counts, as `costs` counts it.
"""

from collections.abc import Iterator

from anjia.planning.plan import Plan, Rest, Route, Stop
from anjia.planning.problem import Problem
from anjia.planning.search.build import parts_of, shifts_of
from anjia.planning.search.records import ALONE, ERRAND, INDEPENDENT, OUT, World


def plan_of(problem: Problem, world: World) -> Plan:
    """Return what the search holds, as a plan."""
    parts = [(visit.id, number) for visit, number, _ in parts_of(problem)]
    routes = []
    for number, (caregiver, shift) in enumerate(shifts_of(problem)):
        table = Timetable(world, number)
        stops = tuple(
            Stop(*parts[task], starts) for task, starts in zip(table.tasks, table.starts, strict=True)
        )
        routes.append(Route(caregiver.id, shift.id, stops, tuple(table.rests())))
    out = tuple(
        visit.id
        for visit, row in zip(problem.visits, world.visits[: len(problem.visits)], strict=True)
        if world.tasks[row["first"]]["route"] == OUT
    )
    return Plan(tuple(routes), out)


class Timetable:
    """The times of one route."""

    def __init__(self, world: World, route: int) -> None:
        self.world, self.route = world, route
        self.depot = int(world.tally[0]["N"]) + route
        self.tasks = list(self.along())
        self.starts = [float(world.tasks[task]["start"]) for task in self.tasks]
        if world.tally[0]["leaves_late"] and world.tally[0]["wait_weight"] > 0:
            self.leave_late()

    def along(self) -> Iterator[int]:
        task = int(self.world.tasks[self.depot]["next"])
        while task != self.depot:
            yield task
            task = int(self.world.tasks[task]["next"])

    def leave_late(self) -> None:
        for k in range(len(self.tasks) - 2, -1, -1):
            task, after = self.tasks[k], self.tasks[k + 1]
            latest = self.starts[k + 1] - self.set_up(k + 1)
            for b, _ in reversed(list(self.breaks_at(after, self.arrival(k + 1)))):
                due = self.world.breaks[self.route, b]
                latest = min(latest - due["minutes"], due["closes"])
            latest -= self.leg(task, after) + self.minutes(task)
            visit = self.world.visits[self.world.tasks[task]["visit"]]
            if visit["kind"] in (ALONE, INDEPENDENT, ERRAND):
                self.starts[k] = max(self.starts[k], float(min(latest, self.closing(task))))

    def closing(self, task: int) -> float:
        row = self.world.tasks[task]
        closes = row["closes"]
        for window in self.world.windows[task, 1 : row["windows"]]:
            if window["opens"] <= row["start"]:
                closes = window["closes"]
        visit = self.world.visits[row["visit"]]
        if visit["kind"] == ERRAND and visit["second"] == task:
            closes = min(closes, self.world.tasks[row["same"]]["start"] + visit["most"])
        promised = self.world.promises[task]
        if self.world.tally[0]["promises"]:
            if row["start"] < promised["since"]:
                return float(row["start"])
            if row["start"] <= promised["until"]:
                closes = min(closes, promised["until"])
        return float(max(closes, row["start"]))

    def rests(self) -> Iterator[Rest]:
        """Yield the breaks that are taken; those for which she comes too late are missed."""
        for k, task in enumerate([*self.tasks, self.depot]):
            for b, starts in self.breaks_at(task, self.arrival(k)):
                yield Rest(b, k, starts)

    def breaks_at(self, task: int, arrives: float) -> Iterator[tuple[int, float]]:
        row = self.world.routes[self.route]
        for b in range(row["breaks"]):
            due = self.world.breaks[self.route, b]
            if self.world.tasks[task]["pause"] & (1 << b) and arrives <= due["closes"]:
                starts = float(max(arrives, due["opens"]))
                arrives = starts + float(due["minutes"])
                yield b, starts

    def arrival(self, k: int) -> float:
        """Return when she comes to her k-th stop; behind the last one that is when she is done there."""
        before = self.tasks[k - 1] if k else self.depot
        ends = (
            self.starts[k - 1] + self.minutes(before) if k else float(self.world.tasks[self.depot]["start"])
        )
        return ends + (self.leg(before, self.tasks[k]) if k < len(self.tasks) else 0.0)

    def set_up(self, k: int) -> float:
        tasks, task, before = self.world.tasks, self.tasks[k], self.tasks[k - 1] if k else self.depot
        return 0.0 if tasks[before]["out"] == tasks[task]["into"] else float(tasks[task]["set_up"])

    def leg(self, one: int, two: int) -> float:
        base = self.world.routes[self.route]["base"]
        return float(self.world.travel[base + self.world.tasks[one]["out"], self.world.tasks[two]["into"]])

    def minutes(self, task: int) -> float:
        return float(self.world.tasks[task]["minutes"])
