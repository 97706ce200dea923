"""What dispatch answers with: times, holds, candidates, offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.dispatch.rules import (
    WORDS_OF_OFFER,
    OfferState,
    Reason,
)
from anjia.visits.rules.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    id: UUID
    name: str
    title: str
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHeld:
    code: str
    name: str
    duration_minutes: int
    legal_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Time that is kept for somebody, with all that she should know before she confirms."""

    id: UUID
    expires_at: datetime
    starts_at: datetime
    ends_at: datetime
    service: ServiceHeld
    caregivers: Sequence[Caregiver]
    price_fen: int
    preparation: str
    heed: Sequence[str]
    cancel_rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A promise, as the one who just made, moved or took it back needs it."""

    id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    visit_word: str
    price_fen: int
    service_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An offer that has had its answer."""

    id: UUID
    visit_id: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time that can be booked, with the crew that suits best then."""

    starts_at: datetime
    ends_at: datetime
    caregiver: Caregiver
    people: Sequence[Caregiver]
    known_before: bool
    came_last: bool  # it is she who was there the last time


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    slots: Sequence[Slot]
    reason_if_empty: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    days: Sequence[Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one of a series fits on a day, and who comes; or why it does not, in each language: it is kept."""

    day: date
    starts_at: datetime | None = None
    crew: Sequence[Caregiver] = ()
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A caregiver for a part of a visit: may she, would she be good, and why."""

    staff_id: UUID
    name: str
    title: str
    sex: str
    is_suitable: bool
    may_be_overruled: bool
    is_current: bool
    is_standby: bool
    state: str
    offer: str
    reasons: Sequence[Reason]
    score: float
    parts: Mapping[str, float]
    travel_minutes: int
    minutes_there: int | None = None  # the same, where it is not only assumed
    distance_km: float | None
    times_known: int
    minutes_that_day: int

    @property
    def is_settled(self) -> bool:
        """Say whether she comes: who only keeps the place, and has not said yes, can still be sent by hand."""
        return self.is_current and self.state != State.TENTATIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCard:
    """An offer as the caregiver sees it: enough to decide, and not yet whose door it is."""

    id: UUID
    visit_id: UUID
    service_name: str
    starts_at: datetime
    ends_at: datetime
    area: str
    distance_km: float | None
    pay_fen: int
    deadline: datetime
    with_whom: Sequence[str]
    wishes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """An offer as the dispatcher sees it."""

    id: UUID
    part: int
    staff_id: UUID
    name: str
    wave: int
    state: str
    made_at: datetime
    deadline: datetime
    decided_at: datetime | None
    reason: str
    because: Sequence[str]

    @property
    def state_words(self) -> str:
        return str(WORDS_OF_OFFER[OfferState(self.state)])
