"""The demo goes on while nobody looks."""

import random
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from anjia.identity.queries import is_set_up
from anjia.integrations.sms.messages_standin import local
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import every
from anjia.kernel.work import acting
from anjia.simulation.founding import Founder
from anjia.simulation.later import Later
from anjia.simulation.life import Life


@every("*/15 * * * * *")
def report_messages(now: datetime) -> None:
    """Let the stand-in for SMS report what became of messages, at the address where the vendor would."""
    if settings.IS_DEMO and "sms" in settings.STAND_INS:
        path = reverse("sms_reports", kwargs={"secret": settings.SMS_REPORT_SECRET})
        local().report(f"{settings.OWN_ADDRESS}{path}", at=now.timestamp())


@every("20 * * * * *")
def go_on(now: datetime) -> None:
    """Let the colleagues of the demo's cast go about their rounds, and begin the day when it is a new one."""
    if not settings.IS_DEMO or not acting(system(), now).ask(is_set_up, Purpose.LEGAL):
        return
    founder = Founder(now)
    founder.remember()
    if founder.staff:
        Later(Life(founder, now, random.Random(int(now.timestamp())))).go_on()
