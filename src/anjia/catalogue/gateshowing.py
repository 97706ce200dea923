"""What stands before a service, as the console shows it: every rule with its source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from anjia.catalogue.models import CityItem
from anjia.catalogue.queries import city_standing
from anjia.catalogue.rules import Asks, GateRule, LegalLine, Offered, gate_of, gate_rules
from anjia.catalogue.rules.city import Standing
from anjia.catalogue.rules.content import tag_in_words
from anjia.catalogue.rules.gates import WORDS_OF_PARTY
from anjia.catalogue.rules.lines import WORDS_OF_LINE
from anjia.kernel.actors import Actor, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    rule: GateRule
    party: str
    evidence: str
    standing: Standing | None = None  # where the rule asks for the city's list


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    line: str
    words: str
    rules: list[RuleShown]


def shown(rule: GateRule, standing: Standing | None = None) -> RuleShown:
    return RuleShown(
        rule=rule,
        party=str(WORDS_OF_PARTY[rule.asked_of]),
        evidence=tag_in_words(rule.basis.evidence),
        standing=standing if rule.asks is Asks.CITY_LIST else None,
    )


def gate_shown(actor: Actor, purpose: Purpose, *, version: Offered, on: date) -> list[RuleShown]:
    """Return what the service's line asks on that day, and where the service stands on the city's list."""
    rules = gate_of(version.legal_line, on)
    standing = None
    if any(rule.asks is Asks.CITY_LIST for rule in rules):
        standing = city_standing(actor, purpose, version=version, on=on)
    return [shown(rule, standing) for rule in rules]


def lines_shown(items: list[CityItem]) -> Iterator[LineShown]:
    """Yield every line with its rules; those that have not begun or are over stay readable, with their days."""
    for line in LegalLine:
        rules = [
            shown(rule, Standing(is_loaded=bool(items), items=[item.row for item in items]))
            for rule in gate_rules()
            if line in rule.lines
        ]
        yield LineShown(line=line.value, words=str(WORDS_OF_LINE[line]), rules=rules)
