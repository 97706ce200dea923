"""
What must not be, is not: who could only be visited too late, or by somebody who would be back too late, is left out.

While it searches, the search pays dearly for each such minute, for the way to a good plan may lead through bad ones.
"""

from anjia.planning.search.compiling import entry, inner
from anjia.planning.search.costs import keep, tarries, try_out
from anjia.planning.search.links import clear, leave_out, leg
from anjia.planning.search.records import ERRAND, World
from anjia.planning.search.times import HAIR, after_breaks


@inner
def comes_back(w: World, route: int) -> float:
    """Return when the caregiver is back, who has at least one visit."""
    depot = w.tally[0].N + route
    last = w.tasks[depot].prev
    ends = w.tasks[last].start + w.tasks[last].minutes
    return after_breaks(w, route, w.tasks[depot].pause, ends) + leg(w, route, last, depot)


@inner
def offender(w: World) -> int:
    """
    Return a visit that is too late or too soon after another one, an errand that takes too long, or the last visit of
    a caregiver who is back too late or works too long; -1 if all is well.
    """
    N = w.tally[0].N
    for task in range(N):
        if w.tasks[task].hard and w.tasks[task].late > HAIR:
            return w.tasks[task].visit
        if w.tasks[task].series >= 0 and w.tasks[task].route >= 0 and is_too_soon(w, task):
            return w.tasks[task].visit
    return offending_errand_or_route(w)


@inner
def offending_errand_or_route(w: World) -> int:
    N = w.tally[0].N
    for visit in range(w.tally[0].V):
        row = w.visits[visit]
        if row.kind == ERRAND and w.tasks[row.first].route >= 0 and tarries(w, row.second) > 0.0:
            return visit
    for route in range(w.tally[0].R):
        last = w.tasks[N + route].prev
        if w.routes[route].hard and last < N and comes_back(w, route) > w.routes[route].closes + HAIR:
            return w.tasks[last].visit
        if last < N and w.routes[route].work_price < 0.0 and works_too_long(w, route):
            return w.tasks[last].visit
    return -1


@inner
def is_too_soon(w: World, task: int) -> bool:
    """Return whether too few days lie between a visit and another one of its series."""
    here = w.tasks[task]
    for k in range(w.members.shape[1]):
        other = w.members[here.series, k]
        if other >= 0 and other != task and w.tasks[other].route >= 0:
            days = abs(w.routes[here.route].day - w.routes[w.tasks[other].route].day)
            if days < w.series[here.series].apart:
                return True
    return False


@inner
def works_too_long(w: World, route: int) -> bool:
    """Return whether a route has more minutes of work than it may, or all of its caregiver's together have."""
    row, work = w.routes[route], 0.0
    for r in range(w.tally[0].R):
        if w.routes[r].owner == row.owner:
            work += w.routes[r].work
    return row.work > row.most_work + HAIR or work > row.most_in_all + HAIR


@entry
def enforce(w: World) -> None:
    """Leave visits out until no rule is broken; each time all others start as early as before, or earlier."""
    visit = offender(w)
    while visit >= 0:
        leave_out(w, visit)
        keep(w, try_out(w, 1e300))
        clear(w)
        visit = offender(w)
