"""All that one caregiver's month is made of, asked for once; and the rows of each figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.learning.queries import Learnt, learnt_by
from anjia.quality.counting import complaints
from anjia.quality.models import CallBack, Concern, Rating
from anjia.quality.queries.people.about_me import About, complaints_about_me
from anjia.quality.rules import (
    ASPECTS,
    SATISFIED_FROM,
    CallState,
    ConcernState,
    Finding,
    Side,
    Solved,
    month_of,
)
from anjia.residents.queries import resident_names
from anjia.visits.queries.doing import DoneVisit, done_by_one
from anjia.visits.queries.outcomes import Outcome, outcomes_of
from anjia.visits.rules.lifecycle import LATE_AFTER
from anjia.workforce.queries import Duty, duty_of_staff

ANSWERED: Final = frozenset({ConcernState.TOLD.value, ConcernState.CLOSED.value})
SIDE_OF_FINDING: Final[Mapping[str, Side]] = {
    Finding.UPHELD.value: Side.FOR,
    Finding.PARTLY.value: Side.FOR,
    Finding.NOT_UPHELD.value: Side.OUTSIDE,
    "": Side.OUTSIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One row behind a figure: how it counts, how much, and what there is to say of it."""

    row_id: UUID
    at: datetime
    side: Side
    amount: int = 0
    whole: int = 0
    visit: Outcome | None = None
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Month:
    """What somebody did in a month, as of a moment, for her own eyes (`is_own`) or her manager's."""

    actor: Actor
    purpose: Purpose
    staff_id: UUID
    month: date
    as_of: datetime
    is_own: bool

    @property
    def start(self) -> datetime:
        return day_bounds(month_of(self.month)[0])[0]

    @property
    def end(self) -> datetime:
        return min(day_bounds(month_of(self.month)[1])[1], self.as_of)

    @cached_property
    def done(self) -> list[DoneVisit]:
        return done_by_one(self.actor, self.purpose, staff_id=self.staff_id, start=self.start, end=self.end)

    @cached_property
    def by_visit(self) -> dict[UUID, Outcome]:
        return {one.outcome.visit_id: one.outcome for one in self.done}

    @cached_property
    def ratings(self) -> list[Rating]:
        rows = Rating.objects.filter(organization_id=self.actor.organization_id, visit_id__in=self.by_visit)
        return list(rows.order_by("visit_starts_at", "id"))

    @cached_property
    def call_backs(self) -> list[CallBack]:
        rows = CallBack.objects.filter(organization_id=self.actor.organization_id, visit_id__in=self.by_visit)
        return list(rows.order_by("visit_starts_at", "id"))

    @cached_property
    def complaints(self) -> list[About]:
        """Return complaints about her. Her own eyes get neither the words nor the rows of what is still open."""
        if self.is_own:
            return complaints_about_me(self.actor, self.purpose, start=self.start, end=self.end)
        of_visits = Q(visit_starts_at__gte=self.start, visit_starts_at__lt=self.end)
        of_none = Q(visit_starts_at=None, raised_at__gte=self.start, raised_at__lt=self.end)
        rows = complaints(self.actor).filter(of_visits | of_none).only(*ABOUT)
        return [about(one) for one in rows if self.staff_id in one.about_staff_ids]

    @cached_property
    def duty(self) -> Duty | None:
        found = duty_of_staff(self.actor, self.purpose, start=self.start, end=self.end)
        return found.get(self.staff_id)

    @property
    def may_see_training(self) -> bool:
        return self.is_own or self.actor.may("learning.read")

    @cached_property
    def learnt(self) -> list[Learnt]:
        return learnt_by(
            self.actor,
            self.purpose,
            staff_id=self.staff_id,
            today=day_of(self.as_of),
            start=self.start,
            end=self.end,
        )

    def rows(self, code: str) -> list[PersonRow]:
        found = ROWS[code](self)
        return sorted(found, key=lambda row: (row.at, row.row_id))

    def with_visits(self, rows: Sequence[PersonRow]) -> dict[UUID, Outcome]:
        """Return the visits that rows name and that she has not done: a complaint may be about one that was not."""
        wanted = {row.says["visit_id"] for row in rows if row.visit is None and row.says.get("visit_id")}
        return outcomes_of(self.actor, self.purpose, visit_ids=wanted) if wanted else {}

    def names(self, rows: Sequence[PersonRow]) -> dict[UUID, str]:
        ids = {row.visit.resident_id for row in rows if row.visit}
        return resident_names(self.actor, self.purpose, resident_ids=ids) if ids else {}


ABOUT: Final = ("id", "state", "finding", "visit_id", "visit_starts_at", "raised_at", "about_staff_ids")


def about(one: Concern) -> About:
    return About(
        id=one.id,
        state=one.state,
        finding=one.finding,
        visit_id=one.visit_id,
        at=one.visit_starts_at or one.raised_at,
    )


