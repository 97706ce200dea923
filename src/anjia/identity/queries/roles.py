"""Roles, what they allow, and who holds them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from anjia.identity.models import Membership, Organization, Role
from anjia.identity.reach import check_manages
from anjia.identity.roles import FOR_PERSONS
from anjia.identity.rules import AccountKind, AccountState
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound


def who_may(actor: Actor, purpose: Purpose, *, permission: str) -> dict[UUID, str]:
    """Return the names of the staff who hold a role with this permission in the actor's house, by account."""
    rows = Membership.objects.filter(
        house_id=actor.organization_id,
        taken_at=None,
        account__state=AccountState.ACTIVE.value,
        account__kind=AccountKind.STAFF.value,
    ).select_related("account", "role")
    return {row.account_id: row.account.name for row in rows if permission in row.role.permissions}


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
    check_manages(actor)
    found = next((role for role in roles(actor, purpose) if role.id == role_id), None)
    if found is None:
        raise NotFound
    return found


def own_in_place_of(actor: Actor, purpose: Purpose, *, role_id: UUID) -> Role | None:
    """Return the house's own role in place of this default one, if there is one: who comes back meets it."""
    default = Role.objects.filter(organization=None, id=role_id).first()
    found = roles(actor, purpose) if default else []
    return next((role for role in found if default and role.in_place_of == default.code), None)


def managers_of_house(actor: Actor, purpose: Purpose) -> set[UUID]:
    """Return the accounts that manage the actor's house."""
    held = Membership.objects.filter(
        house_id=actor.organization_id, taken_at=None, account__state=AccountState.ACTIVE.value
    ).select_related("role")
    return {row.account_id for row in held if "identity.manage" in row.role.permissions}


@dataclass(frozen=True, slots=True)
class RolesAndPlaces:
    roles: list[Role]
    places: list[Organization]


def roles_and_places(actor: Actor, purpose: Purpose) -> RolesAndPlaces:
    """
    Return which roles can be given to staff, and where in the actor's house, itself first.

    :raises NotAllowed: without `identity.manage`
    """
    check_manages(actor)
    places = Organization.objects.filter(house_id=actor.organization_id, closed_at=None).order_by(
        "name", "id"
    )
    return RolesAndPlaces(
        [role for role in roles(actor, purpose) if role.code not in FOR_PERSONS],
        sorted(places, key=lambda place: place.id != actor.organization_id),
    )
