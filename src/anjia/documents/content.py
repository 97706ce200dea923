"""What a document says, whatever it is written as."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    words: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A paragraph; where it has a `name`, that stands before it in bold."""

    words: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of words below their titles. `numbers` are the columns that hold figures, from 0: set to the right."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    widths: Sequence[int] = ()  # parts of the whole; without them all are alike

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.titles) for row in self.rows), "a row has a cell for each title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """
    A photo or a signature, as PNG or JPEG; `words` say what it is to whoever cannot see it, and `instead` what stands
    there when it is cut off, broken, or of more points than can be drawn.
    """

    content: bytes
    words: str
    height_mm: float = 25
    instead: str = ""


Part = Heading | Words | Table | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A title, what it is about in small print below, and the parts one after the other; `language` is its tag."""

    title: str
    about: Sequence[str]
    parts: Sequence[Part]
    language: str = "zh-CN"
