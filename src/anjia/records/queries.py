"""Questions about records. Nothing here writes; who has read is noted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.catalogue.queries import record_forms_of
from anjia.catalogue.rules.assessing import AGAINST_WORDS, Against, answers_said
from anjia.clinical import trends
from anjia.clinical.alerts import is_fresh
from anjia.clinical.measures import DIASTOLIC, MEASURES, SYSTOLIC
from anjia.clinical.targets import Band
from anjia.kernel import access, files
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.prepared import Prepared
from anjia.records.charts import LatestView, SummaryLine, TrendView, codes_of, view
from anjia.records.models import Assessment, PersonalTarget, Reading, ReadingConflict
from anjia.records.rules import PRESSURE
from anjia.residents.queries import check_consent, get_resident
from anjia.residents.queries.panels import who_consent
from anjia.workforce.queries import staff_names

LONGEST: Final = 366  # days in one chart
MOST_POINTS: Final = 2_000
IN_EMERGENCIES: Final = timedelta(days=30)  # what is older says nothing of today
MONTHS_FOR_A_MEAN: Final = trends.BEFORE_FROM


def _look_into(actor: Actor, purpose: Purpose, *, resident_id: UUID, what: str) -> Any:
    """
    Return the resident whose record the actor opens, and note that it was opened.

    Staff need her consent (or another basis than consent); she herself, and who acts for her, her right to see.

    :raises NotAllowed: without the permission, or for a purpose that is not the actor's
    :raises NotFound: if the resident is not the actor's to see
    :raises ConsentMissing: if the purpose needs a consent that she has not given, or withdrew
    """
    if not actor.may("records.read"):
        raise NotAllowed
    if not actor.sees(resident_id):
        raise NotFound
    if (actor.kind is Kind.PERSON) != (purpose is Purpose.ACCESS):
        raise NotAllowed
    resident = get_resident(actor, purpose, resident_id=resident_id)
    check_consent(actor, purpose, resident_id=resident_id)
    access.note(actor, purpose, resident_ids=[resident_id], what=what)
    return resident


# As much of the latest as a gate reads: the outcome, and no finding.
LATEST_ASSESSMENT: Final = Prepared(
    lambda asked: (
        Assessment.objects.filter(organization_id=asked.house, resident_id__any_of=asked.resident_ids)
        .defer("findings")
        .order_by("resident_id", "-made_at", "-id")
        .distinct("resident_id")
    )
)


def latest_assessment(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> Assessment | None:
    """
    Return her latest first assessment without its findings, if there is one: who books for her is told what it says.

    :raises NotFound: if the resident is not the actor's to see
    """
    return latest_assessments(actor, purpose, resident_ids=[resident_id]).get(resident_id)


def latest_assessments(
    actor: Actor, purpose: Purpose, *, resident_ids: Collection[UUID]
) -> dict[UUID, Assessment]:
    """
    Return the same of each who has one. One question for any number.

    :raises NotFound: if one of the residents is not the actor's to see
    """
    if not all(map(actor.sees, resident_ids)):
        raise NotFound
    rows = LATEST_ASSESSMENT.rows(house=actor.organization_id, resident_ids=list(resident_ids))
    return {row.resident_id: row for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentShown:
    """A first assessment as staff read it: by whom, what was asked and answered, what follows."""

    row: Assessment
    by: str
    answers: Sequence[tuple[str, str]]
    against: str


def assessments_of(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, limit: int = 20
) -> list[AssessmentShown]:
    """
    Return her first assessments with what was found, the latest first.

    :raises NotFound: if the resident is not the actor's to see
    """
    _look_into(actor, purpose, resident_id=resident_id, what="records.assessments")
    rows = Assessment.objects.filter(organization_id=actor.organization_id, resident_id=resident_id)
    found = list(rows.order_by("-made_at", "-id")[:limit])
    names = staff_names(actor, purpose, staff_ids={row.staff_id for row in found})
    forms = record_forms_of(actor, purpose, version_ids={row.service_version_id for row in found})
    in_english = (get_language() or "").startswith("en")
    return [
        AssessmentShown(
            row=row,
            by=names.get(row.staff_id, ""),
            answers=answers_said(forms[row.service_version_id], row.findings, in_english=in_english)
            if row.service_version_id in forms
            else (),
            against=_("、").join(str(AGAINST_WORDS[Against(one)]) for one in row.against),
        )
        for row in found
    ]


def readings_of(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, code: str, since: datetime, until: datetime
) -> list[Reading]:
    """
    Return the readings of the code ("bp" for both numbers of the pressure) in [since, until), oldest first.

    :raises NotFound: if the resident is not the actor's to see, or nothing of that code is measured
    """
    _look_into(actor, purpose, resident_id=resident_id, what="records.readings")
    return _readings(resident_id=resident_id, codes=codes_of(code), since=since, until=until)


def trend(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, code: str, now: datetime, days: int = 90
) -> TrendView:
    """
    Return how the values of the last days went, with the band they should lie in and a sentence.

    :raises NotFound: if the resident is not the actor's to see, or nothing of that code is measured
    """
    resident = _look_into(actor, purpose, resident_id=resident_id, what="records.trends")
    days = max(1, min(days, LONGEST))
    found = _readings(
        resident_id=resident_id,
        codes=codes_of(code),
        since=now - max(timedelta(days=days), MONTHS_FOR_A_MEAN),
        until=now + timedelta(days=1),
    )
    return view(actor, purpose, resident=resident, code=code, rows=found, now=now, days=days)


def summary(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> list[SummaryLine]:
    """Return, for each thing that was measured within a year, the latest value and the sentence of 90 days."""
    resident = _look_into(actor, purpose, resident_id=resident_id, what="records.summary")
    rows = _readings(
        resident_id=resident_id,
        codes=list(MEASURES),
        since=now - timedelta(days=LONGEST),
        until=now + timedelta(days=1),
    )
    codes = {row.code for row in rows}
    lines = [code for code in MEASURES if code in codes and code not in {SYSTOLIC, DIASTOLIC}]
    if {SYSTOLIC, DIASTOLIC} <= codes:
        lines.insert(0, PRESSURE)
    found = []
    for code in lines:
        own = [row for row in rows if row.code in codes_of(code)]
        seen = view(actor, purpose, resident=resident, code=code, rows=own, now=now, days=LONGEST)
        if not seen.points:
            continue
        last = seen.points[-1]
        found.append(
            SummaryLine(
                code=code,
                name=seen.name,
                latest=LatestView(
                    value=last.shown,
                    unit=seen.unit,
                    at=last.at,
                    alert=last.alert if is_fresh(last.at, now=now) else None,
                ),
                sentence=seen.sentence,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """What a doctor sees of a resident's record: all that is measured, and one of it as a trend."""

    resident: Any
    lines: Sequence[SummaryLine]
    trend: TrendView
    conflicts: Sequence[ReadingConflict]
    assessments: Sequence[AssessmentShown]


