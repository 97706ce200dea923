"""One exception with all that can be done about it, and the forms with which one begins."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from anjia.dispatch.queries import Instead, contact_of, stand_ins_for
from anjia.exceptions.listing import is_health_hidden, lines_of, seen
from anjia.exceptions.models import AbsenceLine, ExceptionStep, VisitException
from anjia.exceptions.queries.photos import photos_of
from anjia.exceptions.rules.closing import WORDS_OF_FOLLOW_UP, WORDS_OF_TOLD, FollowUp, Told
from anjia.exceptions.rules.forms import lines_of as form_lines
from anjia.exceptions.rules.steps import FLOWS, WORDS_OF_ROLE
from anjia.exceptions.shapes import AbsentVisit, ExceptionPage, Happened, StepShown
from anjia.exceptions.showing import now_words, settled_words
from anjia.identity.queries import account_names, who_may
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of, local
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, cut, page_of
from anjia.residents.queries import phone_to_call, resident_names
from anjia.visits.queries import get_promise, get_promises, promises_ahead
from anjia.visits.rules.exceptions import ExceptionKind
from anjia.visits.rules.lifecycle import State, Status
from anjia.workforce.queries import get_staff_member, staff_found, staff_names

AT_ONCE: Final = 12  # visits of who cannot come, on a page: about a day of hers
ORDER: Final = ("starts_at", "id")
WEEK: Final = timedelta(days=7)
MOST_STAFF: Final = 300
MOST_AHEAD: Final = 20


def exception_page(
    actor: Actor, purpose: Purpose, *, exception_id: UUID, now: datetime, after: str | None = None
) -> ExceptionPage:
    """
    Return one exception with its steps, and what the actor can do about it; the reading is noted.

    What it says of somebody's health is for those who may read records.

    :raises NotAllowed: without `exceptions.handle`
    :raises NotFound: if the house has no such exception
    """
    one = seen(actor).filter(id=exception_id).first()
    if one is None:
        raise NotFound
    kind = ExceptionKind(one.kind)
    if one.resident_id:
        access.note(actor, purpose, resident_ids=[one.resident_id], what="exceptions.exception")
    flow, steps = FLOWS[kind], list(ExceptionStep.objects.filter(exception=one).order_by("at", "id"))
    ids = {account for step in steps for account in (step.by, step.owner_id) if account}
    names = account_names(actor, purpose, account_ids=ids)
    done = {step.step for step in steps if step.what == "done"}
    is_hidden = is_health_hidden(actor, one)
    said = [step.fact_id for step in steps if step.fact_id]
    is_asked = one.origin in {"field", "desk"}
    visits = absent_visits(actor, purpose, exception=one, now=now, after=after)
    return ExceptionPage(
        line=lines_of(actor, purpose, [one], now=now)[0],
        origin=one.origin,
        happened_at=one.happened_at,
        form=form_lines(kind, one.form) if is_asked and not is_hidden else [],
        is_health_hidden=is_hidden,
        steps=[
            StepShown(
                key=step.key,
                words=str(step.words),
                within=step.within(is_urgent=one.is_urgent),
                is_done=step.key in done or (step.key == "close" and not one.is_open),
                is_now=one.is_open and step.key == one.step,
            )
            for step in flow.steps
        ],
        history=[
            Happened(
                at=step.at,
                what=step.what,
                step_words=str(found.words) if (found := flow.step(step.step)) else "",
                words="" if is_hidden else step.words,
                who=names.get(step.by, "") if step.by else "",
                owner=names.get(step.owner_id, "") if step.owner_id else "",
            )
            for step in steps
        ],
        line_words=[str(WORDS_OF_ROLE[role]) for role in flow.line],
        step=one.step,
        promised=one.promised,
        done="" if is_hidden else one.done,
        told=[str(WORDS_OF_TOLD[Told(each)]) for each in one.told],
        follow_up=str(WORDS_OF_FOLLOW_UP[FollowUp(one.follow_up)]) if one.follow_up else "",
        follow_up_visit_id=one.follow_up_visit_id,
        owners=who_may(actor, purpose, permission="exceptions.handle") if one.is_open else {},
        coming=_coming(actor, purpose, one, now=now),
        is_mine=one.owner_id == actor.user_id,
        photos=photos_of(actor, purpose, exception=one, fact_ids=said),
        visits=visits.items,
        visits_next=visits.next,
        away_until=one.away_until,
        staff_phone=_phone_of_staff(actor, purpose, one),
        home_phone=phone_to_call(actor, purpose, resident_id=one.resident_id)
        if one.is_open and one.resident_id
        else "",
    )


def _phone_of_staff(actor: Actor, purpose: Purpose, one: VisitException) -> str:
    """Return the number of whom it is about: most of what is to be done begins with ringing her."""
    if not one.is_open or one.staff_id is None:
        return ""
    staff = get_staff_member(actor, purpose, staff_id=one.staff_id)
    return contact_of(actor, purpose, name=staff.name, account_id=staff.account_id, phone=staff.phone).phone


def _coming(
    actor: Actor, purpose: Purpose, one: VisitException, *, now: datetime
) -> list[tuple[UUID, str, datetime]]:
    if one.resident_id is None or not one.is_open:
        return []
    found = promises_ahead(actor, purpose, resident_id=one.resident_id, now=now)
    later = [each for each in found if each.starts_at > now]
    return [(each.id, each.service_name, each.starts_at) for each in later[:MOST_AHEAD]]


def absent_visits(
    actor: Actor, purpose: Purpose, *, exception: VisitException, now: datetime, after: str | None = None
) -> Page[AbsentVisit]:
    """Return a page of what who cannot come had promised: what is open with who could stand in, soonest first."""
    if exception.kind != ExceptionKind.CAREGIVER_ILL or exception.staff_id is None:
        return Page([], None)
    rows = AbsenceLine.objects.filter(organization_id=actor.organization_id, exception=exception)
    page = _of_a_week(page_of(rows, order=ORDER, after=after, size=AT_ONCE))
    promises = get_promises(actor, purpose, visit_ids={one.visit_id for one in page.items})
    residents = resident_names(actor, purpose, resident_ids={one.resident_id for one in page.items})
    waiting = [promises[one.visit_id] for one in page.items if one.settled_at is None]
    days = {local(one.starts_at).date() for one in waiting}
    instead = _instead(actor, purpose, exception, rows, days=days, now=now) if days else {}
    crew = {one.staff_id for promise in promises.values() for one in promise.crew}
    names = staff_names(actor, purpose, staff_ids=crew | {one.staff_id for one in page.items if one.staff_id})
    found = []
    for one in page.items:
        promise = promises[one.visit_id]
        there = next((each for each in promise.crew if each.part == one.part), None)
        is_stuck = promise.status is Status.DEPARTED or (there is not None and there.state is State.DEPARTED)
        found.append(
            AbsentVisit(
                id=one.id,
                visit_id=one.visit_id,
                part=one.part,
                starts_at=promise.starts_at,
                ends_at=promise.ends_at,
                resident_name=residents.get(one.resident_id, ""),
                service_name=promise.service_name,
                is_open=one.settled_at is None,
                settled=settled_words(one.settled),
                staff_name=names.get(one.staff_id, "") if one.staff_id else "",
                now_words=now_words(there, but=exception.staff_id, names=names),
                is_stuck=one.settled_at is None and is_stuck,
                instead=None if is_stuck else instead.get((one.visit_id, one.part)),
            )
        )
    return Page(found, page.next)


def _of_a_week(page: Page[AbsenceLine]) -> Page[AbsenceLine]:
    """Return as much of the page as lies within a week: who could come instead is found by whole days of the house."""
    near = [one for one in page.items if one.starts_at < page.items[0].starts_at + WEEK]
    return page if len(near) == len(page.items) else cut(page.items, ORDER, len(near))


def _instead(
    actor: Actor,
    purpose: Purpose,
    exception: VisitException,
    rows: QuerySet[AbsenceLine],
    *,
    days: Collection[date],
    now: datetime,
) -> dict[tuple[UUID, int], Instead]:
    """
    Return who could come instead; nothing to who does not assign. What is open of those days is minded whether this
    page shows it or not: so that another page says the same.
    """
    if not actor.may("dispatch.assign") or exception.staff_id is None:
        return {}
    parts = list(rows.filter(settled_at=None).values_list("visit_id", "part"))
    return stand_ins_for(actor, purpose, parts=parts, days=days, but=exception.staff_id, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """What a form at the desk begins with."""

    visit_id: UUID
    resident_name: str
    service_name: str
    starts_at: datetime


def form_page(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> FormPage:
    """
    Return whose visit it is that something came in between at.

    :raises NotAllowed: without `exceptions.report`
    :raises NotFound: if there is no such visit
    """
    if not actor.may("exceptions.report"):
        raise NotAllowed
    promise = get_promise(actor, purpose, visit_id=visit_id)
    names = resident_names(actor, purpose, resident_ids=[promise.resident_id])
    return FormPage(
        visit_id=visit_id,
        resident_name=names.get(promise.resident_id, ""),
        service_name=promise.service_name,
        starts_at=promise.starts_at,
    )


def staff_to_choose(actor: Actor, purpose: Purpose, *, now: datetime) -> Mapping[UUID, str]:
    """
    Return who works here, in order of name: one of them cannot come.

    :raises NotAllowed: without `exceptions.report`
    """
    if not actor.may("exceptions.report"):
        raise NotAllowed
    found = staff_found(actor, purpose, today=day_of(now), size=MOST_STAFF).items
    return {one.id: one.name for one in found}
