"""When a caregiver can come, who suits, and in which order they are asked. Pure: no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anjia.dispatch.rules.delivering import Laboratory
from anjia.dispatch.rules.travel import USUAL, Pace
from anjia.kernel.calendar import local
from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.messaging.rules import Quiet, due_at, is_quiet
from anjia.workforce.rules.breaks import Break

Point = tuple[float, float]  # latitude, longitude, WGS-84
Span = tuple[datetime, datetime]  # half-open
Ways = Mapping[tuple[Point, Point], timedelta]  # by the roads, from one place to another, without setting up

# Service rules of this installation [ENG]: no document gives them.
GRID: Final = timedelta(minutes=30)
SHORTEST_NOTICE: Final = timedelta(hours=2)
NOTICE_GRACE: Final = timedelta(minutes=15)  # so that what was shown a while ago can still be booked
MOST_DAYS: Final = 31
FARTHEST_AHEAD: Final = timedelta(days=90)
SOON: Final = timedelta(hours=3)  # what begins sooner may wake somebody; the rest waits for the morning


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelRule:
    """How long it takes to get from door to door, from the straight line between two cells."""

    detour: float  # streets are longer than the crow's way
    setup: timedelta  # parking, stairs, washing hands
    least_kmh: float
    unknown: timedelta  # where one of the two places is not on the map: said wherever it is counted with


TRAVEL: Final = TravelRule(
    detour=1.35, setup=timedelta(minutes=5), least_kmh=4, unknown=timedelta(minutes=30)
)


class Profile(StrEnum):
    """Which roads somebody may take: what a server of OSRM is made for."""

    FOOT = "foot"
    BICYCLE = "bicycle"
    CAR = "car"


WORDS_OF_PROFILE: Final[Mapping[Profile, Words]] = {
    Profile.FOOT: _("步行"),
    Profile.BICYCLE: _("骑车"),
    Profile.CAR: _("开车"),
}
# A bus keeps to its timetable, which no road says: there the straight line stays. Source: ours [ENG].
PROFILES: Final[Mapping[str, Profile]] = {
    "walk": Profile.FOOT,
    "bicycle": Profile.BICYCLE,
    "ebike": Profile.BICYCLE,
    "car": Profile.CAR,
}
ROADS_AHEAD: Final = timedelta(days=14)  # whose homes the roads are asked for
ROADS_AGAIN: Final = timedelta(days=30)  # roads are dug up and opened: then they are asked anew
MOST_CELLS: Final = 500  # of a house and profile at once: 250,000 pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRule:
    """Who is asked when: the first is the one whose time is kept; each wave asks more people at once."""

    waves: tuple[int, ...]
    # (the visit begins within, they have so long to answer), the nearest first
    answer_within: tuple[tuple[timedelta, timedelta], ...]


OFFERING: Final = OfferRule(
    waves=(1, 2, 4, 8),
    answer_within=(
        (timedelta(hours=4), timedelta(minutes=5)),
        (timedelta(hours=24), timedelta(minutes=15)),
        (timedelta(days=366), timedelta(minutes=60)),
    ),
)


class Part(StrEnum):
    """What a candidate's score is made of."""

    TRAVEL = "travel"
    KNOWN = "known"
    LOAD = "load"
    CONTINUITY = "continuity"
    PREFERRED = "preferred"


# Points; per minute of travel and of work that day, per earlier visit up to five, for the last one who came.
WEIGHTS: Final[Mapping[Part, float]] = {
    Part.TRAVEL: -0.6,
    Part.KNOWN: 4.0,
    Part.LOAD: -0.04,
    Part.CONTINUITY: 12.0,
    Part.PREFERRED: 20.0,
}
KNOWN_COUNTS_UP_TO: Final = 5


class Period(StrEnum):
    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"


class OfferState(StrEnum):
    """The life of an offer: one of those for a part wins, the others are withdrawn."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"


WORDS_OF_OFFER: Final[Mapping[OfferState, Words]] = {
    OfferState.OPEN: _("在等回话"),
    OfferState.ACCEPTED: _("接了"),
    OfferState.DECLINED: _("不接"),
    OfferState.TIMED_OUT: _("没有回"),
    OfferState.WITHDRAWN: _("收回了"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    starts_at: datetime
    ends_at: datetime
    place: Point | None
    deliver_minutes: int = (
        0  # within which what is taken there has to be at the laboratory; 0: nothing is taken
    )
    access_minutes: int = 0  # from the street to the door
    taken_at: datetime | None = None  # when it really was taken, where that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One caregiver's time: when she works, when not, and where she is promised, in order of time."""

    staff_id: UUID
    shifts: tuple[Span, ...]
    leave: tuple[Span, ...] = ()
    stops: tuple[Stop, ...] = ()
    base: Point | None = None
    speed_kmh: float = 15
    ways: Ways = field(default_factory=dict)
    laboratory: Laboratory | None = None
    pace: Pace = USUAL
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    starts_at: datetime
    ends_at: datetime
    place: Point | None
    deliver_minutes: int = 0
    access_minutes: int = 0


