"""Whose it is to tell a household of its visit's new time. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.models import TellingTaken
from anjia.dispatch.rules.telling import TELLS, TEMPLATE, can_tell
from anjia.identity.queries import account_names, who_may
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.errors import NotAllowed
from anjia.messaging.queries import not_told
from anjia.residents.queries import resident_names
from anjia.visits.queries import name_of_service
from anjia.visits.queries.overview import last_moves, times_promised, visits_with_ids
from anjia.visits.rules.lifecycle import Status
from anjia.workforce.queries import leave_of_accounts

FARTHEST: Final = timedelta(days=90)  # that a visit can be booked ahead, and so moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who has to tell a household: somebody, or nobody yet, and then whoever it was can do it no more."""

    move_id: UUID
    account_id: UUID | None
    name: str
    is_reader: bool
    gone: str = ""
    taken_at: datetime | None = None
    taken_by: str = ""
    taken_from: str = ""
    is_from_reader: bool = False

    @property
    def words(self) -> str:
        if self.is_reader:
            return _("归您管")
        if self.account_id:
            return _("归{name}管").format(name=self.name)
        if self.gone:
            return _("还没有人管（原来归{name}，现在管不了）").format(name=self.gone)
        return _("还没有人管")

    @property
    def taken(self) -> str:
        """Say who took it on when, and from whom; nothing where it is still whose it was at first."""
        if self.taken_at is None:
            return ""
        clock = f"{local(self.taken_at):%H:%M}"
        if self.is_from_reader:
            return _("{time} {name}从您这里接过去的").format(time=clock, name=self.taken_by)
        if self.taken_from:
            return _("{time} {name}接过去的，原来归{before}管").format(
                time=clock, name=self.taken_by, before=self.taken_from
            )
        return _("{time} {name}接下来的").format(time=clock, name=self.taken_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The visit of whose time a household is told: whose, when it was for before, and who tells, if it is not told."""

    visit_id: UUID
    resident: str
    service: str
    times: Sequence[datetime]  # it was promised for, the last is now's
    teller: Teller | None


def tellers(
    actor: Actor, purpose: Purpose, *, starts: Mapping[UUID, datetime], now: datetime
) -> dict[UUID, Teller]:
    """
    Return who has to tell of these visits' new times, by visit, given when each begins. Those that the household
    moved by itself are not there: it knows.

    It is whoever moved it by hand or published the plan, or has taken it on since. Where nobody did, or she can do it
    no more, it is nobody's yet.

    :raises NotAllowed: if the actor may not read visits
    """
    moves = last_moves(actor, purpose, visit_ids=starts)
    ours = {visit_id: move for visit_id, move in moves.items() if not move.is_by_household}
    if not ours:
        return {}
    rows = TellingTaken.objects.filter(
        organization_id=actor.organization_id, move_id__in=[move.id for move in ours.values()]
    )
    taken = {row.move_id: row for row in rows.order_by("at", "id")}
    whose = {
        visit_id: taken[move.id].taken_by if move.id in taken else move.by for visit_id, move in ours.items()
    }
    holders = who_may(actor, purpose, permission=TELLS)
    named = {one for one in whose.values() if one}
    away = leave_of_accounts(actor, purpose, account_ids=named, since=now)
    known = named | {row.taken_from for row in taken.values() if row.taken_from}
    names = account_names(actor, purpose, account_ids=known)
    found = {}
    for visit_id, move in ours.items():
        account_id, last = whose[visit_id], taken.get(move.id)
        is_hers = account_id is not None and can_tell(
            account_id,
            holders=holders,
            away=away.get(account_id, ()),
            starts_at=starts[visit_id],
            now=now,
        )
        name = names.get(account_id, "") if account_id else ""
        before = last.taken_from if last else None
        found[visit_id] = Teller(
            move_id=move.id,
            account_id=account_id if is_hers else None,
            name=name if is_hers else "",
            is_reader=is_hers and account_id == actor.user_id,
            gone="" if is_hers else name,
            taken_at=last.at if last else None,
            taken_by=name if last else "",
            taken_from=names.get(before, "") if before else "",
            is_from_reader=before == actor.user_id,
        )
    return found


def telling_of(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> Telling | None:
    """
    Return whose visit it is, its old and its new time, and who has to tell of it; None if the house has no such visit.

    :raises NotAllowed: without `visits.read`, or if the actor may not ring
    """
    if not actor.may(TELLS):
        raise NotAllowed
    visit = visits_with_ids(actor, purpose, visit_ids=[visit_id]).get(visit_id)
    if visit is None:
        return None
    unsaid = not_told(actor, purpose, template=TEMPLATE, since=now - FARTHEST, about_ids=[visit_id])
    is_ahead = visit.status == Status.BOOKED and visit.ends_at > now
    starts = {visit_id: visit.starts_at} if unsaid and is_ahead else {}
    names = resident_names(actor, purpose, resident_ids=[visit.resident_id])
    return Telling(
        visit_id=visit_id,
        resident=names.get(visit.resident_id, ""),
        service=name_of_service(visit),
        times=times_promised(actor, purpose, visit_id=visit_id),
        teller=tellers(actor, purpose, starts=starts, now=now).get(visit_id),
    )
