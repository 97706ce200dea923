"""What was said of one visit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.quality.models import Rating
from anjia.quality.reading import check_reads
from anjia.quality.rules import CHANGE_WITHIN
from anjia.visits.queries import get_visit


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRating:
    """What somebody has said of a visit, and whether she may still change it."""

    rating: Rating
    can_change: bool

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rating, name)


def my_rating(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> OwnRating | None:
    """
    Return what the actor has said of the visit (the desk: what it wrote down for her), or None.

    :raises NotFound: if the visit is not the actor's to see
    """
    visit = get_visit(actor, purpose, visit_id=visit_id)
    rater_id = actor.user_id if actor.kind is Kind.PERSON else visit.resident_id
    rating = Rating.objects.filter(visit_id=visit_id, rater_id=rater_id).first()
    if rating is None:
        return None
    return OwnRating(rating=rating, can_change=now < rating.rated_at + CHANGE_WITHIN)


def ratings_of_visit(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[Rating]:
    """
    Return all that was said of one visit, for staff.

    :raises NotAllowed: for persons, and without `quality.read`
    """
    check_reads(actor)
    visit = get_visit(actor, purpose, visit_id=visit_id)
    access.note(actor, purpose, resident_ids=[visit.resident_id], what="quality.ratings")
    return list(Rating.objects.filter(visit_id=visit_id).order_by("rated_at", "id"))
