"""What a service asks of people and says of its sources, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.catalogue.models import ServiceVersion
from anjia.catalogue.rules import Evidence, Requires
from anjia.catalogue.rules.content import WORDS_OF_EVIDENCE
from anjia.clinical.measures import MEASURES
from anjia.clinical.professions import licence_of, words_of_kind, words_of_paper, words_of_title


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    title: str
    critical: bool
    evidence: str
    measures: str
    prompt: str


def asked_of_people(requires: Requires) -> Iterator[str]:
    """Yield what the service asks, one requirement a line."""
    language = (get_language() or "zh")[:2]
    yield _("由谁来做：{kinds}").format(
        kinds=_("、").join(words_of_kind(kind, language) for kind in requires.kinds)
    )
    for kind, title in requires.titles_at_least.items():
        yield _("{kind}：{title}或以上").format(
            kind=words_of_kind(kind, language), title=words_of_title(title, language)
        )
    if requires.min_years:
        yield _("临床满 {years} 年（含）").format(years=requires.min_years)
    if requires.licensed:
        licences = dict.fromkeys(filter(None, map(licence_of, requires.kinds)))
        yield _("当天有效：{papers}").format(
            papers=_("、").join(words_of_paper(code, language) for code in licences)
        )
    for code in requires.certificates:
        yield _("还要有：{paper}").format(paper=words_of_paper(code, language))


def steps_of(version: ServiceVersion) -> list[StepShown]:
    return [
        StepShown(
            title=step["title"],
            critical=step["critical"],
            evidence=str(WORDS_OF_EVIDENCE[Evidence(step["evidence"])]),
            measures=measures_of(step),
            prompt=step.get("prompt", ""),
        )
        for step in version.steps
    ]


def measures_of(step: dict[str, Any]) -> str:
    english = (get_language() or "zh")[:2] == "en"
    known = [MEASURES[code] for code in step["codes"] if code in MEASURES]
    return _("、").join(measure.name_en if english else measure.name for measure in known)


def asked_in_form(name: str, field: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return a field of a record form and what there is to choose, in the language of whoever looks."""
    english = (get_language() or "zh")[:2] == "en"
    choices = (field.get("labels_en") if english else None) or field.get("enum", ())
    return (field.get("title_en") if english else None) or field.get("title", name), list(choices)
