"""Rows of exceptions made into what is read. Only queries call it: who may ask, they have seen to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anjia.exceptions.models import VisitException
from anjia.exceptions.rules.closing import WORDS_OF_OUTCOME, Outcome
from anjia.exceptions.rules.steps import FLOWS
from anjia.exceptions.shapes import Line, OfVisit
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.residents.queries import resident_names
from anjia.visits.rules.exceptions import WORDS_OF_EXCEPTION, ExceptionKind
from anjia.workforce.queries import staff_names


def seen(actor: Actor) -> QuerySet[VisitException, VisitException]:
    """:raises NotAllowed: without `exceptions.handle`, and for persons"""
    if actor.kind is Kind.PERSON or not actor.may("exceptions.handle"):
        raise NotAllowed
    return VisitException.objects.filter(organization_id=actor.organization_id)


def is_health_hidden(actor: Actor, exception: VisitException) -> bool:
    """Say whether what it tells of somebody's health is not for the actor."""
    return exception.kind == ExceptionKind.WORSENING and not actor.may("records.read")


def lines_of(actor: Actor, purpose: Purpose, rows: Sequence[VisitException], *, now: datetime) -> list[Line]:
    owners = account_names(actor, purpose, account_ids={one.owner_id for one in rows if one.owner_id})
    residents = resident_names(
        actor, purpose, resident_ids={one.resident_id for one in rows if one.resident_id}
    )
    staff = staff_names(actor, purpose, staff_ids={one.staff_id for one in rows if one.staff_id})
    waiting = dict(
        VisitException.objects.filter(id__in=[one.id for one in rows], lines__settled_at=None)
        .values_list("id")
        .annotate(number=Count("lines__id", filter=Q(lines__settled_at=None)))
        .order_by("id")
    )
    return [
        Line(
            id=one.id,
            kind=one.kind,
            kind_words=str(WORDS_OF_EXCEPTION[ExceptionKind(one.kind)]),
            visit_id=one.visit_id,
            resident_name=residents.get(one.resident_id, "") if one.resident_id else "",
            staff_name=staff.get(one.staff_id, "") if one.staff_id else "",
            next_words=next_of(one),
            owner_id=one.owner_id,
            owner_name=owners.get(one.owner_id, "") if one.owner_id else "",
            opened_at=one.opened_at,
            due_at=one.due_at,
            closed_at=one.closed_at,
            is_urgent=one.is_urgent,
            is_late=one.is_open and one.due_at <= now,
            outcome_words=outcome_of(one),
            lines_open=waiting.get(one.id, 0),
            staff_id=one.staff_id,
        )
        for one in rows
    ]


def next_of(one: VisitException) -> str:
    """Return what is to be done next about it."""
    step = FLOWS[ExceptionKind(one.kind)].step(one.step)
    return str(step.words) if step and one.is_open else ""


def outcome_of(one: VisitException) -> str:
    return str(WORDS_OF_OUTCOME[Outcome(one.outcome)]) if one.outcome else ""


def of_visits(
    actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID], now: datetime, only_open: bool = False
) -> dict[UUID, list[OfVisit]]:
    """Return what came in between at these visits; who may know of it, the queries that ask have seen to."""
    ids = list(visit_ids)
    house = VisitException.objects.filter(organization_id=actor.organization_id)
    own = house.filter(visit_id__in=ids)
    own = own.filter(closed_at=None) if only_open else own
    found = [(one.visit_id, one) for one in own.order_by("-opened_at", "id") if one.visit_id]
    absent = house.filter(closed_at=None, lines__visit_id__in=ids, lines__settled_at=None).values_list(
        "lines__visit_id", "id"
    )
    pairs = list(absent.order_by("id", "lines__visit_id"))
    by_id = {one.id: one for one in house.filter(id__in={two for _one, two in pairs})} if pairs else {}
    found += [(visit_id, by_id[exception_id]) for visit_id, exception_id in pairs]
    owners = account_names(
        actor, purpose, account_ids={one.owner_id for _visit_id, one in found if one.owner_id}
    )
    said: dict[UUID, list[OfVisit]] = {}
    for visit_id, one in found:
        said.setdefault(visit_id, []).append(
            OfVisit(
                id=one.id,
                visit_id=visit_id,
                kind=one.kind,
                kind_words=str(WORDS_OF_EXCEPTION[ExceptionKind(one.kind)]),
                next_words=next_of(one),
                owner_name=owners.get(one.owner_id, "") if one.owner_id else "",
                due_at=one.due_at,
                is_late=one.is_open and one.due_at <= now,
                is_open=one.is_open,
                opened_at=one.opened_at,
                closed_at=one.closed_at,
                outcome_words=outcome_of(one),
            )
        )
    return said
