"""What of a draft still holds, and what has fallen out of it since its run began, and why. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.days import Day, Piece
from anjia.dispatch.drafting import moved_in, why_not
from anjia.kernel.calendar import local

Named = tuple[str, int]  # a visit, and a part of it, as a draft names them
Rows = Mapping[Named, tuple[Any, ...]]
Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """What is otherwise than when the run began: each row then and now, where there was or is one."""

    day: Day
    then: Rows
    now: Rows

    @property
    def keys(self) -> Collection[Named]:
        return sorted(
            key for key in self.then.keys() | self.now.keys() if self.then.get(key) != self.now.get(key)
        )

    @property
    def residents(self) -> set[UUID]:
        """Return whose visits are concerned, of those that the day still has."""
        keys = set(self.keys)
        return {piece.resident_id for piece in self.day.pieces if named(piece) in keys}

    def people(self, key: Named) -> set[str]:
        """Return who came then, and who comes now."""
        return {rows[key][2] for rows in (self.then, self.now) if key in rows}

    def words(self, key: Named, names: Names) -> str:
        """Say what has become of it."""
        row = self.now.get(key) or self.then[key]
        at = f"{local(datetime.fromisoformat(row[3])):%H:%M}"
        if key not in self.now:
            return _("{time} 的一次上门取消了或改到了别的天").format(time=at)
        what = _("改了人") if key in self.then else _("新约的")
        if key in self.then and self.then[key][3] != row[3]:
            what = _("改了时间")
        elif key in self.then and self.then[key][2] == row[2]:
            what = _("有人接了")
        resident = next((piece.resident_id for piece in self.day.pieces if named(piece) == key), None)
        name = names.get(resident, "") if resident else ""
        return _("{time} {name}：{what}").format(time=at, name=name, what=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """
    What has become of a draft: `fallen` says of each group of moves that holds no more why; `beside` is what else is
    otherwise, and touches none of what holds.
    """

    fallen: Mapping[int, Sequence[str]]
    beside: Sequence[str]


def named(piece: Piece) -> Named:
    return str(piece.visit_id), piece.part


def differing(day: Day, began_with: Sequence[Sequence[Any]], moves: Sequence[Mapping[str, Any]]) -> Differing:
    """
    Compare the day with the one that the run began from.

    That somebody has taken what was kept for her changes nothing for others; what the draft moves nobody has taken.
    """
    moved = {(move["visit_id"], move["part"]) for move in moves}
    return Differing(
        day=day,
        then={(row[0], row[1]): said(row, moved) for row in began_with},
        now={(row[0], row[1]): said(row, moved) for row in (piece.row for piece in day.pieces)},
    )


def said(row: Sequence[Any], moved: set[Named]) -> tuple[Any, ...]:
    return tuple(row) if (row[0], row[1]) in moved else tuple(row[:5])


def since_then(found: Differing, moves: Sequence[Mapping[str, Any]], names: Names) -> Since:
    """
    Say what of a draft has fallen out: groups of which a visit is otherwise, or the day of somebody who would come;
    then, one after the other, those that cannot be so any more by the rules by which somebody is sent.
    """
    groups: dict[int, list[Mapping[str, Any]]] = {}
    for move in moves:
        groups.setdefault(move.get("group", 0), []).append(move)
    told: set[Named] = set()
    fallen: dict[int, Sequence[str]] = {}
    for number, ones in groups.items():
        if why := touched(found, ones, names, told):
            fallen[number] = why
    while wrong := first_wrong(found.day, {key: ones for key, ones in groups.items() if key not in fallen}):
        fallen[wrong[0]] = wrong[1]
    beside = [found.words(key, names) for key in found.keys if key not in told]
    return Since(fallen=fallen, beside=list(dict.fromkeys(beside)))


def touched(
    found: Differing, moves: Sequence[Mapping[str, Any]], names: Names, told: set[Named]
) -> list[str]:
    """Return why these moves are not what was worked out any more; add to `told` what is said by that."""
    visits = {move["visit_id"] for move in moves}
    coming = {move["to"] for move in moves}
    own = [key for key in found.keys if key[0] in visits]
    hers = [key for key in found.keys if key[0] not in visits and coming & found.people(key)]
    told.update(own, hers)
    said_of_hers = [
        _("{name}这一天有了变化：{change}").format(
            name=name_of(found.day, min(coming & found.people(key))), change=found.words(key, names)
        )
        for key in hers
    ]
    soon = [] if own else too_soon(found.day, moves)
    return list(dict.fromkeys([*(found.words(key, names) for key in own), *said_of_hers, *soon]))


def too_soon(day: Day, moves: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say it if one of these begins too soon, or has begun, to be given to somebody else by a plan."""
    is_soon = any(not (old.is_free or old.closed) for old, _new in moved_in(day, moves))
    return [_("离开始太近了，要换就用“怎么补救”")] if is_soon else []


def first_wrong(day: Day, groups: Mapping[int, Sequence[Mapping[str, Any]]]) -> tuple[int, list[str]] | None:
    """Return the first of these groups that cannot be so together with the others, and why."""
    moves = {number: moved_in(day, ones) for number, ones in groups.items()}
    then = {old.key: new for ones in moves.values() for old, new in ones}
    timelines = day.timelines([then.get(piece.key, piece) for piece in day.pieces])
    for number, ones in sorted(moves.items()):
        found = [
            words for _old, new in ones if (words := cannot_come(day, new, why_not(day, new, timelines)))
        ]
        if found:
            return number, list(dict.fromkeys(found))
    return None


def cannot_come(day: Day, piece: Piece, reasons: Sequence[Any]) -> str:
    if not reasons:
        return ""
    words = _("；").join(one.words for one in reasons)
    return _("{name}来不了：{reasons}").format(name=name_of(day, str(piece.staff_id)), reasons=words)


def name_of(day: Day, staff_id: str) -> str:
    sheet = day.by_id.get(UUID(staff_id))
    return sheet.name if sheet else _("原来的人")
