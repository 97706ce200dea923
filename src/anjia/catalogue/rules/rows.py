"""A line of somebody's price list, and what it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anjia.catalogue.rules.gates import least_asked
from anjia.catalogue.rules.lines import LegalLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """
    What a list says of one service. None means that the list does not say, and leaves what is there.

    A service is known by its code, or where the list has none by its name.
    """

    name: str
    code: str = ""
    mode: str | None = None
    legal_line: str | None = None
    duration_minutes: int | None = None
    people_needed: int | None = None
    price_fen: int | None = None
    summary: str | None = None
    preparation: str | None = None
    kinds: tuple[str, ...] | None = None
    titles_at_least: Mapping[str, str] | None = None
    min_years: int | None = None
    certificates: tuple[str, ...] | None = None
    row: int = field(default=0, compare=False)  # its number in the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a row does to one thing: by field, what was there and what comes."""

    name: str
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a list does. The same list again does nothing."""

    added: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed)


OF_CONTENT: Final = (
    "name", "mode", "legal_line", "duration_minutes", "people_needed", "price_fen", "summary", "preparation",
)  # fmt: skip
OF_REQUIREMENT: Final = ("kinds", "titles_at_least", "min_years", "certificates")


def content_of_row(row: ServiceRow, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the service's content after the row: the content `before`, or a plain one, with what the row says."""
    content = {**(before if before is not None else plain_content(row))}
    content |= {name: getattr(row, name) for name in OF_CONTENT if getattr(row, name) is not None}
    asked = {name: getattr(row, name) for name in OF_REQUIREMENT if getattr(row, name) is not None}
    if asked:
        content["requires"] = content["requires"] | {
            name: list(value) if isinstance(value, tuple) else value for name, value in asked.items()
        }
    for name in ("name", "summary", "preparation"):  # a new text makes its old translation untrue
        if before is not None and content.get(name) != before.get(name):
            content.pop(f"{name}_en", None)
    return content


def plain_content(row: ServiceRow) -> dict[str, Any]:
    """Return what a service is that a list only names: three steps, and the least that its line asks."""
    line = row.legal_line or LegalLine.NON_MEDICAL
    return {
        "name": row.name,
        "mode": "home",
        "legal_line": str(line),
        "tier": "",
        "duration_minutes": 30,
        "people_needed": 1,
        "price_fen": 0,
        "needs_order": False,
        "requires": least_of(line),
        "preparation": "",
        "summary": "",
        "steps": PLAIN_STEPS,
        "supplies": [],
        "teaching_points": [],
        "record_form": PLAIN_FORM,
        "sources": [{"about": "全部", "about_en": "All", "source": "机构导入的服务清单", "evidence": "ENG"}],
    }


def least_of(line: str) -> dict[str, Any]:
    asked: dict[str, Any] = {"source": "机构导入的服务清单", "evidence": "ENG"}
    if line == LegalLine.INTERNET_NURSING:
        return {
            **least_asked(line),
            "source": "国卫办医函〔2019〕80号 试点工作方案",
            "evidence": "V",
        }
    if line == LegalLine.NON_MEDICAL:
        return asked | {"kinds": ["health_worker", "nurse"], "licensed": False}
    if line == LegalLine.FAMILY_DOCTOR:
        return asked | {"kinds": ["doctor"]}
    return asked | {"kinds": ["nurse", "doctor"]}


PLAIN_STEPS: Final = [
    {
        "key": "identify",
        "title": "核对姓名和出生日期，说明来做什么",
        "title_en": "Check name and date of birth, say what you have come for",
        "critical": True,
        "evidence": "none",
    },
    {
        "key": "serve",
        "title": "按约定完成服务",
        "title_en": "Do what was agreed",
        "critical": True,
        "evidence": "none",
    },
    {
        "key": "signature",
        "title": "请本人或家属签字确认",
        "title_en": "Have the resident or family sign",
        "critical": False,
        "evidence": "signature",
    },
]
PLAIN_FORM: Final = {
    "type": "object",
    "properties": {
        "note": {"type": "string", "title": "服务情况", "title_en": "What was done", "maxLength": 1000}
    },
    "required": [],
}
