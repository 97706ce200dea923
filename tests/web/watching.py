"""That nothing changed while something was tried."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class Watch:
    """
    Of tests that try one thing after another: how it was after one is how it was before the next.

    Looking takes as long as trying, so it is looked once for each and not twice. Whoever changes something is the one
    who is found: the next begins with what is then there.
    """

    def __init__(self) -> None:
        self._known: Any = None

    @contextmanager
    def nothing_changes(self, look: Callable[[T], Any], at: T) -> Iterator[None]:
        before = look(at) if self._known is None else self._known
        yield
        self._known = look(at)
        assert self._known == before
