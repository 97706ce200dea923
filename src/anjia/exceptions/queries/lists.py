"""What is open, and with whom it lies."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from anjia.exceptions.listing import lines_of, of_visits, seen
from anjia.exceptions.models import AbsenceLine, VisitException
from anjia.exceptions.shapes import Exceptions, Line, OfVisit
from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.paging import Page, page_of
from anjia.visits.queries import late_visits
from anjia.visits.rules.exceptions import ExceptionKind

SHOWS: Final = ("open", "mine", "overdue", "closed")
WORTH_KNOWING: Final = timedelta(days=2)  # how long the clock may ask again whether it has said so


def exceptions_page(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    show: str = "open",
    kind: str = "",
    after: str | None = None,
    size: int = 50,
) -> Exceptions:
    """
    Return what is open, the earliest due first: all, the actor's, or what is overdue; or what is closed, latest first.

    :raises NotAllowed: without `exceptions.handle`
    """
    rows = seen(actor)
    if kind in set(ExceptionKind):
        rows = rows.filter(kind=kind)
    wanted = {
        "open": Q(closed_at=None),
        "mine": Q(closed_at=None, owner_id=actor.user_id),
        "overdue": Q(closed_at=None, due_at__lte=now),
        "closed": Q(closed_at__isnull=False),
    }
    counts = rows.aggregate(
        **{f"n_{name}": Count("id", filter=wanted[name]) for name in ("open", "mine", "overdue")}
    )
    show = show if show in SHOWS else "open"
    order = ("-closed_at", "id") if show == "closed" else ("due_at", "id")
    page = page_of(rows.filter(wanted[show]), order=order, after=after, size=size)
    noted = {one.resident_id for one in page.items if one.resident_id}
    access.note(actor, purpose, resident_ids=noted, what="exceptions.list")
    return Exceptions(
        page=Page(lines_of(actor, purpose, page.items, now=now), page.next),
        counts={name.removeprefix("n_"): number for name, number in counts.items()},
    )


def exceptions_of_visits(
    actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID], now: datetime, only_open: bool = False
) -> dict[UUID, list[OfVisit]]:
    """
    Return what came in between at these visits, the latest first: of who cannot come, what is not settled.

    Whoever may see visits may know that something is being dealt with, and by whom; what it is stays with who handles.

    :raises NotAllowed: for persons, and without `visits.read`
    """
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed
    return of_visits(actor, purpose, visit_ids=visit_ids, now=now, only_open=only_open) if visit_ids else {}


def visits_without_who(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> set[UUID]:
    """
    Return the visits that begin in [start, end) and whose caregiver cannot come, as long as nothing is settled.

    :raises NotAllowed: for persons, and without `visits.read`
    """
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed
    rows = AbsenceLine.objects.filter(
        organization_id=actor.organization_id,
        exception__closed_at=None,
        settled_at=None,
        starts_at__gte=start,
        starts_at__lt=end,
    )
    return set(rows.values_list("visit_id", flat=True))


def exceptions_open(actor: Actor, purpose: Purpose, *, now: datetime, size: int = 20) -> list[Line]:
    """
    Return what is open, the earliest due first.

    :raises NotAllowed: without `exceptions.handle`
    """
    rows = seen(actor).filter(closed_at=None).order_by("due_at", "id")[:size]
    return lines_of(actor, purpose, list(rows), now=now)


def how_many_open(actor: Actor, purpose: Purpose, *, now: datetime) -> tuple[int, int]:
    """
    Return how many are open, and how many of them are overdue.

    :raises NotAllowed: without `exceptions.handle`
    """
    counted = (
        seen(actor)
        .filter(closed_at=None)
        .aggregate(number=Count("id"), late=Count("id", filter=Q(due_at__lte=now)))
    )
    return counted["number"], counted["late"]


def overdue(actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200) -> list[tuple[UUID, UUID]]:
    """Return (organization, exception) of what goes on to the next in line, the longest due first."""
    rows = VisitException.objects.filter(closed_at=None, goes_on_at__lte=now)
    return list(rows.order_by("goes_on_at", "id")[:size].values_list("organization_id", "id"))


def to_say_late(actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200) -> list[tuple[UUID, UUID]]:
    """Return (organization, visit) of those at which nobody has come in time, and of which nobody has been told so."""
    unsaid: list[tuple[UUID, UUID]] = []
    found = late_visits(actor, purpose, now=now, size=size)
    while found and len(unsaid) < size:
        unsaid += _unsaid(found, now=now)
        _house, visit_id, starts_at = found[-1]
        found = late_visits(actor, purpose, now=now, size=size, after=(starts_at, visit_id))
    return unsaid[:size]


def _unsaid(found: Sequence[tuple[UUID, UUID, datetime]], *, now: datetime) -> list[tuple[UUID, UUID]]:
    said = set(
        VisitException.objects.filter(
            kind=ExceptionKind.LATE.value,
            visit_id__in=[visit_id for _house, visit_id, _starts_at in found],
            opened_at__gte=now - WORTH_KNOWING,
        ).values_list("visit_id", "visit_starts_at")
    )
    return [(house, visit_id) for house, visit_id, starts_at in found if (visit_id, starts_at) not in said]
