"""Series' makers: a town whose nurses are on duty for months, and a series that is begun."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from anjia.dispatch.commands import hold_slot
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.series.commands import begin_series
from anjia.series.models import Occurrence
from anjia.series.queries import get_series
from anjia.series.shapes import OccurrenceLine, SeriesLine
from anjia.visits.models import Visit
from anjia.workforce.commands import generate_shifts, set_weekly_pattern
from anjia.workforce.rules import PatternPart
from tests.make import NOON, actor, deliver_events
from tests.visits.make import Town, at, id_of

TOMORROW = date(2026, 3, 3)  # a Tuesday: no holiday until Qingming, on 4 to 6 April


def nurse(town: Town, name: str = "李秋萍", **says: Any) -> Actor:
    """Return a nurse who works every day from eight to five, for as long as the tests look."""
    one = town.nurse(name, shifts=(), **says)
    parts = [PatternPart(weekday=day, starts=time(8), ends=time(17)) for day in range(7)]
    unit = acting(town.system, NOON)
    unit.do(set_weekly_pattern, staff_id=id_of(one), parts=parts, works_holidays=True)
    unit.do(generate_shifts, first_day=date(2026, 3, 2), days=92)
    return one


def boss(town: Town) -> Actor:
    return actor("workforce.change", organization_id=town.organization_id)


def hold(
    town: Town, resident: Resident, one: Actor, *, by: Actor | None = None, now: datetime = NOON, **says: Any
) -> UUID:
    sound: dict[str, Any] = {
        "service_code": "wound",
        "resident_id": resident.id,
        "address_id": town.address(resident).id,
        "starts_at": at(10),
        "staff_ids": [id_of(one)],
    }
    return acting(by or town.desk, now).do(hold_slot, **sound | says).id


def series(
    town: Town, resident: Resident, one: Actor, *, by: Actor | None = None, **repeat: Any
) -> SeriesLine:
    """Begin a series tomorrow at ten: weekly, unless `repeat` says otherwise."""
    hold_id = hold(town, resident, one, by=by)
    return acting(by or town.desk, NOON).do(begin_series, hold_id=hold_id, repeat=repeat)


def seen(town: Town, series_id: UUID, *, by: Actor | None = None, now: datetime = NOON) -> SeriesLine:
    return acting(by or town.desk, now).ask(get_series, Purpose.CONTRACT, series_id=series_id, now=now)


def days(found: SeriesLine, *states: str) -> list[date]:
    return [one.day for one in found.occurrences if one.state in (states or ("placed",))]


def on(found: SeriesLine, day: date) -> OccurrenceLine:
    [one] = [one for one in found.occurrences if one.day == day and one.state not in {"replaced", "paused"}]
    return one


def every_row(town: Town, series_id: UUID) -> list[Occurrence]:
    def look(_: Actor) -> list[Occurrence]:
        return list(Occurrence.objects.filter(series=series_id).order_by("on", "id"))

    return acting(town.system, NOON).ask(look)


def visit_of(town: Town, visit_id: UUID | None) -> Visit:
    assert visit_id is not None
    return acting(town.system, NOON).ask(lambda _: Visit.objects.get(id=visit_id))


def visit_on(town: Town, found: SeriesLine, day: date) -> Visit:
    return visit_of(town, on(found, day).visit_id)


def hear(town: Town, *, now: datetime = NOON) -> None:
    deliver_events(town.desk, now=now)


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)
