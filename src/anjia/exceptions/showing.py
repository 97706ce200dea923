"""How exceptions speak to people. Pure, no questions asked."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.kernel.errors import Words
from anjia.visits.queries import Busy
from anjia.visits.rules.lifecycle import State

WORDS_OF_WHAT: Final[Mapping[str, Words]] = {
    "opened": gettext_lazy("报了上来"),
    "again": gettext_lazy("又报了一次，补在原来这件上"),
    "done": gettext_lazy("做了这一步"),
    "promised": gettext_lazy("答应了家里"),
    "handed_over": gettext_lazy("换人来办"),
    "passed_on": gettext_lazy("到时间没有做，转给下一位"),
    "arrived": gettext_lazy("人到了"),
    "delivered": gettext_lazy("标本送到了"),
    "stood_in": gettext_lazy("定了替班"),
    "closed": gettext_lazy("了结了"),
}
WORDS_OF_ORIGIN: Final[Mapping[str, Words]] = {
    "field": gettext_lazy("上门的人在手机上报的"),
    "desk": gettext_lazy("服务台记下的"),
    "clock": gettext_lazy("过了约好的时间还没到，系统报的"),
    "readings": gettext_lazy("上门量的数越过了危急线，系统报的"),
}
WORDS_OF_SETTLED: Final[Mapping[str, Words]] = {
    "given": gettext_lazy("换人去"),
    "moved": gettext_lazy("改了时间"),
    "cancelled": gettext_lazy("取消了"),
    "hers": gettext_lazy("还是她去的"),
    "missed": gettext_lazy("没有上门"),
}


def settled_words(settled: str) -> str:
    return str(WORDS_OF_SETTLED.get(settled, ""))


def now_words(there: Busy | None, *, but: UUID, names: Mapping[UUID, str]) -> str:
    """Say who is in for a visit that somebody cannot come to."""
    if there is None or there.staff_id == but:
        return _("还没有人去")
    name = names.get(there.staff_id, "")
    if there.state is State.TENTATIVE:
        return _("在问{name}，等回话").format(name=name)
    return _("{name}去").format(name=name)
