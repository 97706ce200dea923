"""What a house sets, and what a resident wishes."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from anjia.emergencies.hearing import house_of
from anjia.emergencies.models import HouseRules, Wish
from anjia.emergencies.rules.house import checked
from anjia.emergencies.unheard import given_up_in_words
from anjia.identity.rules import NobodyHears
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import command
from anjia.residents.queries import check_decides


@command("emergencies.set")
def set_house(
    actor: Actor, now: datetime, *, said: Mapping[str, Any], weekdays: Iterable[int], knowingly: bool = False
) -> HouseRules:
    """
    Set the number that is shown first, the desk's hours, and the minutes.

    :raises HouseUnsound: naming every field that is wrong
    :raises NobodyHears: if nobody will be there at hours at which somebody was, unless she says that she knows
    """
    house = checked(said, weekdays)
    words = given_up_in_words(house_of(actor), house)
    if words and not knowingly:
        raise NobodyHears(words)
    if words:
        audit.record("emergencies.house.unheard", actor=actor, at=now, subject_id=actor.organization_id)
    what = asdict(house) | {"weekdays": list(house.weekdays), "set_at": now, "set_by": actor.user_id}
    row, _ = HouseRules.objects.update_or_create(organization_id=actor.organization_id, defaults=what)
    audit.record(
        "emergencies.house.set", actor=actor, at=now, subject_id=actor.organization_id, fields=sorted(what)
    )
    return row


@command("emergencies.call")
def set_wish(actor: Actor, now: datetime, *, tells_family: bool) -> Wish:
    """
    Say whether her family is to hear when help is called for. It is hers, or her guardian's, to say.

    :raises NotAllowed: to whoever acts for nobody
    :raises OnlySheDecides: to family
    """
    if actor.resident_id is None:
        raise NotAllowed
    check_decides(actor, Purpose.LEGAL, resident_id=actor.resident_id, now=now)
    wish, _ = Wish.objects.update_or_create(
        resident_id=actor.resident_id,
        defaults={
            "organization_id": actor.organization_id,
            "tells_family": tells_family,
            "set_at": now,
            "set_by": actor.user_id,
        },
    )
    audit.record(
        "emergencies.wish.set", actor=actor, at=now, subject_id=actor.resident_id, fields=["tells_family"]
    )
    return wish
