"""Planning a day: a run is asked for, begins, ends with a draft or with nothing; a person publishes it, or not."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from anjia.dispatch.days import Day
from anjia.dispatch.drafting import moved_in
from anjia.dispatch.events import DayPlanned
from anjia.dispatch.hanging import chosen_of
from anjia.dispatch.models import PlanPolicy, PlanRun
from anjia.dispatch.publishing import (
    arranged_of,
    become,
    check_as_then,
    check_still_so,
    get_run,
    run_to_change,
    take_back_offers,
    wait_for_the_day,
)
from anjia.dispatch.queries.days import read_day
from anjia.dispatch.rules.plans import (
    AT_WORK,
    PLANNING,
    AlreadyPlanning,
    DayHasChanged,
    Failure,
    NotByThemselves,
    NothingToPublish,
    RunState,
    check_day,
    may_become,
)
from anjia.kernel import audit, events, live
from anjia.kernel.actors import NOBODY, Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.work import command
from anjia.visits import commands as visits
from anjia.visits.rules.because import How

TOPIC: Final = "plans"


@command("dispatch.assign")
def start_run(actor: Actor, now: datetime, *, day: date) -> UUID:
    """
    Have a day of the house planned; return the run's id. It begins soon, in the background.

    :raises NotThatFar: if the day is over, or too far ahead
    :raises AlreadyPlanning: if a run for it is waiting or at work
    """
    check_day(day, now=now)
    with refuse_if_broken({"plan_run_one_at_work": AlreadyPlanning}, goes_on=False):
        run = PlanRun.objects.create(
            organization_id=actor.organization_id,
            day=day,
            seed=PlanRun.objects.filter(organization_id=actor.organization_id, day=day).count(),
            asked_by=actor.user_id,
            asked_at=now,
        )
    audit.record("dispatch.plan.asked", actor=actor, at=now, subject_id=run.id, fields=["day"])
    live.tell(topic=TOPIC, subject_id=run.id)
    return run.id


@command("dispatch.assign")
def hand_on(actor: Actor, now: datetime, *, run_id: UUID, before: datetime) -> bool:
    """Say whether whoever asks is to begin a run that waits: nobody has asked since `before`. It goes on waiting."""
    run = run_to_change(actor, run_id=run_id)
    if run.state != RunState.QUEUED or (run.heard_at and run.heard_at >= before):
        return False
    run.heard_at = now
    run.save(update_fields=["heard_at"])
    return True


@command("dispatch.assign")
def begin_run(actor: Actor, now: datetime, *, run_id: UUID) -> Day | None:
    """
    Begin a run that waits: return the day as it is, from which it starts; None if there is nothing to begin.

    :raises NotFound: if there is no such run
    """
    run = run_to_change(actor, run_id=run_id)
    if run.state != RunState.QUEUED:
        return None
    day = read_day(actor, Purpose.CONTRACT, day=run.day, now=now)
    run.began_at = run.heard_at = now
    run.version, run.began_with = day.version, [piece.row for piece in day.pieces]
    become(run, RunState.RUNNING, "began_at", "heard_at", "version", "began_with")
    audit.record("dispatch.plan.worked_on", actor=actor, at=now, subject_id=run.id, fields=["state"])
    return day


@command("dispatch.assign")
def note_progress(actor: Actor, now: datetime, *, run_id: UUID, progress: int) -> bool:
    """Note how far a run is; return whether it is still wanted. No audit entry: nothing has been decided."""
    rows = PlanRun.objects.filter(
        organization_id=actor.organization_id, id=run_id, state=RunState.RUNNING.value
    )
    live.tell(topic=TOPIC, subject_id=run_id)
    return bool(rows.update(progress=progress, heard_at=now))


@command("dispatch.assign")
def keep_run(actor: Actor, now: datetime, *, run_id: UUID) -> None:
    """Say that a run is alive. No audit entry: nothing has been decided."""
    rows = PlanRun.objects.filter(
        organization_id=actor.organization_id, id=run_id, state=RunState.RUNNING.value
    )
    rows.update(heard_at=now)


@command("dispatch.assign")
def finish_run(
    actor: Actor, now: datetime, *, run_id: UUID, draft: Mapping[str, Any], score: Mapping[str, Any]
) -> bool:
    """Put a run's draft before people, in the place of an older one of that day; return False if nobody wants it."""
    run = run_to_change(actor, run_id=run_id)
    if run.state != RunState.RUNNING:
        return False
    older = PlanRun.objects.filter(organization_id=actor.organization_id, day=run.day)
    older.filter(state=RunState.DRAFT.value).update(state=RunState.DISCARDED.value, settled_at=now)
    run.draft, run.score, run.progress, run.ended_at = draft, score, 100, now
    become(run, RunState.DRAFT, "draft", "score", "progress", "ended_at")
    audit.record("dispatch.plan.drafted", actor=actor, at=now, subject_id=run.id, fields=["state", "draft"])
    live.tell(topic=TOPIC, subject_id=run.id)
    return True


@command("dispatch.assign")
def fail_run(actor: Actor, now: datetime, *, run_id: UUID, why: Failure) -> bool:
    """Say that nothing comes of a run; return False if that was known. What was published stands as it was."""
    run = run_to_change(actor, run_id=run_id)
    if run.state not in AT_WORK:
        return False
    run.failure, run.ended_at = why.value, now
    become(run, RunState.FAILED, "failure", "ended_at")
    audit.record("dispatch.plan.failed", actor=actor, at=now, subject_id=run.id, fields=["state"])
    live.tell(topic=TOPIC, subject_id=run.id)
    return True


