"""What should have happened by now and has not: events unheard, jobs undone, audit entries without a seal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Count, Min

from anjia.kernel.actors import Actor
from anjia.kernel.audit import epoch_and_oldest_open_transaction
from anjia.kernel.events import stuck
from anjia.kernel.models import AuditEntry, AuditSeal

SOON: Final = timedelta(minutes=1)  # whoever does it comes by every few seconds

JOBS: Final = """
    SELECT count(*), min(coalesce(job.scheduled_at, deferred.at))
    FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
    WHERE job.status = 'todo' AND coalesce(job.scheduled_at, deferred.at) <= %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many wait, and since when the longest of them."""

    count: int
    since: datetime | None

    def age(self, now: datetime) -> timedelta:
        return now - self.since if self.since else timedelta(0)


def events_waiting(actor: Actor, *, now: datetime) -> Waiting:
    found = stuck(actor, now=now)
    return Waiting(count=sum(one.count for one in found), since=earliest(one.since for one in found))


def jobs_waiting(actor: Actor, *, now: datetime) -> Waiting:
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [now - SOON])
        count, since = cursor.fetchone()
    return Waiting(count=count, since=since)


def audit_waiting(actor: Actor) -> Waiting:
    """Return the entries behind the last seal, of this database as it is now. Only the system sees them all."""
    epoch, _oldest = epoch_and_oldest_open_transaction()
    last = AuditSeal.objects.filter(epoch=epoch).order_by("number").last()
    rows = AuditEntry.objects.filter(epoch=epoch, transaction_id__gte=last.below if last else 0)
    return Waiting(**rows.aggregate(count=Count("id"), since=Min("occurred_at")))


def earliest(moments: Iterable[datetime]) -> datetime | None:
    return min(moments, default=None)
