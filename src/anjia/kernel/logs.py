"""Logs that hold no personal data: an exception is told by its kind and where it arose, never by its message."""

import logging
import traceback
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlacesOnly(logging.Formatter):
    """
    Formats exceptions without what they say.

    A database's "Key (phone)=(…) already exists" and a parser's "invalid literal …" quote what people put in.
    """

    def formatException(self, ei: Raised) -> str:
        kind, error, _trace = ei
        if kind is None or error is None:
            return ""
        lines = []
        cause: BaseException | None = error
        while cause is not None:
            lines.append(f"{type(cause).__name__} at {places(cause)}")
            cause = cause.__cause__
        return "\n".join(lines)


def places(error: BaseException, *, deepest: int = 8) -> str:
    """Return where it arose, the innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-deepest:]
    return " < ".join(
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
