"""Which moves of a draft hang together: what can be left out by itself, and what only with something else. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from anjia.dispatch.days import Day, Key, Piece
from anjia.dispatch.drafting import moved_in, why_not
from anjia.dispatch.rules.plans import NothingChosen

Moves = Sequence[tuple[Piece, Piece]]

MOST_LOOKED_AT: Final = 40  # visits of a group of which each is asked whether the others could do without it


def groups_of(day: Day, moves: Moves) -> dict[Key, int]:
    """
    Return the number of its group for each move: a group can be made with none of the others.

    All of one visit is one. Of each visit it is asked whether it could be so if nothing else were moved; where it could
    not, those go with it that leave who is to come, as few of them as do. Who is in a group already is not asked again.
    """
    moved = Moved.of(day, moves)
    groups: dict[UUID, set[UUID]] = {}
    for visit_id in moved.visits:
        if visit_id in groups:
            continue
        together = {visit_id}
        for other in needed_by(moved, visit_id):
            together |= groups.get(other, {other})
        for one in together:
            groups[one] = together
    order = sorted(moved.visits, key=lambda one: (moved.visits[one][0][0].starts_at, str(one)))
    numbers: dict[int, int] = {}
    for visit_id in order:
        numbers.setdefault(id(groups[visit_id]), len(numbers) + 1)
    return {old.key: numbers[id(groups[old.visit_id])] for old, _new in moves}


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
        """Say whether these moves alone can be made, by the rules by which somebody is sent."""
        moves = [move for one in visits for move in self.visits[one]]
        timelines = self.day.timelines_if(moves)
        return not any(why_not(self.day, new, timelines) for _old, new in moves)


def needed_by(moved: Moved, visit_id: UUID) -> Collection[UUID]:
    """Return which other visits have to be moved too, so that this one can."""
    chosen = {visit_id: None}  # a set that keeps its order
    while not moved.can_be(chosen):
        coming = {new.staff_id: None for one in chosen for _old, new in moved.visits[one]}
        before = len(chosen)
        chosen |= dict.fromkeys(one for her in coming for one in moved.leaving.get(her, ()))
        if (
            len(chosen) == before
        ):  # nobody leaves them: what stands in its way is farther off than one looks here
            chosen |= dict.fromkeys(moved.visits)
        if len(chosen) == len(moved.visits):
            break
    if (
        len(chosen) > MOST_LOOKED_AT
    ):  # they can be made together, and it would take minutes to find out which need not
        return [one for one in chosen if one != visit_id]
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
