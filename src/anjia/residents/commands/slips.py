"""Printed slips that open an account: made in bulk, used once, with the phone's last four digits."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from anjia.identity.commands import open_account, start_session
from anjia.identity.rules import Entry, Refused, Way
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.encryption import blind
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import command
from anjia.residents.events import AccessGranted
from anjia.residents.granting import close_ended, withdraw
from anjia.residents.models import ActivationSlip, Grant, Phone, Resident
from anjia.residents.queries import get_resident, get_residents
from anjia.residents.rules import (
    ALL,
    SLIP_DIGITS,
    SLIP_LIVES,
    SLIP_TRIES,
    GivenBy,
    NoSuchPhone,
    Relation,
    SlipOver,
    SlipWrong,
    digits_of,
    last_four,
)
from anjia.spreadsheets.cleaning import MOBILE

MOST_AT_ONCE: Final = 500


@command("residents.grant")
def make_activation_slip(actor: Actor, now: datetime, *, resident_id: UUID) -> ActivationSlip:
    """
    Make a slip with which the resident opens her own account.

    :raises NotFound: if she is not of the actor's organization
    :raises NoSuchPhone: if no mobile number of hers is known
    """
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    slips = _make(actor, now, resident_ids=[resident_id])
    if not slips:
        raise NoSuchPhone
    return slips[0]


@command("residents.grant")
def make_activation_slips(
    actor: Actor, now: datetime, *, resident_ids: Sequence[UUID]
) -> list[ActivationSlip]:
    """Make slips for many, at most 500; who has no mobile number gets none and is told at the desk."""
    return _make(actor, now, resident_ids=resident_ids[:MOST_AT_ONCE])


def _make(actor: Actor, now: datetime, *, resident_ids: Sequence[UUID]) -> list[ActivationSlip]:
    if actor.kind is Kind.PERSON:
        raise NotAllowed
    residents = get_residents(actor, Purpose.CONTRACT, resident_ids=resident_ids)
    mobiles = _mobiles(actor, residents)
    slips = [
        _slip(actor, now, resident=residents[one], phone=mobiles[one])
        for one in dict.fromkeys(resident_ids)
        if one in mobiles
    ]
    ActivationSlip.objects.bulk_create(slips)
    if slips:
        about = slips[0].id if len(slips) == 1 else actor.organization_id
        audit.record("residents.slips.made", actor=actor, at=now, subject_id=about, fields=["slip"])
    return slips


def _slip(actor: Actor, now: datetime, *, resident: Resident, phone: str) -> ActivationSlip:
    code = "".join(secrets.choice("0123456789") for _ in range(SLIP_DIGITS))
    return ActivationSlip(
        organization_id=actor.organization_id,
        resident=resident,
        code=code,
        code_index=blind("slip", code),
        name=resident.name,
        phone=phone,
        relation=Relation.SELF.value,
        allows=list(ALL),
        made_at=now,
        made_by=actor.user_id,
        expires_at=now + SLIP_LIVES,
    )


def _mobiles(actor: Actor, residents: dict[UUID, Resident]) -> dict[UUID, str]:
    rows = Phone.objects.filter(organization_id=actor.organization_id, resident__in=list(residents))
    found: dict[UUID, str] = {}
    for phone in rows.order_by("position", "id"):
        if MOBILE.fullmatch(phone.number):
            found.setdefault(phone.resident_id, phone.number)
    return found


@command("residents.redeem")
def redeem_activation(
    actor: Actor, now: datetime, *, code: str, phone_last_four: str, end: str = "phone", device: str = ""
) -> Entry | Refused:
    """
    Let in whoever holds the slip and knows the end of the phone's number. Five tries, then it is over.

    A wrong try is returned and not raised, so that it is remembered. Run by the system in the name of the
    slip's organization: nobody is signed in yet.
    """
    index = blind("slip", digits_of(code))
    wait_turn(f"slip/{index.hex()}")
    slip = (
        ActivationSlip.objects.filter(organization_id=actor.organization_id, code_index=index)
        .select_related("resident")
        .first()
    )
    if slip is None:
        return Refused(SlipWrong())
    if slip.used_at is not None or slip.expires_at <= now or slip.tries >= SLIP_TRIES:
        return Refused(SlipOver())
    if not secrets.compare_digest(digits_of(phone_last_four), last_four(slip.phone)):
        slip.tries += 1
        slip.save(update_fields=["tries"])
        audit.record("residents.slip.refused", actor=actor, at=now, subject_id=slip.id)
        return Refused(SlipOver() if slip.tries >= SLIP_TRIES else SlipWrong())
    account_id = _open(actor, now, slip=slip)
    return start_session(actor, now, account_id=account_id, end=end, way=Way.ACTIVATION.value, device=device)


def _open(actor: Actor, now: datetime, *, slip: ActivationSlip) -> UUID:
    """Open (or find) the account, let it act for the resident, and use the slip up."""
    account = open_account(actor, now, kind=Kind.PERSON.value, name=slip.name, phone=slip.phone)
    slip.used_at, slip.account_id = now, account.id
    slip.save(update_fields=["used_at", "account_id"])
    doer = Actor(user_id=account.id, organization_id=slip.organization_id, kind=Kind.PERSON)
    audit.record("residents.slip.used", actor=doer, at=now, subject_id=slip.id)
    _let_act(actor, now, slip=slip, account_id=account.id)
    return account.id


def _let_act(actor: Actor, now: datetime, *, slip: ActivationSlip, account_id: UUID) -> None:
    """Let the account act for the resident as the slip says, instead of as anything less that it was given before."""
    close_ended(actor, now, resident_id=slip.resident_id, account_id=account_id)
    rows = Grant.objects.filter(
        organization_id=slip.organization_id, resident=slip.resident_id, account_id=account_id
    )
    if rows.live(now).filter(relation=slip.relation).exists():
        return
    for before in rows.filter(withdrawn_at=None):  # a paper that nobody has witnessed, or family's part of it
        withdraw(actor, now, before)
    grant = Grant.objects.create(
        organization_id=slip.organization_id,
        resident_id=slip.resident_id,
        account_id=account_id,
        name=slip.name,
        phone=slip.phone,
        relation=slip.relation,
        allows=slip.allows,
        given_by=GivenBy.ACTIVATION.value,
        given_at=now,
        giver_id=slip.made_by,
    )
    told = AccessGranted(grant_id=grant.id, resident_id=slip.resident_id, account_id=account_id, at=now)
    events.publish(told, actor=actor)
