"""Policies that cover many: which there are, whom each covers from when to when, and who has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, Value

from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.kernel.paging import Page, page_of
from anjia.workforce.models import GroupPolicy, Qualification, StaffMember
from anjia.workforce.papershowing import PaperShown, shown_paper
from anjia.workforce.rules.policies import mark_of

MOST_WITHOUT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    policy: GroupPolicy
    covered: int  # counts on the day
    waiting: int  # for a second reader
    ended: int
    mark: str  # of who waits: what a reader has seen


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverLine:
    staff_id: UUID
    name: str
    number: str
    shown: PaperShown
    is_taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPage:
    line: PolicyLine
    covers: Page[CoverLine]
    without: Sequence[StaffMember]  # who works here and has no policy of this kind on the day
    names: Mapping[UUID, str]


def group_policies(
    actor: Actor, purpose: Purpose, *, today: date, after: str | None = None, size: int = 30
) -> Page[PolicyLine]:
    """
    Return the institution's policies for many, the latest entered first.

    :raises NotAllowed: without `workforce.read`
    """
    _check_may_read(actor)
    rows = GroupPolicy.objects.filter(organization_id=actor.organization_id)
    page = page_of(rows, order=("-added_at", "-id"), after=after, size=size)
    return Page(_lines(page.items, today), page.next)


def group_policy_page(
    actor: Actor,
    purpose: Purpose,
    *,
    policy_id: UUID,
    today: date,
    after: str | None = None,
    size: int = 50,
) -> PolicyPage:
    """
    Return a policy with those whom it covers, and who works here without one of its kind.

    :raises NotAllowed: without `workforce.read`
    :raises NotFound: if there is no such policy here
    """
    _check_may_read(actor)
    policy = GroupPolicy.objects.filter(organization_id=actor.organization_id, id=policy_id).first()
    if policy is None:
        raise NotFound
    rows = Qualification.objects.filter(policy=policy).select_related("staff").defer("number")
    page = page_of(rows, order=("added_at", "id"), after=after, size=size)
    covers = [
        CoverLine(
            staff_id=one.staff_id,
            name=one.staff.name,
            number=one.staff.number,
            shown=shown_paper(one, today),
            is_taken_back=one.taken_back_at is not None,
        )
        for one in page.items
    ]
    who = {policy.added_by, policy.verified_by, policy.taken_back_by}
    return PolicyPage(
        line=_lines([policy], today)[0],
        covers=Page(covers, page.next),
        without=_without(actor, policy.code, today),
        names=account_names(actor, purpose, account_ids={one for one in who if one}),
    )


def scan_of_policy(actor: Actor, purpose: Purpose, *, policy_id: UUID) -> tuple[str, bytes]:
    """
    Return the scan's content type and bytes.

    :raises NotAllowed: without `workforce.read`
    :raises NotFound: if there is no such policy here
    """
    _check_may_read(actor)
    rows = GroupPolicy.objects.filter(organization_id=actor.organization_id, id=policy_id)
    file_id = rows.values_list("file_id", flat=True).first()
    if file_id is None:
        raise NotFound
    return content_of(actor, purpose, file_id=file_id)


def _lines(policies: Sequence[GroupPolicy], today: date) -> list[PolicyLine]:
    live = Q(taken_back_at=None)
    holds = live & Q(verified_at__isnull=False, valid_from__lte=today, valid_until__gte=today)
    counted = (
        Qualification.objects.filter(policy__in=[one.id for one in policies])
        .values("policy_id")
        .annotate(
            covered=Count("id", filter=holds),
            waiting=ArrayAgg("id", filter=live & Q(verified_at=None), default=Value([])),
            ended=Count("id", filter=~live | Q(valid_until__lt=today)),
        )
        .order_by()
    )
    found = {row["policy_id"]: (row["covered"], row["waiting"], row["ended"]) for row in counted}
    lines = []
    for one in policies:
        covered, waiting, ended = found.get(one.id, (0, [], 0))
        line = PolicyLine(
            policy=one, covered=covered, waiting=len(waiting), ended=ended, mark=mark_of(waiting)
        )
        lines.append(line)
    return lines


def _without(actor: Actor, code: str, today: date) -> list[StaffMember]:
    covered = Qualification.objects.filter(
        staff=OuterRef("pk"),
        code=code,
        taken_back_at=None,
        valid_until__gte=today,
    )
    rows = StaffMember.objects.filter(
        Q(left_on=None) | Q(left_on__gte=today), organization_id=actor.organization_id
    ).filter(~Exists(covered))
    return list(rows.order_by("pinyin", "id")[:MOST_WITHOUT])


def _check_may_read(actor: Actor) -> None:
    if not actor.may("workforce.read"):
        raise NotAllowed
