"""Topics of the live stream that are no page's. Imports nothing: the process that streams has no Django yet."""

from typing import Final

RIGHTS: Final = "rights"  # no page hears of this topic: what hands on the others does
PHOTOS_OF_EXCEPTIONS: Final = (
    "exceptions.photos"  # of the visit: one that came with what came in between has come
)
PHOTOS_OF_QUESTIONS: Final = "questions.photos"  # of the visit: one that a doctor is asked about has come
