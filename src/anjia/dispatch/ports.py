"""
What dispatch needs of whoever says whether one more visit fits into somebody's day: an insertion in plain Python, since
whoever asks waits for the answer. Whole days are the planning engine's (`posing`), and are checked by this.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from anjia.dispatch.delivering import Delivery
from anjia.dispatch.resting import Due
from anjia.dispatch.rules import Ask, Point, Stop, Timeline, Trouble


class Feasibility(Protocol):
    def trouble(self, timeline: Timeline, ask: Ask) -> Trouble | None:
        """Return why the caregiver cannot come then without breaking another promise, or None if she can."""
        ...

    def starts(
        self,
        timeline: Timeline,
        *,
        minutes: int,
        place: Point | None,
        since: datetime,
        until: datetime,
        deliver_minutes: int = 0,
        access_minutes: int = 0,
    ) -> Sequence[datetime]:
        """Return the times from `since` to before `until` at which `trouble` finds none."""
        ...

    def delivery_trouble(self, timeline: Timeline, ask: Ask) -> Trouble | None:
        """Return what would come too late to the laboratory, whatever else stands against it; None if nothing."""
        ...

    def break_trouble(self, timeline: Timeline, ask: Ask) -> Trouble | None:
        """Return the break that she would miss, whatever else stands against it; None if none."""
        ...

    def rests(
        self, timeline: Timeline, *, since: datetime, until: datetime
    ) -> Sequence[tuple[Due, datetime | None]]:
        """Return her breaks of these days, each with when she has it first, as it follows from what she is promised."""
        ...

    def too_late(self, timeline: Timeline) -> Collection[Stop]:
        """Return at which of her stops something is taken that cannot be at the laboratory in time."""
        ...

    def spoiled(self, before: Timeline, then: Timeline) -> Sequence[Trouble]:
        """Return what several changes together spoil: what she carries comes too late, or she misses a break."""
        ...

    def deliveries(self, timeline: Timeline) -> Sequence[Delivery]:
        """Return her ways to the laboratory, as they follow from what she is promised."""
        ...

    def travel_minutes(self, timeline: Timeline, ask: Ask) -> float:
        """Return how long she travels to the door from where she is before."""
        ...

    def way(self, timeline: Timeline, start: Point | None, to: Stop | Ask) -> timedelta:
        """Return the time from door to door, for who is to be there when that begins."""
        ...
