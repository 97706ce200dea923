"""What can be done with cases. One function, one unit of work, one audit entry, one event."""

from anjia.emergencies.commands.check_ins import (
    answer_fine,
    ask_whether_fine,
    clear_after_visit,
    raise_overdue,
)
from anjia.emergencies.commands.handling import close_case, hand_case_back, note_in_case, take_case
from anjia.emergencies.commands.houses import set_house, set_wish
from anjia.emergencies.commands.raising import call_for_help, call_sos
from anjia.emergencies.commands.telling import say_unanswered, tell_family
from anjia.emergencies.commands.watching import keep_watch

__all__ = [
    "answer_fine",
    "ask_whether_fine",
    "call_for_help",
    "call_sos",
    "clear_after_visit",
    "close_case",
    "hand_case_back",
    "keep_watch",
    "note_in_case",
    "raise_overdue",
    "say_unanswered",
    "set_house",
    "set_wish",
    "take_case",
    "tell_family",
]
