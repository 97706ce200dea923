"""The life of a visit and of an assignment, and what is said when something may not happen to them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words


class Status(StrEnum):
    """
    The life of a visit. `departed`, `arrived` and `done` are derived from what the field says.

    A held visit is not promised yet: its time is kept until `held_until`, then it is as good as released.
    """

    HELD = "held"
    RELEASED = "released"
    BOOKED = "booked"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


# Facts come late and out of order: the field may skip steps, and a missed visit may turn out to be done.
MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    Status.HELD: frozenset({Status.BOOKED, Status.RELEASED}),
    Status.RELEASED: frozenset(),
    Status.BOOKED: frozenset({Status.DEPARTED, Status.ARRIVED, Status.DONE, Status.CANCELLED, Status.MISSED}),
    Status.DEPARTED: frozenset({Status.ARRIVED, Status.DONE, Status.CANCELLED, Status.MISSED}),
    Status.ARRIVED: frozenset({Status.DONE}),
    Status.DONE: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.MISSED: frozenset({Status.DEPARTED, Status.ARRIVED, Status.DONE, Status.CANCELLED}),
}
PROMISED: Final = frozenset(Status) - {Status.HELD, Status.RELEASED}
OPEN: Final = frozenset({Status.BOOKED, Status.DEPARTED, Status.ARRIVED, Status.MISSED})
EXPECTED: Final = PROMISED - {Status.CANCELLED, Status.MISSED}  # comes, or has come
MOVABLE: Final = frozenset({Status.BOOKED})


class State(StrEnum):
    """The life of an assignment: it takes up its caregiver's time until it is withdrawn or declined."""

    TENTATIVE = "tentative"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LIVE: Final = frozenset(State) - {State.DECLINED, State.WITHDRAWN}
NOT_YET_OUT: Final = frozenset({State.TENTATIVE, State.ACCEPTED})


class CrewState(StrEnum):
    """How far a visit's crew stands, all parts together: the part that stands worst decides."""

    UNCLAIMED = "unclaimed"
    TENTATIVE = "tentative"
    ACCEPTED = "accepted"


def crew_state_of(parts: Iterable[tuple[State, bool]]) -> CrewState:
    """Return how the crew stands; of each live part its state, and whether everybody suitable has let it go by."""
    known = list(parts)
    if any(unclaimed for _state, unclaimed in known):
        return CrewState.UNCLAIMED
    if any(state is State.TENTATIVE for state, _unclaimed in known):
        return CrewState.TENTATIVE
    return CrewState.ACCEPTED


class Source(StrEnum):
    RESIDENT = "resident"
    FAMILY = "family"
    DESK = "desk"
    WARD = "ward"


class CancelReason(StrEnum):
    """Why a promise was taken back: hers first, then ours, which count against us."""

    ASKED = "asked"
    IN_HOSPITAL = "in_hospital"
    NOT_AT_HOME = "not_at_home"
    DIED = "died"
    NO_CAREGIVER = "no_caregiver"
    CAREGIVER_ILL = "caregiver_ill"
    WEATHER = "weather"
    INSTITUTION = "institution"


WORDS_OF_REASON: Final[Mapping[CancelReason, Words]] = {
    CancelReason.ASKED: _("对方不要了"),
    CancelReason.IN_HOSPITAL: _("住院了"),
    CancelReason.NOT_AT_HOME: _("到时候家里没人"),
    CancelReason.DIED: _("本人去世了"),
    CancelReason.NO_CAREGIVER: _("我们派不出人"),
    CancelReason.CAREGIVER_ILL: _("上门的人病了"),
    CancelReason.WEATHER: _("天气不好，去不了"),
    CancelReason.INSTITUTION: _("我们别的原因"),
}


class What(StrEnum):
    """What a row of a visit's history says has happened."""

    PROMISED = "promised"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOBODY_TOOK_IT = "nobody_took_it"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    DONE = "done"
    MISSED = "missed"
    CONFLICT_SETTLED = "conflict_settled"


class BoardState(StrEnum):
    """How the live board sorts a day's visits: what wants looking at comes first."""

    UNASSIGNED = "unassigned"
    LATE = "late"
    TENTATIVE = "tentative"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


# Service rules of this installation [ENG]: no document gives them.
LATE_AFTER: Final = timedelta(minutes=15)
MISSED_AFTER: Final = timedelta(hours=4)
LONGEST_VISIT: Final = timedelta(hours=12)
FREE_UNTIL: Final = timedelta(hours=4)
HOLD_FOR: Final = timedelta(minutes=10)
MOST_PEOPLE: Final = 4


class IllegalMove(DomainError):
    code = "visits.illegal_move"
    words = _("这次上门现在的状态改不了这一步。刷新看看最新的情况。")


