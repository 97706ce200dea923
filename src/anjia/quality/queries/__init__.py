"""Questions about quality. Nothing here writes; every number can be asked for its rows."""

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
    "DrillDown",
    "Indicator",
    "OwnRating",
    "Row",
    "drill_down",
    "indicators",
    "my_rating",
    "ratings_of_visit",
    "rows_of_indicator",
]
