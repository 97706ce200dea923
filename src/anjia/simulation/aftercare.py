"""What has come of the visits in the demo town: who was called back, who complained, what is made better."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.quality import commands as quality
from anjia.quality.models import CallBack, Concern, Objection
from anjia.quality.queries import call_backs, my_performance_rows
from anjia.quality.rules import Side
from anjia.simulation.cast import account_id_of
from anjia.simulation.founding import CENTRE
from anjia.simulation.life import Life
from anjia.simulation.phones import MINUTES

HOURS: Final = timedelta(hours=1)
DAYS: Final = timedelta(days=1)
ANSWERS: Final = (
    {"solved": "yes", "words": "都挺好，谢谢护士。"},
    {"solved": "yes"},
    {"solved": "partly", "words": "伤口还有点渗。", "new_need": "想把下次换药提前一天"},
    {"solved": "yes", "words": "讲得清楚，照着做了。"},
    {"solved": "no", "words": "药怎么吃还是没弄明白。", "new_need": "想请家庭医生打个电话讲一讲用药"},
    {"solved": "yes"},
)


# What each nurse objects to: the first of these that counts against her somewhere.
OBJECTIONS: Final = {
    "punctuality": "那天小区停电，电梯停了，门卫可以作证。我在楼下打了电话。",
    "rating_explained": "那次只是换药，用药是家庭医生前一天讲的，这一项评的不是我。",
    "call_backs": "她说没解决的是药费，不是这次上门的事。",
}


@dataclass(slots=True)
class Aftercare:
    """Lets the people of the town speak of the visits that the life there has brought, and others answer."""

    life: Life

    def follow_up(self) -> None:
        self.call_back()
        self.hear_the_daughter()
        self.hear_concerns()
        self.make_better()
        self.object_to_figures()

    def call_back(self) -> None:
        """Most were reached in time, one too late, one by nobody; today's are still to be called."""
        for visit_id in self.life.done:
            self.do(system(CENTRE), quality.open_call_back, visit_id=visit_id)
        lines = acting(self.member("desk"), self.life.now).ask(
            call_backs, Purpose.CONTRACT, now=self.life.now, size=200
        )
        past = [line.call_back for line in lines.page.items if line.is_late]
        for number, call_back in enumerate(past[:-1]):
            self.ring(call_back, number)
        self.reach_nobody(past[-1])
        for line in lines.page.items[len(past) :: 2]:
            self.log(
                self.member("desk"), line.call_back, ago=35 * MINUTES, reached="no_answer", words="下午再打"
            )

    def ring(self, call_back: CallBack, number: int) -> None:
        by = self.member("doctor" if number % 3 == 0 else "desk")
        when = self.life.now - call_back.due_at + (-3 * HOURS if number == 4 else 19 * HOURS)
        answer = ANSWERS[number % len(ANSWERS)]
        self.log(by, call_back, ago=max(when, MINUTES), reached="reached", **answer)

    def reach_nobody(self, call_back: CallBack) -> None:
        late = self.life.now - call_back.due_at
        self.log(self.member("desk"), call_back, ago=late + 6 * HOURS, reached="no_answer")
        self.do(system(CENTRE), quality.escalate_call_back, ago=late, call_back_id=call_back.id)

    def log(self, by: Actor, call_back: CallBack, *, ago: timedelta, **said: str) -> None:
        self.do(by, quality.log_call_back, ago=ago, call_back_id=call_back.id, **said)

    def hear_the_daughter(self) -> None:
        self.do(
            self.life.founder.person("daughter"),
            quality.say_as_family,
            ago=3 * DAYS,
            visit_id=self.life.visits_to_zhang[-1],
            told="late",
            understood="yes",
            burden="some",
            words="我在外地，只能晚上打电话。护士走了以后要是能发一条她量了多少就好了。",
        )

    def hear_concerns(self) -> None:
        person, daughter = self.life.founder.person("resident"), self.life.founder.person("daughter")
        nurse, desk = self.member("chenxue"), self.member("desk")
        earlier, latest = self.life.visits_to_zhang
        self.answer(
            self.say(person, 9 * DAYS, "complaint", "等了四十分钟，没有人打电话来说一声。", visit_id=earlier),
            ago=8 * DAYS,
        )
        self.take_up(
            self.say(daughter, 2 * DAYS, "complaint", "妈妈说量血压前没有让她先歇五分钟。", visit_id=latest),
            ago=40 * HOURS,
        )
        event = self.say(nurse, 5 * DAYS, "adverse_event", "换药时胶布撕得急，手背擦破一小块皮，已消毒。")
        self.answer(event, ago=4 * DAYS)
        self.do(
            self.member("quality"), quality.close_concern, ago=3 * DAYS, concern_id=event, is_accepted=True
        )
        self.say(
            desk,
            50 * MINUTES,
            "dispute",
            "说好十五块的材料费，收据上是二十五。",
            is_caller=True,
            caller_name="周先生（周长顺的儿子）",
            caller_phone="19900003012",
        )
        self.do(
            system(CENTRE),
            quality.suggest_without_a_name,
            ago=30 * HOURS,
            words="星期六上午也能约换药就好了，孩子们那时候都在。",
        )

    def say(self, by: Actor, ago: timedelta, kind: str, words: str, **more: Any) -> UUID:
        said: Concern = self.do(by, quality.raise_concern, ago=ago, kind=kind, words=words, **more)
        return said.id

    def take_up(self, concern_id: UUID, *, ago: timedelta) -> None:
        who = self.member("quality")
        self.do(
            who, quality.acknowledge_concern, ago=ago, concern_id=concern_id, words="电话里说了，三天内答复"
        )

    def answer(self, concern_id: UUID, *, ago: timedelta) -> None:
        self.take_up(concern_id, ago=ago)
        who, later = self.member("quality"), ago - 20 * HOURS
        found = "问过当天的护士，看了记录，情况属实。已在早会上讲过，改了上门前的提示。"
        self.do(who, quality.note_finding, ago=later, concern_id=concern_id, words=found)
        told = "您说的情况属实，向您道歉。以后晚到十分钟就先打电话。"
        self.do(
            who,
            quality.tell_outcome,
            ago=later - HOURS,
            concern_id=concern_id,
            words=told,
            told_by="telephone",
            finding="upheld",
        )

    def make_better(self) -> None:
        """What is rated low is seen to by the quality manager."""
        for improvement in self.do(system(CENTRE), quality.open_improvements, ago=DAYS):
            self.do(
                self.member("quality"),
                quality.plan_improvement,
                ago=20 * HOURS,
                improvement_id=improvement.id,
                measure="每次走之前请对方用自己的话讲一遍；讲不出来的，留一张大字卡片。",
                due_on=day_of(self.life.now) + timedelta(days=14),
            )

    def object_to_figures(self) -> None:
        """One nurse says that a visit was counted wrongly and was right; another's objection waits for its answer."""
        for key in ("nurse", "chenxue"):
            said = next((one for one in map(partial(self.objection, key), OBJECTIONS) if one), None)
            if said and key == "nurse":
                self.decide(said)

    def objection(self, key: str, code: str) -> Objection | None:
        by, then = self.member(key), self.life.now - DAYS
        found = acting(by, then).ask(
            my_performance_rows, Purpose.CONTRACT, code=code, month=day_of(then), as_of=then
        )
        against = [one.row.row_id for one in found.page.items if one.row.side is Side.AGAINST]
        if not against:
            return None
        said: Objection = self.do(
            by,
            quality.raise_objection,
            ago=DAYS,
            month=day_of(then),
            group=found.one.measure.group,
            row_id=against[0],
            words=OBJECTIONS[code],
        )
        return said

    def decide(self, said: Objection) -> None:
        who, mine = self.member("quality"), account_id_of("quality")
        if said.owner_id != mine:
            over = {"objection_id": said.id, "owner_id": mine, "words": "这周的异议我来看。"}
            self.do(who, quality.hand_objection_over, ago=21 * HOURS, **over)
        why = "查过那次的记录和通话，她说得对，这一条不计入。"
        self.do(
            who,
            quality.decide_objection,
            ago=20 * HOURS,
            objection_id=said.id,
            outcome="left_out",
            reason=why,
        )

    def member(self, key: str) -> Actor:
        return self.life.founder.member(key)

    def do(self, by: Actor, command: Any, *, ago: timedelta = MINUTES, **what: Any) -> Any:
        return self.life.founder.do(by, command, when=self.life.now - ago, **what)
