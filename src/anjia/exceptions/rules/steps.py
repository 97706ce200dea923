"""
What is done next about each kind, by whom and by when, and to whom it goes on if nobody has done it. Pure.

No document gives these minutes: service rules of this installation [ENG]. Whoever has the plan of an institution puts
its own in their place here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Words
from anjia.visits.rules.exceptions import ExceptionKind

SOURCE: Final = _("本机构的服务规则（没有文件规定这些分钟数）")


class Role(StrEnum):
    """Whose turn it is: by what she may do, since a house gives its roles names of its own."""

    DISPATCH = "dispatch"
    DESK = "desk"
    DOCTOR = "doctor"
    LEAD = "lead"


PERMISSIONS: Final[Mapping[Role, str]] = {
    Role.DISPATCH: "dispatch.assign",
    Role.DESK: "desk.bookings",
    Role.DOCTOR: "desk.worklist",
    Role.LEAD: "exceptions.lead",
}
WORDS_OF_ROLE: Final[Mapping[Role, Words]] = {
    Role.DISPATCH: _("调度员"),
    Role.DESK: _("服务台"),
    Role.DOCTOR: _("家庭医生"),
    Role.LEAD: _("负责人"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    key: str
    words: Words
    minutes: int
    urgent_minutes: int

    def within(self, *, is_urgent: bool) -> timedelta:
        return timedelta(minutes=self.urgent_minutes if is_urgent else self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """`line` is who deals with it: the first, and to whom it goes on each time that nobody has."""

    steps: Sequence[Step]
    line: Sequence[Role]

    def within(self, *, is_urgent: bool) -> timedelta:
        """Return in what time it is closed if each step takes as long as it may."""
        return sum((one.within(is_urgent=is_urgent) for one in self.steps), timedelta(0))

    def step(self, key: str) -> Step | None:
        return next((one for one in self.steps if one.key == key), None)

    def after(self, key: str) -> Step | None:
        """Return the step after this one, or None after the last: then it is to be closed."""
        keys = [one.key for one in self.steps]
        following = keys.index(key) + 1 if key in keys else len(keys)
        return self.steps[following] if following < len(keys) else None


def step(key: str, words: Words, minutes: int, urgent: int | None = None) -> Step:
    return Step(key=key, words=words, minutes=minutes, urgent_minutes=urgent or minutes)


TO_CLOSE: Final = step("close", _("写下怎么了结的：做了什么、告诉了谁、要不要再约。"), 120, 60)

FLOWS: Final[Mapping[ExceptionKind, Flow]] = {
    ExceptionKind.NO_SHOW: Flow(
        line=(Role.DISPATCH, Role.DESK, Role.LEAD),
        steps=(
            step("ring_home", _("打本人和家人的电话：人在哪里，等还是改。"), 10, 5),
            step(
                "look_in",
                _("还联系不上：请邻居、物业或网格员去看一眼；屋里有动静没人应，报 110 开门。"),
                20,
                5,
            ),
            step("settle", _("定下这一次：等到几点、改时间或取消，告诉家里和护士。"), 30),
            TO_CLOSE,
        ),
    ),
    ExceptionKind.REFUSED: Flow(
        line=(Role.DESK, Role.DISPATCH, Role.LEAD),
        steps=(
            step("hear", _("打电话听对方说为什么；不催，讲清不做会怎样。"), 30),
            step("inform", _("停了有风险的，告诉家庭医生；不要这一位的，另找人。"), 60),
            step("settle", _("定下这一次：换人、改时间或取消。"), 120),
            TO_CLOSE,
        ),
    ),
    ExceptionKind.UNSAFE: Flow(
        line=(Role.DISPATCH, Role.LEAD),
        steps=(
            step("reach", _("马上打给上门的人：在哪、伤没伤；脱不了身或有人受伤，报 110、120。"), 3, 1),
            step("protect", _("确认人到了安全的地方；居民有危险的，也要有人管。"), 10, 5),
            step("settle", _("定下这一家：两个人去、换地方或先停，告诉家里。"), 60),
            step("report", _("报不良事件，告诉机构负责人。"), 240),
            TO_CLOSE,
        ),
    ),
    ExceptionKind.LATE: Flow(
        line=(Role.DISPATCH, Role.DESK, Role.LEAD),
        steps=(
            step("ring_caregiver", _("打给上门的人：到哪了，几点能到。"), 5),
            step("tell_home", _("告诉家里几点到；等不了就换人或改时间。"), 10),
            TO_CLOSE,
        ),
    ),
    ExceptionKind.CAREGIVER_ILL: Flow(
        line=(Role.DISPATCH, Role.LEAD),
        steps=(
            step("replace", _("给下面每一家定下谁去；没人能去的，改时间或取消。"), 10),
            step("tell_homes", _("改了时间、取消了的人家，打电话说到。"), 30),
            TO_CLOSE,
        ),
    ),
    ExceptionKind.WRONG_ADDRESS: Flow(
        line=(Role.DISPATCH, Role.DESK, Role.LEAD),
        steps=(
            step("ask", _("打电话问清地址，马上告诉在路上的人。"), 5),
            step("correct", _("在居民档案里把地址和定位改对。"), 60),
            TO_CLOSE,
        ),
    ),
    ExceptionKind.WORSENING: Flow(
        line=(Role.DOCTOR, Role.DISPATCH, Role.LEAD),
        steps=(
            step("doctor", _("医生马上看，打给现场的人；危急的先打 120。"), 5, 2),
            step("settle", _("定下接下来：送医、改医嘱或加一次上门。"), 30, 15),
            step("tell_family", _("告诉家人。"), 60, 30),
            TO_CLOSE,
        ),
    ),
    ExceptionKind.SPECIMEN_LATE: Flow(
        line=(Role.DISPATCH, Role.DESK, Role.LEAD),
        steps=(
            step("find", _("打给上门的人：标本在哪，几点能交；自己送不到的，派人去接。"), 5),
            step("ask_laboratory", _("问检验科：还收不收，还能不能用。"), 15),
            step("settle", _("不能用的，告诉家里和医生，约好哪天再采。"), 60),
            TO_CLOSE,
        ),
    ),
}

URGENT_SIGNS: Final = frozenset({"consciousness", "breathing", "chest_pain", "bleeding", "red_reading"})


def is_urgent(kind: ExceptionKind, said: Mapping[str, Any]) -> bool:
    """Say whether minutes count: somebody may lie behind the door, be held, be hurt, or be in danger of her life."""
    match kind:
        case ExceptionKind.NO_SHOW:
            return said.get("signs") == "sounds"
        case ExceptionKind.UNSAFE:
            return said.get("place") == "inside" or "yes" in {
                said.get("is_injured"),
                said.get("resident_at_risk"),
            }
        case ExceptionKind.WORSENING:
            signs = said.get("signs") or []
            return said.get("with_her") == "nobody" or bool(URGENT_SIGNS.intersection(signs))
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`due_at` is by when the step is to be done, `goes_on_at` when it goes to the next in line; the last keeps it."""

    due_at: datetime
    goes_on_at: datetime | None


