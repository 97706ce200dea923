"""
What is not done at home by default, whatever anybody has ordered: infusions, blood, drugs that need a skin test,
chemotherapy, narcotics, catheters put in or taken out.

The table is `data/forbidden.json` (clinical reference 5.1). A name forbids by what stands in it: that lets through what
nobody has thought of, so a person who confirms an order still reads it; it never opens what is on the list.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

from anjia.clinical.tables import Source, source_of, table


class Form(StrEnum):
    """What may forbid a drug besides its name and its route."""

    FIRST_INJECTION = "first_injection"
    SKIN_TEST = "skin_test"
    FOREIGN_ORIGIN = "foreign_origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """One thing that is not done at home, and who says so."""

    said: tuple[str, str]  # in Chinese, in English
    routes: frozenset[str]
    forms: frozenset[str]
    names: tuple[str, ...]
    basis: Source

    @property
    def rule_id(self) -> str:
        return self.basis.rule_id


TABLE: Final = "forbidden"


@cache
def forbidden_at_home() -> tuple[Forbidden, ...]:
    """Return the whole list, in the order of the table."""
    content = table(TABLE)
    return tuple(
        Forbidden(
            said=(row["words"], row["words_en"]),
            routes=frozenset(row["routes"]),
            forms=frozenset(row["forms"]),
            names=tuple(row["names"]),
            basis=source_of(content["basis"] | {"rule_id": row["rule_id"]}),
        )
        for row in content["rows"]
    )


def forbids(
    on: date, *, names: Iterable[str] = (), route: str = "", forms: Collection[str] = ()
) -> list[Forbidden]:
    """Return everything on the list that this is; nothing if it may be done at home."""
    said = [" ".join(name.lower().split()) for name in names]
    return [
        one
        for one in forbidden_at_home()
        if one.basis.holds_on(on)
        and (
            route in one.routes
            or one.forms & set(forms)
            or any(word.lower() in name for word in one.names for name in said)
        )
    ]
