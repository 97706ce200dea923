"""Accounts: who is known here, how each is reached, and what her page shows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from anjia.identity.models import Account, Membership, Organization, Role, Session
from anjia.identity.proofs import totp_link
from anjia.identity.queries.roles import roles_and_places
from anjia.identity.queries.sessions import sessions_of
from anjia.identity.reach import check_manages
from anjia.identity.rules import AccountKind
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class HeldRole:
    membership_id: UUID
    code: str
    name: str
    name_en: str
    organization: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    account: Account
    roles: list[HeldRole]


def accounts_in_organization(
    actor: Actor,
    purpose: Purpose,
    *,
    after: str | None = None,
    size: int = 50,
    kind: AccountKind | None = None,
) -> Page[AccountLine]:
    """
    Return the accounts that the actor's house has opened or given a role, by name, with their roles here.

    :raises NotAllowed: without `identity.manage`
    """
    check_manages(actor)
    members = Membership.objects.filter(house_id=actor.organization_id, taken_at=None).values("account")
    rows = Account.objects.filter(Q(organization_id=actor.organization_id) | Q(id__in=members))
    if kind:
        rows = rows.filter(kind=kind.value)
    page = page_of(rows, order=("name", "id"), after=after, size=size)
    roles = _roles_held(actor, [account.id for account in page.items])
    return Page([AccountLine(account, roles.get(account.id, [])) for account in page.items], page.next)


def get_account(actor: Actor, purpose: Purpose, *, account_id: UUID) -> AccountLine:
    """
    Return one account known in the actor's house.

    :raises NotFound: if it is not known here
    :raises NotAllowed: if it is somebody else's, without `identity.manage`
    """
    account = Account.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound
    if account_id != actor.user_id:
        check_manages(actor)
    return AccountLine(account, _roles_held(actor, [account_id]).get(account_id, []))


def _roles_held(actor: Actor, account_ids: Iterable[UUID]) -> dict[UUID, list[HeldRole]]:
    rows = (
        Membership.objects.filter(
            house_id=actor.organization_id, account__in=list(account_ids), taken_at=None
        )
        .select_related("role", "organization")
        .order_by("role__code", "id")
    )
    held: dict[UUID, list[HeldRole]] = {}
    for row in rows:
        role = HeldRole(row.id, row.role.code, row.role.name, row.role.name_en, row.organization.name)
        held.setdefault(row.account_id, []).append(role)
    return held


def account_names(actor: Actor, purpose: Purpose, *, account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those of these accounts that are known in the actor's house."""
    rows = Account.objects.filter(id__in=set(account_ids))
    return dict(rows.values_list("id", "name"))


def account_named(actor: Actor, purpose: Purpose, *, name: str) -> UUID | None:
    """
    Return the account of this name or login that is known in the actor's house, or None. For whoever reads the audit.

    :raises NotAllowed: without `audit.read`
    """
    if not actor.may("audit.read"):
        raise NotAllowed
    rows = Account.objects.filter(Q(name=name) | Q(login=name)).order_by("kind", "id")
    return rows.values_list("id", flat=True).last()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """Where an account can be told something, and in which language."""

    phone: str = ""
    wechat_openid: str = ""
    language: str = "zh"


def reachable(actor: Actor, purpose: Purpose, *, account_ids: Collection[UUID]) -> dict[UUID, Reachable]:
    """Return the phone that each of these accounts signs in by, the WeChat bound to it, and its language."""
    rows = Account.objects.filter(id__in=account_ids).only("id", "phone", "wechat_openid", "language")
    found = {
        row.id: Reachable(
            phone=row.phone or "",
            wechat_openid=row.wechat_openid or "",
            language="en" if row.language.startswith("en") else "zh",
        )
        for row in rows
    }
    return {account_id: found.get(account_id, Reachable()) for account_id in account_ids}


@dataclass(frozen=True, slots=True)
class AccountPage:
    """All that the page of one account shows."""

    account: Account
    roles: list[HeldRole]
    sessions: list[Session]
    to_give: list[Role]
    places: list[Organization]


def account_page(actor: Actor, purpose: Purpose, *, account_id: UUID, now: datetime) -> AccountPage:
    """
    Return what the page of one account shows, in one unit of work.

    :raises NotFound: if it is not known in the actor's house
    :raises NotAllowed: without `identity.manage`
    """
    check_manages(actor)
    line = get_account(actor, purpose, account_id=account_id)
    found = roles_and_places(actor, purpose)
    return AccountPage(
        line.account,
        line.roles,
        sessions_of(actor, purpose, account_id=account_id, now=now),
        found.roles,
        found.places,
    )


@dataclass(frozen=True, slots=True)
class OwnPage:
    """All that the page of one's own account shows."""

    account: Account
    sessions: list[Session]


def totp_link_pending(actor: Actor, purpose: Purpose) -> str | None:
    """Return the link of the actor's code generator in the making, or None if there is none."""
    account = Account.objects.get(id=actor.user_id)
    return totp_link(account.totp_pending, login=account.login or "") if account.totp_pending else None


def own_page(actor: Actor, purpose: Purpose, *, now: datetime) -> OwnPage:
    """Return the actor's own account and where it is signed in."""
    line = get_account(actor, purpose, account_id=actor.user_id)
    return OwnPage(line.account, sessions_of(actor, purpose, account_id=actor.user_id, now=now))
