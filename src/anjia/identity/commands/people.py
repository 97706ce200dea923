"""Accounts and the roles that they hold."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anjia.identity import proofs
from anjia.identity.entering import end_all_of, in_name_of, take_wechat
from anjia.identity.events import AccountOpened
from anjia.identity.hearing import unless_nobody_hears
from anjia.identity.models import Account, Membership, Organization, Role
from anjia.identity.queries import get_organization, managers_of_house
from anjia.identity.rules import (
    OF_THE_HOUSE,
    OWN_ACCOUNT,
    AccountKind,
    AccountState,
    LastAdministrator,
    LoginTaken,
    RoleAlreadyHeld,
    RoleOfTheHouse,
    RoleUnknown,
    check_password,
    normal_login,
    normal_phone,
)
from anjia.kernel import audit, events, live
from anjia.kernel.actors import NOBODY, Actor, Purpose
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.encryption import blind
from anjia.kernel.errors import DomainError, Invalid, NotAllowed, NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.work import command

BROKEN_PROMISES: dict[str, Callable[[], DomainError]] = {
    "account_login_once": lambda: LoginTaken(fields={"login": LoginTaken.words}),
    "membership_held_once": RoleAlreadyHeld,
}


@command("identity.open_account")
def open_account(
    actor: Actor,
    now: datetime,
    *,
    kind: str,
    name: str,
    phone: str | None = None,
    login: str | None = None,
    password: str | None = None,
    password_is_temporary: bool = False,
    totp_secret: str | None = None,
    language: str = "zh-hans",
    organization_id: UUID | None = None,
    account_id: UUID | None = None,
) -> Account:
    """
    Open an account in the actor's house. A person who has one there, by phone and name, keeps that one.

    :raises Invalid: if name, phone, login or password will not do
    :raises LoginTaken: if the login is somebody's already
    :raises NotAllowed: for a staff account, without `identity.manage`
    """
    _check_may_open(actor, AccountKind(kind), login=login, password=password, name=name)
    home = organization_id or actor.organization_id
    if home != actor.organization_id and actor.organization_id != NOBODY:
        raise NotAllowed
    digits = normal_phone(phone) if phone else None
    index = blind("phone", digits) if digits else None
    if kind == AccountKind.PERSON and index and not account_id:
        wait_turn(f"account/{home}/{index.hex()}")
        known = _known_person(home, index, name.strip())
        if known:
            return known

    account = Account(
        id=account_id or new_id(),
        organization_id=home,
        kind=kind,
        name=name.strip()[:60],
        login=normal_login(login) if login else None,
        phone=digits or "",
        phone_index=index,
        password_hash=proofs.hashed(password) if password else "",
        password_is_temporary=password_is_temporary,
        totp_secret=totp_secret or "",
        language=language,
        opened_at=now,
    )
    with refuse_if_broken(BROKEN_PROMISES):
        account.save(force_insert=True)
    by = in_name_of(actor, home)
    audit.record("identity.account.opened", actor=by, at=now, subject_id=account.id)
    events.publish(AccountOpened(account_id=account.id, at=now), actor=by)
    return account


@command("identity.manage")
def hire(
    actor: Actor,
    now: datetime,
    *,
    name: str,
    login: str,
    organization_id: UUID,
    role_code: str,
    phone: str | None = None,
) -> tuple[Account, str]:
    """
    Open a staff account with a role; return it with its temporary password, to be shown once.

    :raises Invalid: if name, login or phone will not do
    :raises LoginTaken: if the login is somebody's already
    :raises NotFound: if the organization is not of the actor's subtree
    :raises RoleUnknown: if there is no such role
    """
    password = proofs.new_password()
    account = open_account(
        actor,
        now,
        kind=AccountKind.STAFF.value,
        name=name,
        login=login,
        phone=phone,
        password=password,
        password_is_temporary=True,
    )
    give_role(actor, now, account_id=account.id, organization_id=organization_id, role_code=role_code)
    return account, password


def _check_may_open(
    actor: Actor, kind: AccountKind, *, login: str | None, password: str | None, name: str
) -> None:
    if kind is AccountKind.STAFF and not actor.may("identity.manage"):
        raise NotAllowed
    _named(name)
    if kind is AccountKind.STAFF and not login:
        words = _("工作人员要有登录名。")
        raise Invalid(words, fields={"login": words})
    if password:
        check_password(password, login=login or "", name=name)


def _named(name: str) -> str:
    """:raises Invalid: if there is no name"""
    if not name.strip():
        words = _("请写上姓名。")
        raise Invalid(words, fields={"name": words})
    return name.strip()[:60]


def _known_person(organization_id: UUID, phone_index: bytes, name: str) -> Account | None:
    """Return the person's account in this house, though the actor may not be one who sees it."""
    found = Account.objects.raw(
        "SELECT * FROM identity_person_known(%s, %s, %s)", [organization_id, phone_index, name]
    )
    return next(iter(found), None)


