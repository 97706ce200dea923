"""Which times can be booked, and of a day without any why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import current_version, get_version
from anjia.dispatch.gates import gate_of_days, level_asked
from anjia.dispatch.matching import (
    Job,
    Opening,
    Wishes,
    may_do,
    openings,
    qualification_reasons,
    timelines_of,
)
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import (
    MOST_DAYS,
    SHORTEST_NOTICE,
    GateClosed,
    NotOffered,
    Period,
    Timeline,
)
from anjia.dispatch.shapes import (
    Caregiver,
    Day,
    Slot,
    Slots,
)
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, local
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.learning.queries import courses_binding
from anjia.residents.queries import address_to_visit
from anjia.visits.queries import Known, get_promise, known_by, live_assignments
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet


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
    Return what can be booked on each day, and of a day without anything why.

    `moving` is a visit that would give way: the times are those it can be moved to, its service, door and wishes kept.

    :raises NotAllowed: if the actor may not look
    :raises NotFound: if the resident is a stranger, or the address is not hers
    :raises NotOffered: if the institution offers no such service at home
    :raises NoSuchDay: if nobody can mean the first day
    """
    day_bounds(first_day)  # refused in words before any day is counted on from it
    asked = [first_day + timedelta(days=ahead) for ahead in range(max(1, min(days, MOST_DAYS)))]
    look = look_for(
        actor,
        purpose,
        service_code=service_code,
        resident_id=resident_id,
        address_id=address_id,
        first_day=first_day,
        last_day=asked[-1],
        wishes=wishes,
        now=now,
        moving=moving,
    )
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


def look_for(
    actor: Actor,
    purpose: Purpose,
    *,
    service_code: str,
    resident_id: UUID,
    address_id: UUID,
    first_day: date,
    last_day: date,
    wishes: Mapping[str, Any] | None,
    now: datetime,
    moving: UUID | None = None,
    without: Collection[UUID] = (),
) -> "Look":
    """
    Return what has to be known to find times on the days from the first to the last.

    The time of the visit that is `moving`, and of those `without` which all will be, is as good as free. What moves is
    what was promised, whatever is offered under that code today.

    :raises NotAllowed: if the actor may not look
    :raises NotFound: if the resident is a stranger, or the address is not hers
    :raises NotOffered: if the institution offers no such service at home
    :raises NoSuchDay: if nobody can mean the first day
    """
    if not actor.may("dispatch.read"):
        raise NotAllowed
    if not actor.sees(resident_id):
        raise NotFound
    if moving is None:
        try:
            version = current_version(actor, purpose, code=service_code)
        except NotFound:
            raise NotOffered from None
        if version.mode != "home":
            raise NotOffered
        address = address_to_visit(actor, purpose, address_id=address_id)
        if address.resident_id != resident_id:
            raise NotFound
        cell, people_needed, wished = address.cell, version.people_needed, Wishes.of(wishes)
        access_minutes = address.access_minutes
    else:  # as it was promised: its door, what is done, and what she wished of who comes
        promise = get_promise(actor, purpose, visit_id=moving)
        if promise.resident_id != resident_id:
            raise NotFound
        version = get_version(actor, purpose, version_id=promise.service_version_id)
        cell, people_needed = promise.cell, promise.people_needed
        access_minutes = promise.access_minutes
        wished = Wishes.of({**promise.wishes, "period": (wishes or {}).get("period")})
    job = Job(
        requires=version.requires,
        legal_line=version.legal_line,
        deliver_minutes=version.deliver_minutes,
        access_minutes=access_minutes,
        minutes=version.duration_minutes,
        people_needed=people_needed,
        cell=cell,
        wishes=wished,
        courses=courses_binding(actor, purpose, service_code=version.code),
        level=level_asked(actor, purpose, version=version, resident_id=resident_id, on=first_day),
    )
    days = [first_day + timedelta(days=ahead) for ahead in range((last_day - first_day).days + 1)]
    closed = gate_of_days(actor, purpose, version=version, resident_id=resident_id, days=days)
    start, _next = day_bounds(first_day)
    end = day_bounds(last_day)[1]
    sheets = caregivers_on(actor, purpose, start=start, end=end + LONGEST_VISIT)
    ids = [sheet.id for sheet in sheets]
    busy = live_assignments(
        actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end + LONGEST_VISIT, now=now
    )
    laboratory = laboratory_for(actor, purpose, busy=busy, jobs=[job])
    known = known_by(actor, purpose, resident_id=resident_id, staff_ids=ids)
    return Look(
        job,
        sheets,
        timelines_of(
            sheets,
            [one for one in busy if one.visit_id not in without],
            ways=ways_between(
                actor, purpose, sheets=sheets, busy=busy, cells=[job.cell], laboratory=laboratory
            ),
            without=moving,
            is_booking=True,
            laboratory=laboratory,
        ),
        known,
        now + SHORTEST_NOTICE,
        {day: str(GateClosed(reasons)) for day, reasons in closed.items() if reasons},
    )


