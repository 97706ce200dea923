"""The kinds of cases. A new kind is a row here, a word in the constraint's migration, and whoever raises it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Words


class Kind(StrEnum):
    HELP = "help"  # a resident pressed, or who acts for her
    SOS = "sos"  # a member of staff pressed, quietly
    OVERDUE = "overdue"  # a visit that does not end, and nobody answers


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """
    Who may take a case of the kind, and what it says.

    `told_to` is the permission by which who manages is told when nobody takes it. Only of a `is_of_resident` case may
    her people hear. `source` says where the kind comes from.
    """

    words: Words
    what: Words
    taken_with: str
    told_to: str
    is_of_resident: bool
    source: str


KINDS: Final[Mapping[Kind, KindRule]] = {
    Kind.HELP: KindRule(
        words=_("居民求助"),
        what=_("她按了求助，5 秒内没有取消。先打电话问清楚；要紧的，马上替她叫 120。"),
        taken_with="emergencies.take",
        told_to="emergencies.supervise",
        is_of_resident=True,
        source="002, 004 (一键呼叫)",
    ),
    Kind.SOS: KindRule(
        words=_("护士求助"),
        what=_("她在外面悄悄按了求助。她那边可能不方便说话：先看位置，再决定打电话还是叫人过去、报警 110。"),
        taken_with="emergencies.supervise",
        told_to="emergencies.supervise",
        is_of_resident=False,
        source="粤卫 2019 “互联网+护理服务”试点方案：一键报警",
    ),
    Kind.OVERDUE: KindRule(
        words=_("上门没有按时结束"),
        what=_("问过她好不好，她没有回。打她的电话；打不通，打居民家，再不通就派人过去。"),
        taken_with="emergencies.supervise",
        told_to="emergencies.supervise",
        is_of_resident=False,
        source="粤卫 2019 “互联网+护理服务”试点方案：定位追踪",
    ),
}


def kinds_for(permissions: frozenset[str]) -> list[str]:
    """Return the kinds of cases that somebody with these permissions sees and may take."""
    return [kind.value for kind, rule in KINDS.items() if rule.taken_with in permissions]
