"""Makers of residents and of those who act for them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.planned import at_the_door
from anjia.kernel.work import acting
from anjia.residents.commands import give_consent, register_resident
from anjia.residents.models import Grant, Resident
from anjia.residents.queries import Acting, people_of_account
from anjia.residents.rules import ALL, GivenBy
from anjia.residents.rules.consent import current_text
from tests.make import NOON, person
from tests.make import actor as make_actor

PAPER = b"\x89PNG\r\n\x1a\n a photo of a signed paper"
PERSON = ("residents.read", "residents.grant", "residents.consent", "identity.open_account")


def resident(*, served_by: Actor, **says: Any) -> Resident:
    """Register a resident of the actor's organization."""
    sound: dict[str, Any] = {"name": "张桂芳", "address": "和平里七区12号楼3单元201"}
    return acting(system(served_by.organization_id), NOON).do(register_resident, **sound | says)


def consent(
    *, of: Resident, purpose: Purpose = Purpose.CARE, agrees: bool = True, on: datetime = NOON
) -> None:
    """Have the resident answer the text of today."""
    unit = acting(system(of.organization_id), on)
    unit.do(
        give_consent,
        resident_id=of.id,
        purpose=purpose.value,
        text_version=current_text(purpose).version,
        agrees=agrees,
    )


def agreement(*, of: Resident, on: datetime = NOON) -> None:
    """Have her agreement to be visited."""
    consent(of=of, purpose=Purpose.CONTRACT, on=on)


def holder(
    *permissions: str, of: Resident, relation: str = "family", account_id: UUID | None = None, **says: Any
) -> Actor:
    """Return a person who may act for the resident, with the grant that says so."""
    actor = person(
        *permissions,
        resident_id=of.id,
        organization_id=of.organization_id,
        user_id=account_id or uuid4(),
    )
    sound: dict[str, Any] = {
        "organization_id": of.organization_id,
        "resident": of,
        "account_id": actor.user_id,
        "name": "李小梅",
        "relation": relation,
        "allows": list(ALL),
        "given_by": GivenBy.IN_APP.value,
        "given_at": NOON,
        "giver_id": uuid4(),
    }
    acting(system(of.organization_id), NOON).ask(lambda _: Grant.objects.create(**sound | says))
    return actor


def colleague_of(actor: Actor) -> Actor:
    return make_actor(*actor.permissions, organization_id=actor.organization_id)


def people(account_id: UUID, *, days: int = 0) -> list[UUID]:
    """Return whom the account may act for, so many days from noon."""
    now = NOON + timedelta(days=days)
    found = acting(system(), now).ask(people_of_account, Purpose.LEGAL, account_id=account_id, now=now)
    [said] = at_the_door("SELECT residents_people_of(%s, %s)", [account_id, now])
    let_in = [Acting.of(*one) for one in json.loads(said)]
    assert let_in == [replace(one, name="") for one in found], "the door lets in whom the household is shown"
    return [one.resident_id for one in found]
