"""What dispatch has to know of promises: whose time is taken, who has been where."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, DateTimeField, Func, Max, Q, QuerySet

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotFound
from anjia.kernel.prepared import Prepared
from anjia.visits.boards import check_may_read_all
from anjia.visits.models import LIVE_STATES, Assignment, Visit
from anjia.visits.rules.lifecycle import (
    EXPECTED,
    LATE_AFTER,
    LONGEST_VISIT,
    MISSED_AFTER,
    State,
    Status,
)
from anjia.visits.showing import give_crews, live_crew, may_know_of, name_for_reader, name_of_service


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """A caregiver's time that is taken, and about where. It says nothing of whose visit it is."""

    assignment_id: UUID
    visit_id: UUID
    part: int
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    cell: str
    state: State
    held_until: datetime | None = None
    deliver_minutes: int = 0  # within which what is taken has to be at the laboratory; 0: nothing is taken
    access_minutes: int = 0  # from the street to the door

    def has_run_out(self, now: datetime) -> bool:
        """Say whether it was only held, for too long: it takes nobody's time any more."""
        return self.held_until is not None and self.held_until <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What dispatch plans with: a visit and who is in for it."""

    id: UUID
    resident_id: UUID
    address_id: UUID
    service_version_id: UUID
    service_name: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    people_needed: int
    cell: str
    price_fen: int
    visit_word: str
    wishes: Mapping[str, Any]
    crew: tuple[Busy, ...]
    unclaimed_parts: frozenset[int]
    series_id: UUID | None = None
    access_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A caregiver on one of a day's visits, and how far it has come: times, and a coarse place."""

    visit_id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    cell: str
    departed_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    deliver_minutes: int = 0
    access_minutes: int = 0


NAMES_OF_BUSY: Final = [field.name for field in fields(Busy)]


# Not `&&`: under row-level security it would not use an index. No visit is longer than LONGEST_VISIT.
def _busy(asked: Any) -> QuerySet[Assignment, Any]:
    rows = Assignment.objects.filter(
        organization_id=asked.house,
        state__in=LIVE_STATES,
        starts_at__gte=asked.since,
        starts_at__lt=asked.end,
    ).annotate(ends=Func("planned", function="upper", output_field=DateTimeField()))
    return (
        rows.filter(ends__gt=asked.start)
        .order_by("staff_id", "starts_at")
        .values_list(
            "id",
            "visit_id",
            "part",
            "staff_id",
            "starts_at",
            "ends",
            "cell",
            "state",
            "held_until",
            "deliver_minutes",
            "access_minutes",
        )
    )


THESE: Final = Prepared(
    lambda asked: Visit.objects.filter(organization_id=asked.house, id__any_of=asked.visit_ids)
)
BUSY: Final = Prepared(_busy)
BUSY_OF: Final = Prepared(lambda asked: _busy(asked).filter(staff_id__any_of=asked.staff_ids))


def live_assignments(
    actor: Actor,
    purpose: Purpose,
    *,
    staff_ids: Collection[UUID] | None,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
) -> list[Busy]:
    """
    Return whose time is taken between `start` and `end`, by caregiver and time; of all caregivers if none are named.

    With `now`, holds that have run out are not counted.
    """
    asked: dict[str, Any] = {
        "house": actor.organization_id,
        "since": start - LONGEST_VISIT,
        "start": start,
        "end": end,
    }
    rows = BUSY.tuples(**asked) if staff_ids is None else BUSY_OF.tuples(**asked, staff_ids=list(staff_ids))
    found = [_taken(row) for row in rows]
    return found if now is None else [one for one in found if not one.has_run_out(now)]


def _taken(row: Sequence[Any]) -> Busy:
    said = dict(zip(NAMES_OF_BUSY, row, strict=True))
    return Busy(**said | {"state": State(said["state"])})


NAMES_OF_ERRAND: Final = [field.name for field in fields(Errand)]


def _errands(asked: Any) -> QuerySet[Assignment, Any]:
    return Assignment.objects.filter(
        organization_id=asked.house,
        state__in=LIVE_STATES,
        visit__status__in=sorted(status.value for status in EXPECTED),
    ).values_list(
        "visit_id",
        "staff_id",
        "starts_at",
        "visit__ends_at",
        "cell",
        "visit__departed_at",
        "visit__arrived_at",
        "visit__done_at",
        "deliver_minutes",
        "access_minutes",
    )


ERRANDS: Final = Prepared(
    lambda asked: _errands(asked).filter(starts_at__gte=asked.start, starts_at__lt=asked.end)
)
ERRANDS_TO: Final = Prepared(lambda asked: _errands(asked).filter(visit_id=asked.visit_id))


