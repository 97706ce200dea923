"""What she and her household are told: what was decided, a place that is kept for her, the answer to an appeal."""

from datetime import datetime
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from anjia.dispatch.queries import house_of, household_of
from anjia.enrolment.models import Appeal, Candidate, Screening
from anjia.enrolment.rules import Outcome, Stage
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.messaging.commands import send
from anjia.messaging.rules import moment_words
from anjia.residents.queries import get_resident

# Nothing of why: a message may be read by others. Who is told reads the reasons in the app, or asks by telephone.
DECIDED: Final = {
    Outcome.ELIGIBLE: "enrolment_eligible",
    Outcome.NOT_ELIGIBLE: "enrolment_not_eligible",
    Outcome.NOT_YET: "enrolment_not_yet",
}


ENDED: Final = "enrolment_ended"


def _ended(screening: Screening) -> bool:
    """Return whether it was of somebody in the programme: she is told that it ends, not that she was not chosen."""
    began = screening.candidate.enrolled_at
    return screening.outcome == Outcome.NOT_ELIGIBLE and began is not None and screening.made_at > began


@command("messaging.send")
def tell_decision(actor: Actor, now: datetime, *, screening_id: UUID) -> int:
    """
    Tell her household what was decided; return how many were told.

    :raises NotFound: if there is no such screening
    """
    rows = Screening.objects.filter(organization_id=actor.organization_id, id=screening_id)
    found = rows.select_related("candidate__programme").first()
    if found is None:
        raise NotFound
    template = ENDED if _ended(found) else DECIDED[Outcome(found.outcome)]
    return _send(actor, now, candidate=found.candidate, template=template, about=f"screening/{found.id}")


@command("messaging.send")
def tell_place(actor: Actor, now: datetime, *, candidate_id: UUID) -> int:
    """
    Tell her household that a place is kept for her, and until when; nobody, if it is not any more.

    :raises NotFound: if she is a stranger
    """
    rows = Candidate.objects.filter(organization_id=actor.organization_id, id=candidate_id)
    found = rows.select_related("programme").first()
    if found is None:
        raise NotFound
    if found.stage != Stage.OFFERED or found.offer_until is None:
        return 0
    about = f"place/{found.id}/{found.offer_until.isoformat()}"
    return _send(
        actor, now, candidate=found, template="enrolment_place", about=about, until=found.offer_until
    )


@command("messaging.send")
def tell_answer(actor: Actor, now: datetime, *, appeal_id: UUID) -> int:
    """
    Tell her household that an appeal was answered; return how many were told.

    :raises NotFound: if there is no such appeal
    """
    rows = Appeal.objects.filter(organization_id=actor.organization_id, id=appeal_id)
    found = rows.select_related("screening__candidate__programme").first()
    if found is None:
        raise NotFound
    template = "enrolment_appeal_upheld" if found.is_upheld else "enrolment_appeal_kept"
    candidate = found.screening.candidate
    return _send(actor, now, candidate=candidate, template=template, about=f"appeal/{found.id}")


def _send(
    actor: Actor,
    now: datetime,
    *,
    candidate: Candidate,
    template: str,
    about: str,
    until: datetime | None = None,
) -> int:
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=candidate.resident_id)
    household = household_of(actor, Purpose.CONTRACT, resident_id=resident.id, now=now)
    name, phone = house_of(actor, Purpose.CONTRACT)
    for party_id, contact in household:
        values: dict[str, str | datetime] = {
            "resident": resident.name,
            "institution": name,
            "phone": phone,
            "moment": moment_words(until or now),
        }
        send(
            actor,
            now,
            party_id=party_id,
            template_code=template,
            event_id=uuid5(NAMESPACE_OID, about),
            about_kind="enrolment",
            about_id=candidate.id,
            values=values | ({"until": until} if until else {}),
            resident_id=resident.id,
            contact=contact,
        )
    return len(household)
