"""The neighbourhood of two routes that exchange a part of their day."""

import numpy as np

from anjia.planning.search.compiling import inner
from anjia.planning.search.dice import below, chance
from anjia.planning.search.links import EXCHANGED, exchange, leg, log, position, set_pause, stretch_price
from anjia.planning.search.moves import is_partner
from anjia.planning.search.records import World
from anjia.planning.search.times import mark, touch_task


@inner
def may_move(w: World, begin: int, end: int, route: int) -> bool:
    """
    Return whether a route may do all that lies strictly between two tasks, its caregiver is no partner there, and of no
    errand one stop is left behind.
    """
    task = w.tasks[begin].next
    while task != end:
        if w.price[task, route] == np.inf:
            return False
        if is_partner(w, task, route):
            return False
        if w.tasks[task].series >= 0 and meets(w, task, route):
            return False
        if w.tasks[task].same >= 0 and not lies_between(w, w.tasks[task].same, begin, end):
            return False
        task = w.tasks[task].next
    return True


@inner
def meets(w: World, task: int, route: int) -> bool:
    """Return whether another visit of the series is in this route or in the task's own: what both cost is one sum."""
    here = w.tasks[task]
    for k in range(w.members.shape[1]):
        other = w.members[here.series, k]
        if other < 0:
            break
        beside = w.tasks[other].route
        if other != task and (beside == route or beside == here.route):
            return True
    return False


@inner
def lies_between(w: World, task: int, begin: int, end: int) -> bool:
    """Return whether a task of the same route lies strictly between two tasks or depots of it."""
    N, key = w.tally[0].N, w.tasks[task].key
    return (begin >= N or w.tasks[begin].key < key) and (end >= N or key < w.tasks[end].key)


@inner
def hand_on_breaks(w: World, begin: int, end: int) -> None:
    """Breaks belong to a route: those within a stretch that leaves it go to who comes after."""
    bits = 0
    task = w.tasks[begin].next
    while task != end:
        bits |= w.tasks[task].pause
        set_pause(w, task, 0)
        task = w.tasks[task].next
    if bits:
        set_pause(w, end, w.tasks[end].pause | bits)


@inner
def exchange_cost(w: World, a: int, b: int, c: int, d: int, one: int, two: int) -> float:
    """Return the travel and prices of the two stretches and of the ways into them and out, as they are linked now."""
    total = stretch_price(w, a, b, one) + stretch_price(w, c, d, two)
    ways = leg(w, one, a, w.tasks[a].next) + leg(w, two, c, w.tasks[c].next)
    if w.tasks[a].next != b:
        ways += leg(w, one, w.tasks[b].prev, b)
    if w.tasks[c].next != d:
        ways += leg(w, two, w.tasks[d].prev, d)
    return total + ways * w.tally[0].travel_weight


@inner
def exchange_stretches(w: World, visit: int, longest: int) -> bool:
    """
    Let two routes exchange what they do between two moments of the global order, up to the evening if `longest` is 0.

    No key changes, so the order stays what it was.
    """
    N = w.tally[0].N
    row = w.visits[visit]
    task = row.second if row.second >= 0 and below(w, 2) else row.first
    one = w.tasks[task].route
    near = w.near[task, below(w, w.near.shape[1])]
    if one < 0 or near < 0:
        return False
    two = w.tasks[near].route
    if two < 0 or two == one:
        return False
    a = w.tasks[task].prev
    low = w.tasks[a].key if a < N else w.tasks[task].key - 2.0
    c = position(w, two, low + (w.tasks[task].key - low) * chance(w), near)
    b, d = N + one, N + two
    if longest > 0:
        last = task
        for _ in range(below(w, longest)):
            if w.tasks[last].next < N:
                last = w.tasks[last].next
        b = w.tasks[last].next
        high = w.tasks[b].key if b < N else w.tasks[last].key + 2.0
        d = w.tasks[position(w, two, high - (high - w.tasks[last].key) * chance(w), c)].next
    if not may_move(w, a, b, two) or not may_move(w, c, d, one):
        return False
    before = exchange_cost(w, a, b, c, d, one, two)
    if w.tally[0].rich:
        hand_on_breaks(w, a, b)
        hand_on_breaks(w, c, d)
        mark(w, one)
        mark(w, two)
    log(w, EXCHANGED, a, b, c, d, 0.0)
    exchange(w, a, b, c, d, one, two)
    w.tally[0].moved += exchange_cost(w, a, b, c, d, one, two) - before
    touch_stretch(w, a, b, one, two)
    touch_stretch(w, c, d, one, two)
    return True


@inner
def touch_stretch(w: World, begin: int, end: int, one: int, two: int) -> None:
    """
    Queue what an exchange has changed: the ways in and out, and all between if the two travel by other means, or if one
    of them may have been promised.
    """
    touch_task(w, w.tasks[begin].next, 2)
    touch_task(w, end, 2)
    if w.tally[0].promises or w.routes[one].base != w.routes[two].base:
        task = w.tasks[begin].next
        while task != end:
            touch_task(w, task, 2)
            task = w.tasks[task].next
