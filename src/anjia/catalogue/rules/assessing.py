"""
The first assessment (首诊): what its form asks, and what follows from the answers. Pure.

Source: 国卫办医函〔2019〕80号, pilot plan (clinical reference 5.1): the institution sees the applicant first and
assesses disease, need and whether it can be done at home, before it serves; it serves people who cannot move easily.
How long an assessment holds is the service's own (`assessment.valid_days`, 90 [ENG]).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.catalogue.rules.lines import LegalLine
from anjia.catalogue.rules.requirements import Person, language
from anjia.clinical.professions import SPECIALTIES, StaffKind, is_at_least, words_of_title
from anjia.kernel.errors import Words


class Place(StrEnum):
    """Her home, as a place to be nursed in."""

    SAFE = "safe"
    AFTER_CHANGES = "after_changes"
    UNSAFE = "unsafe"


class Mobility(StrEnum):
    WITH_HELP = "with_help"
    INDOORS = "indoors"
    IN_BED = "in_bed"
    FREE = "free"


class Condition(StrEnum):
    STABLE = "stable"
    WATCHED = "watched"
    UNSTABLE = "unstable"


class Level(StrEnum):
    """Which nurse is needed, at least."""

    SENIOR = "senior"
    SUPERVISOR = "supervisor"
    SPECIALIST = "specialist"


class Verdict(StrEnum):
    SUITABLE = "suitable"
    NOT_SUITABLE = "not_suitable"


# What a choice of the form means. The words are the form's own; who edits the form leaves these as they are.
CHOICES: Final[Mapping[str, Mapping[str, StrEnum]]] = {
    "place": {
        "安全，可以在家做": Place.SAFE,
        "先改几处才能做": Place.AFTER_CHANGES,
        "不安全，不能在家做": Place.UNSAFE,
    },
    "mobility": {
        "出门要人陪、用助行器或轮椅": Mobility.WITH_HELP,
        "只能在家里走动": Mobility.INDOORS,
        "卧床": Mobility.IN_BED,
        "能自己出门": Mobility.FREE,
    },
    "condition": {
        "平稳": Condition.STABLE,
        "有变化，在家能观察处理": Condition.WATCHED,
        "不平稳，要先去医院": Condition.UNSTABLE,
    },
    "verdict": {"适合上门护理": Verdict.SUITABLE, "不适合上门护理": Verdict.NOT_SUITABLE},
    "nurse_level": {
        "护师": Level.SENIOR,
        "主管护师或以上": Level.SUPERVISOR,
        "有专科证书的护士": Level.SPECIALIST,
    },
}
NOTES: Final = ("place_note", "condition_note", "needs", "why")
REQUIRED: Final = (*CHOICES, *NOTES)
LEVEL_WORDS: Final[Mapping[Level, Words]] = {
    Level.SENIOR: gettext_lazy("护师"),
    Level.SUPERVISOR: gettext_lazy("主管护师或以上"),
    Level.SPECIALIST: gettext_lazy("有专科证书的护士"),
}


TITLE_OF_LEVEL: Final[Mapping[Level, str]] = {Level.SENIOR: "护师", Level.SUPERVISOR: "主管护师"}


class Against(StrEnum):
    """What speaks against nursing her at home."""

    PLACE = "place"
    CONDITION = "condition"
    VERDICT = "verdict"


AGAINST_WORDS: Final[Mapping[Against, Words]] = {
    Against.PLACE: gettext_lazy("家里环境不安全"),
    Against.CONDITION: gettext_lazy("病情不平稳，要先去医院"),
    Against.VERDICT: gettext_lazy("评估的人认为不适合上门护理"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What follows from the answers, and until when."""

    place: Place
    mobility: Mobility
    condition: Condition
    level: Level
    against: tuple[Against, ...]
    valid_until: date  # inclusive

    @property
    def is_suitable(self) -> bool:
        return not self.against


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelAsked:
    """Which nurse her assessment asks for, when that was found, and by which rule it binds."""

    level: Level
    assessed_on: date
    rule_id: str
    source: str


class Levelled(Protocol):
    """As much of an assessment as says which nurse it asks for."""

    @property
    def made_on(self) -> date: ...
    @property
    def nurse_level(self) -> str: ...


class Assessed(Protocol):
    """As much of an assessment that was made as the gate has to know."""

    @property
    def made_on(self) -> date: ...
    @property
    def is_suitable(self) -> bool: ...
    @property
    def against(self) -> list[str]: ...
    @property
    def mobility(self) -> str: ...
    @property
    def valid_until(self) -> date: ...


