"""What the kernel does by itself: seal, forget, and take up what a killed worker has dropped."""

from datetime import datetime, timedelta
from typing import Final

from procrastinate.contrib.django import app

from anjia.kernel import sealing
from anjia.kernel.actors import Actor, system
from anjia.kernel.jobs import every
from anjia.kernel.models import Request
from anjia.kernel.work import acting, command

REPLIES_KEPT: Final = timedelta(days=7)
SILENT: Final = 15  # seconds; a worker's heartbeat comes every 5


@every("*/20 * * * * *")
def seal_audit(now: datetime) -> None:
    sealing.seal_now(now)


@every("17 3 * * *")
def forget_old_replies(now: datetime) -> None:
    acting(system(), now).do(forget_replies)


@app.periodic(cron="*/10 * * * * *")
@app.task(name="kernel.take_up_dropped_jobs", queueing_lock="kernel.take_up_dropped_jobs")
async def take_up_dropped_jobs(timestamp: int) -> None:
    """
    Queue again the jobs of workers whose heart has stopped.

    procrastinate tries again what fails, not what was killed. Jobs are safe to run twice.
    """
    for dropped in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        await app.job_manager.retry_job(dropped)


@command("kernel.forget_replies")
def forget_replies(actor: Actor, now: datetime) -> int:
    """Forget replies older than seven days; return how many."""
    deleted, _ = Request.objects.filter(at__lt=now - REPLIES_KEPT).delete()
    return deleted
