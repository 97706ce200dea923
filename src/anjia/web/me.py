"""Who am I, for whom may I act, and whom do I call: put together from what three contexts know."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from ninja import Schema

from anjia.identity.queries import get_account, get_organization
from anjia.kernel.actors import NOBODY, Actor, Kind, Purpose, system
from anjia.kernel.work import acting
from anjia.residents.queries import Acting, address_line_of, people_of_account
from anjia.workforce.queries import get_staff_member


class OwnAccountOut(Schema):
    id: UUID
    name: str
    kind: str
    language: str
    has_wechat: bool


class PersonOut(Schema):
    """Somebody the account may act for: herself, or one who has let her. `allows` says what."""

    resident_id: UUID
    name: str
    relation: str
    allows: list[str]
    address_line: str


class StaffOut(Schema):
    id: UUID
    name: str
    kind: str
    title: str


class InstitutionOut(Schema):
    name: str
    phone: str
    duty_phone: str


class Me(Schema):
    account: OwnAccountOut
    people: list[PersonOut]
    staff: StaffOut | None
    is_demo: bool
    institution: InstitutionOut | None


def who_am_i(actor: Actor, now: datetime) -> Me:
    """Return it all, in one unit of work for each institution that the account has to do with."""
    people: list[PersonOut] = []
    if actor.kind is Kind.PERSON:
        found = acting(system(), now).ask(people_of_account, Purpose.LEGAL, account_id=actor.user_id, now=now)
        people = [acting(system(one.organization_id), now).ask(person_out, one=one) for one in found]
    # Her own account she sees with her own eyes: it may be of another institution than she acts in.
    account = acting(actor, now).ask(own_account, Purpose.ACCESS)
    return acting(system(actor.organization_id), now).ask(me_out, of=actor, account=account, people=people)


def own_account(actor: Actor, purpose: Purpose) -> OwnAccountOut:
    found = get_account(actor, purpose, account_id=actor.user_id).account
    return OwnAccountOut(
        id=found.id,
        name=found.name,
        kind=found.kind,
        language=found.language,
        has_wechat=found.wechat_index is not None,
    )


def person_out(actor: Actor, *, one: Acting) -> PersonOut:
    line = address_line_of(actor, Purpose.ACCESS, resident_id=one.resident_id)
    return PersonOut(
        resident_id=one.resident_id,
        name=one.name,
        relation=one.relation,
        allows=sorted(one.allows),
        address_line=line,
    )


def me_out(actor: Actor, *, of: Actor, account: OwnAccountOut, people: list[PersonOut]) -> Me:
    house = None
    if of.organization_id != NOBODY:
        house = get_organization(actor, Purpose.CONTRACT, organization_id=of.organization_id)
    staff = None
    if of.staff_id:
        member = get_staff_member(actor, Purpose.CONTRACT, staff_id=of.staff_id)
        staff = StaffOut(id=member.id, name=member.name, kind=member.kind, title=member.title)
    return Me(
        account=account,
        people=people,
        staff=staff,
        is_demo=settings.IS_DEMO,
        institution=InstitutionOut(name=house.name, phone=house.phone, duty_phone=house.duty_phone)
        if house
        else None,
    )
