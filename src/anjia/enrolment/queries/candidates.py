"""One candidate: how far she has come, each screening with its reasons, and what was appealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.enrolment.models import Appeal, Candidate, Screening
from anjia.enrolment.rules import (
    TONE_OF_STAGE,
    WORDS_OF_STAGE,
    Outcome,
    Stage,
    criteria,
    why_words,
)
from anjia.enrolment.rules.screening import WORDS_OF_ANSWER, WORDS_OF_BASIS, WORDS_OF_OUTCOME
from anjia.enrolment.seeing import check_may_read
from anjia.identity.queries import account_names
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.residents.queries import accounts_of_resident, get_resident


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShown:
    criterion: str
    answer: str
    found: str
    basis: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningShown:
    screening: Screening
    outcome: str
    why: Sequence[str]
    answers: Sequence[AnswerShown]
    made_by: str
    settled_by: str
    helper: str
    appeal: Appeal | None
    answered_by: str
    is_latest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePage:
    candidate: Candidate
    resident: Any
    age: int | None
    words: str
    tone: str
    number_in_line: int | None
    came_by: str
    screenings: Sequence[ScreeningShown]
    helpers: Sequence[Any]


def candidate_page(
    actor: Actor, purpose: Purpose, *, candidate_id: UUID, now: datetime, today: date
) -> CandidatePage:
    """
    Return a candidate with all that was found and decided, the latest first. Looking is noted: it is about her health.

    :raises NotAllowed: without `enrolment.read`
    :raises NotFound: if she is a stranger
    """
    check_may_read(actor)
    rows = Candidate.objects.filter(organization_id=actor.organization_id, id=candidate_id)
    candidate = rows.select_related("programme", "channel").first()
    if candidate is None:
        raise NotFound
    resident = get_resident(actor, purpose, resident_id=candidate.resident_id)
    access.note(actor, purpose, resident_ids=[resident.id], what="enrolment.screening")
    grants = accounts_of_resident(actor, purpose, resident_id=resident.id, now=now)
    stage = Stage(candidate.stage)
    screenings = list(candidate.screenings.order_by("-number"))
    appeals = {one.screening_id: one for one in Appeal.objects.filter(screening__in=screenings)}
    accounts = {candidate.came_by}
    accounts |= {one for row in screenings for one in (row.made_by, row.settled_by) if one}
    accounts |= {one.answered_by for one in appeals.values() if one.answered_by}
    names = account_names(actor, purpose, account_ids=accounts)
    return CandidatePage(
        candidate=candidate,
        resident=resident,
        age=resident.age_on(today),
        words=str(WORDS_OF_STAGE[stage]),
        tone=TONE_OF_STAGE[stage],
        number_in_line=_number_in_line(candidate) if stage is Stage.WAITING else None,
        came_by=names.get(candidate.came_by, ""),
        screenings=[
            _shown(row, appeals.get(row.id), names, grants, is_latest=row is screenings[0])
            for row in screenings
        ],
        helpers=[grant for grant in grants if grant.account_id and grant.relation != "self"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEnrolment:
    """How it stands with her, as she and who acts for her read it: what was decided and why, and what she can do."""

    candidate: Candidate
    words: str
    outcome: str
    why: Sequence[str]
    screening_id: UUID | None
    may_appeal: bool
    appeal: Appeal | None

    @property
    def id(self) -> UUID:
        return self.candidate.id

    @property
    def programme(self) -> str:
        return self.candidate.programme.words

    @property
    def stage(self) -> str:
        return self.candidate.stage

    @property
    def offer_until(self) -> datetime | None:
        return self.candidate.offer_until


def own_enrolments(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> list[OwnEnrolment]:
    """
    Return how it stands with her in each programme. Only what a second person has confirmed is said.

    Why, and what was appealed, is about her health: to whom she does not let see her record it is not said.

    :raises NotAllowed: for who may neither answer for her nor see her record
    :raises NotFound: if she is not the actor's to see
    """
    if not actor.sees(resident_id):
        raise NotFound
    if not (actor.may("enrolment.answer") or actor.may("records.read")):
        raise NotAllowed
    rows = Candidate.objects.filter(organization_id=actor.organization_id, resident_id=resident_id)
    found = list(rows.select_related("programme").order_by("-came_at", "-id")[:20])
    settled = Screening.objects.filter(candidate__in=found, stands=True)
    latest = {one.candidate_id: one for one in settled.order_by("number")}
    appeals = {one.screening_id: one for one in Appeal.objects.filter(screening__in=list(latest.values()))}
    return [_own(actor, row, latest.get(row.id), appeals) for row in found]


def _own(
    actor: Actor, row: Candidate, screening: Screening | None, appeals: dict[UUID, Appeal]
) -> OwnEnrolment:
    stage = Stage(row.stage)
    appeal = appeals.get(screening.id) if screening else None
    is_no = screening is not None and screening.outcome == Outcome.NOT_ELIGIBLE
    may_appeal = is_no and appeal is None and stage is Stage.NOT_ELIGIBLE and actor.may("enrolment.answer")
    sees_why = actor.may("records.read")
    return OwnEnrolment(
        candidate=row,
        words=str(WORDS_OF_STAGE[stage]),
        outcome=str(WORDS_OF_OUTCOME[Outcome(screening.outcome)]) if screening else "",
        why=why_words(screening.decision, min_age=screening.min_age) if screening and sees_why else [],
        screening_id=screening.id if screening else None,
        may_appeal=may_appeal,
        appeal=appeal if sees_why else None,
    )


def appeals_open(actor: Actor, purpose: Purpose) -> list[Appeal]:
    """
    Return the appeals that nobody has answered, those due first.

    :raises NotAllowed: without `enrolment.read`
    """
    check_may_read(actor)
    rows = Appeal.objects.filter(organization_id=actor.organization_id, answered_at=None)
    return list(rows.select_related("screening").order_by("due_at", "id")[:100])


def offers_lapsed(actor: Actor, purpose: Purpose, *, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return institution and candidate of every place that is kept no longer. The system asks this in nobody's name."""
    rows = Candidate.objects.filter(stage=Stage.OFFERED.value, offer_until__lt=now)
    return list(rows.order_by("offer_until", "id").values_list("organization_id", "id")[:500])


