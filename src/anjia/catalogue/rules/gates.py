"""
What each legal line asks before somebody is sent, and who says so. The rules are data (`data/gates.json`).

Source: clinical reference 5.1. Five years and 护师 bind 互联网+护理 only; another line has its own, or none.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Protocol

from django.utils.translation import gettext_lazy as _

from anjia.catalogue.rules.lines import LegalLine
from anjia.catalogue.rules.requirements import Person, Reason, Requires, language, why_not
from anjia.clinical.tables import Source, source_of
from anjia.kernel.errors import Words


class Party(StrEnum):
    """Of whom something is asked."""

    STAFF = "staff"
    SERVICE = "service"
    RESIDENT = "resident"
    INSTITUTION = "institution"


class Asks(StrEnum):
    """What shows that a rule is met: never a tick."""

    WORKER = "worker"  # her profession, title, years and confirmed papers
    CITY_LIST = "city_list"  # the city's own list, imported
    AGREEMENT = "agreement"  # signed by finger or on paper, to a version of the text
    ORDER = "order"  # a doctor's, confirmed by one of the institution
    FORBIDDEN = "forbidden"  # the list of what is not done at home
    ASSESSMENT = "assessment"  # the first one, made at a visit of its own: suitable, and not too long ago
    INSTITUTION_LICENCE = "institution_licence"  # its papers: scan, last day, read by a second
    HOME_CARE_GROUND = "home_care_ground"
    LIABILITY_INSURANCE = "liability_insurance"


WORDS_OF_PARTY: Final[Mapping[Party, Words]] = {
    Party.STAFF: _("上门的人"),
    Party.SERVICE: _("服务项目"),
    Party.RESIDENT: _("居民"),
    Party.INSTITUTION: _("机构"),
}


class Offered(Protocol):
    """As much of a service as its gate has to know. A service's version has this shape."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def legal_line(self) -> str: ...
    @property
    def content(self) -> Mapping[str, Any]: ...
    @property
    def needs_order(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """One thing that the law asks of one party on some lines, from one day on."""

    lines: frozenset[LegalLine]
    asked_of: Party
    asks: Asks
    requires: Requires  # of staff; what it does not name does not matter
    of_kinds: frozenset[str]  # whom of the staff it binds; everybody where it names none
    said: tuple[str, str]  # in Chinese, in English
    document_no: str
    issuer: tuple[str, str]
    basis: Source

    @property
    def rule_id(self) -> str:
        return self.basis.rule_id

    @property
    def words(self) -> str:
        return self.said[language() == "en"]

    @property
    def issuer_words(self) -> str:
        return self.issuer[language() == "en"]

    @property
    def source(self) -> str:
        """Where it stands: document, its number, and the clause."""
        english = language() == "en"
        document = self.basis.document_en if english else self.basis.document
        clause = self.basis.clause_en if english else self.basis.clause
        return f"{self.document_no} {document} {clause}"


def rule_of(row: Mapping[str, Any]) -> GateRule:
    asked = {"licensed": False} | row.get("requires", {})
    return GateRule(
        lines=frozenset(map(LegalLine, row["lines"])),
        asked_of=Party(row["asked_of"]),
        asks=Asks(row["asks"]),
        requires=Requires.of(asked),
        of_kinds=frozenset(row.get("of_kinds", ())),
        said=(row["words"], row["words_en"]),
        document_no=row["document_no"],
        issuer=(row["issuer"], row["issuer_en"]),
        basis=source_of(row),
    )


@cache
def gate_rules() -> tuple[GateRule, ...]:
    """Return every rule of every line, in the order of the table."""
    text = files("anjia.catalogue").joinpath("data/gates.json").read_text(encoding="utf-8")
    return tuple(map(rule_of, json.loads(text)["rules"]))


def gate_of(line: str, on: date) -> list[GateRule]:
    """Return what the line asks on that day."""
    return [rule for rule in gate_rules() if line in rule.lines and rule.basis.holds_on(on)]


def rule_that(line: str, on: date, asks: Asks) -> GateRule | None:
    """Return the rule by which the line asks for this, if it does."""
    return next((rule for rule in gate_of(line, on) if rule.asks is asks), None)


def why_not_on_line(line: str, requires: Requires, person: Person, on: date) -> list[Reason]:
    """
    Return every reason why the person may not do this on that day: the line's first, then the service's own.

    What both ask is said once, by the rule of the line.
    """
    found: dict[str, Reason] = {}
    for rule in gate_of(line, on):
        for reason in against(rule, person, on):
            found.setdefault(reason.code, reason)
    for reason in why_not(requires, person, on):
        found.setdefault(reason.code, reason)
    return list(found.values())


def against(rule: GateRule, person: Person, on: date) -> Iterator[Reason]:
    """Yield why this rule keeps the person from going; nothing if it does not bind her."""
    if rule.asks is not Asks.WORKER or (rule.of_kinds and person.kind not in rule.of_kinds):
        return
    for reason in why_not(rule.requires, person, on):
        yield replace(reason, rule_id=rule.rule_id, source=rule.source)


def least_asked(line: str) -> dict[str, Any]:
    """Return the least that every person of a service of this line must be, whatever an institution writes."""
    rules = [rule for rule in gate_rules() if line in rule.lines and rule.asks is Asks.WORKER]
    kinds = next((list(rule.requires.kinds) for rule in rules if rule.requires.kinds), [])
    binding = [rule.requires for rule in rules if set(kinds) and set(kinds) <= (rule.of_kinds or set(kinds))]
    return {
        "kinds": kinds,
        "min_years": max((one.min_years for one in binding), default=0),
        "titles_at_least": {kind: title for one in binding for kind, title in one.titles_at_least.items()},
    }
