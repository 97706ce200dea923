"""From a problem to the search's records, and back to a plan."""

import math
from typing import Final

import numpy as np

from anjia.planning.problem import (
    AT_END,
    ERRAND,
    INDEPENDENT,
    Caregiver,
    Part,
    Problem,
    Promise,
    Shift,
    Visit,
    Window,
)
from anjia.planning.search import records
from anjia.planning.search.records import OUT, Array, World

KINDS: Final = {
    "alone": records.ALONE,
    "together": records.TOGETHER,
    "in_sequence": records.IN_SEQUENCE,
    "independent": records.INDEPENDENT,
    "errand": records.ERRAND,
}
NEIGHBOURS: Final = 24
FORBIDDEN: Final = 1_000.0  # what a minute costs that may not be late, or over, times the dearest minute


def shifts_of(problem: Problem) -> list[tuple[Caregiver, Shift]]:
    """Return the routes, in order."""
    return [(caregiver, shift) for caregiver in problem.caregivers for shift in caregiver.shifts]


def parts_of(problem: Problem) -> list[tuple[Visit, int, Part]]:
    """Return the tasks, in order."""
    return [(visit, number, part) for visit in problem.visits for number, part in enumerate(visit.parts)]


def may(visit: Visit, part: Part, caregiver: Caregiver) -> bool:
    """Return whether a caregiver may do this part of a visit at all."""
    return (
        caregiver.skills.get(part.skill, -1) >= part.grade
        and caregiver.id not in visit.refused
        and (not visit.required or caregiver.id in visit.required)
        and visit.gender in {"", caregiver.gender}
        and (visit.promise is None or keeps_to(visit.promise, caregiver))
    )


def keeps_to(promise: Promise, caregiver: Caregiver) -> bool:
    return not promise.keeps_caregivers or caregiver.id in promise.caregivers


def can_be_in_time(problem: Problem, visit: Visit, number: int, shift: Shift) -> bool:
    """Return whether a shift has a minute at which a part may start, where none may be late; on other days none has."""
    part = visit.parts[number]
    if not (visit.is_hard(part) or is_frozen(visit, number)):
        return True
    last = math.inf if shift.may_run_over else shift.closes - part.minutes
    return any(
        max(window.opens, shift.opens) <= min(window.closes, last)
        for window in starts_of(problem, visit, number)
    )


def price_of(problem: Problem, visit: Visit, number: int, caregiver: Caregiver) -> float:
    """Return what it costs that she does a part of it, beside time and travel; an errand is paid for once."""
    if visit.kind == ERRAND and number > 0:
        return 0.0
    stranger = bool(visit.preferred) and caregiver.id not in visit.preferred
    spared = max(visit.known.values(), default=0.0) - visit.known.get(caregiver.id, 0.0)
    other = visit.promise is not None and caregiver.id not in visit.promise.caregivers
    weights = problem.weights
    return caregiver.price + stranger * weights.preference + spared + other * weights.other_caregiver


def build(problem: Problem, seed: int, *, is_searched: bool = True) -> World:
    """Return the problem with nobody assigned to anything. Who is near whom only a search has to know."""
    tasks, routes = make_tasks(problem), make_routes(problem)
    visits = make_visits(problem, tasks)
    N, R = len(parts_of(problem)), len(routes)
    price = np.array(
        [
            [
                price_of(problem, visit, number, caregiver)
                if may(visit, part, caregiver) and can_be_in_time(problem, visit, number, shift)
                else np.inf
                for caregiver, shift in shifts_of(problem)
            ]
            for visit, number, part in parts_of(problem)
        ]
    ).reshape(N, R)
    able = np.full((N, R + 1), -1, "i4")
    for task in range(N):
        found = np.flatnonzero(np.isfinite(price[task]))
        able[task, 0] = len(found)
        able[task, 1 : len(found) + 1] = found
    travel = np.concatenate([np.array(matrix, "f8") for matrix in problem.travel.values()])
    return World(
        tasks=tasks,
        visits=visits,
        routes=routes,
        tally=make_tally(problem, (N, len(problem.visits), len(visits), R), seed),
        travel=travel,
        price=price,
        able=able,
        windows=make_windows(problem, N),
        breaks=make_breaks(problem, R),
        near=make_near(tasks[:N], np.isfinite(price), travel) if is_searched else np.full((N, 2), -1, "i4"),
        promises=make_promises(problem),
        series=make_series(problem),
        members=make_members(problem, tasks, visits),
        due=np.zeros(len(visits) + 8, records.DUE),
        times=np.zeros(2 * N + 8, records.TIME),
        steps=np.zeros(2 * N + 64, records.STEP),
        marks=np.zeros(R, "i4"),
        kept=np.zeros(R, records.ROUTE),
    )


