"""A case in somebody's hands: taken by one, its course written down, closed with what came of it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.emergencies.events import CaseClosed, CaseTaken
from anjia.emergencies.models import Case, Step
from anjia.emergencies.rules import cases
from anjia.emergencies.rules.cases import AlreadyTaken, CaseIsClosed, NotTaken, SomebodyElsesCase, What
from anjia.emergencies.writing import case_to_change, say_changed, write_step
from anjia.identity.queries import account_names
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command


@command("emergencies.take")
def take_case(actor: Actor, now: datetime, *, case_id: UUID) -> Case:
    """
    Take it. Of two who take it at once one has it, and the other reads who. Taken by herself before, it stays hers.

    :raises AlreadyTaken: naming who has it, and since when
    :raises CaseIsClosed: if it is over
    """
    case = case_to_change(actor, case_id)
    _check_open(case)
    if case.taken_at is not None:
        if case.taken_by == actor.user_id:
            return case
        raise AlreadyTaken(cases.said_by(case.taker, case.taken_at))
    names = account_names(actor, Purpose.CONTRACT, account_ids=[actor.user_id])
    case.taken_at, case.taken_by, case.taker = now, actor.user_id, names.get(actor.user_id, "")
    case.seen_at, case.handled_at, case.calls_at = case.seen_at or now, now, None
    changed = ["taken_at", "taken_by", "taker", "seen_at", "handled_at", "calls_at"]
    case.save(update_fields=changed)
    write_step(actor, now, case, What.TAKEN)
    audit.record("emergencies.case.in_hand", actor=actor, at=now, subject_id=case.id, fields=changed)
    events.publish(CaseTaken(case_id=case.id, resident_id=case.resident_id, at=now), actor=actor)
    return case


@command("emergencies.take")
def hand_case_back(actor: Actor, now: datetime, *, case_id: UUID, words: str) -> Case:
    """
    Give it back, so that it rings for the others again.

    :raises NotTaken: if nobody has it
    :raises SomebodyElsesCase: if it is another's
    :raises CaseUnsound: if it is not said why
    """
    case = case_to_change(actor, case_id)
    _check_hers(actor, case)
    words = cases.check_words(words)
    case.taken_at, case.taken_by, case.taker, case.handled_at, case.calls_at = None, None, "", now, now
    changed = ["taken_at", "taken_by", "taker", "handled_at", "calls_at"]
    case.save(update_fields=changed)
    write_step(actor, now, case, What.HANDED_BACK, words)
    audit.record("emergencies.case.handed_back", actor=actor, at=now, subject_id=case.id, fields=changed)
    say_changed(actor, now, case)
    return case


@command("emergencies.take")
def note_in_case(actor: Actor, now: datetime, *, case_id: UUID, words: str, is_deed: bool = False) -> Step:
    """
    Write down what was said, or what was done. After the end it is an addition, and says its own time.

    :raises NotTaken: if nobody has it
    :raises CaseUnsound: if nothing is said, or too much
    """
    case = case_to_change(actor, case_id)
    if case.taken_at is None and case.closed_at is None:
        raise NotTaken
    words = cases.check_words(words)
    step = write_step(actor, now, case, What.DONE if is_deed else What.NOTED, words)
    case.handled_at, case.calls_at = now, None
    case.save(update_fields=["handled_at", "calls_at"])
    audit.record("emergencies.case.noted", actor=actor, at=now, subject_id=case.id, fields=["words"])
    say_changed(actor, now, case)
    return step


@command("emergencies.take")
def close_case(actor: Actor, now: datetime, *, case_id: UUID, outcome: str, words: str = "") -> Case:
    """
    Close it, with what came of it.

    :raises NotTaken: if nobody has it
    :raises SomebodyElsesCase: if it is another's
    :raises CaseUnsound: if the outcome is none, or wants words and has none
    """
    case = case_to_change(actor, case_id)
    _check_hers(actor, case)
    found = cases.check_outcome(outcome, words)
    case.closed_at, case.closed_by, case.outcome, case.calls_at = now, actor.user_id, found.value, None
    changed = ["closed_at", "closed_by", "outcome", "calls_at"]
    case.save(update_fields=changed)
    write_step(actor, now, case, What.CLOSED, words.strip()[: cases.LONGEST_WORDS])
    audit.record("emergencies.case.closed", actor=actor, at=now, subject_id=case.id, fields=changed)
    events.publish(CaseClosed(case_id=case.id, resident_id=case.resident_id, at=now), actor=actor)
    return case


def _check_open(case: Case) -> None:
    if case.closed_at is not None:
        raise CaseIsClosed


def _check_hers(actor: Actor, case: Case) -> None:
    _check_open(case)
    if case.taken_at is None:
        raise NotTaken
    if case.taken_by != actor.user_id:
        words = str(_("这件事在{name}手上。要换人，请她先交回。")).format(name=case.taker)
        raise SomebodyElsesCase(words)
