"""A line of somebody's staff list, and what it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from anjia.workforce.rules.rota import PatternPart


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """
    A licence or certificate, by the code of `clinical.professions` (`paper_named` finds it).

    Without a last day the list does not say until when; `has_no_end` is where it says 长期.
    """

    code: str
    number: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    has_no_end: bool = False

    @property
    def says_until(self) -> bool:
        return self.valid_until is not None or self.has_no_end


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """
    What a list says of one member of staff. None means that the list does not say, and leaves what is there.

    Somebody is known by her staff number, or where the list has none by name and phone, or by a name that only one has.
    Without `kind` it follows from the title (`clinical.professions.kind_of_title`).
    """

    name: str
    number: str = ""
    kind: str | None = None
    title: str | None = None
    sex: str | None = None
    phone: str | None = None
    started_on: date | None = None
    years: int | None = None  # of experience, where the list does not say since when
    station_id: UUID | None = None
    travel_mode: str | None = None
    papers: tuple[PaperRow, ...] = ()
    pattern: tuple[PatternPart, ...] | None = None
    row: int = field(default=0, compare=False)  # its number in the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a row does to one person: by field, what was there and what comes. Secret fields say only that."""

    name: str
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a list does. The same list again does nothing."""

    added: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed)
