"""What dispatch needs of whoever works out a day: today a greedy insertion, later the planning engine."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from anjia.dispatch.rules import Ask, Point, Timeline, Trouble


class Feasibility(Protocol):
    def trouble(self, timeline: Timeline, ask: Ask) -> Trouble | None:
        """Return why the caregiver cannot come then without breaking another promise, or None if she can."""
        ...

    def starts(
        self, timeline: Timeline, *, minutes: int, place: Point | None, since: datetime, until: datetime
    ) -> Sequence[datetime]:
        """Return the times from `since` to before `until` at which `trouble` finds none."""
        ...

    def travel_minutes(self, timeline: Timeline, ask: Ask) -> float:
        """Return how long she travels to the door from where she is before."""
        ...

    def way(self, timeline: Timeline, start: Point | None, end: Point | None) -> timedelta:
        """Return the time from door to door."""
        ...