def errands(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> list[Errand]:
    """
    Return who is on which visit that is planned to begin from `start` to before `end`, and how far each has come.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    return [_errand_of(row) for row in ERRANDS.tuples(house=actor.organization_id, start=start, end=end)]


def errands_to(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[Errand]:
    """
    Return who is on one visit, and how far it has come; nobody, if it is off.

    :raises NotFound: if the organization has no such visit, or a person asks for somebody else's
    """
    get_promise(actor, purpose, visit_id=visit_id)
    return [_errand_of(row) for row in ERRANDS_TO.tuples(house=actor.organization_id, visit_id=visit_id)]


def _errand_of(row: Sequence[Any]) -> Errand:
    return Errand(**dict(zip(NAMES_OF_ERRAND, row, strict=True)))


def _busy_of(row: Assignment) -> Busy:
    return Busy(
        assignment_id=row.id,
        visit_id=row.visit_id,
        part=row.part,
        staff_id=row.staff_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        cell=row.cell,
        state=State(row.state),
        deliver_minutes=row.deliver_minutes,
        access_minutes=row.access_minutes,
    )


def get_promise(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> Promise:
    """
    Return what dispatch has to know of one visit.

    :raises NotFound: if the organization has no such visit, or a person asks for somebody else's
    """
    try:
        return get_promises(actor, purpose, visit_ids=[visit_id])[visit_id]
    except KeyError:
        raise NotFound from None


def get_promises(actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID]) -> dict[UUID, Promise]:
    """Return what dispatch has to know of these visits, without those that are not the actor's to know of."""
    found = THESE.rows(house=actor.organization_id, visit_ids=list(visit_ids)) if visit_ids else []
    known = [visit for visit in found if may_know_of(actor, visit)]
    give_crews(known)
    return {visit.id: _promise_of(visit) for visit in known}


ON: Final = Prepared(
    lambda asked: Visit.objects.filter(
        organization_id=asked.house,
        starts_at__gte=asked.start,
        starts_at__lt=asked.end,
        status__in=[status.value for status in EXPECTED],
    ).order_by("starts_at", "id")
)


def promises_on(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> list[Promise]:
    """Return all visits of the house that begin in that time and are not called off, the soonest first."""
    found = [
        visit
        for visit in ON.rows(house=actor.organization_id, start=start, end=end)
        if may_know_of(actor, visit)
    ]
    give_crews(found)
    return [_promise_of(visit) for visit in found]


MOST_ASKED: Final = 200  # newest first: what is worked out from them has to answer while somebody waits


def asked_between(
    actor: Actor, purpose: Purpose, *, start: datetime, end: datetime
) -> list[tuple[datetime, Promise]]:
    """
    Return what was booked of the house in that time and is not called off, and when it was asked for, the first first;
    of a great many the newest.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    rows = Visit.objects.filter(
        organization_id=actor.organization_id,
        starts_at__gte=start,  # what is booked then begins later: so the index is used
        booked_at__gte=start,
        booked_at__lt=end,
        status__in=[status.value for status in EXPECTED],
    )
    found = list(rows.order_by("-booked_at", "-id")[:MOST_ASKED])[::-1]
    give_crews(found)
    return [(visit.booked_at, _promise_of(visit)) for visit in found]


def promises_ahead(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> list[Promise]:
    """
    Return the resident's visits that nobody has set out for yet, the soonest first.

    :raises NotFound: if the actor has no business with the resident
    """
    if not actor.sees(resident_id):
        raise NotFound
    rows = Visit.objects.filter(organization_id=actor.organization_id, resident_id=resident_id)
    ahead = rows.filter(status=Status.BOOKED.value, ends_at__gt=now).prefetch_related(live_crew())
    return [_promise_of(visit) for visit in ahead.order_by("starts_at", "id")]


def _promise_of(visit: Visit) -> Promise:
    return Promise(
        id=visit.id,
        resident_id=visit.resident_id,
        address_id=visit.address_id,
        service_version_id=visit.service_version_id,
        service_name=name_of_service(visit),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        status=Status(visit.status),
        people_needed=visit.people_needed,
        cell=visit.cell,
        price_fen=visit.price_fen,
        visit_word=visit.visit_word,
        series_id=visit.series_id,
        access_minutes=visit.access_minutes,
        wishes=visit.wishes | {"who_is_present": visit.who_is_present},
        crew=tuple(map(_busy_of, visit.crew)),
        unclaimed_parts=frozenset(one.part for one in visit.crew if one.unclaimed_at),
    )


THAT_DAY: Final = Prepared(
    lambda asked: (
        Visit.objects.filter(
            organization_id=asked.house,
            resident_id=asked.resident_id,
            starts_at__gte=asked.since,
            starts_at__lt=asked.end,
            status__in=[status.value for status in EXPECTED],
        )
        .exclude(id=asked.but)
        .order_by("starts_at")
        .values_list("starts_at", "ends_at", "service_code", "service_name", "service_name_en")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThatDay:
    """Another visit of hers on a day: when, and of what, in the reader's language."""

    starts_at: datetime
    ends_at: datetime
    service_code: str
    service: str


def others_that_day(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, day: date, but: UUID
) -> list[ThatDay]:
    """Return what else comes to the resident on that day, besides the visit `but`, earliest first."""
    since, end = day_bounds(day)
    rows = THAT_DAY.tuples(
        house=actor.organization_id, resident_id=resident_id, since=since, end=end, but=but
    )
    return [
        ThatDay(
            starts_at=starts_at, ends_at=ends_at, service_code=code, service=name_for_reader(name, english)
        )
        for starts_at, ends_at, code, name, english in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    times: int
    last_at: datetime


def known_by(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, staff_ids: Iterable[UUID]
) -> dict[UUID, Known]:
    """Return which of the caregivers have been at the resident's before, how often, and when last."""
    been = Assignment.objects.filter(
        organization_id=actor.organization_id,
        staff_id__in=list(staff_ids),
        visit__resident_id=resident_id,
        visit__status=Status.DONE.value,
        state__in=LIVE_STATES,
    )
    counted = (
        been.values("staff_id").annotate(times=Count("id"), last_at=Max("starts_at")).order_by("staff_id")
    )
    return {row["staff_id"]: Known(times=row["times"], last_at=row["last_at"]) for row in counted}


def known_by_of_many(
    actor: Actor, purpose: Purpose, *, resident_ids: Collection[UUID], staff_ids: Iterable[UUID]
) -> dict[UUID, dict[UUID, Known]]:
    """Return, by resident, which of the caregivers have been there before, how often, and when last."""
    been = Assignment.objects.filter(
        organization_id=actor.organization_id,
        staff_id__in=list(staff_ids),
        visit__resident_id__in=set(resident_ids),
        visit__status=Status.DONE.value,
        state__in=LIVE_STATES,
    )
    counted = been.values("visit__resident_id", "staff_id").annotate(
        times=Count("id"), last_at=Max("starts_at")
    )
    found: dict[UUID, dict[UUID, Known]] = {}
    for row in counted.order_by("visit__resident_id", "staff_id"):
        hers = found.setdefault(row["visit__resident_id"], {})
        hers[row["staff_id"]] = Known(times=row["times"], last_at=row["last_at"])
    return found


def late_visits(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    after: tuple[datetime, UUID] | None = None,
    size: int = 200,
) -> list[tuple[UUID, UUID, datetime]]:
    """
    Return (organization, visit, when it should have begun) of those at which nobody has come in time, the latest first.

    `after` is the last that the caller has had of them.
    """
    waiting = Visit.objects.filter(
        status__in=[Status.BOOKED.value, Status.DEPARTED.value],
        ends_at__gt=now - MISSED_AFTER,
        starts_at__lte=now - LATE_AFTER,
    )
    if after:
        starts_at, visit_id = after
        waiting = waiting.filter(Q(starts_at__lt=starts_at) | Q(starts_at=starts_at, id__gt=visit_id))
    return list(waiting.order_by("-starts_at", "id")[:size].values_list("organization_id", "id", "starts_at"))


def expired_holds(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID]]:
    """Return (organization, visit) of holds that have run out, the oldest first."""
    held = Visit.objects.filter(status=Status.HELD.value, held_until__lte=now)
    return list(held.order_by("held_until")[:size].values_list("organization_id", "id"))


def overdue_visits(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID]]:
    """Return (organization, visit) of those at which nobody came, hours after their end."""
    waiting = Visit.objects.filter(status__in=[Status.BOOKED.value, Status.DEPARTED.value])
    overdue = waiting.filter(ends_at__lte=now - MISSED_AFTER)
    return list(overdue.order_by("ends_at")[:size].values_list("organization_id", "id"))


def unended_visits(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID]]:
    """Return (organization, visit) of those that somebody set out for, whose time is over, and that have not ended."""
    out = Visit.objects.filter(status__in=[Status.DEPARTED.value, Status.ARRIVED.value])
    since = now - LONGEST_VISIT  # what was never ended on the day is a matter of papers, not of safety
    return list(
        out.filter(ends_at__lte=now, ends_at__gt=since)
        .order_by("ends_at")[:size]
        .values_list("organization_id", "id")
    )
