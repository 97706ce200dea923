"""What lists look like and what their cells mean. Pure."""

from anjia.imports.rules.city import clean_city_list
from anjia.imports.rules.cleaned import twin
from anjia.imports.rules.columns import COLUMNS, KIND_WORDS, REASON_TITLE, Column, Kind, guess, recognise
from anjia.imports.rules.refusals import (
    AlreadyOver,
    BadRow,
    Cleaned,
    ColumnsMissing,
    NothingToImport,
    NotTriedYet,
    Reason,
)
from anjia.imports.rules.residents import clean_residents
from anjia.imports.rules.services import clean_services
from anjia.imports.rules.staff import clean_staff

__all__ = [
    "COLUMNS",
    "KIND_WORDS",
    "REASON_TITLE",
    "AlreadyOver",
    "BadRow",
    "Cleaned",
    "Column",
    "ColumnsMissing",
    "Kind",
    "NotTriedYet",
    "NothingToImport",
    "Reason",
    "clean_city_list",
    "clean_residents",
    "clean_services",
    "clean_staff",
    "guess",
    "recognise",
    "twin",
]
