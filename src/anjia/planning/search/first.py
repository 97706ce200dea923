"""A first plan: visit by visit as their windows open, each behind the last visit of whoever it costs least."""

import numpy as np

from anjia.planning.search.compiling import entry, inner
from anjia.planning.search.costs import count_all, keep, try_out
from anjia.planning.search.links import clear, put, set_key, undo
from anjia.planning.search.records import ERRAND, World
from anjia.planning.search.times import joined


@inner
def append(w: World, visit: int, key: float, one: int, two: int) -> float:
    """Put a visit, or a node of it, at the end of one or two routes; return what that costs."""
    N, row = w.tally[0].N, w.visits[visit]
    w.tally[0].moved -= row.price
    set_key(w, row.first, key)
    put(w, row.first, w.tasks[N + one].prev, one)
    if two >= 0:
        set_key(w, row.second, key + 0.5 if row.kind == ERRAND else key)
        put(w, row.second, w.tasks[N + two].prev, two)
    return try_out(w, np.inf)


@inner
def go_together(w: World, visit: int, one: int, two: int) -> bool:
    """Return whether these routes may do the two parts: one and the same an errand, else those of two caregivers."""
    if w.visits[visit].kind == ERRAND:
        return one == two
    return w.routes[one].owner != w.routes[two].owner


@entry
def construct(w: World, order: np.ndarray) -> None:
    """Put the visits in, in this order; who nobody can take stays out. One step per visit and pair of caregivers."""
    count_all(w)
    for rank in range(len(order)):
        visit = order[rank]
        row = w.visits[visit]
        best, best_one, best_two = 0.0, -1, -1
        for i in range(w.able[row.first, 0]):
            one = w.able[row.first, 1 + i]
            others = w.able[row.second, 0] if row.second >= 0 else 1
            for j in range(others):
                two = w.able[row.second, 1 + j] if row.second >= 0 else -1
                if two >= 0 and not go_together(w, visit, one, two):
                    continue
                cost = append(w, visit, np.float64(rank), one, two)
                undo(w)
                if cost < best:
                    best, best_one, best_two = cost, one, two
        if best_one >= 0:
            keep(w, append(w, visit, np.float64(rank), best_one, best_two))
            clear(w)
    count_all(w)


@entry
def follow(w: World, order: np.ndarray, chosen: np.ndarray) -> None:
    """Put these nodes in, in this order, each at the end of the routes chosen for its tasks."""
    count_all(w)
    for rank in range(len(order)):
        node = order[rank]
        second = joined(w, node)
        two = chosen[second] if second >= 0 else -1
        keep(w, append(w, node, np.float64(rank), chosen[w.visits[node].first], two))
        clear(w)
    count_all(w)
