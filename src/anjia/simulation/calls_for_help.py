"""Who has called for help in the demo town, who took it, what came of it. Nothing is open: it would ring."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from anjia.emergencies import commands
from anjia.kernel.ids import new_id
from anjia.kernel.work import acting
from anjia.simulation.founding import Founder, resident_id_of

DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)


def call_for_help(founder: Founder) -> None:
    """Let two residents have pressed, one of them by mistake, and Zhang Guifang wish that her daughter be told."""
    now = founder.now
    she = founder.person("resident")
    founder.do(she, commands.set_wish, when=now - 20 * DAY, tells_family=True)
    dizzy = ("起床头晕，扶着床边坐下了，没有摔。", "让她先坐着，女儿十分钟到。")
    press(founder, "zhang", when=now - 9 * DAY, notes=dizzy, outcome="by_phone")
    press(founder, "r26", when=now - 3 * DAY, notes=("擦手机碰到的，人没事。",), outcome="false_alarm")


def press(founder: Founder, key: str, *, when: datetime, notes: tuple[str, ...], outcome: str) -> None:
    resident_id = resident_id_of(key)
    she = replace(founder.person("resident"), resident_id=resident_id, resident_ids=frozenset({resident_id}))
    desk = founder.member("desk")
    case = acting(she, when).do(commands.call_for_help, client_id=new_id(), pressed_at=when)
    acting(desk, when + 22 * SECOND).do(commands.take_case, case_id=case.id)
    for number, words in enumerate(notes, start=1):
        acting(desk, when + 80 * number * SECOND).do(
            commands.note_in_case, case_id=case.id, words=words, is_deed=number > 1
        )
    acting(desk, when + 420 * SECOND).do(commands.close_case, case_id=case.id, outcome=outcome)
