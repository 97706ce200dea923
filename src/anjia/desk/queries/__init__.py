"""What the desk's pages read from several contexts at once. Nothing here writes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.desk import audits, people, visit_pages
from anjia.desk.paces import PaceChart, chart_of
from anjia.desk.queries.board import board_page as board_page
from anjia.desk.queries.board import gantt_of_day as gantt_of_day
from anjia.desk.queries.board import map_of_day as map_of_day
from anjia.desk.queries.board import row_on_board as row_on_board
from anjia.dispatch.queries import (
    Roads,
    heed_of,
    paces_known,
    roads_known,
)
from anjia.exceptions.queries import exceptions_of_visits
from anjia.identity.queries import account_names, get_organization
from anjia.kernel import access
from anjia.kernel.actors import NOBODY, Actor, Purpose
from anjia.kernel.audit import entries_found
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.events import Stuck, stuck
from anjia.kernel.paging import Page
from anjia.messaging.queries import call_list, outbox, outbox_counts
from anjia.orders.queries import questions_of_visit
from anjia.quality.queries import family_forms_of_visit, ratings_of_visit
from anjia.records.queries import latest_of_many, own_targets_of_many
from anjia.residents.queries import (
    addresses_of,
    get_resident,
    main_addresses,
    phones_of,
    relatives_of,
    resident_names,
    residents_found,
    residents_page,
    who_consent,
)
from anjia.series.queries import series_of_resident, series_of_visit
from anjia.visits.queries import (
    get_visit_page,
    open_conflicts,
    visits_of_resident,
)
from anjia.visits.queries.overview import (
    board_rows,
    visits_with_ids,
)
from anjia.visits.rules.lifecycle import OPEN
from anjia.workforce.queries import get_staff_member

MINE: Final = 500  # residents on one page of a doctor's list


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose page it is: her name, and the institution in whose name she acts."""

    person: str
    institution: str
    phone: str


def frame_of(actor: Actor, purpose: Purpose) -> Frame:
    """Return whose page it is."""
    name = account_names(actor, purpose, account_ids=[actor.user_id]).get(actor.user_id, "")
    try:
        house = get_organization(actor, purpose, organization_id=actor.organization_id)
    except NotFound:
        return Frame(name, "", "")
    return Frame(name, house.name, house.duty_phone or house.phone)


def conflicts_page(actor: Actor, purpose: Purpose, *, after: str | None = None) -> Page[visit_pages.ToCheck]:
    """
    Return what the field said that does not fit, the oldest first: a person decides.

    :raises NotAllowed: without `visits.settle`
    """
    _check_may(actor, "visits.settle")
    page = open_conflicts(actor, purpose, after=after)
    visits = visits_with_ids(actor, purpose, visit_ids=[one.visit_id for one in page.items])
    names = resident_names(actor, purpose, resident_ids={one.resident_id for one in visits.values()})
    return Page(
        [
            visit_pages.ToCheck(
                visit_id=one.visit_id,
                resident=names.get(visits[one.visit_id].resident_id, ""),
                starts_at=visits[one.visit_id].starts_at,
                words=one.words,
                made_at=one.made_at,
            )
            for one in page.items
        ],
        page.next,
    )


