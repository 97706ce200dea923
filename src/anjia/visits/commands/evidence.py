"""Photos, signatures and scans from the field: kept with the resident whom the visit is about."""

from datetime import datetime
from uuid import UUID

from anjia.kernel import files
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.models import StoredFile
from anjia.kernel.pictures import check_picture
from anjia.kernel.work import command
from anjia.visits.hearing import hear_of_file
from anjia.visits.models import Visit
from anjia.visits.queries import get_visit


@command("files.store")
def keep_evidence(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    content: bytes,
    content_type: str,
    file_id: UUID | None = None,
) -> StoredFile:
    """
    Keep a file of the visit. Who may know of the visit may add to it, and who may say what has happened at it: as with
    her facts it is not asked whether it is hers, or off.

    A phone with little signal sends its facts first, and names the files by ids of its own: what such a file proves,
    it proves when it comes.

    :raises NotFound: if it is a stranger's
    :raises FileTooLarge, FileNotKnown, FileIdTaken: as `kernel.files.store`
    :raises PictureBroken, PictureTooFine: if it is a picture that nobody could look at
    """
    resident_id = _whose(actor, visit_id)
    is_picture = content_type.startswith("image/") and content.startswith(
        files.BEGINNINGS.get(content_type, ())
    )
    if is_picture and len(content) <= files.LARGEST:
        check_picture(content)
    stored = files.store(
        actor.let_see(resident_id),
        now,
        content=content,
        content_type=content_type,
        resident_id=resident_id,
        file_id=file_id,
    )
    if file_id and actor.staff_id and actor.may("visits.record"):
        hear_of_file(actor.let_see(resident_id), now, staff_id=actor.staff_id, visit_id=visit_id, file=stored)
    return stored


def _whose(actor: Actor, visit_id: UUID) -> UUID:
    if actor.staff_id is None or not actor.may("visits.record"):
        return get_visit(actor, Purpose.CONTRACT, visit_id=visit_id).resident_id
    visits = Visit.objects.filter(organization_id=actor.organization_id, id=visit_id)
    resident_id = visits.values_list("resident_id", flat=True).first()
    if resident_id is None:
        raise NotFound
    return resident_id
