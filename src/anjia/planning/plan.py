"""A plan: who does what when, and who is left out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stop:
    """A part of a visit, done in a shift; `starts` is the start of the service, after any waiting."""

    visit: str
    part: int
    starts: float


@dataclass(frozen=True, slots=True)
class Rest:
    """A break, taken right before the stop with this number in the route; behind the last if it is their count."""

    number: int  # of the shift's breaks
    before: int
    starts: float


@dataclass(frozen=True, slots=True)
class Route:
    caregiver: str
    shift: str
    stops: tuple[Stop, ...] = ()
    rests: tuple[Rest, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    routes: tuple[Route, ...]
    left_out: tuple[str, ...] = ()
