"""What series do when something has happened to a visit, and whom they tell of themselves."""

from datetime import datetime

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.events import listens_to
from anjia.residents.events import ResidentDied
from anjia.residents.queries import has_died
from anjia.series import commands
from anjia.series.events import PauseEnds, SeriesBegun, SeriesChanged, SeriesEnded, SeriesPaused
from anjia.series.queries import ids_of_series
from anjia.series.telling import tell_household, tell_who_comes_instead
from anjia.visits.events import AssignmentChanged, VisitCancelled, VisitMoved
from anjia.visits.queries import get_promise


@listens_to(VisitCancelled)
def note_called_off(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    commands.note_called_off(actor, now, visit_id=event.visit_id)


@listens_to(VisitMoved)
def note_moved(actor: Actor, now: datetime, event: VisitMoved) -> None:
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=event.visit_id)
    if promise.series_id:
        commands.note_moved(actor, now, visit_id=event.visit_id, day=day_of(promise.starts_at))


@listens_to(AssignmentChanged)
def say_if_somebody_else_comes(actor: Actor, now: datetime, event: AssignmentChanged) -> None:
    if event.state == "accepted":
        tell_who_comes_instead(actor, now, visit_id=event.visit_id, at=event.at)


@listens_to(ResidentDied)
def end_all_of_hers(actor: Actor, now: datetime, event: ResidentDied) -> None:
    if not has_died(actor, Purpose.CONTRACT, resident_id=event.resident_id):
        return  # it was a mistake
    for series_id in ids_of_series(actor, Purpose.CONTRACT, resident_id=event.resident_id):
        commands.end_with_resident(actor, now, series_id=series_id)


@listens_to(SeriesBegun)
def tell_that_it_is_begun(actor: Actor, now: datetime, event: SeriesBegun) -> None:
    tell_household(actor, now, series_id=event.series_id, template="series_begun", at=event.at)


@listens_to(SeriesChanged)
def tell_that_it_is_changed(actor: Actor, now: datetime, event: SeriesChanged) -> None:
    tell_household(
        actor, now, series_id=event.series_id, template="series_changed", at=event.at, staying=event.staying
    )


@listens_to(SeriesPaused)
def tell_that_it_is_paused(actor: Actor, now: datetime, event: SeriesPaused) -> None:
    tell_household(
        actor, now, series_id=event.series_id, template="series_paused", at=event.at, staying=event.staying
    )


@listens_to(PauseEnds)
def tell_that_it_goes_on(actor: Actor, now: datetime, event: PauseEnds) -> None:
    tell_household(actor, now, series_id=event.series_id, template="series_goes_on", at=event.at)


@listens_to(SeriesEnded)
def tell_that_it_has_ended(actor: Actor, now: datetime, event: SeriesEnded) -> None:
    tell_household(
        actor, now, series_id=event.series_id, template="series_ended", at=event.at, staying=event.staying
    )
