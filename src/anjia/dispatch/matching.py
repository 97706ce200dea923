"""
Who can come, and who suits best: what the contexts below know, put before the rules.

`queries` show it, `commands` check it again under the lock: the same functions, so what is shown can be booked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import h3
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from anjia.catalogue.rules import Requires, why_not_on_line
from anjia.catalogue.rules.assessing import Level, LevelAsked, why_below_level
from anjia.dispatch.insertion import GreedyInsertion
from anjia.dispatch.ports import Feasibility
from anjia.dispatch.rules import (
    PROFILES,
    Ask,
    Facts,
    Period,
    Point,
    Profile,
    Reason,
    Score,
    Stop,
    Timeline,
    Ways,
    is_in_period,
    score_of,
)
from anjia.dispatch.rules.delivering import Laboratory
from anjia.dispatch.rules.travel import Pace, first_pace
from anjia.kernel.calendar import local
from anjia.learning.rules import Bound, untrained
from anjia.visits.queries import Busy, Known, ThatDay
from anjia.workforce.rules import CaregiverSheet

FEASIBILITY: Final[Feasibility] = GreedyInsertion()
ZONE_RESOLUTION: Final = 6  # about 36 km²
CELL_RESOLUTION: Final = 8  # that of an address: about 0.7 km²


@dataclass(frozen=True, slots=True)
class Travel:
    """What is known of how people get about: the `roads` of each profile, and the `paces` of each way of travelling."""

    roads: Mapping[Profile | None, Ways] = field(default_factory=dict)
    paces: Mapping[str, Pace] = field(default_factory=dict)

    def ways_of(self, sheet: CaregiverSheet) -> Ways:
        return self.roads.get(profile_of(sheet), {})

    def pace_of(self, sheet: CaregiverSheet) -> Pace:
        return self.paces.get(sheet.travel_mode) or first_pace(sheet.travel_mode)


NOTHING_LEARNT: Final = Travel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the resident wishes of time and person. What cannot be met is said, not overlooked."""

    period: Period = Period.ANY
    caregiver_sex: str = "any"
    preferred: frozenset[UUID] = frozenset()
    refused: frozenset[UUID] = frozenset()
    # For whoever is at the door; it does not decide who comes.
    note: str = ""
    who_is_present: str = ""

    @staticmethod
    def of(said: Mapping[str, Any] | None) -> "Wishes":
        said = said or {}
        return Wishes(
            period=Period(said.get("period") or "any"),
            caregiver_sex=said.get("caregiver_sex") or "any",
            preferred=frozenset(UUID(str(one)) for one in said.get("preferred") or ()),
            refused=frozenset(UUID(str(one)) for one in said.get("refused") or ()),
            note=said.get("note") or "",
            who_is_present=said.get("who_is_present") or "",
        )

    def kept(self) -> dict[str, Any]:
        """Return what is written on the visit."""
        return {
            "period": self.period.value,
            "caregiver_sex": self.caregiver_sex,
            "preferred": sorted(map(str, self.preferred)),
            "refused": sorted(map(str, self.refused)),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be done: whatever of a service and an address decides who can do it."""

    requires: Requires
    legal_line: str
    minutes: int
    people_needed: int
    cell: str
    wishes: Wishes = field(default_factory=Wishes)
    courses: tuple[Bound, ...] = ()  # the house's own: of which whoever goes must hold the certificate
    level: LevelAsked | None = None  # which nurse her first assessment asks for
    deliver_minutes: int = 0  # within which what is taken has to be at the laboratory
    access_minutes: int = 0  # from the street to the door

    @property
    def place(self) -> Point | None:
        return place_of(self.cell)

    def ask(self, starts_at: datetime) -> Ask:
        return Ask(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.minutes),
            place=self.place,
            deliver_minutes=self.deliver_minutes,
            access_minutes=self.access_minutes,
        )


@lru_cache(maxsize=10_000)
def place_of(cell: str) -> Point | None:
    """Return the middle of a cell: travel is reckoned between cells, so that no address has to be opened."""
    return h3.cell_to_latlng(cell) if cell else None


def cell_of(point: Point) -> str:
    return str(h3.latlng_to_cell(*point, CELL_RESOLUTION))


def zone_of(cell: str) -> str:
    return h3.cell_to_parent(cell, ZONE_RESOLUTION) if cell else ""


def turns_of(organization_id: UUID, cell: str, *days: date) -> list[str]:
    """Return the keys under which promises of a zone and day are made one after the other."""
    return [f"zone/{organization_id}/{zone_of(cell)}/{day}" for day in days]


def timelines_of(
    sheets: Iterable[CaregiverSheet],
    busy: Iterable[Busy],
    *,
    ways: Travel = NOTHING_LEARNT,
    without: UUID | None = None,
    is_booking: bool = False,
    laboratory: Laboratory | None = None,
) -> dict[UUID, Timeline]:
    """
    Return each caregiver's time, with the `ways` of how she travels and how long they take her; `without` a visit that
    is about to be moved.

    Who is booking sees no standby: that time is kept for standing in.
    """
    stops: dict[UUID, list[Stop]] = {}
    for one in busy:
        if one.visit_id != without:
            stop = Stop(
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                place=place_of(one.cell),
                deliver_minutes=one.deliver_minutes,
                access_minutes=one.access_minutes,
            )
            stops.setdefault(one.staff_id, []).append(stop)
    return {
        sheet.id: Timeline(
            staff_id=sheet.id,
            shifts=tuple(sheet.bookable if is_booking else sheet.shifts),
            leave=tuple(sheet.leave),
            stops=tuple(sorted(stops.get(sheet.id, []), key=lambda stop: stop.starts_at)),
            base=sheet.base,
            speed_kmh=sheet.speed_kmh,
            laboratory=laboratory,
            ways=ways.ways_of(sheet),
            pace=ways.pace_of(sheet),
            breaks=sheet.breaks,
        )
        for sheet in sheets
    }


def profile_of(sheet: CaregiverSheet) -> Profile | None:
    return PROFILES.get(sheet.travel_mode)


def is_on_duty(sheet: CaregiverSheet, start: datetime, end: datetime) -> bool:
    """Tell whether she works from `start` to `end`, and is not away."""
    works = any(begins <= start and end <= ends for begins, ends in sheet.shifts)
    return works and not any(begins < end and start < ends for begins, ends in sheet.leave)


def is_on_standby(sheet: CaregiverSheet, start: datetime, end: datetime) -> bool:
    """Tell whether all that lets her come from `start` to `end` is that she is on standby."""
    return is_on_duty(sheet, start, end) and not any(
        begins <= start and end <= ends for begins, ends in sheet.bookable
    )


def qualification_reasons(job: Job, sheet: CaregiverSheet, on: date) -> list[Reason]:
    """Return what the law, the service and the house ask for and this person has not. Nobody may overrule these."""
    return [*_unqualified(job, sheet, on), *_below_level(job, sheet, on), *_untrained(job, sheet, on)]


def _below_level(job: Job, sheet: CaregiverSheet, on: date) -> list[Reason]:
    words = why_below_level(job.level, sheet, on) if job.level else ""
    if not words or job.level is None:
        return []
    # What the line asks of a title is no less than the lowest level: both ask the same, and it is said once.
    asked = why_not_on_line(job.legal_line, job.requires, sheet, on)
    if job.level.level is Level.SENIOR and any(one.code == "title_too_low" for one in asked):
        return []
    return [
        Reason(
            is_met=False,
            words=words,
            way_out=_("换够得上的护士去；她的情况变了，就再评估一次"),
            rule_id=job.level.rule_id,
            source=job.level.source,
        )
    ]


def _untrained(job: Job, sheet: CaregiverSheet, on: date) -> list[Reason]:
    return [
        Reason(
            is_met=False,
            words=one.words,
            way_out=_("这位在手机“培训”里学完、考过就行，或换有合格证的人去"),
            rule_id=one.rule_id,
            source=one.source,
        )
        for one in untrained(job.courses, sheet, on)
    ]


def _unqualified(job: Job, sheet: CaregiverSheet, on: date) -> list[Reason]:
    return [
        Reason(
            is_met=False,
            words=reason.words,
            way_out=_("换有资格的人去"),
            rule_id=reason.rule_id,
            source=reason.source,
        )
        for reason in why_not_on_line(job.legal_line, job.requires, sheet, on)
    ]


def wish_reasons(job: Job, sheet: CaregiverSheet) -> list[Reason]:
    """Return which of the resident's wishes this person does not meet."""
    wishes, found = job.wishes, []
    if wishes.caregiver_sex not in {"any", sheet.sex}:
        is_woman = wishes.caregiver_sex == "female"
        asked = pgettext("who comes", "女") if is_woman else pgettext("who comes", "男")
        found.append(
            Reason(
                is_met=False,
                words=_("对方想要{sex}的来").format(sex=asked),
                way_out=_("打电话问对方能不能不限男女"),
                wish="sex",
            )
        )
    if sheet.id in wishes.refused:
        found.append(Reason(is_met=False, words=_("对方说过不要这一位"), way_out=_("换别人"), wish="refused"))
    if sheet.cells is not None and not job.cell:
        found.append(
            Reason(
                is_met=False,
                words=_("地址还没有定位，不知道在不在这位的片区"),
                way_out=_("先在地图上标出地址；急的话问清楚在哪儿，写明原因直接派"),
                wish="area",
            )
        )
    elif sheet.cells is not None and job.cell not in sheet.cells:
        found.append(
            Reason(
                is_met=False,
                words=_("不在这位负责的片区"),
                way_out=_("给这位加上这个片区，或换别人"),
                wish="area",
            )
        )
    return found


def may_do(job: Job, sheet: CaregiverSheet, on: date) -> bool:
    return not qualification_reasons(job, sheet, on) and not wish_reasons(job, sheet)


def score(
    job: Job, sheet: CaregiverSheet, timeline: Timeline, at: datetime, known: Mapping[UUID, Known]
) -> tuple[Facts, Score]:
    """Return how well she suits at that time, and what that is made of."""
    before = known.get(sheet.id)
    facts = Facts(
        travel_minutes=FEASIBILITY.travel_minutes(timeline, job.ask(at)),
        times_known=before.times if before else 0,
        minutes_that_day=minutes_on(timeline, local(at).date()),
        came_last=before is not None and before.last_at == max(one.last_at for one in known.values()),
        is_preferred=sheet.id in job.wishes.preferred,
    )
    return facts, score_of(facts)


def minutes_there(timeline: Timeline, ask: Ask) -> int | None:
    """Return in how many minutes she gets there from where she is before; none where that is only assumed."""
    from_somewhere = timeline.base is not None and all(stop.place is not None for stop in timeline.stops)
    if ask.place is None or not from_somewhere:
        return None
    return round(FEASIBILITY.travel_minutes(timeline, ask))


def minutes_on(timeline: Timeline, day: date) -> float:
    return sum(
        (stop.ends_at - stop.starts_at) / timedelta(minutes=1)
        for stop in timeline.stops
        if local(stop.starts_at).date() == day
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A time at which the job can be done, and by whom: the best first."""

    starts_at: datetime
    able: tuple[UUID, ...]


def openings(
    job: Job,
    sheets: Collection[CaregiverSheet],
    timelines: Mapping[UUID, Timeline],
    known: Mapping[UUID, Known],
    *,
    since: datetime,
    until: datetime,
    day: date,
) -> list[Opening]:
    """Return the times of the day at which enough people who may do it can come, the earliest first."""
    able: dict[datetime, list[tuple[float, str, UUID]]] = {}
    for sheet in sheets:
        if not may_do(job, sheet, day):
            continue
        timeline = timelines[sheet.id]
        for start in FEASIBILITY.starts(
            timeline,
            minutes=job.minutes,
            place=job.place,
            since=since,
            until=until,
            deliver_minutes=job.deliver_minutes,
            access_minutes=job.access_minutes,
        ):
            if is_in_period(local(start).hour, job.wishes.period):
                points = score(job, sheet, timeline, start, known)[1].total
                able.setdefault(start, []).append((-points, sheet.name, sheet.id))
    return [
        Opening(starts_at=start, able=tuple(staff_id for _points, _name, staff_id in sorted(found)))
        for start, found in sorted(able.items())
        if len(found) >= job.people_needed
    ]


def time_reasons(
    job: Job, timeline: Timeline, at: datetime, *, together: Sequence[Timeline] | None = None
) -> list[Reason]:
    """
    Return why she cannot come at that time. The way out is the nearest time of the day at which she can, and those who
    come `together` with her; of who is not alone, none where it is not said who they are.
    """
    trouble = FEASIBILITY.trouble(timeline, job.ask(at))
    if trouble is None:
        return []
    nearest = None
    if together is not None or job.people_needed == 1:
        nearest = next((one for one in starts_near(job, timeline, at, together=together or ())), None)
    way_out = trouble.way_out
    if nearest is not None:
        way_out = _("改到 {time} 开始就可以").format(time=f"{local(nearest):%H:%M}")
    return [Reason(is_met=False, words=trouble.words, way_out=way_out, source=trouble.source)]


def is_promised(job: Job, timeline: Timeline, at: datetime) -> bool:
    """Return whether she is promised elsewhere at that time, which no reason overrules."""
    ask = job.ask(at)
    return any(stop.starts_at < ask.ends_at and ask.starts_at < stop.ends_at for stop in timeline.stops)


def starts_near(
    job: Job, timeline: Timeline, at: datetime, *, together: Sequence[Timeline] = ()
) -> Iterator[datetime]:
    """
    Yield the times of that day, the nearest first, at which she can do it, and all who come `together` with her; in the
    half of the day that was wished for.
    """
    starts = FEASIBILITY.starts(
        timeline,
        minutes=job.minutes,
        place=job.place,
        since=at - timedelta(hours=8),
        until=at + timedelta(hours=8),
        deliver_minutes=job.deliver_minutes,
        access_minutes=job.access_minutes,
    )
    for start in sorted(starts, key=lambda one: abs(one - at)):
        here = local(start)
        is_wished_for = here.date() == local(at).date() and is_in_period(here.hour, job.wishes.period)
        if is_wished_for and not any(FEASIBILITY.trouble(one, job.ask(start)) for one in together):
            yield start


def besides(others: Iterable[ThatDay], *, service_code: str, span: tuple[datetime, datetime]) -> list[str]:
    """
    Return in words what of her other visits that day may be an oversight: the same once more, two at one time.

    Both may be meant: an injection twice a day, two people who come together.
    """
    others = list(others)
    same = [f"{local(one.starts_at):%H:%M}" for one in others if one.service_code == service_code]
    twice = _("这一天 {times} 已经约了一次同样的上门。确实要两次再约。")
    clash = _("{time} 已经约了{service}，和这一次的时间撞上了。确实要一起来再约。")
    clashes = [
        clash.format(time=f"{local(one.starts_at):%H:%M}", service=one.service)
        for one in others
        if one.starts_at < span[1] and span[0] < one.ends_at and one.service_code != service_code
    ]
    return [*([twice.format(times="、".join(same))] if same else []), *clashes]
