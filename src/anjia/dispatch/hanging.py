"""Which moves of a draft hang together: what can be left out by itself, and what only with something else. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from anjia.dispatch.days import Day, Key, Piece, without
from anjia.dispatch.drafting import moved_in
from anjia.dispatch.matching import FEASIBILITY
from anjia.dispatch.rules import Timeline
from anjia.dispatch.rules.plans import NothingChosen

Moves = Sequence[tuple[Piece, Piece]]

MOST_LOOKED_AT: Final = 40  # visits that are looked at together: to tell more apart takes minutes


def groups_of(day: Day, moves: Moves) -> dict[Key, int]:
    """
    Return the number of its group for each move: a group can be made with none of the others.

    All of one visit is one. Of each visit it is asked whether it could be so if nothing else were moved; where it could
    not, those go with it that leave who is to come, as few of them as do. Who is in a group already is not asked again.
    What would need very many others is one group, whatever of it could be told apart in minutes.
    """
    moved = Moved.of(day, moves)
    groups: dict[UUID, set[UUID]] = {}
    wide = list[UUID]()
    for visit_id in moved.visits:
        if visit_id not in groups:
            needed = needed_by(moved, visit_id)
            if needed is None:
                wide.append(visit_id)
            else:
                join(groups, [visit_id, *needed])
    together = Chosen(moved)
    for visit_id in wide:
        together.add(visit_id)
    together.grow(len(moved.visits))
    join(groups, together.visits)
    order = sorted(moved.visits, key=lambda one: (moved.visits[one][0][0].starts_at, str(one)))
    numbers: dict[int, int] = {}
    for visit_id in order:
        numbers.setdefault(id(groups[visit_id]), len(numbers) + 1)
    return {old.key: numbers[id(groups[old.visit_id])] for old, _new in moves}


def join(groups: dict[UUID, set[UUID]], visits: Iterable[UUID]) -> None:
    """Make one group of these, and of all that they are in a group with."""
    together = set[UUID]()
    for one in visits:
        together |= groups.get(one, {one})
    for one in together:
        groups[one] = together


@dataclass(frozen=True, slots=True)
class Moved:
    """A day, and the moves of each visit; `leaving`: the visits that somebody would not come to any more."""

    day: Day
    visits: Mapping[UUID, Moves]
    leaving: Mapping[UUID, Sequence[UUID]]

    @staticmethod
    def of(day: Day, moves: Moves) -> "Moved":
        visits: dict[UUID, list[tuple[Piece, Piece]]] = {}
        leaving: dict[UUID, list[UUID]] = {}
        for old, new in moves:
            visits.setdefault(old.visit_id, []).append((old, new))
            leaving.setdefault(old.staff_id, []).append(old.visit_id)
        return Moved(day, visits, leaving)

    def can_be(self, visits: Iterable[UUID]) -> bool:
        """Say whether these moves alone can be made, by the time that each has."""
        moves = [move for one in visits for move in self.visits[one]]
        timelines = self.day.timelines_if(moves)
        return all(has_time(new, timelines) for _old, new in moves)

    def nearest_leaving(self, piece: Piece, but: Collection[UUID]) -> UUID | None:
        """Return which of those that whoever comes would leave is nearest in time: first of all that is in the way."""
        return min(
            (one for one in self.leaving.get(piece.staff_id, ()) if one not in but),
            key=lambda one: (abs(self.visits[one][0][0].starts_at - piece.starts_at), str(one)),
            default=None,
        )


def has_time(piece: Piece, timelines: Mapping[UUID, Timeline]) -> bool:
    """Say whether whoever would come has the time; that she may come at all holds whatever else is moved."""
    return (
        FEASIBILITY.trouble(without(timelines[piece.staff_id], piece), piece.job.ask(piece.starts_at)) is None
    )


class Chosen:
    """Some of the visits, and what of them could not be so if they alone were moved: kept up to date as they grow."""

    def __init__(self, moved: Moved) -> None:
        self.moved = moved
        self.visits: dict[UUID, None] = {}  # a set that keeps its order
        self.touching: dict[UUID, list[tuple[Piece, Piece]]] = {}  # by who would come, or would not any more
        self.wrong: dict[Key, Piece] = {}

    def add(self, visit_id: UUID) -> None:
        self.visits[visit_id] = None
        people = dict[UUID, None]()
        for old, new in self.moved.visits[visit_id]:
            for one in dict.fromkeys((old.staff_id, new.staff_id)):
                self.touching.setdefault(one, []).append((old, new))
                people[one] = None
        moves = {old.key: (old, new) for one in people for old, new in self.touching[one]}
        timelines = self.moved.day.timelines_if(moves.values())
        for key, (_old, new) in moves.items():
            if new.staff_id in people:
                self.wrong.pop(key, None)
                if not has_time(new, timelines):
                    self.wrong[key] = new

    def grow(self, most: int) -> bool:
        """Add what is in the way until nothing is; return False if it would be more than so many."""
        while self.wrong:
            found = (self.moved.nearest_leaving(piece, self.visits) for piece in self.wrong.values())
            leaving = next((one for one in found if one is not None), None)
            if leaving is not None:
                self.add(leaving)
            else:  # nobody leaves them: what stands in its way is farther off than one looks here
                for one in self.moved.visits:
                    if one not in self.visits:
                        self.add(one)
            if len(self.visits) > most:
                return False
            if len(self.visits) == len(self.moved.visits):
                break
        return True


def needed_by(moved: Moved, visit_id: UUID) -> Collection[UUID] | None:
    """Return which other visits have to be moved too, so that this one can; None if they are very many."""
    found = Chosen(moved)
    found.add(visit_id)
    if not found.grow(MOST_LOOKED_AT):
        return None
    chosen = found.visits
    for one in [one for one in chosen if one != visit_id]:
        fewer = dict.fromkeys(other for other in chosen if other != one)
        if moved.can_be(fewer):
            chosen = fewer
    return [one for one in chosen if one != visit_id]


def with_groups(day: Day, draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draft in which each move says to which group it belongs."""
    numbers = groups_of(day, moved_in(day, draft["moves"]))
    moves = [{**move, "group": numbers[UUID(move["visit_id"]), move["part"]]} for move in draft["moves"]]
    return {**draft, "moves": moves}


def chosen_of(draft: Mapping[str, Any], groups: Collection[int] | None) -> dict[str, Any]:
    """
    Return the draft with the moves of these groups only, the others noted as left out; all of it if none are named.

    :raises NothingChosen: if nothing would be left
    """
    if groups is None:
        return dict(draft)
    chosen = [move for move in draft["moves"] if move.get("group", 0) in groups]
    if not chosen:
        raise NothingChosen
    return {**draft, "moves": chosen, "left_out": [move for move in draft["moves"] if move not in chosen]}
