"""Coming in, being away from the keyboard, taking turns, going out."""

from datetime import datetime
from uuid import UUID

from anjia.identity import limits, proofs
from anjia.identity.entering import acting_as, count_wrong, end_all_of, entry_of, is_own_secret
from anjia.identity.models import Account, Organization, Session
from anjia.identity.proofs import device_index
from anjia.identity.queries import organizations_of_account
from anjia.identity.rules import (
    IDLE,
    OWN_ACCOUNT,
    AccountKind,
    AccountState,
    End,
    Entry,
    NotAMember,
    Refused,
    SignInAgain,
    Way,
    WrongSecret,
)
from anjia.kernel import audit, live
from anjia.kernel.actors import NOBODY, Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import command


@command("identity.sign_in")
def start_session(
    actor: Actor,
    now: datetime,
    *,
    account_id: UUID,
    end: str,
    way: str,
    device: str = "",
    device_token: str | None = None,
    organization_id: UUID | None = None,
    is_limited: bool = False,
) -> Entry:
    """
    Let the account in, and return its token: the one time that it is seen.

    It acts in the name of the house given, else of its home, else of the first where it holds a role.
    Who was signed in on the same computer before is locked, and can take her turn again.

    :raises NotFound: if there is no such account, or it is closed
    :raises NotAMember: if a staff account holds no role there, or anywhere
    """
    account = Account.objects.filter(id=account_id, state=AccountState.ACTIVE.value).first()
    if account is None:
        raise NotFound
    house_id = _house_to_act_in(actor, account, organization_id)
    if device_token:
        _make_room(account, device_token, now)
    token = proofs.new_token()
    session = Session.objects.create(
        organization_id=house_id,
        account=account,
        token_hash=proofs.token_hash(token),
        end=End(end).value,
        way=Way(way).value,
        device=device[:60],
        device_index=device_index(device_token) if device_token else None,
        is_limited=is_limited,
        created_at=now,
        last_used_at=now,
        expires_at=now + IDLE[AccountKind(account.kind), End(end)],
    )
    audit.record(
        "identity.session.started",
        actor=acting_as(account, house_id),
        at=now,
        subject_id=session.id,
        fields=[session.way],
    )
    return entry_of(session, token)


def _make_room(account: Account, device_token: str, now: datetime) -> None:
    """Lock whoever else is signed in on the computer; her own session there before is over."""
    here = Session.objects.filter(device_index=device_index(device_token), ended_at=None)
    for session in here.select_related("account").order_by("id"):
        actor = acting_as(account, session.organization_id)
        if session.account_id == account.id:
            session.end_it(at=now, by=account.id)
            live.doubt(account.id)
            audit.record("identity.session.ended", actor=actor, at=now, subject_id=session.id)
        else:
            _lock(session, now, actor=actor)


def _lock(session: Session, now: datetime, *, actor: Actor) -> None:
    """Lock the session, if it is open."""
    if session.locked_at is None:
        session.locked_at = now
        session.save(update_fields=["locked_at"])
        live.doubt(session.account_id)
        audit.record("identity.session.locked", actor=actor, at=now, subject_id=session.id)


def _house_to_act_in(actor: Actor, account: Account, asked: UUID | None) -> UUID:
    """:raises NotAMember: if a staff account holds no role there, or anywhere"""
    if account.kind == AccountKind.PERSON:
        return asked or account.organization_id
    houses = [house.id for house in organizations_of_account(actor, Purpose.LEGAL, account_id=account.id)]
    house_id = asked or (account.organization_id if account.organization_id in houses else None)
    if house_id is None and houses:
        house_id = houses[0]
    if house_id is None or house_id not in houses:
        raise NotAMember
    return house_id


@command("identity.sign_in")
def note_use(actor: Actor, now: datetime, *, session_id: UUID) -> None:
    """Note that the session is in use: its time begins anew. Due every few minutes, not at each request."""
    session = Session.objects.filter(id=session_id, ended_at=None, expires_at__gt=now).first()
    if session is None:
        return
    kind = AccountKind(session.account.kind)
    session.last_used_at, session.expires_at = now, now + IDLE[kind, End(session.end)]
    session.save(update_fields=["last_used_at", "expires_at"])