def make_tasks(problem: Problem) -> Array:
    parts, routes = parts_of(problem), shifts_of(problem)
    place = {name: index for index, name in enumerate(problem.places)}
    number = {visit.id: index for index, visit in enumerate(problem.visits)}
    tasks = np.zeros(len(parts) + len(routes), records.TASK)
    for task, (visit, which, part) in enumerate(parts):
        row, windows = tasks[task], starts_of(problem, visit, which)
        row["visit"] = row["node"] = number[visit.id]
        row["out"] = row["into"] = place[visit.place_of(part)]
        row["minutes"], row["set_up"] = part.minutes, part.set_up
        row["windows"] = len(windows)
        row["opens"], row["closes"] = windows[0].opens, windows[0].closes
        row["hard"] = visit.is_hard(part) or is_frozen(visit, which)
        row["dear"] = forbidden(problem) if row["hard"] else problem.weights.lateness * visit.priority
        row["series"] = -1
        row["same"] = (task + 1 - 2 * which) if visit.kind == ERRAND else -1
        row["route"], row["prev"], row["next"], row["start"] = OUT, -1, -1, -np.inf
    for route, (_, shift) in enumerate(routes):
        depot = len(parts) + route
        row = tasks[depot]
        row["visit"], row["route"], row["prev"], row["next"], row["same"] = -1, route, depot, depot, -1
        row["series"] = -1
        row["out"], row["into"], row["start"] = place[shift.starts_at], place[shift.ends_at], shift.opens
        row["pause"] = (1 << len(shift.breaks)) - 1
    return tasks


def forbidden(problem: Problem) -> float:
    """Return what a minute costs that must not be."""
    prices = (getattr(problem.weights, name) for name in ("travel", "lateness", "waiting", "overtime"))
    return FORBIDDEN * max(1.0, *prices)


def is_frozen(visit: Visit, number: int) -> bool:
    return number == 0 and visit.promise is not None and visit.promise.keeps_time


def starts_of(problem: Problem, visit: Visit, number: int) -> tuple[Window, ...]:
    """
    Return between which times a part may start and not be late.

    An errand does not start so early that its second stop could only come too long after.
    """
    if visit.promise is not None and is_frozen(visit, number):
        return (Window(visit.promise.starts, visit.promise.starts),)
    part = visit.parts[number]
    shorter = part.minutes if problem.late_at == AT_END else 0.0
    windows = [Window(one.opens, one.closes - shorter) for one in visit.windows_of(part)]
    if visit.kind == ERRAND and number == 0 and len(windows) == 1:
        then = visit.windows_of(visit.parts[1])[0].opens - visit.gap[1]
        windows = [Window(max(windows[0].opens, then), windows[0].closes)]
    return tuple(windows)


def make_visits(problem: Problem, tasks: Array) -> Array:
    """Return a row for each visit, and behind them one for each second task that has its own place in the order."""
    apart = sum(visit.kind in {INDEPENDENT, ERRAND} for visit in problem.visits)
    visits = np.zeros(len(problem.visits) + apart, records.VISIT)
    task, node = 0, len(problem.visits)
    for row, visit in zip(visits[:node], problem.visits, strict=True):
        row["first"], row["second"] = task, task + 1 if len(visit.parts) > 1 else -1
        row["kind"], (row["least"], row["most"]) = KINDS[visit.kind], visit.gap
        row["price"] = problem.weights.unassigned if visit.price is None else visit.price
        if visit.kind in {INDEPENDENT, ERRAND}:
            visits[node]["first"], visits[node]["second"], visits[node]["kind"] = task + 1, -1, records.ALONE
            tasks[task + 1]["node"] = node
            node += 1
        task += len(visit.parts)
    return visits


def make_routes(problem: Problem) -> Array:
    pairs, modes = shifts_of(problem), list(problem.travel)
    owner = {caregiver.id: index for index, caregiver in enumerate(problem.caregivers)}
    routes = np.zeros(len(pairs), records.ROUTE)
    for row, (caregiver, shift) in zip(routes, pairs, strict=True):
        row["base"] = len(problem.places) * (modes.index(caregiver.mode) if caregiver.mode else 0)
        row["owner"], row["breaks"] = owner[caregiver.id], len(shift.breaks)
        row["opens"], row["closes"], row["hard"] = shift.opens, shift.closes, not shift.may_run_over
        row["over_price"] = problem.weights.overtime if shift.may_run_over else FORBIDDEN
        row["day"] = shift.day
        row["most_work"] = np.inf if shift.most_work is None else shift.most_work
        row["most_in_all"] = np.inf if caregiver.most_work is None else caregiver.most_work
        row["work_price"] = -1.0 if caregiver.work_price is None else caregiver.work_price
    return routes


def make_promises(problem: Problem) -> Array:
    promises = np.full(len(parts_of(problem)), np.array((-np.inf, np.inf, -1, -1), records.PROMISE))
    owner = {caregiver.id: index for index, caregiver in enumerate(problem.caregivers)}
    for row, (visit, number, _) in zip(promises, parts_of(problem), strict=True):
        if visit.promise is not None and number == 0:
            starts, within = visit.promise.starts, visit.promise.within
            row["since"], row["until"] = starts - within, starts + within
            owners = [owner.get(name, -1) for name in visit.promise.caregivers]
            row["hers"], row["theirs"] = (*owners, -1, -1)[:2]
    return promises


