"""What can be done with a series. One function, one unit of work, one audit entry, one event."""

from anjia.series.commands.beginning import begin_series, place_by_hand, plan_ahead
from anjia.series.commands.changing import change_series, note_called_off, note_moved, skip_occurrence
from anjia.series.commands.pausing import end_series, end_with_resident, pause_series, resume_series

__all__ = [
    "begin_series",
    "change_series",
    "end_series",
    "end_with_resident",
    "note_called_off",
    "note_moved",
    "pause_series",
    "place_by_hand",
    "plan_ahead",
    "resume_series",
    "skip_occurrence",
]
