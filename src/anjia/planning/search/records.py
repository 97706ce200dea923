"""
What the search keeps in memory: rows of plain records, so that compiled code reads a task in one cache line.

A *task* is one part of a visit done by one caregiver; a *route* is one shift of one caregiver. The tasks of a route are
linked: `tasks[N + r]` is not a task but the depot of route `r`, before its first task and after its last one.

A *node* is what has one place in the global order: a visit with both its tasks if they wait for each other. Of two that
are independent, or two stops of an errand, the first goes by its visit, the second has a row of its own behind those of
all visits.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

ALONE: Final = 0  # how the two tasks of a visit go together
TOGETHER: Final = 1
IN_SEQUENCE: Final = 2
INDEPENDENT: Final = 3
ERRAND: Final = 4
OUT: Final = -1  # the route of a task that nobody does

Array = np.ndarray[Any, np.dtype[Any]]

TASK: Final = np.dtype(
    [
        # what the search changes
        ("prev", "i4"),
        ("next", "i4"),
        ("route", "i4"),
        ("pause", "i4"),  # bit b: break b of the route is taken after arriving here, before the service
        ("start", "f8"),
        ("late", "f8"),
        ("key", "f8"),  # its node's place in the global order
        # what the problem says
        ("visit", "i4"),
        ("node", "i4"),  # its row in `visits` for the order: its visit's, or one of its own
        ("out", "i4"),  # the row of the travel matrix to leave by
        ("into", "i4"),  # the column to arrive by
        ("windows", "i4"),
        ("hard", "i4"),  # whether it may not be late
        ("series", "i4"),  # whose first task it is; -1
        ("same", "i4"),  # the other stop of the errand, which is on the same route; -1
        ("minutes", "f8"),
        ("opens", "f8"),  # its first window
        ("closes", "f8"),  # the last start that is not late
        ("dear", "f8"),  # what a minute too late costs
        ("set_up", "f8"),  # before it, unless she is there already
    ],
    align=True,
)

VISIT: Final = np.dtype(
    [
        ("first", "i4"),
        ("second", "i4"),  # -1: it has one task
        ("kind", "i4"),
        ("queued", "i4"),
        ("least", "f8"),  # second start - first start, IN_SEQUENCE
        ("most", "f8"),  # of an errand too
        ("price", "f8"),  # of leaving it out
    ],
    align=True,
)

ROUTE: Final = np.dtype(
    [
        ("base", "i4"),  # the first row of its travel matrix
        ("owner", "i4"),  # two shifts of one caregiver have one owner
        ("breaks", "i4"),
        ("marked", "i4"),
        ("hard", "i4"),  # whether it may not end late
        ("day", "i4"),
        ("opens", "f8"),
        ("closes", "f8"),
        ("over_price", "f8"),  # of a minute after its end
        ("most_work", "f8"),
        ("most_in_all", "f8"),  # of all shifts of this caregiver
        ("work_price", "f8"),  # of a minute more than either
        ("extra", "f8"),  # what its waiting, overtime and missed breaks cost
        ("idle", "f8"),
        ("work", "f8"),
    ],
    align=True,
)

WINDOW: Final = np.dtype([("opens", "f8"), ("closes", "f8"), ("leave", "f8")], align=True)
BREAK: Final = np.dtype([("opens", "f8"), ("closes", "f8"), ("minutes", "f8"), ("price", "f8")], align=True)
PROMISE: Final = np.dtype(
    [("since", "f8"), ("until", "f8"), ("hers", "i4"), ("theirs", "i4")],  # and whose it is: owners, or -1
    align=True,
)
SERIES: Final = np.dtype([("apart", "i4"), ("price", "f8")], align=True)
TIME: Final = np.dtype([("start", "f8"), ("late", "f8"), ("task", "i4")], align=True)
STEP: Final = np.dtype(
    [("what", "i4"), ("a", "i4"), ("b", "i4"), ("c", "i4"), ("d", "i4"), ("x", "f8")], align=True
)
DUE: Final = np.dtype([("key", "f8"), ("visit", "i4")], align=True)

TALLY: Final = np.dtype(
    [
        # what the plan costs now
        ("cost", "f8"),
        ("tardy", "f8"),  # the sum of late x dear
        ("worst", "f8"),  # the largest late
        ("extra", "f8"),  # the sum over routes
        ("shared", "f8"),  # what the largest idle time and the unequal work cost
        # of the move that is being tried
        ("moved", "f8"),  # travel, prices and visits left out: known before any time is
        # the lengths of the logs
        ("due", "i4"),
        ("times", "i4"),
        ("steps", "i4"),
        ("marks", "i4"),
        ("seed", "u8"),
        # what the problem says
        ("N", "i4"),
        ("V", "i4"),
        ("nodes", "i4"),
        ("R", "i4"),
        ("rich", "i4"),  # whether anything but travel, lateness and prices counts
        ("leaves_late", "i4"),
        ("promises", "i4"),  # whether another time than was promised costs
        ("other_time", "f8"),
        ("hours", "i4"),  # whether anybody's minutes of work are limited over all shifts
        ("forbidden", "f8"),  # what a minute costs that must not be
        ("travel_weight", "f8"),
        ("worst_weight", "f8"),
        ("wait_weight", "f8"),
        ("idle_weight", "f8"),
        ("balance_weight", "f8"),
    ],
    align=True,
)


# of the world: what its arrays hold, and how many dimensions they have
FIELDS: Final[dict[str, tuple[Any, int]]] = {
    "tasks": (TASK, 1),
    "visits": (VISIT, 1),
    "routes": (ROUTE, 1),
    "tally": (TALLY, 1),
    "travel": ("f8", 2),
    "price": ("f8", 2),
    "able": ("i4", 2),
    "windows": (WINDOW, 2),
    "breaks": (BREAK, 2),
    "near": ("i4", 2),
    "promises": (PROMISE, 1),
    "series": (SERIES, 1),
    "members": ("i4", 2),
    "due": (DUE, 1),
    "times": (TIME, 1),
    "steps": (STEP, 1),
    "marks": ("i4", 1),
    "kept": (ROUTE, 1),
}


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """All of it. `near[t]` are tasks that are good to have right before `t` (even columns) or right after it."""

    tasks: Array
    visits: Array
    routes: Array
    tally: Array  # one row
    travel: Array
    price: Array  # [task, route]: what it costs that this route does this task; infinite if it may not
    able: Array  # [task, k]: the routes that may, and -1
    windows: Array  # [task, k]
    breaks: Array  # [route, b]
    near: Array
    promises: Array  # [task]: between which times it was promised to start
    series: Array
    members: Array  # [series, k]: the first tasks of its visits, and -1
    # logs, which undo a move
    due: Array
    times: Array
    steps: Array
    marks: Array
    kept: Array  # the marked routes as they were
    # where compiled code finds all this: `passing` reads it
    found_at: Array = field(init=False)
    address: int = field(init=False)

    def __post_init__(self) -> None:
        words: list[int] = []
        for name, (kind, dimensions) in FIELDS.items():
            array: Array = getattr(self, name)
            if array.dtype != np.dtype(kind) or array.ndim != dimensions or not array.flags.c_contiguous:
                raise TypeError(f"{name} is not laid out as the search reads it")
            words += [array.ctypes.data, *array.shape, *array.strides]
        where = np.array(words, "i8")
        object.__setattr__(self, "found_at", where)
        object.__setattr__(self, "address", where.ctypes.data)
