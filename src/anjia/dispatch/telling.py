"""Who hears of a visit, and in which words: the household, and the caregivers. Only subscribers call it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from anjia.catalogue.queries import get_version
from anjia.catalogue.rules import Asks, rule_that
from anjia.dispatch.models import DayChange
from anjia.dispatch.queries import contact_of, house_of, household_of
from anjia.dispatch.rules import Span, is_soon, offer_is_urgent, wakes_who_comes
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of, local
from anjia.messaging.commands import send, take_back, tell_no_more
from anjia.messaging.queries import never_said, quiet_hours_of, who_has_heard
from anjia.messaging.rules import Contact, moment_words
from anjia.residents.queries import (
    accounts_of_resident,
    agreement_of,
    get_address,
    get_resident,
    phone_to_call,
)
from anjia.residents.rules import ConsentState
from anjia.visits.queries import Promise, get_promise, promises_ahead
from anjia.visits.rules.door import area_of
from anjia.visits.rules.lifecycle import State
from anjia.workforce.queries import get_staff_member

SERIES_OFFERS: Final = (
    "series_offers"  # what a message on offers of a series is about: not the series' own news
)
ON_THE_WAY: Final = frozenset({"visit_departed", "visit_arrived"})
# So long after it has happened; the rest until the visit's end.
WORTH_HEARING: Final = {"visit_done": timedelta(days=1)}
WORTH_KNOWING: Final = timedelta(days=3)  # that nobody comes any more
CALLED_OFF: Final = timedelta(days=1)  # who was not at home when somebody came wants to know it afterwards
LATE_BY: Final = timedelta(hours=1)  # so late somebody may be on her way, and it is still news


def tell_household(
    actor: Actor, now: datetime, *, visit_id: UUID, template: str, at: datetime, who: UUID | None = None
) -> None:
    """Tell everybody who may see the resident's visits; where nobody has an account, herself, by her telephone."""
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    values = values_of(actor, promise, at=at, template=template, who=who)
    household = household_of(actor, Purpose.CONTRACT, resident_id=promise.resident_id, now=now)
    for party_id, contact in household:
        send(
            actor,
            now,
            party_id=party_id,
            template_code=template,
            event_id=event_id(template, visit_id, at),
            about_kind="visit",
            about_id=visit_id,
            values=values,
            resident_id=promise.resident_id,
            contact=contact,
            urgent=template not in WORTH_HEARING and is_soon(promise.starts_at, promise.ends_at, now=now),
            needed_by=needed_by(template, promise, at=at, now=now),
        )


def tell_who_is_left(actor: Actor, now: datetime, *, resident_id: UUID, at: datetime) -> None:
    """
    Tell those who acted for her, once, that nobody comes any more. What was still to be said to herself is not said.
    """
    own = [
        one.account_id
        for one in accounts_of_resident(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
        if one.relation == "self"
    ]
    for party_id in [*own, resident_id]:
        tell_no_more(actor, now, party_id=party_id, resident_id=resident_id)
    name, phone = house_of(actor, Purpose.CONTRACT)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    for party_id, contact in household_of(actor, Purpose.CONTRACT, resident_id=resident_id, now=now):
        send(
            actor,
            now,
            party_id=party_id,
            template_code="resident_died",
            event_id=event_id("resident_died", resident_id, at),
            about_kind="resident",
            about_id=resident_id,
            values={
                "resident": resident.name,
                "institution": name,
                "phone": phone,
                "moment": moment_words(at),
            },
            resident_id=resident_id,
            contact=contact,
            needed_by=now + WORTH_KNOWING,
        )


def ask_what_becomes_of(actor: Actor, now: datetime, *, resident_id: UUID, at: datetime) -> None:
    """
    Put her on today's call list if visits are booked that need the agreement she has ended: whom nobody takes yet,
    nobody may take any more. Nothing is cancelled for her.
    """
    if agreement_of(actor, Purpose.CONTRACT, resident_id=resident_id).state is ConsentState.GIVEN:
        return  # signed again meanwhile
    ahead = promises_ahead(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
    lines = {
        version_id: get_version(actor, Purpose.CONTRACT, version_id=version_id).legal_line
        for version_id in {promise.service_version_id for promise in ahead}
    }
    need_it = [
        promise
        for promise in ahead
        if rule_that(lines[promise.service_version_id], day_of(promise.starts_at), Asks.AGREEMENT)
    ]
    if not need_it:
        return
    name, phone = house_of(actor, Purpose.CONTRACT)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    values: dict[str, str | datetime] = {
        "institution": name,
        "phone": phone,
        "resident": resident.name,
        "count": str(len(need_it)),
        "when": need_it[0].starts_at,
    }
    number = phone_to_call(actor, Purpose.CONTRACT, resident_id=resident_id)
    send(
        actor,
        now,
        party_id=resident_id,
        template_code="agreement_ended",
        event_id=event_id("agreement_ended", resident_id, at),
        about_kind="resident",
        about_id=resident_id,
        values=values,
        resident_id=resident_id,
        contact=Contact(name=resident.name, phone=number),
        needed_by=need_it[-1].ends_at,
    )


def needed_by(template: str, promise: Promise, *, at: datetime, now: datetime) -> datetime:
    """Return until when the household has any use of it. A visit that overruns is still on, and done all the same."""
    if template in WORTH_HEARING:
        return now + WORTH_HEARING[template]
    if template == "visit_cancelled":
        return max(promise.ends_at, now + CALLED_OFF)
    return max(promise.ends_at, at + LATE_BY) if template in ON_THE_WAY else promise.ends_at


def tell_caregiver(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    staff_id: UUID,
    template: str,
    at: datetime,
    deadline: datetime | None = None,
    was: Span | None = None,
) -> None:
    """Tell a caregiver. It is about the time that the visit `was` for, where that is not the one it is for now."""
    staff = get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id)
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    if was:
        promise = replace(promise, starts_at=was[0], ends_at=was[1])
    kind, about = "visit", visit_id
    if template == "work_offered" and promise.series_id:
        # What she is asked at one time of one series is said once; each is answered by itself.
        template, kind, about = "series_offered", SERIES_OFFERS, promise.series_id
    party_id = staff.account_id or staff_id
    quiet = quiet_hours_of(actor, Purpose.CONTRACT, party_id=party_id)
    if deadline:
        urgent = offer_is_urgent(promise.starts_at, quiet, deadline=deadline, now=now)
    else:
        urgent = wakes_who_comes(promise.starts_at, promise.ends_at, quiet, now=now)
    send(
        actor,
        now,
        party_id=party_id,
        template_code=template,
        event_id=event_id(template, about, at),
        about_kind=kind,
        about_id=about,
        values=values_of(actor, promise, at=at, template=template, deadline=deadline),
        contact=contact_of(
            actor, Purpose.CONTRACT, name=staff.name, account_id=staff.account_id, phone=staff.phone
        ),
        urgent=urgent,
        needed_by=deadline or promise.ends_at,
    )


def values_of(
    actor: Actor,
    promise: Promise,
    *,
    at: datetime,
    template: str,
    who: UUID | None = None,
    deadline: datetime | None = None,
) -> Mapping[str, str | datetime]:
    """Return what the templates may ask for. None of it names a diagnosis, nor the service."""
    name, phone = house_of(actor, Purpose.CONTRACT)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=promise.resident_id)
    address = get_address(actor, Purpose.CONTRACT, address_id=promise.address_id)
    return {
        "when": promise.starts_at,
        "moment": moment_words(at if template in ON_THE_WAY else promise.starts_at),
        "clock": f"{local(at):%H:%M}",
        "institution": name,
        "phone": phone,
        "resident": resident.name,
        "word": promise.visit_word,
        "area": area_of(address.text),
        "who": get_staff_member(actor, Purpose.CONTRACT, staff_id=who).name if who else "",
        "deadline": f"{local(deadline):%H:%M}" if deadline else "",
    }


