"""An appeal against a decision, and the answer of somebody who had no part in it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.enrolment.events import AppealAnswered, Appealed
from anjia.enrolment.models import Appeal, Screening
from anjia.enrolment.rules import ANSWER_WITHIN, AppealTwice, NotNow, Outcome, ReasonMissing, SameJudge, Stage
from anjia.enrolment.writing import candidate_in_turn
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command


@command("enrolment.answer")
def appeal(actor: Actor, now: datetime, *, screening_id: UUID, words: str, by_whom: str = "") -> Appeal:
    """
    Say that a decision is wrong, and why: she herself, who acts for her, or the desk for who rings.

    :raises NotFound: if there is no such screening of hers
    :raises NotNow: if it does not say no, nobody has confirmed it, or she was screened again since
    :raises AppealTwice: if there is an appeal against it
    :raises ReasonMissing: if nothing is said
    """
    if not words.strip():
        raise ReasonMissing(fields={"words": _("请写哪里不对。")})
    rows = Screening.objects.filter(organization_id=actor.organization_id, id=screening_id)
    screening = rows.first()
    if screening is None or not actor.sees(screening.resident_id):
        raise NotFound
    candidate = candidate_in_turn(actor, screening.candidate_id)
    screening = rows.get()
    is_no = screening.outcome == Outcome.NOT_ELIGIBLE and screening.stands
    if not is_no or screening.settled_by is None or candidate.stage != Stage.NOT_ELIGIBLE:
        raise NotNow
    if screening.number != candidate.screenings.count():
        raise NotNow
    with refuse_if_broken({"appeal_once_per_screening": AppealTwice}):
        made = Appeal.objects.create(
            organization_id=actor.organization_id,
            screening=screening,
            resident_id=screening.resident_id,
            screener_id=screening.made_by,
            confirmer_id=screening.settled_by,
            made_at=now,
            made_by=actor.user_id,
            by_whom=by_whom.strip()[:100],
            words=words.strip()[:2000],
            due_at=now + ANSWER_WITHIN,
        )
    audit.record("enrolment.appeal.made", actor=actor, at=now, subject_id=candidate.id, fields=["words"])
    events.publish(Appealed(appeal_id=made.id, resident_id=made.resident_id, at=now), actor=actor)
    return made


@command("enrolment.confirm")
def answer_appeal(actor: Actor, now: datetime, *, appeal_id: UUID, is_upheld: bool, answer: str) -> Appeal:
    """
    Answer an appeal: the decision stays, or she is screened again. The earlier decision stays as it was written.

    :raises NotFound: if there is no such appeal
    :raises NotNow: if it was answered before, or she is to be screened again and has left
    :raises SameJudge: if the actor has screened her or confirmed it
    :raises ReasonMissing: without words for her
    """
    if not answer.strip():
        raise ReasonMissing(fields={"answer": _("请写给她的答复：为什么维持，或者为什么再筛一次。")})
    rows = Appeal.objects.filter(organization_id=actor.organization_id, id=appeal_id)
    known = rows.values_list("screening__candidate_id", flat=True).first()
    if known is None:
        raise NotFound
    candidate = candidate_in_turn(actor, known)
    found = rows.select_for_update().get()
    if found.answered_at is not None:
        raise NotNow
    if actor.user_id in {found.screener_id, found.confirmer_id}:
        raise SameJudge
    if is_upheld and candidate.stage == Stage.LEFT:  # her household would be told that she is screened again
        raise NotNow(
            _("她已经不参加了，不会再筛。她还想参加的，先按“她又想参加，重新开始”；不想的，写明维持。")
        )
    found.answered_at, found.answered_by = now, actor.user_id
    found.is_upheld, found.answer = is_upheld, answer.strip()[:2000]
    with refuse_if_broken({"appeal_third_person": SameJudge}):
        found.save(update_fields=["answered_at", "answered_by", "is_upheld", "answer"])
    if is_upheld and candidate.stage == Stage.NOT_ELIGIBLE:
        candidate.move_to(Stage.CAME)
    audit.record("enrolment.appeal.answered", actor=actor, at=now, subject_id=candidate.id, fields=["answer"])
    events.publish(AppealAnswered(appeal_id=found.id, resident_id=found.resident_id, at=now), actor=actor)
    return found
