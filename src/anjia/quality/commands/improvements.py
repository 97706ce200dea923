"""Making better what is rated low."""

from datetime import date, datetime
from uuid import UUID

from anjia.identity.queries import who_may
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.quality.events import ImprovementMoved
from anjia.quality.models import Improvement
from anjia.quality.queries import aspect_counts
from anjia.quality.rules import (
    ASPECTS,
    EffectNotKnown,
    ImprovementState,
    ImprovementUnsound,
    check_plan,
    is_low,
    window_after,
    window_before,
)

MANAGES = "quality.manage"


@command("quality.look_at_ratings")
def open_improvements(actor: Actor, now: datetime) -> list[Improvement]:
    """Open a task for each aspect that is rated low and has none. Again, or at once from elsewhere, opens no second."""
    wait_turn(f"improvements/{actor.organization_id}")
    today = day_of(now)
    known = Improvement.objects.filter(organization_id=actor.organization_id)
    has_open = set(known.exclude(state=ImprovementState.CLOSED.value).values_list("aspect", flat=True))
    done = dict(
        known.filter(in_place_on__isnull=False).order_by("in_place_on").values_list("aspect", "in_place_on")
    )
    made = []
    for aspect in ASPECTS:
        first, last = window_before(today, since=done.get(aspect))
        good, of = aspect_counts(actor, Purpose.CONTRACT, aspect=aspect, first=first, last=last)
        if aspect in has_open or not is_low(good=good, of=of):
            continue
        improvement = Improvement.objects.create(
            organization_id=actor.organization_id,
            aspect=aspect,
            opened_at=now,
            first=first,
            last=last,
            good=good,
            of=of,
        )
        improvement.write_step(actor=actor, now=now)
        made.append(_told(actor, now, improvement))
    return made


@command(MANAGES)
def plan_improvement(
    actor: Actor,
    now: datetime,
    *,
    improvement_id: UUID,
    measure: str,
    due_on: date | None,
    owner_id: UUID | None = None,
) -> Improvement:
    """
    Say who makes it better, how, and until when; again changes the plan, also when the measure did not do.

    :raises NotFound: if there is none, or the owner may not manage quality here
    :raises ImprovementUnsound: naming what is wrong or missing
    :raises ImprovementGoneOn: if it is closed
    """
    improvement = _held(actor, improvement_id)
    day = check_plan(measure=measure, due_on=due_on, today=day_of(now))
    owner = owner_id or actor.user_id
    if owner != actor.user_id and owner not in who_may(actor, Purpose.CONTRACT, permission=MANAGES):
        raise NotFound
    improvement.owner_id, improvement.measure, improvement.due_on = owner, measure.strip(), day
    improvement.in_place_on = None
    improvement.move_to(ImprovementState.PLANNED, actor=actor, now=now, words=improvement.measure)
    return _told(actor, now, improvement)


@command(MANAGES)
def put_in_place(actor: Actor, now: datetime, *, improvement_id: UUID, words: str = "") -> Improvement:
    """
    Say that the measure has been taken: its effect is what is rated from tomorrow on.

    :raises NotFound: if there is none
    :raises ImprovementGoneOn: if it is not planned
    """
    improvement = _held(actor, improvement_id)
    improvement.in_place_on = day_of(now)
    improvement.move_to(ImprovementState.IN_PLACE, actor=actor, now=now, words=words.strip())
    return _told(actor, now, improvement)


@command(MANAGES)
def close_improvement(actor: Actor, now: datetime, *, improvement_id: UUID, words: str) -> Improvement:
    """
    Close it, saying what came of it, once its effect can be told.

    :raises NotFound: if there is none
    :raises ImprovementUnsound: if it is not said what came of it
    :raises EffectNotKnown: before thirty days with the measure are over
    :raises ImprovementGoneOn: if no measure was taken
    """
    improvement = _held(actor, improvement_id)
    if not words.strip():
        raise ImprovementUnsound
    if improvement.in_place_on and day_of(now) <= window_after(improvement.in_place_on)[1]:
        raise EffectNotKnown
    improvement.closed_on = day_of(now)
    improvement.move_to(ImprovementState.CLOSED, actor=actor, now=now, words=words.strip())
    return _told(actor, now, improvement)


def _held(actor: Actor, improvement_id: UUID) -> Improvement:
    improvement = (
        Improvement.objects.select_for_update()
        .filter(id=improvement_id, organization_id=actor.organization_id)
        .first()
    )
    if improvement is None:
        raise NotFound
    return improvement


def _told(actor: Actor, now: datetime, improvement: Improvement) -> Improvement:
    audit.record(
        f"quality.improvement.{improvement.state}",
        actor=actor,
        at=now,
        subject_id=improvement.id,
        fields=["due_on", "measure", "owner_id", "state"],
    )
    events.publish(
        ImprovementMoved(improvement_id=improvement.id, state=improvement.state, at=now), actor=actor
    )
    live.tell(topic="quality.improvements", subject_id=improvement.id)
    return improvement
