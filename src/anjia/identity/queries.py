"""Questions about accounts, organizations and sessions. Nothing here writes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from anjia.identity.models import Account, Membership, Organization, Role, ScanTicket, Session, SignInCode
from anjia.identity.proofs import device_index, token_hash, totp_link
from anjia.identity.roles import FOR_PERSONS
from anjia.identity.rules import (
    OWN_ACCOUNT,
    PEOPLE_REMEMBERED,
    USE_NOTED_EVERY,
    AccountKind,
    AccountState,
    OrganizationKind,
)
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of


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


def get_organization(actor: Actor, purpose: Purpose, *, organization_id: UUID) -> Organization:
    """
    Return one organization of the actor's subtree.

    :raises NotFound: if it is not of it
    """
    found = Organization.objects.filter(id=organization_id).first()
    if found is None or not _is_below(actor, found):
        raise NotFound
    return found


def institutions(actor: Actor, purpose: Purpose) -> list[Organization]:
    """Return the houses at and below the actor's; for the system in nobody's name, all of them."""
    kinds = [OrganizationKind.INSTITUTION.value, OrganizationKind.HOSPITAL.value]
    rows = Organization.objects.filter(kind__in=kinds, closed_at=None).order_by("name", "id")
    return [row for row in rows if _is_below(actor, row)]


def stations_of(actor: Actor, purpose: Purpose, *, organization_id: UUID | None = None) -> list[Organization]:
    """Return the stations and wards of a house, by default the actor's."""
    rows = Organization.objects.filter(
        house_id=organization_id or actor.organization_id,
        kind__in=[OrganizationKind.STATION.value, OrganizationKind.WARD.value],
        closed_at=None,
    )
    return [row for row in rows.order_by("name", "id") if _is_below(actor, row)]


def places_with(actor: Actor, purpose: Purpose, *, permission: str) -> list[Organization] | None:
    """Return at which parts of her house the actor holds a role that lets her do this; None for the whole of it."""
    rows = Membership.objects.filter(account=actor.user_id, taken_at=None).select_related("role")
    held_at = {row.organization_id for row in rows if permission in row.role.permissions}
    parts = Organization.objects.filter(house_id=actor.organization_id).order_by("name", "id")
    found = [row for row in parts if held_at.intersection(row.lineage)]
    is_everywhere = actor.is_system or any(row.id == actor.organization_id for row in found)
    return None if is_everywhere else found


def organization_tree(actor: Actor, purpose: Purpose) -> list[tuple[int, Organization]]:
    """
    Return the actor's organization and all below it, each after its parent, with how deep it lies.

    :raises NotAllowed: without `identity.manage`
    """
    _check_manages(actor)
    rows = [row for row in Organization.objects.order_by("name", "id") if _is_below(actor, row)]
    ids = {row.id for row in rows}
    children: dict[UUID | None, list[Organization]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in ids else None, []).append(row)

    def walk(parent: UUID | None, depth: int) -> list[tuple[int, Organization]]:
        return [line for row in children.get(parent, []) for line in [(depth, row), *walk(row.id, depth + 1)]]

    return walk(None, 0)


def is_set_up(actor: Actor, purpose: Purpose) -> bool:
    """Say whether there is any organization yet. Only the system in nobody's name can know."""
    return Organization.objects.exists()


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
    _check_manages(actor)
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
        _check_manages(actor)
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


def who_may(actor: Actor, purpose: Purpose, *, permission: str) -> dict[UUID, str]:
    """Return the names of the staff who hold a role with this permission in the actor's house, by account."""
    rows = Membership.objects.filter(
        house_id=actor.organization_id,
        taken_at=None,
        account__state=AccountState.ACTIVE.value,
        account__kind=AccountKind.STAFF.value,
    ).select_related("account", "role")
    return {row.account_id: row.account.name for row in rows if permission in row.role.permissions}


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


