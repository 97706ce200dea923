"""Who could stand in at several visits at once: each proposal minds the ones before it."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anjia.catalogue.queries import get_versions
from anjia.catalogue.rules.assessing import LevelAsked
from anjia.dispatch.delivering import stop_of
from anjia.dispatch.gates import Wanted, gates_of_many, levels_asked
from anjia.dispatch.matching import (
    Job,
    Wishes,
    is_on_standby,
    qualification_reasons,
    score,
    time_reasons,
    timelines_of,
    wish_reasons,
)
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import Reason, Timeline
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, local
from anjia.kernel.errors import NotAllowed
from anjia.learning.queries import courses_binding_each
from anjia.learning.rules.binding import Bound
from anjia.visits.queries import Known, Promise, get_promises, known_by_of_many, live_assignments
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet

SHOWN: Final = 3  # who else could go


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Somebody who could go, and what speaks for her."""

    staff_id: UUID
    name: str
    title: str
    is_standby: bool
    travel_minutes: int
    because: Sequence[str]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """For one part of a visit who could go, the best first; where nobody can, why not, and of whom."""

    visit_id: UUID
    part: int
    able: Sequence[StandIn]
    why_nobody: Sequence[str] = ()


def propose_stand_ins(
    actor: Actor, purpose: Purpose, *, parts: Sequence[tuple[UUID, int]], but: UUID, now: datetime
) -> dict[tuple[UUID, int], Proposal]:
    """
    Return who could stand in for somebody at these parts of visits: first whoever is on standby, then who suits best.

    By the same rules as one is sent by hand, the soonest visit first, and whoever is proposed for one is not free for
    what she could not reach from it. As many questions for a page of visits as for one.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    promises = get_promises(actor, purpose, visit_ids={visit_id for visit_id, _part in parts})
    wanted = sorted(
        ((promises[visit_id], part) for visit_id, part in parts if visit_id in promises),
        key=lambda one: (one[0].starts_at, str(one[0].id), one[1]),
    )
    if not wanted:
        return {}
    plan = _plan(actor, purpose, [promise for promise, _part in wanted], but=but, now=now)
    return {(promise.id, part): plan.propose(promise, part) for promise, part in wanted}


def _plan(actor: Actor, purpose: Purpose, promises: Sequence[Promise], *, but: UUID, now: datetime) -> "Plan":
    start = day_bounds(local(min(one.starts_at for one in promises)).date())[0]
    end = day_bounds(local(max(one.ends_at for one in promises)).date())[1]
    sheets = [one for one in caregivers_on(actor, purpose, start=start, end=end) if one.id != but]
    ids = [sheet.id for sheet in sheets]
    busy = live_assignments(
        actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end + LONGEST_VISIT, now=now
    )
    known = {one.resident_id for one in promises}
    versions = get_versions(actor, purpose, version_ids={one.service_version_id for one in promises})
    laboratory = laboratory_for(actor, purpose, busy=busy, jobs=versions.values())
    ways = ways_between(
        actor,
        purpose,
        sheets=sheets,
        busy=busy,
        cells={one.cell for one in promises},
        laboratory=laboratory,
    )
    courses = courses_binding_each(actor, purpose, service_codes={one.code for one in versions.values()})
    wanted = {one.id: _wanted(versions, one) for one in promises}
    return Plan(
        now=now,
        sheets=sheets,
        timelines=timelines_of(sheets, busy, ways=ways, laboratory=laboratory),
        known=known_by_of_many(actor, purpose, resident_ids=known, staff_ids=ids),
        versions=versions,
        courses=courses,
        wanted=wanted,
        closed=gates_of_many(actor, purpose, wanted=set(wanted.values())),
        levels=levels_asked(
            actor,
            purpose,
            visits={
                one.id: (versions[one.service_version_id], one.resident_id, local(one.starts_at).date())
                for one in promises
            },
        ),
    )


def _wanted(versions: Mapping[UUID, Any], promise: Promise) -> Wanted:
    version = versions[promise.service_version_id]
    return Wanted(version, promise.resident_id, local(promise.starts_at).date())


@dataclass(slots=True)
class Plan:
    """What is known when several visits want somebody else, and who has been proposed so far."""

    now: datetime
    sheets: Collection[CaregiverSheet]
    timelines: dict[UUID, Timeline]
    known: Mapping[UUID, Mapping[UUID, Known]]
    versions: Mapping[UUID, Any]
    levels: Mapping[UUID, LevelAsked | None]
    courses: Mapping[str, tuple[Bound, ...]]
    wanted: Mapping[UUID, Wanted]
    closed: Mapping[Wanted, Sequence[Reason]]

    def propose(self, promise: Promise, part: int) -> Proposal:
        """Say who could go, and keep the time of the first for it."""
        if closed := self.closed[self.wanted[promise.id]]:
            return Proposal(
                visit_id=promise.id,
                part=part,
                able=[],
                why_nobody=[f"{one.words}{one.way_out}" for one in closed],
            )
        job, others = self.job(promise), {one.staff_id for one in promise.crew if one.part != part}
        able, against = [], []
        for sheet in self.sheets:
            reasons = self.reasons(job, sheet, promise, others)
            if not reasons:
                able.append(self.stand_in(job, sheet, promise))
            elif self.is_worth_naming(sheet, promise):
                against.append(
                    _("{name}：{reasons}").format(
                        name=sheet.name, reasons="；".join(one.words for one in reasons)
                    )
                )
        able.sort(key=lambda one: (not one.is_standby, -one.score, one.name))
        if able:
            self.keep(able[0].staff_id, job, promise)
        return Proposal(
            visit_id=promise.id,
            part=part,
            able=able[:SHOWN],
            why_nobody=[] if able else against or [_("这个时间没有别人当班。")],
        )

    def job(self, promise: Promise) -> Job:
        version = self.versions[promise.service_version_id]
        return Job(
            requires=version.requires,
            legal_line=version.legal_line,
            deliver_minutes=version.deliver_minutes,
            access_minutes=promise.access_minutes,
            minutes=int((promise.ends_at - promise.starts_at).total_seconds() // 60),
            people_needed=promise.people_needed,
            cell=promise.cell,
            wishes=Wishes.of(promise.wishes),
            courses=self.courses[version.code],
            level=self.levels[promise.id],
        )

    def reasons(
        self, job: Job, sheet: CaregiverSheet, promise: Promise, others: Collection[UUID]
    ) -> list[Reason]:
        day = local(promise.starts_at).date()
        there = [Reason(is_met=False, words=_("已经是这次上门的另一位"))] if sheet.id in others else []
        return [
            *there,
            *qualification_reasons(job, sheet, day),
            *wish_reasons(job, sheet),
            *time_reasons(job, self.time_of(sheet, job, promise), promise.starts_at),
        ]

    def time_of(self, sheet: CaregiverSheet, job: Job, promise: Promise) -> Timeline:
        """Return her time without this very visit, where it is kept for her until she has answered."""
        timeline = self.timelines[sheet.id]
        if all(one.staff_id != sheet.id for one in promise.crew):
            return timeline
        hers = stop_of(job.ask(promise.starts_at))
        return replace(timeline, stops=tuple(stop for stop in timeline.stops if stop != hers))

    @staticmethod
    def is_worth_naming(sheet: CaregiverSheet, promise: Promise) -> bool:
        """Say whether she works then: that somebody is off duty is no news."""
        return any(begins <= promise.starts_at < ends for begins, ends in sheet.shifts)

    def stand_in(self, job: Job, sheet: CaregiverSheet, promise: Promise) -> StandIn:
        known = self.known.get(promise.resident_id, {})
        timeline = self.time_of(sheet, job, promise)
        facts, points = score(job, sheet, timeline, promise.starts_at, known)
        minutes, is_standby = (
            int(facts.travel_minutes),
            is_on_standby(sheet, promise.starts_at, promise.ends_at),
        )
        because = [_("备用")] if is_standby else []
        because.append(
            ngettext("路上 {minutes} 分钟", "路上 {minutes} 分钟", minutes).format(minutes=minutes)
        )
        if facts.times_known:
            because.append(_("来过 {number} 次").format(number=facts.times_known))
        stops = sum(
            local(stop.starts_at).date() == local(promise.starts_at).date() for stop in timeline.stops
        )
        because.append(
            ngettext("当天还有 {number} 次上门", "当天还有 {number} 次上门", stops).format(number=stops)
            if stops
            else _("当天还没有别的上门")
        )
        late = math.ceil((self.now + timedelta(minutes=minutes) - promise.starts_at) / timedelta(minutes=1))
        if late > 0:
            because.append(
                ngettext(
                    "现在出发也要晚 {minutes} 分钟，先告诉家里",
                    "现在出发也要晚 {minutes} 分钟，先告诉家里",
                    late,
                ).format(minutes=late)
            )
        return StandIn(
            staff_id=sheet.id,
            name=sheet.name,
            title=sheet.title_words,
            is_standby=is_standby,
            travel_minutes=minutes,
            because=because,
            score=points.total,
        )

    def keep(self, staff_id: UUID, job: Job, promise: Promise) -> None:
        timeline = self.timelines[staff_id]
        stop = stop_of(job.ask(promise.starts_at))
        stops = tuple(sorted({*timeline.stops, stop}, key=lambda one: one.starts_at))
        self.timelines[staff_id] = replace(timeline, stops=stops)
