"""What can be done about quality. One function, one unit of work, one audit entry, one event."""

from anjia.quality.commands.call_backs import escalate_call_back, log_call_back, open_call_back
from anjia.quality.commands.concerns import (
    accept_answer,
    acknowledge_concern,
    appeal,
    close_concern,
    hand_concern_over,
    note_finding,
    raise_concern,
    suggest_without_a_name,
    tell_outcome,
)
from anjia.quality.commands.family import say_as_family
from anjia.quality.commands.improvements import (
    close_improvement,
    open_improvements,
    plan_improvement,
    put_in_place,
)
from anjia.quality.commands.objections import decide_objection, hand_objection_over, raise_objection
from anjia.quality.commands.ratings import rate_visit

__all__ = [
    "accept_answer",
    "acknowledge_concern",
    "appeal",
    "close_concern",
    "close_improvement",
    "decide_objection",
    "escalate_call_back",
    "hand_concern_over",
    "hand_objection_over",
    "log_call_back",
    "note_finding",
    "open_call_back",
    "open_improvements",
    "plan_improvement",
    "put_in_place",
    "raise_concern",
    "raise_objection",
    "rate_visit",
    "say_as_family",
    "suggest_without_a_name",
    "tell_outcome",
]
