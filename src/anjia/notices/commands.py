"""Reminding people. One function, one unit of work."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.identity.queries import get_organization, reachable
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.messaging.commands import Contact, send
from anjia.messaging.rules import moment_words
from anjia.notices.rules import preparation_words, reminder_id
from anjia.residents.queries import accounts_of_resident, get_resident, phone_to_call
from anjia.visits.queries import Promise, get_promise
from anjia.visits.rules.lifecycle import Status

TOLD_OF_VISITS = frozenset({"visits", "book"})
DECIDES = frozenset({"self", "guardian"})


@command("messaging.send")
def remind_of_visit(actor: Actor, now: datetime, *, visit_id: UUID) -> int:
    """
    Remind her and those of her family who may see her visits, each once; return how many were told.

    Nothing, if the visit is no longer to come.

    :raises NotFound: if the organization has no such visit
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    if promise.status is not Status.BOOKED or promise.starts_at <= now:
        return 0
    told = 0
    for party_id, contact in _household(actor, now, resident_id=promise.resident_id):
        send(
            actor,
            now,
            party_id=party_id,
            template_code="visit_reminder",
            event_id=reminder_id(visit_id, day_of(promise.starts_at)),
            about_kind="visit",
            about_id=visit_id,
            values=_values(actor, promise, language=contact.language),
            resident_id=promise.resident_id,
            contact=contact,
            needed_by=promise.starts_at,
        )
        told += 1
    return told


def _household(actor: Actor, now: datetime, *, resident_id: UUID) -> Iterator[tuple[UUID, Contact]]:
    """Return whom to tell: every account that may see her visits, and herself by telephone if she has none."""
    grants = [
        grant
        for grant in accounts_of_resident(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
        if grant.relation in DECIDES or TOLD_OF_VISITS & set(grant.allows)
    ]
    for grant in grants:
        ways = reachable(actor, Purpose.CONTRACT, account_id=grant.account_id)
        yield (
            grant.account_id,
            Contact(
                name=grant.name,
                phone=ways.phone,
                wechat_openid=ways.wechat_openid,
                language=ways.language,
            ),
        )
    if not any(grant.relation in DECIDES for grant in grants):
        resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
        phone = phone_to_call(actor, Purpose.CONTRACT, resident_id=resident_id)
        yield resident_id, Contact(name=resident.name, phone=phone)


def _values(actor: Actor, promise: Promise, *, language: str) -> dict[str, str | datetime]:
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=promise.resident_id)
    name, phone = _house(actor)
    return {
        "when": promise.starts_at,
        "moment": moment_words(promise.starts_at),
        "institution": name,
        "phone": phone,
        "resident": resident.name,
        "word": promise.visit_word,
        "preparation": preparation_words(version.preparation or "", language),
    }


def _house(actor: Actor) -> tuple[str, str]:
    try:
        house = get_organization(actor, Purpose.CONTRACT, organization_id=actor.organization_id)
    except NotFound:
        return "", ""
    return house.name, house.phone or house.duty_phone