def make_series(problem: Problem) -> Array:
    series = np.zeros(max(1, len(problem.series)), records.SERIES)
    for row, one in zip(series, problem.series, strict=False):
        row["apart"], row["price"] = one.apart, one.price
    return series


def make_members(problem: Problem, tasks: Array, visits: Array) -> Array:
    """Return each series' tasks, and tell them that they belong to it."""
    number = {visit.id: index for index, visit in enumerate(problem.visits)}
    most = max((len(one.visits) for one in problem.series), default=1)
    members = np.full((max(1, len(problem.series)), most), -1, "i4")
    for row, one in enumerate(problem.series):
        for k, visit in enumerate(one.visits):
            members[row, k] = visits[number[visit]]["first"]
            tasks[members[row, k]]["series"] = row
    return members


def make_windows(problem: Problem, N: int) -> Array:
    """Return each task's windows; `leave` is until when a late start is better than waiting for the next one."""
    most = max((len(visit.windows_of(part)) for visit, _, part in parts_of(problem)), default=1)
    windows = np.zeros((N, most), records.WINDOW)
    waits, late = problem.weights.waiting, problem.weights.lateness
    for task, (visit, number, part) in enumerate(parts_of(problem)):
        its = starts_of(problem, visit, number)
        for k, window in enumerate(its):
            row = windows[task, k]
            row["opens"], row["closes"] = window.opens, window.closes
            row["leave"] = np.inf
            if k + 1 < len(its):
                gap = its[k + 1].opens - row["closes"]
                share = 0.0 if visit.is_hard(part) or late + waits == 0.0 else waits / (waits + late)
                row["leave"] = row["closes"] + max(0.0, gap) * share
    return windows


def make_breaks(problem: Problem, R: int) -> Array:
    most = max((len(shift.breaks) for _, shift in shifts_of(problem)), default=0)
    breaks = np.zeros((R, max(1, most)), records.BREAK)
    for route, (_, shift) in enumerate(shifts_of(problem)):
        for b, one in enumerate(shift.breaks):
            shorter = one.minutes if problem.late_at == AT_END else 0.0
            breaks[route, b] = (one.opens, one.closes - shorter, one.minutes, one.price)
    return breaks


def make_near(tasks: Array, able: Array, travel: Array) -> Array:
    """
    Return for each task those it goes well with: even columns before it, odd ones after it.

    Going well means little travel, little waiting and little lateness that nothing could spare them, and a caregiver
    who may do both.
    """
    N = len(tasks)
    legs = travel[np.ix_(tasks["out"], tasks["into"])]
    opens, closes = tasks["opens"], tasks["closes"]
    ends = tasks["minutes"][:, None] + legs
    waiting = np.maximum(0.0, opens[None, :] - np.maximum(closes, opens)[:, None] - ends)
    late = np.maximum(0.0, opens[:, None] + ends - closes[None, :])
    cost = np.where(tasks["windows"][:, None] + tasks["windows"][None, :] > 2, legs, legs + waiting + late)
    cost[tasks["visit"][:, None] == tasks["visit"][None, :]] = np.inf
    cost[~((able.astype("f4") @ able.T.astype("f4")) > 0)] = np.inf
    most = max((int(np.isfinite(matrix).sum(axis=1).max(initial=0)) for matrix in (cost, cost.T)), default=0)
    count = min(NEIGHBOURS, max(1, most))
    near = np.full((N, 2 * count), -1, "i4")
    for columns, matrix in ((slice(0, None, 2), cost.T), (slice(1, None, 2), cost)):
        order = np.argsort(matrix, axis=1, kind="stable")[:, :count]
        found = np.where(np.isfinite(np.take_along_axis(matrix, order, 1)), order, -1)
        near[:, columns] = found
    return near


def make_tally(problem: Problem, counts: tuple[int, int, int, int], seed: int) -> Array:
    weights = problem.weights
    tally = np.zeros(1, records.TALLY)
    row = tally[0]
    row["N"], row["V"], row["nodes"], row["R"] = counts
    row["seed"] = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % 2**64 or 1
    row["leaves_late"], row["forbidden"] = problem.leaves_late, forbidden(problem)
    row["travel_weight"], row["worst_weight"] = weights.travel, weights.worst_lateness
    row["wait_weight"], row["idle_weight"], row["balance_weight"] = (
        weights.waiting,
        weights.worst_idle,
        weights.balance,
    )
    more = weights.waiting + weights.overtime + weights.worst_idle + weights.balance
    promised = any(visit.promise is not None for visit in problem.visits)
    row["promises"], row["other_time"] = promised and weights.other_time > 0, weights.other_time
    row["hours"] = any(one.most_work is not None for one in problem.caregivers)
    shifts = [shift for _, shift in shifts_of(problem)]
    row["rich"] = (
        more > 0
        or row["hours"]
        or row["promises"]
        or any(one.apart for one in problem.series)
        or any(shift.breaks or not shift.may_run_over or shift.most_work is not None for shift in shifts)
        or any(visit.price is not None or visit.hard or visit.kind == ERRAND for visit in problem.visits)
    )
    return tally
