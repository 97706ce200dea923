"""Where a value should lie, for whom, and who says so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from anjia.clinical.tables import Source, source_of, table


class Profile(StrEnum):
    """Two sets of targets that are never mixed: one to show and treat by, one to report by."""

    PRIMARY_2025 = "PRIMARY_2025"
    NBPHS3_2017 = "NBPHS3_2017"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From `low` (included) to `high` (not included, unless it says so); either may be open."""

    low: Decimal | None = None
    high: Decimal | None = None
    high_included: bool = False

    def holds(self, value: Decimal) -> bool:
        return not self.is_below(value) and not self.is_above(value)

    def is_below(self, value: Decimal) -> bool:
        return self.low is not None and value < self.low

    def is_above(self, value: Decimal) -> bool:
        if self.high is None:
            return False
        return value > self.high or (value == self.high and not self.high_included)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    band: Band
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """There is a rule, but it cannot be told which: this is missing."""

    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    profile: Profile
    condition: str | None
    age_from: int
    age_below: int | None
    bands: Mapping[str, Band]
    source: Source

    def is_for_age(self, age: int) -> bool:
        return self.age_from <= age and (self.age_below is None or age < self.age_below)


def rule_of(row: Mapping[str, Any]) -> Rule:
    return Rule(
        profile=Profile(row["profile"]),
        condition=row["condition"],
        age_from=row["age_from"],
        age_below=row["age_below"],
        bands={
            band["code"]: Band(
                low=Decimal(band["low"]) if "low" in band else None,
                high=Decimal(band["high"]) if "high" in band else None,
                high_included=band.get("high_included", False),
            )
            for band in row["bands"]
        },
        source=source_of(row),
    )


RULES: Final = tuple(rule_of(row) for row in table("targets")["rules"])


def target_for(
    code: str,
    *,
    age: int | None,
    conditions: Collection[str],
    on: date,
    profile: Profile = Profile.PRIMARY_2025,
) -> Target | Incomplete | None:
    """
    Return where the value should lie; `Incomplete` if that hangs on an age nobody knows; None if no
    rule says anything. A rule for one of her conditions goes before a rule for everybody.
    """
    rules = [
        rule
        for rule in RULES
        if rule.profile is profile and code in rule.bands and rule.source.holds_on(on)
        if rule.condition is None or rule.condition in conditions
    ]
    own = [rule for rule in rules if rule.condition is not None] or rules
    if not own:
        return None
    if age is None:
        if len({rule.bands[code] for rule in own}) > 1:
            return Incomplete(missing=("age",))
        return Target(band=own[0].bands[code], source=own[0].source)
    for rule in own:
        if rule.is_for_age(age):
            return Target(band=rule.bands[code], source=rule.source)
    return None
