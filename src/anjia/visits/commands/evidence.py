"""Photos, signatures and scans from the field: kept with the resident whom the visit is about."""

from datetime import datetime
from uuid import UUID

from anjia.kernel import files
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.models import StoredFile
from anjia.kernel.work import command
from anjia.visits.queries import get_visit


@command("files.store")
def keep_evidence(
    actor: Actor, now: datetime, *, visit_id: UUID, content: bytes, content_type: str
) -> StoredFile:
    """
    Keep a file of the visit. Who may know of the visit may add to it.

    :raises NotFound: if it is a stranger's
    :raises FileTooLarge, FileNotKnown: as `kernel.files.store`
    """
    resident_id = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id).resident_id
    return files.store(
        actor.let_see(resident_id), now, content=content, content_type=content_type, resident_id=resident_id
    )