def record_page(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, code: str, now: datetime, days: int
) -> RecordPage:
    """
    Return a resident's record; without a code, the first thing that was measured.

    :raises NotFound: if the resident is not the actor's to see, or nothing of that code is measured
    """
    resident = _look_into(actor, purpose, resident_id=resident_id, what="records.record")
    lines = summary(actor, purpose, resident_id=resident_id, now=now)
    code = code or (lines[0].code if lines else PRESSURE)
    return RecordPage(
        resident=resident,
        lines=lines,
        trend=trend(actor, purpose, resident_id=resident_id, code=code, now=now, days=days),
        conflicts=conflicts_of(actor, purpose, resident_id=resident_id),
        assessments=assessments_of(actor, purpose, resident_id=resident_id),
    )


def conflicts_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> list[ReadingConflict]:
    """Return the values that came for a key which had another, the latest first."""
    _look_into(actor, purpose, resident_id=resident_id, what="records.conflicts")
    return list(ReadingConflict.objects.filter(resident_id=resident_id).order_by("-received_at", "id")[:100])


def file_of_record(actor: Actor, purpose: Purpose, *, file_id: UUID) -> tuple[str, bytes]:
    """
    Return content type and bytes of a photo, a signature or a scan. One about a resident is a part of her record;
    whoever stored it may look at it again, as long as she agrees, and lets a person who acts for her.

    What is about no resident, a colleague's licence or a ward's photo, is shown by the page that it belongs to.

    :raises NotFound: also when it is about somebody whom the actor may not see, or about no resident and another's
    :raises NotAllowed: without `records.read`, or for a purpose that is not the actor's
    :raises ConsentMissing: if the purpose needs a consent that she has not given, or withdrew
    """
    stored = files.get_stored(actor, purpose, file_id=file_id)
    if stored.resident_id is None and stored.stored_by != actor.user_id:
        raise NotFound
    if stored.resident_id and stored.stored_by != actor.user_id:
        _look_into(actor, purpose, resident_id=stored.resident_id, what="records.file")
    elif stored.resident_id:
        if actor.kind is Kind.PERSON and not actor.sees(stored.resident_id):
            raise NotFound
        check_consent(actor, purpose, resident_id=stored.resident_id)
        access.note(actor, purpose, resident_ids=[stored.resident_id], what="records.file")
    return files.content_of(actor, purpose, file_id=file_id)