def clock_of(flow: Flow, step: Step, *, now: datetime, is_urgent: bool, place: int) -> Clock:
    """Return the clock of a step that begins now, with whom it lies counted from 0."""
    due = now + step.within(is_urgent=is_urgent)
    return Clock(due_at=due, goes_on_at=due if place + 1 < len(flow.line) else None)


def choose_owner(
    line: Sequence[Role],
    holders: Mapping[Role, Mapping[UUID, str]],
    *,
    place: int,
    open_of: Mapping[UUID, int],
    but: Collection[UUID] = (),
) -> tuple[UUID | None, int]:
    """
    Return who deals with it from `place` in the line on, and where in the line she stands: of those who hold the role
    the one with the fewest open, then by name. Who leads is asked last, unless nobody else is there.
    """
    leads = set(holders.get(Role.LEAD, {}))
    for at in range(place, len(line)):
        role = line[at]
        able = {one: name for one, name in holders.get(role, {}).items() if one not in but}
        if role is not Role.LEAD:
            able = {one: name for one, name in able.items() if one not in leads}
        if able:
            return min(able, key=lambda one: (open_of.get(one, 0), able[one], str(one))), at
    return None, len(line) - 1


class StepGone(DomainError):
    code = "exceptions.step_gone"
    words = _("这一步刚刚已经有人做了。刷新看看做到哪一步。")


class Closed(DomainError):
    code = "exceptions.closed"
    words = _("这件事已经了结了，不用再做。")