def visit_page(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> visit_pages.VisitShown:
    """
    Return a visit with its history, and how far the messages about it have come.

    :raises NotFound: if the actor's organization has no such visit
    :raises NotAllowed: if the actor has no business with it
    """
    visit = get_visit_page(actor, purpose, visit_id=visit_id, now=now)
    name = resident_names(actor, purpose, resident_ids=[visit.resident_id]).get(visit.resident_id, "")
    messages = outbox(actor, purpose, about_id=visit_id).items if actor.may("messaging.send") else []
    ratings = ratings_of_visit(actor, purpose, visit_id=visit_id) if actor.may("quality.read") else []
    family = family_forms_of_visit(actor, purpose, visit_id=visit_id) if actor.may("quality.read") else []
    heed = heed_of(actor, purpose, visit_id=visit_id) if visit.status in OPEN else []
    of_series = actor.may("visits.read") and visit.series_id is not None
    series = series_of_visit(actor, purpose, visit_id=visit_id, now=now) if of_series else None
    may_know = actor.may("visits.read")
    said = exceptions_of_visits(actor, purpose, visit_ids=[visit_id], now=now) if may_know else {}
    return visit_pages.shown(
        visit,
        exceptions=said.get(visit_id, []),
        resident=name,
        messages=messages,
        ratings=ratings,
        family_forms=family,
        heed=heed,
        series=series,
        questions=questions_of_visit(actor, purpose, visit_id=visit_id),
    )


def callers_found(actor: Actor, purpose: Purpose, *, text: str, now: datetime) -> list[people.Person]:
    """
    Return whom a caller may mean, and note that the desk has read where they live.

    :raises NotAllowed: without `desk.bookings`, or without `residents.read`
    """
    _check_may(actor, "desk.bookings")
    found = residents_found(actor, purpose, text=text, limit=20)
    ids = [one.id for one in found]
    access.note(actor, purpose, resident_ids=ids, what="residents.list")
    homes = main_addresses(actor, purpose, resident_ids=ids)
    today = day_of(now)
    return [
        people.Person(
            id=one.id,
            name=one.name,
            about=people.about(one, today=today),
            address=homes[one.id].text if one.id in homes else "",
        )
        for one in found
    ]


def caller_page(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> people.Caller:
    """
    Return who is on the telephone, what is arranged for her, and what she is still to be told; note that it was read.

    :raises NotAllowed: without `desk.bookings`
    :raises NotFound: if she is not of the actor's organization
    """
    _check_may(actor, "desk.bookings")
    resident = get_resident(actor, purpose, resident_id=resident_id)
    access.note(actor, purpose, resident_ids=[resident_id], what="residents.caller")
    calls = call_list(actor, purpose, day=day_of(now)) if actor.may("messaging.call") else []
    return people.Caller(
        id=resident.id,
        name=resident.name,
        about=people.about(resident, today=day_of(now)),
        phones=[phone.masked for phone in phones_of(actor, purpose, resident_id=resident_id)],
        addresses=addresses_of(actor, purpose, resident_id=resident_id),
        relatives=relatives_of(actor, purpose, resident_id=resident_id),
        coming=visits_of_resident(actor, purpose, resident_id=resident_id, now=now, when="coming").items,
        past=visits_of_resident(actor, purpose, resident_id=resident_id, now=now, when="past", size=10).items,
        calls=[line for line in calls if line.call.message.resident_id == resident_id],
        series=series_of_resident(actor, purpose, resident_id=resident_id, now=now),
    )


def worklist(
    actor: Actor, purpose: Purpose, *, now: datetime, after: str | None = None, size: int = MINE
) -> Page[people.Case]:
    """
    Return the residents of the doctor's station, those first who should be looked at first. Where they are too many
    for one page, each page holds the next of them by name, and those of it first who should be looked at first.

    :raises NotAllowed: without `desk.worklist`
    """
    _check_may(actor, "desk.worklist")
    station_id = None
    if actor.staff_id:
        station_id = get_staff_member(actor, purpose, staff_id=actor.staff_id).station_id
    mine = residents_page(actor, purpose, station_id=station_id, after=after, size=size)
    ids = [one.id for one in mine.items]
    consenting = who_consent(actor, purpose, resident_ids=ids)
    readings = latest_of_many(
        actor, purpose, resident_ids=ids, since=now - timedelta(days=90), until=now + timedelta(minutes=5)
    )
    own = own_targets_of_many(actor, purpose, resident_ids=list(readings), now=now)
    visits = board_rows(actor, purpose, day=day_of(now), now=now, resident_ids=ids, size=MINE)
    visit_of = {row.resident_id: row for row in sorted(visits, key=people.tells_least_first)}
    cases = [
        people.case_of(
            one,
            readings=readings.get(one.id, []),
            own=own.get(one.id, {}),
            consents=one.id in consenting,
            visit=visit_of.get(one.id),
            now=now,
        )
        for one in mine.items
    ]
    return Page(sorted(cases, key=lambda case: (case.rank, case.at is None, case.name)), mine.next)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPage:
    """What the machine has not managed: who runs the house sees it before its people do."""

    stuck: list[Stuck]
    outbox: dict[str, int]
    roads: list[Roads]
    paces: list[PaceChart]


def system_page(actor: Actor, purpose: Purpose, *, now: datetime) -> SystemPage:
    """
    Return what of the house has not been heard by the contexts that listen, how its messages fare, and how far the
    roads are known, and how fast people get on.

    :raises NotAllowed: without `identity.manage`
    """
    _check_may(actor, "identity.manage")
    counts = outbox_counts(actor, purpose) if actor.may("messaging.send") else {}
    roads = roads_known(actor, purpose, now=now)
    paces = [chart_of(one) for one in paces_known(actor, purpose, now=now)]
    return SystemPage(stuck=stuck(actor, now=now), outbox=counts, roads=roads, paces=paces)


def _check_may(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise NotAllowed


def audit_page(
    actor: Actor,
    purpose: Purpose,
    *,
    by: UUID | None = None,
    subject_id: UUID | None = None,
    day: date | None = None,
    after: str | None = None,
) -> Page[audits.Line]:
    """
    Return who did what, the latest first.

    :raises NotAllowed: without `audit.read`
    """
    page = entries_found(actor, purpose, by=by, subject_id=subject_id, day=day, after=after)
    ids = {entry.actor_id for entry in page.items} - {NOBODY}
    names = account_names(actor, purpose, account_ids=ids)
    spoken_for = {entry.for_resident for entry in page.items if entry.for_resident}
    residents = resident_names(actor, purpose, resident_ids=spoken_for)
    return Page(audits.lines_of(page.items, names=names, residents=residents), page.next)
