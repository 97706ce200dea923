"""Houses, their stations and wards, and what lies below them."""

from uuid import UUID

from anjia.identity.models import Membership, Organization
from anjia.identity.reach import check_manages, is_below
from anjia.identity.rules import OrganizationKind
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound


def get_organization(actor: Actor, purpose: Purpose, *, organization_id: UUID) -> Organization:
    """
    Return one organization of the actor's subtree.

    :raises NotFound: if it is not of it
    """
    found = Organization.objects.filter(id=organization_id).first()
    if found is None or not is_below(actor, found):
        raise NotFound
    return found


def institutions(actor: Actor, purpose: Purpose) -> list[Organization]:
    """Return the houses at and below the actor's; for the system in nobody's name, all of them."""
    kinds = [OrganizationKind.INSTITUTION.value, OrganizationKind.HOSPITAL.value]
    rows = Organization.objects.filter(kind__in=kinds, closed_at=None).order_by("name", "id")
    return [row for row in rows if is_below(actor, row)]


def stations_of(actor: Actor, purpose: Purpose, *, organization_id: UUID | None = None) -> list[Organization]:
    """Return the stations and wards of a house, by default the actor's."""
    rows = Organization.objects.filter(
        house_id=organization_id or actor.organization_id,
        kind__in=[OrganizationKind.STATION.value, OrganizationKind.WARD.value],
        closed_at=None,
    )
    return [row for row in rows.order_by("name", "id") if is_below(actor, row)]


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
    check_manages(actor)
    rows = [row for row in Organization.objects.order_by("name", "id") if is_below(actor, row)]
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
