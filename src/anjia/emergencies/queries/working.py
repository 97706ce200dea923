"""What the clock asks, and what holds in a house."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anjia.emergencies.hearing import house_of, watched_since
from anjia.emergencies.models import Case, CheckIn, Watch
from anjia.emergencies.rules.house import House
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose


def unanswered_cases(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID]]:
    """Return (organization, case) of those that nobody has answered in time, the longest due first."""
    rows = Case.objects.filter(closed_at=None, calls_at__lte=now)
    return list(rows.order_by("calls_at")[:size].values_list("organization_id", "id"))


def check_ins_unanswered(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID]]:
    """Return (organization, question) of those that were not answered in time."""
    rows = CheckIn.objects.filter(closed_at=None, answer_by__lte=now)
    return list(rows.order_by("answer_by")[:size].values_list("organization_id", "id"))


def house_rules(actor: Actor, purpose: Purpose) -> House:
    """Return what holds in the actor's house."""
    return house_of(actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    name: str
    hears: bool
    kinds: tuple[str, ...]


def watchers(actor: Actor, purpose: Purpose, *, now: datetime) -> list[Watcher]:
    """Return who has a page open now, and who of them counts as somebody: it can be seen, and its sound is on."""
    since = watched_since(now)
    found = Watch.objects.filter(organization_id=actor.organization_id, seen_at__gte=since)
    rows = list(found)
    names = account_names(actor, purpose, account_ids=[row.account_id for row in rows]) if rows else {}
    people = [
        Watcher(
            name=names.get(row.account_id, ""),
            hears=row.heard_at is not None and row.heard_at >= since,
            kinds=tuple(row.kinds),
        )
        for row in rows
    ]
    return sorted(people, key=lambda one: one.name)
