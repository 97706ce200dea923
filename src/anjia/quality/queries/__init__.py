"""Questions about quality. Nothing here writes; every number can be asked for its rows."""

from anjia.quality.queries.call_backs import (
    CallBackLine,
    CallBackPage,
    CallBacks,
    call_back_page,
    call_backs,
    late_call_backs,
)
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
    "OwnRating",
    "Row",
    "call_back_page",
    "call_backs",
    "drill_down",
    "indicators",
    "late_call_backs",
    "my_rating",
    "ratings_of_visit",
    "rows_of_indicator",
]
