"""Questions about exceptions, by topic. Nothing here writes."""

from anjia.exceptions.queries.counting import (
    IN_TIME,
    LATE,
    OPEN,
    ExceptionCounted,
    count_exceptions,
    exceptions_counted,
)
from anjia.exceptions.queries.field import exceptions_of_own_visit, forms_to_carry
from anjia.exceptions.queries.lists import (
    SHOWS,
    exceptions_of_visits,
    exceptions_open,
    exceptions_page,
    how_many_open,
    overdue,
    to_say_late,
    visits_without_who,
)
from anjia.exceptions.queries.pages import absent_visits, exception_page, form_page, staff_to_choose
from anjia.exceptions.queries.photos import photo_of_exception
from anjia.exceptions.queries.specimens import specimens_to_say_late

__all__ = [
    "IN_TIME",
    "LATE",
    "OPEN",
    "SHOWS",
    "ExceptionCounted",
    "absent_visits",
    "count_exceptions",
    "exception_page",
    "exceptions_counted",
    "exceptions_of_own_visit",
    "exceptions_of_visits",
    "exceptions_open",
    "exceptions_page",
    "form_page",
    "forms_to_carry",
    "how_many_open",
    "overdue",
    "photo_of_exception",
    "specimens_to_say_late",
    "staff_to_choose",
    "to_say_late",
    "visits_without_who",
]
