"""What is collected of a resident, what for, and who says it. Data (`data/fields.json`): a dictionary, not a form."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

FIELDS_FILE: Final = "data/fields.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that we want to know of everybody, in both languages: (name, why, from)."""

    key: str
    zh: tuple[str, str, str]
    en: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    version: int
    source: tuple[str, str]  # in Chinese, in English
    fields: tuple[Field, ...]


@cache
def dictionary() -> Dictionary:
    """Return everything that is counted, in the order of the page."""
    said = json.loads(files("anjia.residents").joinpath(FIELDS_FILE).read_text(encoding="utf-8"))
    return Dictionary(
        version=said["version"],
        source=(said["source"], said["source_en"]),
        fields=tuple(
            Field(
                key=row["key"],
                zh=(row["zh"]["name"], row["zh"]["why"], row["zh"]["from"]),
                en=(row["en"]["name"], row["en"]["why"], row["en"]["from"]),
            )
            for row in said["fields"]
        ),
    )
