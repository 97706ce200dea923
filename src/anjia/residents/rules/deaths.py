"""That a resident has died: who says so, on which paper, and that two people have read it. Pure."""

from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words

LONGEST_WORDS: Final = 120
FARTHEST_BACK: Final = timedelta(days=366 * 5)


class DeathUnsound(Invalid):
    code = "residents.death_unsound"
    words = _("去世登记有几处没有填好，没有记下。补上再交一次。")


class DeathKnown(DomainError):
    code = "residents.death_known"
    words = _("已经有人登记了。请另一位同事核对原件，或者说明登错了。")


class DeathOver(DomainError):
    code = "residents.death_over"
    words = _("这一条已经核对过或者撤回了。刷新看看现在怎么样。")


class SecondPersonWanted(NotAllowed):
    code = "residents.death_second_person"
    words = _("这一步要由另一位同事来做：一个人登记，另一个人看着原件核对；登错了，也由另一个人撤回。")


class ResidentHasDied(DomainError):
    code = "residents.has_died"
    words = _("登记了这位居民已经去世，不能再约上门。要是登错了，请在档案里由另一位同事撤回。")


def check_death(*, told_by: str, died_on: date | None, today: date, has_paper: bool) -> None:
    """:raises DeathUnsound: naming each line that is empty or wrong"""
    wrong: dict[str, Words] = {}
    if not 2 <= len(told_by.strip()) <= LONGEST_WORDS:
        wrong["told_by"] = _("写明是谁说的、和她什么关系，2 到 120 个字。")
    if died_on is None or not today - FARTHEST_BACK <= died_on <= today:
        wrong["died_on"] = _("写哪一天去世的：不晚于今天，五年以内。")
    if not has_paper:
        wrong["photo"] = _("要有死亡证明或户籍注销证明的照片。")
    if wrong:
        raise DeathUnsound(fields=wrong)


def check_why(why: str) -> str:
    """:raises DeathUnsound: if it is not said why it was a mistake"""
    if not 2 <= len(why.strip()) <= LONGEST_WORDS:
        raise DeathUnsound(fields={"why": _("写明怎么发现登错了，2 到 120 个字。")})
    return why.strip()