def roles(actor: Actor, purpose: Purpose) -> list[Role]:
    """Return the roles that can be given in the actor's house: its own, and default ones that these do not replace."""
    rows = Role.objects.filter(Q(organization=None) | Q(organization=actor.organization_id))
    found = list(rows.order_by("code", "id"))
    replaced = {role.in_place_of for role in found}
    return [role for role in found if role.organization_id or role.code not in replaced]


def news_of_role(actor: Actor, purpose: Purpose, *, role_id: UUID) -> list[str]:
    """
    Return what the release has given the default role since the house last looked, and the house's own has not.

    :raises NotFound: if it is no role of the actor's house
    :raises NotAllowed: without `identity.manage`
    """
    own = get_role(actor, purpose, role_id=role_id)
    default = Role.objects.filter(organization=None, code=own.in_place_of).first()
    return sorted(set(default.permissions) - {*own.release_had, *own.permissions}) if default else []


def get_role(actor: Actor, purpose: Purpose, *, role_id: UUID) -> Role:
    """
    Return one of the roles that can be given in the actor's house.

    :raises NotFound: if it is none of them
    :raises NotAllowed: without `identity.manage`
    """
    _check_manages(actor)
    found = next((role for role in roles(actor, purpose) if role.id == role_id), None)
    if found is None:
        raise NotFound
    return found


def managers_of_house(actor: Actor, purpose: Purpose) -> set[UUID]:
    """Return the accounts that manage the actor's house."""
    held = Membership.objects.filter(
        house_id=actor.organization_id, taken_at=None, account__state=AccountState.ACTIVE.value
    ).select_related("role")
    return {row.account_id for row in held if "identity.manage" in row.role.permissions}


def sessions_of(actor: Actor, purpose: Purpose, *, account_id: UUID, now: datetime) -> list[Session]:
    """
    Return where the account is signed in, the last used first.

    :raises NotAllowed: if it is somebody else's, without `identity.manage`
    """
    if account_id != actor.user_id:
        _check_manages(actor)
    rows = Session.objects.filter(account=account_id, ended_at=None, expires_at__gt=now)
    return list(rows.order_by("-last_used_at", "id"))


def organizations_of_account(actor: Actor, purpose: Purpose, *, account_id: UUID) -> list[Organization]:
    """Return the houses in whose name the account may act: where it holds a role, and all below."""
    rows = Organization.objects.raw(
        """
        SELECT o.* FROM identity_organization o
        WHERE o.closed_at IS NULL AND o.house_id = o.id AND EXISTS (
            SELECT FROM identity_membership m
            WHERE m.account_id = %s AND m.taken_at IS NULL
              AND (m.organization_id = ANY (o.lineage) OR m.house_id = o.id)
        )
        ORDER BY o.name, o.id
        """,
        [account_id],
    )
    return list(rows)


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


def _is_below(actor: Actor, organization: Organization) -> bool:
    """Say whether it is the actor's organization or lies below it. Row-level security has said so before."""
    return actor == system() or actor.organization_id in organization.lineage


def _check_manages(actor: Actor) -> None:
    """:raises NotAllowed: without `identity.manage`"""
    if not actor.may("identity.manage"):
        raise NotAllowed


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
    _check_manages(actor)
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


@dataclass(frozen=True, slots=True)
class RolesAndPlaces:
    roles: list[Role]
    places: list[Organization]


def roles_and_places(actor: Actor, purpose: Purpose) -> RolesAndPlaces:
    """
    Return which roles can be given to staff, and where in the actor's house, itself first.

    :raises NotAllowed: without `identity.manage`
    """
    _check_manages(actor)
    places = Organization.objects.filter(house_id=actor.organization_id, closed_at=None).order_by(
        "name", "id"
    )
    return RolesAndPlaces(
        [role for role in roles(actor, purpose) if role.code not in FOR_PERSONS],
        sorted(places, key=lambda place: place.id != actor.organization_id),
    )
