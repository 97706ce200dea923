"""What people can do with orders and questions. One function, one unit of work, one audit entry."""

from anjia.orders.commands.answers import answer_question, read_answer_back
from anjia.orders.commands.orders import (
    confirm_order,
    correct_order,
    end_order,
    enter_order,
    name_family_doctor,
    refuse_order,
)
from anjia.orders.commands.questions import hand_on, note_seen, open_questions

__all__ = [
    "answer_question",
    "confirm_order",
    "correct_order",
    "end_order",
    "enter_order",
    "hand_on",
    "name_family_doctor",
    "note_seen",
    "open_questions",
    "read_answer_back",
    "refuse_order",
]
