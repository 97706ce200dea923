"""Bringing codes to phones, and forgetting."""

import logging
from datetime import datetime
from uuid import UUID

from anjia.identity import commands, ports, queries
from anjia.integrations.errors import Permanent
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import every, job
from anjia.kernel.work import acting

log = logging.getLogger(__name__)


@job
def send_code(now: datetime, *, code_id: str) -> None:
    """Bring a sign-in code to its phone. What can never arrive is not tried again."""
    unit = acting(system(), now)
    found = unit.ask(queries.code_to_send, Purpose.LEGAL, code_id=UUID(code_id), now=now)
    if found is None:
        return
    try:
        ports.code_sender().send(*found)
    except Permanent as error:
        log.error("a sign-in code could not be sent: %s", error.code)
        return
    unit.do(commands.mark_code_sent, code_id=UUID(code_id))


@every("41 * * * *")
def forget_old_tries(now: datetime) -> None:
    acting(system(), now).do(commands.forget_old_tries)
