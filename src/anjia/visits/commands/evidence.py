"""Photos, signatures and scans from the field: kept with the resident whom the visit is about."""

from datetime import datetime
from uuid import UUID

from anjia.kernel import files
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.models import StoredFile
from anjia.kernel.work import command
from anjia.visits.models import Visit
from anjia.visits.queries import get_visit


@command("files.store")
def keep_evidence(
    actor: Actor, now: datetime, *, visit_id: UUID, content: bytes, content_type: str
) -> StoredFile:
    """
    Keep a file of the visit. Who may know of the visit may add to it, and who may say what has happened at it: as with
    her facts it is not asked whether it is hers, or off.

    :raises NotFound: if it is a stranger's
    :raises FileTooLarge, FileNotKnown: as `kernel.files.store`
    """
    resident_id = _whose(actor, visit_id)
    return files.store(
        actor.let_see(resident_id), now, content=content, content_type=content_type, resident_id=resident_id
    )


def _whose(actor: Actor, visit_id: UUID) -> UUID:
    if actor.staff_id is None or not actor.may("visits.record"):
        return get_visit(actor, Purpose.CONTRACT, visit_id=visit_id).resident_id
    visits = Visit.objects.filter(organization_id=actor.organization_id, id=visit_id)
    resident_id = visits.values_list("resident_id", flat=True).first()
    if resident_id is None:
        raise NotFound
    return resident_id
