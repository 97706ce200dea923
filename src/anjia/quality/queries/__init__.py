"""Questions about quality. Nothing here writes; every number can be asked for its rows."""

from anjia.quality.queries.call_backs import (
    CallBackLine,
    CallBackPage,
    CallBacks,
    call_back_page,
    call_backs,
    late_call_backs,
)
from anjia.quality.queries.concerns import (
    ConcernLine,
    ConcernPage,
    Concerns,
    Ground,
    OwnConcern,
    concern_page,
    concerns,
    ground_of_concern,
    my_concerns,
)
from anjia.quality.queries.efforts import StaffLine, StaffVisits, staff_lines, staff_visits
from anjia.quality.queries.family import OwnForm, family_forms_of_visit, my_family_form
from anjia.quality.queries.improvements import (
    ImprovementLine,
    ImprovementPage,
    Share,
    aspect_counts,
    houses_rated,
    improvement_page,
    improvements,
)
from anjia.quality.queries.indicators import (
    DrillDown,
    Indicator,
    drill_down,
    indicators,
    rows_of_indicator,
)
from anjia.quality.queries.ratings import OwnRating, my_rating, ratings_of_visit
from anjia.quality.queries.report import Report, Rows, month_in_figures, rows_to_take_away
from anjia.quality.queries.sources import Row

__all__ = [
    "CallBackLine",
    "CallBackPage",
    "CallBacks",
    "ConcernLine",
    "ConcernPage",
    "Concerns",
    "DrillDown",
    "Ground",
    "ImprovementLine",
    "ImprovementPage",
    "Indicator",
    "OwnConcern",
    "OwnForm",
    "OwnRating",
    "Report",
    "Row",
    "Rows",
    "Share",
    "StaffLine",
    "StaffVisits",
    "aspect_counts",
    "call_back_page",
    "call_backs",
    "concern_page",
    "concerns",
    "drill_down",
    "family_forms_of_visit",
    "ground_of_concern",
    "houses_rated",
    "improvement_page",
    "improvements",
    "indicators",
    "late_call_backs",
    "month_in_figures",
    "my_concerns",
    "my_family_form",
    "my_rating",
    "ratings_of_visit",
    "rows_of_indicator",
    "rows_to_take_away",
    "staff_lines",
    "staff_visits",
]
