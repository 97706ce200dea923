"""Programmes, their places, and the ways by which people are recruited."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.enrolment.events import ProgrammeChanged
from anjia.enrolment.models import Candidate, Channel, Programme
from anjia.enrolment.rules import SEATED, ProgrammeInvalid, TooManyInside, check_programme
from anjia.enrolment.writing import check_open, fill_places, programme_in_turn
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command


def _name_taken() -> ProgrammeInvalid:
    return ProgrammeInvalid(fields={"name": _("已经有一个叫这个名字的。")})


BROKEN = {"programme_name_once": _name_taken, "channel_name_once": _name_taken}


@command("enrolment.manage")
def open_programme(
    actor: Actor,
    now: datetime,
    *,
    name: str,
    name_en: str = "",
    cap: int,
    min_age: int,
    starts_on: date,
    ends_on: date | None = None,
) -> Programme:
    """
    Open a programme with so many places.

    :raises ProgrammeInvalid: naming every field that is wrong, also when the name is another programme's
    """
    check_programme(name=name, cap=cap, min_age=min_age, starts_on=starts_on, ends_on=ends_on)
    with refuse_if_broken(BROKEN):
        made = Programme.objects.create(
            organization_id=actor.organization_id,
            name=name.strip()[:60],
            name_en=name_en.strip()[:120],
            cap=cap,
            min_age=min_age,
            starts_on=starts_on,
            ends_on=ends_on,
            opened_at=now,
            opened_by=actor.user_id,
        )
    _tell(actor, now, made.id, "programme.opened", ["name", "cap", "min_age", "starts_on", "ends_on"])
    return made


@command("enrolment.manage")
def change_programme(
    actor: Actor, now: datetime, *, programme_id: UUID, cap: int, min_age: int, ends_on: date | None
) -> Programme:
    """
    Change how many places there are, from which age, until when. New places are offered to the next on the list.

    :raises NotFound: if the institution has no such programme
    :raises ProgrammeClosed: if it is over
    :raises ProgrammeInvalid: naming every field that is wrong
    :raises TooManyInside: if more are in it, or have been offered a place, than there would be places
    """
    programme = programme_in_turn(actor, programme_id)
    check_open(programme)
    check_programme(
        name=programme.name, cap=cap, min_age=min_age, starts_on=programme.starts_on, ends_on=ends_on
    )
    seats = Candidate.objects.filter(programme=programme, stage__in=sorted(SEATED))
    if seats.count() > cap:
        raise TooManyInside
    for candidate, seat in _to_move(programme, cap):
        candidate.seat = seat
        candidate.save(update_fields=["seat"])
    programme.cap, programme.min_age, programme.ends_on = cap, min_age, ends_on
    programme.save(update_fields=["cap", "min_age", "ends_on"])
    fill_places(actor, now, programme)
    _tell(actor, now, programme.id, "programme.changed", ["cap", "min_age", "ends_on"])
    return programme


def _to_move(programme: Programme, cap: int) -> list[tuple[Candidate, int]]:
    """Return who sits beyond the new number of places, each with a free one below it."""
    seated = list(Candidate.objects.filter(programme=programme, seat__isnull=False).order_by("seat"))
    taken = {one.seat for one in seated}
    free = [seat for seat in range(1, cap + 1) if seat not in taken]
    return list(zip([one for one in seated if (one.seat or 0) > cap], free, strict=False))


@command("enrolment.manage")
def close_programme(actor: Actor, now: datetime, *, programme_id: UUID) -> Programme:
    """
    Take nobody into it any more. Who is in it stays; who waits is told by whoever keeps the list. Twice is as once.

    :raises NotFound: if the institution has no such programme
    """
    programme = programme_in_turn(actor, programme_id)
    if programme.closed_at is None:
        programme.closed_at = now
        programme.save(update_fields=["closed_at"])
        _tell(actor, now, programme.id, "programme.closed", ["closed_at"])
    return programme


@command("enrolment.manage")
def add_channel(actor: Actor, now: datetime, *, name: str, name_en: str = "") -> Channel:
    """
    Add a way of recruiting.

    :raises ProgrammeInvalid: without a name, or if there is one of that name
    """
    if not name.strip():
        raise ProgrammeInvalid(fields={"name": _("请写招募方式的名称。")})
    with refuse_if_broken(BROKEN):
        made = Channel.objects.create(
            organization_id=actor.organization_id,
            name=name.strip()[:40],
            name_en=name_en.strip()[:80],
            added_at=now,
        )
    _tell(actor, now, made.id, "channel.added", ["name"])
    return made


@command("enrolment.manage")
def retire_channel(actor: Actor, now: datetime, *, channel_id: UUID) -> Channel:
    """
    Offer this way of recruiting no more. Who came by it keeps it. Twice is as once.

    :raises NotFound: if the institution has no such way
    """
    rows = Channel.objects.filter(organization_id=actor.organization_id, id=channel_id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    if found.retired_at is None:
        found.retired_at = now
        found.save(update_fields=["retired_at"])
        _tell(actor, now, found.id, "channel.retired", ["retired_at"])
    return found


def _tell(actor: Actor, now: datetime, subject_id: UUID, action: str, fields: list[str]) -> None:
    audit.record(f"enrolment.{action}", actor=actor, at=now, subject_id=subject_id, fields=fields)
    events.publish(ProgrammeChanged(programme_id=subject_id, at=now), actor=actor)