@dataclass(frozen=True, slots=True)
class Look:
    """What is known when somebody looks for a time."""

    job: Job
    sheets: Collection[CaregiverSheet]
    timelines: Mapping[UUID, Timeline]
    known: Mapping[UUID, Known]
    earliest: datetime
    closed: Mapping[date, str]  # why nobody may do it for her on that day

    @property
    def last(self) -> UUID | None:
        """Return who was there the last time."""
        return max(self.known, key=lambda one: self.known[one].last_at, default=None)

    def openings(self, day: date, job: Job | None = None) -> list[Opening]:
        if day in self.closed:
            return []
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
        people = self.people(opening.able[: self.job.people_needed])
        return Slot(
            starts_at=opening.starts_at,
            ends_at=opening.starts_at + timedelta(minutes=self.job.minutes),
            caregiver=people[0],
            people=people,
            known_before=people[0].id in self.known,
            came_last=people[0].id == self.last,
        )

    def people(self, staff_ids: Sequence[UUID]) -> list[Caregiver]:
        by_id = {sheet.id: sheet for sheet in self.sheets}
        return [
            Caregiver(id=one.id, name=one.name, title=one.title_words, sex=one.sex)
            for one in (by_id[staff_id] for staff_id in staff_ids)
        ]

    def why_empty(self, day: date, found: Mapping[date, Sequence[Opening]]) -> str:
        """Return which rule leaves the day empty, and what would have to change."""
        if day in self.closed:
            return self.closed[day]
        if day_bounds(day)[1] <= self.earliest:
            return _("来不及安排人了，要提前 2 小时。急的话请打电话给服务台。")
        return _("{why}{way_out}").format(
            why=self.why_none(day), way_out=self.way_out(day, self.on_duty(day), found)
        )

    def why_none(self, day: date) -> str:
        return self.closed.get(day) or self.why(day, self.on_duty(day))

    def on_duty(self, day: date) -> list[CaregiverSheet]:
        start, end = day_bounds(day)
        return [
            sheet
            for sheet in self.sheets
            if any(begins < end and start < ends for begins, ends in sheet.bookable)
        ]

    def why(self, day: date, on_duty: Sequence[CaregiverSheet]) -> str:
        if not on_duty:
            return _("这一天没有人当班。")
        qualified = [sheet for sheet in on_duty if not qualification_reasons(self.job, sheet, day)]
        if len(qualified) < self.job.people_needed:
            return _("这一天当班的人里，能做这项服务的不够 {number} 位。{rules}").format(
                number=self.job.people_needed, rules=self.rules_against(day, on_duty)
            )
        suitable = [sheet for sheet in qualified if may_do(self.job, sheet, day)]
        if len(suitable) < self.job.people_needed:
            return self.why_not_suitable(qualified)
        if any(one.laboratory for one in self.timelines.values()) and self.without_laboratory(day):
            return _("这一天能来的时间，采的标本都来不及送到检验科。")
        return _("这一天能做的 {number} 位都约满了，或者赶不过来。").format(number=len(suitable))

    def without_laboratory(self, day: date) -> list[Opening]:
        """Return the times that there would be if nothing had to be brought anywhere."""
        timelines = {key: replace(one, laboratory=None) for key, one in self.timelines.items()}
        return replace(self, timelines=timelines).openings(day)

    def rules_against(self, day: date, on_duty: Sequence[CaregiverSheet]) -> str:
        """Return the rules that keep those on duty from going, and where they stand; of nobody by name."""
        reasons = [one for sheet in on_duty for one in qualification_reasons(self.job, sheet, day)]
        sources = dict.fromkeys(one.source for one in reasons if one.source)
        return _("依据：{sources}。").format(sources=_("；").join(sources)) if sources else ""

    def why_not_suitable(self, qualified: Sequence[CaregiverSheet]) -> str:
        sex = self.job.wishes.caregiver_sex
        if sex != "any" and not any(sheet.sex == sex for sheet in qualified):
            return _("这一天没有女护士能来。") if sex == "female" else _("这一天没有男护士能来。")
        if not self.job.cell:
            return _("地址还没有在地图上定位，不知道谁负责这一片。请先标出位置。")
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
        on = _("{month}月{number}日").format(month=first.month, number=first.day)
        return _("最近有空的是 {day} {time}。").format(day=on, time=f"{first:%H:%M}")

    def relaxed(self) -> list[tuple[str, Job]]:
        wishes, found = self.job.wishes, []
        if wishes.period is not Period.ANY:
            found.append(
                (_("不限上午下午"), Wishes(caregiver_sex=wishes.caregiver_sex, refused=wishes.refused))
            )
        if wishes.caregiver_sex != "any":
            found.append((_("不限男女"), Wishes(period=wishes.period, refused=wishes.refused)))
        return [(name, replace(self.job, wishes=wishes)) for name, wishes in found]
