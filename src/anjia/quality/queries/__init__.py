"""Questions about quality. Nothing here writes; every number can be asked for its rows."""

from anjia.quality.queries.call_backs import (
    CallBackLine,
    CallBackPage,
    CallBacks,
    call_back_page,
    call_backs,
    late_call_backs,
)
from anjia.quality.queries.family import OwnForm, family_forms_of_visit, my_family_form
from anjia.quality.queries.indicators import (
    DrillDown,
    Indicator,
    Row,
    drill_down,
    indicators,
    rows_of_indicator,
)
from anjia.quality.queries.ratings import OwnRating, my_rating, ratings_of_visit

__all__ = [
    "CallBackLine",
    "CallBackPage",
    "CallBacks",
    "DrillDown",
    "Indicator",
    "OwnForm",
    "OwnRating",
    "Row",
    "call_back_page",
    "call_backs",
    "drill_down",
    "family_forms_of_visit",
    "indicators",
    "late_call_backs",
    "my_family_form",
    "my_rating",
    "ratings_of_visit",
    "rows_of_indicator",
]
