"""What is to happen when: one thing after the other, each at its own time."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

What = Callable[[], object]


@dataclass(slots=True)
class Agenda:
    """A clock that jumps from one thing to the next; after each, `then` is done."""

    now: datetime
    then: What = lambda: None
    waiting: list[tuple[datetime, int, What]] = field(default_factory=list)
    number: int = 0

    def at(self, when: datetime, what: What) -> None:
        """Have it done then; what is over already is done next."""
        self.number += 1
        heapq.heappush(self.waiting, (max(when, self.now), self.number, what))

    def run(self, until: datetime) -> None:
        while self.waiting and self.waiting[0][0] < until:
            self.now, _number, what = heapq.heappop(self.waiting)
            what()
            self.then()
        self.now = until
