"""What the commands of signing in share. Each runs inside one of them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from anjia.identity import proofs
from anjia.identity.models import Account, Session
from anjia.identity.rules import Entry
from anjia.kernel import audit
from anjia.kernel.actors import NOBODY, Actor, Kind


def end_all_of(actor: Actor, now: datetime, *, account_id: UUID, but: UUID | None = None) -> int:
    rows = Session.objects.filter(account=account_id, ended_at=None)
    sessions = [session for session in rows if session.id != but]
    for session in sessions:
        session.end_it(at=now, by=actor.user_id)
        audit.record("identity.session.ended", actor=actor, at=now, subject_id=session.id)
    return len(sessions)


def is_own_secret(account: Account, secret: str, *, now: datetime) -> bool:
    """Say whether it is the account's password, or a code that its generator shows and nobody has used."""
    typed = secret.strip()
    if len("".join(typed.split())) == 6 and typed.replace(" ", "").isdigit():
        return take_totp(account, typed, now=now)
    return proofs.is_password(secret, account.password_hash)


def take_totp(account: Account, code: str, *, now: datetime) -> bool:
    """Take the code if it fits and is later than the last one taken: no code opens twice."""
    step = proofs.totp_step(code, account.totp_secret, now=now)
    if step is None or step <= account.totp_step:
        return False
    account.totp_step = step
    return Account.objects.filter(id=account.id, totp_step__lt=step).update(totp_step=step) == 1


def acting_as(account: Account, organization_id: UUID) -> Actor:
    """Return the account as the one who did it: before she is in, the system acts, and she is written down."""
    return Actor(user_id=account.id, organization_id=organization_id, kind=Kind(account.kind))


def entry_of(session: Session, token: str) -> Entry:
    return Entry(
        token=token,
        session_id=session.id,
        expires_at=session.expires_at,
        account_id=session.account_id,
        name=session.account.name,
        kind=session.account.kind,
        organization_id=session.organization_id,
        is_limited=session.is_limited,
    )


def in_name_of(actor: Actor, organization_id: UUID) -> Actor:
    """Return who is to be written down: the system in nobody's name acts for this house."""
    return replace(actor, organization_id=organization_id) if actor.organization_id == NOBODY else actor
