"""Who hears of a series, and in which words: once for all of its visits. Only subscribers call it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils.translation import override

from anjia.dispatch.queries import house_of, household_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.messaging.commands import send, take_back
from anjia.messaging.rules import moment_words, when_words
from anjia.residents.queries import get_resident
from anjia.series.queries import get_series, series_of_visit
from anjia.series.shapes import SeriesLine
from anjia.series.showing import WAITING
from anjia.series.words import words_about_moment, words_of_day, words_of_left, words_of_next
from anjia.visits.queries import get_promise, get_promises
from anjia.visits.rules.lifecycle import Status

WORTH_HEARING: Final = timedelta(days=2)  # of what has become of a series


def tell_household(
    actor: Actor,
    now: datetime,
    *,
    series_id: UUID,
    template: str,
    at: datetime,
    staying: Collection[UUID] = (),
) -> None:
    """
    Tell everybody who hears of her visits how the series stands. What was said before and not sent is stale.

    `staying` are visits that could not be called off: they are named.
    """
    series = get_series(actor, Purpose.CONTRACT, series_id=series_id, now=now)
    take_back(actor, now, about_id=series_id, until=at, about_kind="series")
    name, phone = house_of(actor, Purpose.CONTRACT)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=series.resident_id)
    next_at, stays = next_of(series), moments_of(actor, staying)
    with override("zh-hans"):  # WeChat's fields are in no other language
        about = words_about_moment(next_at)
    for party_id, contact in household_of(actor, Purpose.CONTRACT, resident_id=series.resident_id, now=now):
        language = "en" if contact.language == "en" else "zh-hans"
        with override(language):
            said = get_series(actor, Purpose.CONTRACT, series_id=series_id, now=now)
            until = words_of_day(said.paused_until) if said.paused_until else ""
            to_come = words_of_next(when_words(next_at, language) if next_at else "")
            left = words_of_left(template, [when_words(one, language) for one in stays])
        send(
            actor,
            now,
            party_id=party_id,
            template_code=template,
            event_id=event_id(template, series_id, at),
            about_kind="series",
            about_id=series_id,
            values={
                "days": said.words,
                "end": said.end_words,
                "until": until,
                "next": to_come,
                "left": left,
                "about": about,
                "moment": moment_words(pause_end(series) or next_at or at),
                "institution": name,
                "phone": phone,
                "resident": resident.name,
            },
            resident_id=series.resident_id,
            contact=contact,
            needed_by=now + WORTH_HEARING,
        )


def tell_who_comes_instead(actor: Actor, now: datetime, *, visit_id: UUID, at: datetime) -> None:
    """Tell the household that somebody else comes this time, and why, once she has said yes."""
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    if promise.series_id is None or promise.status is not Status.BOOKED:
        return
    name, phone = house_of(actor, Purpose.CONTRACT)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=promise.resident_id)
    for party_id, contact in household_of(actor, Purpose.CONTRACT, resident_id=promise.resident_id, now=now):
        with override("en" if contact.language == "en" else "zh-hans"):
            series = series_of_visit(actor, Purpose.CONTRACT, visit_id=visit_id, now=now)
        row = next((one for one in series.occurrences if one.visit_id == visit_id), None) if series else None
        if row is None or row.is_usual is not False:
            return
        send(
            actor,
            now,
            party_id=party_id,
            template_code="series_who",
            event_id=event_id("series_who", visit_id, at),
            about_kind="visit",
            about_id=visit_id,
            values={
                "who": row.who_words,
                "when": promise.starts_at,
                "moment": moment_words(promise.starts_at),
                "word": promise.visit_word,
                "institution": name,
                "phone": phone,
                "resident": resident.name,
            },
            resident_id=promise.resident_id,
            contact=contact,
            needed_by=promise.ends_at,
        )


def next_of(series: SeriesLine) -> datetime | None:
    """Return when the next of it begins, if one has a place."""
    return next(
        (one.starts_at for one in series.occurrences if one.starts_at and one.status == "booked"), None
    )


def moments_of(actor: Actor, visit_ids: Collection[UUID]) -> list[datetime]:
    """Return when those of these visits are that still come."""
    found = get_promises(actor, Purpose.CONTRACT, visit_ids=visit_ids) if visit_ids else {}
    return sorted(one.starts_at for one in found.values() if one.status in WAITING)


def pause_end(series: SeriesLine) -> datetime | None:
    return day_bounds(series.paused_until)[0] if series.paused_until else None


def event_id(template: str, about_id: UUID, at: datetime) -> UUID:
    """Return the same id however often the same event is heard."""
    return uuid5(NAMESPACE_OID, f"{template}/{about_id}/{at.isoformat()}")
