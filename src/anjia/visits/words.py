"""How visits speak to people: states, history, whom they are about."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from anjia.kernel.errors import Words
from anjia.visits.rules.arrival import Grade
from anjia.visits.rules.lifecycle import BoardState, State, Status, What

WORDS_OF_STATUS: Final[Mapping[Status, Words]] = {
    Status.HELD: gettext_lazy("先留着"),
    Status.RELEASED: gettext_lazy("没有约成"),
    Status.BOOKED: gettext_lazy("已约好"),
    Status.DEPARTED: gettext_lazy("正在路上"),
    Status.ARRIVED: gettext_lazy("服务中"),
    Status.DONE: gettext_lazy("完成"),
    Status.CANCELLED: gettext_lazy("已取消"),
    Status.MISSED: gettext_lazy("没有上门"),
}
WORDS_OF_STATE: Final[Mapping[State, Words]] = {
    State.TENTATIVE: gettext_lazy("等接单"),
    State.ACCEPTED: gettext_lazy("已接单"),
    State.DEPARTED: gettext_lazy("正在路上"),
    State.ARRIVED: gettext_lazy("服务中"),
    State.DONE: gettext_lazy("完成"),
    State.DECLINED: gettext_lazy("不接"),
    State.WITHDRAWN: gettext_lazy("已换人"),
}
WORDS_OF_BOARD: Final[Mapping[BoardState, Words]] = {
    BoardState.UNASSIGNED: pgettext_lazy("board", "没人接"),
    BoardState.LATE: gettext_lazy("晚了"),
    BoardState.TENTATIVE: gettext_lazy("等接单"),
    BoardState.ACCEPTED: gettext_lazy("已接单"),
    BoardState.DEPARTED: gettext_lazy("正在路上"),
    BoardState.ARRIVED: gettext_lazy("服务中"),
    BoardState.DONE: gettext_lazy("完成"),
    BoardState.MISSED: gettext_lazy("没有上门"),
    BoardState.CANCELLED: gettext_lazy("已取消"),
}
WORDS_OF_GRADE: Final[Mapping[Grade, Words]] = {
    Grade.DYNAMIC_QR: gettext_lazy("扫了对方手机上的码"),
    Grade.HOUSEHOLD_CARD: gettext_lazy("扫了家里的住户卡，人在附近"),
    Grade.FAMILY_QR: gettext_lazy("扫了家人手机上的码，人在附近"),
    Grade.PHOTO_AND_SIGNATURE: gettext_lazy("人在附近，拍了门口，有签字"),
    Grade.POSITION_AND_PHOTO: gettext_lazy("人在附近，拍了门口"),
    Grade.PHOTO_AND_REASON: gettext_lazy("定位不准，拍了门口，写了原因"),
    Grade.STATED: gettext_lazy("只有本人说到了"),
}


def words_of_change(what: What, name: str, why: str) -> str:
    """Return the sentence of a row of the history."""
    words = {
        What.PROMISED: _("约好了"),
        What.MOVED: _("改了时间"),
        What.CANCELLED: _("取消了"),
        What.ASSIGNED: _("安排{name}来").format(name=name),
        What.ACCEPTED: _("{name}接单了").format(name=name),
        What.DECLINED: _("{name}来不了，在找别人").format(name=name),
        What.NOBODY_TOOK_IT: _("还没人接单，调度员在安排"),
        What.DEPARTED: _("{name}出发了").format(name=name),
        What.ARRIVED: _("{name}到了").format(name=name),
        What.DONE: _("{name}做完了").format(name=name),
        What.MISSED: _("到时间没有人上门，服务台会打电话来"),
        What.CONFLICT_SETTLED: _("核对过一条现场记录"),
    }[what]
    return _("{words}：{why}").format(words=words, why=why) if why else words


def who_did(by_kind: str) -> str:
    return {"person": _("本人或家人"), "staff": _("工作人员"), "system": _("系统")}.get(by_kind, "")


def masked(phone: str) -> str:
    """Return a phone number with its middle hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else ""
