"""The tables in `data/`, and the source that every one of their rows names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from, and how well that was verified."""

    rule_id: str
    version: int
    issuer: str
    document: str
    document_en: str
    clause: str
    clause_en: str
    url: str
    evidence: str
    effective_from: date
    effective_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)

    def words(self, language: str = "zh") -> str:
        """Return document and clause, as they stand beside a number on screen."""
        if language == "en":
            return f"{self.document_en}: {self.clause_en}"
        return f"{self.document}：{self.clause}"


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return the table's content, as it is written in `data/<name>.json`."""
    content: Mapping[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return content


def source_of(row: Mapping[str, Any]) -> Source:
    """Return the source that the row names; a row without one is a mistake in the table."""
    ends = row["effective_to"]
    return Source(
        rule_id=row["rule_id"],
        version=row["version"],
        issuer=row["issuer"],
        document=row["document"],
        document_en=row["document_en"],
        clause=row["clause"],
        clause_en=row["clause_en"],
        url=row["url"],
        evidence=row["evidence"],
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_to=date.fromisoformat(ends) if ends else None,
    )
