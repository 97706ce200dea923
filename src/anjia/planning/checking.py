"""What a problem may not say: each refusal names the place of the fault and the reason."""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anjia.planning.problem import Break, Caregiver, Matrix, Part, Problem, Shift, Visit, Window

MOST_BREAKS = 8
MOST_WINDOWS = 16
MOST_DAYS = 14
MOST_IN_SERIES = 28
DAY = 1440


class Refused(ValueError):
    """This is no problem that can be planned. `path` says where it is wrong: `visits[v7].windows[0].closes`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def check(problem: "Problem") -> None:
    """:raises Refused: at the first fault"""
    for path, reason in faults(problem):
        raise Refused(path, reason)


def faults(problem: "Problem") -> Iterator[tuple[str, str]]:
    yield from faults_of_settings(problem)
    yield from faults_of_travel(problem)
    yield from doubles("places", problem.places)
    yield from doubles("caregivers", (one.id for one in problem.caregivers))
    yield from doubles("visits", (one.id for one in problem.visits))
    places, people = set(problem.places), {one.id for one in problem.caregivers}
    for caregiver in problem.caregivers:
        yield from faults_of_caregiver(f"caregivers[{caregiver.id}]", caregiver, places, problem)
    for visit in problem.visits:
        yield from faults_of_visit(f"visits[{visit.id}]", visit, places, people, problem.late_at)
    yield from faults_of_series(problem)


def faults_of_settings(problem: "Problem") -> Iterator[tuple[str, str]]:
    weights = problem.weights
    for name in weights.__slots__:
        yield from not_negative(f"weights.{name}", getattr(weights, name))
    if problem.late_at not in {"start", "end"}:
        yield "late_at", "is neither start nor end"


def faults_of_travel(problem: "Problem") -> Iterator[tuple[str, str]]:
    if not problem.travel:
        yield "travel", "has no travel times at all"
    for mode, matrix in problem.travel.items():
        yield from faults_of_matrix(f"travel[{mode}]", matrix, len(problem.places))


def faults_of_matrix(path: str, matrix: "Matrix", size: int) -> Iterator[tuple[str, str]]:
    if len(matrix) != size:
        yield path, f"has {len(matrix)} rows for {size} places"
    for number, row in enumerate(matrix):
        if len(row) != size:
            yield f"{path}[{number}]", f"has {len(row)} columns for {size} places"
        elif not all(0 <= minutes < math.inf for minutes in row):
            yield f"{path}[{number}]", "holds a time that is negative or no number"


def faults_of_caregiver(
    path: str, caregiver: "Caregiver", places: set[str], problem: "Problem"
) -> Iterator[tuple[str, str]]:
    mode = caregiver.mode or next(iter(problem.travel))
    if mode not in problem.travel:
        yield f"{path}.mode", f"there are no travel times for {mode}"
    if not caregiver.mode and len(problem.travel) > 1:
        yield f"{path}.mode", "does not say which of several travel times holds"
    yield from not_negative(f"{path}.price", caregiver.price)
    yield from nothing_or_more(f"{path}.most_work", caregiver.most_work)
    yield from nothing_or_more(f"{path}.work_price", caregiver.work_price)
    yield from doubles(f"{path}.shifts", (shift.id for shift in caregiver.shifts))
    for shift in caregiver.shifts:
        yield from faults_of_shift(f"{path}.shifts[{shift.id}]", shift, places)
    ordered = sorted(caregiver.shifts, key=lambda shift: shift.opens)
    for one, two in pairwise(ordered):
        if two.opens < one.closes:
            yield f"{path}.shifts[{two.id}]", f"begins before {one.id} is over"


def faults_of_shift(path: str, shift: "Shift", places: set[str]) -> Iterator[tuple[str, str]]:
    yield from faults_of_span(path, shift.opens, shift.closes)
    yield from nothing_or_more(f"{path}.most_work", shift.most_work)
    if shift.opens >= MOST_DAYS * DAY:
        yield path, f"begins after the {MOST_DAYS} days that can be planned"
    for name in ("starts_at", "ends_at"):
        if getattr(shift, name) not in places:
            yield f"{path}.{name}", f"there is no place {getattr(shift, name)}"
    if len(shift.breaks) > MOST_BREAKS:
        yield f"{path}.breaks", f"are more than {MOST_BREAKS}"
    for number, one in enumerate(shift.breaks):
        yield from faults_of_break(f"{path}.breaks[{number}]", one)


def faults_of_break(path: str, one: "Break") -> Iterator[tuple[str, str]]:
    yield from faults_of_span(path, one.opens, one.closes)
    yield from not_negative(f"{path}.minutes", one.minutes)
    yield from not_negative(f"{path}.price", one.price)


def faults_of_visit(
    path: str, visit: "Visit", places: set[str], people: set[str], late_at: str
) -> Iterator[tuple[str, str]]:
    if visit.place not in places:
        yield f"{path}.place", f"there is no place {visit.place}"
    yield from faults_of_parts(path, visit, places)
    if not visit.windows:
        yield f"{path}.windows", f"are not one to {MOST_WINDOWS}"
    yield from faults_of_windows(f"{path}.windows", visit.windows)
    yield from faults_of_promise(f"{path}.promise", visit, late_at)
    yield from not_negative(f"{path}.priority", visit.priority)
    if visit.price is not None:
        yield from not_negative(f"{path}.price", visit.price)
    for name in ("required", "refused", "preferred", "known"):
        for person in sorted(set(getattr(visit, name)) - people):
            yield f"{path}.{name}", f"there is no caregiver {person}"


def faults_of_series(problem: "Problem") -> Iterator[tuple[str, str]]:
    yield from doubles("series", (one.id for one in problem.series))
    there, taken = {one.id for one in problem.visits}, dict[str, str]()
    for one in problem.series:
        path = f"series[{one.id}]"
        yield from not_negative(f"{path}.apart", one.apart)
        yield from not_negative(f"{path}.price", one.price)
        yield from doubles(f"{path}.visits", one.visits)
        if not 2 <= len(one.visits) <= MOST_IN_SERIES:
            yield f"{path}.visits", f"are not 2 to {MOST_IN_SERIES}"
        for visit in one.visits:
            if visit not in there:
                yield f"{path}.visits", f"there is no visit {visit}"
            if visit in taken:
                yield f"{path}.visits", f"{visit} is in {taken[visit]} already"
            taken[visit] = one.id


def faults_of_promise(path: str, visit: "Visit", late_at: str) -> Iterator[tuple[str, str]]:
    promise = visit.promise
    if promise is None:
        return
    if not math.isfinite(promise.starts):
        yield f"{path}.starts", "is no time"
    yield from not_negative(f"{path}.within", promise.within)
    if promise.keeps_time and visit.parts:
        part = visit.parts[0]
        ends = promise.starts + (part.minutes if late_at == "end" else 0.0)
        if not any(one.opens <= promise.starts and ends <= one.closes for one in visit.windows_of(part)):
            yield f"{path}.starts", "is to be kept, and lies in no window"


def faults_of_windows(path: str, windows: "tuple[Window, ...]") -> Iterator[tuple[str, str]]:
    if len(windows) > MOST_WINDOWS:
        yield path, f"are not one to {MOST_WINDOWS}"
    for number, window in enumerate(windows):
        yield from faults_of_span(f"{path}[{number}]", window.opens, window.closes)


def faults_of_parts(path: str, visit: "Visit", places: set[str]) -> Iterator[tuple[str, str]]:
    if len(visit.parts) not in {1, 2}:
        yield f"{path}.parts", "are neither one nor two"
    if (visit.kind == "alone") != (len(visit.parts) == 1):
        yield f"{path}.kind", f"{visit.kind} does not go with {len(visit.parts)} parts"
    if visit.kind not in {"alone", "together", "in_sequence", "independent", "errand"}:
        yield f"{path}.kind", f"there is no {visit.kind}"
    for number, part in enumerate(visit.parts):
        yield from faults_of_part(f"{path}.parts[{number}]", part, visit.kind, places)
    yield from faults_of_gap(f"{path}.gap", visit)


def faults_of_gap(path: str, visit: "Visit") -> Iterator[tuple[str, str]]:
    least, most = visit.gap
    if not 0 <= least <= most < math.inf:
        yield path, f"from {least:g} to {most:g} minutes cannot be"
    elif visit.kind == "errand":
        if least > 0:
            yield path, "of an errand says only the most"
        if visit.parts and most < visit.parts[0].minutes:
            yield path, f"is over after {most:g} minutes, before the first part is done"


def faults_of_part(path: str, part: "Part", kind: str, places: set[str]) -> Iterator[tuple[str, str]]:
    yield from not_negative(f"{path}.minutes", part.minutes)
    yield from not_negative(f"{path}.set_up", part.set_up)
    yield from faults_of_windows(f"{path}.windows", part.windows)
    if part.place and part.place not in places:
        yield f"{path}.place", f"there is no place {part.place}"
    if (part.place or part.windows) and kind != "errand":
        yield path, "is elsewhere, or in windows of its own, which only the parts of an errand are"
    if part.hard and not part.windows:
        yield f"{path}.hard", "is said of windows that it has not"


def faults_of_span(path: str, opens: float, closes: float) -> Iterator[tuple[str, str]]:
    if not (math.isfinite(opens) and math.isfinite(closes)):
        yield path, "is no span of time"
    elif closes < opens:
        yield path, f"ends at {closes:g} before it begins at {opens:g}"


def not_negative(path: str, value: float) -> Iterator[tuple[str, str]]:
    if not 0 <= value < math.inf:
        yield path, f"{value} is negative or no number"


def nothing_or_more(path: str, value: float | None) -> Iterator[tuple[str, str]]:
    if value is not None:
        yield from not_negative(path, value)


def doubles(path: str, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"{path}[{one}]", "is there twice"
        seen.add(one)
