"""Lists that people upload as files: read apart from everything, and refused in words."""

from django.utils.translation import gettext

from anjia.kernel.errors import DomainError, Invalid
from anjia.spreadsheets.apart import read_apart
from anjia.spreadsheets.limits import Limits
from anjia.spreadsheets.reader import FEWEST_KNOWN, Recognise, Table, best_table
from anjia.spreadsheets.words import Busy, Unreadable


class FileRefused(Invalid):
    """The file cannot be read as a list; nothing has changed."""

    code = "imports.file_refused"

    def __init__(self, problem: Unreadable) -> None:
        words = gettext(problem.words).format(**problem.values)
        super().__init__(words, fields={"file": words})
        self.problem = problem


class ReadersBusy(DomainError):
    """Others' lists are being read; nothing has changed."""

    code = "imports.readers_busy"
    status = 503

    def __init__(self, problem: Busy) -> None:
        super().__init__(gettext(problem.words))


def read_upload(content: bytes, *, limits: Limits, recognise: Recognise, fewest: int = FEWEST_KNOWN) -> Table:
    """
    Read what somebody uploads, outside any unit of work: it takes longer than any transaction may.

    `recognise` says which column a title is; a header has at least `fewest` that we know.

    :raises FileRefused: if it cannot be read as a list
    :raises ReadersBusy: if others' lists are being read
    """
    try:
        return best_table(read_apart(content, limits=limits), recognise=recognise, fewest=fewest)
    except Unreadable as problem:
        raise FileRefused(problem) from None
    except Busy as problem:
        raise ReadersBusy(problem) from None
