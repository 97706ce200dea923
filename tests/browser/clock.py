"""
The hour it is in the browser's town: half past nine, whenever the tests run.

A day is lived from its morning: late in the evening there is nobody left to go to, and at midnight it would be
another day half way through. Debian's libfaketime sets the clock of the server, its workers and its PostgreSQL;
the browser is told how late it is. Without the library the town lives at the hour it is.
"""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from anjia.kernel.calendar import SHANGHAI

LIBRARIES: Final = Path("/usr/lib")
LIBRARY: Final = "*/faketime/libfaketime.so.1"
TELL: Final = """(ahead => {
    const Real = Date
    window.Date = class extends Real {
        constructor(...of) { of.length ? super(...of) : super(Real.now() + ahead) }
        static now() { return Real.now() + ahead }
    }
})"""


@cache
def library() -> Path | None:
    return next(LIBRARIES.glob(LIBRARY), None)


@cache
def ahead() -> timedelta:
    """Return how far ahead of the real clock the town's is; asked once, so that it goes on from there."""
    real = datetime.now(SHANGHAI)
    return real.replace(hour=9, minute=30) - real if library() else timedelta()


def now() -> datetime:
    return datetime.now(SHANGHAI) + ahead()


def environment() -> dict[str, str]:
    """Return what makes a program live at that hour; files keep the time at which they were really written."""
    return (
        {
            "LD_PRELOAD": str(library()),
            "FAKETIME": f"{ahead().total_seconds():+.0f}s",
            "NO_FAKE_STAT": "1",
        }
        if library()
        else {}
    )


def script() -> str:
    """Return what tells a page."""
    return f"{TELL}({ahead() / timedelta(milliseconds=1):.0f})"
