"""What a list of residents would do: the dry run."""

from collections.abc import Sequence
from dataclasses import dataclass

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.residents.lists import Match, match_rows, twice
from anjia.residents.rules import Change, Changes, ResidentRow


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the list would do, and the rows that mean somebody whom an earlier row (its number) means already."""

    changes: Changes
    twice: dict[int, int]


def changes_of_rows(actor: Actor, purpose: Purpose, *, rows: Sequence[ResidentRow]) -> Comparison:
    """
    Return what the list would do, and do nothing.

    :raises NotAllowed: without `residents.register`
    """
    if not actor.may("residents.register"):
        raise NotAllowed
    matches = match_rows(actor.organization_id, rows)
    again = twice(matches)
    return Comparison(_changes([match for match in matches if match.row.row not in again]), again)


def _changes(matches: Sequence[Match]) -> Changes:
    return Changes(
        added=tuple(Change(row=m.row.row, name=m.row.name) for m in matches if m.resident is None),
        changed=tuple(
            Change(row=m.row.row, name=m.row.name, fields=m.fields)
            for m in matches
            if m.resident and m.fields
        ),
        same=sum(m.resident is not None and not m.fields for m in matches),
    )
