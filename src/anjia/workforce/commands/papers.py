"""Licences and certificates: entered by one with a scan, read beside it by a second."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anjia.clinical.professions import is_cover, needs_last_day
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.files import store
from anjia.kernel.work import command
from anjia.workforce.events import StaffChanged
from anjia.workforce.models import Qualification
from anjia.workforce.rules import (
    OwnPaper,
    SameReader,
    ScanChanged,
    ScanMissing,
    StaffInvalid,
    is_end_unknown,
)
from anjia.workforce.writing import (
    check_days,
    check_policy,
    staff_for_update,
    wait_for_caregivers,
    write_paper,
)


@command("workforce.change")
def add_qualification(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    code: str,
    number: str = "",
    issuer: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    scan: bytes = b"",
    content_type: str = "",
) -> Qualification:
    """
    Enter a licence, certificate or policy, with its scan if it is at hand. It counts once a second person has read it.

    :raises NotFound: if its holder does not work here
    :raises StaffInvalid: if there is no such paper, its days are in the wrong order, or a policy is wanting
    :raises FileNotKnown, FileTooLarge: if what was sent is no scan
    """
    staff = staff_for_update(actor, staff_id=staff_id)
    if is_cover(code):
        check_policy(number, issuer, valid_from, valid_until)
    stored = store(actor, now, content=scan, content_type=content_type) if scan else None
    paper = write_paper(
        actor,
        now,
        staff=staff,
        code=code,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        file_id=stored.id if stored else None,
    )
    fields = ["code", "number", "issuer", "valid_from", "valid_until"] + ["scan"] * bool(scan)
    audit.record("workforce.qualification.added", actor=actor, at=now, subject_id=staff.id, fields=fields)
    events.publish(StaffChanged(staff_id=staff.id, at=now), actor=actor)
    return paper


@command("workforce.change")
def attach_scan(
    actor: Actor, now: datetime, *, qualification_id: UUID, scan: bytes, content_type: str
) -> Qualification:
    """
    Add the scan of a paper that was entered without, or a better one. Who adds it has entered it: another reads it.

    :raises NotFound: if there is no such paper here
    :raises ScanMissing: if nothing was sent
    :raises FileNotKnown, FileTooLarge: if what was sent is no scan
    """
    if not scan:
        raise ScanMissing(fields={"scan": ScanMissing.words})
    wait_for_caregivers(*_papers(actor, qualification_id).values_list("staff_id", flat=True))
    paper = _paper_for_update(actor, qualification_id)
    paper.file_id = store(actor, now, content=scan, content_type=content_type).id
    paper.added_by, paper.added_at = actor.user_id, now
    paper.verified_by = paper.verified_at = None
    paper.save(update_fields=["file_id", "added_by", "added_at", "verified_by", "verified_at"])
    audit.record(
        "workforce.qualification.scanned", actor=actor, at=now, subject_id=paper.staff_id, fields=["scan"]
    )
    events.publish(StaffChanged(staff_id=paper.staff_id, at=now), actor=actor)
    return paper


@command("workforce.confirm")
def verify_qualification(
    actor: Actor,
    now: datetime,
    *,
    qualification_id: UUID,
    valid_until: date | None = None,
    scan_id: UUID | None = None,
) -> Qualification:
    """
    Say that the scan shows what was entered, and until when it holds if nobody knew. From now on it counts.

    `scan_id` is the scan that was read, where a page says which.

    :raises NotFound: if there is no such paper here
    :raises OwnPaper: if it is the actor's own
    :raises SameReader: if the actor has entered it, or its scan
    :raises ScanMissing: if there is nothing to read
    :raises ScanChanged: if by now another scan lies beside it than the one that was read
    :raises StaffInvalid: if the last day that it must have is missing
    """
    paper = _paper_for_update(actor, qualification_id)
    if actor.staff_id == paper.staff_id:
        raise OwnPaper
    if paper.is_verified and not is_end_unknown(paper):
        return paper
    if paper.file_id is None:
        raise ScanMissing
    if actor.user_id in {paper.entered_by, paper.added_by}:
        raise SameReader
    if scan_id and scan_id != paper.file_id:
        raise ScanChanged
    paper.valid_until = paper.valid_until or valid_until
    _check_last_day(paper.code, paper.valid_until)
    check_days(paper.valid_from, paper.valid_until)
    paper.verified_by, paper.verified_at = actor.user_id, now
    paper.save(update_fields=["valid_until", "verified_by", "verified_at"])
    audit.record(
        "workforce.qualification.verified",
        actor=actor,
        at=now,
        subject_id=paper.staff_id,
        fields=["verified_by"],
    )
    events.publish(StaffChanged(staff_id=paper.staff_id, at=now), actor=actor)
    return paper


@command("workforce.change")
def take_back_qualification(actor: Actor, now: datetime, *, qualification_id: UUID) -> Qualification:
    """
    Take back a paper that was entered by mistake, or has been revoked. The row stays, and counts no more. What she has
    promised by it needs somebody else: those above hear of it.

    :raises NotFound: if there is no such paper here
    """
    wait_for_caregivers(*_papers(actor, qualification_id).values_list("staff_id", flat=True))
    paper = _paper_for_update(actor, qualification_id)
    paper.taken_back_at = now
    paper.save(update_fields=["taken_back_at"])
    audit.record(
        "workforce.qualification.taken_back",
        actor=actor,
        at=now,
        subject_id=paper.staff_id,
        fields=["taken_back_at"],
    )
    events.publish(StaffChanged(staff_id=paper.staff_id, at=now), actor=actor)
    return paper


def _papers(actor: Actor, qualification_id: UUID) -> QuerySet[Qualification]:
    return Qualification.objects.filter(
        organization_id=actor.organization_id, id=qualification_id, taken_back_at=None
    )


def _paper_for_update(actor: Actor, qualification_id: UUID) -> Qualification:
    found = _papers(actor, qualification_id).select_for_update().first()
    if found is None:
        raise NotFound
    return found


def _check_last_day(code: str, valid_until: date | None) -> None:
    if valid_until is None and needs_last_day(code):
        raise StaffInvalid(fields={"valid_until": _("这种证有期限。请照原件写上到期日。")})
