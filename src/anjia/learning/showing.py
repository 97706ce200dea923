"""How somebody stands to a course, from what binds her and what papers she holds. No database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from anjia.learning.models import Binding
from anjia.learning.rules.binding import TONE_OF_STANDING, WORDS_OF_STANDING, Standing, paper_code
from anjia.workforce.queries import PaperShown
from anjia.workforce.rules import PaperState

STANDING_OF: Mapping[PaperState, Standing] = {
    PaperState.VALID: Standing.HOLDS,
    PaperState.LAPSING: Standing.LAPSING,
    PaperState.LAPSED: Standing.LAPSED,
}


class Person(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def kind_words(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How she stands to one course today."""

    standing: Standing
    until: date | None
    is_bound: bool  # by her kind or by name; a service binds whoever does it

    @property
    def words(self) -> str:
        return str(WORDS_OF_STANDING[self.standing])

    @property
    def tone(self) -> str:
        return TONE_OF_STANDING[self.standing]

    @property
    def is_due(self) -> bool:
        return self.standing in {Standing.LACKS, Standing.LAPSING, Standing.LAPSED}


def binds_person(binding: Binding, person: Person) -> bool:
    """Return whether it binds her whatever she does."""
    if binding.service_code:
        return False
    return binding.staff_id == person.id or bool(binding.kind and binding.kind == person.kind)


def binds_for_service(binding: Binding, person: Person) -> bool:
    """Return whether it binds her if she does its service."""
    return bool(binding.service_code) and binding.kind in {"", person.kind}


def held(code: str, person: Person, papers: Iterable[PaperShown], bindings: Sequence[Binding]) -> Held:
    """Return how she stands to the course of this code; `bindings` are those of that course."""
    is_bound = any(binds_person(one, person) for one in bindings)
    for_service = any(binds_for_service(one, person) for one in bindings)
    mine = [one for one in papers if one.paper.code == paper_code(code)]
    best = max(mine, key=lambda one: one.paper.valid_until or date.max, default=None)
    if best is None or best.state not in STANDING_OF:
        standing = Standing.LACKS if is_bound or for_service else Standing.FREE
        return Held(standing=standing, until=None, is_bound=is_bound)
    return Held(standing=STANDING_OF[best.state], until=best.paper.valid_until, is_bound=is_bound)
