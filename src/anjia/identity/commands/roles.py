"""Roles of a house's own: which permissions they hold is for the house to say."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.identity.models import Membership, Role
from anjia.identity.queries import managers_of_house
from anjia.identity.roles import FOR_STAFF
from anjia.identity.rules import OF_THE_HOUSE, LastAdministrator, RoleOfTheHouse
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import Invalid, NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.work import command


@command("identity.manage")
def add_role(
    actor: Actor, now: datetime, *, name: str, permissions: Iterable[str], name_en: str = ""
) -> Role:
    """
    Make a role of the house's own, beside the default ones.

    :raises Invalid: if it has no name, or no permission that we know
    """
    held = _known(permissions)
    role_id = new_id()
    role = Role.objects.create(
        id=role_id,
        organization_id=actor.organization_id,
        code=f"own_{role_id.hex[-12:]}",
        permissions=held,
        **_named(name, name_en),
    )
    audit.record("identity.role.added", actor=actor, at=now, subject_id=role.id, fields=held)
    return role


@command("identity.manage")
def change_role(
    actor: Actor, now: datetime, *, role_id: UUID, name: str, permissions: Iterable[str], name_en: str = ""
) -> Role:
    """
    Change a role of the house's own. It bites at the next request of whoever holds it.

    :raises NotFound: if it is not the house's own: default roles stay as they are
    :raises Invalid: if it has no name, or no permission that we know
    :raises RoleOfTheHouse: if it would rule over the house, and somebody holds it at a part of one
    :raises LastAdministrator: if nobody would be left to manage the house
    """
    wait_turn(f"managers/{actor.organization_id}")
    role = Role.objects.filter(id=role_id, organization=actor.organization_id).first()
    if role is None:
        raise NotFound
    held, before = _known(permissions), set(role.permissions)
    if OF_THE_HOUSE.intersection(held) and _is_held_below(role):
        raise RoleOfTheHouse
    for field, value in {**_named(name, name_en), "permissions": held}.items():
        setattr(role, field, value)
    role.save(update_fields=["name", "name_en", "permissions"])
    if "identity.manage" in before and not managers_of_house(actor, Purpose.LEGAL):
        raise LastAdministrator
    audit.record(
        "identity.role.changed",
        actor=actor,
        at=now,
        subject_id=role.id,
        fields=before.symmetric_difference(held),
    )
    return role


def _is_held_below(role: Role) -> bool:
    held = Membership.objects.filter(role=role, taken_at=None)
    return any(one.organization_id != one.house_id for one in held)


def _known(permissions: Iterable[str]) -> list[str]:
    """:raises Invalid: if there is none, or one that we do not know"""
    held = set(permissions)
    if not held or not held <= FOR_STAFF:
        words = _("请从列表里选这个角色能做什么，至少一项。")
        raise Invalid(words, fields={"permissions": words})
    return sorted(held)


def _named(name: str, name_en: str) -> dict[str, str]:
    """:raises Invalid: if it has no name"""
    if not name.strip():
        words = _("请给角色起个名字。")
        raise Invalid(words, fields={"name": words})
    return {"name": name.strip()[:40], "name_en": (name_en.strip() or name.strip())[:40]}
