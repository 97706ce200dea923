"""Rating a visit."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.work import command
from anjia.quality.events import VisitRated
from anjia.quality.models import Rating
from anjia.quality.rules import ASPECTS, NotDoneYet, RaterKind, check_change, check_rating
from anjia.residents.queries import people_of_account
from anjia.visits.commands import mark_rated
from anjia.visits.queries import get_visit
from anjia.visits.rules.lifecycle import Status


@command("quality.rate")
def rate_visit(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    stars: int,
    aspects: Mapping[str, int],
    words: str = "",
) -> Rating:
    """
    Say how a visit was: she herself, each of her family, or the desk what she said by telephone. Again within 24 hours
    changes it.

    :raises NotFound: if the visit is not the actor's to see
    :raises NotDoneYet: if it has not been done
    :raises RatingUnsound: if it is not one to five stars
    :raises ChangeTooLate: from 24 hours on
    """
    visit = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id)
    check_rating(stars=stars, aspects=aspects, words=words)
    if visit.status != Status.DONE:
        raise NotDoneYet
    rater_id, kind = _rater(actor, now, resident_id=visit.resident_id)
    wait_turn(f"rating/{visit_id}/{rater_id}")
    rating = Rating.objects.filter(visit_id=visit_id, rater_id=rater_id).first()
    if rating is None:
        rating = Rating(
            organization_id=actor.organization_id,
            visit_id=visit_id,
            visit_starts_at=visit.starts_at,
            resident_id=visit.resident_id,
            rater_id=rater_id,
            rater_kind=kind.value,
            rated_at=now,
        )
    else:
        check_change(rated_at=rating.rated_at, now=now)
        rating.changed_at = now
    rating.entered_by, rating.stars, rating.words = actor.user_id, stars, words.strip()
    for aspect in ASPECTS:
        setattr(rating, aspect, aspects.get(aspect))
    rating.save()
    mark_rated(actor, now, visit_id=visit_id, stars=stars, aspects=rating.aspects)
    audit.record(
        "quality.visit.rated", actor=actor, at=now, subject_id=rating.id, fields=["aspects", "stars", "words"]
    )
    events.publish(
        VisitRated(visit_id=visit_id, resident_id=visit.resident_id, rating_id=rating.id, at=now), actor=actor
    )
    return rating


def _rater(actor: Actor, now: datetime, *, resident_id: UUID) -> tuple[UUID, RaterKind]:
    """Return in whose name it is said: the desk writes down what the resident said."""
    if actor.kind is not Kind.PERSON:
        return resident_id, RaterKind.RESIDENT
    people = people_of_account(actor, Purpose.ACCESS, account_id=actor.user_id, now=now)
    is_self = any(one.resident_id == resident_id and one.relation == "self" for one in people)
    return actor.user_id, RaterKind.RESIDENT if is_self else RaterKind.FAMILY