class Block(StrEnum):
    """Why a caregiver cannot come at a time."""

    OFF_DUTY = "off_duty"
    ON_LEAVE = "on_leave"
    BUSY = "busy"
    LATE_FROM_BASE = "late_from_base"
    LATE_FROM_BEFORE = "late_from_before"
    LATE_FOR_NEXT = "late_for_next"
    SPECIMEN_LATE = "specimen_late"
    CARRIED_LATE = "carried_late"
    NO_BREAK = "no_break"
    LABORATORY_CLOSED = "laboratory_closed"


TO_LABORATORY: Final = frozenset({Block.SPECIMEN_LATE, Block.CARRIED_LATE, Block.LABORATORY_CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    block: Block
    minutes_short: int = 0
    free_at: datetime | None = None
    due_at: datetime | None = None  # of what has to be at the laboratory
    deliver_minutes: int = 0
    closes_at: time | None = None
    missed: Break | None = None

    @property
    def words(self) -> str:
        if self.missed:
            return str(WORDS_OF_BLOCK[self.block]).format(
                opens=f"{self.missed.opens:%H:%M}",
                closes=f"{self.missed.closes:%H:%M}",
                minutes=self.missed.minutes,
            )
        due = f"{local(self.due_at):%H:%M}" if self.due_at else ""
        return str(WORDS_OF_BLOCK[self.block]).format(minutes=self.minutes_short, due=due)

    @property
    def source(self) -> str:
        """Where it stands that what is taken has to be there by then."""
        if self.closes_at is None:
            return ""
        return gettext("服务标准：{minutes} 分钟内送到；检验科收到 {time}").format(
            minutes=self.deliver_minutes, time=f"{self.closes_at:%H:%M}"
        )

    @property
    def way_out(self) -> str:
        return str(WAY_OUT_OF_BLOCK[self.block]).format(minutes=self.minutes_short)


WORDS_OF_BLOCK: Final[Mapping[Block, Words]] = {
    Block.OFF_DUTY: _("这个时间不当班"),
    Block.ON_LEAVE: _("这个时间请假"),
    Block.BUSY: _("这个时间已经有别的上门"),
    Block.LATE_FROM_BASE: _("一上班就出发也要晚 {minutes} 分钟"),
    Block.LATE_FROM_BEFORE: _("从上一家赶过来要晚 {minutes} 分钟"),
    Block.LATE_FOR_NEXT: _("做完再去下一家要晚 {minutes} 分钟"),
    Block.SPECIMEN_LATE: _("采的标本 {due} 前要送到检验科，要晚 {minutes} 分钟"),
    Block.CARRIED_LATE: _("前面采的标本 {due} 前要送到检验科，加上这一家要晚 {minutes} 分钟"),
    Block.NO_BREAK: _("{opens}–{closes} 之间留不出 {minutes} 分钟休息"),
    Block.LABORATORY_CLOSED: _("这一天检验科不收样"),
}
WAY_OUT_OF_BLOCK: Final[Mapping[Block, Words]] = {
    Block.OFF_DUTY: _("改到当班的时间，或加一个班"),
    Block.ON_LEAVE: _("换一天"),
    Block.BUSY: _("换一个时间，或把那一家改派别人"),
    Block.LATE_FROM_BASE: _("晚 {minutes} 分钟以上再开始"),
    Block.LATE_FROM_BEFORE: _("晚 {minutes} 分钟以上再开始"),
    Block.LATE_FOR_NEXT: _("早 {minutes} 分钟以上开始，或把下一家往后移"),
    Block.SPECIMEN_LATE: _("换早一点的时间，或换离检验科近的人"),
    Block.CARRIED_LATE: _("改到送检以后，或换别人"),
    Block.NO_BREAK: _("换一个时间，或把前后的一家改派别人"),
    Block.LABORATORY_CLOSED: _("换收样的一天"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule, for one candidate: whether it is met, in words, and what would have to change if not."""

    is_met: bool
    words: str
    way_out: str = ""
    rule_id: str = ""  # of the law's or the service's rule, where it is one
    source: str = ""
    wish: str = ""  # which of the resident's or the house's wishes, where it is one: sex, refused, area

    @property
    def sentence(self) -> str:
        """What stands in a refusal: why not, the way out, and where it stands."""
        if not self.source:
            return self.words
        return gettext("{words}{way_out}（依据：{source}）").format(
            words=self.words, way_out=self.way_out, source=self.source
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a candidate's score is made from."""

    travel_minutes: float
    times_known: int = 0
    minutes_that_day: float = 0
    came_last: bool = False
    is_preferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    total: float
    parts: dict[str, float] = field(default_factory=dict)


class SlotGone(DomainError):
    code = "dispatch.slot_gone"
    words = _("这个时间刚刚被别人约走了。请再选一个时间，别的时间还在。")


class TooSoon(DomainError):
    code = "dispatch.too_soon"
    words = _("离现在不到 2 小时，来不及安排人。请选晚一点的时间；急的话请打电话给服务台。")


class TooFarAhead(Invalid):
    code = "dispatch.too_far_ahead"
    words = _("现在只能约 90 天以内的时间。")


class NotOffered(DomainError):
    code = "dispatch.service_not_offered"
    status = 404
    words = _("这项服务现在不能上门预约。请换一项，或打电话给服务台。")


class NotSuitable(DomainError):
    code = "dispatch.not_suitable"
    words = _("这个人不能去。")


class GateClosed(DomainError):
    """What the law asks for before somebody is sent is not there: each rule, and where it stands."""

    code = "dispatch.gate_closed"
    words = _("这项服务现在还不能约。")

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(
            gettext("现在还不能约：{reasons}").format(reasons=" ".join(one.sentence for one in reasons)),
            fields={one.rule_id: one.words for one in reasons},
        )


class OfferTaken(DomainError):
    code = "dispatch.offer_taken"
    words = _("这一单已经有人接了。看看别的单吧。")


class OfferOver(DomainError):
    code = "dispatch.offer_over"
    words = _("这一单回应的时间过了，已经去问下一位了。")


def check_notice(starts_at: datetime, *, now: datetime) -> None:
    """
    :raises TooSoon: if nobody could get there in time
    :raises TooFarAhead: if no rota reaches so far
    """
    if starts_at - now < SHORTEST_NOTICE - NOTICE_GRACE:
        raise TooSoon
    if starts_at - now > FARTHEST_AHEAD:
        raise TooFarAhead


def to_heed(
    *, needs_order: bool, is_on_the_map: bool, for_her: bool = False, beside: Sequence[str] = ()
) -> list[str]:
    """
    Return what is not checked here, or only assumed, and so is for a person to look at: for her, or for staff.

    `beside` is what else she has that day that is worth a look, in words.
    """
    order = _("要凭医生的医嘱做：请把原件放在手边，护士到了先核对。")
    said = [order if for_her else _("要凭医嘱做：到了先核对原件。")] if needs_order else []
    minutes = TRAVEL.unknown // timedelta(minutes=1)
    unknown = str(_("地址还没有在地图上定位：路程先按 {minutes} 分钟算。")).format(minutes=minutes)
    return [*beside, *map(str, said), *([] if is_on_the_map else [unknown])]


def is_in_period(hour: int, period: Period) -> bool:
    return period is Period.ANY or (hour < 12) == (period is Period.MORNING)


def score_of(facts: Facts) -> Score:
    """Return how well a candidate suits who may go at all: more is better, and the parts say why."""
    parts = {
        Part.TRAVEL: WEIGHTS[Part.TRAVEL] * facts.travel_minutes,
        Part.KNOWN: WEIGHTS[Part.KNOWN] * min(facts.times_known, KNOWN_COUNTS_UP_TO),
        Part.LOAD: WEIGHTS[Part.LOAD] * facts.minutes_that_day,
        Part.CONTINUITY: WEIGHTS[Part.CONTINUITY] * facts.came_last,
        Part.PREFERRED: WEIGHTS[Part.PREFERRED] * facts.is_preferred,
    }
    rounded = {part.value: round(points, 1) for part, points in parts.items()}
    return Score(total=round(100 + sum(parts.values()), 1), parts=rounded)


def is_soon(starts_at: datetime, ends_at: datetime, *, now: datetime) -> bool:
    """Say whether news of a visit may wake somebody: it begins soon, or is on. What is past wakes nobody."""
    return starts_at - now < SOON and now < ends_at


def wakes_who_comes(starts_at: datetime, ends_at: datetime, quiet: Quiet, *, now: datetime) -> bool:
    """Say whether who is to come has to hear of it at once: soon, or when her morning would be too short a notice."""
    too_short = now < starts_at and starts_at - due_at(now, quiet, urgent=False) < SHORTEST_NOTICE
    return too_short or is_soon(starts_at, ends_at, now=now)


def answer_by(starts_at: datetime, quiet: Quiet, *, now: datetime) -> datetime:
    """
    Return until when an offer made now waits for its answer: the nearer the visit, the shorter.

    What is offered in her quiet hours is heard after them, and waits from then on; unless it has to be heard at once.
    """
    heard_at = due_at(now, quiet, urgent=wakes_who_comes(starts_at, starts_at, quiet, now=now))
    for within, wait in OFFERING.answer_within:
        if starts_at - now <= within:
            return heard_at + wait
    return heard_at + OFFERING.answer_within[-1][1]


def offer_is_urgent(starts_at: datetime, quiet: Quiet, *, deadline: datetime, now: datetime) -> bool:
    """Say whether an offer goes out whatever the hour: it is near, or over before her quiet hours are."""
    return is_quiet(deadline, quiet) or wakes_who_comes(starts_at, starts_at, quiet, now=now)


def size_of_wave(wave: int) -> int:
    """Return how many are asked at once in the `wave`, counted from 1; 0 when a person has to decide."""
    return OFFERING.waves[wave - 1] if 1 <= wave <= len(OFFERING.waves) else 0


# The caregiver's share of the price, in thousandths [ENG]; what is really paid is for billing.
PAY_PER_MILLE: Final = 600


def pay_of(price_fen: int, people_needed: int) -> int:
    """Return about what one caregiver gets for her part."""
    return price_fen * PAY_PER_MILLE // 1000 // max(people_needed, 1)