@command("identity.change_account")
def change_account(
    actor: Actor, now: datetime, *, account_id: UUID, name: str | None = None, phone: str | None = None
) -> Account:
    """
    Correct the name, or the phone that the account signs in by; an empty phone takes it away.

    With another phone its sessions end and its WeChat opens it no more: a number that was wrong, or that has been
    given to somebody else since, may have let that somebody in.

    :raises NotFound: if the actor's house has not opened it
    :raises NotAllowed: if it is a staff account, without `identity.manage`
    :raises Invalid: if name or phone will not do
    """
    account = _own_account(actor, account_id)
    if account.kind == AccountKind.STAFF and not actor.may("identity.manage"):
        raise NotAllowed
    new_name = account.name if name is None else _named(name)
    new_phone = account.phone if phone is None else normal_phone(phone) if phone.strip() else ""
    said = {"name": new_name, "phone": new_phone}
    fields = [field for field, value in said.items() if getattr(account, field) != value]
    if not fields:
        return account
    account.name, account.phone = new_name, new_phone
    account.phone_index = blind("phone", new_phone) if new_phone else None
    account.save(update_fields=["name", "phone", "phone_index"])
    audit.record("identity.account.changed", actor=actor, at=now, subject_id=account.id, fields=fields)
    if "phone" in fields:
        take_wechat(actor, now, account=account)
        end_all_of(actor, now, account_id=account_id)
    return account


@command(OWN_ACCOUNT)
def change_language(actor: Actor, now: datetime, *, language: str) -> None:
    """
    Speak to the actor in this language from now on.

    :raises Invalid: if it is not one of ours
    """
    if language not in {"zh-hans", "en"}:
        words = _("现在只有中文和英文。")
        raise Invalid(words, fields={"language": words})
    Account.objects.filter(id=actor.user_id).update(language=language)
    audit.record(
        "identity.account.changed", actor=actor, at=now, subject_id=actor.user_id, fields=["language"]
    )


@command("identity.manage")
def close_account(actor: Actor, now: datetime, *, account_id: UUID, knowingly: bool = False) -> None:
    """
    Close the account and end its sessions. Nothing of what it did goes away.

    :raises NotFound: if the actor's house has not opened it
    :raises LastAdministrator: if nobody would be left to manage the house
    :raises NobodyHears: if nobody would hear calls for help then, and the actor has not said that she knows
    """
    account = _own_account(actor, account_id)
    _check_somebody_else_manages(actor, account_id)
    with unless_nobody_hears(actor, now, knowingly=knowingly):
        account.state = AccountState.CLOSED.value
        account.save(update_fields=["state"])
    end_all_of(actor, now, account_id=account_id)
    audit.record("identity.account.closed", actor=actor, at=now, subject_id=account_id)


@command("identity.manage")
def reset_sign_in(actor: Actor, now: datetime, *, account_id: UUID) -> str:
    """
    Give a staff account a temporary password, take its code generator and its WeChat away, and end its sessions.

    Nothing that was good before opens it any more. Return the password: it is shown once, and must be changed
    at the next sign-in.

    :raises NotFound: if the actor's house has not opened it
    :raises NotAllowed: if it is a person's: persons have no password
    """
    account = _own_account(actor, account_id)
    if account.kind != AccountKind.STAFF:
        raise NotAllowed
    password = proofs.new_password()
    account.password_hash, account.password_is_temporary = proofs.hashed(password), True
    account.totp_secret = account.totp_pending = ""
    account.save(update_fields=["password_hash", "password_is_temporary", "totp_secret", "totp_pending"])
    take_wechat(actor, now, account=account)
    end_all_of(actor, now, account_id=account_id)
    fields = ["password", "totp"]
    audit.record("identity.account.reset", actor=actor, at=now, subject_id=account_id, fields=fields)
    return password


