"""
Renumbering the global order.

A new key lies between two others, and after many halvings no number does. So from time to time all keys become
whole numbers again. Of the many orders that the routes allow the one by time is taken: then two visits that come one
after the other for caregivers who have nothing to do with each other have keys that say so, and a visit of two finds
its place.
"""

from anjia.planning.search.compiling import entry, inner
from anjia.planning.search.records import World
from anjia.planning.search.times import enqueue


@inner
def begin(w: World, visit: int) -> float:
    """Return when the later of a visit's services starts."""
    row = w.visits[visit]
    starts = w.tasks[row.first].start
    return max(starts, w.tasks[row.second].start) if row.second >= 0 else starts


@inner
def before(w: World, visit: int) -> int:
    """Return one more than how many visits come right before this one; 0 if it is left out."""
    row, N = w.visits[visit], w.tally[0].N
    if w.tasks[row.first].route < 0:
        return 0
    count = 1 + (w.tasks[row.first].prev < N)
    return count + (w.tasks[row.second].prev < N) if row.second >= 0 else count


@inner
def release(w: World, visit: int) -> None:
    """One of the visits before this one has its number; after the last of them it may have its own."""
    w.visits[visit].queued -= 1
    if w.visits[visit].queued == 0:
        enqueue(w, visit, begin(w, visit))


@entry
def renumber(w: World) -> None:
    """
    Give whole keys: again and again to the earliest visit of those with nothing before them.

    `queued` counts meanwhile how many a visit has before it, and one for the beginning.
    """
    tally, rank = w.tally[0], 0.0
    tally.due = 0
    for visit in range(tally.V):
        w.visits[visit].queued = before(w, visit)
    for visit in range(tally.V):
        if w.visits[visit].queued:
            release(w, visit)
    while w.tally[0].due > 0:
        w.tally[0].due -= 1
        row = w.visits[w.due[w.tally[0].due].visit]
        rank += 1.0
        for task in (row.first, row.second):
            if task >= 0:
                w.tasks[task].key = rank
                if w.tasks[task].next < tally.N:
                    release(w, w.tasks[w.tasks[task].next].visit)
