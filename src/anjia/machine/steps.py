"""What is said on the terminal: one line for each step, one sentence when it cannot go on."""

import errno
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # no more can be written


class Stop(Exception):
    """The reason why it cannot go on, in one sentence for whoever started it."""


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    print(f"  {words:.<46} ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - began:5.1f} s", flush=True)


@contextmanager
def one_sentence() -> Iterator[None]:
    """Say a `Stop` in one sentence and leave, instead of showing a traceback."""
    try:
        yield
    except Stop as stop:
        sys.exit(f"anjia: {stop}")
    except OSError as error:
        if error.errno not in FULL:
            raise
        sys.exit(f"anjia: the disk is full: 300 MB are needed at {error.filename or 'the data folder'}.")
    except KeyboardInterrupt:
        sys.exit("anjia: stopped.")
