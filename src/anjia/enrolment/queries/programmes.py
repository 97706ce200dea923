"""Programmes with how many are in them, the list of those recruited, and the funnel of each way of recruiting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from anjia.enrolment.models import Candidate, Channel, Programme, Screening
from anjia.enrolment.rules import TONE_OF_STAGE, WORDS_OF_REACHED, WORDS_OF_STAGE, Reached, Stage
from anjia.enrolment.seeing import check_may_read
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.paging import Page, page_of
from anjia.residents.queries import resident_names

# What somebody has reached is a day that is written down, and not the stage she is at: that may be a later one.
REACHED: Final[Mapping[Reached, Q]] = {
    Reached.CAME: Q(),
    Reached.SCREENED: Q(screened_at__isnull=False),
    Reached.ELIGIBLE: Q(eligible_at__isnull=False),
    Reached.ENROLLED: Q(enrolled_at__isnull=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeShown:
    """A programme, and how many are at each stage."""

    programme: Programme
    at: Mapping[Stage, int]

    @property
    def enrolled(self) -> int:
        return self.at.get(Stage.ENROLLED, 0)

    @property
    def offered(self) -> int:
        return self.at.get(Stage.OFFERED, 0)

    @property
    def waiting(self) -> int:
        return self.at.get(Stage.WAITING, 0)

    @property
    def free(self) -> int:
        return max(0, self.programme.cap - self.enrolled - self.offered)

    @property
    def stages(self) -> list[tuple[str, str, str, int]]:
        """Of each stage its code, words, tone, and how many are at it."""
        return [
            (stage.value, str(WORDS_OF_STAGE[stage]), TONE_OF_STAGE[stage], self.at.get(stage, 0))
            for stage in Stage
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLine:
    candidate: Candidate
    name: str
    channel: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelLine:
    """One way of recruiting: how many have come as far as each step, and which part of those who came."""

    channel: Channel
    steps: Sequence[tuple[str, str, int, int | None]]  # code, words, how many, percent of those who came


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePage:
    shown: ProgrammeShown
    funnel: Sequence[FunnelLine]
    candidates: Page[CandidateLine]
    again: Sequence[CandidateLine]  # in the programme, screened again, waiting for a second person


def programmes(
    actor: Actor, purpose: Purpose, *, after: str | None = None, size: int = 50
) -> Page[ProgrammeShown]:
    """
    Return the institution's programmes, the latest opened first.

    :raises NotAllowed: without `enrolment.read`
    """
    check_may_read(actor)
    rows = Programme.objects.filter(organization_id=actor.organization_id)
    page = page_of(rows, order=("-opened_at", "-id"), after=after, size=size)
    return Page(_counted(page.items), page.next)


def channels(actor: Actor, purpose: Purpose) -> list[Channel]:
    """
    Return every way of recruiting, those that are offered no more too, in the order they were added.

    :raises NotAllowed: without `enrolment.read`
    """
    check_may_read(actor)
    rows = Channel.objects.filter(organization_id=actor.organization_id)
    return list(rows.order_by("added_at", "id")[:200])


def programme_page(
    actor: Actor,
    purpose: Purpose,
    *,
    programme_id: UUID,
    stage: str = "",
    channel_id: UUID | None = None,
    reached: str = "",
    after: str | None = None,
    size: int = 50,
) -> ProgrammePage:
    """
    Return a programme with its funnel and those recruited: at a stage, by a way, or who have come as far as a step.

    Who waits is listed in the order in which places are given out; all else the latest first.

    :raises NotAllowed: without `enrolment.read`
    :raises NotFound: if the institution has no such programme
    """
    check_may_read(actor)
    programme = _programme(actor, programme_id)
    rows = Candidate.objects.filter(programme=programme).select_related("channel")
    if stage in tuple(Stage):
        rows = rows.filter(stage=stage)
    if channel_id is not None:
        rows = rows.filter(channel_id=channel_id)
    if reached in tuple(Reached):
        rows = rows.filter(REACHED[Reached(reached)])
    order = ("waiting_since", "id") if stage == Stage.WAITING else ("-came_at", "-id")
    page = page_of(rows, order=order, after=after, size=size)
    inside = Candidate.objects.filter(programme=programme, stage=Stage.ENROLLED.value)
    waits = Screening.objects.filter(candidate=OuterRef("pk"), settled_at=None)
    again = list(inside.filter(Exists(waits)).select_related("channel").order_by("came_at", "id")[:50])
    names = resident_names(actor, purpose, resident_ids={row.resident_id for row in [*page.items, *again]})

    def line(row: Candidate) -> CandidateLine:
        return CandidateLine(
            candidate=row,
            name=names.get(row.resident_id, ""),
            channel=row.channel.words,
            words=str(WORDS_OF_STAGE[Stage(row.stage)]),
            tone=TONE_OF_STAGE[Stage(row.stage)],
        )

    return ProgrammePage(
        shown=_counted([programme])[0],
        funnel=_funnel(programme),
        candidates=Page(list(map(line, page.items)), page.next),
        again=list(map(line, again)),
    )


def _programme(actor: Actor, programme_id: UUID) -> Programme:
    found = Programme.objects.filter(organization_id=actor.organization_id, id=programme_id).first()
    if found is None:
        raise NotFound
    return found


def _counted(found: Sequence[Programme]) -> list[ProgrammeShown]:
    rows = Candidate.objects.filter(programme__in=[one.id for one in found])
    at: dict[UUID, dict[Stage, int]] = {one.id: {} for one in found}
    for row in rows.values("programme_id", "stage").annotate(count=Count("id")).order_by():
        at[row["programme_id"]][Stage(row["stage"])] = row["count"]
    return [ProgrammeShown(programme=one, at=at[one.id]) for one in found]


def _funnel(programme: Programme) -> list[FunnelLine]:
    counts = {step.value: Count("id", filter=condition) for step, condition in REACHED.items()}
    grouped: Any = Candidate.objects.filter(programme=programme).values("channel_id")
    rows = grouped.annotate(**counts).order_by()
    found = {row["channel_id"]: row for row in rows}
    known = Channel.objects.filter(organization_id=programme.organization_id, id__in=found)
    return [
        FunnelLine(
            channel=channel,
            steps=[
                (
                    step.value,
                    str(WORDS_OF_REACHED[step]),
                    found[channel.id][step.value],
                    _percent(found[channel.id][step.value], found[channel.id][Reached.CAME.value]),
                )
                for step in Reached
            ],
        )
        for channel in known.order_by("added_at", "id")
    ]


def _percent(part: int, of: int) -> int | None:
    return round(100 * part / of) if of else None
