"""The family's own form: what those who care for her at home have to say, not what she says. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Invalid, NotAllowed, Words
from anjia.quality.rules.ratings import LONGEST_WORDS


class Told(StrEnum):
    IN_TIME = "in_time"
    LATE = "late"
    NO = "no"


class Understood(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Burden(StrEnum):
    LIGHT = "light"
    SOME = "some"
    HEAVY = "heavy"


TOLD_WORDS: Final[Mapping[Told, Words]] = {
    Told.IN_TIME: _("提前告诉了"),
    Told.LATE: _("告诉得晚了"),
    Told.NO: _("没人告诉"),
}
UNDERSTOOD_WORDS: Final[Mapping[Understood, Words]] = {
    Understood.YES: _("听懂了结果"),
    Understood.PARTLY: _("结果听懂一些"),
    Understood.NO: _("没听懂结果"),
}
BURDEN_WORDS: Final[Mapping[Burden, Words]] = {
    Burden.LIGHT: _("照顾得过来"),
    Burden.SOME: _("照顾得有点累"),
    Burden.HEAVY: _("快撑不住了"),
}


class OnlyFamily(NotAllowed):
    code = "quality.only_family"
    words = _("这张表是给家人填的。您自己的话，请写在评价里。")


class FormUnsound(Invalid):
    code = "quality.family_form_unsound"
    words = _("还差一两项，没有交上。补上再交一次。")


def check_form(*, told: str, understood: str, burden: str, words: str) -> None:
    """:raises FormUnsound: naming what is not answered"""
    wrong: dict[str, Words] = {
        name: _("请选一个。")
        for name, value, known in (
            ("told", told, set(Told)),
            ("understood", understood, set(Understood)),
            ("burden", burden, set(Burden)),
        )
        if value not in known
    }
    if len(words) > LONGEST_WORDS:
        wrong["words"] = _("最多写 1000 个字。")
    if wrong:
        raise FormUnsound(fields=wrong)
