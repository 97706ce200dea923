"""One person's figures and their rows in words, for her phone and the console alike."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from anjia.kernel.calendar import local
from anjia.kernel.errors import Words
from anjia.quality.queries import OneFigure, Performance, PersonRow, RowShown
from anjia.quality.queries.objections import ObjectionShown
from anjia.quality.rules import (
    FINDING_WORDS,
    LEAST_ROWS,
    OBJECTION_SOURCE,
    OBJECTION_STEP_WORDS,
    OBJECTION_WORDS,
    PERSON_MEASURES,
    RATER_WORDS,
    SOLVED_WORDS,
    CallState,
    Finding,
    ObjectionState,
    ObjectionStepKind,
    RaterKind,
    Saying,
    Shape,
    Side,
    Solved,
)

SIDE_WORDS: Final[Mapping[Side, tuple[Words, str]]] = {
    Side.FOR: (gettext_lazy("计入，做到"), "ok"),
    Side.PARTLY: (gettext_lazy("计入，做到一部分"), "warn"),
    Side.AGAINST: (gettext_lazy("计入，没做到"), "bad"),
    Side.OUTSIDE: (gettext_lazy("按定义不计入"), "idle"),
    Side.OPEN: (gettext_lazy("还在查，没有计入"), "info"),
}
# What counts the more the worse, or is neither good nor bad.
SIDES_OF: Final[Mapping[str, Mapping[Side, tuple[Words, str]]]] = {
    "complaints": {Side.FOR: (gettext_lazy("计入"), "bad")},
    "training": {Side.FOR: (gettext_lazy("还差"), "warn"), Side.OUTSIDE: (gettext_lazy("考过了"), "ok")},
    "visits": {Side.FOR: (gettext_lazy("计入"), "ok")},
    "way": {Side.FOR: (gettext_lazy("计入"), "ok")},
}
GROUP_WORDS: Final[Mapping[str, Words]] = {
    "visits": gettext_lazy("做完的上门"),
    "way": gettext_lazy("路上占比"),
    "steps": gettext_lazy("规程步骤"),
    "punctuality": gettext_lazy("准时"),
    "ratings": gettext_lazy("评价"),
    "complaints": gettext_lazy("属实的投诉"),
    "call_backs": gettext_lazy("回访说解决了"),
    "training": gettext_lazy("还差的培训"),
}


def value_words(one: OneFigure) -> str:
    """Return the number with its unit, or why there is none."""
    figure = one.figure
    match figure.saying:
        case Saying.NO_DATA:
            return _("没数据")
        case Saying.NOT_YOURS:
            return _("您没有看培训的权限")
        case Saying.TOO_FEW:
            return _("太少，说不出：满 {least} 条才算").format(least=LEAST_ROWS)
    if one.measure.shape is Shape.SHARE:
        return f"{figure.value}%"
    return f"{figure.value:f}" if one.measure.shape is Shape.PER_DAY else str(int(figure.value or Decimal(0)))


def detail_words(one: OneFigure) -> str:
    """Return of what the number is made: how many of how many, and what is told apart."""
    figure = one.figure
    if figure.saying is Saying.NOT_YOURS:
        return ""
    said = [_of_what(one)]
    if one.explained or one.skipped or one.unsaid:
        told = _("跳过并写了原因 {explained} 步，跳过没写原因 {skipped} 步，没有记 {unsaid} 步")
        said.append(told.format(explained=one.explained, skipped=one.skipped, unsaid=one.unsaid))
    if figure.open:
        said.append(_("还在查 {count} 件").format(count=figure.open))
    if figure.excluded:
        said.append(_("不计入 {count} 条").format(count=figure.excluded))
    return " · ".join(filter(None, said))


def _of_what(one: OneFigure) -> str:
    figure, group = one.figure, one.measure.group
    if group == "training":
        return _("本月考过 {count} 门").format(count=one.passed)
    if group == "way":
        return _("{count} 次上门有记录").format(count=figure.rows)
    if one.measure.shape is Shape.PER_DAY:
        return _("{visits} 次 / {days} 个当班日").format(visits=figure.counted, days=figure.of)
    return f"{figure.counted} / {figure.of}" if one.measure.shape is Shape.SHARE else ""


def left_out_words(one: OneFigure) -> str:
    """Return how many rows count no longer, and by whose decision."""
    if not one.figure.left_out:
        return ""
    return _("{count} 条按{names}的决定不计入").format(
        count=one.figure.left_out, names=_("、").join(name for name in one.decided_by if name)
    )


def side_of(code: str, side: Side) -> tuple[str, str]:
    """Return in words and as a tone how a row counts."""
    own = SIDES_OF.get(PERSON_MEASURES[code].group, {})
    words, tone = own.get(side, SIDE_WORDS[side])
    return str(words), tone


def row_words(code: str, shown: RowShown) -> str:
    """Return what the row itself says."""
    say = SAID_OF.get(PERSON_MEASURES[code].group)
    return say(shown.row) if say else ""


def _steps(row: PersonRow) -> str:
    steps = row.says["steps"]
    if not steps.asked:
        return _("这项服务没有步骤")
    said = [_("做了 {done} / {asked} 步").format(done=steps.done, asked=steps.asked)]
    if steps.explained:
        said.append(_("跳过并写了原因 {count} 步").format(count=steps.explained))
    if steps.skipped:
        said.append(_("跳过没写原因 {count} 步").format(count=steps.skipped))
    if steps.unsaid:
        said.append(_("没有记 {count} 步").format(count=steps.unsaid))
    return " · ".join(said)


def _arrival(row: PersonRow) -> str:
    if row.side is Side.OUTSIDE:
        return _("没有到达记录")
    late = row.says["late"]
    return _("晚 {minutes} 分钟").format(minutes=late) if late else _("按时到")


def _way(row: PersonRow) -> str:
    if row.side is Side.OUTSIDE:
        return _("出发、到达或做完没有记录")
    return _("路上 {way} 分钟，服务 {service} 分钟").format(way=row.says["way"], service=row.says["service"])


def _rating(row: PersonRow) -> str:
    stars = row.says["stars"]
    said = _("{stars} 星").format(stars=stars) if stars else _("没评这一项")
    return f"{RATER_WORDS[RaterKind(row.says['rater_kind'])]} · {said}"


def _complaint(row: PersonRow) -> str:
    found = row.says["finding"]
    return str(FINDING_WORDS[Finding(found)]) if found else _("没有定属实不属实")


def _call_back(row: PersonRow) -> str:
    if row.says["state"] == CallState.ANSWERED:
        return str(SOLVED_WORDS[Solved(row.says["solved"])])
    return _("不想说") if row.says["state"] == CallState.DECLINED else _("还没问到")


def _course(row: PersonRow) -> str:
    return f"{row.says['title']} · {row.says['words']}"


SAID_OF: Final[Mapping[str, Callable[[PersonRow], str]]] = {
    "steps": _steps,
    "punctuality": _arrival,
    "way": _way,
    "ratings": _rating,
    "complaints": _complaint,
    "call_backs": _call_back,
    "training": _course,
}


def objection_said(one: ObjectionShown) -> dict[str, Any]:
    """Return an objection with its history as it is read."""
    state = ObjectionState(one.objection.state)
    return {
        "id": one.objection.id,
        "group": one.objection.group,
        "group_words": str(GROUP_WORDS[one.objection.group]),
        "is_of_row": one.objection.row_id is not None,
        "words": one.objection.words,
        "state": state.value,
        "state_words": str(OBJECTION_WORDS[state]),
        "tone": {"open": "info", "left_out": "ok", "stays": "idle"}[state.value],
        "raised_at": one.objection.raised_at,
        "due_at": one.objection.due_at,
        "is_late": one.is_late,
        "owner_name": one.owner_name,
        "decider_name": one.decider_name,
        "decided_at": one.objection.decided_at,
        "reason": one.objection.reason,
        "clock_words": clock_words(one),
        "steps": [
            {
                "at": step.at,
                "words": str(OBJECTION_STEP_WORDS[ObjectionStepKind(step.kind)]),
                "who": one.names.get(step.by, ""),
                "owner_name": one.names.get(step.owner_id, "") if step.owner_id else "",
                "said": step.words,
            }
            for step in one.steps
        ],
    }


def clock_words(one: ObjectionShown) -> str:
    """Return who answers until when; or that nobody may yet; or whose answer it was."""
    due = f"{local(one.objection.due_at - timedelta(seconds=1)):%Y-%m-%d}"  # until the end of that day
    if one.objection.state != ObjectionState.OPEN:
        return _("{name}答复").format(name=one.decider_name)
    if not one.owner_name:
        return _("最晚 {due} 当天要答复，可是还没有别人能答复：请管理员再给一位同事质量管理的岗位").format(
            due=due
        )
    return _("由{name}答复，最晚 {due} 当天").format(name=one.owner_name, due=due)


def figure_said(one: OneFigure, found: Performance) -> dict[str, Any]:
    return {
        "code": one.measure.code,
        "group": one.measure.group,
        "name": one.said("name"),
        "saying": one.figure.saying.value,
        "value_words": value_words(one),
        "detail_words": detail_words(one),
        "left_out_words": left_out_words(one),
        "counts": one.said("counts"),
        "excludes": one.said("excludes"),
        "source": one.said("source"),
        "has_rows": one.figure.saying is not Saying.NOT_YOURS,
        "may_object": found.may_object and not _has_open(one.measure.group, found),
    }


def row_said(code: str, shown: RowShown) -> dict[str, Any]:
    """Return a row behind her own figure as it is read."""
    row, left_out, objection = shown.row, shown.left_out, shown.objection
    side_words, tone = side_of(code, row.side)
    taken = ""
    if left_out:
        told = _("按{name}的决定不计入：{reason}")
        taken = told.format(name=left_out.decider_name, reason=left_out.objection.reason)
    state = OBJECTION_WORDS[ObjectionState(objection.objection.state)] if objection else ""
    return {
        "row_id": row.row_id,
        "at": row.at,
        "service_name": row.visit.service_name if row.visit else "",
        "resident_name": shown.resident_name,
        "words": row_words(code, shown),
        "side_words": side_words,
        "tone": tone,
        "left_out_words": taken,
        "objection_words": f"{state} · {clock_words(objection)}" if objection else "",
        "may_object": shown.may_object,
    }


def source_of_objections() -> str:
    return OBJECTION_SOURCE["en" if (get_language() or "zh").startswith("en") else "zh"]


def _has_open(group: str, found: Performance) -> bool:
    return any(
        one.objection.group == group
        and one.objection.row_id is None
        and one.objection.state == ObjectionState.OPEN
        for one in found.objections
    )
