"""
What routes cost beside travel and lateness: waiting, overtime, missed breaks, idle time, unequal work.

A route that a move has touched is walked once forwards and once backwards. Backwards its visits are moved as late as
possible without making anything later that counts (the last visit, visits of two, the end of a window), for a caregiver
who waits at the first door could have left home later. So waiting is counted as little as this route allows.
"""

from typing import Final

import numpy as np

from anjia.planning.search.compiling import entry, inner
from anjia.planning.search.links import leg, series_price
from anjia.planning.search.records import World
from anjia.planning.search.times import HAIR, after_breaks, joined, set_up, spread, worst_now

HOUR: Final = 60.0  # minutes
BLINK: Final = 1e-7  # minutes; less is the same time


@inner
def closing(w: World, task: int) -> float:
    """Return how late a task may start and be no later than it is."""
    here = w.tasks[task]
    closes = here.closes
    for k in range(1, here.windows):
        if w.windows[task, k].opens <= here.start:
            closes = w.windows[task, k].closes
    if here.same >= 0 and w.visits[here.visit].second == task:
        closes = min(closes, w.tasks[here.same].start + w.visits[here.visit].most)
    if w.tally[0].promises:
        if here.start < w.promises[task].since:
            return here.start
        if here.start <= w.promises[task].until:
            closes = min(closes, w.promises[task].until)
    return max(closes, here.start)


@inner
def is_moved(w: World, task: int) -> bool:
    """Return whether a task starts at another time than was promised."""
    start = w.tasks[task].start
    return start < w.promises[task].since - BLINK or start > w.promises[task].until + BLINK


@inner
def tarries(w: World, task: int) -> float:
    """Return how many minutes too many lie between the first stop of an errand and this second one."""
    here = w.tasks[task]
    if here.same < 0 or w.visits[here.visit].second != task:
        return 0.0
    over = here.start - w.tasks[here.same].start - w.visits[here.visit].most
    return over if over > HAIR else 0.0


@inner
def breach(w: World, task: int) -> float:
    """Return what it costs that a task starts at another time than was promised, or too long after its errand began."""
    tally = w.tally[0]
    total = tally.other_time if tally.promises and is_moved(w, task) else 0.0
    return total + tally.forbidden * tarries(w, task)


@inner
def before_breaks(w: World, route: int, bits: int, arrives: float, deadline: float) -> float:
    """Return how late she may arrive and take the same breaks before `deadline` as if she came at `arrives`."""
    reached = arrives
    for b in range(w.routes[route].breaks):
        if bits & (1 << b) and reached <= w.breaks[route, b].closes:
            reached = max(reached, w.breaks[route, b].opens) + w.breaks[route, b].minutes
            deadline = min(deadline - w.breaks[route, b].minutes, w.breaks[route, b].closes)
    return deadline


@inner
def break_minutes(w: World, route: int, bits: int, arrives: float) -> float:
    """Return how long the breaks are that are taken here and not missed."""
    total, reached = 0.0, arrives
    for b in range(w.routes[route].breaks):
        if bits & (1 << b) and reached <= w.breaks[route, b].closes:
            reached = max(reached, w.breaks[route, b].opens) + w.breaks[route, b].minutes
            total += w.breaks[route, b].minutes
    return total


@inner
def missed_price(w: World, route: int, bits: int, arrives: float) -> float:
    """Return what the breaks cost for which she arrives too late."""
    total, reached = 0.0, arrives
    for b in range(w.routes[route].breaks):
        if bits & (1 << b):
            if reached <= w.breaks[route, b].closes:
                reached = max(reached, w.breaks[route, b].opens) + w.breaks[route, b].minutes
            else:
                total += w.breaks[route, b].price
    return total


@inner
def arrival(w: World, route: int, task: int) -> float:
    """Return when the caregiver comes to a task; to the depot, in the evening, breaks come before the way home."""
    before = w.tasks[task].prev
    ends = w.tasks[before].start + w.tasks[before].minutes
    return ends if task >= w.tally[0].N else ends + leg(w, route, before, task)


@inner
def latest_first(w: World, route: int, last: int) -> float:
    """Return how late the first visit may start while `last` starts when it does and nothing is later that counts."""
    depot = w.tally[0].N + route
    task, latest = last, w.tasks[last].start
    while w.tasks[task].prev != depot:
        before, pause = w.tasks[task].prev, w.tasks[task].pause
        latest -= set_up(w, task)
        if pause:
            latest = before_breaks(w, route, pause, arrival(w, route, task), latest)
        latest -= leg(w, route, before, task) + w.tasks[before].minutes
        free = joined(w, w.tasks[before].node) < 0
        latest = min(latest, closing(w, before)) if free else w.tasks[before].start
        task = before
    return latest


@inner
def too_much(w: World, route: int, minutes: float) -> float:
    """Return what so many minutes of work too many cost; what may not be costs more than to leave a visit out."""
    if minutes <= HAIR:
        return 0.0
    price = w.routes[route].work_price
    return price * minutes if price >= 0.0 else w.tally[0].forbidden * (minutes + HOUR)


@inner
def hours_cost(w: World) -> float:
    """Return what it costs who works more than she may in all her shifts, which lie side by side."""
    total, work = 0.0, 0.0
    for r in range(w.tally[0].R):
        work += w.routes[r].work
        if r + 1 == w.tally[0].R or w.routes[r + 1].owner != w.routes[r].owner:
            total += too_much(w, r, work - w.routes[r].most_in_all)
            work = 0.0
    return total


