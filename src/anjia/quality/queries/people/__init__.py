"""The work of one person in figures, each of which opens its rows: hers, and her managers'."""

from anjia.quality.queries.people.material import PersonRow
from anjia.quality.queries.people.pages import (
    OneFigure,
    Performance,
    PerformanceRows,
    RowShown,
    my_performance,
    my_performance_rows,
    performance,
    performance_rows,
    rows_of_group,
)

__all__ = [
    "OneFigure",
    "Performance",
    "PerformanceRows",
    "PersonRow",
    "RowShown",
    "my_performance",
    "my_performance_rows",
    "performance",
    "performance_rows",
    "rows_of_group",
]
