"""The table of what follows a visit: times and shares as data, each with its source. Pure."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

TABLE: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "aftercare.json").read_text("utf-8")
)


def source_of(what: str, language: str) -> str:
    """Return where a rule of the table comes from."""
    return str(TABLE[what]["source_en" if language.startswith("en") else "source"])
