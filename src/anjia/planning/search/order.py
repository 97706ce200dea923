"""
Renumbering the global order.

A new key lies between two others, and after many halvings no number does. So from time to time all keys become
whole numbers again. Of the many orders that the routes allow the one by time is taken: then two visits that come one
after the other for caregivers who have nothing to do with each other have keys that say so, and a visit of two finds
its place.
"""

from anjia.planning.search.compiling import entry, inner
from anjia.planning.search.records import World
from anjia.planning.search.times import enqueue, joined


@inner
def begin(w: World, node: int) -> float:
    """Return when the later of a node's services starts."""
    starts, second = w.tasks[w.visits[node].first].start, joined(w, node)
    return max(starts, w.tasks[second].start) if second >= 0 else starts


@inner
def before(w: World, node: int) -> int:
    """Return one more than how many nodes come right before this one; 0 if it is left out."""
    first, second, N = w.visits[node].first, joined(w, node), w.tally[0].N
    if w.tasks[first].route < 0:
        return 0
    count = 1 + (w.tasks[first].prev < N)
    return count + (w.tasks[second].prev < N) if second >= 0 else count


@inner
def release(w: World, node: int) -> None:
    """One of the nodes before this one has its number; after the last of them it may have its own."""
    w.visits[node].queued -= 1
    if w.visits[node].queued == 0:
        enqueue(w, node, begin(w, node))


@inner
def number(w: World, task: int, rank: float) -> None:
    """Give a task its number, which brings those who come behind it nearer to theirs."""
    w.tasks[task].key = rank
    if w.tasks[task].next < w.tally[0].N:
        release(w, w.tasks[w.tasks[task].next].node)


@entry
def renumber(w: World) -> None:
    """
    Give whole keys: again and again to the earliest node of those with nothing before them.

    `queued` counts meanwhile how many a node has before it, and one for the beginning.
    """
    tally, rank = w.tally[0], 0.0
    tally.due = 0
    for node in range(tally.nodes):
        w.visits[node].queued = before(w, node)
    for node in range(tally.nodes):
        if w.visits[node].queued:
            release(w, node)
    while w.tally[0].due > 0:
        w.tally[0].due -= 1
        node = w.due[w.tally[0].due].visit
        rank += 1.0
        number(w, w.visits[node].first, rank)
        second = joined(w, node)
        if second >= 0:
            number(w, second, rank)
