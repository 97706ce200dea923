"""Questions about courses and who has learnt what. Nothing here writes."""

from anjia.learning.queries.binding import courses_binding, courses_binding_each
from anjia.learning.queries.certificates import certificate_pdf
from anjia.learning.queries.courses import (
    CourseLine,
    CoursePage,
    DraftPage,
    course_page,
    courses,
    draft_page,
    picture,
    version_page,
)
from anjia.learning.queries.mine import MyCourse, MyCoursePage, my_course, my_courses
from anjia.learning.queries.people import (
    Matrix,
    PersonPage,
    SessionPage,
    matrix,
    person_page,
    session_page,
    sessions,
)
from anjia.learning.queries.standing import Learnt, learnt_by

__all__ = [
    "CourseLine",
    "CoursePage",
    "DraftPage",
    "Learnt",
    "Matrix",
    "MyCourse",
    "MyCoursePage",
    "PersonPage",
    "SessionPage",
    "certificate_pdf",
    "course_page",
    "courses",
    "courses_binding",
    "courses_binding_each",
    "draft_page",
    "learnt_by",
    "matrix",
    "my_course",
    "my_courses",
    "person_page",
    "picture",
    "session_page",
    "sessions",
    "version_page",
]
