"""Questions about times, candidates and offers. Nothing here writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import current_version, get_version
from anjia.dispatch.matching import (
    Job,
    Opening,
    Wishes,
    may_do,
    openings,
    place_of,
    qualification_reasons,
    score,
    time_reasons,
    timelines_of,
    wish_reasons,
)
from anjia.dispatch.models import OPEN, Offer
from anjia.dispatch.rules import (
    MOST_DAYS,
    SHORTEST_NOTICE,
    NotOffered,
    Part,
    Period,
    Reason,
    Timeline,
    area_of,
    pay_of,
)
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, local
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.residents.queries import get_address
from anjia.visits.queries import Known, get_promise, known_by, live_assignments
from anjia.visits.rules.arrival import distance_m
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on, staff_names
from anjia.workforce.rules import CaregiverSheet


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    slots: Sequence[Slot]
    reason_if_empty: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    days: Sequence[Day]


def slots_for(
    actor: Actor,
    purpose: Purpose,
    *,
    service_code: str,
    resident_id: UUID,
    address_id: UUID,
    first_day: date,
    days: int = 7,
    wishes: Mapping[str, Any] | None = None,
    now: datetime,
    moving: UUID | None = None,
) -> Slots:
    """
    Return what can be booked on each day, and of a day without anything why. `moving` is a visit that would give way.

    :raises NotAllowed: if the actor may not look
    :raises NotFound: if the resident is a stranger, or the address is not hers
    :raises NotOffered: if the institution offers no such service at home
    """
    if not actor.may("dispatch.read"):
        raise NotAllowed
    if not actor.sees(resident_id):
        raise NotFound
    try:
        version = current_version(actor, purpose, code=service_code)
    except NotFound:
        raise NotOffered from None
    if version.mode != "home":
        raise NotOffered
    address = get_address(actor, purpose, address_id=address_id)
    if address.resident_id != resident_id:
        raise NotFound
    job = Job(
        requires=version.requires,
        minutes=version.duration_minutes,
        people_needed=version.people_needed,
        cell=address.cell,
        wishes=Wishes.of(wishes),
    )
    asked = [first_day + timedelta(days=ahead) for ahead in range(max(1, min(days, MOST_DAYS)))]
    start, end = day_bounds(asked[0])[0], day_bounds(asked[-1])[1]
    sheets = caregivers_on(actor, purpose, start=start, end=end + LONGEST_VISIT)
    ids = [sheet.id for sheet in sheets]
    busy = live_assignments(
        actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end + LONGEST_VISIT, now=now
    )
    known = known_by(actor, purpose, resident_id=resident_id, staff_ids=ids)
    look = _Look(job, sheets, timelines_of(sheets, busy, without=moving), known, now + SHORTEST_NOTICE)
    found = {day: look.openings(day) for day in asked}
    return Slots(
        days=[
            Day(
                day=day,
                slots=[look.slot(opening) for opening in found[day]],
                reason_if_empty=None if found[day] else look.why_empty(day, found),
            )
            for day in asked
        ]
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known when somebody looks for a time."""

    job: Job
    sheets: Collection[CaregiverSheet]
    timelines: Mapping[UUID, Timeline]
    known: Mapping[UUID, Known]
    earliest: datetime

    def openings(self, day: date, job: Job | None = None) -> list[Opening]:
        start, end = day_bounds(day)
        return openings(
            job or self.job,
            self.sheets,
            self.timelines,
            self.known,
            since=max(start, self.earliest),
            until=end,
            day=day,
        )

    def slot(self, opening: Opening) -> Slot:
        by_id = {sheet.id: sheet for sheet in self.sheets}
        crew = [by_id[staff_id] for staff_id in opening.able[: self.job.people_needed]]
        people = [Caregiver(id=one.id, name=one.name, title=one.title, sex=one.sex) for one in crew]
        return Slot(
            starts_at=opening.starts_at,
            ends_at=opening.starts_at + timedelta(minutes=self.job.minutes),
            caregiver=people[0],
            people=people,
            known_before=people[0].id in self.known,
        )

    def why_empty(self, day: date, found: Mapping[date, Sequence[Opening]]) -> str:
        """Return which rule leaves the day empty, and what would have to change."""
        start, end = day_bounds(day)
        if end <= self.earliest:
            return _("来不及安排人了，要提前 2 小时。急的话请打电话给服务台。")
        on_duty = [
            sheet
            for sheet in self.sheets
            if any(begins < end and start < ends for begins, ends in sheet.shifts)
        ]
        return _("{why}{way_out}").format(
            why=self.why(day, on_duty), way_out=self.way_out(day, on_duty, found)
        )

    def why(self, day: date, on_duty: Sequence[CaregiverSheet]) -> str:
        if not on_duty:
            return _("这一天没有人当班。")
        qualified = [sheet for sheet in on_duty if not qualification_reasons(self.job, sheet, day)]
        if len(qualified) < self.job.people_needed:
            return _("这一天当班的人里，能做这项服务的不够 {number} 位。").format(
                number=self.job.people_needed
            )
        suitable = [sheet for sheet in qualified if may_do(self.job, sheet, day)]
        if len(suitable) < self.job.people_needed:
            return self.why_not_suitable(qualified)
        return _("这一天能做的 {number} 位都约满了，或者赶不过来。").format(number=len(suitable))

    def why_not_suitable(self, qualified: Sequence[CaregiverSheet]) -> str:
        sex = self.job.wishes.caregiver_sex
        if sex != "any" and not any(sheet.sex == sex for sheet in qualified):
            return _("这一天没有女护士能来。") if sex == "female" else _("这一天没有男护士能来。")
        return _("这一天能做的人不负责您这一片，或不合您的要求。")

    def way_out(
        self, day: date, on_duty: Sequence[CaregiverSheet], found: Mapping[date, Sequence[Opening]]
    ) -> str:
        for name, relaxed in self.relaxed():
            if on_duty and (times := self.openings(day, relaxed)):
                return _("{name}的话，有 {number} 个时间。").format(name=name, number=len(times))
        nearest = min(
            (other for other in found if found[other]), key=lambda other: abs(other - day), default=None
        )
        if nearest is None:
            return _("可以看后面几天，或打电话给服务台，我们帮您找。")
        first = local(found[nearest][0].starts_at)
        return _("最近有空的是 {day} {time}。").format(
            day=f"{first.month}月{first.day}日", time=f"{first:%H:%M}"
        )

    def relaxed(self) -> list[tuple[str, Job]]:
        wishes, found = self.job.wishes, []
        if wishes.period is not Period.ANY:
            found.append(
                (_("不限上午下午"), Wishes(caregiver_sex=wishes.caregiver_sex, refused=wishes.refused))
            )
        if wishes.caregiver_sex != "any":
            found.append((_("不限男女"), Wishes(period=wishes.period, refused=wishes.refused)))
        return [
            (
                name,
                Job(
                    requires=self.job.requires,
                    minutes=self.job.minutes,
                    people_needed=self.job.people_needed,
                    cell=self.job.cell,
                    wishes=wishes,
                ),
            )
            for name, wishes in found
        ]


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
    state: str
    offer: str
    reasons: Sequence[Reason]
    score: float
    parts: Mapping[str, float]
    travel_minutes: int
    distance_km: float | None
    times_known: int
    minutes_that_day: int


