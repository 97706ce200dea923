"""Where indicators take their numbers from, and the rows behind them; by what their rows are."""

from collections.abc import Mapping
from typing import Final

from anjia.quality.queries.sources.asked import Asked, Counts, Part, Row, Source
from anjia.quality.queries.sources.calls import CALLS
from anjia.quality.queries.sources.complaints import COMPLAINTS
from anjia.quality.queries.sources.exceptions import EXCEPTIONS
from anjia.quality.queries.sources.promises import PROMISES, TIMELINESS
from anjia.quality.queries.sources.ratings import RATINGS

SOURCES: Final = (PROMISES, TIMELINESS, RATINGS, CALLS, COMPLAINTS, EXCEPTIONS)
SOURCE_OF: Final[Mapping[str, Source]] = {code: source for source in SOURCES for code in source.codes}

__all__ = ["SOURCES", "SOURCE_OF", "Asked", "Counts", "Part", "Row", "Source"]
