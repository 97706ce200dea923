"""Who is suitable for a visit, with every reason for and against."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import get_version
from anjia.dispatch.gates import gate_reasons, level_asked
from anjia.dispatch.matching import (
    Job,
    is_on_standby,
    is_promised,
    minutes_there,
    qualification_reasons,
    score,
    time_reasons,
    timelines_of,
    wish_reasons,
)
from anjia.dispatch.models import Offer
from anjia.dispatch.promised import job_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import Part, Reason
from anjia.dispatch.shapes import Candidate
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, local
from anjia.kernel.errors import NotAllowed
from anjia.learning.queries import courses_binding
from anjia.visits.queries import get_promise, known_by, live_assignments
from anjia.visits.rules.arrival import distance_m
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet


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
    day = local(promise.starts_at).date()
    job = job_of(
        version,
        promise,
        courses_binding(actor, purpose, service_code=version.code),
        level_asked(actor, purpose, version=version, resident_id=promise.resident_id, on=day),
    )
    start, end = day_bounds(day)
    sheets = caregivers_on(actor, purpose, start=start, end=end)
    ids = [sheet.id for sheet in sheets]
    busy = live_assignments(
        actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end + LONGEST_VISIT, now=now
    )
    laboratory = laboratory_for(actor, purpose, busy=busy, jobs=[job])
    ways = ways_between(actor, purpose, sheets=sheets, busy=busy, cells=[job.cell], laboratory=laboratory)
    timelines = timelines_of(sheets, busy, ways=ways, without=visit_id, laboratory=laboratory)
    known = known_by(actor, purpose, resident_id=promise.resident_id, staff_ids=ids)
    crew = {one.staff_id: one for one in promise.crew}
    offers = {
        offer.staff_id: offer.state
        for offer in Offer.objects.filter(
            organization_id=actor.organization_id, visit_id=visit_id, part=part
        ).order_by("made_at")
    }
    closed = gate_reasons(actor, purpose, version=version, resident_id=promise.resident_id, on=day)
    found = []
    for sheet in sheets:
        unqualified = qualification_reasons(job, sheet, day)
        hard = [*closed, *unqualified]
        other_part = crew.get(sheet.id)
        if other_part is not None and other_part.part != part:
            hard.append(Reason(is_met=False, words=_("已经是这次上门的另一位"), way_out=_("换别人")))
        soft = wish_reasons(job, sheet)
        together = [
            timelines[one.staff_id] for one in promise.crew if one.part != part and one.staff_id in timelines
        ]
        when = time_reasons(job, timelines[sheet.id], promise.starts_at, together=together)
        if hard:  # another time would not let her go either; nor would somebody else, where the law closes it
            way_out = _("换别人") if len(hard) > len(closed) else ""
            when = [replace(one, way_out=way_out) for one in when]
        facts, points = score(job, sheet, timelines[sheet.id], promise.starts_at, known)
        current = other_part is not None and other_part.part == part
        found.append(
            Candidate(
                staff_id=sheet.id,
                name=sheet.name,
                title=sheet.title_words,
                sex=sheet.sex,
                is_suitable=not (hard or soft or when),
                may_be_overruled=not hard and not is_promised(job, timelines[sheet.id], promise.starts_at),
                is_current=current,
                is_standby=is_on_standby(sheet, promise.starts_at, promise.ends_at),
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
                minutes_there=minutes_there(timelines[sheet.id], job.ask(promise.starts_at)),
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
