"""What people can do about exceptions, by topic. One function, one unit of work, one audit entry, one event."""

from anjia.exceptions.commands.absences import (
    follow_crew,
    follow_visit,
    report_absence,
    stand_in,
)
from anjia.exceptions.commands.dealing import close_exception, do_step, hand_over, pass_on
from anjia.exceptions.commands.reporting import (
    look_at_readings,
    note_arrival,
    report_exception,
    say_late,
    take_reports,
)
from anjia.exceptions.commands.specimens import note_delivery, say_specimen_late

__all__ = [
    "close_exception",
    "do_step",
    "follow_crew",
    "follow_visit",
    "hand_over",
    "look_at_readings",
    "note_arrival",
    "note_delivery",
    "pass_on",
    "report_absence",
    "report_exception",
    "say_late",
    "say_specimen_late",
    "stand_in",
    "take_reports",
]
