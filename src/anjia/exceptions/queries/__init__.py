"""Questions about exceptions, by topic. Nothing here writes."""

from anjia.exceptions.queries.field import exceptions_of_own_visit, forms_to_carry
from anjia.exceptions.queries.lists import (
    SHOWS,
    exceptions_of_visits,
    exceptions_open,
    exceptions_page,
    how_many_open,
    overdue,
    to_say_late,
)
from anjia.exceptions.queries.pages import absent_visits, exception_page, form_page, staff_to_choose

__all__ = [
    "SHOWS",
    "absent_visits",
    "exception_page",
    "exceptions_of_own_visit",
    "exceptions_of_visits",
    "exceptions_open",
    "exceptions_page",
    "form_page",
    "forms_to_carry",
    "how_many_open",
    "overdue",
    "staff_to_choose",
    "to_say_late",
]
