"""Questions about orders, and about what nurses ask. Nothing here writes; who has read is noted."""

from anjia.orders.queries.orders import (
    Beginning,
    OrderPage,
    OrdersPage,
    order_page,
    orders_of_resident,
    orders_waiting,
    original_of,
    services_with_orders,
    standing_orders,
)
from anjia.orders.queries.questions import (
    AtVisit,
    QuestionPage,
    Worklist,
    at_visit,
    late_questions,
    photo_of_question,
    question_page,
    questions_of_resident,
    questions_of_visit,
    questions_today,
)
from anjia.orders.showing import AnswerLine, OrderLine, QuestionLine

__all__ = [
    "AnswerLine",
    "AtVisit",
    "Beginning",
    "OrderLine",
    "OrderPage",
    "OrdersPage",
    "QuestionLine",
    "QuestionPage",
    "Worklist",
    "at_visit",
    "late_questions",
    "order_page",
    "orders_of_resident",
    "orders_waiting",
    "original_of",
    "photo_of_question",
    "question_page",
    "questions_of_resident",
    "questions_of_visit",
    "questions_today",
    "services_with_orders",
    "standing_orders",
]
