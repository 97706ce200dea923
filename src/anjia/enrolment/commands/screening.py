"""Recruiting, screening, and the second person's word."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.enrolment.events import ScreeningSettled
from anjia.enrolment.models import Candidate, Channel, Screening
from anjia.enrolment.rules import (
    AlreadyCandidate,
    Finding,
    NotNow,
    Outcome,
    ReasonMissing,
    SameScreener,
    ScreeningInvalid,
    Stage,
    check_findings,
    decide,
)
from anjia.enrolment.rules.screening import AlreadySettled
from anjia.enrolment.writing import (
    candidate_in_turn,
    check_takes_people,
    fill_places,
    programme_in_turn,
    tell,
)
from anjia.kernel import events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.residents.queries import accounts_of_resident, get_resident

BROKEN = {"candidate_once_per_programme": AlreadyCandidate}
STAGE_AFTER = {
    Outcome.ELIGIBLE: Stage.WAITING,
    Outcome.NOT_ELIGIBLE: Stage.NOT_ELIGIBLE,
    Outcome.NOT_YET: Stage.NOT_YET,
}


@command("enrolment.screen")
def add_candidate(
    actor: Actor, now: datetime, *, programme_id: UUID, resident_id: UUID, channel_id: UUID, told_by: str = ""
) -> Candidate:
    """
    Write down that somebody was recruited, and by which way.

    :raises NotFound: if she is a stranger, or there is no such programme or way of recruiting
    :raises ProgrammeClosed, ProgrammeEnded: if it takes nobody any more
    :raises AlreadyCandidate: if she is on its list
    """
    programme = programme_in_turn(actor, programme_id)
    check_takes_people(programme, now)
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    channels = Channel.objects.filter(organization_id=actor.organization_id, retired_at=None)
    channel = channels.filter(id=channel_id).first()
    if channel is None:
        raise NotFound
    with refuse_if_broken(BROKEN):
        made = Candidate.objects.create(
            organization_id=actor.organization_id,
            programme=programme,
            resident_id=resident_id,
            channel=channel,
            told_by=told_by.strip()[:100],
            came_at=now,
            came_by=actor.user_id,
        )
    tell(actor, now, made, "candidate.added", ["channel", "told_by"])
    return made


@command("enrolment.screen")
def screen(
    actor: Actor,
    now: datetime,
    *,
    candidate_id: UUID,
    findings: Sequence[Finding],
    grant_id: UUID | None = None,
) -> Screening:
    """
    Write a screening down. What follows is computed; it waits for a second person. Earlier ones stay as they are.

    Who is in the programme keeps her place while she is screened again, also in one that takes nobody any more.

    :raises NotFound: if she is a stranger
    :raises NotNow: if she has a place offered, has left, or a screening waits already
    :raises ProgrammeClosed, ProgrammeEnded: if it takes nobody any more
    :raises ScreeningInvalid: naming what is not written, or if the relative who is named may not act for her
    """
    check_findings(findings)
    candidate = candidate_in_turn(actor, candidate_id)
    is_inside = candidate.stage == Stage.ENROLLED
    if not is_inside:
        check_takes_people(candidate.programme, now)
    elif candidate.screenings.filter(settled_at=None).exists():
        raise NotNow(_("她已经在再筛，等第二个人确认。"))
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=candidate.resident_id)
    if grant_id is not None:
        grants = accounts_of_resident(actor, Purpose.CONTRACT, resident_id=resident.id, now=now)
        if grant_id not in {grant.id for grant in grants}:
            raise ScreeningInvalid(fields={"grant_id": _("这位家人的授权现在不算数，请重新选。")})
    min_age = candidate.programme.min_age
    decision = decide(
        findings,
        age=resident.age_on(day_of(now)),
        min_age=min_age,
        lives_alone=resident.lives_alone,
    )
    if not is_inside:
        candidate.move_to(Stage.SCREENED, screened_at=candidate.screened_at or now)
    made = Screening.objects.create(
        organization_id=actor.organization_id,
        candidate=candidate,
        resident_id=candidate.resident_id,
        number=candidate.screenings.count() + 1,
        made_at=now,
        made_by=actor.user_id,
        min_age=min_age,
        findings=[
            {
                "criterion": one.criterion,
                "answer": one.answer.value,
                "found": one.found.strip(),
                "basis": one.basis.value,
                "evidence": one.evidence.strip(),
            }
            for one in findings
        ],
        decided={"not_met": list(decision.not_met), "unknown": list(decision.unknown)},
        grant_id=grant_id,
        outcome=decision.outcome.value,
    )
    tell(actor, now, candidate, "screening.made", ["findings", "outcome"])
    return made


@command("enrolment.confirm")
def settle_screening(
    actor: Actor, now: datetime, *, screening_id: UUID, stands: bool, words: str = ""
) -> Screening:
    """
    Say, as the second person, that the decision stands, or send it back with what is wrong.

    Who is eligible then is offered a free place, or waits in the order of these days. Who is in the programme stays in
    her place unless she is not eligible any more: then it goes on to the next, and she may appeal.

    :raises NotFound: if there is no such screening
    :raises AlreadySettled: if somebody has said so before
    :raises SameScreener: if the actor has screened her
    :raises ReasonMissing: if it is sent back without a word
    """
    rows = Screening.objects.filter(organization_id=actor.organization_id, id=screening_id)
    known = rows.values_list("candidate_id", flat=True).first()
    if known is None:
        raise NotFound
    candidate = candidate_in_turn(actor, known)
    screening = rows.select_for_update().get()
    if screening.settled_at is not None:
        raise AlreadySettled
    if screening.made_by == actor.user_id:
        raise SameScreener
    if not stands and not words.strip():
        raise ReasonMissing(fields={"words": _("退回的，请写哪里不对、要补什么。")})
    screening.settled_at, screening.settled_by = now, actor.user_id
    screening.stands, screening.settled_words = stands, words.strip()[:500]
    with refuse_if_broken({"screening_second_person": SameScreener}):
        screening.save(update_fields=["settled_at", "settled_by", "stands", "settled_words"])
    is_told = _follow(actor, now, candidate, screening)
    tell(actor, now, candidate, "screening.confirmed" if stands else "screening.sent_back", ["stands"])
    if is_told:
        events.publish(
            ScreeningSettled(screening_id=screening.id, resident_id=candidate.resident_id, at=now),
            actor=actor,
        )
    return screening


def _follow(actor: Actor, now: datetime, candidate: Candidate, screening: Screening) -> bool:
    """Let her come where the second person's word leads; return whether there is something to tell her."""
    outcome, is_inside = Outcome(screening.outcome), candidate.stage == Stage.ENROLLED
    if is_inside and screening.stands and outcome is Outcome.NOT_ELIGIBLE:
        candidate.move_to(Stage.NOT_ELIGIBLE, waiting_since=None)
        fill_places(actor, now, candidate.programme)
    elif is_inside:
        return False  # nothing changes for her
    elif not screening.stands:
        candidate.move_to(Stage.CAME)
    elif outcome is Outcome.ELIGIBLE:
        since = _put_out_wrongly_since(candidate, screening) or now
        candidate.move_to(Stage.WAITING, waiting_since=since, eligible_at=candidate.eligible_at or now)
        fill_places(actor, now, candidate.programme)
    else:
        candidate.move_to(STAGE_AFTER[outcome], waiting_since=None)
    return bool(screening.stands)


def _put_out_wrongly_since(candidate: Candidate, screening: Screening) -> datetime | None:
    """
    Return since when she had her place, if the screening before this one took it from her and her appeal was right.

    The place may be another's by then: she is the first to get the next.
    """
    before = candidate.screenings.filter(stands=True, number__lt=screening.number).order_by("-number").first()
    if before is None or candidate.enrolled_at is None or before.made_at < candidate.enrolled_at:
        return None
    return candidate.enrolled_at if before.appeals.filter(is_upheld=True).exists() else None
