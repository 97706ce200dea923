"""Messaging's verbs, by topic."""

from anjia.messaging.commands.calls import (
    drop_call,
    log_call,
    log_own_call,
    put_on_list,
    take_back,
    tell_no_more,
)
from anjia.messaging.commands.outbox import (
    begin,
    claim_due,
    give_back,
    note_outcome,
    note_report,
    note_taken,
    send_again,
)
from anjia.messaging.commands.recipients import set_recipient
from anjia.messaging.commands.sending import read_messages, send

__all__ = [
    "begin",
    "claim_due",
    "drop_call",
    "give_back",
    "log_call",
    "log_own_call",
    "note_outcome",
    "note_report",
    "note_taken",
    "put_on_list",
    "read_messages",
    "send",
    "send_again",
    "set_recipient",
    "take_back",
    "tell_no_more",
]
