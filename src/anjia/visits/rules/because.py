"""What put somebody in for a visit. What it is worth to whom is said in `anjia.visits.because`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class How(StrEnum):
    """By what it was decided who comes."""

    BOOKED = "booked"  # the booking's rules, for a time that was chosen
    MOVED = "moved"  # the same, for another time
    TOOK_IT = "took_it"  # she was asked and took what was kept for somebody else
    NEXT = "next"  # whoever was asked before her did not take it
    INSTEAD = "instead"  # whoever was in for it cannot come
    HAND = "hand"  # somebody of the house has sent her
    CHANGED = "changed"  # somebody of the house has changed the day
    PLANNED = "planned"  # a plan of the day was published
    UNDONE = "undone"  # a change was taken back: she was in for it before


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How it was decided, and what only `dispatch` knows of it: the minutes to get there, by caregiver."""

    how: How
    minutes: Mapping[UUID, int | None] = field(default_factory=dict)
    why: str = ""
