"""What is asked of a source of numbers, and what it answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from anjia.exceptions.queries import ExceptionCounted
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.paging import Page
from anjia.quality.models import CallBack, Concern, Rating
from anjia.quality.rules import OUR_REASONS
from anjia.residents.queries import resident_names
from anjia.visits.queries.outcomes import Group, Outcome, count_outcomes, outcomes


class Part(StrEnum):
    """Which rows of a number: those that count for it, those that count against it, those left out."""

    COUNTED = "counted"
    MISSING = "missing"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    counted: int
    missing: int
    excluded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One row behind a number: a visit, and where that is what is counted its rating, call-back, complaints, or what came
    in between.
    """

    outcome: Outcome | None  # a complaint may name no visit, and who cannot come is of none
    resident_name: str
    rating: Rating | None = None
    call_back: CallBack | None = None
    concerns: Sequence[Concern] = ()
    exception: ExceptionCounted | None = None

    @property
    def resident_id(self) -> UUID | None:
        if self.outcome:
            return self.outcome.resident_id
        return self.concerns[0].resident_id if self.concerns else None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The promises for [start, end) as things stand at `as_of`, and who wants to know."""

    actor: Actor
    purpose: Purpose
    start: datetime
    end: datetime
    as_of: datetime

    @property
    def period(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end}

    @property
    def standing(self) -> dict[str, Any]:
        return self.period | {"as_of": self.as_of, "our_reasons": OUR_REASONS}

    @cached_property
    def visits(self) -> dict[Group, int]:
        """How many promises stand where; asked once, for all that count by it."""
        return count_outcomes(self.actor, self.purpose, **self.standing)

    def names(self, resident_ids: Iterable[UUID | None]) -> dict[UUID, str]:
        known = {one for one in resident_ids if one}
        return resident_names(self.actor, self.purpose, resident_ids=known)

    def visit_rows(
        self, groups: Sequence[Group], after: str | None, size: int, **restricted: Any
    ) -> Page[Row]:
        """Return the promises that stand there, `among` or `apart_from` some."""
        page = outcomes(
            self.actor,
            self.purpose,
            **self.standing,
            groups=groups,
            after=after,
            size=size,
            **restricted,
        )
        return self.rows_of(page)

    def rows_of(self, page: Page[Outcome]) -> Page[Row]:
        names = self.names(row.resident_id for row in page.items)
        return Page(
            [Row(outcome=row, resident_name=names.get(row.resident_id, "")) for row in page.items], page.next
        )


class Source(Protocol):
    """Counts some indicators of a period, and opens the rows of each."""

    @property
    def codes(self) -> Sequence[str]: ...

    def count(self, asked: Asked) -> Mapping[str, Counts]: ...

    def rows(self, asked: Asked, code: str, part: Part, after: str | None, size: int) -> Page[Row]: ...
