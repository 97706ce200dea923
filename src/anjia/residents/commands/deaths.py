"""That a resident has died, and that it was a mistake. One enters it with the paper, another has read it too."""

from datetime import date, datetime
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.files import store
from anjia.kernel.work import command
from anjia.residents.events import DeathTakenBack, ResidentDied
from anjia.residents.models import Death, Resident
from anjia.residents.queries import get_resident
from anjia.residents.rules.deaths import (
    DeathKnown,
    DeathOver,
    SecondPersonWanted,
    check_death,
    check_why,
)


@command("residents.change")
def enter_death(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    told_by: str,
    died_on: date | None,
    photo: bytes,
    content_type: str,
) -> Death:
    """
    Write down that she has died: who says so, when it was, and the paper. Nothing follows before a second person has
    read it.

    :raises NotFound: if she is a stranger
    :raises DeathUnsound: naming each line that is empty or wrong
    :raises DeathKnown: if somebody has entered it already
    :raises FileNotKnown: if the paper is no photo
    """
    resident = get_resident(actor, Purpose.LEGAL, resident_id=resident_id)
    check_death(told_by=told_by, died_on=died_on, today=day_of(now), has_paper=bool(photo))
    stored = store(actor, now, content=photo, content_type=content_type, resident_id=resident.id)
    death = Death(
        organization_id=actor.organization_id,
        resident_id=resident.id,
        told_by=told_by.strip(),
        died_on=died_on.isoformat() if died_on else "",
        file_id=stored.id,
        entered_at=now,
        entered_by=actor.user_id,
    )
    with refuse_if_broken({"death_open_once": DeathKnown}):
        death.save(force_insert=True)
    audit.record("residents.death.entered", actor=actor, at=now, subject_id=resident.id, fields=["file_id"])
    return death


@command("residents.change")
def confirm_death(actor: Actor, now: datetime, *, death_id: UUID) -> Death:
    """
    Say that one has read the paper too. From now on nobody is sent to her, and nothing is said to her.

    :raises NotFound: if there is no such entry of the house
    :raises DeathOver: if it is confirmed or taken back already
    :raises SecondPersonWanted: to who entered it
    """
    death = _open(actor, death_id)
    if death.confirmed_at is not None:
        raise DeathOver
    if death.entered_by == actor.user_id:
        raise SecondPersonWanted
    death.confirmed_at, death.confirmed_by = now, actor.user_id
    death.save(update_fields=["confirmed_at", "confirmed_by"])
    Resident.objects.filter(id=death.resident_id).update(died_at=now)
    audit.record(
        "residents.death.confirmed", actor=actor, at=now, subject_id=death.resident_id, fields=["died_at"]
    )
    events.publish(ResidentDied(resident_id=death.resident_id, death_id=death.id, at=now), actor=actor)
    return death


@command("residents.change")
def take_death_back(actor: Actor, now: datetime, *, death_id: UUID, why: str) -> Death:
    """
    Say that it was a mistake. What nobody has confirmed, anybody takes back; what has been, another than who confirmed
    it. What was called off is not booked again by this.

    :raises NotFound: if there is no such entry of the house
    :raises DeathOver: if it is taken back already
    :raises DeathUnsound: if it is not said why
    :raises SecondPersonWanted: to who confirmed it
    """
    death = _open(actor, death_id)
    why = check_why(why)
    if death.confirmed_by == actor.user_id:
        raise SecondPersonWanted
    death.taken_back_at, death.taken_back_by, death.why = now, actor.user_id, why
    death.save(update_fields=["taken_back_at", "taken_back_by", "why"])
    Resident.objects.filter(id=death.resident_id).update(died_at=None)
    audit.record(
        "residents.death.taken_back", actor=actor, at=now, subject_id=death.resident_id, fields=["died_at"]
    )
    if death.confirmed_at is not None:
        events.publish(DeathTakenBack(resident_id=death.resident_id, at=now), actor=actor)
    return death


def _open(actor: Actor, death_id: UUID) -> Death:
    rows = Death.objects.select_for_update().filter(organization_id=actor.organization_id, id=death_id)
    found = rows.first()
    if found is None:
        raise NotFound
    if found.taken_back_at is not None:
        raise DeathOver
    return found
