"""Who may do what: kinds of caregivers, their ladders of titles, their licences, and special papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from anjia.clinical.tables import Source, source_of, table


class StaffKind(StrEnum):
    NURSE = "nurse"
    DOCTOR = "doctor"
    THERAPIST = "therapist"
    HEALTH_WORKER = "health_worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profession:
    kind: StaffKind
    name: str
    name_en: str
    licence: str  # code of the paper without which nobody of this kind may practise; "" where there is none
    ladder: tuple[str, ...]  # from the lowest title up
    titles_en: Mapping[str, str]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """
    A licence, certificate or insurance policy that a person may hold. `runs_out` says who lets it end, if the law does.
    """

    code: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    runs_out: Source | None
    is_cover: bool = False  # a policy: it names who insures her
    is_specialist: bool = False  # it makes a nurse one of a specialty


def profession_of(row: Mapping[str, Any]) -> Profession:
    return Profession(
        kind=StaffKind(row["kind"]),
        name=row["name"],
        name_en=row["name_en"],
        licence=row["licence"],
        ladder=tuple(rung["title"] for rung in row["ladder"]),
        titles_en={rung["title"]: rung["title_en"] for rung in row["ladder"]},
        source=source_of(row),
    )


def paper_of(row: Mapping[str, Any]) -> Paper:
    return Paper(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        aliases=tuple(row.get("aliases", ())),
        runs_out=source_of(row["runs_out"]) if "runs_out" in row else None,
        is_cover=row.get("is_cover", False),
        is_specialist=row.get("is_specialist", False),
    )


PROFESSIONS: Final[Mapping[StaffKind, Profession]] = {
    profession.kind: profession for profession in map(profession_of, table("professions")["kinds"])
}
PAPERS: Final[Mapping[str, Paper]] = {
    paper.code: paper for paper in map(paper_of, table("professions")["papers"])
}
SPECIALTIES: Final = tuple(code for code, paper in PAPERS.items() if paper.is_specialist)
# Ladders that rank; the health workers' titles are only names.
RANKED: Final = frozenset({StaffKind.NURSE, StaffKind.DOCTOR, StaffKind.THERAPIST})


def is_at_least(kind: str, title: str, lowest: str) -> bool:
    """Return whether the title stands at or above `lowest` on the ladder of this kind."""
    profession = PROFESSIONS[StaffKind(kind)]
    if profession.kind not in RANKED or lowest not in profession.ladder or title not in profession.ladder:
        return False
    return profession.ladder.index(title) >= profession.ladder.index(lowest)


def kind_of_title(title: str) -> StaffKind | None:
    """Return whose ladder the title is on."""
    return next((kind for kind, profession in PROFESSIONS.items() if title in profession.ladder), None)


def licence_of(kind: str) -> str:
    """Return the code of the paper that this kind may not practise without, or ""."""
    return PROFESSIONS[StaffKind(kind)].licence


def is_cover(code: str) -> bool:
    """Return whether it is a policy that insures her."""
    return code in PAPERS and PAPERS[code].is_cover


def needs_last_day(code: str) -> bool:
    """Return whether the law lets such a paper end: then one without a last day says nothing of when it holds."""
    return code in PAPERS and PAPERS[code].runs_out is not None


def paper_named(words: str, *, kind: str | None = None) -> str | None:
    """
    Return the code of the paper that people call so, or None.

    "执业证" is the licence of whatever kind its holder is.
    """
    said = plain(words)
    own = licence_of(kind) if kind else ""
    codes = sorted(PAPERS, key=lambda code: code != own)  # her own licence first
    return next((code for code in codes if said in names_of(PAPERS[code])), None)


def names_of(paper: Paper) -> set[str]:
    return {plain(name) for name in (paper.code, paper.name, paper.name_en, *paper.aliases)}


def plain(words: str) -> str:
    return "".join(words.split()).casefold()


def words_of_kind(kind: str, language: str = "zh") -> str:
    profession = PROFESSIONS[StaffKind(kind)]
    return profession.name_en if language == "en" else profession.name


def words_of_title(title: str, language: str = "zh") -> str:
    """Return the title as people of this language read it; the institution's own titles stay as they are."""
    kind = kind_of_title(title)
    return PROFESSIONS[kind].titles_en[title] if kind and language == "en" else title


def words_of_paper(code: str, language: str = "zh") -> str:
    paper = PAPERS.get(code)
    if paper is None:
        return code
    return paper.name_en if language == "en" else paper.name
