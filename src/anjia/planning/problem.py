"""
What has to be planned: caregivers, visits, travel times, and what counts for how much.

Times are minutes from the midnight at which the horizon begins; places are names, for which the travel times hold a
row and a column each. A problem is checked when it is made and sorted by id: the order in which things came changes
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from anjia.planning.checking import check

Matrix = tuple[tuple[float, ...], ...]

DAY: Final = 1440.0  # minutes
ALONE: Final = "alone"
TOGETHER: Final = "together"
IN_SEQUENCE: Final = "in_sequence"
INDEPENDENT: Final = "independent"
ERRAND: Final = "errand"
AT_START: Final = "start"
AT_END: Final = "end"


@dataclass(frozen=True, slots=True)
class Window:
    opens: float
    closes: float


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of `minutes` that begins (or, where lateness is read at the end, ends) within a window; it adds no way."""

    opens: float
    closes: float
    minutes: float
    price: float = 0.0  # of missing it


@dataclass(frozen=True, slots=True)
class Shift:
    id: str
    opens: float
    closes: float
    starts_at: str
    ends_at: str
    breaks: tuple[Break, ...] = ()
    may_run_over: bool = True
    most_work: float | None = None  # minutes of work and way

    @property
    def day(self) -> int:
        return int(self.opens // DAY)


@dataclass(frozen=True, slots=True)
class Caregiver:
    id: str
    shifts: tuple[Shift, ...]
    skills: Mapping[str, int] = field(default_factory=dict)  # skill: grade
    gender: str = ""
    mode: str = ""  # of travel; "": the only one there is
    price: float = 0.0  # of each visit that she does
    most_work: float | None = None  # minutes of work and way in all her shifts
    work_price: float | None = (
        None  # of each minute of work more than she or a shift may; None: it may not be
    )


@dataclass(frozen=True, slots=True)
class Part:
    """
    What one caregiver does on a visit.

    `set_up`: minutes before it, which she is spared who comes from the same place. Of an errand, a part may be done
    elsewhere, in windows of its own, which are `hard` or not.
    """

    skill: str
    minutes: float
    grade: int = 0
    set_up: float = 0.0
    place: str = ""
    windows: tuple[Window, ...] = ()
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """
    What has been said: who comes, and when she begins with the first part.

    Others, or a start more than `within` minutes away from that, cost what the weights say; what is to be kept is not
    changed at any price. Who has been named may be gone since.
    """

    caregivers: tuple[str, ...]
    starts: float
    within: float = 0.0
    keeps_caregivers: bool = False
    keeps_time: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """
    A promise: where, what, when, by how many.

    Lateness is measured against the last window that had opened. `hard`: it may not be late at all.
    `gap`: the least and the most minutes from the first start to the second, in sequence; of an errand only the most.
    An errand is two stops of one caregiver, the second later on the same way: a home and then the laboratory, the
    pharmacy and then a home.
    """

    id: str
    place: str
    parts: tuple[Part, ...]
    windows: tuple[Window, ...]
    hard: bool = False
    kind: str = ALONE
    gap: tuple[float, float] = (0.0, 0.0)
    price: float | None = None  # of leaving it out; None: the general one
    priority: float = 1.0  # how much its lateness counts
    gender: str = ""
    required: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    known: Mapping[str, float] = field(default_factory=dict)  # caregiver: what she saves, for continuity
    promise: Promise | None = None

    def place_of(self, part: Part) -> str:
        return part.place or self.place

    def windows_of(self, part: Part) -> tuple[Window, ...]:
        return part.windows or self.windows

    def is_hard(self, part: Part) -> bool:
        return part.hard if part.windows else self.hard


@dataclass(frozen=True, slots=True)
class Series:
    """
    Visits to one person over the days: any two of them at least `apart` days from each other (2: with a day between),
    and `price` for each two that begin with different caregivers.
    """

    id: str
    visits: tuple[str, ...]
    apart: int = 0
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    travel: float = 1.0
    lateness: float = 1.0
    worst_lateness: float = 0.0
    waiting: float = 0.0
    overtime: float = 0.0
    worst_idle: float = 0.0
    balance: float = 0.0  # of each minute of work more or less than the mean, rounded up
    preference: float = 0.0
    unassigned: float = 10_000.0
    other_caregiver: float = 0.0  # of each part that another one does than was promised
    other_time: float = 0.0  # of each visit at another time than was promised


@dataclass(frozen=True, slots=True)
class Problem:
    """
    :raises Refused: if something in it cannot be; it says where, and why
    """

    caregivers: tuple[Caregiver, ...]
    visits: tuple[Visit, ...]
    places: tuple[str, ...]
    travel: Mapping[str, Matrix]  # by mode
    weights: Weights = Weights()
    late_at: str = AT_START  # whether a service must start or end within its window
    leaves_late: bool = True  # whether a caregiver leaves home as late as she can, or when her shift begins
    series: tuple[Series, ...] = ()

    def __post_init__(self) -> None:
        check(self)
        order = sorted(range(len(self.places)), key=lambda index: self.places[index])
        ordered = {
            "caregivers": tuple(
                replace(
                    one,
                    shifts=tuple(in_order(shift) for shift in sorted(one.shifts, key=lambda shift: shift.id)),
                )
                for one in sorted(self.caregivers, key=lambda one: one.id)
            ),
            "visits": tuple(
                replace(
                    one,
                    windows=by_opening(one.windows),
                    parts=tuple(replace(part, windows=by_opening(part.windows)) for part in one.parts),
                )
                for one in sorted(self.visits, key=lambda one: one.id)
            ),
            "series": tuple(
                replace(one, visits=tuple(sorted(one.visits)))
                for one in sorted(self.series, key=lambda one: one.id)
            ),
            "places": tuple(self.places[index] for index in order),
            "travel": {
                mode: tuple(tuple(matrix[one][two] for two in order) for one in order)
                for mode, matrix in sorted(self.travel.items())
            },
        }
        for name, value in ordered.items():
            object.__setattr__(self, name, value)


def in_order(shift: Shift) -> Shift:
    return replace(
        shift, breaks=tuple(sorted(shift.breaks, key=lambda one: (one.opens, one.closes, one.minutes)))
    )


def by_opening(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    return tuple(sorted(windows, key=lambda window: window.opens))
