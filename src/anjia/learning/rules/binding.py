"""Whom a course binds, and who lacks it on a day: the institution's own rule, beside what the law asks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from anjia.kernel.errors import DomainError, Invalid, Words

PREFIX: Final = "course:"
MONTHS: Final = 12


class BindingInvalid(Invalid):
    code = "learning.binding_invalid"
    words = gettext_lazy("还没有定下来。标出来的几处改好，再存一次。")


class BoundAlready(DomainError):
    code = "learning.bound_already"
    words = gettext_lazy("这一条已经定过了。要改日期，先停掉原来的一条。")


class Standing(StrEnum):
    """How somebody stands to a course on a day."""

    HOLDS = "holds"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    LACKS = "lacks"
    FREE = "free"  # it does not bind her, and she has not taken it


WORDS_OF_STANDING: Final[Mapping[Standing, Words]] = {
    Standing.HOLDS: gettext_lazy("有效"),
    Standing.LAPSING: gettext_lazy("快到期"),
    Standing.LAPSED: gettext_lazy("已过期"),
    Standing.LACKS: gettext_lazy("还没有"),
    Standing.FREE: gettext_lazy("不要求"),
}
TONE_OF_STANDING: Final[Mapping[Standing, str]] = {
    Standing.HOLDS: "ok",
    Standing.LAPSING: "warn",
    Standing.LAPSED: "bad",
    Standing.LACKS: "bad",
    Standing.FREE: "idle",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """From `since` on whoever is of this kind, or does this service, or both, has to hold the course's certificate."""

    code: str
    title: str
    title_en: str
    kind: str
    service_code: str
    since: date

    @property
    def words(self) -> str:
        return self.title_en if (get_language() or "zh").startswith("en") and self.title_en else self.title


class Holder(Protocol):
    """What has to be known of somebody. A caregiver's sheet has this shape."""

    @property
    def kind(self) -> str: ...
    @property
    def qualifications(self) -> Mapping[str, date | None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Untrained:
    """A course that she lacks on that day, in words, with the rule by which it is asked."""

    code: str
    words: str
    rule_id: str
    source: str


def paper_code(course: str) -> str:
    return f"{PREFIX}{course}"


def untrained(bound: Iterable[Bound], person: Holder, on: date) -> Iterator[Untrained]:
    """Yield every course that binds her on that day and of which she holds no certificate; each once."""
    seen: set[str] = set()
    for one in bound:
        if one.code in seen or on < one.since or (one.kind and one.kind != person.kind):
            continue
        words = why_not(one, person.qualifications, on)
        if words:
            seen.add(one.code)
            yield Untrained(
                code=one.code, words=words, rule_id=f"COURSE-{one.code.upper()}", source=source_of(one)
            )


def why_not(one: Bound, papers: Mapping[str, date | None], on: date) -> str:
    code = paper_code(one.code)
    if code not in papers:
        return _("没有“{course}”的培训合格证。").format(course=one.words)
    last_day = papers[code]
    if last_day is not None and last_day < on:
        return _("“{course}”的培训合格证只到 {last_day}，{day} 那天已经过期。").format(
            course=one.words, last_day=f"{last_day:%Y-%m-%d}", day=f"{on:%Y-%m-%d}"
        )
    return ""


def source_of(one: Bound) -> str:
    return _("本机构规定：从 {since} 起要有“{course}”的培训合格证").format(
        since=f"{one.since:%Y-%m-%d}", course=one.words
    )


def check_binding(
    *, kind: str, service_code: str, is_somebody: bool, since: date, today: date, kinds: Iterable[str]
) -> None:
    """:raises BindingInvalid: naming what is wrong"""
    wrong: dict[str, Words] = {}
    if not (kind or service_code or is_somebody):
        wrong["kind"] = gettext_lazy("请选岗位、服务或一个人，至少选一样。")
    if kind and kind not in set(kinds):
        wrong["kind"] = gettext_lazy("请从清单里选岗位。")
    if is_somebody and (kind or service_code):
        wrong["staff_id"] = gettext_lazy("选了一个人，就不要再选岗位和服务。")
    if since < today:
        wrong["since"] = gettext_lazy("从今天或以后的一天起。已经过去的日子不能要求。")
    if wrong:
        raise BindingInvalid(fields=wrong)


def after_months(day: date, months: int) -> date:
    """Return the day so many months later; the last of its month where there is none of that number."""
    whole = day.year * MONTHS + day.month - 1 + months
    year, month = divmod(whole, MONTHS)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