def latest_of_many(
    actor: Actor, purpose: Purpose, *, resident_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, list[Reading]]:
    """
    Return, by resident, the newest reading of each code; only of those who consent to the purpose.

    :raises NotAllowed: without `records.read`, and for persons
    """
    if not actor.may("records.read") or actor.kind is Kind.PERSON:
        raise NotAllowed
    readable = who_consent(actor, purpose, resident_ids=resident_ids)
    access.note(actor, purpose, resident_ids=readable, what="records.latest")
    rows = Reading.objects.filter(
        organization_id=actor.organization_id, resident_id__in=readable, at__gte=since, at__lt=until
    )
    found: dict[UUID, list[Reading]] = {}
    for row in rows.order_by("resident_id", "code", "-at").distinct("resident_id", "code"):
        found.setdefault(row.resident_id, []).append(row)
    return found


def latest_in_emergencies(
    actor: Actor,
    purpose: Purpose,
    *,
    since: Mapping[UUID, datetime],
    now: datetime,
    codes: Collection[str] = MEASURES,
) -> dict[UUID, list[Reading]]:
    """
    Return, by resident, the newest reading of each code of the last days, to who has an open case of hers before her;
    `since` says since when. That she looks is noted once of each case.

    It asks for no consent and no `records.read`: it is for her life (PIPL 13 (4)), for as long as the case is open, and
    she sees who has looked. Whoever calls it has seen that there is such a case.

    :raises NotAllowed: for any other purpose, to who takes no cases, and for persons
    """
    if purpose is not Purpose.VITAL or not actor.may("emergencies.take") or actor.kind is Kind.PERSON:
        raise NotAllowed
    access.note_once(actor, purpose, since=since, what="records.latest")
    rows = Reading.objects.filter(
        organization_id=actor.organization_id,
        resident_id__in=since,
        code__in=codes,
        at__gte=now - IN_EMERGENCIES,
        at__lte=now,
    )
    found: dict[UUID, list[Reading]] = {}
    for row in rows.order_by("resident_id", "code", "-at").distinct("resident_id", "code"):
        found.setdefault(row.resident_id, []).append(row)
    return found


def own_targets_of_many(
    actor: Actor, purpose: Purpose, *, resident_ids: Sequence[UUID], now: datetime
) -> dict[UUID, dict[str, Band]]:
    """
    Return, by resident and code, where a clinician wants the values of this one person; of those who consent only.

    :raises NotAllowed: without `records.read`, and for persons
    """
    if not actor.may("records.read") or actor.kind is Kind.PERSON:
        raise NotAllowed
    readable = who_consent(actor, purpose, resident_ids=resident_ids)
    rows = PersonalTarget.objects.filter(organization_id=actor.organization_id, resident_id__in=readable)
    found: dict[UUID, dict[str, Band]] = {}
    for row in rows.in_force(now):
        found.setdefault(row.resident_id, {})[row.code] = row.band
    return found


def _readings(*, resident_id: UUID, codes: Sequence[str], since: datetime, until: datetime) -> list[Reading]:
    rows = Reading.objects.filter(resident_id=resident_id, code__in=codes, at__gte=since, at__lt=until)
    latest = rows.order_by("-at", "code", "source")[: MOST_POINTS * len(codes)]
    return list(reversed(latest))
