"""What the kernel does by itself: seal, forget, and take up what a killed worker has dropped."""

import logging
from datetime import datetime, timedelta
from typing import Final

from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from anjia.kernel import sealing
from anjia.kernel.actors import Actor, system
from anjia.kernel.jobs import every
from anjia.kernel.models import Delivery, Event, Request
from anjia.kernel.work import acting, command

REPLIES_KEPT: Final = timedelta(days=7)
EVENTS_KEPT: Final = timedelta(days=30)
EVENTS_AT_ONCE: Final = 5_000
FAILED_JOBS_KEPT: Final = 30 * 24  # hours
SILENT: Final = 15  # seconds; a worker's heartbeat comes every 5

log = logging.getLogger(__name__)


@every("* * * * * */20")
def seal_audit(now: datetime) -> None:
    sealing.seal_now(now)


@every("17 3 * * *")
def forget_old_replies(now: datetime) -> None:
    acting(system(), now).do(forget_replies)


@every("27 3 * * *")
def forget_old_events(now: datetime) -> None:
    while acting(system(), now).do(forget_events):
        pass


@app.periodic(cron="37 3 * * *")
@app.task(name="kernel.forget_failed_jobs", queueing_lock="kernel.forget_failed_jobs")
async def forget_failed_jobs(timestamp: int) -> None:
    """Those that were done are gone at once; those that failed for good are kept for a month, to be looked at."""
    await app.job_manager.delete_old_jobs(
        nb_hours=FAILED_JOBS_KEPT, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="* * * * * */10")
@app.task(name="kernel.take_up_dropped_jobs", queueing_lock="kernel.take_up_dropped_jobs")
async def take_up_dropped_jobs(timestamp: int) -> None:
    """
    Queue again the jobs of workers whose heart has stopped.

    procrastinate tries again what fails, not what was killed. Jobs are safe to run twice. Where a periodic job's next
    run is queued already, and waits for the lock of the dropped one, that does the work: the dropped one is let go.
    """
    for dropped in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        try:
            await app.job_manager.retry_job(dropped)
        except UniqueViolation:
            await app.job_manager.finish_job(dropped, Status.ABORTED, delete_job=True)
        except Exception:  # another process was faster, or it is stuck: it holds up no other
            log.exception("%s, dropped by its worker, could not be taken up", dropped.task_name)


@command("kernel.forget_replies")
def forget_replies(actor: Actor, now: datetime) -> int:
    """Forget replies older than seven days; return how many."""
    deleted, _ = Request.objects.filter(at__lt=now - REPLIES_KEPT).delete()
    return deleted


@command("kernel.forget_events")
def forget_events(actor: Actor, now: datetime) -> int:
    """Forget a part of the events that all have heard a month ago; return how many. What nobody has heard stays."""
    heard = Event.objects.filter(delivered_at__lt=now - EVENTS_KEPT)
    ids = list(heard.values_list("id", flat=True)[:EVENTS_AT_ONCE])
    Delivery.objects.filter(event_id__in=ids).delete()
    return Event.objects.filter(id__in=ids).delete()[0]