@command("dispatch.assign")
def fail_silent_run(actor: Actor, now: datetime, *, run_id: UUID, since: datetime) -> bool:
    """Say that a run has been killed, if it has said nothing since then; return whether that was so."""
    run = run_to_change(actor, run_id=run_id)
    if run.state not in AT_WORK or (run.heard_at or run.asked_at) >= since:
        return False
    return fail_run(actor, now, run_id=run_id, why=Failure.STOPPED)


@command("dispatch.assign")
def discard_run(actor: Actor, now: datetime, *, run_id: UUID) -> date:
    """
    Stop a run that waits or is at work, or put its draft aside; return its day.

    :raises NotFound: if there is no such run
    :raises NothingToPublish: if it is over
    """
    run = run_to_change(actor, run_id=run_id)
    if not may_become(RunState(run.state), RunState.DISCARDED):
        raise NothingToPublish
    run.settled_by, run.settled_at = actor.user_id, now
    become(run, RunState.DISCARDED, "settled_by", "settled_at")
    audit.record("dispatch.plan.discarded", actor=actor, at=now, subject_id=run.id, fields=["state"])
    live.tell(topic=TOPIC, subject_id=run.id)
    return run.day


@command("dispatch.assign")
def publish_run(actor: Actor, now: datetime, *, run_id: UUID, groups: Collection[int] | None = None) -> date:
    """
    Have it so as a run's draft says, all of it or nothing; return the day.

    With `groups`, only those of its moves, what hangs together is in one: then it matters only what has become of them
    and of the days of those who would come. Without, nothing at all may be otherwise than when the run began.

    Who is put in is sent, as by a dispatcher's hand; whose time is another is told so. What was offered is taken back.

    :raises NotFound: if there is no such run
    :raises NothingToPublish: if it is no draft (any more)
    :raises NothingChosen: if it has no move of these groups
    :raises DayHasChanged: naming what is otherwise than when the run began, or whoever cannot come any more
    :raises PartsHaveChanged: naming why some of the groups hold no more; the others may be published
    :raises NotByThemselves: naming who cannot come, if only these groups are made
    :raises CaregiverBusy: if somebody is promised elsewhere at that time, in another house
    """
    run = get_run(actor, run_id=run_id)
    if run.state != RunState.DRAFT:
        raise NothingToPublish
    wait_for_the_day(actor, run)
    run = run_to_change(actor, run_id=run_id)
    if run.state != RunState.DRAFT:
        raise NothingToPublish
    day = read_day(actor, Purpose.CONTRACT, day=run.day, now=now)
    check_as_then(actor, run, day, groups)
    run.draft = chosen_of(run.draft, groups)
    moves = moved_in(day, run.draft["moves"])
    timelines = check_still_so(day, moves, DayHasChanged if groups is None else NotByThemselves)
    take_back_offers(actor, now, [old.key for old, _new in moves])
    if moves:
        visits.rearrange(
            actor, now, arranged=arranged_of(moves, run.draft["moves"], timelines), how=How.PLANNED
        )
    run.settled_by, run.settled_at = actor.user_id, now
    become(run, RunState.PUBLISHED, "draft", "settled_by", "settled_at")
    audit.record("dispatch.plan.published", actor=actor, at=now, subject_id=run.id, fields=["state"])
    events.publish(DayPlanned(run_id=run.id, at=now), actor=actor)
    live.tell(topic=TOPIC, subject_id=run.id)
    return run.day


@command("dispatch.assign")
def set_plan_policy(actor: Actor, now: datetime, *, publishes_by_night: bool) -> None:
    """Say whether drafts of the night that move no promised time are published without anybody having looked."""
    PlanPolicy.objects.update_or_create(
        organization_id=actor.organization_id,
        defaults={"publishes_by_night": publishes_by_night, "set_by": actor.user_id, "set_at": now},
    )
    audit.record(
        "dispatch.plan_policy.set",
        actor=actor,
        at=now,
        subject_id=actor.organization_id,
        fields=["publishes_by_night"],
    )


@command("dispatch.assign")
def publish_by_policy(actor: Actor, now: datetime, *, run_id: UUID) -> bool:
    """
    Publish a draft that the night has worked out, if the house lets it; return whether it was. It is as by a person,
    and refused as to her: then the draft lies there for one.

    :raises NothingToPublish, DayHasChanged, CaregiverBusy: as `publish_run`
    """
    run = get_run(actor, run_id=run_id)
    policy = PlanPolicy.objects.filter(organization_id=actor.organization_id, publishes_by_night=True)
    moves = run.draft.get("moves", ())
    stays = all(one["starts_at"] == one["starts_then"] for one in moves)
    if run.asked_by != NOBODY or not moves or not stays or not policy.exists():
        return False
    publish_run(actor, now, run_id=run_id)
    return True


@command("dispatch.assign")
def delete_old_runs(actor: Actor, now: datetime) -> int:
    """
    Delete what was worked out for days long past and nobody published; return how many. What was published stays: it
    says why it was so.
    """
    old = PlanRun.objects.filter(organization_id=actor.organization_id, day__lt=day_of(now - PLANNING.kept))
    over = [RunState.DRAFT.value, RunState.DISCARDED.value, RunState.FAILED.value]
    deleted, _by_kind = old.filter(state__in=over).delete()
    if deleted:
        audit.record(
            "dispatch.plan.removed", actor=actor, at=now, subject_id=actor.organization_id, fields=["state"]
        )
    return deleted