def _number_in_line(candidate: Candidate) -> int:
    rows = Candidate.objects.filter(programme_id=candidate.programme_id, stage=Stage.WAITING.value)
    before = rows.filter(waiting_since__lt=candidate.waiting_since).count()
    same = rows.filter(waiting_since=candidate.waiting_since, id__lt=candidate.id).count()
    return before + same + 1


def _shown(
    row: Screening,
    appeal: Appeal | None,
    names: dict[UUID, str],
    grants: Sequence[Any],
    *,
    is_latest: bool,
) -> ScreeningShown:
    asked = {one.code: one.words for one in criteria()}
    return ScreeningShown(
        screening=row,
        outcome=str(WORDS_OF_OUTCOME[Outcome(row.outcome)]),
        why=why_words(row.decision, min_age=row.min_age),
        answers=[
            AnswerShown(
                criterion=asked.get(one.criterion, one.criterion),
                answer=str(WORDS_OF_ANSWER[one.answer]),
                found=one.found,
                basis=str(WORDS_OF_BASIS[one.basis]),
                evidence=one.evidence,
            )
            for one in row.answers
        ],
        made_by=names.get(row.made_by, ""),
        settled_by=names.get(row.settled_by, "") if row.settled_by else "",
        helper=next((grant.name for grant in grants if grant.id == row.grant_id), ""),
        appeal=appeal,
        answered_by=names.get(appeal.answered_by, "") if appeal and appeal.answered_by else "",
        is_latest=is_latest,
    )
