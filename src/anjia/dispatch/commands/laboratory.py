"""Saying where the house's laboratory takes what is brought, and when."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.dispatch.matching import cell_of
from anjia.dispatch.models import LaboratoryPlace
from anjia.dispatch.rules.delivering import (
    MOST_CLOSED,
    MOST_HANDOVER,
    MOST_SITES,
    Hours,
    LaboratoryInvalid,
    TooManySites,
)
from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound, Words
from anjia.kernel.ids import new_id
from anjia.kernel.work import command

MINUTE = timedelta(minutes=1)
LONGEST_NAME = 100
WEEK = 7


@command("dispatch.assign")
def set_laboratory(
    actor: Actor,
    now: datetime,
    *,
    laboratory_id: UUID | None = None,
    name: str,
    latitude: float | None,
    longitude: float | None,
    hours: Sequence[tuple[time | None, time | None] | None],
    closed_on: Sequence[date | None] = (),
    handover_minutes: int | None,
) -> UUID:
    """
    Say where specimens are brought from now on: to one more place, or to this one, as it is now. `hours` are those of
    each weekday, Monday first. What is promised already stays; what cannot be kept is shown. Return which place it is.

    :raises LaboratoryInvalid: naming what is wrong
    :raises TooManySites: if there are as many already as a house may have
    :raises NotFound: if there is no such place (any more)
    """
    name, days = name.strip(), sorted({one for one in closed_on if one})
    sound, words = _sound_hours(hours)
    wrong = _wrong_with(name, latitude, longitude, handover_minutes)
    if words:
        wrong["hours"] = words
    if None in closed_on:
        wrong["closed_on"] = _("日期要像 2026-12-31 这样写，一行一个。")
    elif len(days) > MOST_CLOSED:
        wrong["closed_on"] = _("不收样的日子最多写 100 天。过去的可以删掉。")
    if wrong or latitude is None or longitude is None or handover_minutes is None:
        raise LaboratoryInvalid(fields=wrong)
    wait_turn(f"laboratory/{actor.organization_id}")
    row = _row(actor, laboratory_id)
    row.name, row.latitude, row.longitude = name, latitude, longitude
    row.cell = cell_of((latitude, longitude))
    row.closes_at = max(one[1] for one in sound if one)
    row.hours = [[f"{one[0]:%H:%M}", f"{one[1]:%H:%M}"] if one else None for one in sound]
    row.closed_on = days
    row.handover_minutes = handover_minutes
    row.set_by, row.set_at = actor.user_id, now
    row.save()
    fields = ["name", "place", "hours", "closed_on", "handover_minutes"]
    audit.record("dispatch.laboratory.set", actor=actor, at=now, subject_id=row.id, fields=fields)
    return row.id


def _wrong_with(
    name: str, latitude: float | None, longitude: float | None, handover_minutes: int | None
) -> dict[str, Words]:
    wrong: dict[str, Words] = {}
    if not 0 < len(name) <= LONGEST_NAME:
        wrong["name"] = _("请写检验科叫什么、在哪里，最多 100 个字。")
    if latitude is None or not -90 <= latitude <= 90:
        wrong["latitude"] = _("请在地图上点出来，或填纬度，在 -90 到 90 之间。")
    if longitude is None or not -180 <= longitude <= 180:
        wrong["longitude"] = _("请在地图上点出来，或填经度，在 -180 到 180 之间。")
    most = MOST_HANDOVER // MINUTE
    if handover_minutes is None or not 0 <= handover_minutes <= most:
        wrong["handover_minutes"] = _("交接几分钟，请填 0 到 {most}。").format(most=most)
    return wrong


def _sound_hours(
    hours: Sequence[tuple[time | None, time | None] | None],
) -> tuple[list[Hours | None], Words | None]:
    """Return the hours of each weekday, and what is wrong with them."""
    sound = [(one[0], one[1]) if one and one[0] and one[1] else None for one in hours]
    if any(one and not (one[0] and one[1]) for one in hours):
        return [], _("收样要写从几点到几点，像 08:00 到 10:30；不收的一天两格都空着。")
    if len(sound) != WEEK or not any(sound):
        return [], _("请填哪天几点到几点收样，像 08:00 到 10:30。哪天都不收的，把这一处去掉。")
    if any(one and not one[0] < one[1] for one in sound):
        return [], _("结束要晚于开始，像 08:00 到 10:30。")
    return list(sound), None


def _row(actor: Actor, laboratory_id: UUID | None) -> LaboratoryPlace:
    places = LaboratoryPlace.objects.filter(organization_id=actor.organization_id).exclude(cell="")
    if laboratory_id is None:
        if places.count() >= MOST_SITES:
            raise TooManySites
        return LaboratoryPlace(id=new_id(), organization_id=actor.organization_id)
    found = places.select_for_update().filter(id=laboratory_id).first()
    if found is None:
        raise NotFound
    return found


@command("dispatch.assign")
def remove_laboratory(actor: Actor, now: datetime, *, laboratory_id: UUID) -> None:
    """
    Say that nothing is brought there any more. Twice is once.

    :raises NotFound: if the house never had such a place
    """
    places = LaboratoryPlace.objects.filter(organization_id=actor.organization_id)
    found = places.select_for_update().filter(id=laboratory_id).first()
    if found is None:
        raise NotFound
    if not found.cell:
        return
    found.name, found.cell, found.latitude, found.longitude = "", "", None, None
    found.set_by, found.set_at = actor.user_id, now
    found.save(update_fields=["name", "cell", "latitude", "longitude", "set_by", "set_at"])
    audit.record(
        "dispatch.laboratory.removed", actor=actor, at=now, subject_id=found.id, fields=["name", "place"]
    )
