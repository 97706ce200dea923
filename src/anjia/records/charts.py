"""How readings become a trend: points, the band they should lie in, and the sentence above the chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.clinical import trends
from anjia.clinical.alerts import Grade, Line, alert_for
from anjia.clinical.measures import DIASTOLIC, SYSTOLIC, Measure, Unsound, measure
from anjia.clinical.targets import Band, Incomplete, target_for
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.records import words
from anjia.records.models import PersonalTarget, Reading
from anjia.records.rules import MEASURED_HERSELF, PRESSURE, pairs
from anjia.workforce.queries import staff_names

HALVES: Final = {"systolic": SYSTOLIC, "diastolic": DIASTOLIC}


@dataclass(frozen=True, slots=True, kw_only=True)
class BandView:
    """Where values should lie, who set it, and where that stands. `words` says it shortly."""

    band: Band
    set_by: str
    source: str
    evidence: str
    is_own: bool = False  # a clinician's, for this one person

    @property
    def low(self) -> Decimal | None:
        return self.band.low

    @property
    def high(self) -> Decimal | None:
        return self.band.high

    @property
    def high_included(self) -> bool:
        return self.band.high_included

    @property
    def words(self) -> str:
        return words.band_words(self.band)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """One measurement: a value, or for pressure two. `out_of_band` is None where there is no band."""

    at: datetime
    source: str
    device: str
    visit_id: UUID | None
    value: Decimal | None
    systolic: Decimal | None
    diastolic: Decimal | None
    out_of_band: bool | None
    alert: Grade | None

    @property
    def shown(self) -> str:
        if self.value is not None:
            return words.number(self.value)
        return f"{words.number(self.systolic)}/{words.number(self.diastolic)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """A sentence, the band, and the points, oldest first. For pressure `bands` holds two and `band` is None."""

    code: str
    name: str
    unit: str
    days: int
    since: datetime
    until: datetime
    band: BandView | None
    bands: Mapping[str, BandView] | None
    band_missing: str  # why there is no band, where there ought to be one
    sentence: str
    points: Sequence[PointView]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestView:
    value: str
    unit: str
    at: datetime
    alert: Grade | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine:
    code: str
    name: str
    latest: LatestView
    sentence: str


def codes_of(code: str) -> list[str]:
    """:raises NotFound: if nothing of that code is measured"""
    if code == PRESSURE:
        return [SYSTOLIC, DIASTOLIC]
    try:
        return [measure(code).code]
    except Unsound:
        raise NotFound from None


def view(
    actor: Actor,
    purpose: Purpose,
    *,
    resident: Any,
    code: str,
    rows: Sequence[Reading],
    now: datetime,
    days: int,
) -> TrendView:
    known = [measure(one) for one in codes_of(code)]
    bands, missing = bands_of(actor, purpose, resident=resident, codes=[one.code for one in known], now=now)
    points = points_of(code, rows, bands, on=day_of(now), age=resident.age_on(day_of(now)))
    shown = [point for point in points if point.at >= now - timedelta(days=days)]
    two = code == PRESSURE
    return TrendView(
        code=code if two else known[0].code,
        name=_("血压") if two else words.name_of(known[0]),
        unit=words.unit_of(known[0]),
        days=days,
        since=now - timedelta(days=days),
        until=now,
        band=None if two else bands.get(known[0].code),
        bands={name: bands[one] for name, one in HALVES.items() if one in bands} if two else None,
        band_missing=missing,
        sentence=sentence(known, points, shown, bands, now=now, days=days, to_staff=actor.kind is Kind.STAFF),
        points=shown,
    )


def points_of(
    code: str, rows: Sequence[Reading], bands: Mapping[str, BandView], *, on: date, age: int | None
) -> list[PointView]:
    if code != PRESSURE:
        return [point(row, {row.code: row.value}, bands, on=on, age=age) for row in rows]
    return [
        point(both, {SYSTOLIC: both.systolic, DIASTOLIC: both.diastolic}, bands, on=on, age=age)
        for both in pairs(rows)
    ]


def point(
    row: Any, values: Mapping[str, Decimal], bands: Mapping[str, BandView], *, on: date, age: int | None
) -> PointView:
    single = next(iter(values.values())) if len(values) == 1 else None
    judged = [not bands[code].band.holds(value) for code, value in values.items() if code in bands]
    own = {code: view.band for code, view in bands.items() if view.is_own}
    at_home = row.source == MEASURED_HERSELF
    return PointView(
        at=row.at,
        source=row.source,
        device=row.device,
        visit_id=row.visit_id,
        value=single,
        systolic=values.get(SYSTOLIC) if single is None else None,
        diastolic=values.get(DIASTOLIC) if single is None else None,
        out_of_band=any(judged) if judged else None,
        alert=worst(
            alert_for(code, value, on=on, age=age, own=own.get(code), at_home=at_home)
            for code, value in values.items()
        ),
    )


def worst(lines: Any) -> Grade | None:
    grades = {line.grade for line in lines if isinstance(line, Line)}
    return Grade.RED if Grade.RED in grades else Grade.AMBER if grades else None


def bands_of(
    actor: Actor, purpose: Purpose, *, resident: Any, codes: Sequence[str], now: datetime
) -> tuple[dict[str, BandView], str]:
    """Return the bands of the codes, a clinician's own before the guideline's, and what is missing for one."""
    set_for_her = PersonalTarget.objects.filter(resident_id=resident.id, code__in=codes).in_force(now)
    own = {target.code: target for target in set_for_her}
    names = staff_names(actor, purpose, staff_ids=sorted({one.set_by for one in own.values()})) if own else {}
    found: dict[str, BandView] = {}
    missing = ""
    for code in codes:
        if code in own:
            found[code] = personal(own[code], names.get(own[code].set_by, ""))
            continue
        target = target_for(
            code, age=resident.age_on(day_of(now)), conditions=resident.chronic, on=day_of(now)
        )
        if isinstance(target, Incomplete):
            missing = _("不知道出生年份，目标定不下来。请到档案里补上。")
        elif target is not None:
            found[code] = BandView(
                band=target.band,
                set_by=target.source.issuer,
                source=words.source_words(target.source),
                evidence=target.source.evidence,
            )
    return found, missing


def personal(target: PersonalTarget, name: str) -> BandView:
    return BandView(
        band=target.band,
        set_by=name,
        source=_("{name} {day}定的").format(name=name, day=words.day(target.set_at)),
        evidence="",
        is_own=True,
    )


def sentence(
    known: Sequence[Measure],
    points: Sequence[PointView],
    shown: Sequence[PointView],
    bands: Mapping[str, BandView],
    *,
    now: datetime,
    days: int,
    to_staff: bool,
) -> str:
    """Say how it went, from the rules of `clinical.trends`: a mean only of enough, never a number for nothing."""
    found = [trend_of(one, points, bands, now=now) for one in known]
    if not shown:
        found = [trends.Trend(say=trends.Say.NEVER, recent=0)]
    first = found[0]
    mean = "/".join(words.number(one.mean) for one in found)
    change = words.change_words(first.change) if first.change is not None else ""
    if len(known) == 2 and change:
        change = _("高压{change}").format(change=change)
    said = words.trend_words(first, days=days, mean=mean, before=change)
    if not shown:
        return said
    last = shown[-1]
    return words.together(
        said,
        words.inside_words(inside(found, shown)),
        words.latest_words(at=last.at, value=last.shown, place=place_of(last, known, bands)),
        words.alert_words(last.alert, at=last.at, now=now, to_staff=to_staff),
    )


def trend_of(
    known: Measure, points: Sequence[PointView], bands: Mapping[str, BandView], *, now: datetime
) -> trends.Trend:
    band = bands.get(known.code)
    values = [(point.at, value_of(point, known.code)) for point in points]
    return trends.trend(values, now=now, band=band.band if band else None, decimals=known.decimals)


def value_of(point: PointView, code: str) -> Decimal:
    value = {SYSTOLIC: point.systolic, DIASTOLIC: point.diastolic}.get(code, point.value)
    value = point.value if value is None else value
    assert value is not None, "a point has the value of its code"
    return value


def inside(found: Sequence[trends.Trend], shown: Sequence[PointView]) -> trends.Trend:
    """Of the last measurements, count those that lie in their band with every number."""
    last = shown[-trends.COUNTED :]
    judged = [point for point in last if point.out_of_band is not None]
    count = sum(not point.out_of_band for point in judged) if judged else None
    return trends.Trend(say=found[0].say, recent=found[0].recent, counted=len(judged), inside=count)


def place_of(last: PointView, known: Sequence[Measure], bands: Mapping[str, BandView]) -> str:
    """Say of the latest measurement where it lies; of two numbers the first that is outside."""
    said = [words.place(value_of(last, one.code), bands[one.code].band) for one in known if one.code in bands]
    return next((one for one in said if one != _("在目标内")), said[0] if said else "")
