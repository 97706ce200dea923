"""Who may act for whom, and what was consented to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from anjia.kernel import access
from anjia.kernel.actors import NEEDS_CONSENT, Actor, Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.encryption import blind
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.kernel.prepared import Prepared
from anjia.residents.models import ActivationSlip, Consent, Grant, NumberChange
from anjia.residents.queries.people import get_resident
from anjia.residents.rules import (
    AGREEMENT,
    ASKED,
    DECIDES,
    ConsentMissing,
    ConsentState,
    ConsentText,
    OnlySheDecides,
    Relation,
    SignedAs,
    Way,
    current_text,
    digits_of,
    ends_on,
    may_renew,
    state_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Somebody whom an account may act for, in the name of which organization, as what, and how far."""

    resident_id: UUID
    organization_id: UUID
    relation: str
    allows: tuple[str, ...]
    name: str = ""  # who comes in needs none

    @classmethod
    def of(cls, resident_id: str, organization_id: str, relation: str, allows: list[str]) -> "Acting":
        """Return what `residents_people_of` says of one."""
        return cls(
            resident_id=UUID(resident_id),
            organization_id=UUID(organization_id),
            relation=relation,
            allows=tuple(allows),
        )


PEOPLE_OF_ACCOUNT: Final = Prepared(
    lambda asked: (
        Grant.objects.filter(account_id=asked.account_id)
        .live(asked.now)
        .own_first()
        .values_list("resident_id", "organization_id", "relation", "allows", "resident__name")
    )
)


def people_of_account(actor: Actor, purpose: Purpose, *, account_id: UUID, now: datetime) -> list[Acting]:
    """Return whom the account may act for, herself first. Who comes in is asked by `residents_people_of`, the same."""
    found = PEOPLE_OF_ACCOUNT.tuples(account_id=account_id, now=now)
    return [
        Acting(
            resident_id=resident_id,
            organization_id=organization_id,
            relation=relation,
            allows=tuple(allows),
            name=name,
        )
        for resident_id, organization_id, relation, allows, name in found
    ]


