"""What was written down of a resident's death, and whether it holds."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anjia.identity.queries import account_names
from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.residents.models import Death, Resident
from anjia.residents.rules.deaths import ResidentHasDied


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathShown:
    """An entry, with who has done what; `is_mine_to_confirm` and `to_take_back` say whether the reader may."""

    id: UUID
    told_by: str
    died_on: date
    entered_at: datetime
    entered_by: str
    confirmed_at: datetime | None
    confirmed_by: str
    is_mine_to_confirm: bool
    is_mine_to_take_back: bool


def death_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> DeathShown | None:
    """
    Return what holds, or waits for a second person; nothing if she lives as far as anybody has said.

    :raises NotAllowed: to persons
    """
    if actor.kind is Kind.PERSON:
        raise NotAllowed
    rows = Death.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, taken_back_at=None
    )
    one = rows.first()
    if one is None:
        return None
    ids = {each for each in (one.entered_by, one.confirmed_by) if each}
    names = account_names(actor, purpose, account_ids=ids)
    may = actor.may("residents.change")
    return DeathShown(
        id=one.id,
        told_by=one.told_by,
        died_on=date.fromisoformat(one.died_on),
        entered_at=one.entered_at,
        entered_by=names.get(one.entered_by, ""),
        confirmed_at=one.confirmed_at,
        confirmed_by=names.get(one.confirmed_by, "") if one.confirmed_by else "",
        is_mine_to_confirm=may and one.confirmed_at is None and one.entered_by != actor.user_id,
        is_mine_to_take_back=may and one.confirmed_by != actor.user_id,
    )


def death_paper(actor: Actor, purpose: Purpose, *, resident_id: UUID, death_id: UUID) -> tuple[str, bytes]:
    """
    Return content type and bytes of the paper; that it was looked at is noted.

    :raises NotAllowed: without `residents.change`
    :raises NotFound: if there is no such entry of hers
    """
    if not actor.may("residents.change"):
        raise NotAllowed
    rows = Death.objects.filter(organization_id=actor.organization_id, resident=resident_id, id=death_id)
    one = rows.first()
    if one is None:
        raise NotFound
    access.note(actor, purpose, resident_ids=[resident_id], what="residents.paper")
    return content_of(actor, purpose, file_id=one.file_id)


def has_died(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> bool:
    """Say whether two people have read that she has died."""
    rows = Resident.objects.filter(organization_id=actor.organization_id, id=resident_id)
    return rows.filter(died_at__isnull=False).exists()


def check_lives(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> None:
    """:raises ResidentHasDied: if two people have read that she has died"""
    if has_died(actor, purpose, resident_id=resident_id):
        raise ResidentHasDied
