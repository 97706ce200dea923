"""
The neighbourhoods: small changes to a plan, drawn at random, guided by who is near whom in place and time.

Each returns False when what it has drawn cannot be done; it may have begun then, and `undo` takes that back.
"""

import numpy as np

from anjia.planning.search.compiling import inner
from anjia.planning.search.dice import below, chance
from anjia.planning.search.links import (
    leave_out,
    leg,
    lift_tasks,
    position,
    price_on,
    put,
    route_at,
    set_key,
    set_pause,
    take,
)
from anjia.planning.search.records import ERRAND, INDEPENDENT, World
from anjia.planning.search.times import joined, mark, touch_task


@inner
def some_route(w: World, task: int) -> int:
    """Return a random route that may do a task; -1 if none may."""
    count = w.able[task, 0]
    return w.able[task, 1 + below(w, count)] if count > 0 else -1


@inner
def key_behind(w: World, behind: int) -> float:
    """Return a random key for who comes right behind a task or depot."""
    N = w.tally[0].N
    after = w.tasks[behind].next
    if behind >= N and after >= N:  # an empty route: as early as anybody
        return w.tasks[below(w, N)].key + chance(w)
    low = w.tasks[behind].key if behind < N else w.tasks[after].key - 2.0
    high = w.tasks[after].key if after < N else low + 2.0
    return low + (high - low) * chance(w)


@inner
def fits_behind(w: World, behind: int, key: float) -> bool:
    """Return whether a key lies strictly between those of its neighbours; after many halvings there is no room left."""
    N = w.tally[0].N
    after = w.tasks[behind].next
    return (behind >= N or w.tasks[behind].key < key) and (after >= N or key < w.tasks[after].key)


@inner
def put_by_key(w: World, task: int, route: int, key: float, near: int) -> bool:
    behind = position(w, route, key, near)
    if not fits_behind(w, behind, key):
        return False
    put(w, task, behind, route)
    return True


@inner
def place_near(w: World, task: int) -> int:
    """
    Return a task or depot to come right behind, near this task or anywhere; -1 if there is none.

    Of two neighbours that are drawn the nearer one: in a second, where few changes can be tried, that is 0.7 % better.
    """
    if below(w, 8) > 0:
        column = min(below(w, w.near.shape[1]), below(w, w.near.shape[1]))
        other = w.near[task, column]
        if other < 0 or w.tasks[other].route < 0:
            return -1
        return other if column % 2 == 0 else w.tasks[other].prev
    return place_anywhere(w, task)


@inner
def place_anywhere(w: World, task: int) -> int:
    """Return a task or depot to come right behind, on any route that may do it; -1 if there is none."""
    route = some_route(w, task)
    if route < 0:
        return -1
    behind = w.tally[0].N + route
    for _ in range(below(w, 8)):
        behind = w.tasks[behind].next
    return behind


@inner
def second_route(w: World, task: int, first_route: int, was: int, first_was: int) -> int:
    """Return a route for the second caregiver: the same as before, that of a neighbour, or any."""
    drawn = below(w, 4)
    if drawn < 2 and was >= 0:
        return was if was != first_route else first_was
    if drawn == 2:
        other = w.near[task, below(w, w.near.shape[1])]
        if other >= 0 and w.tasks[other].route >= 0:
            return w.tasks[other].route
    return some_route(w, task)


@inner
def detour(w: World, route: int, behind: int, after: int, task: int) -> float:
    """Return what a task costs a route in travel and price, between two others."""
    longer = leg(w, route, behind, task) + leg(w, route, task, after) - leg(w, route, behind, after)
    return longer * w.tally[0].travel_weight + price_on(w, task, route)


@inner
def saving(w: World, task: int) -> float:
    """Return what a task's route saves without it in travel and price; nothing if it has none."""
    here = w.tasks[task]
    return detour(w, here.route, here.prev, here.next, task) if here.route >= 0 else 0.0


@inner
def is_hopeless(w: World, first: int, second: int, behind: int, limit: float) -> bool:
    """
    Return whether to put `first` there must cost more than `limit`, even if all lateness were to vanish and the second
    caregiver's detour were nothing. Most of what is drawn ends here, before anything is changed.
    """
    after = w.tasks[behind].next
    if after in (first, second):
        return False
    more = detour(w, route_at(w, behind), behind, after, first) - saving(w, first)
    if second >= 0:
        more -= saving(w, second)
    tally = w.tally[0]
    return more - tally.tardy - tally.worst_weight * tally.worst - tally.extra - tally.shared > limit


