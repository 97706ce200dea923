"""One policy for many: entered with its scan and list, read by a second; people join and leave."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.files import keep
from anjia.kernel.work import command
from anjia.workforce.events import StaffChanged
from anjia.workforce.models import GroupPolicy, Qualification, StaffMember
from anjia.workforce.rules.listed import ListedRow, members_listed
from anjia.workforce.rules.policies import (
    CoveredAlready,
    ListChanged,
    Member,
    PolicyInvalid,
    PolicyOver,
    PolicyOwnCover,
    PolicySameReader,
    check_first_day,
    check_group_policy,
    check_how_many,
    mark_of,
    members_meant,
)
from anjia.workforce.writing import wait_for_caregivers

BROKEN: Final = {
    "group_policy_second_reader": PolicySameReader,
    "qualification_second_reader": PolicySameReader,
    "qualification_once_per_policy": CoveredAlready,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a policy covers: those named, those on a list, a station or the whole house as it is on a day."""

    staff_ids: frozenset[UUID] = frozenset()
    listed: str = ""
    rows: tuple[ListedRow, ...] = ()  # of a list that came as a file
    station_id: UUID | None = None
    everybody: bool = False


@command("workforce.change")
def add_group_policy(
    actor: Actor,
    now: datetime,
    *,
    code: str,
    number: str,
    issuer: str,
    valid_from: date | None,
    valid_until: date | None,
    whom: Whom,
    scan: bytes = b"",
    content_type: str = "",
) -> GroupPolicy:
    """
    Enter a policy with those whom it covers from its first day on. It counts once a second person has read it.

    :raises PolicyInvalid: naming every field that is missing or wrong, or the lines and rows of a list that mean nobody
    :raises NotFound: if one of those named does not work here
    :raises FileNotKnown, FileTooLarge: if what was sent is no scan
    """
    number, issuer = number.strip()[:60], issuer.strip()[:80]
    first, last = check_group_policy(
        code=code,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        has_scan=bool(scan),
    )
    people = _people(actor, whom, as_of=first)
    check_how_many({one.id for one in people})
    policy = GroupPolicy.objects.create(
        organization_id=actor.organization_id,
        code=code,
        number=number,
        issuer=issuer,
        valid_from=first,
        valid_until=last,
        file_id=keep(actor, now, content=scan, content_type=content_type).id,
        added_by=actor.user_id,
        added_at=now,
    )
    _cover(actor, now, policy, people, first)
    _tell(actor, now, policy, "added", [one.id for one in people])
    return policy


@command("workforce.change")
def cover_more(
    actor: Actor,
    now: datetime,
    *,
    policy_id: UUID,
    whom: Whom,
    first_day: date,
    scan: bytes = b"",
    content_type: str = "",
) -> GroupPolicy:
    """
    Add people to a policy from a day on, with the insurer's slip if there is one. Who is on it already stays as she is.

    :raises NotFound: if there is no such policy here, or one of those named does not work here
    :raises PolicyOver: if it was taken back
    :raises PolicyInvalid: if the day is not within it, nobody is meant, or a line or row of a list means nobody
    :raises CoveredAlready: if all of them are on it
    """
    policy = _policy_in_turn(actor, policy_id)
    check_first_day(first_day, valid_from=policy.valid_from, valid_until=policy.valid_until)
    meant = _people(actor, whom, as_of=first_day)
    check_how_many({one.id for one in meant})
    there = set(policy.covers.filter(taken_back_at=None).values_list("staff_id", flat=True))
    people = [one for one in meant if one.id not in there]
    if not people:
        raise CoveredAlready
    slip = keep(actor, now, content=scan, content_type=content_type).id if scan else policy.file_id
    _cover(actor, now, policy, people, first_day, file_id=slip)
    _tell(actor, now, policy, "widened", [one.id for one in people])
    return policy


@command("workforce.confirm")
def verify_group_policy(actor: Actor, now: datetime, *, policy_id: UUID, mark: str = "") -> GroupPolicy:
    """
    Say that the scan shows the policy and all whose cover waits. From now on these count.

    `mark` says whom the reader has seen on the list, where a page says so.

    :raises NotFound: if there is no such policy here
    :raises ListChanged: if by now others wait than those whom she has read
    :raises PolicyOver: if it was taken back
    :raises PolicySameReader: if the actor has entered it, or one of those who wait
    :raises PolicyOwnCover: if she is one of them
    """
    policy = _policy_in_turn(actor, policy_id)
    waiting = list(policy.covers.filter(taken_back_at=None, verified_at=None).select_for_update())
    if not waiting and policy.verified_at:
        return policy
    enterers = {one.added_by for one in waiting} | ({policy.added_by} if not policy.verified_at else set())
    if actor.user_id in enterers:
        raise PolicySameReader
    if actor.staff_id in {one.staff_id for one in waiting}:
        raise PolicyOwnCover
    if mark and mark != mark_of(one.id for one in waiting):
        raise ListChanged
    with refuse_if_broken(BROKEN):
        if not policy.verified_at:
            policy.verified_by, policy.verified_at = actor.user_id, now
            policy.save(update_fields=["verified_by", "verified_at"])
        Qualification.objects.filter(id__in=[one.id for one in waiting]).update(
            verified_by=actor.user_id, verified_at=now
        )
    _tell(actor, now, policy, "verified", [one.staff_id for one in waiting])
    return policy


