"""Correcting the number that somebody signs in by: on paper at the desk, with two pairs of eyes."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from anjia.identity.commands import change_account
from anjia.identity.rules import normal_phone
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Kind
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import DomainError, NotAllowed, NotFound
from anjia.kernel.files import store
from anjia.kernel.work import command
from anjia.residents.models import ActivationSlip, Grant, NumberChange
from anjia.residents.rules import NumberWaits, SameWitness

BROKEN_PROMISES: Final[dict[str, Callable[[], DomainError]]] = {"number_change_one_at_a_time": NumberWaits}


@command("residents.grant")
def ask_for_number(
    actor: Actor, now: datetime, *, grant_id: UUID, phone: str, photo: bytes, content_type: str
) -> NumberChange:
    """
    Enter another number for whoever acts by this grant, with the photo of what was signed.

    It counts once a second member of staff has seen that: `confirm_number`.

    :raises NotAllowed: for persons
    :raises NotFound: if there is no such grant, or it was taken back
    :raises Invalid: if it is no mobile number
    :raises FileNotKnown: if there is no photo
    :raises NumberWaits: if one waits to be confirmed already
    """
    if actor.kind is Kind.PERSON:
        raise NotAllowed
    grant = Grant.objects.filter(
        organization_id=actor.organization_id, id=grant_id, withdrawn_at=None
    ).first()
    if grant is None:
        raise NotFound
    number = normal_phone(phone)
    paper = store(actor, now, content=photo, content_type=content_type, resident_id=grant.resident_id)
    change = NumberChange(
        organization_id=actor.organization_id,
        resident_id=grant.resident_id,
        account_id=grant.account_id,
        phone=number,
        file_id=paper.id,
        asked_at=now,
        asked_by=actor.user_id,
    )
    with refuse_if_broken(BROKEN_PROMISES):
        change.save(force_insert=True)
    audit.record("residents.number.asked", actor=actor, at=now, subject_id=grant.account_id, fields=["phone"])
    return change


@command("residents.grant")
def confirm_number(actor: Actor, now: datetime, *, change_id: UUID) -> NumberChange:
    """
    Say that one has seen the paper too: from now on the account is signed in to by the new number only.

    Its sessions end, and slips that were printed for the old number open nothing any more.

    :raises NotFound: if there is none that waits
    :raises NotAllowed: for persons
    :raises SameWitness: if the actor has entered it herself
    """
    change = _open(actor, change_id)
    if change.asked_by == actor.user_id:
        raise SameWitness
    change_account(actor, now, account_id=change.account_id, phone=change.phone)
    for grant in Grant.objects.filter(
        organization_id=actor.organization_id, account_id=change.account_id, withdrawn_at=None
    ):
        _void_slips(grant, now)
        grant.phone = change.phone
        grant.save(update_fields=["phone"])
    _close(actor, now, change, is_confirmed=True)
    audit.record(
        "residents.number.changed", actor=actor, at=now, subject_id=change.account_id, fields=["phone"]
    )
    return change


@command("residents.grant")
def drop_number(actor: Actor, now: datetime, *, change_id: UUID) -> NumberChange:
    """
    Leave the number as it is.

    :raises NotFound: if there is none that waits
    :raises NotAllowed: for persons
    """
    change = _open(actor, change_id)
    _close(actor, now, change, is_confirmed=False)
    audit.record("residents.number.dropped", actor=actor, at=now, subject_id=change.account_id)
    return change


def _open(actor: Actor, change_id: UUID) -> NumberChange:
    if actor.kind is Kind.PERSON:
        raise NotAllowed
    wait_turn(f"number/{change_id}")
    change = NumberChange.objects.filter(
        organization_id=actor.organization_id, id=change_id, closed_at=None
    ).first()
    if change is None:
        raise NotFound
    return change


def _close(actor: Actor, now: datetime, change: NumberChange, *, is_confirmed: bool) -> None:
    change.closed_at, change.closed_by, change.is_confirmed = now, actor.user_id, is_confirmed
    change.save(update_fields=["closed_at", "closed_by", "is_confirmed"])


def _void_slips(grant: Grant, now: datetime) -> None:
    slips = ActivationSlip.objects.filter(
        organization_id=grant.organization_id, resident=grant.resident_id, used_at=None, expires_at__gt=now
    )
    for slip in slips:
        if slip.phone == grant.phone:
            slip.expires_at = now
            slip.save(update_fields=["expires_at"])
