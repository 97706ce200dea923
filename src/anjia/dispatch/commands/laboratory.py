"""Saying where the house's laboratory is, and until when it takes what is brought."""

from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from anjia.dispatch.matching import cell_of
from anjia.dispatch.models import LaboratoryPlace
from anjia.dispatch.rules.delivering import CLOSES_AT, HANDOVER, MOST_HANDOVER, LaboratoryInvalid
from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.errors import Words
from anjia.kernel.work import command

MINUTE = timedelta(minutes=1)
LONGEST_NAME = 100


@command("dispatch.assign")
def set_laboratory(
    actor: Actor,
    now: datetime,
    *,
    name: str,
    latitude: float | None,
    longitude: float | None,
    closes_at: time | None,
    handover_minutes: int | None,
) -> None:
    """
    Say where specimens are brought from now on. What is promised already stays; what cannot be kept is shown.

    :raises LaboratoryInvalid: naming what is wrong
    """
    name = name.strip()
    wrong: dict[str, Words] = {}
    if not 0 < len(name) <= LONGEST_NAME:
        wrong["name"] = _("请写检验科叫什么、在哪里，最多 100 个字。")
    if latitude is None or not -90 <= latitude <= 90:
        wrong["latitude"] = _("请填纬度，在 -90 到 90 之间。")
    if longitude is None or not -180 <= longitude <= 180:
        wrong["longitude"] = _("请填经度，在 -180 到 180 之间。")
    if closes_at is None:
        wrong["closes_at"] = _("请填收样到几点，比如 10:30。")
    most = MOST_HANDOVER // MINUTE
    if handover_minutes is None or not 0 <= handover_minutes <= most:
        wrong["handover_minutes"] = _("交接几分钟，请填 0 到 {most}。").format(most=most)
    if wrong or latitude is None or longitude is None:
        raise LaboratoryInvalid(fields=wrong)
    _write(
        actor,
        now,
        name=name,
        latitude=latitude,
        longitude=longitude,
        cell=cell_of((latitude, longitude)),
        closes_at=closes_at,
        handover_minutes=handover_minutes,
    )
    fields = ["name", "place", "closes_at", "handover_minutes"]
    audit.record(
        "dispatch.laboratory.set", actor=actor, at=now, subject_id=actor.organization_id, fields=fields
    )


@command("dispatch.assign")
def remove_laboratory(actor: Actor, now: datetime) -> None:
    """Say that the house has no laboratory (any more): nothing has to be brought anywhere. Twice is once."""
    _write(
        actor,
        now,
        name="",
        latitude=None,
        longitude=None,
        cell="",
        closes_at=CLOSES_AT,
        handover_minutes=HANDOVER // MINUTE,
    )
    audit.record(
        "dispatch.laboratory.removed",
        actor=actor,
        at=now,
        subject_id=actor.organization_id,
        fields=["name", "place"],
    )


def _write(actor: Actor, now: datetime, **says: object) -> None:
    LaboratoryPlace.objects.update_or_create(
        organization_id=actor.organization_id, defaults={**says, "set_by": actor.user_id, "set_at": now}
    )
