"""Who has read what, and what for, in words that she understands."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anjia.kernel.actors import Purpose

PURPOSE_WORDS: Final[Mapping[str, Promise]] = {
    Purpose.CARE.value: _("照护"),
    Purpose.VIDEO.value: _("看照片或录像"),
    Purpose.CONTRACT.value: _("安排上门"),
    Purpose.LEGAL.value: _("法定记录"),
    Purpose.VITAL.value: _("紧急救助"),
    Purpose.ACCESS.value: _("本人或家人查看"),
}
# By the context that keeps it: "records.readings" is a health record like "records.latest".
WHAT_WORDS: Final[Mapping[str, Promise]] = {
    "residents": _("登记资料"),
    "records": _("健康记录"),
    "visits": _("上门记录"),
    "orders": _("医嘱和问医生的事"),
    "quality": _("评价、回访和投诉"),
    "transitions": _("转介单"),
    "enrolment": _("入组筛选"),
}


def purpose_words(purpose: str) -> str:
    return str(PURPOSE_WORDS.get(purpose, purpose))


def what_words(what: str) -> str:
    return str(WHAT_WORDS.get(what.partition(".")[0], what))
