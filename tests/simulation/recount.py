"""
The indicators counted once more, from raw rows and by their written definitions (quality/data/indicators.json).

It shares nothing with what counts them for the page: no query, no rule, no column that was derived. Whether a visit
was done and when somebody came is read from what the field said; whether anybody had answered, from the history; to
which day a rating belongs, from its visit. A table of facts is read once, and counted in plain Python.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

HERE: Final = timezone(timedelta(hours=8))  # China has no summer time
DAY: Final = timedelta(hours=24)
QUARTER: Final = timedelta(minutes=15)
OURS: Final = {"no_caregiver", "caregiver_ill", "weather", "institution"}
ASPECTS: Final = ("manner", "skill", "punctual", "explained")

PROMISES: Final = """
    SELECT id, service_name, starts_at, ends_at, booked_at, status, cancel_reason FROM visits_visit
     WHERE organization_id = %s AND status NOT IN ('held', 'released')
"""
SAID: Final = """
    SELECT f.visit_id, f.staff_id, f.kind, least(f.occurred_at, f.received_at) FROM visits_fieldfact f
     WHERE f.organization_id = %s AND f.kind IN ('departed', 'arrived', 'done') AND NOT EXISTS (
           SELECT FROM visits_conflict c WHERE c.fact_id = f.id AND c.decision <> 'counts'
              AND c.misfit IN ('not_assigned', 'visit_not_open'))
"""
YESES: Final = "SELECT visit_id, at FROM visits_visitchange WHERE organization_id = %s AND what = 'accepted'"
RATINGS: Final = """
    SELECT visit_id, rater_kind, stars, manner, skill, punctual, explained FROM quality_rating
     WHERE organization_id = %s
"""
CONCERNS: Final = """
    SELECT visit_id, raised_at FROM quality_concern
     WHERE organization_id = %s AND kind IN ('complaint', 'dispute')
"""
CALLS: Final = """
    SELECT c.visit_id, (SELECT min(a.at) FROM quality_callbackattempt a
                         WHERE a.call_back_id = c.id AND a.reached IN ('reached', 'refused'))
      FROM quality_callback c WHERE c.organization_id = %s
"""
EXCEPTIONS: Final = """
    SELECT kind, is_urgent, visit_id, opened_at, closed_at FROM exceptions_visitexception WHERE organization_id = %s
"""
# What the definitions say, in minutes: where nothing presses, and where it does.
MINUTES: Final = {
    "no_show": (180, 100),
    "refused": (330, 270),
    "unsafe": (433, 366),
    "late": (135, 75),
    "caregiver_ill": (160, 100),
    "wrong_address": (185, 125),
    "worsening": (215, 107),
    "specimen_late": (200, 140),
}
SHIFTS: Final = """
    SELECT staff_id, starts_at, ends_at FROM workforce_shift WHERE organization_id = %s AND removed_at IS NULL
"""
LEAVE: Final = """
    SELECT staff_id, starts_at, ends_at FROM workforce_leave WHERE organization_id = %s AND state = 'granted'
