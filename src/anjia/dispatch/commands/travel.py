"""Keeping what the roads' server has said, and what the house's own ways have shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from anjia.dispatch.models import RoadsServer, TravelPace, TravelTime
from anjia.dispatch.pacing import Door, Learnt, is_news
from anjia.dispatch.rules import Profile
from anjia.dispatch.rules.travel import first_pace
from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.work import command
from anjia.residents.commands import keep_access
from anjia.visits.commands import follow_access


@command("dispatch.offer")
def keep_travel_times(
    actor: Actor, now: datetime, *, profile: Profile, times: Mapping[tuple[str, str], int | None]
) -> None:
    """
    Write down how long it takes from cell to cell, in seconds; None where no road leads. What was known before goes.

    No event: nothing that was promised changes by it, the next who looks for a time reckons with it.
    """
    rows = [
        TravelTime(
            organization_id=actor.organization_id,
            profile=profile.value,
            from_cell=start,
            to_cell=end,
            seconds=seconds,
            asked_at=now,
        )
        for (start, end), seconds in sorted(times.items())
    ]
    TravelTime.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["organization_id", "profile", "from_cell", "to_cell"],
        update_fields=["seconds", "asked_at"],
    )
    audit.record(
        "dispatch.travel_time.recorded",
        actor=actor,
        at=now,
        subject_id=actor.organization_id,
        fields=[profile.value],
    )


@command("dispatch.offer")
def note_roads_server(actor: Actor, now: datetime, *, profile: Profile, said: str) -> None:
    """
    Note that the roads' server has answered (`said` is "") or what became of the question. It is silent since the first
    time it did not answer. No audit entry: nothing has been decided.
    """
    row, _is_new = RoadsServer.objects.get_or_create(
        organization_id=actor.organization_id, profile=profile.value
    )
    row.said = said[:60]
    if said:
        row.silent_since = row.silent_since or now
    else:
        row.heard_at, row.silent_since = now, None
    row.save(update_fields=["said", "silent_since", "heard_at"])


@command("dispatch.offer")
def keep_paces(actor: Actor, now: datetime, *, learnt: Iterable[Learnt]) -> int:
    """
    Reckon with this from now on, where it is otherwise enough; return how many versions are new.

    What was reckoned with before stays written down with its end. No event: what is promised keeps its time, the next
    who looks for one reckons with it.
    """
    current = {
        (one.mode, one.basis): one
        for one in TravelPace.objects.filter(organization_id=actor.organization_id, until_at=None)
    }
    new = []
    for one in learnt:
        before = current.get((one.mode, one.basis.value))
        factors = tuple(before.factors) if before else first_pace(one.mode).of(one.basis)
        if before and not is_news(factors, one):
            continue
        new.append(one)
        if before:
            before.until_at = now
            before.save(update_fields=["until_at"])
    TravelPace.objects.bulk_create(
        TravelPace(
            organization_id=actor.organization_id,
            mode=one.mode,
            basis=one.basis.value,
            factors=list(one.factors),
            trips=one.trips,
            people=one.people,
            trips_by_hour=list(one.trips_by_hour),
            from_at=now,
        )
        for one in new
    )
    if new:
        audit.record(
            "dispatch.travel_pace.recorded",
            actor=actor,
            at=now,
            subject_id=actor.organization_id,
            fields=sorted({one.mode for one in new}),
        )
    return len(new)


@command("dispatch.offer")
def keep_doors(actor: Actor, now: datetime, *, doors: Iterable[Door]) -> None:
    """Reckon with these minutes from the street to the door from now on, for what is promised already too."""
    said = {door.address_id: (door.minutes, door.trips) for door in doors}
    follow_access(actor, now, minutes=keep_access(actor, now, learnt=said))
