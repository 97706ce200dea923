"""Questions about cases. Nothing here writes; whose record is read for one is noted."""

from anjia.emergencies.queries.board import CasePage, Line, Shown, case_page, open_lines, past_lines
from anjia.emergencies.queries.phone import (
    Asked,
    HelpShown,
    OnPhone,
    Safety,
    case_on_phone,
    help_shown,
    on_phone,
    own_safety,
)
from anjia.emergencies.queries.working import check_ins_unanswered, house_rules, unanswered_cases, watchers

__all__ = [
    "Asked",
    "CasePage",
    "HelpShown",
    "Line",
    "OnPhone",
    "Safety",
    "Shown",
    "case_on_phone",
    "case_page",
    "check_ins_unanswered",
    "help_shown",
    "house_rules",
    "on_phone",
    "open_lines",
    "own_safety",
    "past_lines",
    "unanswered_cases",
    "watchers",
]
