"""Runs that plan a day: which wait, which have been killed, and what the page shows of a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import get_language

from anjia.dispatch.fallen import Since, differing, since_then
from anjia.dispatch.models import PlanPolicy, PlanRun
from anjia.dispatch.queries.away import Away, away_on
from anjia.dispatch.queries.days import read_day
from anjia.dispatch.rules.plans import AT_WORK, WORDS_OF_FAILURE, WORDS_OF_RUN, Failure, RunState
from anjia.identity.queries import account_names
from anjia.kernel.actors import NOBODY, Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.residents.queries import resident_names
from anjia.visits.queries import Promise, get_promises
from anjia.workforce.queries import staff_names

SHOWN: Final = 8  # of the runs of a day that are over
WHOLE: Final = ("draft", "began_with")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A part of a visit that somebody else would do, or that would be at another time."""

    visit_id: UUID
    part: int
    resident: str
    service: str
    starts_at: datetime
    starts_then: datetime
    comes: str
    comes_then: str
    why: Sequence[str]
    group: int = 0

    @property
    def is_moved(self) -> bool:
        return self.starts_at != self.starts_then


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A part of a visit that nobody can do, and of those who work then why not."""

    visit_id: UUID
    part: int
    resident: str
    service: str
    starts_at: datetime
    why: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of the score card, as it is and as it would be."""

    code: str
    before: int
    after: int

    @property
    def more(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    id: UUID
    day: date
    state: RunState
    progress: int
    zones: int
    zones_done: int
    asked_at: datetime
    ended_at: datetime | None
    asked_by: UUID
    settled_by: UUID | None
    settled_at: datetime | None
    seconds: int
    failure: str
    moves: Sequence[Move] = ()
    unassigned: Sequence[Unassigned] = ()
    figures: Sequence[Figure] = ()
    visits: int = 0
    fallen: Mapping[int, Sequence[str]] = field(default_factory=dict)  # groups that hold no more, and why
    beside: Sequence[str] = ()  # what else is otherwise since, and touches nothing of what holds

    @property
    def groups(self) -> Sequence[Sequence[Move]]:
        """Return the moves that still hold, those together that can only be made together."""
        return [ones for number, ones in self._grouped().items() if number not in self.fallen]

    @property
    def fallen_groups(self) -> Sequence[tuple[Sequence[Move], Sequence[str]]]:
        """Return the moves that hold no more, and why."""
        return [
            (ones, self.fallen[number]) for number, ones in self._grouped().items() if number in self.fallen
        ]

    @property
    def has_changed(self) -> bool:
        return bool(self.fallen or self.beside)

    def _grouped(self) -> Mapping[int, Sequence[Move]]:
        found: dict[int, list[Move]] = {}
        for one in self.moves:
            found.setdefault(one.group, []).append(one)
        return found

    @property
    def holding(self) -> Sequence[Move]:
        return [one for one in self.moves if one.group not in self.fallen]

    @property
    def words(self) -> str:
        return str(WORDS_OF_RUN[self.state])

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)

    @property
    def has_begun(self) -> bool:
        return self.state != RunState.QUEUED

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def promises_moved(self) -> int:
        return len({one.visit_id for one in self.holding if one.is_moved})

    @property
    def people_changed(self) -> int:
        return sum(not one.is_moved for one in self.holding)

    @property
    def households(self) -> int:
        return len({one.visit_id for one in self.holding})

    @property
    def was_by_night(self) -> bool:
        return self.asked_by == NOBODY

    @property
    def is_by_policy(self) -> bool:
        return self.state is RunState.PUBLISHED and self.settled_by == NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Whether the house lets drafts be published unseen, and who has said so; nobody, where it is as it comes."""

    publishes_by_night: bool = False
    set_by: str = ""
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """A day: what is being worked out, the draft that waits for a person, and what has been."""

    day: date
    run: Run | None  # waiting or at work
    draft: Run | None
    earlier: Sequence[Run]
    policy: Policy
    away: Sequence[Away] = ()  # on leave and still promised: no plan may move that

    @property
    def last(self) -> Run | None:
        """Return the latest of all, where it has come to nothing: why is said."""
        ended = [*self.earlier[:1], *([self.draft] if self.draft else [])]
        latest = max(ended, key=lambda one: one.asked_at, default=None)
        return latest if latest and latest.state is RunState.FAILED and not self.run else None


def plan_page(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> PlanPage:
    """
    Return what is known of the planning of a day; of a draft also what of it still holds.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    rows = PlanRun.objects.filter(organization_id=actor.organization_id, day=day)
    found = list(rows.defer(*WHOLE).order_by("-asked_at", "-id")[: SHOWN + 2])
    draft = rows.filter(state=RunState.DRAFT.value).first()
    run = next((_run_of(one) for one in found if one.state in AT_WORK), None)
    return PlanPage(
        day=day,
        run=run,
        draft=_draft_of(actor, purpose, draft, now=now) if draft else None,
        earlier=[_run_of(one) for one in found if one.state not in AT_WORK | {RunState.DRAFT}][:SHOWN],
        policy=_policy_of(actor, purpose),
        away=[] if run else away_on(actor, purpose, day=day, now=now),
    )