@command("workforce.change")
def end_cover(
    actor: Actor, now: datetime, *, policy_id: UUID, staff_ids: Collection[UUID], last_day: date
) -> GroupPolicy:
    """
    Say that people are covered up to a day and no longer: who leaves, or is taken off the insurer's list.

    What they have promised after it needs somebody else: those above hear of it.

    :raises NotFound: if there is no such policy here, or one of them is not on it
    :raises PolicyOver: if it was taken back
    :raises PolicyInvalid: if nobody is named, or the day is after the policy's last
    """
    check_how_many(set(staff_ids))
    wait_for_caregivers(*staff_ids)
    policy = _policy_in_turn(actor, policy_id)
    if last_day > policy.valid_until:
        raise PolicyInvalid(fields={"last_day": _("不能晚于保单的到期日。")})
    rows = policy.covers.filter(taken_back_at=None, staff_id__in=set(staff_ids))
    covers = list(rows.select_for_update())
    if len(covers) != len(set(staff_ids)):
        raise NotFound
    for one in covers:
        if one.valid_from and last_day < one.valid_from:
            one.taken_back_at = now  # it never began
        else:
            one.valid_until = last_day
        one.save(update_fields=["taken_back_at", "valid_until"])
    _tell(actor, now, policy, "ended_for", [one.staff_id for one in covers])
    return policy


@command("workforce.change")
def take_back_group_policy(actor: Actor, now: datetime, *, policy_id: UUID, why: str) -> GroupPolicy:
    """
    Take back a policy that was entered by mistake, or cancelled, with all its covers. The rows stay, and count no more.

    :raises NotFound: if there is no such policy here
    :raises PolicyInvalid: if it is not said why
    :raises PolicyOver: if it was taken back
    """
    if not why.strip():
        raise PolicyInvalid(fields={"why": _("请写为什么收回：登记错了，还是退保了。")})
    known = Qualification.objects.filter(
        organization_id=actor.organization_id, policy_id=policy_id, taken_back_at=None
    )
    wait_for_caregivers(*known.values_list("staff_id", flat=True))
    policy = _policy_in_turn(actor, policy_id)
    policy.taken_back_by, policy.taken_back_at, policy.taken_back_why = actor.user_id, now, why.strip()[:500]
    policy.save(update_fields=["taken_back_by", "taken_back_at", "taken_back_why"])
    covers = list(policy.covers.filter(taken_back_at=None).select_for_update())
    policy.covers.filter(id__in=[one.id for one in covers]).update(taken_back_at=now)
    _tell(actor, now, policy, "taken_back", [one.staff_id for one in covers])
    return policy


def _policy_in_turn(actor: Actor, policy_id: UUID) -> GroupPolicy:
    wait_turn(f"policy/{policy_id}")
    rows = GroupPolicy.objects.filter(organization_id=actor.organization_id, id=policy_id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    if found.taken_back_at is not None:
        raise PolicyOver
    return found


def _people(actor: Actor, whom: Whom, *, as_of: date) -> list[StaffMember]:
    """Return whom it means, of those who work here on that day; who is named and has left is a stranger."""
    rows = StaffMember.objects.filter(organization_id=actor.organization_id)
    staff = {one.id: one for one in rows.filter(Q(left_on=None) | Q(left_on__gte=as_of))}
    if not whom.staff_ids <= staff.keys():
        raise NotFound
    members = [Member(id=one.id, name=one.name, number=one.number) for one in staff.values()]
    ids = whom.staff_ids | members_meant(whom.listed, members) | members_listed(whom.rows, members)
    if whom.everybody:
        ids |= staff.keys()
    if whom.station_id:
        ids |= {one.id for one in staff.values() if one.station_id == whom.station_id}
    return [staff[one] for one in sorted(ids)]


def _cover(
    actor: Actor,
    now: datetime,
    policy: GroupPolicy,
    people: Sequence[StaffMember],
    first_day: date,
    *,
    file_id: UUID | None = None,
) -> None:
    with refuse_if_broken(BROKEN):
        Qualification.objects.bulk_create(
            Qualification(
                organization_id=actor.organization_id,
                staff=one,
                code=policy.code,
                number=policy.number,
                issuer=policy.issuer,
                valid_from=first_day,
                valid_until=policy.valid_until
                if one.left_on is None
                else min(policy.valid_until, one.left_on),
                added_by=actor.user_id,
                added_at=now,
                file_id=file_id or policy.file_id,
                policy=policy,
            )
            for one in people
        )


def _tell(actor: Actor, now: datetime, policy: GroupPolicy, what: str, staff_ids: Sequence[UUID]) -> None:
    audit.record(f"workforce.policy.{what}", actor=actor, at=now, subject_id=policy.id, fields=["covers"])
    for staff_id in staff_ids:
        audit.record(
            f"workforce.policy.{what}", actor=actor, at=now, subject_id=staff_id, fields=["valid_until"]
        )
        events.publish(StaffChanged(staff_id=staff_id, at=now), actor=actor)
