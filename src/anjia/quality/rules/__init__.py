"""What quality decides by: pure rules, by topic."""

from anjia.quality.rules.indicators import (
    DEFINITIONS,
    LEAST_RATINGS,
    LEAST_SOURCE,
    OUR_REASONS,
    SATISFIED_FROM,
    Definition,
    Figure,
    Standing,
    figure,
)
from anjia.quality.rules.ratings import (
    ASPECT_WORDS,
    ASPECTS,
    CHANGE_WITHIN,
    LONGEST_WORDS,
    RATER_WORDS,
    ChangeTooLate,
    NotDoneYet,
    RaterKind,
    RatingUnsound,
    check_change,
    check_rating,
)

__all__ = [
    "ASPECTS",
    "ASPECT_WORDS",
    "CHANGE_WITHIN",
    "DEFINITIONS",
    "LEAST_RATINGS",
    "LEAST_SOURCE",
    "LONGEST_WORDS",
    "OUR_REASONS",
    "RATER_WORDS",
    "SATISFIED_FROM",
    "ChangeTooLate",
    "Definition",
    "Figure",
    "NotDoneYet",
    "RaterKind",
    "RatingUnsound",
    "Standing",
    "check_change",
    "check_rating",
    "figure",
]
