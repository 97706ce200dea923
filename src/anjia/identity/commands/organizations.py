"""The tree of institutions, stations, hospitals and wards."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.identity.commands.people import give_role, open_account
from anjia.identity.entering import in_name_of
from anjia.identity.models import Account, Organization
from anjia.identity.proofs import totp_step
from anjia.identity.queries import get_organization
from anjia.identity.rules import (
    HOUSES,
    MAY_LIE_UNDER,
    AccountKind,
    AlreadySetUp,
    OrganizationKind,
    WrongPlace,
)
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import Invalid
from anjia.kernel.ids import new_id
from anjia.kernel.work import command


@command("identity.found")
def found_institution(
    actor: Actor,
    now: datetime,
    *,
    name: str,
    kind: str = OrganizationKind.INSTITUTION.value,
    licence_number: str = "",
    phone: str = "",
    duty_phone: str = "",
    slug: str = "",
    organization_id: UUID | None = None,
) -> Organization:
    """
    Found a root of the tree. Only the system in nobody's name can: from set-up, and for the demo town.

    :raises Invalid: if it has no name
    """
    house = _plant(
        actor,
        now,
        parent=None,
        kind=OrganizationKind(kind),
        organization_id=organization_id or new_id(),
        says={"name": name, "licence_number": licence_number, "phone": phone, "duty_phone": duty_phone},
        slug=slug,
    )
    audit.record(
        "identity.organization.founded", actor=in_name_of(actor, house.id), at=now, subject_id=house.id
    )
    return house


@command("identity.set_up")
def set_up(
    actor: Actor,
    now: datetime,
    *,
    institution: str,
    licence_number: str,
    phone: str,
    duty_phone: str,
    station: str,
    name: str,
    login: str,
    password: str,
    secret: str,
    code: str,
) -> Account:
    """
    Found the first institution, its first station and its first administrator, whom `code` shows to
    have the generator of `secret`. All of it, or nothing; and never a second time.

    :raises AlreadySetUp: if there is an institution
    :raises Invalid: if something is missing or will not do
    """
    wait_turn("identity/set-up")
    if _is_founded():
        raise AlreadySetUp
    _check_complete(
        institution=institution,
        licence_number=licence_number,
        phone=phone,
        station=station,
        password=password,
    )
    step = totp_step(code, secret, now=now)
    if step is None:
        words = _("动态码不对。看看手机上现在的 6 位数字，它每半分钟换一次；手机时间要准。")
        raise Invalid(words, fields={"code": words})
    house = found_institution(
        actor,
        now,
        name=institution,
        licence_number=licence_number,
        phone=phone,
        duty_phone=duty_phone,
    )
    add_organization(actor, now, parent_id=house.id, kind=OrganizationKind.STATION.value, name=station)
    account = open_account(
        actor,
        now,
        kind=AccountKind.STAFF.value,
        name=name,
        login=login,
        password=password,
        totp_secret=secret,
        organization_id=house.id,
    )
    account.totp_step = step
    account.save(update_fields=["totp_step"])
    give_role(actor, now, account_id=account.id, organization_id=house.id, role_code="administrator")
    return account


def _is_founded() -> bool:
    return Organization.objects.exists()


def _check_complete(**said: str) -> None:
    """:raises Invalid: naming each field that is empty"""
    words = {
        "institution": _("请写上机构的名字。"),
        "licence_number": _("请写上医疗机构执业许可证的登记号。"),
        "phone": _("请写上白天打得通的电话：每条消息都请人打这个号码。"),
        "station": _("请写上第一个站点的名字；没有分站，就写机构的名字。"),
        "password": _("请给管理员定一个密码。"),
    }
    missing = {field: words[field] for field, text in said.items() if not text.strip()}
    if missing:
        raise Invalid(fields=missing)


@command("identity.manage")
def add_organization(
    actor: Actor,
    now: datetime,
    *,
    parent_id: UUID,
    kind: str,
    name: str,
    licence_number: str = "",
    phone: str = "",
    duty_phone: str = "",
    slug: str = "",
    organization_id: UUID | None = None,
) -> Organization:
    """
    Add an organization below one of the actor's.

    :raises NotFound: if the parent is not of the actor's subtree
    :raises WrongPlace: if this kind cannot lie there
    :raises Invalid: if it has no name
    """
    parent = get_organization(actor, Purpose.LEGAL, organization_id=parent_id)
    if kind not in {known.value for known in OrganizationKind}:
        raise WrongPlace
    if OrganizationKind(parent.kind) not in MAY_LIE_UNDER[OrganizationKind(kind)]:
        raise WrongPlace
    added = _plant(
        actor,
        now,
        parent=parent,
        kind=OrganizationKind(kind),
        organization_id=organization_id or new_id(),
        says={"name": name, "licence_number": licence_number, "phone": phone, "duty_phone": duty_phone},
        slug=slug,
    )
    by = in_name_of(actor, added.house_id)
    audit.record("identity.organization.added", actor=by, at=now, subject_id=added.id)
    return added


@command("identity.manage")
def change_organization(
    actor: Actor,
    now: datetime,
    *,
    organization_id: UUID,
    name: str,
    licence_number: str = "",
    phone: str = "",
    duty_phone: str = "",
) -> Organization:
    """
    Change what is written on its door.

    :raises NotFound: if it is not of the actor's subtree
    :raises Invalid: if it has no name
    """
    found = get_organization(actor, Purpose.LEGAL, organization_id=organization_id)
    said = {"name": _named(name), "licence_number": licence_number, "phone": phone, "duty_phone": duty_phone}
    changed = [field for field, value in said.items() if getattr(found, field) != value.strip()]
    for field in changed:
        setattr(found, field, said[field].strip())
    if changed:
        found.save(update_fields=changed)
        audit.record(
            "identity.organization.changed", actor=actor, at=now, subject_id=found.id, fields=changed
        )
    return found


def _plant(
    actor: Actor,
    now: datetime,
    *,
    parent: Organization | None,
    kind: OrganizationKind,
    organization_id: UUID,
    says: Mapping[str, str],
    slug: str,
) -> Organization:
    lineage = [*(parent.lineage if parent else []), organization_id]
    is_house = kind in HOUSES or parent is None
    return Organization.objects.create(
        id=organization_id,
        parent=parent,
        lineage=lineage,
        house_id=organization_id if is_house or parent is None else parent.house_id,
        kind=kind.value,
        slug=slug or organization_id.hex,
        founded_at=now,
        **{field: value.strip() for field, value in {**says, "name": _named(says["name"])}.items()},
    )


def _named(name: str) -> str:
    """:raises Invalid: if there is no name"""
    if not name.strip():
        words = _("请写上机构的名字。")
        raise Invalid(words, fields={"name": words})
    return name.strip()[:100]
