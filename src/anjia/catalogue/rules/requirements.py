"""Who may do a service: every reason why a person may not, each in words and with its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.clinical.professions import (
    PROFESSIONS,
    StaffKind,
    is_at_least,
    is_cover,
    licence_of,
    words_of_kind,
    words_of_paper,
    words_of_title,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requires:
    """What each of the people who do a service must be. Empty means: it does not matter."""

    kinds: tuple[str, ...] = ()
    titles_at_least: Mapping[str, str]  # by kind
    min_years: int = 0
    certificates: tuple[str, ...] = ()
    licensed: bool = True  # the licence of the person's kind must hold on the day
    source: str = ""
    evidence: str = ""

    @staticmethod
    def of(content: Mapping[str, Any]) -> "Requires":
        return Requires(
            kinds=tuple(content.get("kinds", ())),
            titles_at_least=dict(content.get("titles_at_least", {})),
            min_years=int(content.get("min_years", 0)),
            certificates=tuple(content.get("certificates", ())),
            licensed=bool(content.get("licensed", True)),
            source=str(content.get("source", "")),
            evidence=str(content.get("evidence", "")),
        )


class Person(Protocol):
    """What has to be known of somebody. A caregiver's sheet has this shape."""

    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def started_on(self) -> date | None: ...
    @property
    def qualifications(self) -> Mapping[str, date | None]: ...  # verified papers, and the last day of each
    @property
    def unverified(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualified:
    """A person, in plain data."""

    kind: str
    title: str = ""
    started_on: date | None = None
    qualifications: Mapping[str, date | None]
    unverified: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One requirement that is not met, and where it comes from."""

    code: str
    words: str
    source: str
    rule_id: str = ""  # of the legal line's rule; "" where the service itself asks


LICENCES: Final = frozenset(profession.licence for profession in PROFESSIONS.values() if profession.licence)


def why_not(requires: Requires, person: Person, on: date) -> list[Reason]:
    """Return every reason why the person may not do this on that day; none if she may."""
    return [
        *wrong_kind(requires, person),
        *title_too_low(requires, person),
        *too_few_years(requires, person, on),
        *papers_wanting(requires, person, on),
    ]


def full_years(since: date, on: date) -> int:
    """Return how many whole years lie between the days; the anniversary itself counts."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def wrong_kind(requires: Requires, person: Person) -> Iterator[Reason]:
    if requires.kinds and person.kind not in requires.kinds:
        asked = _("、").join(words_of_kind(kind, language()) for kind in requires.kinds)
        yield Reason(
            code="wrong_kind",
            words=_("这项服务要由{asked}来做，这位是{own}。").format(
                asked=asked, own=words_of_kind(person.kind, language())
            ),
            source=requires.source,
        )


def title_too_low(requires: Requires, person: Person) -> Iterator[Reason]:
    lowest = requires.titles_at_least.get(person.kind)
    if lowest and not is_at_least(person.kind, person.title, lowest):
        yield Reason(
            code="title_too_low",
            words=_("职称要{lowest}或以上，现在是{own}。").format(
                lowest=words_of_title(lowest, language()),
                own=words_of_title(person.title, language()) or _("没有登记"),
            ),
            source=requires.source,
        )


def too_few_years(requires: Requires, person: Person, on: date) -> Iterator[Reason]:
    if not requires.min_years:
        return
    if person.started_on is None:
        yield Reason(
            code="years_unknown",
            words=_("要有 {years} 年临床经验，还没有登记从哪天开始工作。").format(years=requires.min_years),
            source=requires.source,
        )
    elif full_years(person.started_on, on) < requires.min_years:
        yield Reason(
            code="too_few_years",
            words=_("要有 {years} 年临床经验，到 {day} 满 {own} 年。").format(
                years=requires.min_years,
                day=f"{on:%Y-%m-%d}",
                own=max(full_years(person.started_on, on), 0),
            ),
            source=requires.source,
        )


def papers_wanting(requires: Requires, person: Person, on: date) -> Iterator[Reason]:
    licence = licence_of(person.kind) if requires.licensed else ""
    for code in dict.fromkeys(filter(None, (licence, *requires.certificates))):
        yield from paper_wanting(requires, person, on, code)


def paper_wanting(requires: Requires, person: Person, on: date, code: str) -> Iterator[Reason]:
    part = "licence" if code in LICENCES else "cover" if is_cover(code) else "certificate"
    source = (
        PROFESSIONS[StaffKind(person.kind)].source.words(language()) if part == "licence" else requires.source
    )
    name = words_of_paper(code, language())
    last_day = person.qualifications.get(code)
    if last_day is not None and last_day < on:
        words = _("{paper}只到 {last_day}，{day} 那天已经过期。").format(
            paper=name, last_day=f"{last_day:%Y-%m-%d}", day=f"{on:%Y-%m-%d}"
        )
        yield Reason(code=f"{part}_expired", words=words, source=source)
    elif code not in person.qualifications and code in person.unverified:
        words = _("{paper}已经登记，还没有人核过原件。").format(paper=name)
        yield Reason(code=f"{part}_unverified", words=words, source=source)
    elif code not in person.qualifications:
        words = _("没有登记{paper}。").format(paper=name)
        yield Reason(code=f"{part}_missing", words=words, source=source)


def language() -> str:
    return (get_language() or "zh")[:2]
