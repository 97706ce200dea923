"""Figures and rows in words, for pages, spreadsheets and reports alike."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.kernel.errors import Words
from anjia.quality.queries import Indicator, Row
from anjia.quality.rules import LEAST_RATINGS, Standing
from anjia.visits.rules.lifecycle import WORDS_OF_REASON, CancelReason, Status

STANDING_WORDS: Final[Mapping[Standing, Words]] = {
    Standing.MET: gettext_lazy("达标"),
    Standing.MISSED: gettext_lazy("未达标"),
    Standing.NO_DATA: gettext_lazy("没数据"),
    Standing.TOO_FEW: gettext_lazy("样本不足"),
    Standing.NO_TARGET: gettext_lazy("没有定目标"),
    Standing.TIMED_OUT: gettext_lazy("超时，没数完"),
}


def value_words(one: Indicator) -> str:
    """Return the value with its unit, or why there is none."""
    if one.figure.value is not None:
        return f"{one.figure.value}%"
    if one.figure.standing is Standing.TOO_FEW:
        return _("样本不足：只有 {of} 份，满 {least} 份才算").format(of=one.figure.of, least=LEAST_RATINGS)
    return str(STANDING_WORDS[one.figure.standing])


def target_words(one: Indicator) -> str:
    """Return what it should be, or nothing where nobody has said."""
    if one.definition.target is None:
        return ""
    return f"{'≤' if one.definition.is_limit else '≥'} {one.definition.target}%"


def status_words(row: Row) -> str:
    """Return what became of the visit, with the reason where it was cancelled."""
    if row.outcome is None:
        return "" if row.exception else _("没有说是哪次")
    if row.outcome.status == Status.CANCELLED:
        said = _("取消了")
        return f"{said}：{reason_words(row.outcome.cancel_reason)}" if row.outcome.cancel_reason else said
    known = {Status.DONE.value: _("做完了"), Status.MISSED.value: _("没有上门")}
    return known.get(row.outcome.status, _("没有完成记录"))


def exception_words(row: Row) -> str:
    """Return what came in between, of whom where it is of no visit, and whether it is urgent."""
    one = row.exception
    if one is None:
        return ""
    said = [one.kind_words, one.staff_name, _("急") if one.is_urgent else ""]
    return " · ".join(filter(None, said))


def reason_words(reason: str) -> Words:
    """Return why it was cancelled: our codes in words; what a person wrote as she wrote it."""
    return WORDS_OF_REASON[CancelReason(reason)] if reason in set(CancelReason) else reason
