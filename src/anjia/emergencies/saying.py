"""What is said of a case to those who do not look at the board. Called by commands only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from anjia.dispatch.queries import house_of
from anjia.emergencies.models import Case
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.messaging.commands import send
from anjia.messaging.rules import Contact, moment_words
from anjia.residents.queries import resident_names
from anjia.workforce.queries import staff_names

WORTH_HEARING: Final = timedelta(hours=12)


def say(actor: Actor, now: datetime, case: Case, *, party_id: UUID, template: str, contact: Contact) -> None:
    # Of each taking and of each round once.
    which = case.taken_at if template == "help_taken" else case.rounds
    send(
        actor,
        now,
        party_id=party_id,
        template_code=template,
        event_id=uuid5(NAMESPACE_OID, f"{template}/{case.id}/{which}"),
        about_kind="case",
        about_id=case.id,
        values=values_of(actor, case, now=now),
        resident_id=case.resident_id,
        contact=contact,
        urgent=True,
        needed_by=now + WORTH_HEARING,
    )


def values_of(actor: Actor, case: Case, *, now: datetime) -> Mapping[str, str | datetime]:
    """Return what the templates may ask for: who, when and where to call. Nothing of what she suffers from."""
    name, phone = house_of(actor, Purpose.CONTRACT)
    if case.resident_id:
        names = resident_names(actor, Purpose.VITAL, resident_ids=[case.resident_id])
        who = names.get(case.resident_id, "")
    else:
        members = [case.staff_id] if case.staff_id else []
        who = staff_names(actor, Purpose.CONTRACT, staff_ids=members).get(members[0], "") if members else ""
    return {
        "who": who,
        "resident": who,
        "taker": case.taker,
        "clock": f"{local(case.pressed_at):%H:%M}",
        "again": f"{local(case.again_at or case.pressed_at):%H:%M}",
        "minutes": str(int((now - case.pressed_at).total_seconds() // 60)),
        "institution": name,
        "phone": phone,
        "moment": moment_words(case.pressed_at),
    }
