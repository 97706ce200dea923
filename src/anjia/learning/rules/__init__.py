"""What a course is, whom it binds, how an exam goes: without a database."""

from anjia.learning.rules.binding import (
    PREFIX,
    BindingInvalid,
    Bound,
    BoundAlready,
    Standing,
    Untrained,
    check_binding,
    paper_code,
    untrained,
)
from anjia.learning.rules.content import CourseInvalid, Topic, check_content
from anjia.learning.rules.exam import (
    AnswersWanting,
    AttemptOver,
    NothingDue,
    NotReadYet,
    WaitBeforeNext,
    drawn,
    result_of,
)

__all__ = [
    "PREFIX",
    "AnswersWanting",
    "AttemptOver",
    "BindingInvalid",
    "Bound",
    "BoundAlready",
    "CourseInvalid",
    "NotReadYet",
    "NothingDue",
    "Standing",
    "Topic",
    "Untrained",
    "WaitBeforeNext",
    "check_binding",
    "check_content",
    "drawn",
    "paper_code",
    "result_of",
    "untrained",
]
