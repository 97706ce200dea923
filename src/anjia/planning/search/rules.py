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
    Return a visit that is too late, an errand that takes too long, or the last visit of a caregiver who is back too
    late; -1 if all is well.
    """
    N = w.tally[0].N
    for task in range(N):
        if w.tasks[task].hard and w.tasks[task].late > HAIR:
            return w.tasks[task].visit
    for visit in range(w.tally[0].V):
        row = w.visits[visit]
        if row.kind == ERRAND and w.tasks[row.first].route >= 0 and tarries(w, row.second) > 0.0:
            return visit
    for route in range(w.tally[0].R):
        last = w.tasks[N + route].prev
        if w.routes[route].hard and last < N and comes_back(w, route) > w.routes[route].closes + HAIR:
            return w.tasks[last].visit
    return -1


@entry
def enforce(w: World) -> None:
    """Leave visits out until no rule is broken; each time all others start as early as before, or earlier."""
    visit = offender(w)
    while visit >= 0:
        leave_out(w, visit)
        keep(w, try_out(w, 1e300))
        clear(w)
        visit = offender(w)
