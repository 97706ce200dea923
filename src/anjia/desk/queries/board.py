"""What the live board reads: the day's counts and list, one row again, the map and the timelines."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.desk import boards, gantt
from anjia.dispatch.queries import (
    DeliveryShown,
    Expected,
    breaks_on,
    deliveries_on,
    expected_today,
    silent_roads,
    tellers,
)
from anjia.exceptions.queries import exceptions_of_visits, how_many_open, visits_without_who
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.errors import NotAllowed
from anjia.messaging.queries import not_told
from anjia.residents.queries import residents_found
from anjia.series.queries import how_many_without_place
from anjia.visits import queries as visits
from anjia.visits.queries import board, open_conflicts
from anjia.visits.queries.overview import (
    board_row,
    board_rows,
    cells_of_day,
    rows_to_see_to,
)
from anjia.visits.rules.lifecycle import BoardState
from anjia.workforce.queries import caregivers_on

ROWS: Final = 40  # of the list, what a screen and a half shows
LINES: Final = 20  # of the timelines
FARTHEST: Final = 90  # days that a visit can be booked ahead, and so moved
AHEAD: Final = {BoardState.UNASSIGNED, BoardState.TENTATIVE, BoardState.ACCEPTED, BoardState.LATE}


@dataclass(frozen=True, slots=True)
class Red:
    """What of a day is in danger before it breaks, by visit."""

    expected: Mapping[UUID, Expected]
    untold: Mapping[UUID, boards.Untold]  # of whose new time nobody at home has heard
    specimens: Mapping[UUID, DeliveryShown]  # taken there, and too late at the laboratory as things stand
    without_who: Collection[UUID]  # whoever was promised cannot come, and nothing is settled yet

    @property
    def named(self) -> dict[str, list[UUID]]:
        late = [visit_id for visit_id, one in self.expected.items() if one.is_at_risk]
        return {
            boards.AT_RISK: list(dict.fromkeys([*late, *self.specimens])),
            boards.NOT_TOLD: list(self.untold),
        }

    @property
    def ids(self) -> set[UUID]:
        return {visit_id for ids in self.named.values() for visit_id in ids} | set(self.without_who)

    @property
    def readers(self) -> set[UUID]:
        """Those of whose new time the reader has to tell: of what waits for a hand, these wait for hers."""
        return {visit_id for visit_id, one in self.untold.items() if one.teller.is_reader}


def red_of(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> Red:
    expected = _expected_on(actor, purpose, day=day, now=now)
    ways = deliveries_on(actor, purpose, day=day, staff_ids=None, now=now, expected=expected)
    start, end = day_bounds(day)
    return Red(
        expected=expected,
        untold=_untold(actor, purpose, day=day, now=now),
        specimens={
            visit_id: way
            for hers in ways.values()
            for way in hers
            if way.handed_over_at > now and not way.is_overdue  # then it is an exception, and somebody's
            for visit_id in way.late_ids
        },
        without_who=visits_without_who(actor, purpose, start=start, end=end),
    )


def board_page(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    now: datetime,
    state: str = "",
    who: str = "",
    cell: str = "",
    after: str | None = None,
) -> boards.Page:
    """
    Return the day's counts and the part of its visits that is asked for; of the whole day what waits for a hand first.

    :raises NotAllowed: without `board.read`
    """
    _check_may_see_board(actor)
    red = red_of(actor, purpose, day=day, now=now)
    named = red.named
    is_narrow = bool(who or cell or state in named)
    size, counted = (1, None) if is_narrow else (ROWS, state or None)
    found = board(actor, purpose, day=day, now=now, after=after, size=size, state=counted)
    rows, following = found.rows, found.next
    if who:
        ids = [one.id for one in residents_found(actor, purpose, text=who, limit=50)]
        rows, following = board_rows(actor, purpose, day=day, now=now, resident_ids=ids), None
    elif cell:
        rows, following = board_rows(actor, purpose, day=day, now=now, cell=cell, size=200), None
    elif is_narrow:
        meant = named[state]
        rows, following = board_rows(actor, purpose, day=day, now=now, visit_ids=meant, size=200), None
    is_whole = not (who or cell or state)
    first = _first(actor, purpose, found, red, day=day, now=now) if is_whole and after is None else []
    said = exceptions_of_visits(
        actor, purpose, visit_ids=[row.id for row in [*first, *rows]], now=now, only_open=True
    )

    def shown(row: visits.BoardRow) -> boards.Shown:
        return boards.shown(
            row,
            said.get(row.id, []),
            red.expected.get(row.id),
            red.untold.get(row.id),
            red.specimens.get(row.id),
            row.id in red.without_who,
        )

    handles = actor.may("exceptions.handle")
    exceptions, late = how_many_open(actor, purpose, now=now) if handles else (0, 0)
    return boards.Page(
        day=day,
        is_today=day == day_of(now),
        tallies=boards.tallies_of(found, **{name: len(ids) for name, ids in named.items()}),
        state=state,
        title=boards.title_of(state, who, cell, is_today=day == day_of(now)),
        first=[shown(row) for row in first],
        # What waits for a hand stands on top, and not once more by its hour.
        rows=[one for one in map(shown, rows) if not (is_whole and one.needs_hand)],
        next=following,
        who=who,
        cell=cell,
        to_check=len(open_conflicts(actor, purpose).items) if actor.may("visits.settle") else 0,
        without_place=how_many_without_place(actor, purpose) if actor.may("dispatch.book") else 0,
        exceptions=exceptions,
        exceptions_late=late,
        silent_roads=silent_roads(actor, purpose),
    )


def _first(
    actor: Actor, purpose: Purpose, found: visits.Board, red: Red, *, day: date, now: datetime
) -> list[visits.BoardRow]:
    """Return what waits for a hand, the reader's own first: asked for only where there is something."""
    states = [state for state in boards.TO_SEE_TO if found.counts[state]]
    if not (states or red.ids):
        return []
    rows = rows_to_see_to(actor, purpose, day=day, now=now, states=states, visit_ids=red.ids)
    hers = red.readers
    return sorted(rows, key=lambda row: row.id not in hers)


