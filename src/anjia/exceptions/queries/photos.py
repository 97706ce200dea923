"""The photos that came with what the field said: the door, the number of the house, what is not safe."""

from collections.abc import Collection, Sequence
from uuid import UUID

from anjia.exceptions.listing import is_health_hidden, seen
from anjia.exceptions.models import ExceptionStep, VisitException
from anjia.exceptions.shapes import PhotoShown
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.files import content_of, those_here
from anjia.visits.queries import facts_by_id


def photos_of(
    actor: Actor, purpose: Purpose, *, exception: VisitException, fact_ids: Collection[UUID]
) -> Sequence[PhotoShown]:
    """Return the photos of what was reported; of those that are still on the phone, that there is one."""
    if not fact_ids or not actor.may("visits.read") or is_health_hidden(actor, exception):
        return []
    named = [
        (fact.at, found)
        for fact in facts_by_id(actor, purpose, fact_ids=fact_ids)
        if (found := _id_in(fact.content.get("file_id")))
    ]
    here = those_here(actor, purpose, file_ids=[file_id for _at, file_id in named]) if named else set()
    return [PhotoShown(file_id=one, at=at, is_here=one in here) for at, one in named]


def photo_of_exception(
    actor: Actor, purpose: Purpose, *, exception_id: UUID, file_id: UUID
) -> tuple[str, bytes]:
    """
    Return content type and bytes of a photo that came with an exception; that it was looked at is noted.

    :raises NotAllowed: without `exceptions.handle`
    :raises NotFound: if there is no such exception, it has no such photo, or it shows health that is not hers to see
    """
    one = seen(actor).filter(id=exception_id).first()
    if one is None:
        raise NotFound
    steps = ExceptionStep.objects.filter(exception=one, fact_id__isnull=False)
    said = list(steps.values_list("fact_id", flat=True))
    photos = photos_of(actor, purpose, exception=one, fact_ids=[each for each in said if each])
    if file_id not in {photo.file_id for photo in photos if photo.is_here}:
        raise NotFound
    if one.resident_id:
        access.note(actor, purpose, resident_ids=[one.resident_id], what="exceptions.photo")
    return content_of(actor, purpose, file_id=file_id)


def _id_in(said: object) -> UUID | None:
    try:
        return UUID(str(said))
    except ValueError:
        return None
