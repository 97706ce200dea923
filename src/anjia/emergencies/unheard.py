"""What a change of roles or hours would do to those who call: whether anybody is left who would hear them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.emergencies.hearing import house_of
from anjia.emergencies.models import Watch
from anjia.emergencies.rules.house import EVERY_DAY, WEEKDAYS, House, hours_given_up
from anjia.emergencies.rules.kinds import KINDS
from anjia.identity.queries import who_may
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import Words

LOOKED_BACK: Final = timedelta(days=14)  # long enough for who takes turns at weekends
NOBODY_MAY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "emergencies.take": gettext_lazy(
            "这样做了以后，这里没有人能接居民的求助。值守时间（{hours}）里也一样："
            "手机上会写“现在没有人值守，请拨打 {number}”。"
        ),
        "emergencies.supervise": gettext_lazy(
            "这样做了以后，没有人能接护士的求助和“上门没有按时结束”，值守时间（{hours}）里也一样；"
            "居民的求助没有人接时，也没有人会被告诉。"
        ),
    }
)
NOBODY_LISTENS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "emergencies.take": gettext_lazy(
            "这样做了以后，能接居民求助的只剩 {names}，最近 14 天里都没有开着声音值守过。要是还这样，"
            "值守时间（{hours}）里没有人听见，手机上会写“现在没有人值守，请拨打 {number}”。"
        ),
        "emergencies.supervise": gettext_lazy(
            "这样做了以后，能接护士求助的只剩 {names}，最近 14 天里都没有开着声音值守过。要是还这样，"
            "值守时间（{hours}）里没有人听见。"
        ),
    }
)

HOURS_GIVEN_UP: Final = gettext_lazy(
    "这样定了以后，{hours} 不再值守。那时候求助的，手机上会写“现在没有人值守，请拨打 {number}”；"
    "后台不响，只记下来、告诉负责人。"
)


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who may take the cases of each permission, and who of them has been on duty lately."""

    may: Mapping[str, Mapping[UUID, str]]
    listened: Mapping[str, frozenset[UUID]]


def hearers(actor: Actor, *, now: datetime, without: UUID | None = None) -> Hearers:
    """Return who hears calls in the actor's house; `without` is somebody who will not be there."""
    may = {
        permission: {
            account_id: name
            for account_id, name in who_may(actor, Purpose.CONTRACT, permission=permission).items()
            if account_id != without
        }
        for permission in NOBODY_MAY
    }
    kinds = {
        permission: {kind.value for kind, rule in KINDS.items() if rule.taken_with == permission}
        for permission in may
    }
    watches = Watch.objects.filter(
        organization_id=actor.organization_id, heard_at__gte=now - LOOKED_BACK
    ).values_list("account_id", "kinds")
    rows = [(account_id, set(heard)) for account_id, heard in watches]
    listened = {
        permission: frozenset(
            account_id
            for account_id, heard in rows
            if account_id in people and heard.intersection(kinds[permission])
        )
        for permission, people in may.items()
    }
    return Hearers(may=may, listened=listened)


def said_of(actor: Actor, before: Hearers, after: Hearers) -> str:
    """
    Say who calls in vain once it is so, and at which hours; nothing where a call is heard as well as before.

    Where nobody may take a case any more, it is heard by nobody. Where somebody still may, it rests on whether she has
    been on duty lately: a right alone sounds nowhere.
    """
    house = house_of(actor)
    found = []
    for permission, nobody_may in NOBODY_MAY.items():
        names = after.may[permission]
        if before.may[permission] and not names:
            words = nobody_may
        elif before.listened[permission] and names and not after.listened[permission]:
            words = NOBODY_LISTENS[permission]
        else:
            continue
        said = str(words).format(
            hours=hours_in_words(house),
            number=house.first_number,
            names=_("、").join(sorted(names.values())),
        )
        found.append(said)
    return " ".join(found)


def hours_in_words(house: House) -> str:
    """Say on which days the desk is there, and from when to when."""
    return f"{days_in_words(house.weekdays)} {house.hours}"


def days_in_words(days: Collection[int]) -> str:
    every_day = set(days) == set(EVERY_DAY)
    return _("每天") if every_day else _("、").join(str(WEEKDAYS[day]) for day in sorted(days))


def given_up_in_words(before: House, after: House) -> str:
    """Say at which hours nobody will be there any more who was; nothing where there are none."""
    given_up = hours_given_up(before, after)
    hours = _("；").join(f"{days_in_words(days)} {_('、').join(spans)}" for days, spans in given_up.items())
    return str(HOURS_GIVEN_UP).format(hours=hours, number=after.first_number) if given_up else ""
