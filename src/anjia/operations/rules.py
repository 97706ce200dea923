"""What counts as being there, and how it is put into a number. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Final

TARGET: Final = 99  # per cent, plan 000 (N015)
MINUTE: Final = timedelta(minutes=1)
KEPT: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Minutes in a row in which Anjia was not known to be there; the end belongs to the next."""

    begins_at: datetime
    ends_at: datetime
    unwatched: int  # minutes of which there is no row: nobody was there to ask
    failed: str  # what it said last, where somebody asked
    cause: str = ""

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.begins_at) // MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """Minutes in which it was there, of all since it was first watched."""

    up: int
    of: int

    @property
    def value(self) -> Decimal | None:
        """Per cent with two decimals, rounded down: 99.999 is not all. None where nothing was watched yet."""
        if not self.of:
            return None
        return (Decimal(100) * self.up / self.of).quantize(Decimal("0.01"), ROUND_FLOOR)

    @property
    def is_met(self) -> bool:
        return 100 * self.up >= TARGET * self.of


def minute_of(moment: datetime) -> datetime:
    """Return the minute that the moment is in."""
    return moment.replace(second=0, microsecond=0)
