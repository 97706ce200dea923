"""Questions about programmes and those who are recruited. Nothing here writes."""

from anjia.enrolment.queries.candidates import (
    CandidatePage,
    OwnEnrolment,
    ScreeningShown,
    appeals_open,
    candidate_page,
    offers_lapsed,
    own_enrolments,
)
from anjia.enrolment.queries.programmes import (
    CandidateLine,
    FunnelLine,
    ProgrammePage,
    ProgrammeShown,
    channels,
    programme_page,
    programmes,
)

__all__ = [
    "CandidateLine",
    "CandidatePage",
    "FunnelLine",
    "OwnEnrolment",
    "ProgrammePage",
    "ProgrammeShown",
    "ScreeningShown",
    "appeals_open",
    "candidate_page",
    "channels",
    "offers_lapsed",
    "own_enrolments",
    "programme_page",
    "programmes",
]