"""


@dataclass(frozen=True, slots=True)
class Count:
    """What counts for a number, what counts against it, what is left out."""

    counted: int
    missing: int
    excluded: int


@dataclass(frozen=True, slots=True)
class Promise:
    id: UUID
    service: str
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    status: str
    reason: str

    @property
    def is_ours(self) -> bool:
        return self.status == "cancelled" and self.reason in OURS

    @property
    def is_theirs(self) -> bool:
        return self.status == "cancelled" and self.reason not in OURS


@dataclass(slots=True)
class Rows:
    """All the raw rows of a house."""

    promises: list[Promise]
    said: list[tuple[UUID, UUID, str, datetime]]
    yeses: list[tuple[UUID, datetime]]
    ratings: list[tuple[Any, ...]]
    concerns: list[tuple[UUID | None, datetime]]
    calls: list[tuple[UUID, datetime | None]]
    exceptions: list[tuple[str, bool, UUID | None, datetime, datetime | None]]
    shifts: list[tuple[UUID, datetime, datetime]]
    leave: list[tuple[UUID, datetime, datetime]]


def read_rows(house: UUID) -> Rows:
    """Read what there is. Call where the database shows it: inside a unit of work of the house."""

    def rows(words: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(words, [house])
            found: list[Any] = cursor.fetchall()
            return found

    promises = [Promise(*row) for row in rows(PROMISES)]
    return Rows(
        promises, *(rows(one) for one in (SAID, YESES, RATINGS, CONCERNS, CALLS, EXCEPTIONS, SHIFTS, LEAVE))
    )


@dataclass(slots=True)
class Recount:
    """What the rows say of the days from `first` to `last`, as things stand, of one service or of all."""

    rows: Rows
    first: date
    last: date
    as_of: datetime
    service: str | None = None

    def is_in(self, when: datetime) -> bool:
        return self.first <= when.astimezone(HERE).date() <= self.last

    @property
    def promises(self) -> dict[UUID, Promise]:
        return {
            one.id: one
            for one in self.rows.promises
            if self.is_in(one.starts_at) and self.service in (None, one.service)
        }

    def earliest(self, kind: str) -> dict[UUID, datetime]:
        found: dict[UUID, datetime] = {}
        for visit_id, _staff, said, at in self.rows.said:
            if said == kind:
                found[visit_id] = min(found.get(visit_id, at), at)
        return found

    @property
    def done(self) -> set[UUID]:
        said = self.earliest("done")
        return {one.id for one in self.promises.values() if one.id in said and one.status != "cancelled"}

    @property
    def not_done(self) -> set[UUID]:
        """Return those that were due and were not done: over without it, or called off by us."""
        return {
            one.id
            for one in self.promises.values()
            if one.id not in self.done and not one.is_theirs and (one.is_ours or one.ends_at <= self.as_of)
        }

    def indicators(self) -> dict[str, Count]:
        return {
            "completion": self.completion(),
            "response": self.response(),
            "punctuality": self.punctuality(),
            "satisfaction_resident": self.stars("resident"),
            "satisfaction_family": self.stars("family"),
            "complaint": self.complaint(),
            "call_back": self.call_back(),
            **{f"aspect_{aspect}": self.aspect(3 + number) for number, aspect in enumerate(ASPECTS)},
            "rated": self.rated(),
            "exceptions": self.exceptions(*MINUTES),
            **{f"exception_{kind}": self.exceptions(kind) for kind in MINUTES},
        }

    def completion(self) -> Count:
        left_out = len(self.promises) - len(self.done) - len(self.not_done)
        return Count(len(self.done), len(self.not_done), left_out)

    def response(self) -> Count:
        """Within 24 hours of the booking and before the start; hers that she took back unanswered are left out."""
        yes: dict[UUID, datetime] = {}
        for visit_id, at in self.rows.yeses:
            yes[visit_id] = min(yes.get(visit_id, at), at)

        def of(one: Promise) -> str:
            if one.id in yes:
                in_time = yes[one.id] <= min(one.booked_at + DAY, one.starts_at)
                return "counted" if in_time else "missing"
            if one.is_ours:
                return "missing"
            waited = self.as_of >= min(one.booked_at + DAY, one.starts_at)
            return "missing" if waited and one.status != "cancelled" else "excluded"

        return tally(map(of, self.promises.values()))

    def punctuality(self) -> Count:
        came = self.earliest("arrived")

        def of(one: Promise) -> str:
            if one.id not in came:
                return "excluded"
            return "counted" if came[one.id] - one.starts_at <= QUARTER else "missing"

        return tally(map(of, self.promises.values()))

    @property
    def ratings(self) -> list[tuple[Any, ...]]:
        return [row for row in self.rows.ratings if row[0] in self.promises]

    def stars(self, rater: str) -> Count:
        return tally(
            "excluded" if row[1] != rater else "counted" if row[2] >= 4 else "missing" for row in self.ratings
        )

    def aspect(self, column: int) -> Count:
        return tally(
            "excluded" if row[column] is None else "counted" if row[column] >= 4 else "missing"
            for row in self.ratings
        )

    def complaint(self) -> Count:
        due = self.done | self.not_done
        about = {visit_id for visit_id, _raised in self.rows.concerns if visit_id in due}
        nameless = [at for visit_id, at in self.rows.concerns if visit_id is None and self.is_in(at)]
        return Count(len(about), len(due - about), len(nameless))

    def call_back(self) -> Count:
        done = self.earliest("done")

        def of(visit_id: UUID, answered: datetime | None) -> str:
            due = done[visit_id] + DAY
            if answered is None:
                return "missing" if self.as_of >= due else "excluded"
            return "counted" if answered <= due else "missing"

        return tally(of(*row) for row in self.rows.calls if row[0] in self.promises)

    def exceptions(self, *kinds: str) -> Count:
        """Of one service only what was at a visit of it: who cannot come is of none."""
        service_of = {one.id: one.service for one in self.rows.promises}

        def of(kind: str, is_urgent: bool, opened: datetime, closed: datetime | None) -> str:
            over = opened + timedelta(minutes=MINUTES[kind][is_urgent])
            if closed is None:
                return "missing" if self.as_of >= over else "excluded"
            return "counted" if closed <= over else "missing"

        return tally(
            of(kind, is_urgent, opened, closed)
            for kind, is_urgent, visit_id, opened, closed in self.rows.exceptions
            if kind in kinds
            and self.is_in(opened)
            and (self.service is None or (visit_id and service_of.get(visit_id) == self.service))
        )

    def rated(self) -> Count:
        rated = {row[0] for row in self.ratings}
        return Count(len(rated), len(self.done - rated), len(self.promises) - len(self.done))

    def staff(self) -> dict[UUID, dict[str, Any]]:
        """Return by caregiver what `quality/data/efficiency.json` says; a figure is none where there is nothing."""
        until = min(datetime.combine(self.last + timedelta(days=1), datetime.min.time(), HERE), self.as_of)
        start = datetime.combine(self.first, datetime.min.time(), HERE)
        duty = self.duty(start, until)
        departed, arrived, done = map(self.earliest, ("departed", "arrived", "done"))
        theirs: dict[UUID, list[UUID]] = defaultdict(list)
        for visit_id, staff_id, kind, _at in self.rows.said:
            visit = self.promises.get(visit_id)
            if kind == "done" and visit_id in self.done and visit and visit.starts_at < until:
                theirs[staff_id].append(visit_id)
        found = {}
        for staff_id in duty.keys() | theirs.keys():
            visits = sorted(set(theirs[staff_id]))
            service = {one: done[one] - arrived[one] for one in visits if one in arrived}
            way = {one: arrived[one] - departed[one] for one in service if one in departed}
            minutes = duty.get(staff_id, set())
            days = {minute.astimezone(HERE).date() for minute in minutes}
            found[staff_id] = {
                "visits": len(visits),
                "days": len(days),
                "hours": rounded(Decimal(len(minutes)) / 60),
                "visits_per_day": rounded(Decimal(len(visits)) / len(days)) if days else None,
                "way_share": share(total(way.values()), total(service[one] for one in way)),
                "service_minutes": rounded(minutes_of(total(service.values())) / len(service))
                if service
                else None,
            }
        return found

    def duty(self, start: datetime, until: datetime) -> dict[UUID, set[datetime]]:
        """Return the minutes on which each was on duty: slow, and hard to get wrong."""
        minutes: dict[UUID, set[datetime]] = defaultdict(set)
        for staff_id, begins, ends in self.rows.shifts:
            minutes[staff_id] |= set(each_minute(max(begins, start), min(ends, until)))
        for staff_id, begins, ends in self.rows.leave:
            minutes[staff_id] -= set(each_minute(max(begins, start), min(ends, until)))
        return {staff_id: found for staff_id, found in minutes.items() if found}


def each_minute(begins: datetime, ends: datetime) -> Iterable[datetime]:
    while begins < ends:
        yield begins
        begins += timedelta(minutes=1)


def tally(parts: Iterable[str]) -> Count:
    found = Counter(parts)
    return Count(found["counted"], found["missing"], found["excluded"])


def total(spans: Iterable[timedelta]) -> timedelta:
    return sum(spans, timedelta(0))


def minutes_of(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1)) / 60_000_000


def share(way: timedelta, service: timedelta) -> Decimal | None:
    both = minutes_of(way) + minutes_of(service)
    return rounded(100 * minutes_of(way) / both) if both else None


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
