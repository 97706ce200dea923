"""What one caregiver has done, visit by visit, with the steps that each asked for: what her own figures are made of."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from anjia.catalogue.queries import steps_of
from anjia.kernel.actors import Actor, Purpose
from anjia.visits.counting import promises
from anjia.visits.models import Assignment, Conflict, FieldFact
from anjia.visits.queries.outcomes import Outcome
from anjia.visits.rules.facts import VOID, FactKind
from anjia.visits.rules.lifecycle import State, Status

MOST_VISITS: Final = 1_000  # of one person in one month there are no more


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """Of the steps that the service asked for: how many were done, skipped with a reason, skipped without."""

    asked: int
    done: int
    explained: int
    skipped: int

    @property
    def unsaid(self) -> int:
        return self.asked - self.done - self.explained - self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneVisit:
    outcome: Outcome
    steps: StepCount


def done_by_one(
    actor: Actor, purpose: Purpose, *, staff_id: UUID, start: datetime, end: datetime
) -> list[DoneVisit]:
    """
    Return what she has done of the promises for [start, end), soonest first. Who came as two has done it both.

    :raises NotAllowed: if the actor may not read visits
    """
    rows = promises(actor, start, end).filter(status=Status.DONE.value)
    hers = Assignment.objects.filter(staff_id=staff_id, state=State.DONE.value, visit__in=rows)
    found = list(
        rows.filter(id__in=hers.values_list("visit_id", flat=True)).order_by("starts_at", "id")[:MOST_VISITS]
    )
    steps = steps_of(actor, purpose, version_ids={visit.service_version_id for visit in found})
    facts = _step_facts([visit.id for visit in found])
    return [
        DoneVisit(
            outcome=Outcome.of(visit),
            steps=_counted(steps.get(visit.service_version_id, ()), facts.get(visit.id, ())),
        )
        for visit in found
    ]


def _step_facts(visit_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    void = Conflict.objects.filter(visit__in=visit_ids, misfit__in=[one.value for one in VOID])
    rows = FieldFact.objects.filter(visit__in=visit_ids, kind=FactKind.STEP_DONE.value).exclude(
        id__in=void.exclude(decision="counts").values("fact_id")
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for fact in rows:
        found[fact.visit_id].append(fact.content)
    return found


def _counted(steps: Any, said: Any) -> StepCount:
    asked = {step["key"] for step in steps}
    done = {one["key"] for one in said if not one.get("skipped")} & asked
    explained = ({one["key"] for one in said if one.get("skipped") and one.get("reason")} & asked) - done
    skipped = ({one["key"] for one in said if one.get("skipped")} & asked) - done - explained
    return StepCount(asked=len(asked), done=len(done), explained=len(explained), skipped=len(skipped))
