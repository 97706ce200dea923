"""
Who is taken into a programme: five criteria, each met, not met or not known, each with what was found and on what.

The criteria are data (`data/criteria.json`): document 000, "用户筛选标准". Age is read from the register, never typed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words

LONGEST: Final = 500
AGE: Final = "age"
HOUSEHOLD: Final = "household"
WECHAT: Final = "wechat"


class Answer(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """On what an answer rests."""

    SEEN = "seen"
    TOLD_BY_HER = "told_by_her"
    TOLD_BY_FAMILY = "told_by_family"
    COMMUNITY = "community"
    RECORD = "record"
    REGISTER = "register"


class Outcome(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    NOT_YET = "not_yet"  # something is not known


WORDS_OF_ANSWER: Final[Mapping[Answer, Words]] = {
    Answer.MET: gettext_lazy("符合"),
    Answer.NOT_MET: gettext_lazy("不符合"),
    Answer.UNKNOWN: gettext_lazy("还不知道"),
}
WORDS_OF_BASIS: Final[Mapping[Basis, Words]] = {
    Basis.SEEN: gettext_lazy("当面看到"),
    Basis.TOLD_BY_HER: gettext_lazy("本人说的"),
    Basis.TOLD_BY_FAMILY: gettext_lazy("家人说的"),
    Basis.COMMUNITY: gettext_lazy("社区说的"),
    Basis.RECORD: gettext_lazy("病历或证明"),
    Basis.REGISTER: gettext_lazy("档案里登记的"),
}
WORDS_OF_OUTCOME: Final[Mapping[Outcome, Words]] = {
    Outcome.ELIGIBLE: gettext_lazy("符合条件"),
    Outcome.NOT_ELIGIBLE: gettext_lazy("不符合条件"),
    Outcome.NOT_YET: gettext_lazy("还不能定"),
}


class ScreeningInvalid(Invalid):
    code = "enrolment.screening_invalid"
    words = gettext_lazy("筛选表有几处没有写，写全再交：只打勾不算。")


class SameScreener(NotAllowed):
    code = "enrolment.same_screener"
    words = gettext_lazy("这次筛选是您做的，要由另一位同事来确认。")


class AlreadySettled(DomainError):
    code = "enrolment.already_settled"
    words = gettext_lazy("这次筛选已经有人确认或退回了。刷新看看。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    code: str
    said: tuple[str, str]  # in Chinese, in English
    said_not_met: tuple[str, str]
    said_help: tuple[str, str]

    @property
    def words(self) -> str:
        return self.said[_english()]

    @property
    def not_met(self) -> str:
        return self.said_not_met[_english()]

    @property
    def help(self) -> str:
        return self.said_help[_english()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one criterion, and on what."""

    criterion: str
    answer: Answer
    found: str
    basis: Basis
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    outcome: Outcome
    not_met: tuple[str, ...]
    unknown: tuple[str, ...]


@cache
def criteria() -> tuple[Criterion, ...]:
    return tuple(
        Criterion(
            code=row["code"],
            said=(row["words"], row["words_en"]),
            said_not_met=(row["not_met"], row["not_met_en"]),
            said_help=(row["help"], row["help_en"]),
        )
        for row in _table()["criteria"]
    )


def source() -> str:
    table, suffix = _table(), "_en" if _english() else ""
    return f"{table['document' + suffix]} · {table['clause' + suffix]}"


def check_findings(findings: Sequence[Finding]) -> None:
    """:raises ScreeningInvalid: unless every criterion is answered once, with what was found and on what"""
    wrong: dict[str, Words] = {}
    known = {one.criterion: one for one in findings}
    for criterion in criteria():
        finding = known.get(criterion.code)
        if finding is None:
            wrong[f"answer-{criterion.code}"] = gettext_lazy("请选符合、不符合，还是还不知道。")
        elif not finding.found.strip():
            wrong[f"found-{criterion.code}"] = gettext_lazy("请写看到、听到了什么；还不知道的，写差什么。")
        elif finding.answer is not Answer.UNKNOWN and not finding.evidence.strip():
            wrong[f"evidence-{criterion.code}"] = gettext_lazy("请写凭什么：谁说的、哪份病历、哪天看到的。")
    if wrong:
        raise ScreeningInvalid(fields=wrong)


def decide(
    findings: Sequence[Finding], *, age: int | None, min_age: int, lives_alone: bool | None
) -> Decision:
    """
    Return what follows: one criterion that is not met is enough for a no, one that is not known for no decision yet.

    That she lives alone is read from the register: it settles the household, whatever the form says.
    """
    answers = {one.criterion: one.answer for one in findings}
    if lives_alone:
        answers[HOUSEHOLD] = Answer.MET
    answers[AGE] = Answer.UNKNOWN if age is None else Answer.MET if age >= min_age else Answer.NOT_MET
    order = (AGE, *(one.code for one in criteria()))
    not_met = tuple(code for code in order if answers.get(code) is Answer.NOT_MET)
    unknown = tuple(code for code in order if answers.get(code, Answer.UNKNOWN) is Answer.UNKNOWN)
    otherwise = Outcome.NOT_YET if unknown else Outcome.ELIGIBLE
    return Decision(outcome=Outcome.NOT_ELIGIBLE if not_met else otherwise, not_met=not_met, unknown=unknown)


def why_words(decision: Decision, *, min_age: int) -> list[str]:
    """Say each reason: what is not met, or where nothing speaks against her what is not known yet."""
    by_code = {one.code: one for one in criteria()}
    if decision.not_met:
        return [
            _("不满 {age} 岁").format(age=min_age) if code == AGE else by_code[code].not_met
            for code in decision.not_met
        ]
    return [
        _("出生日期没有登记，不知道满没满 {age} 岁").format(age=min_age)
        if code == AGE
        else _("还不知道：{what}").format(what=by_code[code].words)
        for code in decision.unknown
    ]


def _english() -> bool:
    return (get_language() or "").startswith("en")


@cache
def _table() -> Mapping[str, Any]:
    text = files("anjia.enrolment").joinpath("data/criteria.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found
