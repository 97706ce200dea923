"""What was taken and is late at the laboratory, and of which nobody has been told so."""

from datetime import datetime
from uuid import UUID

from anjia.dispatch.queries import late_specimens
from anjia.exceptions.models import VisitException
from anjia.kernel.actors import Actor, Purpose
from anjia.visits.rules.exceptions import ExceptionKind


def specimens_to_say_late(actor: Actor, purpose: Purpose, *, now: datetime) -> list[UUID]:
    """Return at which visits of the house something was taken that is late, and of which nobody has been told so."""
    late = [one.visit_id for one in late_specimens(actor, purpose, now=now)]
    said = VisitException.objects.filter(
        organization_id=actor.organization_id, kind=ExceptionKind.SPECIMEN_LATE.value, visit_id__in=late
    )
    known = set(said.values_list("visit_id", flat=True)) if late else set()
    return [visit_id for visit_id in late if visit_id not in known]
