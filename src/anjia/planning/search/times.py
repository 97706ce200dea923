"""
When everything starts, for given routes.

Idea. Each visit has a key, its place in one global order (two independent tasks have two); along every route keys rise.
So a visit can wait only for visits with smaller keys, two caregivers never wait for each other in a circle, and going
through the visits by key gives each its earliest start in one pass. After a move only few starts change: those visits
whose predecessors have changed are kept in a queue by key, each is settled once, and its successors join the queue only
if it now ends at another time.

Cost. One step per visit whose start may change, mostly a handful. The queue holds one or two visits per route that was
touched, so it is a sorted array.

Invariants. When the queue is empty every start is the earliest one; `times` holds the old start of each task that has
changed, once.
"""

import numpy as np

from anjia.planning.search.compiling import inner
from anjia.planning.search.records import ALONE, INDEPENDENT, TOGETHER, World

HAIR = 1e-9  # two sums of the same numbers in another order differ by less


@inner
def after_breaks(w: World, route: int, bits: int, at: float) -> float:
    """Return when a caregiver is ready who arrives at `at` and takes those of these breaks that she can."""
    for b in range(w.routes[route].breaks):
        if bits & (1 << b) and at <= w.breaks[route, b].closes:
            at = max(at, w.breaks[route, b].opens) + w.breaks[route, b].minutes
    return at


@inner
def ready(w: World, task: int) -> float:
    """Return when the caregiver can begin, as far as her route is concerned."""
    here = w.tasks[task]
    before = w.tasks[here.prev]
    at = before.start + before.minutes + w.travel[w.routes[here.route].base + before.out, here.into]
    if here.pause:
        at = after_breaks(w, here.route, here.pause, at)
    return at + here.set_up if here.set_up > 0.0 and before.out != here.into else at


@inner
def set_up(w: World, task: int) -> float:
    """Return what it takes before a task, nothing if the caregiver is there already."""
    here = w.tasks[task]
    return here.set_up if here.set_up > 0.0 and w.tasks[here.prev].out != here.into else 0.0


@inner
def is_whose(w: World, task: int) -> bool:
    """Return whether somebody does a task who has been promised: she waits rather than come too early."""
    if w.tasks[task].route < 0:
        return False
    owner = w.routes[w.tasks[task].route].owner
    return owner == w.promises[task].hers or owner == w.promises[task].theirs


@inner
def opening(w: World, task: int, at: float) -> float:
    """
    Return when a service starts whose caregiver is ready at `at`: too late for a window, the next is waited for, and
    too early for what she has promised, that.
    """
    here = w.tasks[task]
    at = max(at, here.opens)
    if w.tally[0].promises and at < w.promises[task].since and is_whose(w, task):
        at = w.promises[task].since
    if here.windows > 1:
        for k in range(here.windows):
            window = w.windows[task, k]
            at = max(at, window.opens)
            if at <= window.leave:
                break
    return at


@inner
def lateness(w: World, task: int, at: float) -> float:
    """Return how long after the last window that had opened a service starts."""
    closes = w.tasks[task].closes
    for k in range(1, w.tasks[task].windows):
        if w.windows[task, k].opens <= at:
            closes = w.windows[task, k].closes
    return max(0.0, at - closes)


@inner
def together(w: World, first: int, second: int) -> float:
    """Return the earliest start that is one for both."""
    at = opening(w, first, max(ready(w, first), ready(w, second)))
    while True:
        later = opening(w, second, at)
        if later == at:
            return at
        at = opening(w, first, later)
        if at == later:
            return at


@inner
def in_sequence(w: World, visit: int, first: int, second: int) -> tuple[float, float]:
    """Return the earliest two starts with a gap from `least` to `most`."""
    gap = w.visits[visit]
    one, two = opening(w, first, ready(w, first)), ready(w, second)
    while True:
        two = opening(w, second, max(two, one + gap.least))
        if two - one <= gap.most + HAIR:
            return one, two
        later = opening(w, first, two - gap.most)
        if later <= one:
            return one, two
        one = later


@inner
def joined(w: World, node: int) -> int:
    """Return the second task that goes with a node's first one in time; -1: there is none, or it goes by itself."""
    return -1 if w.visits[node].kind >= INDEPENDENT else w.visits[node].second


@inner
def enqueue(w: World, visit: int, key: float) -> None:
    """Put a visit into the queue, which is sorted by falling key."""
    at = w.tally[0].due
    while at > 0 and w.due[at - 1].key < key:
        w.due[at].key = w.due[at - 1].key
        w.due[at].visit = w.due[at - 1].visit
        at -= 1
    w.due[at].key = key
    w.due[at].visit = visit
    w.tally[0].due += 1


