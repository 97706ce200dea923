"""
Changing routes, step by step, so that every move can be undone.

Each step is logged in `steps`; `undo` takes them back from the last to the first, each in constant time except the
exchange of two stretches, which visits their tasks. What a step changes in travel and prices is known at once and
added to `tally.moved`.
"""

from typing import Final

import numpy as np

from anjia.planning.search.compiling import inner
from anjia.planning.search.records import ERRAND, OUT, World
from anjia.planning.search.times import mark, touch_task

TAKEN: Final = 0  # task a was taken out from behind b in route c
PUT: Final = 1  # task a was put in
KEYED: Final = 2  # task a had the key x
PAUSED: Final = 3  # task a had the breaks b
DAY: Final = 1440.0  # minutes
EXCHANGED: Final = 4  # the stretches between a and b and between c and d


@inner
def log(w: World, what: int, a: int, b: int, c: int, d: int, x: float) -> None:
    k = w.tally[0].steps
    step = w.steps[k]
    step.what = what
    step.a = a
    step.b = b
    step.c = c
    step.d = d
    step.x = x
    w.tally[0].steps += 1


@inner
def leg(w: World, route: int, one: int, two: int) -> float:
    """Return the travel time of this route's caregiver from one task to another; who has nobody to visit stays."""
    if one >= w.tally[0].N and two >= w.tally[0].N:
        return 0.0
    return w.travel[w.routes[route].base + w.tasks[one].out, w.tasks[two].into]


@inner
def set_pause(w: World, task: int, bits: int) -> None:
    if w.tasks[task].pause != bits:
        log(w, PAUSED, task, w.tasks[task].pause, 0, 0, 0.0)
        w.tasks[task].pause = bits


@inner
def set_key(w: World, task: int, key: float) -> None:
    log(w, KEYED, task, 0, 0, 0, w.tasks[task].key)
    w.tasks[task].key = key


@inner
def unlink(w: World, task: int) -> None:
    here = w.tasks[task]
    w.tasks[here.prev].next = here.next
    w.tasks[here.next].prev = here.prev


@inner
def link(w: World, task: int, behind: int, route: int) -> None:
    after = w.tasks[behind].next
    w.tasks[task].prev = behind
    w.tasks[task].next = after
    w.tasks[task].route = route
    w.tasks[behind].next = task
    w.tasks[after].prev = task


@inner
def series_price(w: World, task: int, route: int) -> float:
    """Return what it costs in this route beside the others of its series: too few days between, another caregiver."""
    here = w.tasks[task]
    row, total = w.series[here.series], 0.0
    for k in range(w.members.shape[1]):
        other = w.members[here.series, k]
        if other < 0:
            break
        if other != task and w.tasks[other].route >= 0:
            beside = w.routes[w.tasks[other].route]
            short = row.apart - abs(w.routes[route].day - beside.day)
            if short > 0:
                total += w.tally[0].forbidden * DAY * short
            if w.routes[route].owner != beside.owner:
                total += row.price
    return total


@inner
def price_on(w: World, task: int, route: int) -> float:
    """Return what it costs that a route does a task, beside time and travel."""
    more = series_price(w, task, route) if w.tasks[task].series >= 0 else 0.0
    return w.price[task, route] + more


@inner
def take(w: World, task: int) -> None:
    """Take a task out of its route; its breaks stay, with who comes next."""
    here = w.tasks[task]
    prev, after, route, pause = here.prev, here.next, here.route, here.pause
    shorter = leg(w, route, prev, after) - leg(w, route, prev, task) - leg(w, route, task, after)
    w.tally[0].moved += shorter * w.tally[0].travel_weight - price_on(w, task, route)
    log(w, TAKEN, task, prev, route, 0, 0.0)
    unlink(w, task)
    w.tasks[task].route = OUT
    if pause:
        set_pause(w, task, 0)
        set_pause(w, after, w.tasks[after].pause | pause)
    touch_task(w, after, 2)
    if w.tally[0].rich:
        mark(w, route)


@inner
def put(w: World, task: int, behind: int, route: int) -> None:
    """Put a task into a route, behind another one."""
    after = w.tasks[behind].next
    longer = leg(w, route, behind, task) + leg(w, route, task, after) - leg(w, route, behind, after)
    w.tally[0].moved += longer * w.tally[0].travel_weight + price_on(w, task, route)
    log(w, PUT, task, 0, w.tasks[task].route, 0, 0.0)
    link(w, task, behind, route)
    touch_task(w, task, 2)
    touch_task(w, after, 2)
    if w.tally[0].rich:
        mark(w, route)