@inner
def count_route(w: World, route: int) -> None:
    """Count a route's waiting, overtime, missed breaks, idle time and work."""
    N, row = w.tally[0].N, w.routes[route]
    depot = N + route
    travel, service, pauses, missed, early, broken = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    task, first = w.tasks[depot].next, w.tasks[depot].next
    while True:
        if w.tasks[task].pause:
            at = arrival(w, route, task)
            minutes = break_minutes(w, route, w.tasks[task].pause, at)
            pauses += minutes
            missed += missed_price(w, route, w.tasks[task].pause, at)
            if task == first:
                early += minutes
        if first != depot:
            travel += leg(w, route, w.tasks[task].prev, task)
        if task == depot:
            break
        service += w.tasks[task].minutes + set_up(w, task)
        broken += breach(w, task)
        task = w.tasks[task].next
    last = w.tasks[depot].prev
    back, wait = row.opens, 0.0
    if first != depot:
        ends = w.tasks[last].start + w.tasks[last].minutes
        ends = after_breaks(w, route, w.tasks[depot].pause, ends)
        back = ends + leg(w, route, last, depot)
        if w.tally[0].leaves_late:
            between = travel - leg(w, route, depot, first) - leg(w, route, last, depot)
            wait = ends - latest_first(w, route, last) - service - between - (pauses - early)
            wait += set_up(w, first)
        else:
            wait = ends - row.opens - service - (travel - leg(w, route, last, depot)) - pauses
    over = max(0.0, back - row.closes)
    row.work = service + travel
    row.idle = max(back, row.closes) - row.opens - service - travel - pauses
    row.extra = w.tally[0].wait_weight * max(wait, 0.0) + row.over_price * over + missed
    row.extra += broken + too_much(w, route, row.work - row.most_work)


@inner
def shared_cost(w: World) -> float:
    """Return what the largest idle time, the unequal work of all routes and anybody's long hours cost."""
    tally, idle, work = w.tally[0], 0.0, 0.0
    for r in range(tally.R):
        idle = max(idle, w.routes[r].idle)
        work += w.routes[r].work
    total = tally.idle_weight * idle
    if tally.hours:
        total += hours_cost(w)
    if tally.balance_weight > 0.0:
        mean = work / tally.R
        for r in range(tally.R):
            total += tally.balance_weight * np.ceil(abs(w.routes[r].work - mean) - 1e-9)
    return total


@inner
def try_out(w: World, limit: float) -> float:
    """Return what the move costs, its times settled; infinity as soon as that must be more than `limit`."""
    tally = w.tally[0]
    could_vanish = tally.tardy + tally.worst_weight * tally.worst + tally.extra + tally.shared
    if tally.moved - could_vanish > limit:
        return np.inf
    timed = spread(w, limit - tally.moved + tally.extra + tally.shared)
    more = tally.moved + timed
    if timed == np.inf or not tally.rich:
        return more
    for k in range(tally.marks):
        route = w.marks[k]
        count_route(w, route)
        more += w.routes[route].extra - w.kept[route].extra
    if more - tally.shared > limit:
        return np.inf
    return more + shared_cost(w) - tally.shared


@inner
def way_and_price(w: World, task: int) -> float:
    """Return what the way to a task costs, and of the last one that home, and who does it."""
    here, weight = w.tasks[task], w.tally[0].travel_weight
    total = leg(w, here.route, here.prev, task) * weight + w.price[task, here.route]
    if here.next >= w.tally[0].N:
        total += leg(w, here.route, task, here.next) * weight
    if here.series >= 0:
        total += series_price(w, task, here.route) / 2.0  # once for each of two
    return total


@entry
def count_all(w: World) -> None:
    """Count the whole plan's cost anew, so that no rounding gathers."""
    tally = w.tally[0]
    cost, tardy, worst, extra = 0.0, 0.0, 0.0, 0.0
    for task in range(tally.N):
        here = w.tasks[task]
        if here.route >= 0:
            cost += way_and_price(w, task)
        tardy += here.late * here.dear
        worst = max(worst, here.late)
    for v in range(tally.V):
        if w.tasks[w.visits[v].first].route < 0:
            cost += w.visits[v].price
    if tally.rich:
        for r in range(tally.R):
            count_route(w, r)
            extra += w.routes[r].extra
    tally.tardy = tardy
    tally.worst = worst
    tally.extra = extra
    tally.shared = shared_cost(w) if tally.rich else 0.0
    tally.cost = cost + tardy + worst * tally.worst_weight + extra + tally.shared


@inner
def keep(w: World, more: float) -> None:
    """The move stays: bring the tally up to date."""
    tally = w.tally[0]
    highest = 0.0
    for k in range(tally.times):
        task = w.times[k].task
        tally.tardy += (w.tasks[task].late - w.times[k].late) * w.tasks[task].dear
        highest = max(highest, w.tasks[task].late)
    tally.worst = worst_now(w, highest)
    if tally.rich:
        for k in range(tally.marks):
            tally.extra += w.routes[w.marks[k]].extra - w.kept[w.marks[k]].extra
        tally.shared = shared_cost(w)
    tally.cost += more