def row_on_board(
    actor: Actor, purpose: Purpose, *, visit_id: UUID, day: date, now: datetime, state: str = ""
) -> boards.Shown | None:
    """Return one visit's row, or None if it is not (any more) among those that are looked at."""
    _check_may_see_board(actor)
    row = board_row(actor, purpose, visit_id=visit_id, day=day, now=now)
    if row is None:
        return None
    red = red_of(actor, purpose, day=day, now=now)
    states = ["", row.state.value, *(name for name, ids in red.named.items() if visit_id in ids)]
    if state not in states:
        return None
    said = exceptions_of_visits(actor, purpose, visit_ids=[visit_id], now=now, only_open=True)
    return boards.shown(
        row,
        said.get(visit_id, []),
        red.expected.get(visit_id),
        red.untold.get(visit_id),
        red.specimens.get(visit_id),
        visit_id in red.without_who,
    )


def _untold(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> dict[UUID, boards.Untold]:
    """Return which of the day's visits ahead have a new time that nobody at home has heard of, and who has to tell."""
    moved = not_told(actor, purpose, template="visit_moved", since=now - timedelta(days=FARTHEST))
    if not moved:
        return {}
    rows = board_rows(actor, purpose, day=day, now=now, visit_ids=moved, size=200)
    starts = {row.id: row.starts_at for row in rows if row.state in AHEAD and row.ends_at > now}
    whose = tellers(actor, purpose, starts=starts, now=now)
    return {visit_id: boards.Untold(moved[visit_id], teller) for visit_id, teller in whose.items()}


def _expected_on(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> dict[UUID, Expected]:
    """Return when each visit is to be expected: of another day than today nothing can be said."""
    return expected_today(actor, purpose, now=now) if day == day_of(now) else {}


def map_of_day(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> list[dict[str, object]]:
    """Return what the board's map draws."""
    _check_may_see_board(actor)
    return boards.map_of(cells_of_day(actor, purpose, day=day, now=now), day=day)


def gantt_of_day(
    actor: Actor, purpose: Purpose, *, day: date, now: datetime, after: UUID | None = None
) -> gantt.Gantt:
    """Return the timelines of the day's caregivers, twenty at a time, by name."""
    _check_may_see_board(actor)
    start, end = day_bounds(day)
    on_duty = [
        (sheet.name, sheet.id)
        for sheet in caregivers_on(actor, purpose, start=start, end=end)
        if sheet.shifts or sheet.leave
    ]
    ids = [staff_id for _name, staff_id in sorted(on_duty)]
    begin = ids.index(after) + 1 if after in ids else 0
    shown, rest = ids[begin : begin + LINES], ids[begin + LINES :]
    rows = visits.timelines(actor, purpose, day=day, now=now, staff_ids=shown) if shown else []
    expected = _expected_on(actor, purpose, day=day, now=now)
    return gantt.gantt_of(
        rows,
        day=day,
        now=now,
        expected=expected,
        breaks=breaks_on(actor, purpose, day=day, staff_ids=shown, now=now, expected=expected),
        deliveries=deliveries_on(actor, purpose, day=day, staff_ids=shown, now=now, expected=expected),
        following=str(shown[-1]) if rest else None,
    )


def _check_may_see_board(actor: Actor) -> None:
    if not actor.may("board.read"):
        raise NotAllowed
