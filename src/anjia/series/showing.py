"""How series are shown: their rows, and the visits that have come of them, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models.expressions import RawSQL
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.dispatch.queries import why_others_come
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.series.models import Occurrence, Series
from anjia.series.rules.planning import WORDS_OF_STATE, State, usual_of
from anjia.series.shapes import OccurrenceLine, SeriesLine
from anjia.series.words import (
    WORDS_OF_HOLIDAYS,
    WORDS_OF_STATUS,
    words_of_end,
    words_of_pattern,
    words_of_who,
)
from anjia.visits.queries import Promise, get_promises
from anjia.visits.rules.lifecycle import State as CrewState
from anjia.visits.rules.lifecycle import Status, may_change, terms_of_change
from anjia.workforce.queries import staff_names

LOOKING_BACK: Final = timedelta(days=90)
LONGEST_LIST: Final = 400
WAITING: Final = frozenset({Status.BOOKED, Status.DEPARTED, Status.ARRIVED})


def name_of_service(series: Series) -> str:
    is_english = (get_language() or "zh").startswith("en")
    return series.service_name_en if is_english and series.service_name_en else series.service_name


def in_this_language(said: Mapping[str, str]) -> str:
    return said.get("en" if (get_language() or "zh").startswith("en") else "zh-hans", "")


def lines_of(actor: Actor, purpose: Purpose, found: Sequence[Series], *, now: datetime) -> list[SeriesLine]:
    """Return these series as they are shown. Asks the database as often for many as for one."""
    today = day_of(now)
    since = today - LOOKING_BACK
    rows = Occurrence.objects.filter(series__in=[one.id for one in found], day__gte=since)
    rows = rows.exclude(state=State.REPLACED.value)
    # Where they are too many, what is long past is left out: what is to come is what she asks for.
    nearest = rows.order_by(RawSQL("abs(series_occurrence.day - %s::date)", [today]), "id")[:LONGEST_LIST]
    by_series: dict[UUID, list[Occurrence]] = {one.id: [] for one in found}
    for row in sorted(nearest, key=lambda row: (row.day, row.made_at, row.id)):
        by_series[row.series_id].append(row)
    visits = [row.visit_id for rows in by_series.values() for row in rows if row.visit_id]
    promises = get_promises(actor, purpose, visit_ids=visits) if visits else {}
    stories = [Story(one, by_series[one.id], promises, now) for one in found]
    others = {visit_id: usual for story in stories for visit_id, usual in story.others().items()}
    why = why_others_come(actor, purpose, usual=others, now=now)
    people = {one.staff_id for promise in promises.values() for one in promise.crew} | set(others.values())
    names = staff_names(actor, purpose, staff_ids=people) if people else {}
    return [story.line(actor, names, why) for story in stories]


@dataclass(slots=True)
class Story:
    """One series, with what has become of it so far."""

    series: Series
    rows: Sequence[Occurrence]
    promises: Mapping[UUID, Promise]
    now: datetime
    usual: dict[UUID, list[UUID]] = field(default_factory=dict)  # by visit, who usually came before it

    def __post_init__(self) -> None:
        crews: list[list[UUID]] = []
        for row in self.rows:
            crew = self.crew(row)
            if crew:
                self.usual[row.visit_id or row.id] = usual_of(crews, self.series.usual_staff)
            if crew and self.is_done(row):
                crews.insert(0, crew)

    def promise(self, row: Occurrence) -> Promise | None:
        return self.promises.get(row.visit_id) if row.visit_id else None

    def is_done(self, row: Occurrence) -> bool:
        """Say whether somebody came: what is still to come says nothing of who usually does."""
        promise = self.promise(row)
        return promise is not None and promise.status is Status.DONE and row.day < day_of(self.now)

    def crew(self, row: Occurrence) -> list[UUID]:
        """Return who is in for it; nobody, where it was called off."""
        promise = self.promise(row)
        return [one.staff_id for one in promise.crew] if promise else []

    def is_usual(self, row: Occurrence) -> bool | None:
        crew = self.crew(row)
        return set(crew) == set(self.usual[row.visit_id or row.id]) if crew else None

    def others(self) -> dict[UUID, UUID]:
        """Return the coming visits at which it is somebody else, and whose place she takes."""
        found = {}
        for row in self.rows:
            promise = self.promise(row)
            if promise and promise.status in WAITING and self.is_usual(row) is False:
                missing = [one for one in self.usual[promise.id] if one not in self.crew(row)]
                if missing:
                    found[promise.id] = missing[0]
        return found

    def line(self, actor: Actor, names: Mapping[UUID, str], why: Mapping[UUID, str]) -> SeriesLine:
        series, pattern = self.series, self.series.pattern
        return SeriesLine(
            id=series.id,
            resident_id=series.resident_id,
            address_id=series.address_id,
            service_code=series.service_code,
            service_name=name_of_service(series),
            words=words_of_pattern(pattern, series.clock),
            end_words=words_of_end(pattern),
            holiday_words=str(WORDS_OF_HOLIDAYS[pattern.holidays]),
            unit=series.unit,
            every=series.every,
            weekdays=series.weekdays,
            gap_days=series.gap_days,
            count=series.count,
            until=series.until,
            holidays=series.holidays,
            clock=f"{series.clock:%H:%M}",
            begun_on=series.begun_on,
            paused_from=series.paused_from,
            paused_until=series.paused_until,
            ended_at=series.ended_at,
            continues_id=series.continues_id,
            rule=str(terms_of_change()),
            without_place=sum(row.state == State.WANTED for row in self.rows),
            occurrences=[self.occurrence(actor, row, names, why) for row in self.rows],
        )

    def occurrence(
        self, actor: Actor, row: Occurrence, names: Mapping[UUID, str], why: Mapping[UUID, str]
    ) -> OccurrenceLine:
        promise, state = self.promise(row), State(row.state)
        crew = self.crew(row)
        is_usual = self.is_usual(row)
        usual = self.usual.get(row.visit_id or row.id, [])
        is_waiting = promise is not None and promise.status in WAITING
        return OccurrenceLine(
            id=row.id,
            on=row.on,
            day=day_of(promise.starts_at) if promise else row.day,
            state=row.state,
            words=self.words(state, promise),
            why=in_this_language(row.why) if state is State.WANTED else "",
            visit_id=row.visit_id,
            status=promise.status.value if promise and state is State.PLACED else "",
            starts_at=promise.starts_at if promise else None,
            ends_at=promise.ends_at if promise else None,
            who=names_of(crew, names),
            who_words=words_of_who(
                names_of(crew, names),
                names_of([one for one in usual if one not in crew], names, "")[0],
                bool(is_usual),
                why.get(row.visit_id, "") if row.visit_id else "",
                is_settled=all(one.state is not CrewState.TENTATIVE for one in promise.crew),
            )
            if promise and is_waiting and crew
            else "",
            is_usual=is_usual,
            is_moved=row.on != row.day,
            can_skip=self.can_skip(actor, state, promise),
        )

    def words(self, state: State, promise: Promise | None) -> str:
        if state is State.PLACED and promise:
            return str(WORDS_OF_STATUS[promise.status])
        return str(WORDS_OF_STATE[state])

    def can_skip(self, actor: Actor, state: State, promise: Promise | None) -> bool:
        if state is State.WANTED:
            return True
        if state is not State.PLACED or promise is None or promise.status is not Status.BOOKED:
            return False
        by_person = actor.kind is Kind.PERSON
        return may_change(promise.status, starts_at=promise.starts_at, now=self.now, by_person=by_person)


def names_of(staff_ids: Iterable[UUID], names: Mapping[UUID, str], *default: str) -> list[str]:
    return [names.get(one, _("同事")) for one in staff_ids] or list(default)
