"""Dealing with one: step by step, from hand to hand, until it is closed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.exceptions.events import ExceptionClosed
from anjia.exceptions.models import VisitException
from anjia.exceptions.opening import give_owner, held, tell_owner, tell_pages
from anjia.exceptions.rules.closing import (
    ClosingUnsound,
    FollowUp,
    LinesStillOpen,
    Outcome,
    VisitStillStands,
    check_closing,
)
from anjia.exceptions.rules.forms import LONGEST_WORDS, FormUnsound
from anjia.exceptions.rules.steps import FLOWS, Closed, StepGone
from anjia.identity.queries import who_may
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.visits.queries import get_promise
from anjia.visits.rules.exceptions import ExceptionKind
from anjia.visits.rules.lifecycle import Status

HANDLES = "exceptions.handle"
LEADS = "exceptions.lead"


@command(HANDLES)
def do_step(
    actor: Actor, now: datetime, *, exception_id: UUID, step: str, words: str, promised: str = ""
) -> VisitException:
    """
    Write down that a step is done, and what came of it; the clock of the next one begins.

    Whoever does it has it from now on. What the household was `promised` is kept until it is told that it is done.

    :raises NotFound: if the house has no such exception
    :raises Closed: if it is closed
    :raises StepGone: if somebody has done that step meanwhile
    :raises FormUnsound: if it is not said what came of it
    """
    exception = _open(actor, exception_id)
    if exception.step != step:
        raise StepGone
    said, promise = words.strip(), promised.strip()
    wrong = {
        name: _("请写一句做了什么、结果怎样，最多 1000 个字。")
        for name, text, is_sound in (
            ("words", said, bool(said) and len(said) <= LONGEST_WORDS),
            ("promised", promise, len(promise) <= LONGEST_WORDS),
        )
        if not is_sound
    }
    following = FLOWS[ExceptionKind(exception.kind)].after(step)
    if wrong or following is None:  # the last is done by closing
        raise FormUnsound(fields=wrong)
    if exception.owner_id != actor.user_id:
        exception.owner_id, exception.place = actor.user_id, _place(exception, actor.may(LEADS))
    if promise:
        exception.promised, exception.promised_at = promise, now
    exception.write_step("done", actor=actor, now=now, words=said, step=step)
    if promise:
        exception.write_step("promised", actor=actor, now=now, words=promise)
    exception.begin(following, now)
    exception.save()
    audit.record(
        "exceptions.exception.went_on", actor=actor, at=now, subject_id=exception.id, fields=["step"]
    )
    tell_pages(exception)
    return exception


@command(HANDLES)
def hand_over(
    actor: Actor, now: datetime, *, exception_id: UUID, owner_id: UUID, words: str = ""
) -> VisitException:
    """
    Let somebody else deal with it, or take it over oneself. The clock runs on.

    :raises NotFound: if the house has no such exception, or nobody of that id may deal with it
    :raises Closed: if it is closed
    """
    exception = _open(actor, exception_id)
    if owner_id not in who_may(actor, Purpose.CONTRACT, permission=HANDLES):
        raise NotFound
    if exception.owner_id == owner_id:
        return exception
    leads = owner_id in who_may(actor, Purpose.CONTRACT, permission=LEADS)
    exception.owner_id, exception.place = owner_id, _place(exception, leads)
    _let_go_on(exception, now)
    exception.save(update_fields=["owner_id", "place", "goes_on_at"])
    exception.write_step("handed_over", actor=actor, now=now, words=words.strip()[:LONGEST_WORDS])
    audit.record(
        "exceptions.exception.handed_over", actor=actor, at=now, subject_id=exception.id, fields=["owner_id"]
    )
    tell_owner(actor, now, exception)
    tell_pages(exception)
    return exception


@command(HANDLES)
def pass_on(actor: Actor, now: datetime, *, exception_id: UUID) -> VisitException | None:
    """
    Give it to the next in line, since nobody has done the step in time; nothing, if somebody has meanwhile.

    It stays overdue, and is red with whoever has it. The last in line keeps it.

    :raises NotFound: if the house has no such exception
    """
    exception = held(actor, exception_id)
    if not exception.is_open or exception.goes_on_at is None or exception.goes_on_at > now:
        return None
    before = exception.owner_id
    give_owner(actor, exception, place=exception.place + 1, but={before} if before else ())
    if exception.owner_id is None:
        exception.owner_id, exception.goes_on_at = before, None
        exception.save(update_fields=["owner_id", "place", "goes_on_at"])
        return exception
    exception.goes_on_at = None
    _let_go_on(exception, now)
    exception.save(update_fields=["owner_id", "place", "goes_on_at"])
    exception.write_step("passed_on", actor=actor, now=now)
    audit.record(
        "exceptions.exception.passed_on", actor=actor, at=now, subject_id=exception.id, fields=["owner_id"]
    )
    tell_owner(actor, now, exception, is_passed_on=True)
    tell_pages(exception)
    return exception


@command(HANDLES)
def close_exception(
    actor: Actor,
    now: datetime,
    *,
    exception_id: UUID,
    outcome: str,
    done: str,
    told: Collection[str],
    follow_up: str,
    follow_up_visit_id: UUID | None = None,
) -> VisitException:
    """
    Close it: what became of it, what was done, who was told, whether somebody comes again.

    :raises NotFound: if the house has no such exception
    :raises Closed: if it is closed already
    :raises ClosingUnsound: naming each line that is empty or wrong
    :raises VisitStillStands: if it says that the visit was moved or cancelled, and it was not
    :raises LinesStillOpen: if of some visits of who cannot come nobody has settled who goes
    """
    exception = _open(actor, exception_id)
    kind = ExceptionKind(exception.kind)
    check_closing(
        kind,
        outcome=outcome,
        done=done,
        told=told,
        follow_up=follow_up,
        has_visit=follow_up_visit_id is not None,
    )
    _check_visits(actor, now, exception, Outcome(outcome), FollowUp(follow_up), follow_up_visit_id)
    exception.closed_at, exception.closed_by, exception.goes_on_at = now, actor.user_id, None
    exception.outcome, exception.done = outcome, done.strip()
    exception.told, exception.follow_up = sorted(set(told)), follow_up
    exception.follow_up_visit_id = follow_up_visit_id
    exception.save()
    exception.write_step("closed", actor=actor, now=now, words=exception.done)
    audit.record(
        "exceptions.exception.closed",
        actor=actor,
        at=now,
        subject_id=exception.id,
        fields=["outcome", "told"],
    )
    events.publish(
        ExceptionClosed(
            exception_id=exception.id,
            visit_id=exception.visit_id,
            at=now,
            is_promised=exception.promised_at is not None,
        ),
        actor=actor,
    )
    tell_pages(exception)
    return exception


def _open(actor: Actor, exception_id: UUID) -> VisitException:
    exception = held(actor, exception_id)
    if not exception.is_open:
        raise Closed
    return exception


def _place(exception: VisitException, leads: bool) -> int:
    """Return where in the line somebody stands who has taken it or was given it by hand: who leads is the last."""
    return len(FLOWS[ExceptionKind(exception.kind)].line) - 1 if leads else 0


def _let_go_on(exception: VisitException, now: datetime) -> None:
    """Let it go on from whoever was given it, as from whoever had it first; it is as overdue as it was."""
    flow = FLOWS[ExceptionKind(exception.kind)]
    step = flow.step(exception.step)
    if exception.place + 1 >= len(flow.line) or step is None:
        exception.goes_on_at = None
    elif exception.goes_on_at is None:
        exception.goes_on_at = max(exception.due_at, now + step.within(is_urgent=exception.is_urgent))


def _check_visits(
    actor: Actor,
    now: datetime,
    exception: VisitException,
    outcome: Outcome,
    follow_up: FollowUp,
    follow_up_visit_id: UUID | None,
) -> None:
    if exception.lines.filter(settled_at=None).exists():
        raise LinesStillOpen
    if exception.visit_id:
        promise = get_promise(actor, Purpose.CONTRACT, visit_id=exception.visit_id)
        is_as_before = promise.starts_at == exception.visit_starts_at and promise.status in {
            Status.BOOKED,
            Status.DEPARTED,
        }
        is_off = promise.status is Status.CANCELLED
        if (outcome is Outcome.MOVED and is_as_before) or (outcome is Outcome.CANCELLED and not is_off):
            raise VisitStillStands
    if follow_up is FollowUp.BOOKED and follow_up_visit_id:
        try:
            following = get_promise(actor, Purpose.CONTRACT, visit_id=follow_up_visit_id)
        except NotFound:
            raise _no_such_visit() from None
        is_hers = exception.resident_id in {None, following.resident_id}
        if not is_hers or following.status is not Status.BOOKED or following.starts_at <= now:
            raise _no_such_visit()


def _no_such_visit() -> ClosingUnsound:
    return ClosingUnsound(fields={"follow_up_visit": _("选这一家以后约好的一次上门。")})
