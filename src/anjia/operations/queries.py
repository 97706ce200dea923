"""Whether Anjia has been there, what was amiss, and what waits. Of the whole installation: only the system asks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncDate

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import SHANGHAI, day_bounds, day_of
from anjia.kernel.errors import NotAllowed
from anjia.kernel.waiting import Waiting, audit_waiting, events_waiting, jobs_waiting
from anjia.messaging.queries import messages_waiting
from anjia.operations.models import IncidentCause, Minute, RestoreProof
from anjia.operations.rules import MINUTE, Incident, Uptime, minute_of

SHOWN: Final = timedelta(days=90)
MOST_INCIDENTS: Final = 100
PROOFS_SHOWN: Final = 5

# Minutes in a row have the same distance to their number among those that were amiss.
ISLANDS: Final = """
    WITH amiss AS (
        SELECT minute.at, found.at IS NULL AS unwatched, found.failed
        FROM generate_series(%(first)s::timestamptz, %(last)s::timestamptz, '1 minute') AS minute (at)
        LEFT JOIN operations_minute AS found ON found.at = minute.at
        WHERE found.is_up IS NOT TRUE
    ), numbered AS (
        SELECT *, at - row_number() OVER (ORDER BY at) * interval '1 minute' AS island FROM amiss
    )
    SELECT min(at), max(at) + interval '1 minute', count(*) FILTER (WHERE unwatched),
           coalesce((array_agg(failed ORDER BY at DESC) FILTER (WHERE NOT unwatched))[1], '')
    FROM numbered GROUP BY island ORDER BY 1 DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    uptime: Uptime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    as_of: datetime
    since: datetime | None  # when it was first watched
    month: Uptime  # the last thirty days
    days: list[Day]  # the last ninety, the oldest first
    incidents: list[Incident]  # of these, the latest first


def stability(actor: Actor, purpose: Purpose, *, now: datetime) -> Stability:
    """
    Return how it has been in the last ninety days. A minute that nobody watched was not there.

    :raises NotAllowed: to all but the system; whose page shows it decides who sees it
    """
    _check_system(actor)
    until = minute_of(now) - MINUTE  # the look of the minute before may still be on its way
    first = Minute.objects.aggregate(first=Min("at"))["first"]
    if first is None or first >= until:
        return Stability(as_of=now, since=first, month=Uptime(up=0, of=0), days=[], incidents=[])
    begin = max(first, day_bounds(day_of(now - SHOWN))[0])
    rows = Minute.objects.filter(at__gte=begin, at__lt=until, is_up=True)
    month_begin = max(begin, until - timedelta(days=30))
    month = Uptime(up=rows.filter(at__gte=month_begin).count(), of=(until - month_begin) // MINUTE)
    return Stability(
        as_of=now,
        since=first,
        month=month,
        days=_days(rows, begin, until),
        incidents=_incidents(begin, until - MINUTE),
    )


def what_waits(actor: Actor, purpose: Purpose, *, now: datetime) -> dict[str, Waiting]:
    """
    Return what should have happened by now and has not: events unheard, messages unsent, jobs undone, audit entries
    without a seal.

    :raises NotAllowed: to all but the system
    """
    _check_system(actor)
    return {
        "events": events_waiting(actor, now=now),
        "messages": messages_waiting(actor, purpose, now=now),
        "jobs": jobs_waiting(actor, now=now),
        "audit": audit_waiting(actor),
    }


def last_proofs(actor: Actor, purpose: Purpose) -> list[RestoreProof]:
    """
    Return the last backups that were restored aside and looked over, the latest first.

    :raises NotAllowed: to all but the system
    """
    _check_system(actor)
    return list(RestoreProof.objects.order_by("-at")[:PROOFS_SHOWN])


def _incidents(first: datetime, last: datetime) -> list[Incident]:
    with connection.cursor() as cursor:
        cursor.execute(ISLANDS, {"first": first, "last": last, "most": MOST_INCIDENTS})
        found = cursor.fetchall()
    said = IncidentCause.objects.filter(minute__gte=first).order_by("said_at").values_list("minute", "words")
    causes = list(said)
    return [
        Incident(
            begins_at=begins_at,
            ends_at=ends_at,
            unwatched=unwatched,
            failed=failed,
            cause=next((words for minute, words in reversed(causes) if begins_at <= minute < ends_at), ""),
        )
        for begins_at, ends_at, unwatched, failed in found
    ]


def _days(rows: QuerySet[Minute, Minute], begin: datetime, until: datetime) -> list[Day]:
    counted = (
        rows.annotate(day=TruncDate("at", tzinfo=SHANGHAI)).values_list("day").annotate(count=Count("at"))
    )
    up = dict(counted.order_by("day"))
    days, day = [], day_of(begin)
    while day_bounds(day)[0] < until:
        first, last = day_bounds(day)
        minutes = (min(last, until) - max(first, begin)) // MINUTE
        days.append(Day(day=day, uptime=Uptime(up=up.get(day, 0), of=minutes)))
        day += timedelta(days=1)
    return days


def _check_system(actor: Actor) -> None:
    if not actor.is_system:
        raise NotAllowed
