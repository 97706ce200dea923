"""What people can do with courses, by topic. One function, one unit of work, one audit entry, one event."""

from anjia.learning.commands.binding import bind_course, end_binding
from anjia.learning.commands.drafts import (
    discard_draft,
    publish_draft,
    remove_part,
    save_about,
    save_page,
    save_question,
    seed_courses,
    start_course,
    start_draft,
    withdraw_course,
)
from anjia.learning.commands.exams import begin_exam, hand_in, mark_read
from anjia.learning.commands.sessions import (
    plan_session,
    put_on_list,
    sign_in,
    sign_session,
    take_off_list,
)

__all__ = [
    "begin_exam",
    "bind_course",
    "discard_draft",
    "end_binding",
    "hand_in",
    "mark_read",
    "plan_session",
    "publish_draft",
    "put_on_list",
    "remove_part",
    "save_about",
    "save_page",
    "save_question",
    "seed_courses",
    "sign_in",
    "sign_session",
    "start_course",
    "start_draft",
    "take_off_list",
    "withdraw_course",
]
