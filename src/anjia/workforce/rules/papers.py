"""Licences and certificates: what of them holds when. Inclusive: a paper holds on its last day."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol

from django.utils.translation import gettext_lazy as _

from anjia.clinical.professions import needs_last_day
from anjia.kernel.errors import Words

WARN_DAYS: Final = 30  # Source: 护士条例 10: renewal within 30 days before expiry [V]


class PaperState(StrEnum):
    VALID = "valid"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    NOT_YET = "not_yet"
    UNVERIFIED = "unverified"
    END_UNKNOWN = "end_unknown"


WORDS_OF_PAPER_STATE: Final[Mapping[PaperState, Words]] = {
    PaperState.VALID: _("有效"),
    PaperState.LAPSING: _("快到期"),
    PaperState.LAPSED: _("已过期"),
    PaperState.NOT_YET: _("还没生效"),
    PaperState.UNVERIFIED: _("等第二个人核对"),
    PaperState.END_UNKNOWN: _("没写到期日，不算有效"),
}
TONE_OF_PAPER_STATE: Final[Mapping[PaperState, str]] = {
    PaperState.VALID: "ok",
    PaperState.LAPSING: "warn",
    PaperState.LAPSED: "bad",
    PaperState.NOT_YET: "idle",
    PaperState.UNVERIFIED: "warn",
    PaperState.END_UNKNOWN: "warn",
}


class StaffPaper(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def is_verified(self) -> bool: ...


def is_end_unknown(paper: StaffPaper) -> bool:
    """Return whether the paper must have a last day, and nobody has said which: then it does not count."""
    return paper.valid_until is None and needs_last_day(paper.code)


def counts(paper: StaffPaper) -> bool:
    return paper.is_verified and not is_end_unknown(paper)


def state_of(paper: StaffPaper, on: date) -> PaperState:
    """Return what to make of the paper on that day. One that has lapsed need not be verified any more."""
    if paper.valid_until is not None and paper.valid_until < on:
        return PaperState.LAPSED
    if is_end_unknown(paper):
        return PaperState.END_UNKNOWN
    if not paper.is_verified:
        return PaperState.UNVERIFIED
    if paper.valid_from is not None and paper.valid_from > on:
        return PaperState.NOT_YET
    if paper.valid_until is not None and paper.valid_until - on <= timedelta(days=WARN_DAYS):
        return PaperState.LAPSING
    return PaperState.VALID


def last_days_of(papers: Iterable[StaffPaper], on: date) -> dict[str, date | None]:
    """
    Return, by code, the last day up to which the papers that count hold without a gap from `on`; None is for ever.

    What has lapsed before is in it with its last day, so that it can be said when.
    """
    found: dict[str, date | None] = {}
    for paper in sorted(papers, key=lambda paper: paper.valid_from or date.min):
        if not counts(paper):
            continue
        until = found.get(paper.code, date.min)
        if until is None or begins_too_late(paper, until, on):
            continue
        found[paper.code] = None if paper.valid_until is None else max(until, paper.valid_until)
    return found


def begins_too_late(paper: StaffPaper, until: date, on: date) -> bool:
    if paper.valid_from is None or paper.valid_from <= on:
        return False
    return until == date.min or paper.valid_from > until + timedelta(days=1)
