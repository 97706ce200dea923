"""Places: taken, declined, given up, or no longer kept for who did not answer."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.enrolment.models import Candidate
from anjia.enrolment.rules import NotNow, OfferNotOpen, ReasonMissing, Stage
from anjia.enrolment.writing import candidate_in_turn, check_takes_people, fill_places, tell
from anjia.kernel.actors import Actor
from anjia.kernel.work import command


@command("enrolment.answer")
def take_place(actor: Actor, now: datetime, *, candidate_id: UUID) -> Candidate:
    """
    Take the place that is kept for her. Twice is as once.

    :raises NotFound: if she is a stranger
    :raises OfferNotOpen: if none is kept for her, or no longer
    :raises ProgrammeClosed, ProgrammeEnded: if the programme takes nobody any more
    """
    candidate = candidate_in_turn(actor, candidate_id)
    if candidate.stage == Stage.ENROLLED:
        return candidate
    if candidate.stage != Stage.OFFERED or candidate.offer_until is None or candidate.offer_until < now:
        raise OfferNotOpen
    check_takes_people(candidate.programme, now)
    candidate.move_to(Stage.ENROLLED, enrolled_at=now, offer_until=None)
    tell(actor, now, candidate, "place.taken", ["stage", "enrolled_at"])
    return candidate


@command("enrolment.answer")
def leave_programme(actor: Actor, now: datetime, *, candidate_id: UUID, why: str) -> Candidate:
    """
    Decline the place, leave the list or the programme. What she leaves free is offered to the next at once.

    :raises NotFound: if she is a stranger
    :raises NotNow: if she has left
    :raises ReasonMissing: if nobody says why
    """
    if not why.strip():
        raise ReasonMissing(fields={"why": _("请写为什么不参加了。")})
    candidate = candidate_in_turn(actor, candidate_id)
    if candidate.stage == Stage.LEFT:
        raise NotNow
    open_one = candidate.screenings.filter(settled_at=None).exists()
    if open_one:
        raise NotNow(_("有一次筛选在等第二个人确认。先请他退回或确认，再办退出。"))
    candidate.move_to(Stage.LEFT, left_at=now, left_why=why.strip()[:500], waiting_since=None)
    fill_places(actor, now, candidate.programme)
    tell(actor, now, candidate, "candidate.left", ["stage", "left_why"])
    return candidate


@command("enrolment.screen")
def come_again(actor: Actor, now: datetime, *, candidate_id: UUID) -> Candidate:
    """
    Begin anew with somebody who had left: she is screened again, and her earlier screenings stay.

    :raises NotFound: if she is a stranger
    :raises ProgrammeClosed, ProgrammeEnded: if it takes nobody any more
    :raises NotNow: if she has not left
    """
    candidate = candidate_in_turn(actor, candidate_id)
    check_takes_people(candidate.programme, now)
    candidate.move_to(Stage.CAME, left_at=None, left_why="")
    tell(actor, now, candidate, "candidate.came_again", ["stage"])
    return candidate


@command("enrolment.keep_lists")
def offer_free_places(actor: Actor, now: datetime, *, candidate_id: UUID) -> int:
    """
    Offer what is free in this candidate's programme to the next on its list; return how many places that were.

    :raises NotFound: if she is a stranger
    """
    candidate = candidate_in_turn(actor, candidate_id)
    return fill_places(actor, now, candidate.programme)


@command("enrolment.keep_lists")
def release_offer(actor: Actor, now: datetime, *, candidate_id: UUID) -> bool:
    """
    Keep a place no longer for who has not answered in time: she waits again, last of all. Say whether that was so.

    :raises NotFound: if she is a stranger
    """
    candidate = candidate_in_turn(actor, candidate_id)
    if candidate.stage != Stage.OFFERED or candidate.offer_until is None or candidate.offer_until >= now:
        return False
    candidate.move_to(Stage.WAITING, waiting_since=now)
    fill_places(actor, now, candidate.programme)
    tell(actor, now, candidate, "place.lapsed", ["stage", "waiting_since"])
    return True
