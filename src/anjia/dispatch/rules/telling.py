"""Whose it is to tell a household of its visit's new time. Pure: no database, no clock, no settings."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.errors import DomainError

Span = tuple[datetime, datetime]

TELLS: Final = "messaging.call"  # who may ring, may be the one to tell
TEMPLATE: Final = "visit_moved"


class TakenMeanwhile(DomainError):
    """Since she looked, somebody else has taken it on: two would ring, or both rely on the other."""

    code = "dispatch.telling_taken_meanwhile"

    def __init__(self, name: str) -> None:
        said = _("刚刚归{name}管了，没有换成您。还要您来打，回去再点一次。") if name else self.words
        super().__init__(str(said).format(name=name))

    words = _("刚刚换了人管，没有换成您。还要您来打，回去再点一次。")


class NothingToTell(DomainError):
    code = "dispatch.nothing_to_tell"
    words = _("不用打了：家里已经知道新的时间，或者这次上门已经开始、取消或结束。回去刷新看看。")


def can_tell(
    account_id: UUID, *, holders: Collection[UUID], away: Sequence[Span], starts_at: datetime, now: datetime
) -> bool:
    """
    Say whether it can be hers: she may (still) ring, and is on leave neither now nor on the day of the visit.

    A rota is not asked: most who sit at the desk have none, and who is off this afternoon is still whom to ask.
    """
    begins, ends = day_bounds(day_of(starts_at))
    is_away = any(start <= now < end or (start < ends and end > begins and end > now) for start, end in away)
    return account_id in holders and not is_away