@inner
def relocate(w: World, visit: int, limit: float) -> bool:
    """Put a visit elsewhere, into the plan if it was left out."""
    row = w.visits[visit]
    first, second = row.first, row.second
    if second >= 0 and below(w, 2):
        first, second = second, first
    behind = place_near(w, first)
    if row.kind == ERRAND:
        return behind >= 0 and relocate_errand(w, visit, first, second, behind)
    if behind >= 0 and behind in (first, second):
        behind = w.tasks[behind].prev
    if behind < 0 or w.price[first, route_at(w, behind)] == np.inf:
        return False
    if w.tasks[first].route >= 0 and is_hopeless(w, first, second, behind, limit):
        return False
    if second >= 0:
        if row.kind == INDEPENDENT and w.tasks[first].route >= 0 and below(w, 8) > 0:
            return relocate_one(w, first, second, behind)
        return relocate_two(w, visit, first, second, behind)
    lift(w, visit)
    return put_behind(w, first, behind, route_at(w, behind))


@inner
def relocate_one(w: World, task: int, partner: int, behind: int) -> bool:
    """Put one of two independent tasks elsewhere; the other stays where it is."""
    route = route_at(w, behind)
    if w.routes[route].owner == w.routes[w.tasks[partner].route].owner:
        return False
    take(w, task)
    return put_behind(w, task, behind, route)


@inner
def relocate_two(w: World, visit: int, first: int, second: int, behind: int) -> bool:
    """Put the two tasks of a visit elsewhere, `first` right behind a task, the other where its key belongs."""
    route = route_at(w, behind)
    other = second_route(w, second, route, w.tasks[second].route, w.tasks[first].route)
    if other < 0 or w.routes[other].owner == w.routes[route].owner or w.price[second, other] == np.inf:
        return False
    lift(w, visit)
    if not put_behind(w, first, behind, route):
        return False
    set_key(w, second, w.tasks[first].key)
    return put_by_key(w, second, other, w.tasks[first].key, w.tally[0].N + other)


@inner
def relocate_errand(w: World, visit: int, lead: int, other: int, behind: int) -> bool:
    """Put one stop of an errand right behind a task, the other one somewhere before or after it on the same route."""
    route = route_at(w, behind)
    if w.price[lead, route] == np.inf or w.price[other, route] == np.inf:
        return False
    if w.tasks[lead].route == route and below(w, 2):
        if behind == lead:
            behind = w.tasks[behind].prev
        take(w, lead)
        return put_behind(w, lead, behind, route) and in_turn(w, visit)
    while behind in (lead, other):
        behind = w.tasks[behind].prev
    lift(w, visit)
    if not put_behind(w, lead, behind, route):
        return False
    behind = after_lead(w, lead, other) if other == w.visits[visit].second else before_lead(w, lead, other)
    return put_behind(w, other, behind, route)


@inner
def after_lead(w: World, lead: int, other: int) -> int:
    """Return whom an errand's second stop is to come behind: who is at the same place, or somebody a few steps on."""
    steps, behind = below(w, 8), lead
    if steps > 3:
        while behind < w.tally[0].N and (behind == lead or w.tasks[behind].into != w.tasks[other].into):
            behind = w.tasks[behind].next
        return behind if behind < w.tally[0].N else lead
    for _ in range(steps):
        if w.tasks[behind].next < w.tally[0].N:
            behind = w.tasks[behind].next
    return behind


@inner
def before_lead(w: World, lead: int, other: int) -> int:
    """Return whom an errand's first stop is to come behind: who is at the same place, or somebody a few steps back."""
    steps, behind = below(w, 8), w.tasks[lead].prev
    if steps > 3:
        while behind < w.tally[0].N and w.tasks[behind].into != w.tasks[other].into:
            behind = w.tasks[behind].prev
        return behind if behind < w.tally[0].N else w.tasks[lead].prev
    for _ in range(steps):
        if behind < w.tally[0].N:
            behind = w.tasks[behind].prev
    return behind


@inner
def in_turn(w: World, visit: int) -> bool:
    """Return whether an errand's stops come in the right order; others have none."""
    row = w.visits[visit]
    return row.kind != ERRAND or w.tasks[row.first].key < w.tasks[row.second].key


@inner
def lift(w: World, visit: int) -> None:
    """Take a visit out, to put it in elsewhere; one that is left out is not paid for any more."""
    row = w.visits[visit]
    if w.tasks[row.first].route < 0:
        w.tally[0].moved -= row.price
        return
    lift_tasks(w, visit)


@inner
def put_behind(w: World, task: int, behind: int, route: int) -> bool:
    """Put a task right behind another one, under a new key."""
    key = key_behind(w, behind)
    if not fits_behind(w, behind, key):
        return False
    set_key(w, task, key)
    put(w, task, behind, route)
    return True


