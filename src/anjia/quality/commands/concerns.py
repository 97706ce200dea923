"""Complaints, suggestions, disputes, adverse events: hearing them, and dealing with them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from anjia.identity.queries import who_may
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import command
from anjia.quality.events import ConcernMoved, ConcernRaised
from anjia.quality.models import Concern
from anjia.quality.rules import (
    COMPLAINED,
    AboutThemselves,
    AppealOver,
    AppealStillOpen,
    ConcernKind,
    ConcernState,
    ConcernUnsound,
    OnlyOwner,
    RaisedBy,
    StepKind,
    ToldBy,
    check_concern,
    check_finding,
    check_owner,
    check_words,
    due_of,
    may_appeal,
)
from anjia.residents.queries import get_resident, people_of_account
from anjia.visits.queries import get_visit
from anjia.workforce.queries import get_staff_member

MANAGES = "quality.manage"


@command("quality.raise")
def raise_concern(
    actor: Actor,
    now: datetime,
    *,
    kind: str,
    words: str,
    wants: str = "",
    visit_id: UUID | None = None,
    resident_id: UUID | None = None,
    about_staff_ids: Collection[UUID] = (),
    is_caller: bool = False,
    caller_name: str = "",
    caller_phone: str = "",
) -> Concern:
    """
    Complain, suggest or dispute; the desk also for a caller, staff also report what went wrong.

    A complaint about a visit is about those who were in for it, unless it says about whom.

    :raises NotFound: if the visit, the resident or one of the staff is not the actor's to name
    :raises ConcernUnsound: naming what is wrong or missing
    :raises AboutThemselves: if the desk writes down what a caller says of her who writes
    """
    raised_by = _raiser(actor, now, is_caller=is_caller)
    visit = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id) if visit_id else None
    about_whom = visit.resident_id if visit else resident_id
    if actor.kind is Kind.PERSON:
        about_whom = about_whom or actor.resident_id
    elif about_whom and visit is None:
        get_resident(actor, Purpose.CONTRACT, resident_id=about_whom)
    check_concern(
        kind=kind,
        words=words,
        wants=wants,
        raised_by=raised_by,
        can_be_answered=raised_by is not RaisedBy.CALLER or bool(about_whom or caller_phone.strip()),
    )
    staff_ids = set(about_staff_ids)
    if visit and not staff_ids and kind in COMPLAINED:
        staff_ids = {one.staff_id for one in visit.crew}
    accounts = _accounts(actor, staff_ids)
    if raised_by is RaisedBy.CALLER and actor.user_id in accounts:
        raise AboutThemselves
    concern = Concern(
        organization_id=actor.organization_id,
        kind=kind,
        raised_kind=raised_by.value,
        raised_by=None if raised_by is RaisedBy.CALLER else actor.user_id,
        entered_by=actor.user_id,
        caller_name=caller_name.strip()[:60],
        caller_phone=caller_phone.strip()[:40],
        resident_id=about_whom,
        visit_id=visit.id if visit else None,
        visit_starts_at=visit.starts_at if visit else None,
        about_staff_ids=sorted(staff_ids, key=str),
        about_account_ids=sorted(accounts, key=str),
        words=words.strip(),
        wants=wants.strip(),
    )
    return _receive(actor, now, concern)


@command("quality.raise_without_a_name")
def suggest_without_a_name(actor: Actor, now: datetime, *, words: str) -> Concern:
    """
    Keep a suggestion that nobody has signed. The system gives this command: no row, audit entry or key names anybody.

    :raises ConcernUnsound: if nothing is said, or too much
    """
    concern = Concern(
        organization_id=actor.organization_id,
        kind=ConcernKind.SUGGESTION.value,
        raised_kind=RaisedBy.ANONYMOUS.value,
        words=check_words(words),
    )
    return _receive(actor, now, concern)


@command(MANAGES)
def acknowledge_concern(
    actor: Actor, now: datetime, *, concern_id: UUID, owner_id: UUID | None = None, words: str = ""
) -> Concern:
    """
    Tell whoever raised it that it was heard, and say who deals with it: the actor, or the one she names.

    :raises NotFound: if there is none that the actor may see
    :raises AboutThemselves: if the owner would be whom it is about
    :raises AnotherOwnerNeeded: if an appeal would come before the same owner
    :raises ConcernGoneOn: if somebody has taken it up
    """
    concern = _held(actor, concern_id)
    concern.owner_id = _owner(actor, concern, owner_id)
    concern.move_to(ConcernState.ACKNOWLEDGED, actor=actor, now=now, words=words.strip())
    return _told(actor, now, concern, fields=["owner_id", "state"])


@command(MANAGES)
def hand_concern_over(
    actor: Actor, now: datetime, *, concern_id: UUID, owner_id: UUID, words: str = ""
) -> Concern:
    """
    Let somebody else deal with it, and say why.

    :raises NotFound: if there is none that the actor may see
    :raises AboutThemselves: if the owner would be whom it is about
    :raises AnotherOwnerNeeded: if an appeal would come before the same owner
    :raises ConcernUnsound: if nobody deals with it, or it is not said why
    """
    concern = _held(actor, concern_id)
    if concern.state not in {ConcernState.ACKNOWLEDGED, ConcernState.INVESTIGATED}:
        raise ConcernUnsound
    said = check_words(words)
    concern.owner_id = _owner(actor, concern, owner_id)
    concern.save(update_fields=["owner_id"])
    concern.write_step(StepKind.HANDED_OVER, actor=actor, now=now, words=said)
    return _told(actor, now, concern, fields=["owner_id"])


@command(MANAGES)
def note_finding(actor: Actor, now: datetime, *, concern_id: UUID, words: str) -> Concern:
    """
    Write down what was found: what happened, why, and what is done about it.

    :raises NotFound: if there is none that the actor may see
    :raises OnlyOwner: if somebody else deals with it
    :raises ConcernUnsound: if nothing is said
    :raises ConcernGoneOn: if it is not being dealt with
    """
    concern = _owned(actor, concern_id)
    concern.move_to(ConcernState.INVESTIGATED, actor=actor, now=now, words=check_words(words))
    return _told(actor, now, concern, fields=["state", "words"])


@command(MANAGES)
def tell_outcome(
    actor: Actor, now: datetime, *, concern_id: UUID, words: str, told_by: str, finding: str = ""
) -> Concern:
    """
    Write down what whoever raised it was told, and how; of a complaint or dispute whether it is right.

    She reads it, and may appeal once.

    :raises NotFound: if there is none that the actor may see
    :raises OnlyOwner: if somebody else deals with it
    :raises ConcernUnsound: if nothing is said, or not how, or not whether a complaint is right
    :raises ConcernGoneOn: if it has not been looked into
    """
    concern = _owned(actor, concern_id)
    said = check_words(words)
    if told_by not in set(ToldBy):
        raise ConcernUnsound
    concern.finding = check_finding(concern.kind, finding)
    concern.told_at = now
    concern.move_to(ConcernState.TOLD, actor=actor, now=now, words=said, told_by=told_by)
    return _told(actor, now, concern, fields=["finding", "state", "words"])


@command("quality.raise")
def appeal(actor: Actor, now: datetime, *, concern_id: UUID, words: str) -> Concern:
    """
    Have it looked at again, by somebody else: she herself, or the staff who write down what she says. Once.

    :raises NotFound: if there is none that the actor may see
    :raises NotAllowed: for who neither raised it, nor wrote it down, nor deals with such things
    :raises AppealOver: a second time, or too long after the answer
    :raises ConcernUnsound: if it is not said why
    """
    concern = _held(actor, concern_id)
    if actor.user_id not in {concern.raised_by, concern.entered_by} and not actor.may(MANAGES):
        raise NotAllowed
    if not may_appeal(concern.state, told_at=concern.told_at, appealed_at=concern.appealed_at, now=now):
        raise AppealOver
    said = check_words(words)
    if concern.owner_id:
        concern.former_owner_ids = [*concern.former_owner_ids, concern.owner_id]
    concern.owner_id, concern.closed_at, concern.finding = None, None, ""
    concern.is_accepted = None
    concern.since = concern.appealed_at = now
    concern.move_to(ConcernState.APPEALED, actor=actor, now=now, words=said)
    return _told(actor, now, concern, fields=["owner_id", "state", "words"])


@command(MANAGES)
def close_concern(
    actor: Actor, now: datetime, *, concern_id: UUID, is_accepted: bool, words: str = ""
) -> Concern:
    """
    Close it: when she accepts the answer, or when the time to appeal is over. Never by itself; which, is kept.

    :raises NotFound: if there is none that the actor may see
    :raises OnlyOwner: if somebody else deals with it
    :raises AppealStillOpen: if she has not accepted it and may still appeal
    :raises ConcernGoneOn: if she has no answer yet
    """
    concern = _owned(actor, concern_id)
    if not is_accepted and may_appeal(
        concern.state, told_at=concern.told_at, appealed_at=concern.appealed_at, now=now
    ):
        raise AppealStillOpen
    return _close(actor, now, concern, is_accepted=is_accepted, words=words.strip())


@command("quality.raise")
def accept_answer(actor: Actor, now: datetime, *, concern_id: UUID) -> Concern:
    """
    Say that the answer will do: she herself who raised it. That closes it; until the time is over she may still appeal.

    :raises NotFound: if there is none that the actor may see
    :raises NotAllowed: for who has not raised it
    :raises ConcernGoneOn: if there is no answer, or it is closed
    """
    concern = _held(actor, concern_id)
    if concern.raised_by != actor.user_id:
        raise NotAllowed
    return _close(actor, now, concern, is_accepted=True)


def _close(actor: Actor, now: datetime, concern: Concern, *, is_accepted: bool, words: str = "") -> Concern:
    concern.closed_at, concern.is_accepted = now, is_accepted
    concern.move_to(ConcernState.CLOSED, actor=actor, now=now, words=words)
    return _told(actor, now, concern, fields=["is_accepted", "state"])


def _raiser(actor: Actor, now: datetime, *, is_caller: bool) -> RaisedBy:
    if actor.kind is not Kind.PERSON:
        return RaisedBy.CALLER if is_caller else RaisedBy.STAFF
    people = people_of_account(actor, Purpose.ACCESS, account_id=actor.user_id, now=now)
    is_self = any(one.resident_id == actor.resident_id and one.relation == "self" for one in people)
    return RaisedBy.RESIDENT if is_self else RaisedBy.FAMILY


def _accounts(actor: Actor, staff_ids: Collection[UUID]) -> set[UUID]:
    """:raises NotFound: if one of them does not work here"""
    staff = [get_staff_member(actor, Purpose.CONTRACT, staff_id=one) for one in staff_ids]
    return {one.account_id for one in staff if one.account_id}


def _receive(actor: Actor, now: datetime, concern: Concern) -> Concern:
    concern.raised_at = concern.since = now
    concern.next_due_at = due_of(ConcernState.RECEIVED, ConcernKind(concern.kind), since=now, told_at=None)
    concern.save()
    concern.write_step(StepKind.RECEIVED, actor=actor, now=now)
    audit.record("quality.concern.raised", actor=actor, at=now, subject_id=concern.id)
    events.publish(ConcernRaised(concern_id=concern.id, kind=concern.kind, at=now), actor=actor)
    live.tell(topic="quality.concerns", subject_id=concern.id)
    return concern


def _held(actor: Actor, concern_id: UUID) -> Concern:
    concern = (
        Concern.objects.select_for_update()
        .filter(id=concern_id, organization_id=actor.organization_id)
        .first()
    )
    if concern is None or _is_about(actor, concern):
        raise NotFound
    return concern


def _is_about(actor: Actor, concern: Concern) -> bool:
    return actor.staff_id in concern.about_staff_ids and concern.raised_by != actor.user_id


def _owned(actor: Actor, concern_id: UUID) -> Concern:
    concern = _held(actor, concern_id)
    if concern.owner_id != actor.user_id:
        raise OnlyOwner
    return concern


def _owner(actor: Actor, concern: Concern, owner_id: UUID | None) -> UUID:
    """
    :raises NotFound: if the one who is named may not deal with concerns here
    """
    owner = owner_id or actor.user_id
    if owner != actor.user_id and owner not in who_may(actor, Purpose.CONTRACT, permission=MANAGES):
        raise NotFound
    check_owner(owner, about=concern.about_account_ids, had=concern.former_owner_ids)
    return owner


def _told(actor: Actor, now: datetime, concern: Concern, *, fields: list[str]) -> Concern:
    audit.record(
        f"quality.concern.{concern.state}", actor=actor, at=now, subject_id=concern.id, fields=fields
    )
    events.publish(ConcernMoved(concern_id=concern.id, state=concern.state, at=now), actor=actor)
    live.tell(topic="quality.concerns", subject_id=concern.id)
    return concern
