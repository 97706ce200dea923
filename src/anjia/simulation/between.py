"""What came in between in the demo town: somebody late, a refusal, a nurse who is ill and one on standby."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from anjia.exceptions import commands as exceptions
from anjia.exceptions.models import VisitException
from anjia.exceptions.queries import to_say_late
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import at, day_of
from anjia.kernel.work import acting
from anjia.simulation.founding import CENTRE
from anjia.simulation.phones import MINUTES
from anjia.workforce import commands as workforce
from anjia.workforce.models import Shift

if TYPE_CHECKING:
    from anjia.simulation.life import Life

SPARE, ILL = "wangqian", "yanghui"


@dataclass(frozen=True, slots=True)
class Between:
    """Begin it before events are passed over: nobody's telephone rings for what the founding makes up."""

    life: "Life"

    def happen(self) -> None:
        self.keep_somebody_free()
        self.be_refused()
        self.fall_ill()
        self.say_late()

    @property
    def now(self) -> datetime:
        return self.life.now

    @property
    def dispatcher(self) -> Actor:
        return self.life.founder.member("dispatcher")

    def keep_somebody_free(self) -> None:
        """She is on standby today and tomorrow, as far as she works."""
        start, staff_id = at(day_of(self.now), time(0)), self.life.founder.staff[SPARE]

        def coming(_: Actor) -> list[Shift]:
            rows = Shift.objects.filter(staff_id=staff_id, removed_at=None, ends_at__gt=self.now)
            return list(rows.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=2)))

        for shift in acting(system(CENTRE), self.now).ask(coming):
            self.do(workforce.set_standby, shift_id=shift.id, is_standby=True)

    def be_refused(self) -> None:
        """Yesterday somebody sent the nurse away, and the desk has seen to it."""
        starts_at = at(day_of(self.now) - timedelta(days=1), time(15, 30))
        visit_id = self.life.promise(
            "bp_follow_up", "r22", (SPARE,), starts_at, booked_at=starts_at - timedelta(days=1)
        )
        form = {
            "who": "family",
            "what": "whole",
            "reason": "time",
            "told_risks": "yes",
            "words": "儿子说老人刚睡下，今天别量了，改天再来。",
        }
        made = self.do(
            exceptions.report_exception, when=starts_at, visit_id=visit_id, kind="refused", form=form
        )
        said = {"hear": "打给儿子，老人午睡，没有不舒服。", "inform": "只是量血压，没有风险，不用告诉医生。"}
        for number, (step, words) in enumerate(said.items(), start=1):
            self.step(made, step, words, starts_at + 8 * number * MINUTES)
        self.life.cancel(visit_id, starts_at + 20 * MINUTES, "asked")
        self.do(
            exceptions.close_exception,
            when=starts_at + 25 * MINUTES,
            exception_id=made.id,
            outcome="cancelled",
            done="取消了这一次，儿子说周末打来再约。",
            told=["family", "caregiver"],
            follow_up="they_call",
        )

    def fall_ill(self) -> None:
        """A young nurse has rung: tomorrow's households want somebody else."""
        tomorrow = day_of(self.now) + timedelta(days=1)
        for key, clock in (("r10", time(9, 0)), ("r18", time(10, 30)), ("r42", time(14, 0))):
            visit_id = self.life.promise(
                "bp_follow_up", key, (ILL,), at(tomorrow, clock), booked_at=self.now - timedelta(days=2)
            )
            self.life.take(visit_id, (ILL,), self.now - timedelta(days=1))
        self.do(
            exceptions.report_absence,
            staff_id=self.life.founder.staff[ILL],
            form={"cause": "ill", "days": 2, "words": "早上打来电话，发烧。"},
        )

    def say_late(self) -> None:
        """Somebody has not set out: the clock has said so."""
        for house, visit_id in acting(system(), self.now).ask(to_say_late, Purpose.CONTRACT, now=self.now):
            acting(system(house), self.now).do(exceptions.say_late, visit_id=visit_id)

    def step(self, made: VisitException, step: str, words: str, when: datetime) -> None:
        self.do(exceptions.do_step, when=when, exception_id=made.id, step=step, words=words)

    def do(self, command: Any, *, when: datetime | None = None, **says: Any) -> Any:
        return self.life.founder.do(self.dispatcher, command, when=when or self.now, **says)
