"""A session in class: when one may sign in, and who signs that they were there."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words

EARLY: Final = timedelta(minutes=30)  # before it begins, and after it ends [ENG]
LONGEST: Final = timedelta(hours=12)
FARTHEST: Final = timedelta(days=366)


class SessionInvalid(Invalid):
    code = "learning.session_invalid"
    words = _("这堂课还没有登记。标出来的几处改好，再存一次。")


class SessionClosed(DomainError):
    code = "learning.session_closed"
    words = _("这堂课的签到表已经签字，不能再改。")


class NotInTime(DomainError):
    code = "learning.not_in_time"
    words = _("现在不是签到的时间：开课前 30 分钟到下课后 30 分钟可以签。没赶上的，请讲课的人补签。")


class WordWrong(DomainError):
    code = "learning.word_wrong"
    words = _("签到码不对。看一下黑板或屏幕上的六位数字，再输一次。")


class NotOver(DomainError):
    code = "learning.session_not_over"
    words = _("课还没有结束，下课以后再签字。")


class OwnAttendance(NotAllowed):
    code = "learning.own_attendance"
    words = _("自己也在签到表上，要由另一位来签字。")


def check_session(*, place: str, teacher: str, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """:raises SessionInvalid: naming what is wrong"""
    wrong: dict[str, Words] = {}
    if not place:
        wrong["place"] = _("请写在哪里上课。")
    if not teacher:
        wrong["teacher"] = _("请写谁讲课。")
    if not starts_at < ends_at <= starts_at + LONGEST:
        wrong["ends"] = _("下课要晚于上课，最长 12 小时。")
    if not now - FARTHEST <= starts_at <= now + FARTHEST:
        wrong["day"] = _("日期在前后一年以内。")
    if wrong:
        raise SessionInvalid(fields=wrong)


def may_sign_in(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    return starts_at - EARLY <= now <= ends_at + EARLY
