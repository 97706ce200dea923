"""Who hears of exceptions, and in which words. None of it names anybody's health. Only subscribers call it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import override

from anjia.dispatch.queries import contact_of, house_of, household_of
from anjia.exceptions.events import ExceptionClosed, ExceptionOwned
from anjia.exceptions.models import VisitException
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.messaging.commands import send
from anjia.messaging.rules import moment_words
from anjia.residents.queries import get_resident
from anjia.visits.queries import get_promise
from anjia.visits.rules.exceptions import WORDS_OF_EXCEPTION, ExceptionKind

WORTH_HEARING: Final = timedelta(hours=12)  # for whoever has it
ANSWER_KEEPS: Final = timedelta(days=3)  # for the household


def tell_owner(actor: Actor, now: datetime, event: ExceptionOwned) -> None:
    """Tell whoever has it now, as long as she has; at any hour, since a clock runs."""
    one = VisitException.objects.filter(
        organization_id=actor.organization_id, id=event.exception_id, closed_at=None, owner_id=event.owner_id
    ).first()
    name = account_names(actor, Purpose.CONTRACT, account_ids=[event.owner_id]).get(event.owner_id)
    if one is None or name is None:
        return
    contact = contact_of(actor, Purpose.CONTRACT, name=name, account_id=event.owner_id)
    with override("en" if contact.language == "en" else "zh-hans"):
        about = words_of_message(ExceptionKind(one.kind))
    institution, phone = house_of(actor, Purpose.CONTRACT)
    template = "exception_passed_on" if event.is_passed_on else "exception_yours"
    send(
        actor,
        now,
        party_id=event.owner_id,
        template_code=template,
        event_id=event_id(template, one.id, event.at),
        about_kind="exception",
        about_id=one.id,
        values={
            "about": about,
            "until": f"{local(one.due_at):%H:%M}",
            "moment": moment_words(one.due_at),
            "institution": institution,
            "phone": phone,
        },
        contact=contact,
        urgent=True,
        needed_by=now + WORTH_HEARING,
    )


def tell_household(actor: Actor, now: datetime, event: ExceptionClosed) -> None:
    """Tell the household that what it was promised is done. What became of it, they heard when it was promised."""
    if event.visit_id is None:
        return
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=event.visit_id)
    institution, phone = house_of(actor, Purpose.CONTRACT)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=promise.resident_id)
    for party_id, contact in household_of(actor, Purpose.CONTRACT, resident_id=promise.resident_id, now=now):
        send(
            actor,
            now,
            party_id=party_id,
            template_code="exception_closed",
            event_id=event_id("exception_closed", event.exception_id, event.at),
            about_kind="visit",
            about_id=event.visit_id,
            values={
                "resident": resident.name,
                "when": promise.starts_at,
                "moment": moment_words(promise.starts_at),
                "institution": institution,
                "phone": phone,
            },
            resident_id=promise.resident_id,
            contact=contact,
            needed_by=now + ANSWER_KEEPS,
        )


def words_of_message(kind: ExceptionKind) -> str:
    """Return the kind as it may stand on a locked screen."""
    return _("现场要医生回话") if kind is ExceptionKind.WORSENING else str(WORDS_OF_EXCEPTION[kind])


def event_id(template: str, about_id: UUID, at: datetime) -> UUID:
    """Return the same id however often the same event is heard."""
    return uuid5(NAMESPACE_OID, f"{template}/{about_id}/{at.isoformat()}")