@inner
def swap(w: World, one: int) -> bool:
    """Let two visits with as many caregivers change places and caregivers."""
    near = w.near[w.visits[one].first, below(w, w.near.shape[1])]
    if near < 0:
        return False
    two = w.tasks[near].visit
    if goes_alone(w, one) and goes_alone(w, two):
        return swap_tasks(w, w.visits[one].first, near)
    a, b, c, d = w.visits[one].first, w.visits[one].second, w.visits[two].first, w.visits[two].second
    if w.visits[one].kind == ERRAND or w.visits[two].kind == ERRAND:
        return False
    if one == two or (b < 0) != (d < 0) or w.tasks[a].route < 0 or w.tasks[c].route < 0:
        return False
    if b >= 0 and below(w, 2):
        a, b = b, a
    if not may_swap(w, a, c) or (b >= 0 and not may_swap(w, b, d)):
        return False
    ra, rc = w.tasks[a].route, w.tasks[c].route
    rb, rd = (w.tasks[b].route, w.tasks[d].route) if b >= 0 else (-1, -1)
    key, other = w.tasks[a].key, w.tasks[c].key
    lift(w, one)
    lift(w, two)
    if not put_in_place(w, a, rc, other) or not put_in_place(w, c, ra, key):
        return False
    return b < 0 or (put_in_place(w, b, rd, other) and put_in_place(w, d, rb, key))


@inner
def goes_alone(w: World, visit: int) -> bool:
    """Return whether a visit's first task waits for no other."""
    return joined(w, visit) < 0


@inner
def swap_tasks(w: World, a: int, c: int) -> bool:
    """Let two tasks that wait for no other change places and caregivers."""
    row = w.visits[w.tasks[a].visit]
    if row.second >= 0 and below(w, 2):
        a = row.second
    if w.tasks[a].route < 0 or w.tasks[c].route < 0 or not may_swap(w, a, c):
        return False
    ra, rc = w.tasks[a].route, w.tasks[c].route
    if ra != rc and (w.tasks[a].same >= 0 or w.tasks[c].same >= 0):
        return False
    if is_partner(w, a, rc) or is_partner(w, c, ra):
        return False
    key, other = w.tasks[a].key, w.tasks[c].key
    take(w, a)
    take(w, c)
    if not put_in_place(w, a, rc, other) or not put_in_place(w, c, ra, key):
        return False
    return in_turn(w, w.tasks[a].visit) and in_turn(w, w.tasks[c].visit)


@inner
def is_partner(w: World, task: int, route: int) -> bool:
    """Return whether who has this route does the other task of the visit, which another has to do."""
    row = w.visits[w.tasks[task].visit]
    if row.second < 0 or row.kind == ERRAND:
        return False
    partner = row.second if row.first == task else row.first
    return w.routes[w.tasks[partner].route].owner == w.routes[route].owner


@inner
def may_swap(w: World, one: int, two: int) -> bool:
    return w.price[one, w.tasks[two].route] < np.inf and w.price[two, w.tasks[one].route] < np.inf


@inner
def put_in_place(w: World, task: int, route: int, key: float) -> bool:
    set_key(w, task, key)
    return put_by_key(w, task, route, key, w.tally[0].N + route)


@inner
def move_break(w: World) -> bool:
    """Take a break before another visit of the day, or after the last."""
    N, route = w.tally[0].N, below(w, w.tally[0].R)
    if w.routes[route].breaks == 0:
        return False
    bit = 1 << below(w, w.routes[route].breaks)
    depot, length, had = N + route, 1, N + route
    task = w.tasks[depot].next
    while task != depot:
        if w.tasks[task].pause & bit:
            had = task
        length += 1
        task = w.tasks[task].next
    for _ in range(below(w, length)):
        task = w.tasks[task].next
    if task == had:
        return False
    set_pause(w, had, w.tasks[had].pause & ~bit)
    set_pause(w, task, w.tasks[task].pause | bit)
    touch_task(w, had, 2)
    touch_task(w, task, 2)
    mark(w, route)
    return True


@inner
def drop(w: World, visit: int) -> bool:
    """Leave a visit out; one that is out takes the place of another."""
    if w.tasks[w.visits[visit].first].route < 0:
        return oust(w, visit)
    leave_out(w, visit)
    return True


@inner
def oust(w: World, visit: int) -> bool:
    """
    Put a visit of one caregiver into the plan, and leave out another of that caregiver's.

    Where there is work for more hours than she has, neither step alone would ever be taken.
    """
    first = w.visits[visit].first
    behind = place_near(w, first) if below(w, 2) else place_anywhere(w, first)
    if w.visits[visit].second >= 0 or behind < 0 or w.price[first, route_at(w, behind)] == np.inf:
        return False
    route = route_at(w, behind)
    other = victim(w, behind)
    if other < 0 or other >= w.tally[0].N or w.tasks[other].route < 0:
        return False
    if w.routes[w.tasks[other].route].owner != w.routes[route].owner:
        return False
    gone = w.tasks[other].visit
    while w.tasks[behind].visit == gone:
        behind = w.tasks[behind].prev
    leave_out(w, gone)
    lift(w, visit)
    return put_behind(w, first, behind, route)


@inner
def victim(w: World, behind: int) -> int:
    """Return a task to be ousted: one that is near a place, or any."""
    drawn = below(w, 4)
    if drawn == 0:
        return behind
    return w.tasks[behind].next if drawn == 1 else w.visits[below(w, w.tally[0].V)].first
