"""What people can do with visits. One function, one unit of work, one audit entry, one event."""

from anjia.visits.arranging import Arranged
from anjia.visits.commands.access import follow_access
from anjia.visits.commands.crew import accept_assignment, assign, mark_unclaimed, stand_down
from anjia.visits.commands.evidence import keep_evidence
from anjia.visits.commands.field import record_facts, settle_conflict
from anjia.visits.commands.promises import (
    cancel_visit,
    confirm_visit,
    hold_visit,
    mark_missed,
    mark_rated,
    move_visit,
    promise_visit,
    release_other_holds,
    release_visit,
    withdraw_expired,
)
from anjia.visits.commands.rearranging import rearrange

__all__ = [
    "Arranged",
    "accept_assignment",
    "assign",
    "cancel_visit",
    "confirm_visit",
    "follow_access",
    "hold_visit",
    "keep_evidence",
    "mark_missed",
    "mark_rated",
    "mark_unclaimed",
    "move_visit",
    "promise_visit",
    "rearrange",
    "record_facts",
    "release_other_holds",
    "release_visit",
    "settle_conflict",
    "stand_down",
    "withdraw_expired",
]