@command("identity.manage")
def give_role(
    actor: Actor, now: datetime, *, account_id: UUID, organization_id: UUID, role_code: str
) -> Membership:
    """
    Let the account hold a role at an organization of the actor's subtree, and in all below it.

    :raises NotFound: if the account or the organization is not known in the actor's house
    :raises RoleUnknown: if there is no such role
    :raises RoleOfTheHouse: if it rules over the whole house, and this is a part of one
    :raises RoleAlreadyHeld: if it holds it already
    """
    organization = get_organization(actor, Purpose.LEGAL, organization_id=organization_id)
    account = Account.objects.filter(id=account_id, state=AccountState.ACTIVE.value).first()
    if account is None:
        raise NotFound
    wait_turn(f"managers/{organization.house_id}")  # a role may be about to be replaced
    role = _role_of_code(organization, role_code)
    if organization.house_id != organization.id and OF_THE_HOUSE.intersection(role.permissions):
        raise RoleOfTheHouse(fields={"organization_id": RoleOfTheHouse.words})
    with refuse_if_broken(BROKEN_PROMISES):
        membership = Membership.objects.create(
            account=account,
            organization=organization,
            house_id=organization.house_id,
            role=role,
            given_at=now,
            given_by=actor.user_id,
        )
    by = in_name_of(actor, organization.house_id)
    audit.record("identity.role.given", actor=by, at=now, subject_id=account_id, fields=[role.code])
    return membership


@command("identity.manage")
def take_role(actor: Actor, now: datetime, *, membership_id: UUID, knowingly: bool = False) -> None:
    """
    Take a role back. It bites at the account's next request.

    :raises NotFound: if it is not held in the actor's house
    :raises LastAdministrator: if nobody would be left to manage the house
    :raises NobodyHears: if nobody would hear calls for help then, and the actor has not said that she knows
    """
    membership = (
        Membership.objects.filter(id=membership_id, house_id=actor.organization_id, taken_at=None)
        .select_related("role")
        .first()
    )
    if membership is None:
        raise NotFound
    if "identity.manage" in membership.role.permissions:
        _check_somebody_else_manages(actor, membership.account_id)
    with unless_nobody_hears(actor, now, knowingly=knowingly):
        Membership.objects.filter(id=membership_id).update(taken_at=now, taken_by=actor.user_id)
    live.doubt(membership.account_id)
    audit.record(
        "identity.role.taken",
        actor=actor,
        at=now,
        subject_id=membership.account_id,
        fields=[membership.role.code],
    )


@command("identity.manage")
def take_all_roles(actor: Actor, now: datetime, *, account_id: UUID) -> None:
    """
    Take back all that the account holds in the actor's house, and end its sessions: nothing here opens to it any more.

    Twice is as good as once. Of who hears calls for help nothing is said here: it was when she said that she leaves.

    :raises LastAdministrator: if nobody would be left to manage the house
    """
    held = Membership.objects.filter(account=account_id, house_id=actor.organization_id, taken_at=None)
    roles = [membership.role for membership in held.select_related("role").order_by("role__code", "id")]
    if any("identity.manage" in role.permissions for role in roles):
        _check_somebody_else_manages(actor, account_id)
    held.update(taken_at=now, taken_by=actor.user_id)
    end_all_of(actor, now, account_id=account_id)
    if roles:
        codes = [role.code for role in roles]
        audit.record("identity.role.taken", actor=actor, at=now, subject_id=account_id, fields=codes)


def _own_account(actor: Actor, account_id: UUID) -> Account:
    """:raises NotFound: if the actor's house has not opened it"""
    account = Account.objects.filter(id=account_id, organization_id=actor.organization_id).first()
    if account is None:
        raise NotFound
    return account


def _role_of_code(organization: Organization, code: str) -> Role:
    """
    Return the house's own role of this code, or in place of the default one of this code, else that one.

    :raises RoleUnknown: if there is neither
    """
    of_the_house = Q(organization=organization.house_id)
    rows = Role.objects.filter(
        Q(organization=None, code=code) | of_the_house & (Q(code=code) | Q(in_place_of=code))
    )
    found = sorted(rows, key=lambda role: role.organization_id is None)
    if not found:
        raise RoleUnknown(fields={"role_code": RoleUnknown.words})
    return found[0]


def _check_somebody_else_manages(actor: Actor, account_id: UUID) -> None:
    wait_turn(f"managers/{actor.organization_id}")
    if managers_of_house(actor, Purpose.LEGAL) == {account_id}:
        raise LastAdministrator
