"""How a visit's history reads: what the field said, in sentences. Pure, no questions asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from anjia.clinical.measures import Unsound, measure
from anjia.kernel.errors import Words
from anjia.messaging.rules import Channel, State
from anjia.supplies.rules.waste import WORDS_OF_CLASS
from anjia.visits.rules.exceptions import WORDS_OF_EXCEPTION
from anjia.visits.rules.facts import FactKind
from anjia.visits.rules.lifecycle import Status, What

LATE_TO_ARRIVE: Final = timedelta(minutes=30)  # a fact that came later than this was written without signal
TONES: Final[Mapping[str, tuple[str, str]]] = {
    Status.BOOKED: ("info", "calendar"),
    Status.DEPARTED: ("move", "navigation"),
    Status.ARRIVED: ("move", "player-play"),
    Status.DONE: ("ok", "check"),
    Status.CANCELLED: ("idle", "x"),
    Status.MISSED: ("bad", "alert-circle"),
    Status.HELD: ("idle", "hourglass"),
    Status.RELEASED: ("idle", "x"),
}
KINDS: Final[Mapping[str, tuple[Words, str]]] = {
    FactKind.DEPARTED: (gettext_lazy("出发"), "navigation"),
    FactKind.ARRIVED: (pgettext_lazy("history", "到达"), "door-enter"),
    FactKind.STEP_DONE: (gettext_lazy("做了一步"), "list-check"),
    FactKind.MEASURED: (gettext_lazy("测量"), "heart-rate-monitor"),
    FactKind.PHOTO: (gettext_lazy("拍照"), "camera"),
    FactKind.TEACH_BACK: (gettext_lazy("教过并请对方说一遍"), "message-circle"),
    FactKind.SIGNED: (pgettext_lazy("history", "签字"), "signature"),
    FactKind.SUPPLIES: (gettext_lazy("用了耗材"), "first-aid-kit"),
    FactKind.WASTE: (gettext_lazy("装了医疗废物"), "trash"),
    FactKind.NOTE: (gettext_lazy("备注"), "notes"),
    FactKind.EXCEPTION: (gettext_lazy("报了异常"), "alert-triangle"),
    FactKind.QUESTION: (gettext_lazy("问医生"), "stethoscope"),
    FactKind.DONE: (gettext_lazy("做完"), "check"),
    FactKind.LEFT: (gettext_lazy("离开"), "door-exit"),
    FactKind.DELIVERED: (gettext_lazy("标本送到"), "droplet"),
}
SOURCES: Final[Mapping[str, Words]] = {
    "resident": gettext_lazy("本人约的"),
    "family": gettext_lazy("家人约的"),
    "desk": gettext_lazy("服务台约的"),
    "ward": gettext_lazy("病区转来的"),
}
SIGNERS: Final[Mapping[str, Words]] = {
    "resident": gettext_lazy("本人签了"),
    "family": gettext_lazy("家人签了"),
    "refused": gettext_lazy("没有签"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What somebody said from the field, when it was and when we heard of it."""

    at: datetime
    heard_late: datetime | None
    who: str
    kind: str
    icon: str
    words: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    at: datetime
    name: str
    value: str
    unit: str