def visits_done(month: Month) -> list[PersonRow]:
    return [_of_visit(one, Side.FOR, 1, 1) for one in month.done]


def on_the_way(month: Month) -> list[PersonRow]:
    rows = []
    for one in month.done:
        left, came, over = one.outcome.departed_at, one.outcome.arrived_at, one.outcome.done_at
        if left and came and over and left <= came <= over:
            way, whole = (round((moment - left).total_seconds()) for moment in (came, over))
            rows.append(_of_visit(one, Side.FOR, way, whole, way=way // 60, service=(whole - way) // 60))
        else:
            rows.append(_of_visit(one, Side.OUTSIDE, 0, 0))
    return rows


def steps_done(month: Month) -> list[PersonRow]:
    rows = []
    for one in month.done:
        steps = one.steps
        side = Side.FOR if steps.done == steps.asked else Side.PARTLY if steps.done else Side.AGAINST
        side = side if steps.asked else Side.OUTSIDE
        rows.append(_of_visit(one, side, steps.done, steps.asked, steps=steps))
    return rows


def in_time(month: Month) -> list[PersonRow]:
    rows = []
    for one in month.done:
        came = one.outcome.arrived_at
        if came is None:
            rows.append(_of_visit(one, Side.OUTSIDE, 0, 0))
            continue
        is_in_time = came <= one.outcome.starts_at + LATE_AFTER
        late = max(0, round((came - one.outcome.starts_at).total_seconds() / 60))
        rows.append(_of_visit(one, Side.FOR if is_in_time else Side.AGAINST, int(is_in_time), 1, late=late))
    return rows


def rated(aspect: str) -> Callable[[Month], list[PersonRow]]:
    def rows(month: Month) -> list[PersonRow]:
        found = []
        for one in month.ratings:
            stars = one.stars if aspect == "stars" else one.aspects.get(aspect)
            is_good = stars is not None and stars >= SATISFIED_FROM
            side = Side.OUTSIDE if stars is None else Side.FOR if is_good else Side.AGAINST
            found.append(
                PersonRow(
                    row_id=one.id,
                    at=one.visit_starts_at,
                    side=side,
                    amount=int(is_good),
                    whole=int(stars is not None),
                    visit=month.by_visit[one.visit_id],
                    says={"stars": stars, "rater_kind": one.rater_kind},
                )
            )
        return found

    return rows


def complained(month: Month) -> list[PersonRow]:
    rows = []
    for one in month.complaints:
        side = SIDE_OF_FINDING[one.finding] if one.state in ANSWERED else Side.OPEN
        rows.append(
            PersonRow(
                row_id=one.id,
                at=one.at,
                side=side,
                amount=int(side is Side.FOR),
                whole=1,
                visit=month.by_visit.get(one.visit_id) if one.visit_id else None,
                says={"finding": one.finding, "visit_id": one.visit_id},
            )
        )
    return rows


def called_back(month: Month) -> list[PersonRow]:
    rows = []
    for one in month.call_backs:
        is_solved = one.solved == Solved.YES
        is_answered = one.state == CallState.ANSWERED
        side = Side.OUTSIDE if not is_answered else Side.FOR if is_solved else Side.AGAINST
        rows.append(
            PersonRow(
                row_id=one.visit_id,
                at=one.visit_starts_at,
                side=side,
                amount=int(is_solved),
                whole=int(is_answered),
                visit=month.by_visit[one.visit_id],
                says={"state": one.state, "solved": one.solved},
            )
        )
    return rows


def learnt(month: Month) -> list[PersonRow]:
    if not month.may_see_training:
        return []
    return [
        PersonRow(
            row_id=one.course_id,
            at=one.passed_at or month.end,
            side=Side.OUTSIDE if one.passed_at else Side.FOR,
            amount=int(one.passed_at is None),
            whole=1,
            says={"title": one.title, "words": one.words, "passed_at": one.passed_at},
        )
        for one in month.learnt
    ]


ROWS: Final[Mapping[str, Callable[[Month], list[PersonRow]]]] = {
    "visits": visits_done,
    "visits_per_day": visits_done,
    "way_share": on_the_way,
    "steps": steps_done,
    "punctuality": in_time,
    **{f"rating_{aspect}": rated(aspect) for aspect in ("stars", *ASPECTS)},
    "complaints": complained,
    "call_backs": called_back,
    "training": learnt,
}


def _of_visit(one: DoneVisit, side: Side, amount: int, whole: int, **says: Any) -> PersonRow:
    visit = one.outcome
    return PersonRow(
        row_id=visit.visit_id,
        at=visit.starts_at,
        side=side,
        amount=amount,
        whole=whole,
        visit=visit,
        says=says,
    )
