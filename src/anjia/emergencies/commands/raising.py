"""Somebody presses: a resident, or a member of staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.emergencies.models import Case
from anjia.emergencies.places import home_of, is_hers, place_of_visit, visit_now
from anjia.emergencies.rules.kinds import Kind
from anjia.emergencies.writing import open_case
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import command


@command("emergencies.call")
def call_for_help(
    actor: Actor,
    now: datetime,
    *,
    client_id: UUID,
    pressed_at: datetime,
    position: Mapping[str, Any] | None = None,
) -> Case:
    """
    Call for help for the resident whom the actor is, or acts for. Pressed again while it is open, it is the same case.

    Nothing about it is refused: neither how often, nor how late it comes, nor what clock the phone has.

    :raises NotAllowed: to whoever acts for nobody
    """
    if actor.resident_id is None:
        raise NotAllowed
    return open_case(
        actor,
        now,
        kind=Kind.HELP,
        about_id=actor.resident_id,
        client_id=client_id,
        pressed_at=pressed_at,
        resident_id=actor.resident_id,
        place=home_of(actor, resident_id=actor.resident_id),
        position=position,
    )


@command("emergencies.sos")
def call_sos(
    actor: Actor,
    now: datetime,
    *,
    client_id: UUID,
    pressed_at: datetime,
    visit_id: UUID | None = None,
    position: Mapping[str, Any] | None = None,
) -> Case:
    """
    Call whoever manages, quietly. A visit that is not hers is passed over, and so is none: what she is at counts then.

    :raises NotAllowed: to whoever is no member of staff
    """
    if actor.staff_id is None:
        raise NotAllowed
    if visit_id is None or not is_hers(actor, visit_id=visit_id, staff_id=actor.staff_id):
        visit_id = visit_now(actor, staff_id=actor.staff_id, now=now)
    return open_case(
        actor,
        now,
        kind=Kind.SOS,
        about_id=actor.staff_id,
        client_id=client_id,
        pressed_at=pressed_at,
        staff_id=actor.staff_id,
        visit_id=visit_id,
        place=place_of_visit(actor, visit_id=visit_id) if visit_id else "",
        position=position,
    )
