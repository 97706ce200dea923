"""Which moves of a draft hang together: what can be left out by itself, and what only with something else. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from anjia.dispatch.days import Day, Key, Piece
from anjia.dispatch.drafting import moved_in, why_not
from anjia.dispatch.rules.plans import NothingChosen

Moves = Sequence[tuple[Piece, Piece]]


def groups_of(day: Day, moves: Moves) -> dict[Key, int]:
    """
    Return the number of its group for each move: a group can be made with none of the others.

    All of one visit is one. Of each visit it is asked whether it could be so if nothing else were moved; where it could
    not, those go with it that leave who is to come, as few of them as do.
    """
    visits: dict[UUID, list[tuple[Piece, Piece]]] = {}
    for old, new in moves:
        visits.setdefault(old.visit_id, []).append((old, new))
    root = {visit_id: visit_id for visit_id in visits}
    for visit_id in visits:
        for other in needed_by(day, visits, visit_id):
            root = joined(root, visit_id, other)
    order = sorted(visits, key=lambda visit_id: (visits[visit_id][0][0].starts_at, str(visit_id)))
    numbers: dict[UUID, int] = {}
    for visit_id in order:
        numbers.setdefault(root[visit_id], len(numbers) + 1)
    return {old.key: numbers[root[old.visit_id]] for old, _new in moves}


def needed_by(
    day: Day, visits: Mapping[UUID, Sequence[tuple[Piece, Piece]]], visit_id: UUID
) -> Collection[UUID]:
    """Return which other visits have to be moved too, so that this one can."""
    chosen = [visit_id]
    while not can_be(day, [move for one in chosen for move in visits[one]]):
        coming = {new.staff_id for one in chosen for _old, new in visits[one]}
        leaving = [
            one
            for one, moves in visits.items()
            if one not in chosen and any(old.staff_id in coming for old, _new in moves)
        ]
        # Nobody leaves them: what stands in its way is farther off than one looks here.
        chosen += leaving or [one for one in visits if one not in chosen]
        if len(chosen) == len(visits):
            break
    for one in chosen[1:]:
        fewer = [other for other in chosen if other != one]
        if can_be(day, [move for other in fewer for move in visits[other]]):
            chosen = fewer
    return chosen[1:]


def can_be(day: Day, moves: Moves) -> bool:
    """Say whether these moves alone can be made, by the rules by which somebody is sent."""
    then = {old.key: new for old, new in moves}
    timelines = day.timelines([then.get(piece.key, piece) for piece in day.pieces])
    return not any(why_not(day, new, timelines) for _old, new in moves)


def joined(root: Mapping[UUID, UUID], one: UUID, other: UUID) -> dict[UUID, UUID]:
    return {key: root[one] if found == root[other] else found for key, found in root.items()}


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
