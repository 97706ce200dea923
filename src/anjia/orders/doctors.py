"""Which doctors there are: who may confirm and answer, and who is on duty. Only commands and queries use it."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count

from anjia.catalogue.rules import Requires, why_not
from anjia.clinical.professions import StaffKind
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.orders.models import FamilyDoctor, Question
from anjia.orders.rules.orders import NoDoctor
from anjia.orders.rules.questions import Doctor
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet

PRACTISES = Requires.of({"kinds": [StaffKind.DOCTOR.value], "licensed": True})


def check_doctor(actor: Actor, now: datetime) -> UUID:
    """
    Return the actor as one of the staff, if she is a doctor whose licence holds today.

    :raises NoDoctor: if she is not
    """
    if actor.staff_id is None:
        raise NoDoctor
    sheets = caregivers_on(actor, Purpose.CONTRACT, start=now, end=now, staff_ids=[actor.staff_id])
    if not sheets or not practises(sheets[0], now):
        raise NoDoctor
    return actor.staff_id


def practises(sheet: CaregiverSheet, now: datetime) -> bool:
    return not why_not(PRACTISES, sheet, day_of(now))


def doctors_for(actor: Actor, now: datetime, *, resident_id: UUID) -> list[Doctor]:
    """Return every doctor of the institution who may practise today: which is hers, and which are on duty now."""
    hers = family_doctor_of(actor, resident_id)
    waiting = dict(
        Question.objects.filter(organization_id=actor.organization_id, answered_at=None)
        .exclude(doctor_staff_id=None)
        .values_list("doctor_staff_id")
        .annotate(number=Count("id"))
    )
    return [
        Doctor(
            staff_id=sheet.id,
            is_hers=sheet.id == hers,
            is_on_duty=_is_on(sheet, now),
            waiting=waiting.get(sheet.id, 0),
        )
        for sheet in caregivers_on(actor, Purpose.CONTRACT, start=now, end=now)
        if practises(sheet, now)
    ]


def family_doctor_of(actor: Actor, resident_id: UUID) -> UUID | None:
    rows = FamilyDoctor.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, until=None
    )
    return rows.values_list("staff_id", flat=True).first()


def _is_on(sheet: CaregiverSheet, now: datetime) -> bool:
    is_away = any(begins <= now < ends for begins, ends in sheet.leave)
    return not is_away and any(begins <= now < ends for begins, ends in sheet.shifts)


def practising_doctors(actor: Actor, now: datetime) -> dict[UUID, str]:
    """Return the names of the doctors of the institution who may practise today, by id."""
    found = caregivers_on(actor, Purpose.CONTRACT, start=now, end=now)
    return {sheet.id: sheet.name for sheet in found if practises(sheet, now)}
