"""Why a file, a batch or a row is not taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid
from anjia.spreadsheets.words import Refusal

T = TypeVar("T")


class ColumnsMissing(Invalid):
    code = "imports.columns_missing"


class NotTriedYet(DomainError):
    code = "imports.not_tried_yet"
    words = _("请先看一遍试导入的结果，再正式导入。")


class AlreadyOver(DomainError):
    code = "imports.already_over"
    words = _("这份名单已经处理完了。要再导一次，请重新上传。")


class NothingToImport(DomainError):
    code = "imports.nothing_to_import"
    words = _("没有一行能收下。请下载带原因的表，改好再传。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What is wrong with one cell: `column` is a column's code, "" for the whole row."""

    column: str
    words: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(column: str, problem: Refusal) -> "Reason":
        return Reason(column=column, words=problem.words, values=problem.values)

    def __str__(self) -> str:
        return gettext(self.words).format(**self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    row: int
    name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Cleaned(Generic[T]):
    """What a list says, row by row, and the rows that cannot be taken. Lines that are no rows are only counted."""

    rows: list[T]
    bad: list[BadRow]
    skipped: int = 0
    assumed: list[BadRow] = field(default_factory=list)  # taken, with what was read into them
