"""
The form of each kind: the fields that matter to it, in the order in which they are asked.

From the field nothing is refused for a line that is empty: what is missing is shown to whoever deals with it. At the
desk somebody sits before the form, and fills it in. No document gives these fields: service rules of this
installation [ENG]; the requirement is checklist D9.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anjia.kernel.errors import Invalid, Words
from anjia.visits.rules.exceptions import ExceptionKind

LONGEST_WORDS: Final = 1_000


class Ask(StrEnum):
    """How a field is asked."""

    CHOICE = "choice"
    MANY = "many"
    NUMBER = "number"
    TEXT = "text"


def is_empty(answer: Any) -> bool:
    return answer in (None, "", [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    ask: Ask
    words: Words
    choices: Mapping[str, Words] = field(default_factory=dict)
    is_required: bool = True
    low: int = 0
    high: int = 0

    def wrong(self, value: Any) -> Words | None:
        """Return what is wrong with an answer, or nothing."""
        if is_empty(value):
            return _("请填这一项。") if self.is_required else None
        match self.ask:
            case Ask.CHOICE:
                is_sound = isinstance(value, str) and value in self.choices
            case Ask.MANY:
                is_sound = isinstance(value, list) and all(
                    isinstance(one, str) and one in self.choices for one in value
                )
            case Ask.NUMBER:
                is_number = isinstance(value, int) and not isinstance(value, bool)
                is_sound = is_number and self.low <= value <= self.high
            case Ask.TEXT:
                is_sound = isinstance(value, str) and len(value) <= LONGEST_WORDS
        return None if is_sound else self.way_out

    @property
    def way_out(self) -> Words:
        if self.ask is Ask.NUMBER:
            return _now("请填 {low} 到 {high} 之间的整数。").format(low=self.low, high=self.high)
        return _("最多 1000 个字。") if self.ask is Ask.TEXT else _("请从列出的里面选。")

    def said(self, value: Any) -> str:
        """Return an answer in words; what we cannot read, as it was said."""
        if isinstance(value, list):
            return _now("、").join(self.said(one) for one in value)
        return str(self.choices.get(value, value)) if isinstance(value, str) else str(value)


class FormUnsound(Invalid):
    code = "exceptions.form_unsound"
    words = _("还差一两项，没有记下。补上再交一次。")


YES_NO: Final[Mapping[str, Words]] = {
    "yes": pgettext_lazy("exception", "是"),
    "no": pgettext_lazy("exception", "否"),
}
# How somebody was looked for who was not to be found.
ASKED_ROUND: Final[Mapping[str, Words]] = {
    "rang_resident": _("打了本人电话"),
    "rang_family": _("打了家人电话"),
    "asked_neighbour": _("问了邻居或物业"),
}


def choice(name: str, words: Words, **choices: Words) -> Field:
    return Field(name=name, ask=Ask.CHOICE, words=words, choices=choices)


def many(name: str, words: Words, **choices: Words) -> Field:
    return Field(name=name, ask=Ask.MANY, words=words, choices=choices)


def number(name: str, words: Words, low: int, high: int) -> Field:
    return Field(name=name, ask=Ask.NUMBER, words=words, low=low, high=high)


def text(name: str, words: Words, *, required: bool = True) -> Field:
    return Field(name=name, ask=Ask.TEXT, words=words, is_required=required)


WORDS: Final = text("words", _("具体情况"), required=False)
NEEDED_WORDS: Final = text("words", _("具体情况"))
FORMS: Final[Mapping[ExceptionKind, Sequence[Field]]] = {
    ExceptionKind.NO_SHOW: (
        many(
            "tried",
            _("试过什么"),
            knocked=_("敲门、按铃"),
            **ASKED_ROUND,
        ),
        number("waited_minutes", _("等了几分钟"), 0, 240),
        choice(
            "signs",
            _("屋里有没有动静"),
            none=_("没有动静"),
            sounds=_("有声音或灯亮，没人应"),
            seen_leaving=_("邻居说出门了"),
            not_known=_("看不出来"),
        ),
        WORDS,
    ),
    ExceptionKind.REFUSED: (
        choice("who", _("谁不要"), resident=_("本人"), family=_("家人"), other=_("别的人")),
        choice(
            "what",
            _("不要的是什么"),
            whole=_("整次都不要"),
            part=_("只不要其中一项"),
            person=_("不要这一位"),
        ),
        choice(
            "reason",
            _("为什么"),
            not_needed=_("觉得不需要了"),
            unwell=_("今天不方便"),
            cost=_("费用"),
            time=_("时间不合适"),
            person=_("不要这一位"),
            not_booked=_("说没有约过"),
            not_said=_("不肯说"),
        ),
        choice("told_risks", _("不做会怎样，讲清楚了没有"), **YES_NO),
        text("words", _("对方的原话")),
    ),
    ExceptionKind.UNSAFE: (
        choice(
            "danger",
            _("是什么"),
            violence=_("有人威胁或动手"),
            harassment=_("言语或举动骚扰"),
            drunk=_("有人喝醉"),
            animal=_("狗或别的动物"),
            building=_("电、煤气、房子有危险"),
            infection=_("传染的风险，防护不够"),
            road=_("路上或天气危险"),
            other=_("别的"),
        ),
        choice(
            "place",
            _("你现在在哪里"),
            away=_("已经离开，安全"),
            outside=_("在门外"),
            inside=_("还在里面，脱不了身"),
        ),
        choice("is_injured", _("有没有人受伤"), **YES_NO),
        choice("resident_at_risk", _("居民本人有没有危险"), **YES_NO),
        NEEDED_WORDS,
    ),
    ExceptionKind.LATE: (
        number("minutes", _("大约晚几分钟"), 5, 480),
        choice(
            "cause",
            _("为什么"),
            visit_before=_("上一家没做完"),
            traffic=_("路上堵"),
            vehicle=_("车坏了"),
            lost=_("找不到地方"),
            supplies=_("缺东西，要回去取"),
            other=_("别的"),
        ),
        choice(
            "told_home",
            _("告诉家里没有"),
            told=_("告诉了"),
            no_answer=_("打了，没人接"),
            not_yet=_("还没有"),
        ),
        WORDS,
    ),
    ExceptionKind.CAREGIVER_ILL: (
        choice(
            "cause",
            _("为什么"),
            ill=_("病了"),
            injured=_("受伤了"),
            family=_("家里有急事"),
            other=_("别的"),
        ),
        number("days", _("几天来不了（只有今天填 1）"), 1, 31),
        WORDS,
    ),
    ExceptionKind.WRONG_ADDRESS: (
        choice(
            "found",
            _("到了以后"),
            no_such_place=_("没有这个门牌"),
            others_live_there=_("住的是别人"),
            moved=_("搬走了"),
            gate_closed=_("小区或楼门进不去"),
        ),
        many(
            "tried",
            _("试过什么"),
            **ASKED_ROUND,
        ),
        text("right_address", _("问到的地址"), required=False),
        WORDS,
    ),
    ExceptionKind.WORSENING: (
        many(
            "signs",
            _("看到了什么"),
            consciousness=_("叫不醒、说胡话"),
            breathing=_("喘不上气"),
            chest_pain=_("胸口痛"),
            bleeding=_("出血"),
            red_reading=_("量的数越过了危急线"),
            fever=_("发高烧"),
            wound=_("伤口变坏"),
            fall=_("跌倒了"),
            other=_("别的"),
        ),
        choice(
            "rang_120",
            _("打 120 没有"),
            yes=_("打了"),
            no=_("还没有"),
            family_refuses=_("家里不肯"),
        ),
        choice("with_her", _("谁陪着"), caregiver=_("我在"), family=_("家人在"), nobody=_("没有人")),
        NEEDED_WORDS,
    ),
    ExceptionKind.SPECIMEN_LATE: (
        choice(
            "where",
            _("标本在哪里"),
            with_caregiver=_("在上门的人手里"),
            on_the_way=_("别人在送"),
            at_laboratory=_("已经交了，忘了说"),
            not_known=_("不知道"),
        ),
        WORDS,
    ),
}


def check_form(kind: ExceptionKind, said: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what a form says, without what it does not ask.

    :raises FormUnsound: naming each field that is empty or wrong
    """
    wrong = {one.name: words for one in FORMS[kind] if (words := one.wrong(said.get(one.name)))}
    if wrong:
        raise FormUnsound(fields=wrong)
    asked = {one.name for one in FORMS[kind]}
    return {name: value for name, value in said.items() if name in asked and not is_empty(value)}


def sound_part(kind: ExceptionKind, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a form from the field can be read."""
    return {
        one.name: said[one.name]
        for one in FORMS[kind]
        if not is_empty(said.get(one.name)) and one.wrong(said[one.name]) is None
    }


def lines_of(kind: ExceptionKind, said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a form as it is read: what was asked, and what was said; of what is missing, that it is."""
    return [
        (str(one.words), one.said(said[one.name]) if one.name in said else _now("没有填"))
        for one in FORMS[kind]
        if one.name in said or one.is_required
    ]
