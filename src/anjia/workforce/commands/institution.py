"""Papers of the institution itself: entered by one with a scan, read beside it by a second, taken back."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.files import keep
from anjia.kernel.work import command
from anjia.workforce.events import InstitutionPaperChanged
from anjia.workforce.models import InstitutionPaper
from anjia.workforce.rules.institution import (
    InstitutionPaperInvalid,
    InstitutionSameReader,
    check_institution_paper,
)


@command("workforce.change")
def add_institution_paper(
    actor: Actor,
    now: datetime,
    *,
    kind: str,
    number: str,
    issuer: str,
    scope: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    scan: bytes = b"",
    content_type: str = "",
) -> InstitutionPaper:
    """
    Enter a paper of the institution, with its scan. It counts once a second person has read it.

    :raises InstitutionPaperInvalid: naming every field that is missing or wrong; a paper without its scan is none
    :raises FileNotKnown, FileTooLarge: if what was sent is no scan
    """
    number, issuer, scope = number.strip()[:60], issuer.strip()[:100], scope.strip()[:200]
    found = check_institution_paper(
        kind, number=number, issuer=issuer, scope=scope, valid_from=valid_from, valid_until=valid_until
    )
    if not scan:
        raise InstitutionPaperInvalid(fields={"scan": _("请拍下或扫描原件，一起交上来。")})
    paper = InstitutionPaper.objects.create(
        organization_id=actor.organization_id,
        kind=found.value,
        number=number,
        issuer=issuer,
        scope=scope,
        valid_from=valid_from,
        valid_until=valid_until,
        file_id=keep(actor, now, content=scan, content_type=content_type).id,
        added_by=actor.user_id,
        added_at=now,
    )
    fields = ["kind", "number", "issuer", "scope", "valid_from", "valid_until", "scan"]
    _tell(actor, now, paper, "added", fields)
    return paper


@command("workforce.confirm")
def verify_institution_paper(actor: Actor, now: datetime, *, paper_id: UUID) -> InstitutionPaper:
    """
    Say that the scan shows what was entered. From now on it counts. Twice is as once.

    :raises NotFound: if there is no such paper here
    :raises InstitutionSameReader: if the actor has entered it
    """
    paper = _paper_for_update(actor, paper_id)
    if paper.is_verified:
        return paper
    if paper.added_by == actor.user_id:
        raise InstitutionSameReader
    paper.verified_by, paper.verified_at = actor.user_id, now
    with refuse_if_broken({"institution_paper_second_reader": InstitutionSameReader}):
        paper.save(update_fields=["verified_by", "verified_at"])
    _tell(actor, now, paper, "verified", ["verified_by"])
    return paper


@command("workforce.change")
def take_back_institution_paper(actor: Actor, now: datetime, *, paper_id: UUID, why: str) -> InstitutionPaper:
    """
    Take back a paper that was entered by mistake, or has been revoked. The row stays, and counts no more.

    :raises NotFound: if there is no such paper here
    :raises InstitutionPaperInvalid: if she does not say why
    """
    if not why.strip():
        raise InstitutionPaperInvalid(fields={"why": _("请写为什么收回：登记错了，还是被吊销、注销了。")})
    paper = _paper_for_update(actor, paper_id)
    paper.taken_back_by, paper.taken_back_at, paper.taken_back_why = actor.user_id, now, why.strip()[:500]
    paper.save(update_fields=["taken_back_by", "taken_back_at", "taken_back_why"])
    _tell(actor, now, paper, "taken_back", ["taken_back_at", "taken_back_why"])
    return paper


def _paper_for_update(actor: Actor, paper_id: UUID) -> InstitutionPaper:
    rows = InstitutionPaper.objects.filter(
        organization_id=actor.organization_id, id=paper_id, taken_back_at=None
    )
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    return found


def _tell(actor: Actor, now: datetime, paper: InstitutionPaper, what: str, fields: list[str]) -> None:
    audit.record(
        f"workforce.institution_paper.{what}", actor=actor, at=now, subject_id=paper.id, fields=fields
    )
    events.publish(InstitutionPaperChanged(paper_id=paper.id, at=now), actor=actor)
