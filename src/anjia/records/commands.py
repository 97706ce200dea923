"""What can be done with records. One function, one unit of work, one audit entry, one event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from anjia.catalogue.queries import get_version
from anjia.catalogue.rules.assessing import outcome_of
from anjia.clinical.measures import Unsound, measure
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.work import command
from anjia.records.events import AssessmentRecorded, ReadingsRecorded, TargetSet
from anjia.records.models import Assessment, PersonalTarget, Reading
from anjia.records.rules import (
    FAULTS,
    MOST_AT_ONCE,
    ReadingsUnsound,
    Refused,
    Sound,
    TooManyReadings,
    check_target,
    sort_out,
)
from anjia.residents.queries import get_resident


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of the readings: kept, known before, in conflict with what was known, refused."""

    kept: int
    known: int
    conflicts: int
    refused: tuple[Refused, ...]


@command("records.write")
def record_readings(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    readings: Sequence[Mapping[str, Any]],
    keep_the_sound: bool = False,
) -> Recorded:
    """
    Keep the readings: `{code, value, unit, at, source?, visit_id?, device?}`.

    One that was sent before is one. Another value for the same (resident, code, at, source) does not overwrite the
    first: it is kept as a conflict. With `keep_the_sound`, unsound ones are returned instead of refusing all.

    :raises NotFound: if the actor's organization does not serve the resident
    :raises ReadingsUnsound: if a code, unit or value is not plausible; `fields` names each by its place
    :raises TooManyReadings: above 500
    """
    if len(readings) > MOST_AT_ONCE:
        raise TooManyReadings
    if not actor.sees(resident_id):
        raise NotFound
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    sound, refused = sort_out(readings, now=now, source=_source_of(actor))
    if refused and not keep_the_sound:
        raise ReadingsUnsound(fields={f"readings.{one.position}.value": one.why for one in refused})
    new = _insert(actor, now, resident_id=resident_id, readings=sound)
    differing = _other_values(resident_id=resident_id, readings=sound) if len(new) < len(sound) else []
    conflicts = _keep_conflicts(actor, now, resident_id=resident_id, readings=differing)
    if new or conflicts:
        audit.record(
            "records.readings.recorded",
            actor=actor,
            at=now,
            subject_id=resident_id,
            fields={reading.code for reading in sound},
        )
        events.publish(ReadingsRecorded(resident_id=resident_id, at=now), actor=actor)
    return Recorded(
        kept=len(new),
        known=len(sound) - len(new) - len(differing),
        conflicts=len(differing),
        refused=tuple(refused),
    )


def _source_of(actor: Actor) -> str:
    return "self" if actor.kind == "person" else f"staff:{actor.user_id}"


