"""What comes from enrolment's forms, as commands take it. What cannot be read is said beside its field."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from anjia.enrolment.rules import Answer, Basis, Finding, ProgrammeInvalid, criteria

Said = Mapping[str, str]


def text(said: Said, name: str, *, longest: int = 200) -> str:
    return said.get(name, "").strip()[:longest]


def whole(said: Said, name: str) -> int:
    """:raises ProgrammeInvalid: if it is no whole number"""
    written = text(said, name, longest=8)
    if not written.isascii() or not written.isdigit():
        raise ProgrammeInvalid(fields={name: _("请填一个整数。")})
    return int(written)


def day_or_none(said: Said, name: str) -> date | None:
    """:raises ProgrammeInvalid: if it is no day that anybody can mean"""
    written = text(said, name)
    try:
        found = date.fromisoformat(written) if written else None
    except ValueError:
        raise ProgrammeInvalid(fields={name: _("日期写成 2026-03-02 这样。")}) from None
    if found is not None and not 1900 <= found.year <= 2200:
        raise ProgrammeInvalid(fields={name: _("日期写成 2026-03-02 这样。")})
    return found


def day(said: Said, name: str) -> date:
    """:raises ProgrammeInvalid: without a day"""
    found = day_or_none(said, name)
    if found is None:
        raise ProgrammeInvalid(fields={name: _("请选日期。")})
    return found


def findings(said: Said) -> list[Finding]:
    """Return what was written of each criterion that was answered; what was left out is said by the command."""
    found = []
    for criterion in criteria():
        answer, basis = said.get(f"answer-{criterion.code}", ""), said.get(f"basis-{criterion.code}", "")
        if answer not in tuple(Answer):
            continue
        found.append(
            Finding(
                criterion=criterion.code,
                answer=Answer(answer),
                found=text(said, f"found-{criterion.code}", longest=500),
                basis=Basis(basis) if basis in tuple(Basis) else Basis.SEEN,
                evidence=text(said, f"evidence-{criterion.code}", longest=300),
            )
        )
    return found
