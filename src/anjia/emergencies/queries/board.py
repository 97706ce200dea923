"""The board of those who take cases: what is open, what was, and one case with its course."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language

from anjia.clinical.measures import DIASTOLIC, MEASURES, SYSTOLIC, Unsound, measure
from anjia.emergencies.models import Case, Step
from anjia.emergencies.rules.cases import OUTCOME_WORDS, WORDS_OF, Outcome, What
from anjia.emergencies.rules.kinds import kinds_for
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import DomainError, NotAllowed, NotFound, Words
from anjia.kernel.paging import Page, page_of
from anjia.records.queries import latest_in_emergencies
from anjia.residents.queries import phones_of, relatives_of, resident_names
from anjia.residents.queries.panels import who_consent
from anjia.visits.queries import get_promise
from anjia.workforce.queries import get_staff_member, staff_names

MOST_OPEN = 100
MOST_READINGS = 8
# What says most of how urgent it is: blood pressure, oxygen, glucose (of whichever kind was measured).
AT_FIRST: Final = (SYSTOLIC, DIASTOLIC, "59408-5", "15074-8", "14743-9", "14771-0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    name: str
    value: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A case on the board. `who` is the resident, or the member of staff."""

    case: Case
    who: str
    waited_seconds: int
    readings: Sequence[Value] = ()

    @property
    def words(self) -> Words:
        return self.case.rule.words

    @property
    def outcome_words(self) -> Words:
        return OUTCOME_WORDS[Outcome(self.case.outcome)] if self.case.outcome else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a case's course."""

    at: datetime
    who: str
    what: str
    what_words: Words
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    name: str
    relation: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    shown: Shown
    lines: Sequence[Line]
    phones: Sequence[Phone]
    visit: Any  # the promise that it happened at, if it did
    is_mine: bool


def open_lines(actor: Actor, purpose: Purpose, *, now: datetime, with_readings: bool = False) -> list[Shown]:
    """
    Return the open cases that the actor may take: those that ring first, then by time. With the readings that say how
    urgent it is, of those that nobody has taken: to who answers calls, and not to who runs the house.

    :raises NotAllowed: without `emergencies.take`
    """
    rows = _mine_to_take(actor).filter(closed_at=None).order_by("pressed_at", "id")[:MOST_OPEN]
    found = sorted(rows, key=lambda case: not case.rings)
    readable = _readable(actor, found) if with_readings else {}
    return _shown(actor, purpose, found, now=now, readable=readable, codes=AT_FIRST)


def past_lines(actor: Actor, purpose: Purpose, *, now: datetime, after: str | None = None) -> Page[Shown]:
    """
    Return the cases that are over, the latest first.

    :raises NotAllowed: without `emergencies.take`
    """
    rows = _mine_to_take(actor).filter(closed_at__isnull=False)
    page = page_of(rows, order=("-pressed_at", "-id"), after=after, size=30)
    return Page(_shown(actor, purpose, page.items, now=now), page.next)


def case_page(actor: Actor, purpose: Purpose, *, case_id: UUID, now: datetime) -> CasePage:
    """
    Return one case with its course, and whom to call. To who has it in hand, as long as it is open, what was measured
    last is shown too: nobody else needs it for anybody's life.

    :raises NotFound: also where it is of a kind that is not the actor's to take
    """
    case = _mine_to_take(actor).filter(id=case_id).first()
    if case is None:
        raise NotFound
    is_mine = case.taken_by == actor.user_id
    is_in_hand = is_mine and case.closed_at is None
    readable = {case.resident_id: case.received_at} if is_in_hand and case.resident_id else {}
    [shown] = _shown(actor, purpose, [case], now=now, readable=readable)
    steps = list(Step.objects.filter(case=case).order_by("at", "id"))
    names = account_names(actor, purpose, account_ids={step.by for step in steps})
    promise = _promise(actor, purpose, case.visit_id)
    return CasePage(
        shown=shown,
        lines=[
            Line(
                at=step.at,
                who=names.get(step.by, ""),
                what=step.what,
                what_words=WORDS_OF[What(step.what)],
                words=step.words,
            )
            for step in steps
        ],
        phones=_phones(actor, purpose, case, promise),
        visit=promise,
        is_mine=is_mine,
    )


