"""Who works here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound, Words
from anjia.kernel.files import content_of
from anjia.kernel.paging import Page, page_of
from anjia.kernel.prepared import Prepared
from anjia.workforce.comparison import changes_to, known_staff, wrong_rows
from anjia.workforce.models import Leave, Qualification, ServiceArea, StaffMember, StaffToken, WeeklyPattern
from anjia.workforce.papershowing import PaperShown, shown_paper
from anjia.workforce.rules import Changes, StaffRow, range_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCard:
    """What whoever meets a caregiver may know of her."""

    id: UUID
    name: str
    kind: str
    title: str
    sex: str
    account_id: UUID | None
    phone_masked: str
    phone: str  # for those who send her out; for others empty


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffShown:
    """A line of the list: somebody, and her papers."""

    staff: StaffMember
    papers: list[PaperShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffList:
    items: list[StaffShown]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    """All there is of somebody."""

    staff: StaffMember
    papers: list[PaperShown]
    pattern: WeeklyPattern | None
    area: ServiceArea | None
    leave: list[Leave]


STAFF: Final = Prepared(
    lambda asked: StaffMember.objects.filter(organization_id=asked.house, id__any_of=asked.staff_ids)
)


def get_staff_member(actor: Actor, purpose: Purpose, *, staff_id: UUID) -> StaffMember:
    """
    Return the member of staff.

    :raises NotFound: also when she works for another institution
    """
    found = StaffMember.objects.filter(organization_id=actor.organization_id, id=staff_id).first()
    if found is None:
        raise NotFound
    return found


def staff_names(actor: Actor, purpose: Purpose, *, staff_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of those who work here, by id."""
    rows = StaffMember.objects.filter(organization_id=actor.organization_id, id__in=set(staff_ids))
    return dict(rows.values_list("id", "name"))


def staff_cards(actor: Actor, purpose: Purpose, *, staff_ids: Collection[UUID]) -> dict[UUID, StaffCard]:
    """Return what may be known of them, by id, in one query."""
    rows = STAFF.rows(house=actor.organization_id, staff_ids=list(set(staff_ids)))
    return {
        one.id: StaffCard(
            id=one.id,
            name=one.name,
            kind=one.kind,
            title=one.title_words or one.kind_words,
            sex=one.sex,
            account_id=one.account_id,
            phone_masked=_masked(one.phone),
            phone=one.phone if actor.may("visits.assign") and actor.staff_id != one.id else "",
        )
        for one in rows
    }


def staff_of_account(
    actor: Actor, purpose: Purpose, *, account_id: UUID, organization_id: UUID | None = None
) -> UUID | None:
    """
    Return the id of the member of staff who signs in with this account, or None.

    Signing in asks in nobody's name, and says in whose name she will act.
    """
    rows = StaffMember.objects.filter(
        organization_id=organization_id or actor.organization_id, account_id=account_id
    )
    return rows.values_list("id", flat=True).first()


def staff_found(
    actor: Actor,
    purpose: Purpose,
    *,
    today: date,
    text: str = "",
    kind: str = "",
    station_id: UUID | None = None,
    left: bool = False,
    after: str | None = None,
    size: int = 50,
) -> Page[StaffMember]:
    """
    Return those whose name, pinyin, initials or number begins with the text, in order of name; the left only if asked.

    :raises NotAllowed: without `workforce.read`
    """
    _check_may_read(actor)
    rows = StaffMember.objects.filter(organization_id=actor.organization_id)
    if not left:
        rows = rows.filter(Q(left_on=None) | Q(left_on__gte=today))
    if text.strip():
        first, last = range_of(text)
        tokens = StaffToken.objects.filter(
            organization_id=actor.organization_id, staff=OuterRef("pk"), token__gte=first, token__lt=last
        )
        rows = rows.filter(Exists(tokens))
    if kind:
        rows = rows.filter(kind=kind)
    if station_id:
        rows = rows.filter(station_id=station_id)
    return page_of(rows, order=("pinyin", "id"), after=after, size=size)


def staff_page(actor: Actor, purpose: Purpose, *, staff_id: UUID, today: date) -> StaffPage:
    """
    Return all there is of somebody: papers with their state today, week, area, leave that is not over.

    :raises NotAllowed: without `workforce.read`
    :raises NotFound: also when she works for another institution
    """
    _check_may_read(actor)
    staff = (
        StaffMember.objects.filter(organization_id=actor.organization_id, id=staff_id)
        .select_related("area", "pattern")
        .first()
    )
    if staff is None:
        raise NotFound
    papers = staff.papers.filter(taken_back_at=None).order_by("code", "-valid_until", "id")
    leave = staff.leave.order_by("-starts_at", "id")[:20]
    return StaffPage(
        staff=staff,
        papers=[shown_paper(paper, today) for paper in papers],
        pattern=getattr(staff, "pattern", None),
        area=getattr(staff, "area", None),
        leave=list(leave),
    )


def scan_of_paper(actor: Actor, purpose: Purpose, *, qualification_id: UUID) -> tuple[str, bytes]:
    """
    Return the scan's content type and bytes.

    :raises NotAllowed: without `workforce.read`
    :raises NotFound: if there is no such paper here, or no scan of it
    """
    _check_may_read(actor)
    rows = Qualification.objects.filter(organization_id=actor.organization_id, id=qualification_id)
    paper = rows.defer("number").first()
    if paper is None or paper.file_id is None:
        raise NotFound
    return content_of(actor, purpose, file_id=paper.file_id)


def papers_of(
    actor: Actor, purpose: Purpose, *, staff_ids: Collection[UUID], today: date
) -> dict[UUID, list[PaperShown]]:
    """Return the papers of these people with their state today, by whose they are, in one query."""
    _check_may_read(actor)
    rows = Qualification.objects.filter(
        organization_id=actor.organization_id, staff_id__in=set(staff_ids), taken_back_at=None
    ).defer("number")
    found: dict[UUID, list[PaperShown]] = {staff_id: [] for staff_id in staff_ids}
    for paper in rows.order_by("code", "-valid_until", "id"):
        found[paper.staff_id].append(shown_paper(paper, today))
    return found


def staff_list(
    actor: Actor,
    purpose: Purpose,
    *,
    today: date,
    text: str = "",
    kind: str = "",
    left: bool = False,
    after: str | None = None,
    size: int = 50,
) -> StaffList:
    """
    Return a page of `staff_found`, each with her papers.

    :raises NotAllowed: without `workforce.read`
    """
    page = staff_found(actor, purpose, today=today, text=text, kind=kind, left=left, after=after, size=size)
    papers = papers_of(actor, purpose, staff_ids=[one.id for one in page.items], today=today)
    return StaffList(
        items=[StaffShown(staff=one, papers=papers[one.id]) for one in page.items], next=page.next
    )


def changes_of_rows(actor: Actor, purpose: Purpose, *, rows: Sequence[StaffRow], today: date) -> Changes:
    """Return what the list would do to the staff, and do nothing: a dry run."""
    _check_may_read(actor)
    return changes_to(known_staff(actor), rows, today=today)


def wrong_rows_of(
    actor: Actor, purpose: Purpose, *, rows: Sequence[StaffRow], today: date
) -> dict[int, dict[str, Words]]:
    """Return, by number, the rows of the list that cannot be taken over beside what is known, and why."""
    _check_may_read(actor)
    return wrong_rows(known_staff(actor), rows, today=today)


def _check_may_read(actor: Actor) -> None:
    if not actor.may("workforce.read"):
        raise NotAllowed


def _masked(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else ("*" * len(phone))
