"""A paper, and what to make of it on a day."""

from dataclasses import dataclass
from datetime import date

from anjia.workforce.models import Qualification
from anjia.workforce.rules import PaperState, state_of
from anjia.workforce.rules.papers import TONE_OF_PAPER_STATE, WORDS_OF_PAPER_STATE


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperShown:
    """A paper, and what to make of it today."""

    paper: Qualification
    state: PaperState
    words: str
    tone: str


def shown_paper(paper: Qualification, today: date) -> PaperShown:
    state = state_of(paper, today)
    return PaperShown(
        paper=paper, state=state, words=str(WORDS_OF_PAPER_STATE[state]), tone=TONE_OF_PAPER_STATE[state]
    )