class EmptyWindow(Invalid):
    code = "visits.empty_window"
    words = _("结束时间要晚于开始时间，一次上门最长 12 小时。")


class SameCaregiverTwice(Invalid):
    code = "visits.same_caregiver_twice"
    words = _("这次上门要几位不同的人一起去，同一个人不能算两位。")


class WrongCrew(Invalid):
    code = "visits.wrong_crew"
    words = _("去的人数和这项服务要求的不一样。请重新选时间。")


class CaregiverBusy(DomainError):
    code = "visits.caregiver_busy"
    words = _("这个时间刚刚被别人约走了。请再选一个时间，别的时间还在。")


class HoldExpired(DomainError):
    code = "visits.hold_expired"
    words = _("给您留的时间过了 10 分钟，已经放出去了。请再选一次时间。")


class HoldReleased(DomainError):
    code = "visits.hold_released"
    words = _("这个时间已经放掉了：后来又选了别的时间，或者说了不要。请再选一次时间。")


class TooLateToChange(DomainError):
    code = "visits.too_late_to_change"
    words = _("离上门不到 4 小时，手机上改不了了。请打电话给服务台，我们帮您办。")


class AlreadyOnTheWay(DomainError):
    code = "visits.already_on_the_way"
    words = _("人已经出发或到了，改不了时间。请打电话给服务台。")


class AlreadyAccepted(DomainError):
    code = "visits.already_accepted"
    words = _("这一单已经有人接了。")


class NotYours(DomainError):
    code = "visits.not_yours"
    words = _("这次上门没有安排给你，或者已经换人了。刷新今天的路线看看。")


def check_window(*, starts_at: datetime, ends_at: datetime) -> None:
    """:raises EmptyWindow: if it would end before it has begun, or take more than half a day"""
    if not timedelta(0) < ends_at - starts_at <= LONGEST_VISIT:
        raise EmptyWindow


def check_crew(staff_ids: Collection[UUID], *, people_needed: int) -> None:
    """
    :raises SameCaregiverTwice: if one caregiver would have to be two people
    :raises WrongCrew: if there are more or fewer than the service needs
    """
    if len(set(staff_ids)) < len(staff_ids):
        raise SameCaregiverTwice
    if len(staff_ids) != people_needed:
        raise WrongCrew


def check_move(old: Status, new: Status) -> None:
    """:raises IllegalMove: if a visit in `old` cannot become `new`"""
    if new not in MOVES[old]:
        raise IllegalMove


def may_change(status: Status, *, starts_at: datetime, now: datetime, by_person: bool) -> bool:
    """Return whether the visit may still be moved or cancelled: persons until four hours before, the desk longer."""
    if status not in MOVABLE:
        return not by_person and status in {Status.DEPARTED, Status.MISSED}
    return not by_person or starts_at - now >= FREE_UNTIL


def check_change(status: Status, *, starts_at: datetime, now: datetime, by_person: bool) -> None:
    """
    :raises IllegalMove: if the visit is over
    :raises AlreadyOnTheWay: if the caregiver is
    :raises TooLateToChange: if a person asks less than four hours before; the desk can still do it
    """
    if may_change(status, starts_at=starts_at, now=now, by_person=by_person):
        return
    if status in {Status.DEPARTED, Status.ARRIVED}:
        raise AlreadyOnTheWay
    if status in MOVABLE:
        raise TooLateToChange
    raise IllegalMove


def terms_of_change() -> Words:
    """Return the rule for cancelling and moving, as the resident reads it before she books."""
    return _("上门前 4 小时以外，改时间、取消都不收钱，在手机上就能办；4 小时以内请打电话给服务台。")


@dataclass(frozen=True, slots=True)
class Told:
    """As much of a fact as a visit's status depends on."""

    kind: str
    occurred_at: datetime


def status_after(base: Status, told: Iterable[Told]) -> Status:
    """
    Return the visit's status, given all facts that fit, in whatever order they came.

    What was cancelled stays so: a fact against that is a conflict, and a person decides.
    """
    if base not in OPEN | {Status.DONE}:
        return base
    kinds = {fact.kind for fact in told}
    for kind, status in (("done", Status.DONE), ("arrived", Status.ARRIVED), ("departed", Status.DEPARTED)):
        if kind in kinds:
            return status
    return base if base in {Status.BOOKED, Status.MISSED} else Status.BOOKED


def state_after(base: State, kinds: Collection[str]) -> State:
    """Return an assignment's state, given the kinds of its caregiver's own facts."""
    if base not in LIVE:
        return base
    for kind, state in (("done", State.DONE), ("arrived", State.ARRIVED), ("departed", State.DEPARTED)):
        if kind in kinds:
            return state
    return base
