"""
Agreement and consent: which text was read, in which version, and what was answered. The texts are data
(`data/consents.json`).

Sources: PIPL art. 14-17, 29-30 (reference/clinical.md 6.1): informed, separate per purpose, as easy to withdraw
as to give, asked again when purpose, method or kind of data change; refusing what a service does not need
refuses no service.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.actors import NEEDS_CONSENT, Purpose
from anjia.kernel.errors import DomainError, Invalid


class ConsentState(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ASKED_AGAIN = "asked_again"  # given to a text that has changed in substance since
    NOT_ASKED = "not_asked"


class Way(StrEnum):
    """How an answer was given."""

    TAP = "tap"
    FINGER = "finger"  # signed on the screen
    PAPER = "paper"  # signed on paper, of which there is a photo


class SignedAs(StrEnum):
    SELF = "self"
    GUARDIAN = "guardian"


WAY_WORDS: Final = {Way.TAP: _("在手机上点的"), Way.FINGER: _("手指签名"), Way.PAPER: _("纸质签字")}
SIGNED_AS_WORDS: Final = {SignedAs.SELF: _("本人"), SignedAs.GUARDIAN: _("监护人")}
# What is asked: the agreement, which visits rest on, and one consent for each purpose that rests on it.
AGREEMENT: Final = Purpose.CONTRACT
ASKED: Final = (AGREEMENT, *sorted(NEEDS_CONSENT))
HOLDS_FOR: Final = timedelta(days=365)  # the agreement; its own text says so
RENEW_FROM: Final = timedelta(days=30)  # before its end
LARGEST_SIGNATURE: Final = 300 * 1024  # bytes
MOST_POINTS: Final = 20_000_000  # more than any screen has that a finger draws on
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

    @property
    def digest(self) -> str:
        """What is equal only for this very text, in both languages: it stands beside every answer and on every copy."""
        return _digest(self.title, self.text, self.title_en, self.text_en)

    def is_what_was_signed(self, digest: str) -> bool:
        """
        Say whether an answer that keeps this digest was given to this very text.

        The first answers keep that of the Chinese alone, or none at all: of those nothing else is known.
        """
        return digest in {self.digest, _digest(self.title, self.text), ""}

    def in_language(self, language: str | None) -> tuple[str, str]:
        return (self.title_en, self.text_en) if (language or "").startswith("en") else (self.title, self.text)


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


class ConsentMissing(DomainError):
    code = "residents.consent_missing"
    status = 403
    words = _("这份记录本人还没有同意给人看，或者已经收回了同意。可以请本人在“家人和我”里打开。")


class PaperMissing(Invalid):
    code = "residents.paper_missing"
    words = _("替她记“同意”，要有她签了字的同意书：拍一张照片一起交上来。收回同意不用纸。")


class SignatureMissing(Invalid):
    code = "residents.signature_missing"
    words = _("协议要签了名才算。请在框里用手指签上名字，再交一次。")


class WitnessMissing(Invalid):
    code = "residents.witness_missing"
    words = _("监护人代签，要写明监护人的姓名，还要写一位在场的见证人。")


class TextNotCurrent(DomainError):
    code = "residents.text_not_current"
    words = _("这份同意书已经有了新的条文。请重新打开，看过新的再选。")


class TextNotAsSigned(DomainError):
    code = "residents.text_not_as_signed"
    words = _("这一版条文和当时签的对不上，出不了副本。签名还在；请告诉管理员，查清楚条文是什么时候改的。")


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


def text_of(purpose: Purpose, version: int) -> ConsentText:
    """Return the text of that version, which somebody has answered to."""
    return next(text for text in consent_texts()[purpose] if text.version == version)


def points_of(png: bytes) -> int:
    """Return of how many points a PNG is, as it says in the beginning; none where it is no PNG."""
    if png[:16] != b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" or len(png) < 24:
        return 0
    width, height = struct.unpack_from(">II", png, 16)
    return int(width * height)


def check_signature(signature: bytes) -> None:
    """:raises SignatureMissing: if it is no picture that a finger could have drawn"""
    if len(signature) > LARGEST_SIGNATURE or not 0 < points_of(signature) <= MOST_POINTS:
        raise SignatureMissing(fields={"signature": SignatureMissing.words})


def check_signer(signed_as: SignedAs, signer: str, witness: str) -> None:
    """:raises WitnessMissing: if somebody signs for her, and nobody says who, or who has seen it"""
    if signed_as is SignedAs.GUARDIAN:
        wanting = {"signer": signer, "witness": witness}
        wrong = {name: WitnessMissing.words for name, said in wanting.items() if not said.strip()}
        if wrong:
            raise WitnessMissing(fields=wrong)


def least_version(purpose: Purpose) -> int:
    """Return the oldest version that consent may have been given to and still hold."""
    return max(text.version for text in consent_texts()[purpose] if text.is_material)


def ends_on(signed_on: date) -> date:
    """Return the first day on which an agreement signed then does not hold any more."""
    return signed_on + HOLDS_FOR


def may_renew(signed_on: date, today: date) -> bool:
    return today >= ends_on(signed_on) - RENEW_FROM


def state_of(purpose: Purpose, answered: str | None, version: int | None) -> ConsentState:
    """Return how it stands after the last answer, if there was one."""
    if answered is None or version is None:
        return ConsentState.NOT_ASKED
    state = ConsentState(answered)
    if state is ConsentState.GIVEN and version < least_version(purpose):
        return ConsentState.ASKED_AGAIN
    return state