def accounts_of_resident(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> list[Grant]:
    """Return the grants of those who may act for her now, her own account's first."""
    if not actor.sees(resident_id):
        return []
    rows = Grant.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    return list(rows.live(now).own_first())


def grants_of(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> list[Grant]:
    """
    Return who may act for her, those included whose paper still wants a second pair of eyes; her own account first.

    :raises NotFound: if the actor has no business with her
    """
    get_resident(actor, purpose, resident_id=resident_id)
    rows = Grant.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, withdrawn_at=None
    ).own_first()
    return [row for row in rows if row.valid_until is None or row.valid_until > now]


def numbers_asked(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> dict[UUID, NumberChange]:
    """
    Return the new numbers that wait for a second pair of eyes, by the account that they are for.

    :raises NotFound: if the actor has no business with her
    """
    get_resident(actor, purpose, resident_id=resident_id)
    rows = NumberChange.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, closed_at=None
    )
    return {row.account_id: row for row in rows}


def deciding_grant(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> Grant | None:
    """Return the grant by which a person decides for the resident: her own, or her guardian's."""
    rows = Grant.objects.filter(resident=resident_id, account_id=actor.user_id, relation__in=DECIDES)
    return rows.live(now).own_first().first()


def check_decides(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> None:
    """
    Staff act on her signed paper; of persons only she herself and her guardian decide who may see her.

    :raises OnlySheDecides: for everybody else
    """
    if actor.kind is not Kind.PERSON:
        return
    if deciding_grant(actor, purpose, resident_id=resident_id, now=now) is None:
        raise OnlySheDecides


def is_herself(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> bool:
    """Say whether the actor is the resident herself, and not somebody who acts for her."""
    rows = Grant.objects.filter(resident=resident_id, account_id=actor.user_id, relation=Relation.SELF.value)
    return actor.kind is Kind.PERSON and rows.live(now).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with one purpose: the text she would read now, and what was answered last."""

    text: ConsentText
    state: ConsentState
    text_version: int | None  # of the last answer
    at: datetime | None
    file_id: UUID | None  # the signature, or the photo of the paper, where the last answer came with one
    way: Way = Way.TAP
    signed_as: SignedAs = SignedAs.SELF
    digest: str = ""  # of the text that was answered
    signer: str = ""
    witness: str = ""

    @property
    def ends_on(self) -> date | None:
        """The first day on which the agreement that she has given does not hold any more; consents have no end."""
        is_dated = self.text.purpose is AGREEMENT and self.state is ConsentState.GIVEN
        return ends_on(day_of(self.at)) if is_dated and self.at is not None else None

    def may_sign(self, today: date) -> bool:
        """Say whether there is anything to sign: no yes so far, or an agreement in its last month or over."""
        if self.state is not ConsentState.GIVEN:
            return True
        return self.ends_on is not None and self.at is not None and may_renew(day_of(self.at), today)

    @staticmethod
    def of(asked: Purpose, answer: Consent | None) -> "Standing":
        text, state = current_text(asked), state_of(asked, *_said(answer))
        if answer is None:
            return Standing(text=text, state=state, text_version=None, at=None, file_id=None)
        return Standing(
            text=text,
            state=state,
            text_version=answer.text_version,
            at=answer.answered_at,
            file_id=answer.file_id,
            way=Way(answer.way),
            signed_as=SignedAs(answer.signed_as),
            digest=answer.text_digest,
            **(answer.people or {}),
        )


def consents_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> list[Standing]:
    """
    Return how it stands with the agreement, and with every purpose that rests on consent.

    :raises NotFound: if the actor has no business with her
    """
    get_resident(actor, purpose, resident_id=resident_id)
    last = _last_answers(actor, resident_id)
    return [Standing.of(asked, last.get(asked.value)) for asked in ASKED]


AGREED: Final = Prepared(
    lambda asked: (
        Consent.objects.filter(
            organization_id=asked.house, resident__any_of=asked.resident_ids, purpose=AGREEMENT.value
        )
        .order_by("resident", "-answered_at", "-id")
        .distinct("resident")
    )
)


def agreement_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> Standing:
    """
    Return how it stands with her agreement.

    :raises NotFound: if the actor has no business with her
    """
    return agreements_of(actor, purpose, resident_ids=[resident_id])[resident_id]


def agreements_of(actor: Actor, purpose: Purpose, *, resident_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """
    Return of each how it stands with her agreement. One question for any number.

    :raises NotFound: if the actor has no business with one of them
    """
    if not all(map(actor.sees, resident_ids)):
        raise NotFound
    rows = AGREED.rows(house=actor.organization_id, resident_ids=list(resident_ids))
    answers = {row.resident_id: row for row in rows}
    return {one: Standing.of(AGREEMENT, answers.get(one)) for one in resident_ids}


def has_consent(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> bool:
    """Tell whether reading for this purpose is lawful: it needs no consent, or she has given it and not taken back."""
    if purpose not in NEEDS_CONSENT:
        return True
    last = _last_answers(actor, resident_id).get(purpose.value)
    return state_of(purpose, *_said(last)) is ConsentState.GIVEN


def check_consent(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> None:
    """:raises ConsentMissing: if the purpose needs consent, and she has not given it or has taken it back"""
    if not has_consent(actor, purpose, resident_id=resident_id):
        raise ConsentMissing


def paper_of(actor: Actor, purpose: Purpose, *, resident_id: UUID, grant_id: UUID) -> tuple[str, bytes]:
    """
    Return content type and bytes of the photo of a grant's paper.

    :raises NotAllowed: without `residents.grant`
    :raises NotFound: if there is no such grant, or it has no paper
    """
    if not actor.may("residents.grant"):
        raise NotAllowed
    get_resident(actor, purpose, resident_id=resident_id)
    grant = Grant.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, id=grant_id, file_id__isnull=False
    ).first()
    if grant is None or grant.file_id is None:
        raise NotFound
    access.note(actor, purpose, resident_ids=[resident_id], what="residents.paper")
    return content_of(actor, purpose, file_id=grant.file_id)


def number_paper(actor: Actor, purpose: Purpose, *, resident_id: UUID, change_id: UUID) -> tuple[str, bytes]:
    """
    Return content type and bytes of the photo of what was signed for another number.

    :raises NotAllowed: without `residents.grant`
    :raises NotFound: if there is no such change
    """
    if not actor.may("residents.grant"):
        raise NotAllowed
    get_resident(actor, purpose, resident_id=resident_id)
    change = NumberChange.objects.filter(
        organization_id=actor.organization_id, resident=resident_id, id=change_id
    ).first()
    if change is None:
        raise NotFound
    access.note(actor, purpose, resident_ids=[resident_id], what="residents.paper")
    return content_of(actor, purpose, file_id=change.file_id)


def signed_consent(actor: Actor, purpose: Purpose, *, resident_id: UUID, asked: str) -> tuple[str, bytes]:
    """
    Return content type and bytes of the photo of her last answer to what is `asked`.

    :raises NotAllowed: without `residents.consent`
    :raises NotFound: if she has not answered, or not on paper
    """
    if not actor.may("residents.consent"):
        raise NotAllowed
    get_resident(actor, purpose, resident_id=resident_id)
    answer = _last_answers(actor, resident_id).get(asked)
    if answer is None or answer.file_id is None:
        raise NotFound
    access.note(actor, purpose, resident_ids=[resident_id], what="residents.paper")
    return content_of(actor, purpose, file_id=answer.file_id)


def slips_made(actor: Actor, purpose: Purpose, *, made_at: datetime) -> list[ActivationSlip]:
    """Return the slips that the actor made at that time and nobody has used, to be printed (again)."""
    rows = ActivationSlip.objects.filter(
        organization_id=actor.organization_id, made_by=actor.user_id, made_at=made_at, used_at=None
    )
    slips = sorted(rows.select_related("resident"), key=lambda slip: (slip.resident.pinyin, slip.id))
    access.note(actor, purpose, resident_ids=[slip.resident_id for slip in slips], what="residents.slip")
    return slips


def organization_of_slip(actor: Actor, purpose: Purpose, *, code: str) -> UUID | None:
    """Return whose slip this is, for the system that has to act in its name; None if nobody's."""
    rows = ActivationSlip.objects.filter(code_index=blind("slip", digits_of(code)))
    return rows.values_list("organization_id", flat=True).first()


def _last_answers(actor: Actor, resident_id: UUID) -> dict[str, Consent]:
    rows = Consent.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    rows = rows.order_by("purpose", "-answered_at", "-id").distinct("purpose")
    return {row.purpose: row for row in rows}


def _said(answer: Consent | None) -> tuple[str | None, int | None]:
    return (answer.state, answer.text_version) if answer else (None, None)
