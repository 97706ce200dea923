"""
Consent: which text was read, in which version, and what was answered. The texts are data (`data/consents.json`).

Sources: PIPL art. 14-17, 29-30 (reference/clinical.md 6.1): informed, separate per purpose, as easy to withdraw
as to give, asked again when purpose, method or kind of data change; refusing what a service does not need
refuses no service.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.actors import Purpose
from anjia.kernel.errors import DomainError, Invalid


class ConsentState(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ASKED_AGAIN = "asked_again"  # given to a text that has changed in substance since
    NOT_ASKED = "not_asked"


STATE_WORDS: Final = {
    ConsentState.GIVEN: _("同意了"),
    ConsentState.REFUSED: _("没有同意"),
    ConsentState.WITHDRAWN: _("收回了"),
    ConsentState.ASKED_AGAIN: _("条文改了，要重新问"),
    ConsentState.NOT_ASKED: _("还没有问"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """One version of what is read before answering. `is_material`: consent to an earlier one no longer holds."""

    purpose: Purpose
    version: int
    is_material: bool
    title: str
    text: str
    title_en: str
    text_en: str

    def in_language(self, language: str | None) -> tuple[str, str]:
        return (self.title_en, self.text_en) if (language or "").startswith("en") else (self.title, self.text)


class ConsentMissing(DomainError):
    code = "residents.consent_missing"
    status = 403
    words = _("这份记录本人还没有同意给人看，或者已经收回了同意。可以请本人在“家人和我”里打开。")


class PaperMissing(Invalid):
    code = "residents.paper_missing"
    words = _("替她记“同意”，要有她签了字的同意书：拍一张照片一起交上来。收回同意不用纸。")


class TextNotCurrent(DomainError):
    code = "residents.text_not_current"
    words = _("这份同意书已经有了新的条文。请重新打开，看过新的再选。")


@cache
def consent_texts() -> Mapping[Purpose, list[ConsentText]]:
    """Return every version of every text, the oldest first."""
    kept = json.loads(files("anjia.residents").joinpath("data/consents.json").read_text(encoding="utf-8"))
    return {
        Purpose(purpose): [
            ConsentText(
                purpose=Purpose(purpose),
                version=version["version"],
                is_material=version["is_material"],
                title=version["title"],
                text="\n".join(version["text"]),
                title_en=version["title_en"],
                text_en="\n".join(version["text_en"]),
            )
            for version in versions
        ]
        for purpose, versions in kept.items()
    }


def current_text(purpose: Purpose) -> ConsentText:
    return consent_texts()[purpose][-1]


def least_version(purpose: Purpose) -> int:
    """Return the oldest version that consent may have been given to and still hold."""
    return max(text.version for text in consent_texts()[purpose] if text.is_material)


def state_of(purpose: Purpose, answered: str | None, version: int | None) -> ConsentState:
    """Return how it stands after the last answer, if there was one."""
    if answered is None or version is None:
        return ConsentState.NOT_ASKED
    state = ConsentState(answered)
    if state is ConsentState.GIVEN and version < least_version(purpose):
        return ConsentState.ASKED_AGAIN
    return state
