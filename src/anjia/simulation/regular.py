"""Who is come to again and again in the demo town: a weekly blood pressure, and a dressing twice a week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from anjia.dispatch import commands as dispatch
from anjia.dispatch.queries import places_for
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.series.commands import begin_series
from anjia.series.shapes import SeriesLine
from anjia.simulation.founding import Founder, resident_id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Regular:
    """One who is come to: for what, by whom, since which day, and about when."""

    key: str
    service: str
    staff: str
    first: date
    clock: time
    repeat: Mapping[str, Any]

    def begin(self, founder: Founder, address_id: Any, *, by: Actor, when: datetime) -> SeriesLine | None:
        """Let it be booked then; None, where she whom they want has no time that day."""
        staff_id = founder.staff[self.staff]
        asked: dict[str, Any] = {
            "service_code": self.service,
            "resident_id": resident_id_of(self.key),
            "address_id": address_id,
            "wishes": {"period": "any", "caregiver_sex": "any"},
        }
        place = acting(by, when).ask(
            places_for,
            Purpose.CONTRACT,
            **asked,
            days=[self.first],
            clock=self.clock,
            usual=[staff_id],
            now=when,
        )[self.first]
        if [one.id for one in place.crew] != [staff_id]:
            return None
        held = founder.do(
            by, dispatch.hold_slot, when=when, **asked, starts_at=place.starts_at, staff_ids=[staff_id]
        )
        found: SeriesLine = founder.do(by, begin_series, when=when, hold_id=held.id, repeat=dict(self.repeat))
        return found


def booked(series: SeriesLine | None) -> list[tuple[UUID, datetime]]:
    """Return its visits, and when each begins."""
    found = series.occurrences if series else ()
    return [(one.visit_id, one.starts_at) for one in found if one.visit_id and one.starts_at]


def been(series: SeriesLine | None, now: datetime) -> list[tuple[UUID, datetime]]:
    """Return those of it that lie before today."""
    return [one for one in booked(series) if day_of(one[1]) < day_of(now)]