@command(OWN_ACCOUNT)
def end_session(actor: Actor, now: datetime, *, session_id: UUID) -> None:
    """
    End a session: the actor's own, or for who manages the house anybody's in it. Twice is as good as once.

    :raises NotFound: if it is neither the actor's nor of her house
    :raises NotAllowed: if it is somebody else's, without `identity.manage`
    """
    session = Session.objects.filter(id=session_id).first()
    if session is None:
        raise NotFound
    if session.account_id != actor.user_id and not actor.may("identity.manage"):
        raise NotAllowed
    if session.ended_at is None:
        session.end_it(at=now, by=actor.user_id)
        live.doubt(session.account_id)
        audit.record("identity.session.ended", actor=actor, at=now, subject_id=session.id)


@command("identity.manage")
def end_sessions_of(actor: Actor, now: datetime, *, account_id: UUID) -> int:
    """End all the account's sessions in the actor's house; return how many."""
    return end_all_of(actor, now, account_id=account_id)


@command(OWN_ACCOUNT)
def lock_session(actor: Actor, now: datetime) -> None:
    """
    Lock the actor's session: she leaves a shared computer and comes back by password or code.

    :raises NotFound: if it is over
    """
    session = Session.objects.filter(
        id=actor.session_id or NOBODY, account=actor.user_id, ended_at=None
    ).first()
    if session is None:
        raise NotFound
    _lock(session, now, actor=actor)


@command("identity.sign_in")
def unlock_session(
    actor: Actor,
    now: datetime,
    *,
    session_id: UUID,
    device_token: str,
    secret: str,
    lock_session_id: UUID | None = None,
) -> Entry | Refused:
    """
    Take one's turn on a shared computer, by password or by the six digits of the code generator.

    The token is a new one: what lay in the browser before opens nothing. Whoever had the turn is locked.
    After five wrong tries the session is over.
    """
    wait_turn(f"session/{session_id}")
    session = (
        Session.objects.filter(
            id=session_id,
            device_index=device_index(device_token),
            ended_at=None,
            expires_at__gt=now,
            is_limited=False,
        )
        .select_related("account")
        .first()
    )
    if session is None or session.account.state != AccountState.ACTIVE:
        return Refused(SignInAgain())
    account = session.account
    claim = limits.on_device(account.login or "", device_token)
    limits.check(claim, now=now)
    if not is_own_secret(account, secret, now=now):
        limits.count(claim, now=now)
        return _wrong_unlock(session, now)
    if session.wrong_unlocks:
        limits.forgive(claim)
    _leave(lock_session_id, session, now)
    token = proofs.new_token()
    session.token_hash, session.locked_at, session.wrong_unlocks = proofs.token_hash(token), None, 0
    session.last_used_at, session.expires_at = now, now + IDLE[AccountKind(account.kind), End(session.end)]
    session.save(update_fields=["token_hash", "locked_at", "wrong_unlocks", "last_used_at", "expires_at"])
    audit.record(
        "identity.session.unlocked",
        actor=acting_as(account, session.organization_id),
        at=now,
        subject_id=session.id,
    )
    return entry_of(session, token)


def _leave(session_id: UUID | None, taken_over_by: Session, now: datetime) -> None:
    """Lock the session that was open on the same computer."""
    if session_id is None or session_id == taken_over_by.id:
        return
    before = Session.objects.filter(
        id=session_id, device_index=taken_over_by.device_index, ended_at=None
    ).first()
    if before:
        _lock(before, now, actor=acting_as(taken_over_by.account, before.organization_id))


def _wrong_unlock(session: Session, now: datetime) -> Refused:
    actor = acting_as(session.account, session.organization_id)
    audit.record("identity.session.unlock_refused", actor=actor, at=now, subject_id=session.id)
    return Refused(SignInAgain() if count_wrong(session, now, actor=actor) else WrongSecret())


@command("identity.sign_in")
def switch_organization(
    actor: Actor, now: datetime, *, session_id: UUID, organization_id: UUID
) -> Organization:
    """
    Act in the name of another house from now on: one where the account holds a role, or below one.

    :raises NotFound: if the session is over
    :raises NotAMember: if it holds no role there
    """
    session = Session.objects.filter(id=session_id, ended_at=None).select_related("account").first()
    if session is None:
        raise NotFound
    houses = organizations_of_account(actor, Purpose.LEGAL, account_id=session.account_id)
    house = next((house for house in houses if house.id == organization_id), None)
    if house is None:
        raise NotAMember
    session.organization_id = house.id
    session.save(update_fields=["organization"])
    live.doubt(session.account_id)
    account = acting_as(session.account, house.id)
    audit.record("identity.session.switched", actor=account, at=now, subject_id=session.id)
    return house