def _policy_of(actor: Actor, purpose: Purpose) -> Policy:
    row = PlanPolicy.objects.filter(organization_id=actor.organization_id).first()
    if row is None:
        return Policy()
    names = account_names(actor, purpose, account_ids={row.set_by})
    return Policy(
        publishes_by_night=row.publishes_by_night, set_by=names.get(row.set_by, ""), set_at=row.set_at
    )


def waiting_runs(
    actor: Actor, purpose: Purpose, *, before: datetime, size: int = 100
) -> list[tuple[UUID, UUID]]:
    """Return (organization, run) of those that nobody has been given to begin since `before`, the oldest first."""
    waiting = PlanRun.objects.filter(state=RunState.QUEUED.value)
    due = waiting.filter(Q(heard_at=None) | Q(heard_at__lt=before))
    return list(due.order_by("asked_at")[:size].values_list("organization_id", "id"))


def silent_runs(
    actor: Actor, purpose: Purpose, *, running: datetime, waiting: datetime, size: int = 100
) -> list[tuple[UUID, UUID, datetime]]:
    """Return (organization, run, since when it should have said something) of runs that have been killed."""
    rows = PlanRun.objects.filter(
        Q(state=RunState.RUNNING.value, heard_at__lt=running)
        | Q(state=RunState.QUEUED.value, asked_at__lt=waiting)
    )
    return [
        (organization_id, run_id, running if state == RunState.RUNNING else waiting)
        for organization_id, run_id, state in rows.order_by(F("heard_at").asc(nulls_first=True))[
            :size
        ].values_list("organization_id", "id", "state")
    ]


def was_planned(actor: Actor, purpose: Purpose, *, day: date, since: datetime) -> bool:
    """Say whether somebody, or the night, has had a day planned since then."""
    rows = PlanRun.objects.filter(organization_id=actor.organization_id, day=day, asked_at__gte=since)
    return rows.exists()


def _run_of(row: PlanRun, **more: Any) -> Run:
    ended = row.ended_at or row.settled_at
    return Run(
        id=row.id,
        day=row.day,
        state=RunState(row.state),
        progress=row.progress,
        zones=row.zones,
        zones_done=row.zones_done,
        asked_at=row.asked_at,
        ended_at=ended,
        asked_by=row.asked_by,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        seconds=round((ended - row.began_at) / timedelta(seconds=1)) if ended and row.began_at else 0,
        failure=str(WORDS_OF_FAILURE[Failure(row.failure)]) if row.failure else "",
        **more,
    )


def _draft_of(actor: Actor, purpose: Purpose, row: PlanRun, *, now: datetime) -> Run:
    said = row.draft["moves"], row.draft["unassigned"]
    every = [one for kind in said for one in kind]
    promises = get_promises(actor, purpose, visit_ids=_ids(every, "visit_id"))
    residents = resident_names(actor, purpose, resident_ids=_ids(every, "resident_id"))
    staff = staff_names(actor, purpose, staff_ids=_ids(said[0], "from") | _ids(said[0], "to"))
    moves = [
        Move(
            **_visit_of(one, promises, residents),
            starts_then=datetime.fromisoformat(one["starts_then"]),
            comes=staff.get(UUID(one["from"]), ""),
            comes_then=staff.get(UUID(one["to"]), ""),
            group=one.get("group", 0),
        )
        for one in said[0]
    ]
    before, after = row.score["before"], row.score["after"]
    since = _since_of(actor, purpose, row, now=now)
    return _run_of(
        row,
        moves=sorted(moves, key=lambda one: (not one.is_moved, one.starts_at, str(one.visit_id), one.part)),
        unassigned=[Unassigned(**_visit_of(one, promises, residents)) for one in said[1]],
        figures=[Figure(code=code, before=before[code], after=after[code]) for code in before],
        visits=after["visits"],
        fallen=since.fallen,
        beside=since.beside,
    )


def _since_of(actor: Actor, purpose: Purpose, row: PlanRun, *, now: datetime) -> Since:
    """Return what has become of a draft since its run began."""
    moves = row.draft["moves"]
    found = differing(read_day(actor, purpose, day=row.day, now=now), row.began_with, moves)
    return since_then(found, moves, resident_names(actor, purpose, resident_ids=found.residents))


def _ids(rows: Iterable[Mapping[str, Any]], name: str) -> set[UUID]:
    return {UUID(row[name]) for row in rows}


def _visit_of(
    said: Mapping[str, Any], promises: Mapping[UUID, Promise], residents: Mapping[UUID, str]
) -> dict[str, Any]:
    visit_id = UUID(said["visit_id"])
    promise = promises.get(visit_id)
    why = said["why"]
    return {
        "visit_id": visit_id,
        "part": said["part"],
        "resident": residents.get(UUID(said["resident_id"]), ""),
        "service": promise.service_name if promise else "",
        "starts_at": datetime.fromisoformat(said["starts_at"]),
        "why": why.get(get_language() or "") or next(iter(why.values())),
    }
