"""Messaging's verbs, by topic."""

from anjia.messaging.commands.calls import drop_call, log_call, take_back, tell_no_more
from anjia.messaging.commands.outbox import claim_next, note_outcome, note_report, send_again
from anjia.messaging.commands.recipients import set_recipient
from anjia.messaging.commands.sending import read_messages, send

__all__ = [
    "claim_next",
    "drop_call",
    "log_call",
    "note_outcome",
    "note_report",
    "read_messages",
    "send",
    "send_again",
    "set_recipient",
    "take_back",
    "tell_no_more",
]
