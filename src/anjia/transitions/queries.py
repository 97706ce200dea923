"""Questions about referrals. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from anjia.identity.queries import places_with
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import opened
from anjia.kernel.paging import Page, page_of
from anjia.residents.queries import residents_found
from anjia.transitions.models import Referral, ReferralStep
from anjia.transitions.rules import NOT_TAKEN_ON, OPEN, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPage:
    """A referral with its steps; for the desk also the residents who may be the same person."""

    referral: Referral
    steps: Sequence[ReferralStep]
    is_mine: bool  # the actor's house receives it
    may_be: Sequence[Any] = ()


def sent(actor: Actor, purpose: Purpose, *, after: str | None = None, size: int = 50) -> Page[Referral]:
    """
    Return what the actor's wards have sent, or she herself, the latest first; note that it was read.

    :raises NotAllowed: without `transitions.refer`
    """
    if not actor.may("transitions.refer"):
        raise NotAllowed
    rows = Referral.objects.filter(of_own_wards(actor, purpose))
    return _noted(actor, purpose, page_of(rows, order=("-sent_at", "-id"), after=after, size=size))


def received(
    actor: Actor, purpose: Purpose, *, only_open: bool = True, after: str | None = None, size: int = 50
) -> Page[Referral]:
    """
    Return what was sent to the actor's house, the latest first; note that it was read.

    :raises NotAllowed: without `transitions.receive`
    """
    if not actor.may("transitions.receive"):
        raise NotAllowed
    rows = Referral.objects.filter(organization_id=actor.organization_id)
    if only_open:
        rows = rows.filter(state__in=[state.value for state in OPEN])
    return _noted(actor, purpose, page_of(rows, order=("-sent_at", "-id"), after=after, size=size))


def waiting(actor: Actor, purpose: Purpose) -> int:
    """Return how many the desk has not taken on yet."""
    if not actor.may("transitions.receive"):
        return 0
    states = [state.value for state in NOT_TAKEN_ON]
    return Referral.objects.filter(organization_id=actor.organization_id, state__in=states).count()


def get_referral(actor: Actor, purpose: Purpose, *, referral_id: UUID) -> ReferralPage:
    """
    Return one referral with its steps.

    :raises NotFound: if neither the actor's ward sent it nor her house received it, or her role is not the one for it
    """
    referral = _seen(actor, purpose, referral_id)
    is_mine = referral.organization_id == actor.organization_id
    access.note(actor, purpose, resident_ids=[referral.patient_id], what="transitions.referral")
    steps = list(ReferralStep.objects.filter(referral=referral).order_by("at", "id"))
    may_be = _alike(actor, purpose, referral) if is_mine and referral.state in NOT_TAKEN_ON else []
    return ReferralPage(referral=referral, steps=steps, is_mine=is_mine, may_be=may_be)


def order_photo(actor: Actor, purpose: Purpose, *, referral_id: UUID) -> tuple[str, bytes]:
    """
    Return the photo of the order: its content type and bytes. The file is the ward's; the referral opens it.

    :raises NotFound: if there is none, or the referral is not the actor's to see
    """
    referral = _seen(actor, purpose, referral_id)
    if referral.order_photo_id is None:
        raise NotFound
    access.note(actor, purpose, resident_ids=[referral.patient_id], what="transitions.order_photo")
    return referral.order_photo_type, opened(referral.order_photo_id)


def of_own_wards(actor: Actor, purpose: Purpose) -> Q:
    """Return which referrals are the actor's as the one who sends: those of her wards, and what she sent herself."""
    wards = places_with(actor, purpose, permission="transitions.refer")
    sent_from = Q(from_organization_id=actor.organization_id)
    if wards is None:
        return sent_from
    return sent_from & (Q(from_ward_id__in=[ward.id for ward in wards]) | Q(sent_by=actor.user_id))


def _seen(actor: Actor, purpose: Purpose, referral_id: UUID) -> Referral:
    mine = Q()
    if actor.may("transitions.refer"):
        mine |= of_own_wards(actor, purpose)
    if actor.may("transitions.receive"):
        mine |= Q(organization_id=actor.organization_id)
    referral = Referral.objects.filter(mine, id=referral_id).first() if mine else None
    if referral is None:
        raise NotFound
    return referral


def _noted(actor: Actor, purpose: Purpose, page: Page[Referral]) -> Page[Referral]:
    ids = [referral.patient_id for referral in page.items]
    access.note(actor, purpose, resident_ids=ids, what="transitions.list")
    return page


def _alike(actor: Actor, purpose: Purpose, referral: Referral) -> list[Any]:
    """Return residents who have the same ID number, phone or name: one of them may be she."""
    if not actor.may("residents.read"):
        return []
    found: dict[UUID, Any] = {}
    for text in (referral.id_number, referral.phone, referral.name):
        if text:
            for resident in residents_found(actor, purpose, text=text, limit=5):
                found.setdefault(resident.id, resident)
    access.note(actor, purpose, resident_ids=found, what="residents.list")
    return list(found.values())[:8]


__all__ = ["Page", "ReferralPage", "State", "get_referral", "order_photo", "received", "sent", "waiting"]
