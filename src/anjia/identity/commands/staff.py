"""Staff: password and code generator."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from anjia.identity import limits, proofs
from anjia.identity.commands.sessions import start_session
from anjia.identity.entering import acting_as, end_all_of, refuse_others, take_totp
from anjia.identity.models import Account, Session
from anjia.identity.proofs import device_index
from anjia.identity.rules import (
    OWN_ACCOUNT,
    WRONG_PASSWORDS_BY_ADDRESS,
    WRONG_PASSWORDS_BY_LOGIN,
    WRONG_PASSWORDS_HERE,
    AccountKind,
    AccountState,
    End,
    Entry,
    FirstSignInAtConsole,
    Refused,
    Way,
    WrongPassword,
    check_password,
)
from anjia.kernel import audit
from anjia.kernel.actors import NOBODY, Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import Invalid, NotAllowed
from anjia.kernel.work import command


@command("identity.sign_in")
def sign_in_staff(
    actor: Actor,
    now: datetime,
    *,
    login: str,
    password: str,
    totp: str,
    end: str,
    device: str = "",
    device_token: str | None = None,
    address: str = "",
) -> Entry | Refused:
    """
    Let in a staff member by password and code generator.

    A wrong login, password or code gets the same words after the same work. An account that still has a
    temporary password or no generator comes in at the console only, and there only to get them.
    A browser that she has used before is not kept out by wrong tries from elsewhere.

    :raises TooSoon: if there were too many wrong ones
    """
    name = login.strip().lower()[:40]
    wait_turn(f"sign-in/{name}")
    claims = _claims(name, address, device_token)
    limits.check(*claims, now=now)
    rows = Account.objects.filter(login=name, kind=AccountKind.STAFF.value, state=AccountState.ACTIVE.value)
    account = rows.first()
    # Both are looked at whatever the other says: neither the words nor the time tell which was wrong.
    knows = proofs.is_password(password, account.password_hash if account else "")
    holds = proofs.totp_step(totp, account.totp_secret if account else None, now=now) is not None
    if (
        account is None
        or not knows
        or (account.has_totp and not (holds and take_totp(account, totp, now=now)))
    ):
        limits.count(*claims, now=now)
        # Also for a login that nobody has: it is a fact, and takes as long.
        whom = acting_as(account, account.organization_id) if account else actor
        subject_id = account.id if account else NOBODY
        audit.record("identity.sign_in.refused", actor=whom, at=now, subject_id=subject_id)
        return Refused(WrongPassword())
    limits.forgive(claims[0])
    if not account.is_ready and End(end) is not End.CONSOLE:
        return Refused(FirstSignInAtConsole())
    return start_session(
        actor,
        now,
        account_id=account.id,
        end=end,
        way=Way.PASSWORD.value,
        device=device,
        device_token=device_token,
        is_limited=not account.is_ready,
    )


def _claims(login: str, address: str, device_token: str | None) -> tuple[limits.Claim, ...]:
    """Return what a wrong try counts against; the first is forgiven once she is in."""
    if device_token and _is_known(login, device_token):
        return (limits.on_device(login, device_token),)
    return (
        (WRONG_PASSWORDS_HERE, f"{login}|{address}"),
        (WRONG_PASSWORDS_BY_LOGIN, login),
        (WRONG_PASSWORDS_BY_ADDRESS, address),
    )


def _is_known(login: str, device_token: str) -> bool:
    """
    Say whether the login has come in by this browser with both proofs, or by another way than the password, and nobody
    else has ended that since: a lost computer knows her no more.
    """
    taken = Session.objects.filter(
        device_index=OuterRef("device_index"),
        account=OuterRef("account"),
        ended_at__gte=OuterRef("created_at"),
    ).exclude(ended_by=OuterRef("account"))
    here = Session.objects.filter(
        device_index=device_index(device_token), account__login=login, is_limited=False
    )
    return here.exclude(Exists(taken)).exists()


@command(OWN_ACCOUNT)
def start_totp(actor: Actor, now: datetime) -> str:
    """
    Make a secret for the actor's code generator and return its link, to be shown as a QR code.

    The generator that she has stays good until the new one has shown a code. Each time it is another secret:
    whoever passed by her computer and took one along can do nothing with it.
    """
    account = _staff_self(actor)
    account.totp_pending = proofs.new_totp_secret()
    account.save(update_fields=["totp_pending"])
    return proofs.totp_link(account.totp_pending, login=account.login or "")


@command(OWN_ACCOUNT)
def confirm_totp(actor: Actor, now: datetime, *, code: str, password: str) -> Refused | None:
    """
    Take the generator into use, now that it shows a code, and the password shows that it is hers.

    Its six digits alone unlock a shared computer: whoever finds one unlocked must not give it another generator.

    :raises Invalid: if the code is not one of it
    """
    account = _staff_self(actor)
    if refused := refuse_others(actor, account, now, password=password, field="password"):
        return refused
    step = proofs.totp_step(code, account.totp_pending, now=now)
    if step is None:
        words = _("动态码不对。看看手机上现在的 6 位数字，它每半分钟换一次；手机时间要准。")
        raise Invalid(words, fields={"code": words})
    account.totp_secret, account.totp_pending, account.totp_step = account.totp_pending, "", step
    account.save(update_fields=["totp_secret", "totp_pending", "totp_step"])
    audit.record("identity.totp.enrolled", actor=actor, at=now, subject_id=account.id)
    _open_up(actor, account)
    return None


@command(OWN_ACCOUNT)
def set_password(actor: Actor, now: datetime, *, old: str, new: str) -> Refused | None:
    """
    Change the actor's password, if she knows the old one; all her other sessions end.

    :raises Invalid: if the new one will not do
    """
    account = _staff_self(actor)
    if refused := refuse_others(actor, account, now, password=old, field="old"):
        return refused
    if old == new:
        words = _("新密码要和旧的不一样。")
        raise Invalid(words, fields={"password": words})
    check_password(new, login=account.login or "", name=account.name)
    account.password_hash, account.password_is_temporary = proofs.hashed(new), False
    account.save(update_fields=["password_hash", "password_is_temporary"])
    end_all_of(actor, now, account_id=account.id, but=actor.session_id)
    audit.record("identity.password.set", actor=actor, at=now, subject_id=account.id)
    _open_up(actor, account)
    return None


def _open_up(actor: Actor, account: Account) -> None:
    """Let the session do all its roles may, once the account has both proofs."""
    if account.is_ready and actor.session_id:
        Session.objects.filter(id=actor.session_id, is_limited=True).update(is_limited=False)


def _staff_self(actor: Actor) -> Account:
    """:raises NotAllowed: if the actor is a person: persons have no password"""
    account = Account.objects.filter(id=actor.user_id, kind=AccountKind.STAFF.value).first()
    if account is None:
        raise NotAllowed
    return account
