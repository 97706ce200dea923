"""
Logs that hold no personal data: an exception is told by its kind and where it arose, never by its message; a request by
the pattern of its address, never by the address.
"""

import logging
import traceback
from types import TracebackType
from typing import Any

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlacesOnly(logging.Formatter):
    """
    Formats exceptions without what they say, and requests without what they ask for.

    A database's "Key (phone)=(…) already exists" and a parser's "invalid literal …" quote what people put in. Django
    quotes paths and the page that somebody came from: anybody can write anything there, and vendors' secrets are there.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        request = getattr(
            record, "request", None
        )  # Django's own records of what it has refused, or could not do
        if request is not None:
            record.message = (
                f"{getattr(record, 'status_code', '')} {request.method} {route_of(request)}".strip()
            )
        return super().formatMessage(record)

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


def route_of(request: Any) -> str:
    """Return the pattern that its address fits: api/v1/visits/<visit_id>."""
    found = getattr(request, "resolver_match", None)
    return str(found.route) if found else "?"


def places(error: BaseException, *, deepest: int = 8) -> str:
    """Return where it arose, the innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-deepest:]
    return " < ".join(
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
