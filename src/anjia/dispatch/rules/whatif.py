"""The life of an estimate of what one caregiver more would change."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid

FEWEST: Final = 5  # requests: from fewer nothing is said
SILENT_AFTER: Final = timedelta(minutes=3)  # that an estimate at work says nothing: its worker has died
WAITS: Final = timedelta(minutes=30)  # that one may wait for a worker
# Hours up to which waits are counted together; what is beyond the last has found no time. Source: ours [ENG].
EDGES: Final = (4, 12, 24, 48, 72, 192)


class EstimateState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ESTIMATING: Final = frozenset({EstimateState.QUEUED, EstimateState.RUNNING})


class AlreadyEstimating(DomainError):
    code = "dispatch.already_estimating"
    words = _("正在估另一个。等它算完再估。")


class NobodyLikeThat(Invalid):
    code = "dispatch.nobody_like_that"
    words = _("没有估：请选一位这两周排了班的人。")


def bin_of(hours: float | None) -> int:
    """Return among which waits one is counted; the last are those that found no time."""
    if hours is None:
        return len(EDGES)
    return next((number for number, edge in enumerate(EDGES) if hours < edge), len(EDGES) - 1)
