"""Reminding people. One function, one unit of work."""

from datetime import datetime
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.dispatch.queries import house_of, household_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.work import command
from anjia.messaging.commands import send
from anjia.messaging.rules import moment_words
from anjia.notices.rules import preparation_words, reminder_id
from anjia.residents.queries import get_resident
from anjia.visits.queries import Promise, get_promise
from anjia.visits.rules.lifecycle import Status


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
    household = household_of(actor, Purpose.CONTRACT, resident_id=promise.resident_id, now=now)
    for party_id, contact in household:
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
    return len(household)


def _values(actor: Actor, promise: Promise, *, language: str) -> dict[str, str | datetime]:
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=promise.resident_id)
    name, phone = house_of(actor, Purpose.CONTRACT)
    return {
        "when": promise.starts_at,
        "moment": moment_words(promise.starts_at),
        "institution": name,
        "phone": phone,
        "resident": resident.name,
        "word": promise.visit_word,
        "preparation": preparation_words(version.preparation or "", language),
    }
