"""Where one of a series finds its place: at about the same time, by the usual caregiver where that can be."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from anjia.catalogue.queries import get_version
from anjia.dispatch.gates import levels_asked
from anjia.dispatch.matching import FEASIBILITY, Job, Opening, may_do, timelines_of
from anjia.dispatch.models import Offer
from anjia.dispatch.promised import job_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.slots import Look, look_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import Block, OfferState, Timeline
from anjia.dispatch.shapes import Place
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import at, local
from anjia.kernel.errors import NotAllowed
from anjia.learning.queries import courses_binding
from anjia.visits.queries import get_promises, live_assignments
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet

# Service rule of this installation [ENG]: so far from the time that was asked for it is still the same time of day.
ABOUT: Final = timedelta(minutes=90)
LANGUAGES: Final = ("zh-hans", "en")
UNANSWERED: Final = frozenset({OfferState.DECLINED.value, OfferState.TIMED_OUT.value})


def places_for(
    actor: Actor,
    purpose: Purpose,
    *,
    service_code: str,
    resident_id: UUID,
    address_id: UUID,
    days: Collection[date],
    clock: time,
    usual: Sequence[UUID],
    wishes: Mapping[str, Any],
    now: datetime,
    without: Collection[UUID] = (),
) -> dict[date, Place]:
    """
    Return of each day the place nearest to the time asked for: the usual caregivers' if they can come at about then.

    A day without one says why. The visits `without` which it will be, since they are about to be called off, take
    nobody's time. Asks the database as often for a month as for a day.

    :raises NotAllowed: if the actor may not look
    :raises NotFound: if the resident is a stranger, or the address is not hers
    :raises NotOffered: if the institution offers no such service at home
    """
    if not days:
        return {}
    look = look_for(
        actor,
        purpose,
        service_code=service_code,
        resident_id=resident_id,
        address_id=address_id,
        first_day=min(days),
        last_day=max(days),
        wishes={**wishes, "period": "any"},  # the time of day is asked for itself
        now=now,
        without=without,
    )
    return {day: _place_on(look, day, at(day, clock), usual) for day in sorted(days)}


def _place_on(look: Look, day: date, asked: datetime, usual: Sequence[UUID]) -> Place:
    found = look.openings(day)
    near = [one for one in found if abs(one.starts_at - asked) <= ABOUT]
    hers = [one for one in near if set(usual) <= set(one.able)] if usual else []
    best = min(hers or near, key=lambda one: (abs(one.starts_at - asked), one.starts_at), default=None)
    if best is None:
        return Place(day=day, why=_why_no_place(look, day, asked, found))
    ranked = [one for one in usual if one in best.able] + [one for one in best.able if one not in usual]
    return Place(day=day, starts_at=best.starts_at, crew=look.people(ranked[: look.job.people_needed]))


def _why_no_place(look: Look, day: date, asked: datetime, found: Sequence[Opening]) -> dict[str, str]:
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = _why_in_words(look, day, asked, found)
    return said


def _why_in_words(look: Look, day: date, asked: datetime, found: Sequence[Opening]) -> str:
    if not found:
        return look.why_none(day)
    nearest = min(found, key=lambda one: abs(one.starts_at - asked)).starts_at
    return _("{asked} 前后没有空。这一天最近的是 {nearest}。").format(
        asked=f"{local(asked):%H:%M}", nearest=f"{local(nearest):%H:%M}"
    )


def why_others_come(
    actor: Actor, purpose: Purpose, *, usual: Mapping[UUID, UUID], now: datetime
) -> dict[UUID, str]:
    """
    Return why at these visits (by id) it is not the usual caregiver (hers) who comes: "" where nothing is known.

    From what decides who comes: the rota, leave, other promises, what the law asks for, and what she said herself.

    :raises NotAllowed: if the actor neither reads visits nor books
    """
    if not (actor.may("visits.read") or actor.may("dispatch.book")):
        raise NotAllowed
    promises = get_promises(actor, purpose, visit_ids=list(usual)) if usual else {}
    if not promises:
        return {}
    staff_ids = sorted(set(usual.values()))
    start = min(one.starts_at for one in promises.values())
    end = max(one.ends_at for one in promises.values())
    sheets = caregivers_on(actor, purpose, start=start, end=end, staff_ids=staff_ids)
    busy = live_assignments(
        actor, purpose, staff_ids=staff_ids, start=start - LONGEST_VISIT, end=end + LONGEST_VISIT, now=now
    )
    cells = {one.cell for one in promises.values()}
    version_ids = {one.service_version_id for one in promises.values()}
    versions = {one: get_version(actor, purpose, version_id=one) for one in version_ids}
    laboratory = laboratory_for(actor, purpose, busy=busy, jobs=versions.values())
    ways = ways_between(actor, purpose, sheets=sheets, busy=busy, cells=cells, laboratory=laboratory)
    timelines = timelines_of(sheets, busy, ways=ways, laboratory=laboratory)
    by_id = {sheet.id: sheet for sheet in sheets}
    bound = {
        one: courses_binding(actor, purpose, service_code=version.code) for one, version in versions.items()
    }
    said_no = set(
        Offer.objects.filter(
            organization_id=actor.organization_id,
            visit_id__in=list(promises),
            staff_id__in=staff_ids,
            state__in=sorted(UNANSWERED),
        ).values_list("visit_id", "staff_id")
    )
    levels = levels_asked(
        actor,
        purpose,
        visits={
            key: (versions[one.service_version_id], one.resident_id, local(one.starts_at).date())
            for key, one in promises.items()
        },
    )
    found = {}
    for visit_id, promise in promises.items():
        one = usual[visit_id]
        version = versions[promise.service_version_id]
        job = job_of(version, promise, bound[promise.service_version_id], levels[visit_id])
        words = _why_not_her(job, by_id.get(one), timelines.get(one), promise.starts_at)
        found[visit_id] = words or (_("这次接不了") if (visit_id, one) in said_no else "")
    return found


def _why_not_her(
    job: Job, sheet: CaregiverSheet | None, timeline: Timeline | None, starts_at: datetime
) -> str:
    """Return what keeps her from coming then, in a word for the household: no more of her than they need to know."""
    if sheet is None or timeline is None:
        return _("不在这里上班了")
    trouble = FEASIBILITY.trouble(timeline, job.ask(starts_at))
    if trouble is None:
        return "" if may_do(job, sheet, local(starts_at).date()) else _("不做这一项")
    return {
        Block.OFF_DUTY: _("那天不当班"),
        Block.ON_LEAVE: _("那天请假"),
    }.get(trouble.block, _("那个时间有别的上门"))
