"""Papers of the institution itself: what counts for the legal gates, what is shown, what runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.kernel.paging import Page, page_of
from anjia.kernel.prepared import Prepared
from anjia.workforce.models import InstitutionPaper
from anjia.workforce.rules.institution import (
    HOLDS,
    InstitutionPaperKind,
    state_of_institution_paper,
)
from anjia.workforce.rules.papers import TONE_OF_PAPER_STATE, WARN_DAYS, WORDS_OF_PAPER_STATE, PaperState

# What a gate asks at each booking: no number, no scan.
HELD: Final = Prepared(
    lambda asked: (
        InstitutionPaper.objects.filter(organization_id=asked.house, taken_back_at=None)
        .defer("number", "taken_back_why", "scope")
        .order_by("kind", "id")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionPaperShown:
    paper: InstitutionPaper
    state: PaperState
    words: str
    tone: str
    added_by: str
    verified_by: str
    days_left: int | None


def institution_papers_held(actor: Actor, purpose: Purpose) -> list[InstitutionPaper]:
    """Return what the institution holds, confirmed or not: whoever books is told what is wanting."""
    return HELD.rows(house=actor.organization_id)


def institution_papers(
    actor: Actor, purpose: Purpose, *, today: date, after: str | None = None, size: int = 50
) -> Page[InstitutionPaperShown]:
    """
    Return the institution's papers, those taken back too, the latest entered first.

    :raises NotAllowed: without `workforce.read`
    """
    _check_may_read(actor)
    rows = InstitutionPaper.objects.filter(organization_id=actor.organization_id)
    page = page_of(rows, order=("-added_at", "-id"), after=after, size=size)
    return Page(_shown(actor, purpose, page.items, today), page.next)


def institution_papers_lapsing(
    actor: Actor, purpose: Purpose, *, today: date, within_days: int = WARN_DAYS
) -> list[InstitutionPaperShown]:
    """
    Return, of each kind, the paper that runs out last, if that is within so many days or was before: the worst first.

    :raises NotAllowed: without `workforce.read`
    """
    _check_may_read(actor)
    found: dict[str, InstitutionPaper] = {}
    for paper in institution_papers_held(actor, purpose):
        known = found.get(paper.kind)
        if paper.is_verified and (known is None or _end(paper) > _end(known)):
            found[paper.kind] = paper
    late = [paper for paper in found.values() if (_end(paper) - today).days <= within_days]
    return _shown(actor, purpose, sorted(late, key=_end), today)


def scan_of_institution_paper(actor: Actor, purpose: Purpose, *, paper_id: UUID) -> tuple[str, bytes]:
    """
    Return the scan's content type and bytes.

    :raises NotAllowed: without `workforce.read`
    :raises NotFound: if there is no such paper here
    """
    _check_may_read(actor)
    rows = InstitutionPaper.objects.filter(organization_id=actor.organization_id, id=paper_id)
    file_id = rows.values_list("file_id", flat=True).first()
    if file_id is None:
        raise NotFound
    return content_of(actor, purpose, file_id=file_id)


def kinds_wanting(actor: Actor, purpose: Purpose, *, on: date) -> list[InstitutionPaperKind]:
    """Return the kinds of which the institution holds none that counts on that day."""
    states = {
        (paper.kind, state_of_institution_paper(paper, on))
        for paper in institution_papers_held(actor, purpose)
    }
    return [kind for kind in InstitutionPaperKind if not any((kind.value, one) in states for one in HOLDS)]


def _shown(
    actor: Actor, purpose: Purpose, papers: Sequence[InstitutionPaper], today: date
) -> list[InstitutionPaperShown]:
    accounts = {one for paper in papers for one in (paper.added_by, paper.verified_by) if one}
    names = account_names(actor, purpose, account_ids=accounts)
    found = []
    for paper in papers:
        state = state_of_institution_paper(paper, today)
        found.append(
            InstitutionPaperShown(
                paper=paper,
                state=state,
                words=str(WORDS_OF_PAPER_STATE[state]),
                tone=TONE_OF_PAPER_STATE[state],
                added_by=names.get(paper.added_by, ""),
                verified_by=names.get(paper.verified_by, "") if paper.verified_by else "",
                days_left=(paper.valid_until - today).days if paper.valid_until else None,
            )
        )
    return found


def _end(paper: InstitutionPaper) -> date:
    return paper.valid_until or date.max


def _check_may_read(actor: Actor) -> None:
    if not actor.may("workforce.read"):
        raise NotAllowed
