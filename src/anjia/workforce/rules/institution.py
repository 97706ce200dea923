"""
What an institution itself must hold before it may send somebody: its licence, the ground of its home care, cover.

As with papers of staff: entered by one with its scan, read by a second, inclusive of its last day. Which legal line
asks for which is data (`catalogue/data/gates.json`).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.kernel.errors import Invalid, NotAllowed, Words
from anjia.workforce.rules.papers import WARN_DAYS, PaperState


class InstitutionPaperKind(StrEnum):
    LICENCE = "institution_licence"
    HOME_CARE = "home_care_ground"
    LIABILITY = "liability_insurance"


WORDS_OF_INSTITUTION_PAPER: Final[Mapping[InstitutionPaperKind, Words]] = {
    InstitutionPaperKind.LICENCE: gettext_lazy("医疗机构执业许可证"),
    InstitutionPaperKind.HOME_CARE: gettext_lazy("已开展居家护理的依据"),
    InstitutionPaperKind.LIABILITY: gettext_lazy("机构的医疗责任险"),
}
# What of it has to be entered, beside its number and its scan.
WITH_LAST_DAY: Final = frozenset({InstitutionPaperKind.LICENCE, InstitutionPaperKind.LIABILITY})
WITH_FIRST_DAY: Final = frozenset({InstitutionPaperKind.LIABILITY})
WITH_SCOPE: Final = frozenset({InstitutionPaperKind.HOME_CARE})
LONGEST_TEXT: Final = 100


class InstitutionPaperInvalid(Invalid):
    code = "workforce.institution_paper_invalid"
    words = gettext_lazy("机构证照有几处没有填对，改好再交。")


class InstitutionSameReader(NotAllowed):
    code = "workforce.institution_same_reader"
    words = gettext_lazy("这张证照是您登记的，要由另一位同事对着扫描件再核一遍。")


class InstitutionPaper(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def is_verified(self) -> bool: ...


def check_institution_paper(
    kind: str, *, number: str, issuer: str, scope: str, valid_from: date | None, valid_until: date | None
) -> InstitutionPaperKind:
    """:raises InstitutionPaperInvalid: naming every field that is missing or wrong"""
    if kind not in tuple(InstitutionPaperKind):
        raise InstitutionPaperInvalid(fields={"kind": _("请选是哪一种证照。")})
    found = InstitutionPaperKind(kind)
    must = {"number": number, "issuer": issuer} | ({"scope": scope} if found in WITH_SCOPE else {})
    wrong: dict[str, Words] = {name: _("请照原件填写。") for name, said in must.items() if not said.strip()}
    if found in WITH_FIRST_DAY and valid_from is None:
        wrong["valid_from"] = _("请照保单写从哪天起。")
    if found in WITH_LAST_DAY and valid_until is None:
        wrong["valid_until"] = _("这种证照有期限。请照原件写上到期日。")
    if valid_from and valid_until and valid_until < valid_from:
        wrong["valid_until"] = _("到期日在开始日之前，请对着原件看看。")
    if wrong:
        raise InstitutionPaperInvalid(fields=wrong)
    return found


def state_of_institution_paper(paper: InstitutionPaper, on: date) -> PaperState:
    """Return what to make of it on that day. One that has lapsed need not be read by a second any more."""
    if paper.valid_until is not None and paper.valid_until < on:
        return PaperState.LAPSED
    if not paper.is_verified:
        return PaperState.UNVERIFIED
    if paper.valid_from is not None and paper.valid_from > on:
        return PaperState.NOT_YET
    if paper.valid_until is not None and paper.valid_until - on <= timedelta(days=WARN_DAYS):
        return PaperState.LAPSING
    return PaperState.VALID


HOLDS: Final = frozenset({PaperState.VALID, PaperState.LAPSING})
# If none holds: which of them to speak of, the nearest to holding first.
SPOKEN_OF: Final = (PaperState.UNVERIFIED, PaperState.NOT_YET, PaperState.LAPSED)


def why_institution_may_not(papers: Iterable[InstitutionPaper], kind: InstitutionPaperKind, on: date) -> str:
    """Return why the institution may not send anybody on that day, for want of this paper; nothing if it may."""
    states = [(state_of_institution_paper(one, on), one) for one in papers if one.kind == kind]
    if any(state in HOLDS for state, _paper in states):
        return ""
    name = str(WORDS_OF_INSTITUTION_PAPER[kind])
    for state in SPOKEN_OF:
        of_state = [paper for found, paper in states if found is state]
        if of_state:
            return _said(state, name, of_state)
    return _("本机构还没有登记{paper}。").format(paper=name)


def _said(state: PaperState, name: str, papers: list[InstitutionPaper]) -> str:
    if state is PaperState.UNVERIFIED:
        return _("{paper}登记了，还没有第二个人对着扫描件核过。").format(paper=name)
    if state is PaperState.NOT_YET:
        first = min(paper.valid_from for paper in papers if paper.valid_from)
        return _("{paper}要到 {day} 才开始有效。").format(paper=name, day=f"{first:%Y-%m-%d}")
    last = max(paper.valid_until for paper in papers if paper.valid_until)
    return _("{paper}只到 {day}，那天已经过期。").format(paper=name, day=f"{last:%Y-%m-%d}")
