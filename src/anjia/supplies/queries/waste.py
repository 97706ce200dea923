"""The register of medical waste: the lines that count, what each corrects, and how far each bag has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.supplies.models import WasteBag, WasteStep
from anjia.supplies.places import stores_of
from anjia.supplies.rules.waste import (
    WORDS_OF_CLASS,
    WORDS_OF_WASTE,
    Waiting,
    WasteClass,
    WasteMove,
    WasteState,
    kept_until,
    state_after,
    waiting,
)
from anjia.supplies.showing import check_may_read
from anjia.workforce.queries import staff_names

ORDER: Final = ("-closed_at", "-id")
MOST_SENT: Final = 200  # bags that go to the disposer at once; the rest is shown when these are gone


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    step: WasteStep
    by: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteLine:
    """A bag of waste as it stands: the line that counts, those before it, its steps, and what its time says."""

    row: WasteBag
    before: Sequence[WasteBag]
    class_words: str
    carried_by: str
    corrected_by: str
    state: WasteState
    state_words: str
    waiting: Waiting | None
    handed_over: StepLine | None
    taken_in: StepLine | None
    taken_away: StepLine | None
    keep_until: date
    is_double: bool  # whether another bag has the same seal number


def waste_register(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    show: str = "",
    after: str | None = None,
    size: int = 50,
) -> Page[WasteLine]:
    """
    Return the bags that were closed on these days, the latest first; with `show` "open" those not taken away yet.
    """
    check_may_read(actor)
    rows = _in_force(actor)
    if first:
        rows = rows.filter(closed_at__gte=day_bounds(first)[0])
    if last:
        rows = rows.filter(closed_at__lt=day_bounds(last)[1])
    if show == "open":
        gone = WasteStep.objects.filter(root_id=OuterRef("root_id"), move=WasteMove.TAKEN_AWAY.value)
        rows = rows.filter(~Exists(gone))
    page = page_of(rows, order=ORDER, after=after, size=size)
    return Page(_shown(actor, purpose, page.items, now), page.next)


def stored_waste(actor: Actor, purpose: Purpose, *, now: datetime) -> list[WasteLine]:
    """Return the bags that lie in the house's stores and wait for the disposer, the oldest first."""
    check_may_read(actor)
    steps = WasteStep.objects.filter(root_id=OuterRef("root_id"))
    rows = _in_force(actor).filter(
        Exists(steps.filter(move=WasteMove.HANDED_OVER.value)),
        Exists(steps.filter(move=WasteMove.TAKEN_IN.value)),
        ~Exists(steps.filter(move=WasteMove.TAKEN_AWAY.value)),
    )
    return _shown(actor, purpose, list(rows.order_by("closed_at", "id")[:MOST_SENT]), now)


def waste_line(actor: Actor, purpose: Purpose, *, waste_id: UUID, now: datetime) -> WasteLine:
    """:raises NotFound: if it is no line of the house's"""
    check_may_read(actor)
    root = WasteBag.objects.filter(organization_id=actor.organization_id, id=waste_id).first()
    if root is None:
        raise NotFound
    return _shown(actor, purpose, list(_in_force(actor).filter(root_id=root.root_id)), now)[0]


def own_waste(actor: Actor, purpose: Purpose, *, now: datetime) -> list[WasteLine]:
    """
    Return the bags that she has packed and not handed over yet, the oldest first.

    :raises NotAllowed: if she carries none
    """
    if actor.staff_id is None or not actor.may("supplies.carry"):
        raise NotAllowed
    over = WasteStep.objects.filter(root_id=OuterRef("root_id"), move=WasteMove.HANDED_OVER.value)
    rows = _in_force(actor).filter(~Exists(over), staff_id=actor.staff_id)
    return _shown(actor, purpose, list(rows.order_by("closed_at", "id")[:100]), now)


def _in_force(actor: Actor):  # type: ignore[no-untyped-def]  # a queryset of WasteBag
    later = WasteBag.objects.filter(root_id=OuterRef("root_id"), number__gt=OuterRef("number"))
    return WasteBag.objects.filter(~Exists(later), organization_id=actor.organization_id)


def _shown(actor: Actor, purpose: Purpose, rows: Sequence[WasteBag], now: datetime) -> list[WasteLine]:
    roots = [row.root_id for row in rows]
    mine = WasteBag.objects.filter(organization_id=actor.organization_id)
    before: dict[UUID, list[WasteBag]] = {}
    for one in mine.filter(root_id__in=roots).order_by("-number"):
        before.setdefault(one.root_id, []).append(one)
    steps: dict[tuple[UUID, str], WasteStep] = {
        (step.root_id, step.move): step
        for step in WasteStep.objects.filter(organization_id=actor.organization_id, root_id__in=roots)
    }
    seals = _in_force(actor).filter(seal__in={row.seal for row in rows}).values_list("seal", "root_id")
    owners: dict[str, set[UUID]] = {}
    for seal, root_id in seals:
        owners.setdefault(seal, set()).add(root_id)
    accounts = {step.by for step in steps.values()} | {row.by for row in rows}
    names = account_names(actor, purpose, account_ids=accounts)
    staff = staff_names(actor, purpose, staff_ids={row.staff_id for row in rows})
    places = dict(stores_of(actor))

    def line_of(step: WasteStep | None) -> StepLine | None:
        if step is None:
            return None
        place = places.get(step.station_id, "") if step.station_id else ""
        return StepLine(step=step, by=names.get(step.by, ""), place=place)

    found = []
    for row in rows:
        mine_steps = {move: steps.get((row.root_id, move.value)) for move in WasteMove}
        state = state_after(frozenset(move for move, step in mine_steps.items() if step))
        found.append(
            WasteLine(
                row=row,
                before=[one for one in before[row.root_id] if one.number < row.number],
                class_words=str(WORDS_OF_CLASS[WasteClass(row.waste_class)]),
                carried_by=staff.get(row.staff_id, ""),
                corrected_by=names.get(row.by, "") if row.number > 1 else "",
                state=state,
                state_words=str(WORDS_OF_WASTE[state]),
                waiting=waiting(state, closed_at=row.closed_at, now=now),
                handed_over=line_of(mine_steps[WasteMove.HANDED_OVER]),
                taken_in=line_of(mine_steps[WasteMove.TAKEN_IN]),
                taken_away=line_of(mine_steps[WasteMove.TAKEN_AWAY]),
                keep_until=kept_until(day_of(row.closed_at)),
                is_double=len(owners.get(row.seal, ())) > 1,
            )
        )
    return found
