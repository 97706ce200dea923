"""The life of a referral, and what it has to say. Pure: no database, no clock."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.spreadsheets.cleaning import phones_of
from anjia.spreadsheets.id_number import check_id_number
from anjia.spreadsheets.words import Unclean


class State(StrEnum):
    SENT = "sent"
    RECEIVED = "received"  # somebody at the desk has opened it
    REGISTERED = "registered"  # she is a resident of the receiving house
    BOOKED = "booked"
    CLOSED = "closed"  # visited, or taken back by the ward
    DECLINED = "declined"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.SENT: frozenset({State.RECEIVED, State.REGISTERED, State.DECLINED, State.CLOSED}),
    State.RECEIVED: frozenset({State.REGISTERED, State.DECLINED, State.CLOSED}),
    State.REGISTERED: frozenset({State.BOOKED, State.DECLINED, State.CLOSED}),
    State.BOOKED: frozenset({State.REGISTERED, State.CLOSED}),  # back, when the visit is cancelled
    State.CLOSED: frozenset(),
    State.DECLINED: frozenset(),
}
NOT_TAKEN_ON: Final = frozenset({State.SENT, State.RECEIVED})
OPEN: Final = frozenset({State.SENT, State.RECEIVED, State.REGISTERED, State.BOOKED})

WORDS_OF_STATE: Final[Mapping[State, Words]] = {
    State.SENT: _("已送到，还没人看"),
    State.RECEIVED: _("服务台在看"),
    State.REGISTERED: _("已接下，在约时间"),
    State.BOOKED: _("已约好上门"),
    State.CLOSED: _("已结束"),
    State.DECLINED: _("没有接"),
}

LINES: Final[Mapping[str, Words]] = {
    "picc": _("PICC"),
    "port": _("输液港"),
    "gastric_tube": _("胃管"),
    "urinary_catheter": _("导尿管"),
    "drain": _("引流管"),
    "tracheostomy": _("气管切开"),
    "stoma": _("造口"),
    "oxygen": _("家庭氧疗"),
}
WOUNDS: Final[Mapping[str, Words]] = {
    "surgical": _("手术切口"),
    "pressure_injury": _("压力性损伤"),
    "diabetic_foot": _("糖尿病足"),
    "other": _("其他伤口"),
}
WISHES: Final[Mapping[str, Words]] = {
    "line_care": _("管路维护"),
    "wound_care": _("伤口换药"),
    "injection": _("注射"),
    "assessment": _("上门评估"),
    "rehabilitation": _("康复训练"),
    "teaching": _("教家人照顾"),
}
AT_HOME: Final[Mapping[str, Words]] = {
    "alone": _("一个人住"),
    "spouse": _("和老伴"),
    "children": _("和子女"),
    "carer": _("有护工或保姆"),
    "unknown": _("没问到"),
}
LONGEST_TEXT: Final = 500


class ReferralUnsound(Invalid):
    code = "transitions.referral_unsound"
    words = _("转介单还差几项，没有送出。改好再送一次。")


class OrderPhotoUnsound(Invalid):
    code = "transitions.order_photo_unsound"
    words = _("医嘱照片没有补上。")


class IllegalMove(DomainError):
    code = "transitions.illegal_move"
    words = _("这张转介单已经往前走了。刷新看看最新的情况。")


class ReasonMissing(Invalid):
    code = "transitions.reason_missing"
    words = _("请写上原因，对方才知道接下来怎么办。")


def check_move(old: State, new: State) -> None:
    """:raises IllegalMove: if a referral in `old` cannot become `new`"""
    if new not in MOVES[old]:
        raise IllegalMove


def check_reason(reason: str) -> None:
    """:raises ReasonMissing: if nothing is said"""
    if not reason.strip():
        raise ReasonMissing(fields={"reason": _("请写一句。")})


def check_referral(
    *,
    name: str,
    phone: str,
    id_number: str,
    address: str,
    discharge_on: date | None,
    diagnosis: str,
    agreed: bool,
    today: date,
) -> None:
    """:raises ReferralUnsound: naming every field that is wrong or missing"""
    wrong: dict[str, Words] = {}
    for field, text in {"name": name, "diagnosis": diagnosis, "address": address}.items():
        if not text.strip():
            wrong[field] = _("这一项要填。")
        elif len(text) > LONGEST_TEXT:
            wrong[field] = _("太长了，最多 500 个字。")
    if not agreed:
        wrong["agreed"] = _("病人或家属同意了才能送。")
    wrong |= check_phone(phone) | check_day(discharge_on, today=today)
    if id_number.strip():
        try:
            check_id_number(id_number, today=today)
        except Unclean as error:
            wrong["id_number"] = said(error)
    if wrong:
        raise ReferralUnsound(fields=wrong)


def check_phone(phone: str) -> dict[str, Words]:
    try:
        if phones_of(phone):
            return {}
    except Unclean as error:
        return {"phone": said(error)}
    return {"phone": _("请留一个能打通的电话，服务台要打。")}


def said(error: Unclean) -> str:
    return gettext(error.words).format(**error.values)


def check_day(day: date | None, *, today: date) -> dict[str, Words]:
    if day is None:
        return {"discharge_on": _("请填出院那天。")}
    if not today - timedelta(days=60) <= day <= today + timedelta(days=60):
        return {"discharge_on": _("出院那天离今天太远了，请看看年份和月份。")}
    return {}
