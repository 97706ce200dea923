"""
The neighbourhood of two caregivers who exchange their days, and with them those whom they visit again on another day.

Idea. Who is visited several times is better off with one caregiver. So a better Monday may have to change
Thursday too: no step of one day alone leads there. Here two caregivers exchange what they do on a day, all of it, and
on each further day on which either of them visits somebody of that day again, until there is none.

Cost. As many steps as these days have tasks; it is drawn seldom. No key changes, so the order stays what it was.
"""

import numpy as np

from anjia.planning.search.compiling import inner
from anjia.planning.search.dice import below
from anjia.planning.search.links import EXCHANGED, exchange, leg, log, set_pause, stretch_price, take
from anjia.planning.search.moves import goes_alone, is_partner, put_in_place
from anjia.planning.search.records import World
from anjia.planning.search.stretches import may_move, touch_stretch
from anjia.planning.search.times import mark


@inner
def exchange_days(w: World, visit: int) -> bool:
    """Let who visits one of a series exchange days with another who may."""
    first = w.visits[visit].first
    one = w.tasks[first].route
    if w.tasks[first].series < 0 or one < 0:
        return False
    two = w.able[first, 1 + below(w, w.able[first, 0])]
    if w.routes[one].day != w.routes[two].day or w.routes[one].owner == w.routes[two].owner:
        return False
    due = 1 << w.routes[one].day
    done = 0
    while due & ~done:
        day = 0
        while not (due & ~done) & (1 << day):
            day += 1
        done |= 1 << day
        a, b = first_shift(w, one, day), first_shift(w, two, day)
        while a >= 0 and b >= 0:
            if not exchange_routes(w, a, b):
                return False
            due |= days_with(w, a, one, two) | days_with(w, b, one, two)
            a, b = next_shift(w, a), next_shift(w, b)
        if a >= 0 or b >= 0:
            return False
    return True


@inner
def first_shift(w: World, route: int, day: int) -> int:
    """Return the first shift of that day of whoever has this route; -1: she has none. Hers lie side by side."""
    owner = w.routes[route].owner
    while route > 0 and w.routes[route - 1].owner == owner:
        route -= 1
    while route < w.tally[0].R and w.routes[route].owner == owner:
        if w.routes[route].day == day:
            return route
        route += 1
    return -1


@inner
def next_shift(w: World, route: int) -> int:
    """Return her next shift of the same day; -1: there is none."""
    after = route + 1
    if after == w.tally[0].R or w.routes[after].owner != w.routes[route].owner:
        return -1
    return after if w.routes[after].day == w.routes[route].day else -1


@inner
def exchange_routes(w: World, one: int, two: int) -> bool:
    """Exchange all that two shifts do, breaks and all; False if either may not do what the other does."""
    N = w.tally[0].N
    a, b = N + one, N + two
    if (
        w.routes[one].breaks != w.routes[two].breaks
        or not may_move(w, a, a, two)
        or not may_move(w, b, b, one)
    ):
        return False
    before = whole_cost(w, one) + whole_cost(w, two)
    pause, other = w.tasks[a].pause, w.tasks[b].pause
    set_pause(w, a, other)
    set_pause(w, b, pause)
    log(w, EXCHANGED, a, a, b, b, 0.0)
    exchange(w, a, a, b, b, one, two)
    w.tally[0].moved += whole_cost(w, one) + whole_cost(w, two) - before
    touch_stretch(w, a, a, one, two)
    touch_stretch(w, b, b, one, two)
    if w.tally[0].rich:
        mark(w, one)
        mark(w, two)
    return True


@inner
def whole_cost(w: World, route: int) -> float:
    """Return the travel and the prices of a whole route."""
    depot = w.tally[0].N + route
    ways = leg(w, route, depot, w.tasks[depot].next) + leg(w, route, w.tasks[depot].prev, depot)
    return stretch_price(w, depot, depot, route) + ways * w.tally[0].travel_weight


