"""The life of a run that plans a house's day, and what is said when something may not happen to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import day_of
from anjia.kernel.errors import DomainError, Invalid, Words


class RunState(StrEnum):
    """A draft is what a run ends with; a person publishes it, or nobody does."""

    QUEUED = "queued"
    RUNNING = "running"
    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"
    FAILED = "failed"


RUN_MOVES: Final[Mapping[RunState, frozenset[RunState]]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.DISCARDED, RunState.FAILED}),
    RunState.RUNNING: frozenset({RunState.DRAFT, RunState.DISCARDED, RunState.FAILED}),
    RunState.DRAFT: frozenset({RunState.PUBLISHED, RunState.DISCARDED}),
    RunState.PUBLISHED: frozenset(),
    RunState.DISCARDED: frozenset(),
    RunState.FAILED: frozenset(),
}
AT_WORK: Final = frozenset({RunState.QUEUED, RunState.RUNNING})

WORDS_OF_RUN: Final[Mapping[RunState, Words]] = {
    RunState.QUEUED: _("等着开始"),
    RunState.RUNNING: _("正在算"),
    RunState.DRAFT: _("等人看"),
    RunState.PUBLISHED: _("发出去了"),
    RunState.DISCARDED: _("没有用"),
    RunState.FAILED: _("没算成"),
}


class ZoneState(StrEnum):
    """How a zone of a round stands. Who has taken one and says nothing any more has lost it."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"


class Failure(StrEnum):
    """Why a run has come to nothing. What was published before stands, whatever it is."""

    NO_ENGINE = "no_engine"
    DIED = "died"
    TOOK_TOO_LONG = "took_too_long"
    STOPPED = "stopped"
    UNSOUND = "unsound"
    ERROR = "error"


WORDS_OF_FAILURE: Final[Mapping[Failure, Words]] = {
    Failure.NO_ENGINE: _("规划引擎还没有装好，或装不上。请管理员看一下服务器能不能装软件包，装好再算。"),
    Failure.DIED: _("规划引擎中途停了。再算一遍；还这样就告诉管理员。"),
    Failure.TOOK_TOO_LONG: _("算得太久，停下了。等服务器空一点再算。"),
    Failure.STOPPED: _("算到一半，服务器停过。再算一遍就行。"),
    Failure.UNSOUND: _("算出来的方案过不了我们自己的检查，没有采用。请告诉管理员。"),
    Failure.ERROR: _("算的时候出了错。请告诉管理员。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningRule:
    """What a run may change, and what counts for how much. Source: ours [ENG]."""

    days_ahead: int = 14
    nightly_from: int = 19  # the hour at which tomorrow is planned
    stay: float = 10.0  # minutes of travel that it must save to put in somebody else
    balance: float = 0.05  # minutes of travel that a minute of work more or less than the mean counts
    left_out: float = 10_000.0
    missed_break: float = 20_000.0  # rather is somebody else, or another time, looked for
    fixed: float = 1_000_000.0  # what is accepted is never left out
    # How far from the promised time one is tried that cannot be kept: the nearest first.
    rings: tuple[timedelta, ...] = (timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
    silent_after: timedelta = timedelta(minutes=1)  # a run that says nothing for so long has been killed
    # A day of more parts of visits than this is planned by zones of so many, with so many changes for each.
    most_in_one: int = 600
    zone: int = 300
    changes: int = 12_000
    helpers: int = 32  # workers that a round of zones asks for at most
    zone_silent_after: timedelta = timedelta(
        seconds=30
    )  # whoever says nothing of a zone for so long has been killed
    zone_within: timedelta = timedelta(minutes=10)
    waits: timedelta = timedelta(hours=1)  # how long a run may wait for somebody to begin it
    kept: timedelta = timedelta(days=30)  # after its day: what nobody published is deleted then


PLANNING: Final = PlanningRule()


class AlreadyPlanning(DomainError):
    code = "dispatch.plan_running"
    words = _("这一天正在算。等算完，或先停下这一次。")


class NotThatFar(Invalid):
    code = "dispatch.plan_day"
    words = _("只能算今天起 14 天以内的。")


class NothingToPublish(DomainError):
    code = "dispatch.plan_over"
    words = _("这份方案已经有人处理过了。刷新看看最新的情况。")


class NothingChosen(Invalid):
    code = "dispatch.plan_nothing_chosen"
    words = _("一处都没有勾。要一处都不改，就点“不用”。")


class DayHasChanged(DomainError):
    """Since the run began, something has happened to the day that its draft does not know of."""

    code = "dispatch.plan_changed"
    words = _("算完以后这一天有了变化，这份方案用不了了。请再算一遍。")
    sentence: ClassVar[Words] = _("算完以后这一天有了变化，这份方案用不了了：{changes}。请再算一遍。")

    def __init__(self, changes: Sequence[str] = ()) -> None:
        super().__init__(
            str(self.sentence).format(changes="；".join(changes)),
            fields={str(number): words for number, words in enumerate(changes)},
        )


class PartsHaveChanged(DayHasChanged):
    """What was to be published of a draft is no longer what was worked out; the rest of it is."""

    code = "dispatch.plan_parts_changed"
    sentence = _(
        "刚才又有了变化，勾上的有几处落下了：{changes}。什么都没有改；下面是现在还能采纳的，看过再采纳。"
    )


class NotByThemselves(DayHasChanged):
    """What was chosen of a draft cannot be so without what was left out."""

    code = "dispatch.plan_not_alone"
    sentence = _("只采纳勾上的这几处不行：{changes}。什么都没有改；多勾几处，或少勾几处再试。")


def check_day(day: date, *, now: datetime) -> None:
    """:raises NotThatFar: if the day is over, or farther ahead than rotas are sure"""
    if not timedelta(0) <= day - day_of(now) <= timedelta(days=PLANNING.days_ahead):
        raise NotThatFar


def may_become(old: RunState, new: RunState) -> bool:
    return new in RUN_MOVES[old]
