"""Letting somebody act for a resident: by herself in the app, or on paper at the desk with two pairs of eyes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from anjia.identity.commands import open_account
from anjia.identity.rules import normal_phone
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import DomainError, NotAllowed, NotFound
from anjia.kernel.files import get_stored, store
from anjia.kernel.work import command
from anjia.residents.events import AccessGranted
from anjia.residents.granting import close_ended, withdraw
from anjia.residents.models import Grant, Resident
from anjia.residents.queries import check_decides, get_resident
from anjia.residents.rules import (
    AlreadyGranted,
    GivenBy,
    Relation,
    SameWitness,
    check_allows,
    check_relation,
    check_until,
    kinship_of,
)

BROKEN_PROMISES: Final[dict[str, Callable[[], DomainError]]] = {
    "grant_once": AlreadyGranted,
    "grant_other_witness": SameWitness,
}


@command("residents.grant")
def grant_access(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    phone: str,
    name: str,
    relation: str = Relation.FAMILY.value,
    allows: Sequence[str],
    valid_until: datetime | None = None,
) -> Grant:
    """
    Let somebody act for the resident as family, as she herself (or her guardian) says in the app.

    Whoever it is signs in with the phone given here. `relation` may be in her words: "女儿". A guardian is made
    on paper only.

    :raises NotFound: if the actor has no business with the resident
    :raises NotAllowed: for staff: what is said at the desk is written on paper
    :raises OnlySheDecides: if the actor is family only
    :raises Invalid: if phone, name, relation or what is allowed will not do
    :raises AlreadyGranted: if that person may act for her already
    """
    if actor.kind is Kind.STAFF:
        raise NotAllowed
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    check_decides(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
    return _grant(
        actor,
        now,
        resident=resident,
        holder=(name, normal_phone(phone)),
        relation=Relation.FAMILY.value,
        kinship=kinship_of(relation),
        allows=check_allows(allows),
        valid_until=valid_until,
        given_by=GivenBy.IN_APP,
    )


@command("residents.grant")
def grant_on_paper(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    phone: str,
    name: str,
    relation: str,
    kinship: str = "",
    allows: Sequence[str],
    file_id: UUID,
    valid_until: datetime | None = None,
) -> Grant:
    """
    Enter a signed paper, with its photo. It counts once a second member of staff has seen it: `witness_grant`.

    :raises NotFound: if there is no such resident, or no such photo of hers
    :raises NotAllowed: for persons
    :raises Invalid: if phone, name, relation or what is allowed will not do
    :raises AlreadyGranted: if that person may act for her already
    """
    if actor.kind is Kind.PERSON:
        raise NotAllowed
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    if get_stored(actor, Purpose.LEGAL, file_id=file_id).resident_id != resident_id:
        raise NotFound
    return _grant(
        actor,
        now,
        resident=resident,
        holder=(name, phone),
        relation=check_relation(relation),
        kinship=kinship_of(kinship),
        allows=check_allows(allows),
        valid_until=valid_until,
        given_by=GivenBy.ON_PAPER,
        file_id=file_id,
    )


@command("residents.grant")
def enter_paper(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    photo: bytes,
    content_type: str,
    phone: str,
    name: str,
    relation: str,
    kinship: str = "",
    allows: Sequence[str],
    valid_until: datetime | None = None,
) -> Grant:
    """
    Keep the photo of a signed paper and enter what it says, as `grant_on_paper`.

    :raises FileNotKnown: if it is no photo
    :raises FileTooLarge: above 20 MB
    """
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    stored = store(actor, now, content=photo, content_type=content_type, resident_id=resident_id)
    return grant_on_paper(
        actor,
        now,
        resident_id=resident_id,
        phone=phone,
        name=name,
        relation=relation,
        kinship=kinship,
        allows=allows,
        file_id=stored.id,
        valid_until=valid_until,
    )


@command("residents.grant")
def witness_grant(actor: Actor, now: datetime, *, grant_id: UUID) -> Grant:
    """
    Say that one has seen the paper too. From now on it counts.

    :raises NotFound: if there is none that waits for a witness
    :raises NotAllowed: for persons
    :raises SameWitness: if the actor has entered it herself
    """
    if actor.kind is Kind.PERSON:
        raise NotAllowed
    wait_turn(f"grant/{grant_id}")
    grant = Grant.objects.filter(organization_id=actor.organization_id, id=grant_id).first()
    if grant is None or not grant.waits_for_witness:
        raise NotFound
    if grant.giver_id == actor.user_id:
        raise SameWitness
    grant.witness_id, grant.witnessed_at = actor.user_id, now
    grant.save(update_fields=["witness_id", "witnessed_at"])
    audit.record("residents.grant.witnessed", actor=actor, at=now, subject_id=grant.id)
    _tell(actor, grant, now)
    return grant


@command("residents.grant")
def withdraw_grant(actor: Actor, now: datetime, *, grant_id: UUID) -> Grant:
    """
    Take access back: she or her guardian, the holder herself, or staff. It bites at the next request.

    :raises NotFound: if there is no such grant, or it is none of the actor's business
    :raises OnlySheDecides: if family would take it from others
    :raises NotAllowed: if a person would shut out the resident's own account
    """
    wait_turn(f"grant/{grant_id}")
    grant = Grant.objects.filter(organization_id=actor.organization_id, id=grant_id).first()
    if grant is None or not actor.sees(grant.resident_id):
        raise NotFound
    if actor.kind is Kind.PERSON and grant.account_id != actor.user_id:
        check_decides(actor, Purpose.CONTRACT, resident_id=grant.resident_id, now=now)
    if actor.kind is Kind.PERSON and grant.relation == Relation.SELF:
        raise NotAllowed
    if grant.withdrawn_at is None:
        withdraw(actor, now, grant)
    return grant


def _grant(
    actor: Actor,
    now: datetime,
    *,
    resident: Resident,
    holder: tuple[str, str],
    relation: str,
    kinship: str,
    allows: list[str],
    valid_until: datetime | None,
    given_by: GivenBy,
    file_id: UUID | None = None,
) -> Grant:
    check_until(valid_until, now=now)
    name, phone = holder
    account = open_account(actor, now, kind=Kind.PERSON.value, name=name, phone=phone)
    grant = Grant(
        organization_id=resident.organization_id,
        resident=resident,
        account_id=account.id,
        name=name.strip()[:60],
        phone=normal_phone(phone) if phone else "",
        relation=relation,
        kinship=kinship,
        allows=allows,
        given_by=given_by.value,
        given_at=now,
        giver_id=actor.user_id,
        file_id=file_id,
        valid_until=valid_until,
    )
    close_ended(actor, now, resident_id=resident.id, account_id=account.id)
    with refuse_if_broken(BROKEN_PROMISES):
        grant.save(force_insert=True)
    fields = [relation, *allows]
    audit.record("residents.grant.given", actor=actor, at=now, subject_id=grant.id, fields=fields)
    if not grant.waits_for_witness:
        _tell(actor, grant, now)
    return grant


def _tell(actor: Actor, grant: Grant, now: datetime) -> None:
    told = AccessGranted(
        grant_id=grant.id, resident_id=grant.resident_id, account_id=grant.account_id, at=now
    )
    events.publish(told, actor=actor)
