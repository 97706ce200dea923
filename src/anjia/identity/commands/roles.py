"""Roles of a house's own: which permissions they hold is for the house to say."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.identity.hearing import unless_nobody_hears
from anjia.identity.models import Membership, Role
from anjia.identity.queries import get_role, managers_of_house
from anjia.identity.roles import FOR_PERSONS, FOR_STAFF
from anjia.identity.rules import OF_THE_HOUSE, LastAdministrator, RoleOfTheHouse
from anjia.kernel import audit, live
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
    actor: Actor,
    now: datetime,
    *,
    role_id: UUID,
    name: str,
    permissions: Iterable[str],
    name_en: str = "",
    knowingly: bool = False,
) -> Role:
    """
    Change what a role may do in the house. It bites at the next request of whoever holds it.

    A default role stays as the release has it, for all other houses: this one gets a role of its own in its place.
    Everybody here who holds the default one holds that from now on, and no upgrade changes it.

    :raises NotFound: if it is another house's, or one for persons, or has been replaced here already
    :raises Invalid: if it has no name, or no permission that we know
    :raises RoleOfTheHouse: if it would rule over the house, and somebody holds it at a part of one
    :raises LastAdministrator: if nobody would be left to manage the house
    :raises NobodyHears: if nobody would hear calls for help then, and the actor has not said that she knows
    """
    wait_turn(f"managers/{actor.organization_id}")
    role = get_role(actor, Purpose.LEGAL, role_id=role_id)
    if role.code in FOR_PERSONS:
        raise NotFound
    held, before = _known(permissions), set(role.permissions)
    if OF_THE_HOUSE.intersection(held) and _is_held_below(actor, role):
        raise RoleOfTheHouse
    said = {**_named(name, name_en), "permissions": held, "release_had": _release_has(role)}
    with unless_nobody_hears(actor, now, knowingly=knowingly):
        if role.organization_id is None:
            role = _own_in_place_of(actor, now, role, **said)
        else:
            for field, value in said.items():
                setattr(role, field, value)
            role.save(update_fields=list(said))
        if "identity.manage" in before and not managers_of_house(actor, Purpose.LEGAL):
            raise LastAdministrator
    for holding in Membership.objects.filter(role=role, house_id=actor.organization_id, taken_at=None):
        live.doubt(holding.account_id)
    audit.record(
        "identity.role.changed",
        actor=actor,
        at=now,
        subject_id=role.id,
        fields=before.symmetric_difference(held),
    )
    return role


def _own_in_place_of(actor: Actor, now: datetime, default: Role, **said: Any) -> Role:
    """Make the house's own role in place of a default one, and hand it to those here who hold that one."""
    role_id = new_id()
    own = Role.objects.create(
        id=role_id,
        organization_id=actor.organization_id,
        code=f"own_{role_id.hex[-12:]}",
        in_place_of=default.code,
        **said,
    )
    held = Membership.objects.filter(role=default, house_id=actor.organization_id, taken_at=None)
    holders = list(held.order_by("id"))
    held.update(taken_at=now, taken_by=actor.user_id)
    Membership.objects.bulk_create(
        Membership(
            account_id=one.account_id,
            organization_id=one.organization_id,
            house_id=one.house_id,
            role=own,
            given_at=now,
            given_by=actor.user_id,
        )
        for one in holders
    )
    return own


def _release_has(role: Role) -> list[str]:
    """Return what the release gives the default role that this one is, or is in place of."""
    default = Role.objects.filter(organization=None, code=role.in_place_of or role.code).first()
    return default.permissions if default else []


def _is_held_below(actor: Actor, role: Role) -> bool:
    held = Membership.objects.filter(role=role, house_id=actor.organization_id, taken_at=None)
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
