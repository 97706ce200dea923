"""Who may act for a resident, and how far."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, NotAllowed


class Relation(StrEnum):
    """What somebody is to the resident. A guardian decides for her; family does what she allows."""

    SELF = "self"
    FAMILY = "family"
    GUARDIAN = "guardian"


RELATION_WORDS: Final = {
    Relation.SELF: _("本人"),
    Relation.FAMILY: _("家人"),
    Relation.GUARDIAN: _("监护人"),
}


class Allow(StrEnum):
    """What a grant lets somebody do for her."""

    VISITS = "visits"  # see and rate her visits
    BOOK = "book"  # ask, book, move and cancel for her
    RECORD = "record"  # read her health record


ALLOW_WORDS: Final = {
    Allow.VISITS: _("看上门安排"),
    Allow.BOOK: _("帮她预约"),
    Allow.RECORD: _("看健康记录"),
}
ALL: Final = tuple(allow.value for allow in Allow)
DECIDES: Final = frozenset({Relation.SELF.value, Relation.GUARDIAN.value})


class GivenBy(StrEnum):
    """How a grant came about. One on paper counts when a second member of staff has seen the paper too."""

    IN_APP = "in_app"
    ON_PAPER = "on_paper"
    ACTIVATION = "activation"


GIVEN_BY_WORDS: Final = {
    GivenBy.IN_APP: _("本人在手机上给的"),
    GivenBy.ON_PAPER: _("在服务台写的委托书"),
    GivenBy.ACTIVATION: _("用开通单开通的"),
}

SLIP_LIVES: Final = timedelta(days=30)
SLIP_TRIES: Final = 5
SLIP_DIGITS: Final = 12


class OnlySheDecides(NotAllowed):
    code = "residents.only_she_decides"
    words = _("这件事要本人或者监护人来定。请让她在自己的手机上点，或者到服务台办。")


class SameWitness(DomainError):
    code = "residents.same_witness"
    words = _("第二个人要是另一位同事：录入的人不能自己见证。请旁边的同事登录后确认。")


class NumberWaits(DomainError):
    code = "residents.number_waits"
    words = _("已经有一个新号码在等第二个人确认。先确认那一个，或者点“不改了”。")


class AlreadyGranted(DomainError):
    code = "residents.already_granted"
    words = _("这个人已经可以替她办事了。要改，请先收回原来的。")


class SlipWrong(DomainError):
    code = "residents.slip_wrong"
    status = 422
    words = _("开通单上的号码或手机号后四位不对。请照着单子再看一遍；还不行，就打单子上的电话。")


class SlipOver(DomainError):
    code = "residents.slip_over"
    status = 422
    words = _("这张开通单用过了，或者过期了。请到社区服务台换一张新的。")


def check_allows(allows: Iterable[str]) -> list[str]:
    """:raises Invalid: if there is nothing, or something that nobody can be allowed"""
    asked = set(allows)
    if not asked or asked - set(ALL):
        words = _("请选好可以替她做什么，至少一样。")
        raise Invalid(fields={"allows": words})
    return [allow for allow in ALL if allow in asked]


def check_relation(relation: str) -> str:
    """:raises Invalid: if nobody can be given access as this: herself she is by her own account"""
    if relation not in {Relation.FAMILY, Relation.GUARDIAN}:
        raise Invalid(fields={"relation": _("请选“家人”或“监护人”。")})
    return relation


def kinship_of(relation: str) -> str:
    """
    Return what the holder is to her in her words, "" where she only said "family".

    :raises Invalid: if it would make a guardian: that is a matter of papers
    """
    said = " ".join(relation.split())[:20]
    if said == Relation.GUARDIAN:
        raise Invalid(fields={"relation": _("监护人要带证明到服务台办，手机上只能请家人帮忙。")})
    return "" if said in set(Relation) else said


def check_until(valid_until: datetime | None, *, now: datetime) -> None:
    """:raises Invalid: if it would be over before it begins"""
    if valid_until is not None and valid_until <= now:
        raise Invalid(fields={"valid_until": _("到期的日子已经过了。请选以后的一天，或者留空。")})


def spaced(code: str) -> str:
    """Return the digits of a slip as people read them out: 1234 5678 9012."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def digits_of(text: str) -> str:
    """Return what of the text are digits 0-9, however wide or spaced."""
    narrow = (chr(ord(char) - 0xFEE0) if "０" <= char <= "９" else char for char in text)
    return "".join(char for char in narrow if "0" <= char <= "9")
