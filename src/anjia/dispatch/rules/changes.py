"""Changes of a day that has begun: what they break, what they cost, and what is said when one may not be made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Who would come for a part of a visit, and when it would begin: one stroke of a change."""

    visit_id: UUID
    part: int
    staff_id: UUID
    starts_at: datetime

    @property
    def key(self) -> tuple[UUID, int]:
        return self.visit_id, self.part


class Rule(StrEnum):
    """What a change may break, as people call it."""

    UNDER_WAY = "under_way"
    PAST = "past"
    GATE = "gate"
    QUALIFIED = "qualified"
    OTHER_PART = "other_part"
    OVERLAP = "overlap"
    SHIFT = "shift"
    LEAVE = "leave"
    TRAVEL = "travel"
    SPECIMEN = "specimen"
    BREAK = "break"
    SEX = "sex"
    REFUSED = "refused"
    AREA = "area"
    SAID_NO = "said_no"
    PERIOD = "period"
    RESIDENT_BUSY = "resident_busy"


WORDS_OF_RULE: Final[Mapping[Rule, Words]] = {
    Rule.UNDER_WAY: _("已经开始"),
    Rule.PAST: _("时间已经过了"),
    Rule.GATE: _("上门的条件"),
    Rule.QUALIFIED: _("资格"),
    Rule.OTHER_PART: _("要两个人"),
    Rule.OVERLAP: _("时间重叠"),
    Rule.SHIFT: _("班次"),
    Rule.LEAVE: _("请假"),
    Rule.TRAVEL: _("路上来不及"),
    Rule.SPECIMEN: _("送检来不及"),
    Rule.BREAK: _("班中休息"),
    Rule.SEX: _("男女的要求"),
    Rule.REFUSED: _("不要的人"),
    Rule.AREA: _("片区"),
    Rule.SAID_NO: _("已经问过"),
    Rule.PERIOD: _("约好的时段"),
    Rule.RESIDENT_BUSY: _("同一家撞上"),
}
# What no reason overrules: the law, the database's own promises, and what has happened.
HARD: Final = frozenset({Rule.UNDER_WAY, Rule.PAST, Rule.GATE, Rule.QUALIFIED, Rule.OTHER_PART, Rule.OVERLAP})


class Way(StrEnum):
    """How a promise in danger is kept, or made anew."""

    OTHER = "other"
    SWAP = "swap"
    LATER = "later"
    OTHER_LATER = "other_later"
    ALL_LATER = "all_later"


WORDS_OF_WAY: Final[Mapping[Way, Words]] = {
    Way.OTHER: _("换人，时间不变"),
    Way.SWAP: _("两家对换"),
    Way.LATER: _("人不变，改时间"),
    Way.OTHER_LATER: _("换人，也改时间"),
    Way.ALL_LATER: _("后面几家一起往后挪"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRule:
    """What is looked for when a promise is in danger, and what counts for how much. Source: ours [ENG]."""

    step: timedelta = timedelta(minutes=15)  # times that can be said on the telephone
    farthest: timedelta = timedelta(hours=4)
    overtime: int = 60  # minutes after the end of her shift that are proposed at most, and only with a word
    shown: int = 2  # of one way, at most
    # In minutes of travel: what it costs to move a promise at all, a minute of it, a face that she knows, overtime.
    moved: float = 20.0
    minute_moved: float = 0.5
    known: float = 15.0
    minute_over: float = 1.0


REPAIR: Final = RepairRule()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a change breaks: its name, of whom and why in words, what would help, where it stands."""

    rule: Rule
    words: str
    way_out: str = ""
    rule_id: str = ""
    source: str = ""

    @property
    def name(self) -> str:
        return str(WORDS_OF_RULE[self.rule])

    @property
    def is_hard(self) -> bool:
        return self.rule in HARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A promise that would be of another time."""

    visit_id: UUID
    resident: str
    starts_at: datetime
    starts_then: datetime

    @property
    def minutes(self) -> int:
        return round((self.starts_then - self.starts_at) / timedelta(minutes=1))

    @property
    def minutes_earlier(self) -> int:
        return -self.minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change breaks, and what it costs."""

    broken: Sequence[Broken] = ()
    travel: int = 0  # minutes more than now, of all whom it concerns
    moved: Sequence[Moved] = ()
    unknown: Sequence[
        str
    ] = ()  # residents to whom somebody comes who has not been there, instead of one who has
    known: Sequence[str] = ()  # and the other way round
    overtime: Mapping[str, int] = field(default_factory=dict)  # by caregiver's name, minutes more
    people: int = 0  # parts for which somebody else comes
    households: int = 0  # that hear of it

    @property
    def saved(self) -> int:
        return -self.travel

    @property
    def is_possible(self) -> bool:
        return not any(one.is_hard for one in self.broken)

    @property
    def wants_why(self) -> bool:
        return bool(self.broken)

    @property
    def price(self) -> float:
        """Return what it costs, in minutes of travel: to put proposals in order, and for nothing else."""
        return (
            self.travel
            + sum(REPAIR.moved + REPAIR.minute_moved * abs(one.minutes) for one in self.moved)
            + REPAIR.known * (len(self.unknown) - len(self.known))
            + REPAIR.minute_over * sum(self.overtime.values())
        )


class PlanIsOther(DomainError):
    """Since somebody looked, the plan has become another one: what was weighed then is not so now."""

    code = "dispatch.plan_is_other"
    words = _("看的时候到现在，安排已经变了，什么都没有改。按现在的样子再看一遍。")

    def __init__(self, changes: Sequence[str] = ()) -> None:
        said = str(self.words)
        if changes:
            said = gettext(
                "看的时候到现在，安排已经变了：{changes}。什么都没有改，按现在的样子再看一遍。"
            ).format(changes=gettext("；").join(changes))
        super().__init__(said, fields={})


class OnAnotherDay(Invalid):
    """Here somebody changes one day: what the rules say of another one has not been asked."""

    code = "dispatch.on_another_day"
    words = _("这里只改这一天的安排。要改到别的天，打开那次上门，用“改时间”。")


class NothingToChange(DomainError):
    code = "dispatch.nothing_to_change"
    words = _("和现在的安排一样，没有要改的。")


class WantsWhy(DomainError):
    """It breaks what may be broken, if people have agreed: then it is said with whom, and what."""

    code = "dispatch.wants_why"

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__(
            gettext("这样改不合规矩：{broken}。商量好了，就写上商量了什么。").format(
                broken=in_one_line(broken)
            ),
            fields={},
        )


class MayNotBe(DomainError):
    """It breaks what nobody may break."""

    code = "dispatch.may_not_be"

    def __init__(self, broken: Sequence[Broken]) -> None:
        hard = [one for one in broken if one.is_hard]
        super().__init__(
            gettext("这样改不行：{broken}。").format(broken=in_one_line(hard)),
            fields={one.rule_id: one.words for one in hard if one.rule_id},
        )


def in_one_line(broken: Sequence[Broken]) -> str:
    return gettext("；").join(
        gettext("{rule}（{words}）").format(rule=one.name, words=one.words.rstrip("。")) for one in broken
    )


class CannotUndo(DomainError):
    """Something has followed the change: what it was cannot simply be made again."""

    code = "dispatch.cannot_undo"
    words = _("这一步已经撤销过了。")

    def __init__(self, followed: Sequence[str] = ()) -> None:
        said = str(self.words)
        if followed:
            said = gettext("撤不回来了：{followed}。什么都没有改；要改就按现在的样子再改。").format(
                followed=gettext("；").join(followed)
            )
        super().__init__(said, fields={})
