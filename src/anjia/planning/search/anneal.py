"""
Simulated annealing: take a random change if it costs less than a limit drawn beforehand, and cool down.

A change that costs `more` is taken with the chance exp(-more / temperature); drawing the limit first is the same, and
lets `spread` stop as soon as a change must cost more than it may.
"""

import numpy as np

from anjia.planning.search.compiling import entry, inner
from anjia.planning.search.costs import keep, try_out
from anjia.planning.search.dice import below, chance
from anjia.planning.search.links import clear, undo
from anjia.planning.search.moves import drop, move_break, relocate, swap
from anjia.planning.search.people import exchange_days, hand_over
from anjia.planning.search.records import World
from anjia.planning.search.stretches import exchange_stretches


@inner
def change(w: World, limit: float) -> bool:
    """Draw a change and begin it."""
    visit = below(w, w.tally[0].V)
    drawn = below(w, 100)
    if drawn < 7 and w.tally[0].rich:
        return move_break(w) if drawn < 4 else drop(w, visit)
    if 7 <= drawn < 19 and w.tasks[w.visits[visit].first].series >= 0:
        return exchange_days(w, visit) if drawn < 9 else hand_over(w, visit)
    if drawn < 72:
        return relocate(w, visit, limit)
    if drawn < 84:
        return swap(w, visit)
    if drawn < 94:
        return exchange_stretches(w, visit, 4)
    return exchange_stretches(w, visit, 0)


@entry
def anneal(w: World, kept: np.ndarray, best: float, temperature: float, changes: int) -> float:
    """Try so many changes at one temperature; keep the best plan's tasks in `kept`, return what it costs."""
    is_best = False
    for _ in range(changes):
        limit = -temperature * np.log(chance(w))
        more = try_out(w, limit) if change(w, limit) else np.inf
        if more > limit:
            undo(w)
            continue
        if is_best and more > 0.0:  # only now it gets worse: one copy for a whole descent
            undo(w)
            kept[:] = w.tasks
            is_best = False
            continue
        keep(w, more)
        clear(w)
        if w.tally[0].cost < best - 1e-7:
            best = w.tally[0].cost
            is_best = True
    if is_best:
        kept[:] = w.tasks
    return best