CHANNELS: Final[Mapping[str, Words]] = {
    Channel.WECHAT: gettext_lazy("微信"),
    Channel.SMS: gettext_lazy("短信"),
    Channel.THROUGH: gettext_lazy("请人转告"),
    Channel.PHONE: gettext_lazy("打电话"),
}
DELIVERY: Final[Mapping[str, tuple[str, Words]]] = {
    State.QUEUED: ("idle", gettext_lazy("等着发")),
    State.SENT: ("info", gettext_lazy("已发出")),
    State.DELIVERED: ("ok", gettext_lazy("已收到")),
    State.FAILED: ("warn", gettext_lazy("没通，换了下一条路")),
    State.GAVE_UP: ("bad", gettext_lazy("没有送到")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """Something from the field that does not fit what we knew."""

    visit_id: UUID
    resident: str
    starts_at: datetime
    words: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message about the visit: to whom, how, and how far it has come."""

    at: datetime
    title: str
    name: str
    channel: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitShown:
    """All that the visit's page shows."""

    visit: Any  # anjia.visits.queries.VisitPage
    resident: str
    tone: str
    icon: str
    status_words: str
    source: str
    wishes: Sequence[str]
    facts: Sequence[Fact]
    readings: Sequence[Reading]
    missing: Sequence[str]
    messages: Sequence[Told] = ()
    ratings: Sequence[Any] = ()  # anjia.quality.models.Rating
    family_forms: Sequence[Any] = ()  # anjia.quality.models.FamilyForm
    heed: Sequence[str] = ()
    series: Any = None  # anjia.series.queries.SeriesLine
    exceptions: Sequence[Any] = ()  # anjia.exceptions.shapes.OfVisit
    who_words: str = ""
    questions: Sequence[Any] = ()  # anjia.orders.queries.QuestionLine


def shown(
    visit: Any,
    *,
    resident: str,
    messages: Sequence[Any] = (),
    ratings: Sequence[Any] = (),
    family_forms: Sequence[Any] = (),
    heed: Sequence[str] = (),
    series: Any = None,
    exceptions: Sequence[Any] = (),
    questions: Sequence[Any] = (),
) -> VisitShown:
    tone, icon, status_words = tone_of(visit)
    titles = {step["key"]: str(step.get("title") or step["key"]) for step in visit.steps}
    facts = [fact_of(said, titles) for said in visit.facts]
    done = {said.content.get("key") for said in visit.facts if said.kind == FactKind.STEP_DONE}
    critical = [step for step in visit.steps if step.get("critical") and step["key"] not in done]
    return VisitShown(
        visit=visit,
        resident=resident,
        tone=tone,
        icon=icon,
        status_words=status_words,
        source=str(SOURCES.get(visit.source, "")),
        wishes=wishes_of(visit.wishes, visit.who_is_present),
        facts=facts,
        readings=[one for said in visit.facts if said.kind == FactKind.MEASURED for one in readings_of(said)],
        missing=[titles[step["key"]] for step in critical] if visit.status == Status.DONE else [],
        messages=[told(line) for line in messages],
        ratings=ratings,
        family_forms=family_forms,
        heed=heed,
        series=series,
        exceptions=exceptions,
        questions=questions,
        who_words=next((one.who_words for one in series.occurrences if one.visit_id == visit.id), "")
        if series
        else "",
    )


def tone_of(visit: Any) -> tuple[str, str, str]:
    """Say how the visit stands as the board does: what nobody has taken is not simply booked."""
    said = [happened.what for happened in visit.timeline]
    if visit.status == Status.BOOKED and said[-1:] == [What.NOBODY_TOOK_IT]:
        return "bad", "alert-circle", pgettext("board", "没人接")
    return *TONES[Status(visit.status)], visit.status_words


def told(line: Any) -> Told:
    tone, words = DELIVERY[line.notification.state]
    return Told(
        at=line.notification.made_at,
        title=line.title,
        name=line.name,
        channel=str(CHANNELS[line.notification.channel]),
        tone=tone,
        words=str(words),
    )


def fact_of(said: Any, titles: Mapping[str, str]) -> Fact:
    kind, icon = KINDS[said.kind]
    late = said.received_at - said.occurred_at > LATE_TO_ARRIVE
    return Fact(
        at=said.occurred_at,
        heard_late=said.received_at if late else None,
        who=said.who,
        kind=str(kind),
        icon=icon,
        words=words_of(said.kind, said.content, titles),
        grade=said.grade_words,
    )


def words_of(kind: str, content: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """Return what a fact says beyond its kind; what says something of her health may have been left out."""
    match kind:
        case FactKind.STEP_DONE:
            return words_of_step(content, titles)
        case FactKind.MEASURED:
            shown = [
                f"{name} {value} {unit}" for name, value, unit in map(plain, content.get("readings", ()))
            ]
            return _("，").join(shown)
        case FactKind.TEACH_BACK if "understood" in content:
            understood = _("听懂了") if content["understood"] else _("还没听懂")
            return _("{point}：{understood}").format(point=content.get("point", ""), understood=understood)
        case FactKind.SIGNED:
            said = str(SIGNERS.get(content.get("by", ""), ""))
            reason = content.get("reason")
            return _("{said}：{reason}").format(said=said, reason=reason) if reason else said
        case FactKind.SUPPLIES | FactKind.WASTE:
            return words_of_things(content)
        case FactKind.DELIVERED:
            return str(content.get("laboratory") or "")
        case FactKind.EXCEPTION:
            return str(WORDS_OF_EXCEPTION[content["exception"]])
    return str(content.get("words" if kind in {FactKind.NOTE, FactKind.QUESTION} else "reason") or "")


def words_of_things(content: Mapping[str, Any]) -> str:
    """Return what was used, or what waste was packed."""
    if "waste_class" in content:
        waste_class = WORDS_OF_CLASS[content["waste_class"]]
        return _("{kind}，封签 {seal}").format(kind=waste_class, seal=content.get("seal", ""))
    used = [one for one in content.get("used", ()) if one.get("quantity")]
    return _("，").join(
        f"{one.get('name', one['code'])} {one['quantity']:g} {one.get('unit', '')}" for one in used
    )


def words_of_step(content: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    step = titles.get(content.get("key", ""), str(content.get("key", "")))
    if not content.get("skipped"):
        return step
    return _("{step}：跳过，{reason}").format(step=step, reason=content.get("reason") or _("没写原因"))


def readings_of(said: Any) -> list[Reading]:
    return [
        Reading(at=said.occurred_at, name=name, value=value, unit=unit)
        for name, value, unit in map(plain, said.content.get("readings", ()))
    ]


def plain(reading: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return name, value and unit as people say them; what we do not know, as it was said."""
    value = f"{reading['value']:g}"
    try:
        known = measure(reading["code"])
    except Unsound:
        return str(reading["code"]), value, str(reading["unit"])
    english = (get_language() or "").startswith("en")
    unit = known.shown_en if english else known.shown
    return (
        known.name_en if english else known.name,
        value,
        unit if reading["unit"] == known.unit else reading["unit"],
    )


def wishes_of(wishes: Mapping[str, Any], who_is_present: str) -> list[str]:
    found = {
        ("period", "morning"): _("上午"),
        ("period", "afternoon"): _("下午"),
        ("caregiver_sex", "female"): _("要女护士"),
        ("caregiver_sex", "male"): _("要男护士"),
    }
    said = [words for (name, value), words in found.items() if wishes.get(name) == value]
    if who_is_present:
        said.append(_("在家：{who}").format(who=who_is_present))
    if wishes.get("note"):
        said.append(str(wishes["note"]))
    return said
