"""A visit that assesses: what its record says is kept with her record, where the legal gate reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from anjia.catalogue.rules.assessing import is_assessment
from anjia.kernel.actors import Actor
from anjia.records.commands import record_assessment
from anjia.visits.models import FieldFact, Visit
from anjia.visits.rules.facts import FactKind


def keep_assessments(
    actor: Actor, now: datetime, *, visit: Visit, version: Any, facts: Sequence[FieldFact]
) -> None:
    """
    Keep each whole record among the facts that count, once. What is missing in one stands as a conflict, and it opens
    no gate; a fuller one that comes later does.
    """
    if not is_assessment(version.content):
        return
    for fact in facts:
        if fact.kind == FactKind.DONE:
            record_assessment(
                actor,
                now,
                resident_id=visit.resident_id,
                visit_id=visit.id,
                fact_id=fact.id,
                service_version_id=visit.service_version_id,
                staff_id=fact.staff_id,
                made_at=fact.at,
                record=fact.content.get("record") or {},
            )