@inner
def stretch_price(w: World, begin: int, end: int, route: int) -> float:
    """Return what the tasks strictly between `begin` and `end` would cost in a route, travel between them included."""
    total = 0.0
    task = w.tasks[begin].next
    while task != end:
        total += price_on(w, task, route)
        after = w.tasks[task].next
        if after != end:
            total += leg(w, route, task, after) * w.tally[0].travel_weight
        task = after
    return total


@inner
def rope(w: World, begin: int, end: int, first: int, last: int, route: int) -> None:
    """Link a stretch from `first` to `last` between `begin` and `end`; `first` is -1 if it is empty."""
    if first < 0:
        w.tasks[begin].next = end
        w.tasks[end].prev = begin
        return
    w.tasks[begin].next = first
    w.tasks[first].prev = begin
    w.tasks[last].next = end
    w.tasks[end].prev = last
    task = first
    while task != end:
        w.tasks[task].route = route
        task = w.tasks[task].next


@inner
def exchange(w: World, a: int, b: int, c: int, d: int, one: int, two: int) -> None:
    """Exchange what lies strictly between a and b in route `one` with what lies between c and d in route `two`."""
    first_a = w.tasks[a].next if w.tasks[a].next != b else -1
    last_a = w.tasks[b].prev
    first_c = w.tasks[c].next if w.tasks[c].next != d else -1
    last_c = w.tasks[d].prev
    rope(w, a, b, first_c, last_c, one)
    rope(w, c, d, first_a, last_a, two)


@inner
def route_at(w: World, task: int) -> int:
    """Return the route of a task or depot."""
    return task - w.tally[0].N if task >= w.tally[0].N else w.tasks[task].route


@inner
def undo(w: World) -> None:
    """Take the move back: times, routes, keys, breaks and what routes cost."""
    for k in range(w.tally[0].times - 1, -1, -1):
        w.tasks[w.times[k].task].start = w.times[k].start
        w.tasks[w.times[k].task].late = w.times[k].late
    for k in range(w.tally[0].steps - 1, -1, -1):
        take_back(w, k)
    for k in range(w.tally[0].marks):
        w.routes[w.marks[k]] = w.kept[w.marks[k]]
    for k in range(w.tally[0].due):
        w.visits[w.due[k].visit].queued = 0
    clear(w)


@inner
def take_back(w: World, k: int) -> None:
    """Take one step back."""
    step = w.steps[k]
    if step.what == TAKEN:
        link(w, step.a, step.b, step.c)
    elif step.what == PUT:
        unlink(w, step.a)
        w.tasks[step.a].route = step.c
    elif step.what == KEYED:
        w.tasks[step.a].key = step.x
    elif step.what == PAUSED:
        w.tasks[step.a].pause = step.b
    else:
        exchange(w, step.a, step.b, step.c, step.d, route_at(w, step.a), route_at(w, step.c))


@inner
def clear(w: World) -> None:
    """Forget how to undo: the move stays, or has been taken back."""
    for k in range(w.tally[0].marks):
        w.routes[w.marks[k]].marked = 0
    tally = w.tally[0]
    tally.due = 0
    tally.times = 0
    tally.steps = 0
    tally.marks = 0
    tally.moved = 0.0


@inner
def position(w: World, route: int, key: float, near: int) -> int:
    """Return behind whom in a route a visit with this key belongs; the walk begins at `near`, a task or depot of it."""
    depot = w.tally[0].N + route
    behind = near
    while behind != depot and w.tasks[behind].key >= key:
        behind = w.tasks[behind].prev
    while w.tasks[behind].next != depot and w.tasks[w.tasks[behind].next].key < key:
        behind = w.tasks[behind].next
    return behind


@inner
def leave_out(w: World, visit: int) -> None:
    """Take a visit out of the plan, for its price."""
    row = w.visits[visit]
    lift_tasks(w, visit)
    rest(w, row.first)
    if row.second >= 0:
        rest(w, row.second)
    w.tally[0].moved += row.price


@inner
def lift_tasks(w: World, visit: int) -> None:
    """Take a visit's tasks out; of an errand the second first, so that it is not queued as who follows the first."""
    row = w.visits[visit]
    if row.kind == ERRAND:
        take(w, row.second)
    take(w, row.first)
    if row.second >= 0 and row.kind != ERRAND:
        take(w, row.second)


@inner
def rest(w: World, task: int) -> None:
    """Nobody does this task any more: it is not late."""
    k = w.tally[0].times
    w.times[k].task = task
    w.times[k].start = w.tasks[task].start
    w.times[k].late = w.tasks[task].late
    w.tally[0].times += 1
    w.tasks[task].route = OUT
    w.tasks[task].start = -np.inf
    w.tasks[task].late = 0.0
