"""
Every place that a visit could have, while all others stay in the order they have.

Of a visit that is not in the plan each task is tried behind every task and depot of every route that may, two that wait
for each other at every pair of places that one key fits. What is found: for each task and route the least that the plan
would cost more, and where that is. One propagation per place, so some ten thousand for a double visit into a town.
"""

import numpy as np

from anjia.planning.search.compiling import entry, inner
from anjia.planning.search.costs import count_all, keep, try_out
from anjia.planning.search.links import clear, leave_out, put, route_at, set_key, undo
from anjia.planning.search.records import ERRAND, World
from anjia.planning.search.times import joined

FOUND = np.dtype([("more", "f8"), ("behind", "i4"), ("with_behind", "i4")], align=True)


@inner
def low_key(w: World, behind: int) -> float:
    """Return above what the key must be of who comes right behind a task or depot."""
    return w.tasks[behind].key if behind < w.tally[0].N else -np.inf


@inner
def high_key(w: World, behind: int) -> float:
    after = w.tasks[behind].next
    return w.tasks[after].key if after < w.tally[0].N else np.inf


@inner
def middle(low: float, high: float) -> float:
    if low == -np.inf:
        return high - 1.0 if high < np.inf else 0.0
    return (low + high) / 2.0 if high < np.inf else low + 1.0


@inner
def place(w: World, visit: int, one: int, two: int) -> bool:
    """Begin to put a visit behind these; False if no key fits, or one caregiver would come twice."""
    row = w.visits[visit]
    low, high = low_key(w, one), high_key(w, one)
    w.tally[0].moved -= row.price
    if row.kind == ERRAND:
        set_key(w, row.first, middle(low, high))
        set_key(
            w, row.second, middle(w.tasks[row.first].key if one == two else low_key(w, two), high_key(w, two))
        )
        put(w, row.second, two, route_at(w, two))
        put(w, row.first, one, route_at(w, one))
        return True
    if row.second >= 0:
        if w.routes[route_at(w, one)].owner == w.routes[route_at(w, two)].owner:
            return False
        low_two, high_two = low_key(w, two), high_key(w, two)
        if joined(w, visit) >= 0:
            low = low_two = max(low, low_two)
            high = high_two = min(high, high_two)
            if low >= high:
                return False
        set_key(w, row.second, middle(low_two, high_two))
        put(w, row.second, two, route_at(w, two))
    set_key(w, row.first, middle(low, high))
    put(w, row.first, one, route_at(w, one))
    return True


@inner
def note(w: World, found: np.ndarray, part: int, more: float, behind: int, other: int) -> None:
    here = found[part, route_at(w, behind)]
    if more < here.more:
        here.more = more
        here.behind = behind
        here.with_behind = other


@inner
def try_place(w: World, visit: int, one: int, two: int, found: np.ndarray) -> None:
    more = try_out(w, np.inf) if place(w, visit, one, two) else np.inf
    undo(w)
    note(w, found, 0, more, one, two)
    if two >= 0:
        note(w, found, 1, more, two, one)


@inner
def may_come(w: World, task: int, behind: int) -> bool:
    """Return whether there is a place behind a task or depot for this task."""
    route = route_at(w, behind)
    return route >= 0 and w.price[task, route] < np.inf


@entry
def probe(w: World, visit: int, found: np.ndarray) -> None:
    """Fill `found[part, route]`; the visit must be out."""
    row, spots = w.visits[visit], len(w.tasks)
    for one in range(spots):
        if not may_come(w, row.first, one):
            continue
        if row.second < 0:
            try_place(w, visit, one, -1, found)
            continue
        if row.kind == ERRAND:
            try_errand(w, visit, one, found)
            continue
        for two in range(spots):
            if may_come(w, row.second, two):
                try_place(w, visit, one, two, found)


@inner
def try_errand(w: World, visit: int, one: int, found: np.ndarray) -> None:
    """Try an errand with its first stop behind `one`, its second behind that or whoever comes later."""
    if not may_come(w, w.visits[visit].second, one):
        return
    try_place(w, visit, one, one, found)
    two = w.tasks[one].next
    while two < w.tally[0].N:
        try_place(w, visit, one, two, found)
        two = w.tasks[two].next


@entry
def put_there(w: World, visit: int, one: int, two: int) -> None:
    """Put a visit behind these, where `probe` has found a place."""
    if place(w, visit, one, two):
        keep(w, try_out(w, np.inf))
        clear(w)
    else:
        undo(w)
    count_all(w)


@entry
def take_out(w: World, visit: int) -> None:
    """Leave a visit out."""
    if w.tasks[w.visits[visit].first].route >= 0:
        leave_out(w, visit)
        keep(w, try_out(w, np.inf))
        clear(w)
    count_all(w)