def _mine_to_take(actor: Actor) -> Any:
    """:raises NotAllowed: without `emergencies.take`"""
    if not actor.may("emergencies.take"):
        raise NotAllowed
    kinds = kinds_for(actor.permissions)
    return Case.objects.filter(organization_id=actor.organization_id, kind__in=kinds)


def _readable(actor: Actor, found: Sequence[Case]) -> dict[UUID, datetime]:
    """
    Return whose readings the actor may see before she takes the case, and since when it is there.

    Of who has withdrawn her consent to care only who has the case in hand sees them: many look at a board.
    """
    if not actor.may("emergencies.readings"):
        return {}
    untaken = {case.resident_id: case.received_at for case in found if case.resident_id and not case.taken_at}
    willing = who_consent(actor, Purpose.CARE, resident_ids=untaken) if untaken else set()
    return {resident_id: at for resident_id, at in untaken.items() if resident_id in willing}


def _shown(
    actor: Actor,
    purpose: Purpose,
    found: Sequence[Case],
    *,
    now: datetime,
    readable: Mapping[UUID, datetime] = MappingProxyType({}),
    codes: Collection[str] = MEASURES,
) -> list[Shown]:
    """Return them with names, in as many statements for a hundred as for one."""
    residents = [case.resident_id for case in found if case.resident_id]
    members = [case.staff_id for case in found if case.staff_id]
    names = resident_names(actor, purpose, resident_ids=residents) if residents else {}
    names |= staff_names(actor, purpose, staff_ids=members) if members else {}
    values: dict[UUID, list[Any]] = {}
    if readable:
        values = latest_in_emergencies(actor, Purpose.VITAL, since=readable, now=now, codes=codes)
    return [
        Shown(
            case=case,
            who=_name(names, case),
            waited_seconds=int(((case.taken_at or case.closed_at or now) - case.pressed_at).total_seconds()),
            readings=_values(values.get(case.resident_id, [])) if case.resident_id else (),
        )
        for case in found
    ]


def _name(names: Mapping[UUID, str], case: Case) -> str:
    about = case.resident_id or case.staff_id
    return names.get(about, "") if about else ""


def _values(rows: Sequence[Any]) -> list[Value]:
    """Return them as people read them, the newest first; of one moment the systolic pressure before the diastolic."""
    found = []
    said = sorted(rows, key=lambda row: AT_FIRST.index(row.code) if row.code in AT_FIRST else len(AT_FIRST))
    is_english = (get_language() or "zh").startswith("en")
    for row in sorted(said, key=lambda row: row.at, reverse=True)[:MOST_READINGS]:
        try:
            known = measure(row.code)
        except Unsound:
            continue
        found.append(
            Value(
                name=known.name_en if is_english else known.name,
                value=f"{known.rounded(row.value)} {known.shown_en if is_english else known.shown}",
                at=row.at,
            )
        )
    return found


def _promise(actor: Actor, purpose: Purpose, visit_id: UUID | None) -> Any:
    try:
        return get_promise(actor, purpose, visit_id=visit_id) if visit_id else None
    except DomainError:
        return None


def _phones(actor: Actor, purpose: Purpose, case: Case, promise: Any) -> list[Phone]:
    """Return whom to call, who is nearest to it first."""
    found = []
    if case.staff_id:
        member = get_staff_member(actor, purpose, staff_id=case.staff_id)
        found.append(Phone(name=member.name, relation="", number=member.phone))
    resident_id = case.resident_id or (promise.resident_id if promise else None)
    if resident_id:
        name = resident_names(actor, purpose, resident_ids=[resident_id]).get(resident_id, "")
        numbers = phones_of(actor, purpose, resident_id=resident_id)
        found += [Phone(name=name, relation="", number=one.number) for one in numbers]
        family = relatives_of(actor, purpose, resident_id=resident_id)
        found += [Phone(name=one.name, relation=one.relation, number=one.phone) for one in family]
    return [one for one in found if one.number]
