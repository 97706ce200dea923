"""What a rating may say, and until when it may be changed. Pure: no database, no clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words

CHANGE_WITHIN: Final = timedelta(hours=24)
ASPECTS: Final = ("manner", "skill", "punctual", "explained")
ASPECT_WORDS: Final[Mapping[str, Words]] = {
    "manner": _("态度"),
    "skill": _("技术"),
    "punctual": _("准时"),
    "explained": _("讲清楚"),
}
LONGEST_WORDS: Final = 1_000


class RaterKind(StrEnum):
    RESIDENT = "resident"
    FAMILY = "family"


RATER_WORDS: Final[Mapping[RaterKind, Words]] = {
    RaterKind.RESIDENT: _("居民本人"),
    RaterKind.FAMILY: _("家人"),
}


class NotDoneYet(DomainError):
    code = "quality.not_done_yet"
    words = _("这次上门还没有做完，做完就可以评价。")


class ChangeTooLate(DomainError):
    code = "quality.change_too_late"
    words = _("评价满 24 小时，改不了了。还有话想说，请打电话给服务台。")


class RatingUnsound(Invalid):
    code = "quality.rating_unsound"
    words = _("星星请选 1 到 5 颗。")


def check_rating(*, stars: int, aspects: Mapping[str, int], words: str) -> None:
    """:raises RatingUnsound: if it is not one to five stars, or rates what nobody asks for"""
    wrong: dict[str, Words] = {}
    if not 1 <= stars <= 5:
        wrong["stars"] = _("请选 1 到 5 颗星。")
    for aspect, value in aspects.items():
        if aspect not in ASPECTS or not 1 <= value <= 5:
            wrong[f"aspects.{aspect}"] = _("请选 1 到 5 颗星。")
    if len(words) > LONGEST_WORDS:
        wrong["words"] = _("最多写 1000 个字。")
    if wrong:
        raise RatingUnsound(fields=wrong)


def check_change(*, rated_at: datetime, now: datetime) -> None:
    """:raises ChangeTooLate: from 24 hours after it was given on"""
    if now >= rated_at + CHANGE_WITHIN:
        raise ChangeTooLate
