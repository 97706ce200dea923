"""Questions about visits. Nothing here writes; who has read a person's visit is noted."""

from anjia.visits.queries.board import Board, BoardRow, Row, board, timelines
from anjia.visits.queries.planning import (
    Busy,
    Known,
    Promise,
    expired_holds,
    get_promise,
    get_promises,
    known_by,
    known_by_of_many,
    late_visits,
    live_assignments,
    overdue_visits,
    promises_ahead,
    same_that_day,
    unended_visits,
)
from anjia.visits.queries.reading import (
    door_code,
    get_visit,
    get_visit_page,
    open_conflicts,
    timeline,
    visits_of_resident,
)
from anjia.visits.queries.said import FactSaid, facts_said
from anjia.visits.queries.week import Coming, Day, Visited, visited_in_week, weeks_of
from anjia.visits.queries.work import Stop, WorkDay, WorkVisit, caregiver_day, get_work_visit
from anjia.visits.showing import VisitLine, VisitPage, name_of_service

__all__ = [
    "Board",
    "BoardRow",
    "Busy",
    "Coming",
    "Day",
    "FactSaid",
    "Known",
    "Promise",
    "Row",
    "Stop",
    "VisitLine",
    "VisitPage",
    "Visited",
    "WorkDay",
    "WorkVisit",
    "board",
    "caregiver_day",
    "door_code",
    "expired_holds",
    "facts_said",
    "get_promise",
    "get_promises",
    "get_visit",
    "get_visit_page",
    "get_work_visit",
    "known_by",
    "known_by_of_many",
    "late_visits",
    "live_assignments",
    "name_of_service",
    "open_conflicts",
    "overdue_visits",
    "promises_ahead",
    "same_that_day",
    "timeline",
    "timelines",
    "unended_visits",
    "visited_in_week",
    "visits_of_resident",
    "weeks_of",
]
