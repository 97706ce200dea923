"""Places in a programme: how many, who has one, who waits, and what may become of a candidate."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words

OFFER_LASTS: Final = timedelta(days=7)  # how long a place is kept for who was offered it [ENG]
ANSWER_WITHIN: Final = timedelta(days=7)  # an appeal [ENG]
MOST_PLACES: Final = 10_000
AGES: Final = range(0, 121)
USUAL_AGE: Final = 65  # document 000; document 004 says 60 in one place: a programme carries its own


class Stage(StrEnum):
    CAME = "came"  # recruited; to be screened
    SCREENED = "screened"  # waits for a second person
    NOT_YET = "not_yet"  # something is not known; to be screened again
    NOT_ELIGIBLE = "not_eligible"
    WAITING = "waiting"
    OFFERED = "offered"  # a place is kept for her
    ENROLLED = "enrolled"
    LEFT = "left"


MOVES: Final[Mapping[Stage, frozenset[Stage]]] = {
    Stage.CAME: frozenset({Stage.SCREENED, Stage.LEFT}),
    Stage.SCREENED: frozenset({Stage.CAME, Stage.NOT_YET, Stage.NOT_ELIGIBLE, Stage.WAITING, Stage.LEFT}),
    Stage.NOT_YET: frozenset({Stage.SCREENED, Stage.LEFT}),
    Stage.NOT_ELIGIBLE: frozenset({Stage.SCREENED, Stage.CAME, Stage.LEFT}),
    Stage.WAITING: frozenset({Stage.OFFERED, Stage.SCREENED, Stage.LEFT}),
    Stage.OFFERED: frozenset({Stage.ENROLLED, Stage.WAITING, Stage.LEFT}),
    # Screened again, she stays in her place while that runs; only a confirmed no ends it.
    Stage.ENROLLED: frozenset({Stage.NOT_ELIGIBLE, Stage.LEFT}),
    Stage.LEFT: frozenset({Stage.CAME}),
}
SEATED: Final = frozenset({Stage.OFFERED, Stage.ENROLLED})
MAY_BE_SCREENED: Final = frozenset(stage for stage, nexts in MOVES.items() if Stage.SCREENED in nexts) | {
    Stage.ENROLLED
}

WORDS_OF_STAGE: Final[Mapping[Stage, Words]] = {
    Stage.CAME: _("等筛选"),
    Stage.SCREENED: _("等第二个人确认"),
    Stage.NOT_YET: _("还不能定，等补"),
    Stage.NOT_ELIGIBLE: _("不符合条件"),
    Stage.WAITING: _("排队"),
    Stage.OFFERED: _("给了名额，等答复"),
    Stage.ENROLLED: _("已入组"),
    Stage.LEFT: _("不参加了"),
}
TONE_OF_STAGE: Final[Mapping[Stage, str]] = {
    Stage.CAME: "info",
    Stage.SCREENED: "warn",
    Stage.NOT_YET: "warn",
    Stage.NOT_ELIGIBLE: "bad",
    Stage.WAITING: "info",
    Stage.OFFERED: "move",
    Stage.ENROLLED: "ok",
    Stage.LEFT: "idle",
}


class Reached(StrEnum):
    """How far somebody has come who was recruited: the steps of the funnel."""

    CAME = "came"
    SCREENED = "screened"
    ELIGIBLE = "eligible"
    ENROLLED = "enrolled"


WORDS_OF_REACHED: Final[Mapping[Reached, Words]] = {
    Reached.CAME: _("来的"),
    Reached.SCREENED: _("筛选过"),
    Reached.ELIGIBLE: _("确认符合"),
    Reached.ENROLLED: _("入了组"),
}


class ProgrammeInvalid(Invalid):
    code = "enrolment.programme_invalid"
    words = _("项目有几处填得不对，改好再存。")


class ProgrammeClosed(DomainError):
    code = "enrolment.programme_closed"
    words = _("这个项目已经结束，不再收人。请选另一个项目。")


class ProgrammeEnded(DomainError):
    code = "enrolment.programme_ended"
    words = _("这个项目的期限到了，不再收人。要接着收，请先在项目里把结束的日子改到以后。")

    def __init__(self, ends_on: date) -> None:
        told = gettext("这个项目到 {day} 为止，不再收人。要接着收，请先在项目里把结束的日子改到以后。")
        super().__init__(told.format(day=f"{ends_on:%Y-%m-%d}"))


class TooManyInside(DomainError):
    code = "enrolment.too_many_inside"
    words = _("名额不能少于已经入组和留着的人数。先请人退出，再减名额。")


class AlreadyCandidate(DomainError):
    code = "enrolment.already_candidate"
    words = _("她已经在这个项目的名单里，打开她那一行接着办。")


class OfferNotOpen(DomainError):
    code = "enrolment.offer_not_open"
    words = _("没有留给她的名额，或者过了答复的日子。请看她现在排在哪里。")


class NotNow(DomainError):
    code = "enrolment.not_now"
    words = _("她现在不在这一步，可能有人刚办过。刷新看看再办。")


class ReasonMissing(Invalid):
    code = "enrolment.reason_missing"
    words = _("请写明原因。")


class AppealTwice(DomainError):
    code = "enrolment.appeal_twice"
    words = _("对这次决定已经提过申诉，正在办，或者已经答复了。要再筛一次，请跟服务台说。")


class SameJudge(DomainError):
    code = "enrolment.same_judge"
    status = 403
    words = _("申诉要由没有参加筛选和确认的人来答复。请交给另一位同事。")


def check_move(old: Stage, new: Stage) -> None:
    """:raises NotNow: if a candidate at `old` cannot come to `new`"""
    if new not in MOVES[old]:
        raise NotNow


def check_programme(*, name: str, cap: int, min_age: int, starts_on: date, ends_on: date | None) -> None:
    """:raises ProgrammeInvalid: naming every field that is wrong"""
    wrong: dict[str, Words] = {}
    if not name.strip():
        wrong["name"] = _("请写项目的名称。")
    if not 1 <= cap <= MOST_PLACES:
        wrong["cap"] = _("名额要在 1 到 10000 之间。")
    if min_age not in AGES:
        wrong["min_age"] = _("年龄要在 0 到 120 之间。")
    if ends_on is not None and ends_on < starts_on:
        wrong["ends_on"] = _("结束的日子在开始之前。")
    if wrong:
        raise ProgrammeInvalid(fields=wrong)
