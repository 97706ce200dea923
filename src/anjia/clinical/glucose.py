"""Classes of fasting glucose. A fingerstick watches, it does not diagnose."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from anjia.clinical.tables import Source, source_of, table

_TABLE: Final = table("categories")["fasting_glucose"]
SOURCE: Final[Source] = source_of(_TABLE)


class FastingClass(StrEnum):
    NORMAL = "normal"
    IMPAIRED = "impaired"
    DIABETIC_RANGE = "diabetic_range"


def fasting_class(value: Decimal) -> FastingClass:
    """Return the class of a fasting value in mmol/L, rounded to one decimal."""
    return next(
        (FastingClass(step["category"]) for step in _TABLE["steps"] if value >= Decimal(step["at_least"])),
        FastingClass.NORMAL,
    )
