"""How an exception is closed: what became of it, who was told, whether somebody comes again. Pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.visits.rules.exceptions import ExceptionKind

LONGEST: Final = 1_000


class Outcome(StrEnum):
    WENT_ON = "went_on"
    SOMEBODY_ELSE = "somebody_else"
    MOVED = "moved"
    CANCELLED = "cancelled"
    TO_HOSPITAL = "to_hospital"
    BY_DOCTOR = "by_doctor"
    DELIVERED = "delivered"
    DRAW_AGAIN = "draw_again"
    NOTHING = "nothing"


class Told(StrEnum):
    RESIDENT = "resident"
    FAMILY = "family"
    CAREGIVER = "caregiver"
    DOCTOR = "doctor"
    LEAD = "lead"
    POLICE = "police"
    AMBULANCE = "ambulance"
    NOBODY = "nobody"


class FollowUp(StrEnum):
    BOOKED = "booked"
    THEY_CALL = "they_call"
    NOT_NEEDED = "not_needed"


WORDS_OF_OUTCOME: Final[Mapping[Outcome, Words]] = {
    Outcome.WENT_ON: _("这次上门照常做了"),
    Outcome.SOMEBODY_ELSE: _("换了人去"),
    Outcome.MOVED: _("改了时间"),
    Outcome.CANCELLED: _("这次取消了"),
    Outcome.TO_HOSPITAL: _("送医院了"),
    Outcome.BY_DOCTOR: _("医生回了话，照着办了"),
    Outcome.DELIVERED: _("标本交了，检验科收下"),
    Outcome.DRAW_AGAIN: _("标本不能用，要再采一次"),
    Outcome.NOTHING: _("核实过，没有事"),
}
WORDS_OF_TOLD: Final[Mapping[Told, Words]] = {
    Told.RESIDENT: _("居民本人"),
    Told.FAMILY: _("家人"),
    Told.CAREGIVER: _("上门的人"),
    Told.DOCTOR: _("家庭医生"),
    Told.LEAD: _("机构负责人"),
    Told.POLICE: _("派出所（110）"),
    Told.AMBULANCE: _("急救（120）"),
    Told.NOBODY: _("没有告诉谁，写明为什么"),
}
WORDS_OF_FOLLOW_UP: Final[Mapping[FollowUp, Words]] = {
    FollowUp.BOOKED: _("再约好了一次"),
    FollowUp.THEY_CALL: _("对方想好了打来"),
    FollowUp.NOT_NEEDED: _("不用再来"),
}
E_: Final = ExceptionKind
OUTCOMES: Final[Mapping[ExceptionKind, tuple[Outcome, ...]]] = {
    E_.NO_SHOW: (Outcome.WENT_ON, Outcome.MOVED, Outcome.CANCELLED, Outcome.TO_HOSPITAL, Outcome.NOTHING),
    E_.REFUSED: (Outcome.WENT_ON, Outcome.SOMEBODY_ELSE, Outcome.MOVED, Outcome.CANCELLED, Outcome.NOTHING),
    E_.UNSAFE: (Outcome.WENT_ON, Outcome.SOMEBODY_ELSE, Outcome.MOVED, Outcome.CANCELLED, Outcome.NOTHING),
    E_.LATE: (Outcome.WENT_ON, Outcome.SOMEBODY_ELSE, Outcome.MOVED, Outcome.CANCELLED),
    E_.CAREGIVER_ILL: (Outcome.SOMEBODY_ELSE, Outcome.MOVED, Outcome.CANCELLED, Outcome.NOTHING),
    E_.WRONG_ADDRESS: (Outcome.WENT_ON, Outcome.MOVED, Outcome.CANCELLED, Outcome.NOTHING),
    E_.WORSENING: (Outcome.BY_DOCTOR, Outcome.TO_HOSPITAL, Outcome.WENT_ON, Outcome.NOTHING),
    E_.SPECIMEN_LATE: (Outcome.DELIVERED, Outcome.DRAW_AGAIN, Outcome.NOTHING),
}


class ClosingUnsound(Invalid):
    code = "exceptions.closing_unsound"
    words = _("还差一两项，没有了结。补上再交一次。")


class VisitStillStands(DomainError):
    code = "exceptions.visit_still_stands"
    words = _("写的是改了时间或取消了，可是这次上门还挂在原来的时间。先改时间或取消，再了结。")


class LinesStillOpen(DomainError):
    code = "exceptions.lines_still_open"
    words = _("还有人家没有定下谁去。先派人、改时间或取消，再了结。")


def check_closing(
    kind: ExceptionKind, *, outcome: str, done: str, told: Collection[str], follow_up: str, has_visit: bool
) -> None:
    """:raises ClosingUnsound: naming each line that is empty or wrong"""
    wrong: dict[str, Words] = {}
    if outcome not in {one.value for one in OUTCOMES[kind]}:
        wrong["outcome"] = _("请选怎么了结的。")
    if not done.strip():
        wrong["done"] = _("请写做了什么：谁、几点、说了什么。")
    elif len(done) > LONGEST:
        wrong["done"] = _("最多 1000 个字。")
    if not told or not set(told) <= set(Told) or (Told.NOBODY in told and len(set(told)) > 1):
        wrong["told"] = _("请选告诉了谁；谁也没告诉的只选那一项。")
    if follow_up not in set(FollowUp):
        wrong["follow_up"] = _("请选还要不要再来。")
    elif (follow_up == FollowUp.BOOKED) is not has_visit:
        wrong["follow_up_visit"] = _("再约好了的，选是哪一次；没约的不要选。")
    if wrong:
        raise ClosingUnsound(fields=wrong)
