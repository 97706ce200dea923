"""What has to be said of folders, for what lies in them to be one whole."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(folder: Path, *, together: bool = False) -> Iterator[bool]:
    """
    Hold the folder against every other process, or with others who only look; say whether it could be had.

    A process that dies lets go of it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if together else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def settle(folder: Path) -> None:
    """See to it that the names in the folder outlive a power cut, as what lies under them does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
