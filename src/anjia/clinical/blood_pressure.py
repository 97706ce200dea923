"""Categories of blood pressure (rule BP-CAT). A category describes two numbers; it is no diagnosis."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from anjia.clinical.tables import Source, source_of, table

_TABLE: Final = table("categories")["blood_pressure"]
SOURCE: Final[Source] = source_of(_TABLE)


class Category(StrEnum):
    NORMAL = "normal"
    HIGH_NORMAL = "high_normal"
    GRADE_1 = "grade_1"
    GRADE_2 = "grade_2"
    GRADE_3 = "grade_3"


class Setting(StrEnum):
    OFFICE = "office"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    category: Category
    isolated_systolic: bool
    isolated_diastolic: bool


def pressure(systolic: int, diastolic: int) -> Pressure:
    """Return the category; where the two differ, the higher one."""
    category = next(
        (
            Category(step["category"])
            for step in _TABLE["steps"]
            if systolic >= Decimal(step["systolic"]) or diastolic >= Decimal(step["diastolic"])
        ),
        Category.NORMAL,
    )
    line = _TABLE["elevated"]["office"]
    high_systolic = systolic >= Decimal(line["systolic"])
    high_diastolic = diastolic >= Decimal(line["diastolic"])
    return Pressure(
        category=category,
        isolated_systolic=high_systolic and not high_diastolic,
        isolated_diastolic=high_diastolic and not high_systolic,
    )


def is_elevated(systolic: int, diastolic: int, *, setting: Setting) -> bool:
    """Say whether it is above the line of that setting: at home the line is lower."""
    line = _TABLE["elevated"][setting.value]
    return systolic >= Decimal(line["systolic"]) or diastolic >= Decimal(line["diastolic"])