@inner
def days_with(w: World, route: int, one: int, two: int) -> int:
    """Return the days, as bits, on which either of two caregivers visits somebody of this route again."""
    days, depot = 0, w.tally[0].N + route
    task = w.tasks[depot].next
    while task != depot:
        if w.tasks[task].series >= 0:
            for k in range(w.members.shape[1]):
                other = w.members[w.tasks[task].series, k]
                if other < 0:
                    break
                if w.tasks[other].route >= 0:
                    beside = w.routes[w.tasks[other].route]
                    if beside.owner == w.routes[one].owner or beside.owner == w.routes[two].owner:
                        days |= 1 << beside.day
        task = w.tasks[task].next
    return days


@inner
def hand_over(w: World, visit: int) -> bool:
    """
    Let another caregiver do all visits of a series: her who visits a neighbour, who changes places with one of them.

    A neighbour of a series brings all of hers. Whoever has nobody to change places with comes where her key belongs.
    """
    a = w.visits[visit].first
    c = w.near[a, below(w, w.near.shape[1])]
    if c < 0 or w.tasks[a].series < 0 or w.tasks[a].route < 0 or w.tasks[c].route < 0:
        return False
    one, two = w.tasks[a].route, w.tasks[c].route
    if w.routes[one].owner == w.routes[two].owner or w.tasks[a].series == w.tasks[c].series:
        return False
    if w.tasks[c].series < 0:
        if not exchange_places(w, a, c):
            return False
    elif not exchange_or_give(w, w.tasks[c].series, w.tasks[a].series, two, one):
        return False
    return exchange_or_give(w, w.tasks[a].series, -1, one, two)


@inner
def exchange_or_give(w: World, series: int, other: int, one: int, two: int) -> bool:
    """Move what is in a series from who has route `one` to who has `two`, in exchange for what `other` has there."""
    for k in range(w.members.shape[1]):
        task = w.members[series, k]
        if task < 0:
            break
        if w.tasks[task].route < 0 or w.routes[w.tasks[task].route].owner != w.routes[one].owner:
            continue
        beside = same_day(w, other, task) if other >= 0 else -1
        if beside >= 0 and w.routes[w.tasks[beside].route].owner == w.routes[two].owner:
            if not exchange_places(w, task, beside):
                return False
        elif not give(w, task, two):
            return False
    return True


@inner
def same_day(w: World, series: int, task: int) -> int:
    """Return which task of a series is on the day of this one, which somebody does; -1: none."""
    day = w.routes[w.tasks[task].route].day
    for k in range(w.members.shape[1]):
        other = w.members[series, k]
        if other < 0:
            break
        if w.tasks[other].route >= 0 and w.routes[w.tasks[other].route].day == day:
            return other
    return -1


@inner
def exchange_places(w: World, one: int, two: int) -> bool:
    """Let two tasks change places and caregivers."""
    here, there = w.tasks[one].route, w.tasks[two].route
    if not may_take(w, one, there) or not may_take(w, two, here):
        return False
    key, other = w.tasks[one].key, w.tasks[two].key
    take(w, one)
    take(w, two)
    return put_in_place(w, one, there, other) and put_in_place(w, two, here, key)


@inner
def give(w: World, task: int, to: int) -> bool:
    """Give a task to whoever has a route, on its day, where its key belongs."""
    route = first_shift(w, to, w.routes[w.tasks[task].route].day)
    if route < 0 or not may_take(w, task, route):
        return False
    key = w.tasks[task].key
    take(w, task)
    return put_in_place(w, task, route, key)


@inner
def may_take(w: World, task: int, route: int) -> bool:
    """Return whether a route may do a task that waits for no other, and whose partner is somebody else."""
    if w.price[task, route] == np.inf or w.tasks[task].same >= 0 or is_partner(w, task, route):
        return False
    return goes_alone(w, w.tasks[task].visit)