@inner
def touch(w: World, visit: int, hope: int) -> None:
    """
    Queue a visit that may start at another time, by falling key.

    `hope`: 2 if it may start earlier, 1 if it can only be later.
    """
    row = w.visits[visit]
    if row.queued:
        w.visits[visit].queued = max(row.queued, hope)
        return
    w.visits[visit].queued = hope
    enqueue(w, visit, w.tasks[row.first].key)


@inner
def touch_task(w: World, task: int, hope: int) -> None:
    """Queue the node of a task; after the last one comes the depot, which has none."""
    if task < w.tally[0].N:
        touch(w, w.tasks[task].node, hope)


@inner
def mark(w: World, route: int) -> None:
    """Remember that what this route costs must be counted anew."""
    if not w.routes[route].marked:
        w.kept[route] = w.routes[route]
        w.routes[route].marked = 1
        w.marks[w.tally[0].marks] = route
        w.tally[0].marks += 1


@inner
def set_start(w: World, task: int, at: float) -> float:
    """Start a task at another time, log the old one, queue what follows; return what its lateness costs more."""
    here = w.tasks[task]
    log = w.tally[0].times
    w.times[log].task = task
    w.times[log].start = here.start
    w.times[log].late = here.late
    w.tally[0].times += 1
    late = lateness(w, task, at)
    more = (late - here.late) * here.dear
    touch_task(w, here.next, 2 if at < here.start else 1)
    w.tasks[task].start = at
    w.tasks[task].late = late
    if w.tally[0].rich:
        mark(w, here.route)
    return more


@inner
def settle(w: World, visit: int) -> float:
    """Give a visit its earliest start; return what its lateness costs more."""
    row = w.visits[visit]
    first, second = row.first, row.second
    if row.kind == ALONE or row.kind >= INDEPENDENT:
        one = opening(w, first, ready(w, first))
        return set_start(w, first, one) if one != w.tasks[first].start else 0.0
    if row.kind == TOGETHER:
        one = together(w, first, second)
        two = one
    else:
        one, two = in_sequence(w, visit, first, second)
    more = 0.0
    if one != w.tasks[first].start:
        more += set_start(w, first, one)
    if two != w.tasks[second].start:
        more += set_start(w, second, two)
    return more


@inner
def spread(w: World, limit: float) -> float:
    """
    Settle what is queued; return what lateness costs more then, or infinity as soon as that must pass `limit`.

    While a visit that may get earlier is queued, all lateness that has not been looked at could vanish; once there is
    none, lateness can only grow, for starts rise with the starts before them.
    """
    tally = w.tally[0]
    left = tally.tardy + tally.worst_weight * tally.worst  # what could vanish yet
    more, highest = 0.0, 0.0
    for k in range(tally.times):  # tasks that nobody does any more
        dear = w.tasks[w.times[k].task].dear
        more += (w.tasks[w.times[k].task].late - w.times[k].late) * dear
        left -= w.times[k].late * dear
    while w.tally[0].due > 0:
        w.tally[0].due -= 1
        visit = w.due[w.tally[0].due].visit
        w.visits[visit].queued = 0
        logged = w.tally[0].times
        more += settle(w, visit)
        for k in range(logged, w.tally[0].times):
            task = w.times[k].task
            left -= w.times[k].late * w.tasks[task].dear
            highest = max(highest, w.tasks[task].late)
        hopes = False
        for k in range(w.tally[0].due):
            hopes |= w.visits[w.due[k].visit].queued == 2
        bound = (
            more + tally.worst_weight * max(0.0, highest - tally.worst) - (max(left, 0.0) if hopes else 0.0)
        )
        if bound > limit and (hopes or not fell(w)):
            forget(w)
            return np.inf
    return more + tally.worst_weight * (worst_now(w, highest) - tally.worst)


@inner
def fell(w: World) -> bool:
    """Return whether a task that was the latest of all has changed: then the largest lateness may be smaller now."""
    highest = 0.0
    for k in range(w.tally[0].times):
        highest = max(highest, w.times[k].late)
    return highest > 0.0 and highest >= w.tally[0].worst - HAIR


@inner
def worst_now(w: World, highest: float) -> float:
    """Return the largest lateness, `highest` being that of what has changed; all is read only if it may have sunk."""
    if not fell(w):
        return max(highest, w.tally[0].worst)
    worst = 0.0
    for task in range(w.tally[0].N):
        worst = max(worst, w.tasks[task].late)
    return worst


@inner
def forget(w: World) -> None:
    """Empty the queue."""
    for k in range(w.tally[0].due):
        w.visits[w.due[k].visit].queued = 0
    w.tally[0].due = 0
