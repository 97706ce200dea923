"""Series as residents, family and staff read them."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from anjia.dispatch.queries import slots_for
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.residents.queries import get_resident, resident_names
from anjia.series.models import Occurrence, Series
from anjia.series.rules.planning import State
from anjia.series.shapes import HouseLists, Placing, SeriesAndResident, SeriesLine, SeriesRow, Task
from anjia.series.showing import in_this_language, lines_of, name_of_service
from anjia.series.words import words_of_end, words_of_pattern


def get_series(actor: Actor, purpose: Purpose, *, series_id: UUID, now: datetime) -> SeriesLine:
    """
    Return a series with its occurrences. Persons see their own, staff who read visits or book all of them.

    :raises NotFound: if there is none, or it is a stranger's
    :raises NotAllowed: if an insider has no business with it
    """
    found = Series.objects.filter(organization_id=actor.organization_id, id=series_id).first()
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    if not (actor.may("visits.read") or actor.may("dispatch.book")):
        raise NotAllowed
    return lines_of(actor, purpose, [found], now=now)[0]


def series_page(actor: Actor, purpose: Purpose, *, series_id: UUID, now: datetime) -> SeriesAndResident:
    """
    Return a series and whose it is.

    :raises NotFound: if there is none
    :raises NotAllowed: if the actor does not read visits
    """
    found = get_series(actor, purpose, series_id=series_id, now=now)
    return SeriesAndResident(
        series=found, resident=get_resident(actor, purpose, resident_id=found.resident_id).name
    )


def series_of_resident(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime
) -> list[SeriesLine]:
    """
    Return her series that go on, the latest begun first.

    :raises NotFound: if the actor has no business with the resident
    :raises NotAllowed: if she may not read visits
    """
    if not actor.sees(resident_id):
        raise NotFound
    if not (actor.may("visits.read") or actor.may("dispatch.book")):
        raise NotAllowed
    found = Series.objects.filter(
        organization_id=actor.organization_id, resident_id=resident_id, ended_at=None
    )
    return lines_of(actor, purpose, list(found.order_by("-begun_at", "id")), now=now)


def ids_of_series(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> list[UUID]:
    """
    Return all her series that go on, however many.

    :raises NotFound: if the actor has no business with the resident
    """
    if not actor.sees(resident_id):
        raise NotFound
    found = Series.objects.filter(
        organization_id=actor.organization_id, resident_id=resident_id, ended_at=None
    )
    return list(found.order_by("id").values_list("id", flat=True))


def series_of_visit(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> SeriesLine | None:
    """
    Return the series that a visit is one of, or None.

    :raises NotFound: if it is a stranger's
    :raises NotAllowed: if the actor does not read visits
    """
    row = Occurrence.objects.filter(organization_id=actor.organization_id, visit_id=visit_id).first()
    if row is None:
        return None
    return get_series(actor, purpose, series_id=row.series_id, now=now)


def tasks(
    actor: Actor, purpose: Purpose, *, now: datetime, after: str | None = None, size: int = 50
) -> Page[Task]:
    """
    Return what has no place, the soonest first: for somebody to find one, or to call.

    :raises NotAllowed: if the actor does not book for others
    """
    _check_staff(actor)
    rows = Occurrence.objects.filter(
        organization_id=actor.organization_id, state=State.WANTED.value
    ).select_related("series")
    page = page_of(rows, order=("day", "id"), after=after, size=size)
    names = resident_names(actor, purpose, resident_ids=[row.resident_id for row in page.items])
    return Page(
        [
            Task(
                id=row.id,
                series_id=row.series_id,
                resident_id=row.resident_id,
                resident=names.get(row.resident_id, ""),
                day=row.day,
                clock=f"{row.series.clock:%H:%M}",
                service_name=name_of_service(row.series),
                words=words_of_pattern(row.series.pattern, row.series.clock),
                why=in_this_language(row.why),
            )
            for row in page.items
        ],
        page.next,
    )


def series_in_house(
    actor: Actor, purpose: Purpose, *, now: datetime, after: str | None = None, size: int = 50
) -> Page[SeriesRow]:
    """
    Return the house's series that go on, the latest begun first.

    :raises NotAllowed: if the actor does not book for others
    """
    _check_staff(actor)
    found = Series.objects.filter(organization_id=actor.organization_id, ended_at=None)
    wanting = Count("occurrences", filter=Q(occurrences__state=State.WANTED.value))
    page = page_of(found.annotate(wanting=wanting), order=("-begun_at", "id"), after=after, size=size)
    names = resident_names(actor, purpose, resident_ids=[one.resident_id for one in page.items])
    return Page(
        [
            SeriesRow(
                id=one.id,
                resident_id=one.resident_id,
                resident=names.get(one.resident_id, ""),
                service_name=name_of_service(one),
                words=words_of_pattern(one.pattern, one.clock),
                end_words=words_of_end(one.pattern),
                begun_on=one.begun_on,
                paused_until=one.paused_until,
                without_place=one.wanting,  # type: ignore[attr-defined]  # annotated above
            )
            for one in page.items
        ],
        page.next,
    )


def how_many_without_place(actor: Actor, purpose: Purpose) -> int:
    """
    Return how many wait for somebody to find them a time.

    :raises NotAllowed: if the actor does not book for others
    """
    _check_staff(actor)
    rows = Occurrence.objects.filter(organization_id=actor.organization_id, state=State.WANTED.value)
    return rows.count()


def house_lists(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    after: str | None = None,
    tasks_after: str | None = None,
) -> HouseLists:
    """
    Return a page of what has no place, and a page of the house's series.

    :raises NotAllowed: if the actor does not book for others
    """
    return HouseLists(
        tasks=tasks(actor, purpose, now=now, after=tasks_after),
        series=series_in_house(actor, purpose, now=now, after=after),
    )


def placing_page(
    actor: Actor, purpose: Purpose, *, occurrence_id: UUID, first_day: date | None, days: int, now: datetime
) -> Placing:
    """
    Return one of a series, and the times that could be booked for it, from its own day on or from the day asked for.

    :raises NotFound: if there is none
    :raises NotAllowed: if the actor does not book for others
    """
    _check_staff(actor)
    row = Occurrence.objects.filter(organization_id=actor.organization_id, id=occurrence_id).first()
    if row is None:
        raise NotFound
    series = Series.objects.get(id=row.series_id)
    return Placing(
        id=row.id,
        series_id=series.id,
        resident=get_resident(actor, purpose, resident_id=row.resident_id).name,
        service_name=name_of_service(series),
        day=row.day,
        clock=f"{series.clock:%H:%M}",
        why=in_this_language(row.why),
        is_wanted=row.state == State.WANTED and series.ended_at is None,
        slots=slots_for(
            actor,
            purpose,
            service_code=series.service_code,
            resident_id=series.resident_id,
            address_id=series.address_id,
            first_day=max(first_day or row.day, day_of(now)),
            days=days,
            wishes={**series.wishes, "period": "any"},
            now=now,
        ),
    )


def _check_staff(actor: Actor) -> None:
    """:raises NotAllowed: if it is a person, or somebody who does not book for others"""
    if actor.kind is Kind.PERSON or not (actor.may("dispatch.book") and actor.may("visits.read")):
        raise NotAllowed
