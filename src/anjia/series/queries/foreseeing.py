"""What a series would be: shown before it is begun, from what would find the places."""

from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.dispatch.queries import places_for
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of, local
from anjia.kernel.errors import NotAllowed
from anjia.series.foretelling import foreseen, words_after
from anjia.series.rules.planning import to_make
from anjia.series.saying import pattern_from
from anjia.series.shapes import Foreseen, Foresight
from anjia.series.words import WORDS_OF_HOLIDAYS, words_of_end, words_of_pattern
from anjia.visits.queries import get_promise
from anjia.visits.rules.lifecycle import terms_of_change
from anjia.workforce.queries import staff_names


def foresee(
    actor: Actor, purpose: Purpose, *, hold_id: UUID, repeat: dict[str, Any], now: datetime
) -> Foresight:
    """
    Return the days on which somebody would come, the first being the time that is held, and who.

    :raises NotFound: if there is no such hold of the actor's
    :raises NotAllowed: if the actor may not book
    :raises BadPattern: if it cannot come like that
    """
    if not actor.may("dispatch.book"):
        raise NotAllowed
    promise = get_promise(actor, purpose, visit_id=hold_id)
    first, clock = day_of(promise.starts_at), local(promise.starts_at).time()
    pattern = pattern_from(repeat, starts_on=first)
    dues = [due for due in to_make(pattern, {first: True}, today=day_of(now)) if due.on != first]
    crew = [one.staff_id for one in promise.crew]
    version = get_version(actor, purpose, version_id=promise.service_version_id)
    places = places_for(
        actor,
        purpose,
        service_code=version.code,
        resident_id=promise.resident_id,
        address_id=promise.address_id,
        days=[due.day for due in dues if due.day],
        clock=clock,
        usual=crew,
        wishes=promise.wishes,
        now=now,
    )
    return Foresight(
        words=words_of_pattern(pattern, clock),
        end_words=words_of_end(pattern),
        holiday_words=str(WORDS_OF_HOLIDAYS[pattern.holidays]),
        after_words=words_after(pattern, len(dues) + 1, first, now),
        rule=str(terms_of_change()),
        days=[
            Foreseen(
                on=first,
                day=first,
                holiday="",
                starts_at=promise.starts_at,
                who=list(staff_names(actor, purpose, staff_ids=crew).values()),
                words="",
            ),
            *(foreseen(due, places.get(due.day) if due.day else None) for due in dues),
        ],
    )
