"""Questions about series. Nothing here writes."""

from anjia.series.queries.foreseeing import foresee
from anjia.series.queries.foreseeing_change import foresee_change
from anjia.series.queries.reading import (
    get_series,
    house_lists,
    how_many_without_place,
    ids_of_series,
    placing_page,
    series_in_house,
    series_of_resident,
    series_of_visit,
    series_page,
    tasks,
)
from anjia.series.queries.working import series_to_plan, usual_caregivers

__all__ = [
    "foresee",
    "foresee_change",
    "get_series",
    "house_lists",
    "how_many_without_place",
    "ids_of_series",
    "placing_page",
    "series_in_house",
    "series_of_resident",
    "series_of_visit",
    "series_page",
    "series_to_plan",
    "tasks",
    "usual_caregivers",
]
