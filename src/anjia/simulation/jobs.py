"""The demo goes on while nobody looks."""

import random
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from anjia.identity.queries import is_set_up
from anjia.integrations.sms.messages_standin import local as sms
from anjia.integrations.wechat.messages_standin import local as wechat
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import every
from anjia.kernel.work import acting
from anjia.simulation.founding import Founder
from anjia.simulation.later import Later
from anjia.simulation.life import Life


@every("* * * * * */15")
def report_messages(now: datetime) -> None:
    """Let the stand-ins report what became of messages, at the addresses where the vendors would."""
    if settings.IS_DEMO and "sms" in settings.STAND_INS:
        path = reverse("sms_reports", kwargs={"secret": settings.SMS_REPORT_SECRET})
        sms().report(f"{settings.OWN_ADDRESS}{path}", at=now.timestamp())
    if settings.IS_DEMO and "wechat" in settings.STAND_INS:
        address = f"{settings.OWN_ADDRESS}{reverse('wechat_events')}"
        wechat().push(address, token=settings.WECHAT_PUSH_TOKEN, at=now.timestamp())


@every("* * * * * 20")
def go_on(now: datetime) -> None:
    """Let the colleagues of the demo's cast go about their rounds, and begin the day when it is a new one."""
    if not settings.IS_DEMO or not acting(system(), now).ask(is_set_up, Purpose.LEGAL):
        return
    founder = Founder(now)
    founder.remember()
    if founder.staff:
        Later(Life(founder, now, random.Random(int(now.timestamp())))).go_on()