def is_assessment(content: Mapping[str, Any]) -> bool:
    """Tell whether a service is one that assesses: it is booked without an assessment, of course."""
    return "assessment" in content


def outcome_of(record: Mapping[str, Any], *, made_on: date, valid_days: int) -> Outcome | None:
    """
    Return what follows from the answers; None while one of them is missing: an assessment in part is none.

    Whatever the verdict says, nobody is nursed in an unsafe place or in an unstable condition.
    """
    said = {field: meanings.get(str(record.get(field, ""))) for field, meanings in CHOICES.items()}
    if None in said.values() or not all(str(record.get(note, "")).strip() for note in NOTES):
        return None
    against = [
        what
        for what, holds in (
            (Against.PLACE, said["place"] is Place.UNSAFE),
            (Against.CONDITION, said["condition"] is Condition.UNSTABLE),
            (Against.VERDICT, said["verdict"] is Verdict.NOT_SUITABLE),
        )
        if holds
    ]
    last_day = made_on + timedelta(days=valid_days)
    until = _day(record.get("until"))
    return Outcome(
        place=Place(str(said["place"])),
        mobility=Mobility(str(said["mobility"])),
        condition=Condition(str(said["condition"])),
        level=Level(str(said["nurse_level"])),
        against=tuple(against),
        valid_until=max(made_on, min(last_day, until)) if until else last_day,
    )


def why_not_assessed(latest: Assessed | None, line: str, on: date, *, says_findings: bool = True) -> str:
    """
    Return why her latest assessment does not let a visit of this line be made on that day; nothing if it does. What was
    found is said to who may know it, and to others no more than that it does not let it.
    """
    if latest is None:
        return _("还没有做过首次评估。")
    if not latest.is_suitable and not says_findings:
        return _("{day} 的首次评估是“不适合上门护理”。").format(day=f"{latest.made_on:%Y-%m-%d}")
    if not latest.is_suitable:
        return _("{day} 的首次评估是“不适合上门护理”：{why}。").format(
            day=f"{latest.made_on:%Y-%m-%d}",
            why=_("、").join(str(AGAINST_WORDS[Against(one)]) for one in latest.against),
        )
    if on > latest.valid_until:
        return _("首次评估只到 {day}，要再评估一次。").format(day=f"{latest.valid_until:%Y-%m-%d}")
    if line == LegalLine.INTERNET_NURSING and latest.mobility == Mobility.FREE:
        return _("首次评估写她能自己出门：“互联网+护理”是给行动不便的人的。")
    return ""


def why_below_level(asked: LevelAsked, person: Person, on: date) -> str:
    """Return why this nurse is below what the assessment asks for; nothing if she is not, or is no nurse."""
    if person.kind != StaffKind.NURSE:
        return ""
    if asked.level is Level.SPECIALIST:
        held = [person.qualifications.get(code, date.min) for code in SPECIALTIES]
        is_met, own = any(last is None or last >= on for last in held), _("没有在有效期里的专科证书")
    else:
        is_met = is_at_least(person.kind, person.title, TITLE_OF_LEVEL[asked.level])
        own = words_of_title(person.title, language()) or _("没有登记职称")
    if is_met:
        return ""
    return _("{day} 的首次评估写明至少要{level}，这位是{own}。").format(
        day=f"{asked.assessed_on:%Y-%m-%d}", level=LEVEL_WORDS[asked.level], own=own
    )


def answers_said(
    form: Mapping[str, Any], record: Mapping[str, Any], *, in_english: bool
) -> list[tuple[str, str]]:
    """Return what was asked and answered, in the form's words and order; what was left out is left out."""
    found = []
    for name, field in form.get("properties", {}).items():
        words = str(record.get(name, "")).strip()
        choices, english = field.get("enum", []), field.get("labels_en", [])
        if in_english and words in choices and len(english) == len(choices):
            words = english[choices.index(words)]
        if words:
            found.append((str(field.get("title", name)), words))
    return found


def wrong_assessment(content: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    """Yield what the form of an assessing service lacks: the gate could not read it."""
    if not is_assessment(content):
        return
    form = content["record_form"]
    fields, required = form.get("properties", {}), form.get("required", ())
    for name in REQUIRED:
        if name not in fields or name not in required:
            yield "record_form.required", gettext_lazy("首次评估的记录单少不了这一项，法律关口要看：") + name
        elif list(fields[name].get("enum", ())) != list(CHOICES.get(name, ())):
            yield (
                f"record_form.properties.{name}.enum",
                gettext_lazy("首次评估的这几个选项不能改，法律关口要看。"),
            )


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None
