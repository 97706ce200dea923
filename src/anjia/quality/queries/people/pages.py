"""One caregiver's month: each figure with its definition, its rows, and what was objected to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import get_language

from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import LARGEST, BadCursor, Page
from anjia.quality.queries.objections import ObjectionShown, objections_of_month
from anjia.quality.queries.people.material import Month, PersonRow
from anjia.quality.reading import check_reads
from anjia.quality.rules import (
    FIRST_OF_GROUP,
    PERSON_MEASURES,
    ObjectionState,
    PersonFigure,
    PersonMeasure,
    Saying,
    Side,
    figure_of_rows,
    may_object,
    month_of,
    months_before,
)
from anjia.workforce.queries import get_staff_member

MINE = "quality.mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneFigure:
    """A figure with its written definition; `decided_by` are those by whose decision rows are left out."""

    measure: PersonMeasure
    figure: PersonFigure
    decided_by: Sequence[str]
    passed: int = 0  # of training: what she passed in the month
    explained: int = 0  # of steps: skipped with a reason
    skipped: int = 0  # without one
    unsaid: int = 0  # not recorded at all

    def said(self, part: str) -> str:
        return self.measure.said(part, get_language() or "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    staff_id: UUID
    name: str
    month: date
    first: date
    last: date
    as_of: datetime
    is_own: bool
    may_object: bool
    days: int  # on duty
    months: Sequence[date]
    figures: Sequence[OneFigure]
    objections: Sequence[ObjectionShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    row: PersonRow
    resident_name: str
    left_out: ObjectionShown | None
    objection: ObjectionShown | None
    may_object: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceRows:
    performance: Performance
    one: OneFigure
    page: Page[RowShown]


def my_performance(actor: Actor, purpose: Purpose, *, month: date, as_of: datetime) -> Performance:
    """
    Return the actor's own month.

    :raises NotAllowed: if she is no member of staff, or without `quality.mine`
    :raises NotFound: for a month that is not to be looked at
    """
    return _performance(_mine(actor, purpose, month, as_of))


def performance(
    actor: Actor, purpose: Purpose, *, staff_id: UUID, month: date, as_of: datetime
) -> Performance:
    """
    Return the month of one member of staff, for her managers.

    :raises NotAllowed: without `quality.read`
    :raises NotFound: if she does not work here, or for a month that is not to be looked at
    """
    return _performance(_hers(actor, purpose, staff_id, month, as_of))


def my_performance_rows(
    actor: Actor,
    purpose: Purpose,
    *,
    code: str,
    month: date,
    as_of: datetime,
    after: str | None = None,
    size: int = 50,
) -> PerformanceRows:
    """
    Return the rows behind one figure of the actor's own month.

    :raises NotAllowed: if she is no member of staff, or without `quality.mine`
    :raises NotFound: if there is no such figure
    """
    return _rows(_mine(actor, purpose, month, as_of), code, after, size)


def performance_rows(
    actor: Actor,
    purpose: Purpose,
    *,
    staff_id: UUID,
    code: str,
    month: date,
    as_of: datetime,
    after: str | None = None,
    size: int = 50,
) -> PerformanceRows:
    """
    Return the rows behind one figure of somebody's month, for her managers; whose words count is noted.

    :raises NotAllowed: without `quality.read`
    :raises NotFound: if she does not work here, or there is no such figure
    """
    return _rows(_hers(actor, purpose, staff_id, month, as_of), code, after, size)


def rows_of_group(
    actor: Actor, purpose: Purpose, *, staff_id: UUID, group: str, month: date, as_of: datetime, is_own: bool
) -> list[PersonRow]:
    """Return what can be objected to, or left out, of a group of figures. For commands, which have asked who may."""
    said = Month(
        actor=_with_visits(actor),
        purpose=purpose,
        staff_id=staff_id,
        month=month,
        as_of=as_of,
        is_own=is_own,
    )
    return _seen(said, said.rows(FIRST_OF_GROUP[group]))


def _mine(actor: Actor, purpose: Purpose, month: date, as_of: datetime) -> Month:
    if actor.kind is not Kind.STAFF or actor.staff_id is None or not actor.may(MINE):
        raise NotAllowed
    _check_month(month, as_of)
    return Month(
        actor=_with_visits(actor),
        purpose=purpose,
        staff_id=actor.staff_id,
        month=month,
        as_of=as_of,
        is_own=True,
    )


def _hers(actor: Actor, purpose: Purpose, staff_id: UUID, month: date, as_of: datetime) -> Month:
    check_reads(actor)
    _check_month(month, as_of)
    # A manager who is also a caregiver reads of herself what anybody reads of herself.
    is_own = actor.staff_id == staff_id
    return Month(actor=actor, purpose=purpose, staff_id=staff_id, month=month, as_of=as_of, is_own=is_own)


def _with_visits(actor: Actor) -> Actor:
    """Who does visits need not read others'; what is asked for here are her own."""
    return replace(actor, permissions=actor.permissions | {"visits.read", "workforce.read"})