def _insert(
    actor: Actor, now: datetime, *, resident_id: UUID, readings: Sequence[Sound]
) -> list[tuple[str, str]]:
    """Insert those that are new; whoever is inserting the same at this moment goes first."""
    if not readings:
        return []
    ordered = sorted(readings, key=lambda reading: reading.key)  # nobody waits in a circle
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_reading (organization_id, resident_id, code, at, source, value, unit, visit_id,
                                         device, entered_by, received_at)
            SELECT %s, %s, new.code, new.at, new.source, new.value, new.unit, new.visit_id, new.device, %s, %s
            FROM unnest(%s::text[], %s::timestamptz[], %s::text[], %s::numeric[], %s::text[], %s::uuid[], %s::text[])
                AS new(code, at, source, value, unit, visit_id, device)
            ON CONFLICT (resident_id, code, at, source) DO NOTHING
            RETURNING code, source
            """,
            [
                actor.organization_id,
                resident_id,
                actor.user_id,
                now,
                *map(
                    list,
                    zip(
                        *((r.code, r.at, r.source, r.value, r.unit, r.visit_id, r.device) for r in ordered),
                        strict=True,
                    ),
                ),
            ],
        )
        return list(cursor.fetchall())


def _other_values(*, resident_id: UUID, readings: Sequence[Sound]) -> list[Sound]:
    """Return those for whose key another value is kept."""
    kept = {
        (reading.code, reading.at, reading.source): reading.value
        for reading in Reading.objects.filter(
            resident_id=resident_id,
            code__in={reading.code for reading in readings},
            at__gte=min(reading.at for reading in readings),
            at__lte=max(reading.at for reading in readings),
        )
    }
    return [reading for reading in readings if kept.get(reading.key) != reading.value]


def _keep_conflicts(actor: Actor, now: datetime, *, resident_id: UUID, readings: Sequence[Sound]) -> int:
    """Keep the values that came too late; return how many are new."""
    new = 0
    with connection.cursor() as cursor:
        for reading in readings:
            cursor.execute(
                """
                INSERT INTO records_readingconflict
                    (id, organization_id, resident_id, code, at, source, value, unit, entered_by, received_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
                """,
                [
                    new_id(),
                    actor.organization_id,
                    resident_id,
                    reading.code,
                    reading.at,
                    reading.source,
                    reading.value,
                    reading.unit,
                    actor.user_id,
                    now,
                ],
            )
            new += cursor.rowcount
    return new


@command("records.set_target")
def set_target(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    code: str,
    low: Decimal | None = None,
    high: Decimal | None = None,
    reason: str = "",
) -> PersonalTarget:
    """
    Say where this resident's values should lie, instead of where the guideline says. A named clinician does.

    :raises NotAllowed: if the actor is no member of staff
    :raises NotFound: if the actor's organization does not serve the resident
    :raises Invalid: if nothing of that code is measured
    :raises TargetUnsound: if the ends are the wrong way round
    """
    if actor.staff_id is None:
        raise NotAllowed
    get_resident(actor, Purpose.CARE, resident_id=resident_id)
    try:
        known = measure(code)
    except Unsound as error:
        raise Invalid(fields={"code": FAULTS[error.fault]}) from None
    check_target(low, high)
    target = PersonalTarget.objects.create(
        organization_id=actor.organization_id,
        resident_id=resident_id,
        code=known.code,
        low=low,
        high=high,
        reason=reason,
        set_by=actor.staff_id,
        set_at=now,
    )
    audit.record("records.target.set", actor=actor, at=now, subject_id=resident_id, fields=[known.code])
    events.publish(TargetSet(resident_id=resident_id, at=now), actor=actor)
    return target


@command("records.write")
def record_assessment(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    visit_id: UUID,
    fact_id: UUID,
    service_version_id: UUID,
    staff_id: UUID,
    made_at: datetime,
    record: Mapping[str, Any],
) -> Assessment | None:
    """
    Keep what a first assessment found, by the form of the version that was promised. The same fact counts once.

    None, and nothing is kept, while an answer is missing: an assessment in part opens no gate.

    :raises NotFound: if the actor's organization does not serve the resident, or knows no such version
    """
    known = Assessment.objects.filter(organization_id=actor.organization_id, fact_id=fact_id).first()
    if known is not None:
        return known
    get_resident(actor, Purpose.CARE, resident_id=resident_id)
    version = get_version(actor, Purpose.CARE, version_id=service_version_id)
    valid_days = int(version.content["assessment"]["valid_days"])
    found = outcome_of(record, made_on=day_of(made_at), valid_days=valid_days)
    if found is None:
        return None
    made = Assessment.objects.create(
        organization_id=actor.organization_id,
        resident_id=resident_id,
        visit_id=visit_id,
        fact_id=fact_id,
        service_version_id=version.id,
        staff_id=staff_id,
        made_at=made_at,
        recorded_at=now,
        recorded_by=actor.user_id,
        is_suitable=found.is_suitable,
        against=[one.value for one in found.against],
        place=found.place.value,
        mobility=found.mobility.value,
        condition=found.condition.value,
        nurse_level=found.level.value,
        valid_until=found.valid_until,
        findings=dict(record),
    )
    audit.record(
        "records.assessment.recorded",
        actor=actor,
        at=now,
        subject_id=resident_id,
        fields=["is_suitable", "valid_until"],
    )
    events.publish(AssessmentRecorded(assessment_id=made.id, resident_id=resident_id, at=now), actor=actor)
    return made


@command("records.make_room")
def make_months(actor: Actor, now: datetime, *, first: date, months: int) -> int:
    """
    Make the partitions of these months, ahead of their readings; return how many were missing.

    Readings that came before their month had been made lie in the default partition, and move.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_make_months(%s, %s)", [first, months])
        return int(cursor.fetchone()[0])
