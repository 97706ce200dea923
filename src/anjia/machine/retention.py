"""Backups in a folder: each named by its time, the newest proven, and of the older ones as many kept as are wanted."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from anjia.machine.backup import make_backup
from anjia.machine.home import Home
from anjia.machine.proving import check_can_be_proven, prove_backup
from anjia.machine.steps import Stop

# How many days, weeks and months back there is a backup of each. One more day is always there: today's.
DAYS: Final = 7
WEEKS: Final = 5
MONTHS: Final = 12

NAME: Final = "anjia-%Y%m%d-%H%M%S.tar"
NAMED: Final = re.compile(r"anjia-(\d{8}-\d{6})\.tar")


def back_up_to(home: Home, folder: Path) -> None:
    """
    Make a backup in the folder, prove it, and only then remove those that are no longer wanted.

    :raises Stop: if it could not be made, or is not whole: then all others stay, and it is given another name
    """
    if not folder.is_dir():
        raise Stop(f"{folder} is no folder: make it first, on another disk than the data.")
    if folder == home.path or home.path in folder.parents:
        raise Stop(f"{folder} lies within the data folder: a backup there is lost together with the data.")
    check_can_be_proven(home)
    target = folder / datetime.now(UTC).strftime(NAME)
    make_backup(home, target)
    try:
        prove_backup(home, target)
    except BaseException:  # under another name, or it would take the place of a whole one
        target.replace(target.with_suffix(".not-proven"))
        raise
    for path in no_longer_wanted(folder.iterdir()):
        path.unlink()
        print(f"Removed: {path}")


def no_longer_wanted(paths: Iterable[Path]) -> list[Path]:
    """
    Return the backups that may go: all but the newest of each of the last days, weeks and months that have one.

    Counted in days that have a backup, not by the calendar: where none was made for a year, none goes. Whatever has
    another name is somebody's own.
    """
    made = {path: _made_at(path) for path in paths if NAMED.fullmatch(path.name)}
    newest_first = sorted(made, key=lambda path: made[path], reverse=True)
    kept: set[Path] = set()
    for most, span_of in SPANS:
        spans: dict[object, Path] = {}
        for path in newest_first:
            spans.setdefault(span_of(made[path]), path)
        kept.update(list(spans.values())[:most])
    return [path for path in reversed(newest_first) if path not in kept]


SPANS: Final[tuple[tuple[int, Callable[[datetime], object]], ...]] = (
    (DAYS, lambda at: at.date()),
    (WEEKS, lambda at: at.isocalendar()[:2]),
    (MONTHS, lambda at: (at.year, at.month)),
)


def _made_at(path: Path) -> datetime:
    return datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
