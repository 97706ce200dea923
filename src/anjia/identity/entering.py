"""What the commands of signing in share. Each runs inside one of them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from anjia.identity import proofs
from anjia.identity.events import WechatUnbound
from anjia.identity.models import Account, Session
from anjia.identity.rules import UNLOCK_TRIES, Entry, Refused, SignInAgain, WrongOldPassword
from anjia.kernel import audit, events, live
from anjia.kernel.actors import NOBODY, Actor, Kind


def end_all_of(actor: Actor, now: datetime, *, account_id: UUID, but: UUID | None = None) -> int:
    """
    End the account's sessions; return how many. The account itself and the house that opened it end those in every
    house, which they may not see; another house ends those in its own name.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM identity_end_sessions(%s, %s, %s, %s, %s)",
            [account_id, but or NOBODY, now, actor.user_id, actor.organization_id],
        )
        ended = [session_id for (session_id,) in cursor.fetchall()]
    live.doubt(account_id)
    for session_id in ended:
        audit.record("identity.session.ended", actor=actor, at=now, subject_id=session_id)
    return len(ended)


def count_wrong(session: Session, now: datetime, *, actor: Actor) -> bool:
    """Count one more wrong secret typed into this session; the fifth ends it. Return whether it is over."""
    session.wrong_unlocks += 1
    session.save(update_fields=["wrong_unlocks"])
    if session.wrong_unlocks < UNLOCK_TRIES:
        return False
    session.end_it(at=now, by=session.account_id)
    live.doubt(session.account_id)
    audit.record("identity.session.ended", actor=actor, at=now, subject_id=session.id)
    return True


def refuse_others(
    actor: Actor, account: Account, now: datetime, *, password: str, field: str
) -> Refused | None:
    """
    Refuse who does not know the account's password: somebody else sits at her computer. Five wrong ones end the
    session, as they do at its lock.
    """
    session = Session.objects.filter(id=actor.session_id or NOBODY, account=account, ended_at=None).first()
    if proofs.is_password(password, account.password_hash):
        if session and session.wrong_unlocks:
            session.wrong_unlocks = 0
            session.save(update_fields=["wrong_unlocks"])
        return None
    audit.record("identity.password.refused", actor=actor, at=now, subject_id=account.id)
    if session and count_wrong(session, now, actor=actor):
        return Refused(SignInAgain())
    return Refused(WrongOldPassword(fields={field: WrongOldPassword.words}))


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


def take_wechat(actor: Actor, now: datetime, *, account: Account) -> None:
    """Let the account's WeChat open nothing any more. Twice is as good as once."""
    if account.wechat_index is None:
        return
    account.wechat_openid, account.wechat_index = "", None
    account.save(update_fields=["wechat_openid", "wechat_index"])
    audit.record("identity.wechat.unbound", actor=actor, at=now, subject_id=account.id)
    events.publish(WechatUnbound(account_id=account.id, at=now), actor=actor)