def event_id(template: str, visit_id: UUID, at: datetime) -> UUID:
    """Return the same id however often the same event is heard."""
    return uuid5(NAMESPACE_OID, f"{template}/{visit_id}/{at.isoformat()}")


def tell_of_undoing(actor: Actor, now: datetime, *, change_id: UUID, at: datetime) -> None:
    """
    Say no more of a change that was taken back; tell those who have heard of it that all is as it was.

    What waits is taken back first: after that nobody hears of it any more, and who has heard is known.
    """
    change = DayChange.objects.get(organization_id=actor.organization_id, id=change_id)
    then = {(UUID(row[0]), row[1]): row for row in change.after}
    visit_ids = sorted({visit_id for visit_id, _part in then})
    for visit_id in visit_ids:
        take_back(actor, now, about_id=visit_id, since=change.made_at, until=at)
    heard = who_has_heard(actor, Purpose.CONTRACT, about_ids=visit_ids, since=change.made_at)
    # What the change itself took back of what was said before it.
    unsaid = never_said(actor, Purpose.CONTRACT, about_ids=visit_ids, template="visit_promised")
    at_home: set[UUID] = set()
    for before in change.before:
        visit_id, after = UUID(before[0]), then[UUID(before[0]), before[1]]
        her, other = UUID(before[2]), UUID(after[2])
        is_moved = before[3] != after[3]
        promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
        households = {
            party
            for party, _contact in household_of(
                actor, Purpose.CONTRACT, resident_id=promise.resident_id, now=now
            )
        }
        has_home_heard = any((visit_id, party) in heard for party in households)
        if visit_id not in at_home and (has_home_heard or (is_moved and visit_id in unsaid)):
            at_home.add(visit_id)
            if not has_home_heard:
                tell_household(actor, now, visit_id=visit_id, template="visit_promised", at=at)
            elif is_moved:
                tell_household(actor, now, visit_id=visit_id, template="visit_moved", at=at)
            else:
                tell_household(actor, now, visit_id=visit_id, template="visit_accepted", at=at, who=her)
        has_heard = {
            one: (visit_id, get_staff_member(actor, Purpose.CONTRACT, staff_id=one).account_id or one)
            in heard
            for one in {her, other}
        }
        if other != her and has_heard[other]:
            tell_caregiver(
                actor,
                now,
                visit_id=visit_id,
                staff_id=other,
                template="work_taken_away",
                at=at,
                was=(datetime.fromisoformat(after[3]), datetime.fromisoformat(after[4])),
            )
        if has_heard[her] and before[5] == State.ACCEPTED:
            tell_caregiver(actor, now, visit_id=visit_id, staff_id=her, template="work_given", at=at)
