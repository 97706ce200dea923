"""Who hears of a resident's visits, how each is reached, and whom they call back."""

from datetime import datetime
from typing import Final
from uuid import UUID

from anjia.identity.queries import Reachable, get_organization, reachable
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.messaging.rules import Contact
from anjia.residents.queries import accounts_of_resident, get_resident, has_died, phone_to_call

TOLD_OF_VISITS: Final = frozenset({"visits", "book"})
DECIDES: Final = frozenset({"self", "guardian"})


def household_of(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime
) -> list[tuple[UUID, Contact]]:
    """
    Return every account that may see her visits; and herself by telephone, if nobody who decides for her has one. To
    who has died nothing is said.

    :raises NotFound: if she is a stranger
    """
    grants = [
        grant
        for grant in accounts_of_resident(actor, purpose, resident_id=resident_id, now=now)
        if grant.relation in DECIDES or TOLD_OF_VISITS & set(grant.allows)
    ]
    is_dead = has_died(actor, purpose, resident_id=resident_id)
    if is_dead:
        grants = [grant for grant in grants if grant.relation != "self"]
    ways = reachable(actor, purpose, account_ids=[grant.account_id for grant in grants])
    household = [(grant.account_id, _contact(grant.name, ways[grant.account_id])) for grant in grants]
    if not is_dead and not any(grant.relation in DECIDES for grant in grants):
        resident = get_resident(actor, purpose, resident_id=resident_id)
        phone = phone_to_call(actor, purpose, resident_id=resident_id)
        household.append((resident_id, Contact(name=resident.name, phone=phone)))
    return household


def contact_of(
    actor: Actor, purpose: Purpose, *, name: str, account_id: UUID | None, phone: str = ""
) -> Contact:
    """Return how somebody is reached: by the `phone` that we know of her, else as her account says."""
    known = reachable(actor, purpose, account_ids=[account_id]) if account_id else {}
    return _contact(name, next(iter(known.values()), Reachable()), phone)


def _contact(name: str, ways: Reachable, phone: str = "") -> Contact:
    return Contact(
        name=name,
        phone=phone or ways.phone,
        wechat_openid=ways.wechat_openid,
        language=ways.language,
    )


def house_of(actor: Actor, purpose: Purpose) -> tuple[str, str]:
    """Return the institution's name and the number to call; two blanks where the actor acts for none."""
    try:
        house = get_organization(actor, purpose, organization_id=actor.organization_id)
    except NotFound:
        return "", ""
    return house.name, house.phone or house.duty_phone
