"""Who is signed in, where, and who is about to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from anjia.identity.models import Account, ScanTicket, Session, SignInCode
from anjia.identity.proofs import device_index, token_hash
from anjia.identity.reach import check_manages
from anjia.identity.rules import OWN_ACCOUNT, PEOPLE_REMEMBERED, USE_NOTED_EVERY, AccountKind, AccountState
from anjia.kernel.actors import Actor, Purpose


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who holds the token, in whose name, and what she may do there."""

    session_id: UUID
    account_id: UUID
    kind: AccountKind
    name: str
    language: str
    organization_id: UUID
    permissions: frozenset[str]
    is_locked: bool
    is_limited: bool
    expires_at: datetime
    use_is_stale: bool  # then `commands.note_use` is due

    @classmethod
    def of(cls, row: Sequence[Any], now: datetime) -> "SignedIn":
        """Return what `SESSION_COLUMNS` say."""
        session_id, account_id, kind, name, language, house, may, locked_at, limited, expires, used = row
        return cls(
            session_id=session_id,
            account_id=account_id,
            kind=AccountKind(kind),
            name=name,
            language=language,
            organization_id=house,
            permissions=frozenset({OWN_ACCOUNT}) | (frozenset() if limited else frozenset(may)),
            is_locked=locked_at is not None,
            is_limited=limited,
            expires_at=expires,
            use_is_stale=now - used >= USE_NOTED_EVERY,
        )


# What `identity_session_of` finds, in the order of `SignedIn.of`.
SESSION_COLUMNS: Final = """
    s.id, s.account_id, s.kind, s.name, s.language, s.organization_id, s.permissions, s.locked_at, s.is_limited,
    s.expires_at, s.last_used_at
"""


def sessions_of(actor: Actor, purpose: Purpose, *, account_id: UUID, now: datetime) -> list[Session]:
    """
    Return where the account is signed in, the last used first.

    :raises NotAllowed: if it is somebody else's, without `identity.manage`
    """
    if account_id != actor.user_id:
        check_manages(actor)
    rows = Session.objects.filter(account=account_id, ended_at=None, expires_at__gt=now)
    return list(rows.order_by("-last_used_at", "id"))


@dataclass(frozen=True, slots=True)
class PersonHere:
    """Somebody who is signed in on a shared computer and can be switched to."""

    session_id: UUID
    name: str
    is_locked: bool


def people_on_device(actor: Actor, purpose: Purpose, *, device: str, now: datetime) -> list[PersonHere]:
    """Return who can take over on this computer without signing in from the beginning, the latest first."""
    rows = (
        Session.objects.filter(
            device_index=device_index(device),
            ended_at=None,
            expires_at__gt=now,
            last_used_at__gt=now - PEOPLE_REMEMBERED,
            is_limited=False,
            account__state=AccountState.ACTIVE.value,
        )
        .select_related("account")
        .order_by("-last_used_at", "id")[:30]
    )
    people: dict[UUID, PersonHere] = {}
    for row in rows:
        people.setdefault(row.account_id, PersonHere(row.id, row.account.name, row.locked_at is not None))
    return list(people.values())


def code_to_send(actor: Actor, purpose: Purpose, *, code_id: UUID, now: datetime) -> tuple[str, str] | None:
    """Return the phone and the code on its way to it, or None if it is sent, over, or for nobody."""
    row = SignInCode.objects.filter(id=code_id, sent_at=None, used_at=None, expires_at__gt=now).first()
    if row is None or not row.phone or not row.code:
        return None
    known = Account.objects.filter(
        phone_index=row.phone_index, kind=AccountKind.PERSON.value, state=AccountState.ACTIVE.value
    ).exists()
    return (row.phone, row.code) if known else None


def is_scan_confirmed(actor: Actor, purpose: Purpose, *, claim: str, now: datetime) -> bool | None:
    """Say whether somebody has confirmed the console's QR code; None when it is too late for that."""
    row = ScanTicket.objects.filter(claim_hash=token_hash(claim), used_at=None, expires_at__gt=now).first()
    return None if row is None else row.confirmed_at is not None
