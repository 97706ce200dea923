"""The writes that several of enrolment's commands share. They assume that whoever calls them has been allowed to."""

from datetime import datetime
from uuid import UUID

from anjia.enrolment.events import CandidateChanged, PlaceOffered
from anjia.enrolment.models import Candidate, Programme
from anjia.enrolment.rules import OFFER_LASTS, SEATED, NotNow, ProgrammeClosed, ProgrammeEnded, Stage
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind
from anjia.kernel.calendar import day_of
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import NotFound

# A seat that somebody else has got, or one beyond the cap: no command asks for either, whatever else may write.
BROKEN_SEATS = {"candidate_seat_once": NotNow, "candidate_within_cap": NotNow}


def programme_in_turn(actor: Actor, programme_id: UUID) -> Programme:
    """
    Return the programme; places are given out, and people come in, one after the other.

    :raises NotFound: if the institution has no such programme
    """
    wait_turn(f"programme/{programme_id}")
    rows = Programme.objects.filter(organization_id=actor.organization_id, id=programme_id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    return found


def check_open(programme: Programme) -> None:
    """:raises ProgrammeClosed: if somebody has closed it"""
    if programme.closed_at is not None:
        raise ProgrammeClosed


def check_takes_people(programme: Programme, now: datetime) -> None:
    """
    :raises ProgrammeClosed: if somebody has closed it
    :raises ProgrammeEnded: if its last day is over
    """
    check_open(programme)
    if programme.ends_on is not None and is_over(programme, now):
        raise ProgrammeEnded(programme.ends_on)


def is_over(programme: Programme, now: datetime) -> bool:
    """Return whether its last day, if it has one, is over."""
    return programme.ends_on is not None and day_of(now) > programme.ends_on


def candidate_in_turn(actor: Actor, candidate_id: UUID) -> Candidate:
    """
    Return the candidate, her programme's turn held first, as she is now.

    :raises NotFound: if she is a stranger
    """
    rows = Candidate.objects.filter(organization_id=actor.organization_id, id=candidate_id)
    known = rows.values_list("programme_id", "resident_id").first()
    if known is None or not actor.sees(known[1]):
        raise NotFound
    programme_in_turn(actor, known[0])
    return rows.select_related("programme").select_for_update(of=("self",)).get()


def fill_places(actor: Actor, now: datetime, programme: Programme) -> int:
    """
    Offer every free place to the next on the list; return how many. Call with the programme's turn held.

    After what a person has done herself, the house's own system does it: `offer_free_places` hears of it.
    """
    if (
        programme.closed_at is not None or is_over(programme, now) or actor.kind is Kind.PERSON
    ):  # who sees her own row only gives out none
        return 0
    rows = Candidate.objects.filter(programme=programme)
    taken = set(rows.filter(stage__in=sorted(SEATED)).values_list("seat", flat=True))
    free = (seat for seat in range(1, programme.cap + 1) if seat not in taken)
    room = programme.cap - len(taken)
    if room <= 0:
        return 0
    waiting = list(rows.filter(stage=Stage.WAITING.value).order_by("waiting_since", "id")[:room])
    for candidate, seat in zip(waiting, free, strict=False):
        with refuse_if_broken(BROKEN_SEATS):
            candidate.move_to(Stage.OFFERED, seat=seat, offer_until=now + OFFER_LASTS)
        audit.record(
            "enrolment.place.offered",
            actor=actor,
            at=now,
            subject_id=candidate.id,
            fields=["stage", "seat", "offer_until"],
        )
        events.publish(
            PlaceOffered(candidate_id=candidate.id, resident_id=candidate.resident_id, at=now), actor=actor
        )
    return len(waiting)


def tell(actor: Actor, now: datetime, candidate: Candidate, action: str, fields: list[str]) -> None:
    audit.record(f"enrolment.{action}", actor=actor, at=now, subject_id=candidate.id, fields=fields)
    events.publish(
        CandidateChanged(candidate_id=candidate.id, resident_id=candidate.resident_id, at=now), actor=actor
    )
