"""Refusals in words. The Chinese is the msgid; whoever shows it translates it."""

from collections.abc import Mapping


def _(words: str) -> str:
    """Mark words for the translators."""
    return words


class Refusal(Exception):
    """`code` is for programs. `words` may hold places like {said}, which `values` fill after translation."""

    def __init__(self, code: str, words: str, **values: str | int) -> None:
        self.code = code
        self.words = words
        self.values: Mapping[str, str | int] = values
        super().__init__(code)

    def __str__(self) -> str:
        return self.words.format(**self.values)


class Unreadable(Refusal):
    """This file cannot be read as a list."""


class Busy(Refusal):
    """Others' files are being read. Of this one nothing is said."""


class Unclean(Refusal):
    """This cell cannot be understood."""
