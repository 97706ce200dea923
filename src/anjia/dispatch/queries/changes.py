"""What a dispatcher has changed by hand, and whether it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.models import DayChange
from anjia.dispatch.queries.standing import standing_of
from anjia.dispatch.standing import Standing
from anjia.dispatch.strokes import Stroke
from anjia.dispatch.undoing import put_of, what_has_followed, why_not_as_before
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.residents.queries import resident_names
from anjia.visits.queries import get_promises
from anjia.workforce.queries import staff_names


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """What a dispatcher has changed by hand, and whether it can be taken back."""

    id: UUID
    day: date
    made_at: datetime
    undone_at: datetime | None
    strokes: Sequence[Stroke]
    why_it_stays: Sequence[str]


def change_page(actor: Actor, purpose: Purpose, *, change_id: UUID, now: datetime) -> ChangePage:
    """
    Return a change as it was made, and what keeps it from being taken back by whoever asks.

    :raises NotFound: if there is no such change
    :raises NotAllowed: if the actor does not assign
    """
    rows = DayChange.objects.filter(organization_id=actor.organization_id, id=change_id)
    change = rows.first()
    if change is None:
        raise NotFound
    standing = standing_of(actor, purpose, day=change.day, now=now)
    people = staff_names(actor, purpose, staff_ids={UUID(row[2]) for row in [*change.before, *change.after]})
    promises = get_promises(actor, purpose, visit_ids={UUID(row[0]) for row in change.before})
    names = resident_names(actor, purpose, resident_ids={one.resident_id for one in promises.values()})
    strokes = [
        Stroke(
            visit_id=UUID(old[0]),
            part=old[1],
            resident=names.get(promises[UUID(old[0])].resident_id, "") if UUID(old[0]) in promises else "",
            comes=people.get(UUID(old[2]), ""),
            comes_then=people.get(UUID(new[2]), ""),
            starts_at=datetime.fromisoformat(old[3]),
            starts_then=datetime.fromisoformat(new[3]),
        )
        for old, new in zip(change.before, change.after, strict=True)
    ]
    return ChangePage(
        id=change.id,
        day=change.day,
        made_at=change.made_at,
        undone_at=change.undone_at,
        strokes=strokes,
        why_it_stays=[]
        if change.undone_at
        else why_it_stays(actor, purpose, standing=standing, change=change),
    )


def last_change(actor: Actor, purpose: Purpose) -> UUID | None:
    """
    Return one's own latest change that is not undone; None if there is none.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    own = DayChange.objects.filter(
        organization_id=actor.organization_id, made_by=actor.user_id, undone_at=None
    )
    return own.order_by("-made_at", "-id").values_list("id", flat=True).first()


def visits_of_change(actor: Actor, purpose: Purpose, *, change_id: UUID) -> list[UUID]:
    """Return whose visits a change is of."""
    change = DayChange.objects.filter(organization_id=actor.organization_id, id=change_id).first()
    return sorted({UUID(row[0]) for row in change.before}) if change else []


def why_it_stays(actor: Actor, purpose: Purpose, *, standing: Standing, change: DayChange) -> list[str]:
    """Say what has followed a change or come in between; only who made it takes it back."""
    if change.made_by != actor.user_id:
        return [_("这是别人改的，只有改的人能撤销")]
    own = DayChange.objects.filter(
        organization_id=actor.organization_id, made_by=actor.user_id, undone_at=None
    )
    if own.filter(made_at__gt=change.made_at).exists():
        return [_("后面您还改过别的，先撤销后面的")]
    before = [put_of(row) for row in change.before]
    return what_has_followed(standing, change.after) or why_not_as_before(standing, before)
