"""Residents as the desk's and the doctor's lists show them. Pure, no questions asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.clinical.alerts import Grade, alert_for
from anjia.clinical.measures import DIASTOLIC, SYSTOLIC, measure
from anjia.clinical.targets import Band, Target, target_for
from anjia.kernel.calendar import day_of
from anjia.records.rules import MEASURED_HERSELF

QUIET_FOR: Final = timedelta(days=14)  # then somebody with a chronic condition is asked how she is
SHOWN_FIRST: Final = (SYSTOLIC, "14771-0", "15074-8", "14743-9", "29463-7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A resident in a list of those found."""

    id: UUID
    name: str
    about: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The one on the telephone: who she is, how she is reached, what is arranged for her."""

    id: UUID
    name: str
    about: str
    phones: Sequence[str]
    addresses: Sequence[Any]
    relatives: Sequence[Any]
    coming: Sequence[Any]
    past: Sequence[Any]
    calls: Sequence[Any]
    series: Sequence[Any] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A line of the doctor's list: who, and why she stands where she does."""

    id: UUID
    name: str
    about: str
    tone: str
    words: str
    why: str
    latest: str
    at: datetime | None
    visit_id: UUID | None
    visit: str
    rank: int


def about(resident: Any, *, today: date) -> str:
    """Say age, sex and how she lives, shortly."""
    age = resident.age_on(today)
    said = [_("{age} 岁").format(age=age) if age is not None else "", words_of_sex(resident.sex)]
    if resident.lives_alone:
        said.append(_("独居"))
    return _("，").join(part for part in said if part)


def words_of_sex(sex: str) -> str:
    return {"female": _("女"), "male": _("男")}.get(sex, "")


# What of a day's visits to one home the doctor is told first: that somebody is there, then what waits to be read.
FIRST: Final = ("arrived", "departed", "late", "done")


def tells_least_first(visit: Any) -> int:
    return -FIRST.index(visit.state) if visit.state in FIRST else -len(FIRST)


def case_of(
    resident: Any,
    *,
    readings: Sequence[Any],
    own: Mapping[str, Band],
    consents: bool,
    visit: Any,
    now: datetime,
) -> Case:
    """
    Say of one resident why she should be looked at, the worst reason first.

    `own` is where a clinician wants her values, which goes before what holds for others: 90 % of oxygen is where it
    should be for one, and an alarm for another.
    """
    today = day_of(now)
    age = resident.age_on(today)
    newest = max((row.at for row in readings), default=None)
    red, amber = (graded(readings, own, grade, today=today, age=age) for grade in (Grade.RED, Grade.AMBER))
    off = outside(resident, readings, own, now=now)
    rank, tone, words, why = 4, "ok", _("平稳"), _("最近的数没有越线")
    if not consents:
        rank, tone, words, why = 6, "idle", _("没同意"), _("她没有同意用健康数据做照护，这里不显示")
    elif red:
        rank, tone, words, why = 0, "bad", _("现在看"), _("最近一次越过了危急线，请马上联系")
    elif amber:
        rank, tone, words, why = 1, "warn", _("今天看"), _("最近一次偏离较多，今天要有人看")
    elif off:
        rank, tone, words, why = 2, "warn", _("要留意"), _("最近一次不在目标里")
    elif visit is not None and visit.state == "done":
        rank, tone, words, why = 3, "info", _("刚上过门"), _("今天上门的记录等你看")
    elif newest is None or now - newest > QUIET_FOR:
        rank, tone, words, why = 5, "idle", _("没数据"), _("两周没有数，问一问是不是没量")
    shown = (red or amber or off or first_of(readings)) if consents else None
    return Case(
        id=resident.id,
        name=resident.name,
        about=about(resident, today=today),
        tone=tone,
        words=words,
        why=why,
        latest=words_of(shown, readings) if shown else "",
        at=shown.at if shown else None,
        visit_id=visit.id if visit else None,
        visit=f"{visit.service_name} {visit.state_words}" if visit else "",
        rank=rank,
    )


def graded(
    readings: Sequence[Any], own: Mapping[str, Band], grade: Grade, *, today: date, age: int | None
) -> Any | None:
    """Return what was measured in the last days and is that bad: an old alarm is history."""
    for row in readings:
        line = alert_for(
            row.code,
            row.value,
            on=today,
            age=age,
            own=own.get(row.code),
            at_home=row.source == MEASURED_HERSELF,
        )
        if line and line.grade is grade and day_of(row.at) >= today - timedelta(days=3):
            return row
    return None


def outside(resident: Any, readings: Sequence[Any], own: Mapping[str, Band], *, now: datetime) -> Any | None:
    """Return what was measured in the last two weeks and lies outside its target."""
    today = day_of(now)
    age = resident.age_on(today)
    for row in readings:
        band = own.get(row.code)
        if band is None:
            target = target_for(row.code, age=age, conditions=resident.chronic, on=today)
            band = target.band if isinstance(target, Target) else None
        if band is not None and now - row.at <= QUIET_FOR and not band.holds(row.value):
            return row
    return None


def first_of(readings: Sequence[Any]) -> Any | None:
    """Return what is worth showing of somebody with whom all is well."""
    by_code = {row.code: row for row in readings}
    return next((by_code[code] for code in SHOWN_FIRST if code in by_code), None)


def words_of(reading: Any, readings: Sequence[Any]) -> str:
    """Say what was measured, a pressure with its other half: the value must be the one that the reason speaks of."""
    pressure: Mapping[str, Any] = {row.code: row for row in readings if row.code in {SYSTOLIC, DIASTOLIC}}
    if reading.code in pressure and len(pressure) == 2:
        both = f"{plain(pressure[SYSTOLIC].value)}/{plain(pressure[DIASTOLIC].value)}"
        return _("血压 {value}").format(value=both)
    known = measure(reading.code)
    english = (get_language() or "").startswith("en")
    name, unit = (known.name_en, known.shown_en) if english else (known.name, known.shown)
    return f"{name} {plain(reading.value)} {unit}"


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