def suitability(
    actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime, part: int = 1
) -> list[Candidate]:
    """
    Return every caregiver for a part of the visit, with every reason for and against, the most suitable first.

    :raises NotAllowed: if the actor does not assign
    :raises NotFound: if there is no such visit
    """
    if not (actor.may("dispatch.assign") or actor.may("dispatch.offer")):
        raise NotAllowed
    promise = get_promise(actor, purpose, visit_id=visit_id)
    version = get_version(actor, purpose, version_id=promise.service_version_id)
    job = Job(
        requires=version.requires,
        minutes=int((promise.ends_at - promise.starts_at).total_seconds() // 60),
        people_needed=promise.people_needed,
        cell=promise.cell,
        wishes=Wishes.of(promise.wishes),
    )
    day = local(promise.starts_at).date()
    start, end = day_bounds(day)
    sheets = caregivers_on(actor, purpose, start=start, end=end)
    ids = [sheet.id for sheet in sheets]
    busy = live_assignments(
        actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end + LONGEST_VISIT, now=now
    )
    timelines = timelines_of(sheets, busy, without=visit_id)
    known = known_by(actor, purpose, resident_id=promise.resident_id, staff_ids=ids)
    crew = {one.staff_id: one for one in promise.crew}
    offers = {
        offer.staff_id: offer.state
        for offer in Offer.objects.filter(
            organization_id=actor.organization_id, visit_id=visit_id, part=part
        ).order_by("made_at")
    }
    found = []
    for sheet in sheets:
        hard = qualification_reasons(job, sheet, day)
        other_part = crew.get(sheet.id)
        if other_part is not None and other_part.part != part:
            hard.append(Reason(is_met=False, words=_("已经是这次上门的另一位"), way_out=_("换别人")))
        soft = wish_reasons(job, sheet)
        when = time_reasons(job, timelines[sheet.id], promise.starts_at)
        facts, points = score(job, sheet, timelines[sheet.id], promise.starts_at, known)
        current = other_part is not None and other_part.part == part
        found.append(
            Candidate(
                staff_id=sheet.id,
                name=sheet.name,
                title=sheet.title,
                sex=sheet.sex,
                is_suitable=not (hard or soft or when),
                may_be_overruled=not hard,
                is_current=current,
                state=other_part.state.value if other_part and current else "",
                offer=offers.get(sheet.id, ""),
                reasons=[
                    *hard,
                    *soft,
                    *when,
                    *_reasons_for(facts.times_known, facts.came_last, points.parts),
                ],
                score=points.total,
                parts=points.parts,
                travel_minutes=int(facts.travel_minutes),
                distance_km=_distance_km(sheet, job),
                times_known=facts.times_known,
                minutes_that_day=int(facts.minutes_that_day),
            )
        )
    return sorted(
        found, key=lambda one: (not one.is_suitable, not one.may_be_overruled, -one.score, one.name)
    )


def _reasons_for(times_known: int, came_last: bool, parts: Mapping[str, float]) -> list[Reason]:
    """Return what speaks for her, in words."""
    said = []
    if times_known:
        said.append(_("来过 {number} 次").format(number=times_known))
    if came_last:
        said.append(_("上一次就是这位来的"))
    if parts.get(Part.PREFERRED):
        said.append(_("对方点名要这一位"))
    if not parts.get(Part.LOAD):
        said.append(_("当天还没有别的上门"))
    return [Reason(is_met=True, words=words) for words in said]


def _distance_km(sheet: CaregiverSheet, job: Job) -> float | None:
    if sheet.base is None or job.place is None:
        return None
    return round(distance_m(sheet.base, job.place) / 1000, 1)


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


def offers_of(
    actor: Actor, purpose: Purpose, *, now: datetime, staff_id: UUID | None = None
) -> list[OfferCard]:
    """
    Return what a caregiver is asked and can still answer, the most urgent first: herself, or for dispatchers another.

    :raises NotAllowed: if it is somebody else's and the actor does not assign
    """
    whose = staff_id or actor.staff_id
    if whose is None or (whose != actor.staff_id and not actor.may("dispatch.assign")):
        raise NotAllowed
    mine = Offer.objects.filter(organization_id=actor.organization_id, staff_id=whose, state=OPEN)
    offers = list(mine.filter(deadline__gt=now).order_by("deadline", "id")[:50])
    if not offers:
        return []
    promises = {offer.visit_id: get_promise(actor, purpose, visit_id=offer.visit_id) for offer in offers}
    crew = {one.staff_id for promise in promises.values() for one in promise.crew}
    names = staff_names(actor, purpose, staff_ids=crew)
    first = min(promise.starts_at for promise in promises.values())
    sheets = caregivers_on(actor, purpose, start=first, end=first + timedelta(days=1), staff_ids=[whose])
    base = sheets[0].base if sheets else None
    cards = []
    for offer in offers:
        promise = promises[offer.visit_id]
        address = get_address(actor, purpose, address_id=promise.address_id)
        place = place_of(promise.cell)
        cards.append(
            OfferCard(
                id=offer.id,
                visit_id=promise.id,
                service_name=promise.service_name,
                starts_at=promise.starts_at,
                ends_at=promise.ends_at,
                area=area_of(address.text),
                distance_km=round(distance_m(base, place) / 1000, 1) if base and place else None,
                pay_fen=pay_of(promise.price_fen, promise.people_needed),
                deadline=offer.deadline,
                with_whom=[names[one.staff_id] for one in promise.crew if one.part != offer.part],
                wishes={
                    name: promise.wishes.get(name, "")
                    for name in ("period", "caregiver_sex", "who_is_present")
                },
            )
        )
    return cards


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


def offers_for(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[OfferRow]:
    """
    Return who was asked for the visit, in order, and what they said.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    rows = Offer.objects.filter(organization_id=actor.organization_id, visit_id=visit_id)
    offers = list(rows.order_by("part", "made_at", "id"))
    names = staff_names(actor, purpose, staff_ids={offer.staff_id for offer in offers})
    return [
        OfferRow(
            id=offer.id,
            part=offer.part,
            staff_id=offer.staff_id,
            name=names.get(offer.staff_id, ""),
            wave=offer.wave,
            state=offer.state,
            made_at=offer.made_at,
            deadline=offer.deadline,
            decided_at=offer.decided_at,
            reason=offer.reason,
            because=offer.because,
        )
        for offer in offers
    ]


def overdue_offers(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID, int]]:
    """Return (organization, visit, part) of those whose offers nobody answered in time, the oldest first."""
    overdue = Offer.objects.filter(state=OPEN, deadline__lte=now).order_by("deadline")
    rows = overdue.values_list("organization_id", "visit_id", "part")[:size]
    return list(dict.fromkeys(rows))