def _check_month(month: date, as_of: datetime) -> None:
    if month.replace(day=1) not in months_before(day_of(as_of)):
        raise NotFound


def _performance(month: Month) -> Performance:
    her = get_staff_member(month.actor, month.purpose, staff_id=month.staff_id)
    shown = objections_of_month(
        month.actor, month.purpose, staff_id=month.staff_id, month=month.month, now=month.as_of
    )
    first, last = month_of(month.month)
    today = day_of(month.as_of)
    return Performance(
        staff_id=her.id,
        name=her.name,
        month=first,
        first=first,
        last=min(last, today),
        as_of=month.as_of,
        is_own=month.is_own,
        may_object=month.is_own and month.actor.may(MINE) and may_object(first, today=today),
        days=month.duty.days if month.duty else 0,
        months=months_before(today),
        figures=[_figure(month, one, shown) for one in PERSON_MEASURES.values()],
        objections=shown,
    )


def _figure(month: Month, measure: PersonMeasure, shown: Sequence[ObjectionShown]) -> OneFigure:
    left_out = _left_out(measure.group, shown)
    if measure.group == "training" and not month.may_see_training:
        return OneFigure(measure=measure, figure=PersonFigure(saying=Saying.NOT_YOURS), decided_by=[])
    rows = month.rows(measure.code)
    figure = figure_of_rows(
        measure.shape, rows, left_out=left_out.keys(), days=month.duty.days if month.duty else 0
    )
    ids = {row.row_id for row in rows}
    decided = {one.decider_name for row_id, one in left_out.items() if row_id in ids}
    one = OneFigure(measure=measure, figure=figure, decided_by=sorted(decided))
    if measure.group == "training":
        return replace(one, figure=replace(figure, excluded=0), passed=figure.excluded)
    steps = [row.says["steps"] for row in rows if "steps" in row.says and row.row_id not in left_out]
    return replace(
        one,
        explained=sum(each.explained for each in steps),
        skipped=sum(each.skipped for each in steps),
        unsaid=sum(each.unsaid for each in steps),
    )


def _rows(month: Month, code: str, after: str | None, size: int) -> PerformanceRows:
    if code not in PERSON_MEASURES:
        raise NotFound
    measure = PERSON_MEASURES[code]
    found = _performance(month)
    if measure.group == "training" and not month.may_see_training:
        raise NotAllowed
    page = page_of_rows(_seen(month, month.rows(code)), after=after, size=size)
    others = month.with_visits(page.items)
    rows = [
        replace(row, visit=row.visit or others.get(row.says.get("visit_id", row.row_id)))
        for row in page.items
    ]
    names = month.names(rows)
    left_out = _left_out(measure.group, found.objections)
    objected = {one.objection.row_id: one for one in found.objections if one.objection.group == measure.group}
    if measure.group in {"ratings", "complaints", "call_backs"}:
        access.note(month.actor, month.purpose, resident_ids=names, what="quality.performance")
    shown = [
        RowShown(
            row=row,
            resident_name=names.get(row.visit.resident_id, "") if row.visit else "",
            left_out=left_out.get(row.row_id),
            objection=objected.get(row.row_id),
            may_object=found.may_object
            and row.side is not Side.OPEN
            and row.row_id not in objected
            and row.row_id not in left_out,
        )
        for row in rows
    ]
    one = next(one for one in found.figures if one.measure.code == code)
    return PerformanceRows(performance=found, one=one, page=Page(shown, page.next))


def _seen(month: Month, rows: Sequence[PersonRow]) -> list[PersonRow]:
    """What is still being looked into she knows the number of, not whose visit it was: nobody is to be asked why."""
    hidden = {Side.OPEN, Side.OUTSIDE} if month.is_own else set()
    return [row for row in rows if "finding" not in row.says or row.side not in hidden]


def _left_out(group: str, shown: Sequence[ObjectionShown]) -> Mapping[UUID, ObjectionShown]:
    return {
        one.objection.left_out_id: one
        for one in shown
        if one.objection.group == group
        and one.objection.state == ObjectionState.LEFT_OUT
        and one.objection.left_out_id
    }


def page_of_rows(rows: Sequence[PersonRow], *, after: str | None, size: int) -> Page[PersonRow]:
    """
    Return the rows behind the one that `after` names. They are worked out, so no index finds the place.

    :raises BadCursor: if it names none of them
    """
    first, size = 0, max(1, min(size, LARGEST))
    if after:
        places = {str(row.row_id): number for number, row in enumerate(rows, start=1)}
        if after not in places:
            raise BadCursor
        first = places[after]
    items = list(rows[first : first + size])
    more = first + size < len(rows)
    return Page(items, str(items[-1].row_id) if more else None)
