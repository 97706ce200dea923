"""Who hears of a visit, and in which words: the household, and the caregivers. Only subscribers call it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from anjia.dispatch.rules import area_of
from anjia.identity.queries import get_organization, phone_of, wechat_openid_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.errors import NotFound
from anjia.messaging.commands import Contact, send
from anjia.residents.queries import accounts_of_resident, get_address, get_resident, phone_to_call
from anjia.visits.queries import Promise, get_promise
from anjia.workforce.queries import get_staff_member

WEEKDAYS: Final = "一二三四五六日"
TOLD_OF_VISITS: Final = frozenset({"visits", "book"})
DECIDES: Final = frozenset({"self", "guardian"})
SOON: Final = timedelta(hours=3)  # what begins sooner may wake somebody; the rest waits for seven


def tell_household(
    actor: Actor, now: datetime, *, visit_id: UUID, template: str, at: datetime, who: UUID | None = None
) -> None:
    """Tell everybody who may see the resident's visits; where nobody has an account, herself, by her telephone."""
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    values = values_of(actor, promise, at=at, who=who)
    for party_id, contact in household_of(actor, promise.resident_id, now=now):
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
            urgent=promise.starts_at - now < SOON,
            needed_by=promise.ends_at,
        )


def household_of(actor: Actor, resident_id: UUID, *, now: datetime) -> Iterator[tuple[UUID, Contact]]:
    grants = [
        grant
        for grant in accounts_of_resident(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
        if grant.relation in DECIDES or TOLD_OF_VISITS & set(grant.allows)
    ]
    for grant in grants:
        yield (
            grant.account_id,
            Contact(
                name=grant.name,
                phone=phone_of(actor, Purpose.CONTRACT, account_id=grant.account_id) or "",
                wechat_openid=wechat_openid_of(actor, Purpose.CONTRACT, account_id=grant.account_id) or "",
            ),
        )
    if not any(grant.relation in DECIDES for grant in grants):
        resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
        phone = phone_to_call(actor, Purpose.CONTRACT, resident_id=resident_id)
        yield resident_id, Contact(name=resident.name, phone=phone)


def tell_caregiver(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    staff_id: UUID,
    template: str,
    at: datetime,
    deadline: datetime | None = None,
) -> None:
    """Tell a caregiver, if she has an account to be told in."""
    staff = get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id)
    if staff.account_id is None:
        return
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    send(
        actor,
        now,
        party_id=staff.account_id,
        template_code=template,
        event_id=event_id(template, visit_id, at),
        about_kind="visit",
        about_id=visit_id,
        values=values_of(actor, promise, at=at, deadline=deadline),
        contact=Contact(name=staff.name, phone=staff.phone),
        urgent=promise.starts_at - now < SOON,
        needed_by=deadline or promise.ends_at,
    )


def values_of(
    actor: Actor,
    promise: Promise,
    *,
    at: datetime,
    who: UUID | None = None,
    deadline: datetime | None = None,
) -> Mapping[str, str]:
    """Return what the templates may ask for. None of it names a diagnosis, nor the service."""
    name, phone = house_of(actor)
    starts = local(promise.starts_at)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=promise.resident_id)
    address = get_address(actor, Purpose.CONTRACT, address_id=promise.address_id)
    return {
        "when": f"{starts.month}月{starts.day}日 周{WEEKDAYS[starts.weekday()]} {starts:%H:%M}",
        "clock": f"{local(at):%H:%M}" if who else f"{starts:%H:%M}",
        "institution": name,
        "phone": phone,
        "resident": resident.name,
        "word": promise.visit_word,
        "area": area_of(address.text),
        "who": get_staff_member(actor, Purpose.CONTRACT, staff_id=who).name if who else "",
        "deadline": f"{local(deadline):%H:%M}" if deadline else "",
        "preparation": "",
    }


def house_of(actor: Actor) -> tuple[str, str]:
    """Return the institution's name and the number to call."""
    try:
        house = get_organization(actor, Purpose.CONTRACT, organization_id=actor.organization_id)
    except NotFound:
        return "", ""
    return house.name, house.phone or house.duty_phone


def event_id(template: str, visit_id: UUID, at: datetime) -> UUID:
    """Return the same id however often the same event is heard."""
    return uuid5(NAMESPACE_OID, f"{template}/{visit_id}/{at.isoformat()}")
