"""What she signs, to be printed before; and what she has signed, as a copy to keep."""

from typing import Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.documents import Document, Heading, Part, Picture, Words, as_pdf
from anjia.identity.queries import get_organization
from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.residents.queries.family import Standing, consents_of
from anjia.residents.queries.people import get_resident
from anjia.residents.rules import (
    ASKED,
    SIGNED_AS_WORDS,
    STATE_WORDS,
    WAY_WORDS,
    SignedAs,
    TextNotAsSigned,
    current_text,
    text_of,
)

LINE: Final = "\n" + "_" * 40  # to be written on
PICTURES: Final = frozenset({"image/png", "image/jpeg"})


def copy_of_consent(actor: Actor, purpose: Purpose, *, resident_id: UUID, asked: str) -> bytes:
    """
    Return the text that she last answered, with her answer and her signature, as a PDF to keep.

    :raises NotAllowed: without `residents.consent`
    :raises NotFound: if nothing of the kind is asked, or she has not answered
    :raises TextNotAsSigned: if that version of the text has other words now than those that she answered
    """
    if not actor.may("residents.consent"):
        raise NotAllowed
    if asked not in {one.value for one in ASKED}:
        raise NotFound
    resident = get_resident(actor, purpose, resident_id=resident_id)
    standings = consents_of(actor, purpose, resident_id=resident_id)
    standing = next(one for one in standings if one.text.purpose == asked)
    if standing.text_version is None or standing.at is None:
        raise NotFound
    if actor.kind is not Kind.PERSON:
        access.note(actor, purpose, resident_ids=[resident_id], what="residents.paper")
    return as_pdf(_document(actor, purpose, name=resident.name, standing=standing))


def paper_to_sign(actor: Actor, purpose: Purpose, *, resident_id: UUID, asked: str) -> bytes:
    """
    Return the text of today for her, with lines for whoever signs at the desk, as a PDF to print.

    :raises NotAllowed: without `residents.consent`
    :raises NotFound: if nothing of the kind is asked, or she is a stranger
    """
    if not actor.may("residents.consent"):
        raise NotAllowed
    if asked not in {one.value for one in ASKED}:
        raise NotFound
    resident = get_resident(actor, purpose, resident_id=resident_id)
    text = current_text(next(one for one in ASKED if one.value == asked))
    title, words = text.in_language(get_language())
    lines = (_("本人签字或按手印"), _("监护人签的，监护人姓名和签字"), _("在场的见证人"), _("签字日期"))
    return as_pdf(
        Document(
            title=title,
            about=[_("第 {version} 版").format(version=text.version)],
            parts=[
                *(Words(words=line) for line in words.split("\n")),
                Heading(words=_("签署"), level=2),
                Words(name=_("居民"), words=resident.name),
                *_institution(actor, purpose),
                *(Words(name=line, words=LINE) for line in lines),
                Words(name=_("条文校验码（SHA-256）"), words=text.digest),
            ],
            language="en" if (get_language() or "").startswith("en") else "zh-CN",
        )
    )


def _document(actor: Actor, purpose: Purpose, *, name: str, standing: Standing) -> Document:
    assert standing.text_version is not None
    assert standing.at is not None
    text = text_of(standing.text.purpose, standing.text_version)
    if not text.is_what_was_signed(standing.digest):
        raise TextNotAsSigned
    title, words = text.in_language(get_language())
    facts: list[Part] = [
        Words(name=_("居民"), words=name),
        *_institution(actor, purpose),
        Words(name=_("回答"), words=str(STATE_WORDS[standing.state])),
        Words(name=_("时间"), words=f"{local(standing.at):%Y-%m-%d %H:%M}"),
        Words(name=_("方式"), words=str(WAY_WORDS[standing.way])),
    ]
    if standing.signed_as is SignedAs.GUARDIAN:
        guardian = str(SIGNED_AS_WORDS[SignedAs.GUARDIAN])
        facts.append(Words(name=_("签字人"), words=f"{standing.signer}（{guardian}）"))
    if standing.witness:
        facts.append(Words(name=_("见证人"), words=standing.witness))
    if standing.file_id is not None:
        kind, content = content_of(actor, purpose, file_id=standing.file_id)
        if kind in PICTURES:
            facts.append(
                Picture(
                    content=content,
                    words=_("签名"),
                    height_mm=40,
                    instead=_("签名的图打不开，原件另存在机构。"),
                )
            )
        else:
            facts.append(Words(words=_("签字的纸质件另存在机构。")))
    facts.append(Words(name=_("条文校验码（SHA-256）"), words=standing.digest or text.digest))
    return Document(
        title=title,
        about=[_("第 {version} 版").format(version=text.version)],
        parts=[*(Words(words=line) for line in words.split("\n")), Heading(words=_("签署"), level=2), *facts],
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
    )


def _institution(actor: Actor, purpose: Purpose) -> list[Part]:
    """Return whom she has it with: the text itself names no one."""
    try:
        house = get_organization(actor, purpose, organization_id=actor.organization_id)
    except NotFound:
        return []
    return [Words(name=_("机构"), words=f"{house.name} {house.phone or house.duty_phone}".strip())]
