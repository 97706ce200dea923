"""Whether somebody said yes in time, and came in time: counted, and row by row."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, F, Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.paging import Page, page_of
from anjia.visits.counting import broken_by_us, promises
from anjia.visits.queries.outcomes import Outcome
from anjia.visits.rules.lifecycle import LATE_AFTER, Status

ANSWER_WITHIN: Final = timedelta(hours=24)  # plan 004, N090 and N096


class Timely(StrEnum):
    ANSWERED = "answered"  # everybody who is needed said yes, within a day and before it began
    PUNCTUAL = "punctual"  # whoever came was there by the time promised, give or take


class Share(StrEnum):
    COUNTED = "counted"
    MISSING = "missing"
    EXCLUDED = "excluded"


def count_timely(
    actor: Actor,
    purpose: Purpose,
    *,
    start: datetime,
    end: datetime,
    as_of: datetime,
    our_reasons: Collection[str],
) -> dict[tuple[Timely, Share], int]:
    """
    Return how many promises for [start, end) stand where.

    :raises NotAllowed: if the actor may not read visits
    """
    conditions = {
        f"{which}_{share}": condition
        for which in Timely
        for share, condition in _shares(which, as_of, our_reasons).items()
    }
    found = promises(actor, start, end).aggregate(
        **{name: Count("id", filter=condition) for name, condition in conditions.items()}
    )
    return {(which, share): found[f"{which}_{share}"] for which in Timely for share in Share}


def timely(
    actor: Actor,
    purpose: Purpose,
    *,
    which: Timely,
    share: Share,
    start: datetime,
    end: datetime,
    as_of: datetime,
    our_reasons: Collection[str],
    after: str | None = None,
    size: int = 50,
) -> Page[Outcome]:
    """
    Return the promises that were counted there, soonest first.

    :raises NotAllowed: if the actor may not read visits
    """
    rows = promises(actor, start, end).filter(_shares(which, as_of, our_reasons)[share])
    page = page_of(rows, order=("starts_at", "id"), after=after, size=size)
    return Page([Outcome.of(visit) for visit in page.items], page.next)


def _shares(which: Timely, as_of: datetime, our_reasons: Collection[str]) -> dict[Share, Q]:
    if which is Timely.PUNCTUAL:
        counts = Q(arrived_at__isnull=False)
        in_time = counts & Q(arrived_at__lte=F("starts_at") + LATE_AFTER)
    else:
        answered = Q(crewed_at__isnull=False)
        within_a_day = Q(crewed_at__lte=F("booked_at") + ANSWER_WITHIN)
        in_time = answered & within_a_day & Q(crewed_at__lte=F("starts_at"))
        broken = broken_by_us(our_reasons)
        is_over = Q(booked_at__lte=as_of - ANSWER_WITHIN) | Q(starts_at__lte=as_of)
        # Who takes it back before anybody has said yes no longer waits for an answer.
        still_waits = is_over & ~Q(status=Status.CANCELLED.value)
        counts = answered | broken | still_waits
    return {Share.COUNTED: in_time, Share.MISSING: counts & ~in_time, Share.EXCLUDED: ~counts}
