"""Saying yes, saying no, and taking a yes back. Each answer is a row, and bites at the next unit of work."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import Invalid, NotFound
from anjia.kernel.files import get_stored, keep, store
from anjia.kernel.work import command
from anjia.residents.events import ConsentGiven, ConsentWithdrawn
from anjia.residents.models import Consent
from anjia.residents.queries import Standing, check_decides, consents_of, deciding_grant, get_resident
from anjia.residents.rules import (
    AGREEMENT,
    ASKED,
    ConsentState,
    PaperMissing,
    Relation,
    SignatureMissing,
    SignedAs,
    TextNotCurrent,
    Way,
    check_signature,
    check_signer,
    current_text,
    may_renew,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How an answer came: by whom, on what, and who was there."""

    way: Way = Way.TAP
    signed_as: SignedAs = SignedAs.SELF
    file_id: UUID | None = None
    signer: str = ""
    witness: str = ""


@command("residents.consent")
def give_consent(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    purpose: str,
    text_version: int,
    agrees: bool = True,
    file_id: UUID | None = None,
    signature: bytes = b"",
    signed_as: str = SignedAs.SELF.value,
    signer: str = "",
    witness: str = "",
) -> Standing:
    """
    Write down her answer to the text that she has read: yes, or no. No to one purpose refuses no other thing.

    A yes that staff write down is the one that she has signed: `file_id` is the photo of that paper, and says who has
    signed it. A person who agrees to be visited signs with her finger; to the consents a tap is enough. Who signs on a
    phone may name a witness: of a guardian two members of staff have read the paper already.

    :raises NotFound: if the actor has no business with her, or there is no such photo of hers
    :raises OnlySheDecides: if the actor is family only
    :raises PaperMissing: if staff would say yes for her
    :raises Invalid: if nothing is asked for this purpose
    :raises SignatureMissing: if a person agrees to be visited, and does not sign
    :raises WitnessMissing: if somebody has signed for her, and nobody says who, or who was there
    :raises TextNotCurrent: if she has read an old text
    """
    asked = _asked(purpose)
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    check_decides(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
    if file_id is not None:
        _check_paper(actor, file_id, resident_id)
    elif agrees and actor.kind is Kind.STAFF:
        raise PaperMissing
    if text_version != current_text(asked).version:
        raise TextNotCurrent
    _wait(resident_id, asked)
    before = _standing(actor, asked, resident_id)
    state = ConsentState.GIVEN if agrees else _no_after(before.state)
    how = How(way=Way.PAPER if file_id else Way.TAP, signed_as=SignedAs(signed_as), file_id=file_id)
    if actor.kind is Kind.PERSON:
        how = _by_herself(actor, now, resident_id=resident_id, signature=signature if agrees else b"")
        how = replace(how, witness=witness.strip()[:60] if signature and agrees else "")
        if agrees and asked is AGREEMENT and not signature:
            raise SignatureMissing(fields={"signature": SignatureMissing.words})
    elif how.signed_as is SignedAs.GUARDIAN or witness:
        check_signer(how.signed_as, signer, witness)
        how = replace(how, signer=signer.strip()[:60], witness=witness.strip()[:60])
    return _answer(actor, now, before=before, resident_id=resident_id, state=state, how=how)


@command("residents.consent")
def enter_consent(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    purpose: str,
    text_version: int,
    photo: bytes,
    content_type: str,
    signed_as: str = SignedAs.SELF.value,
    signer: str = "",
    witness: str = "",
) -> Standing:
    """
    Keep the photo of the text that she has signed, and write her yes down, as `give_consent`.

    :raises PaperMissing: if there is no photo
    :raises FileNotKnown: if it is no photo
    :raises FileTooLarge: above 20 MB
    """
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    if not photo:
        raise PaperMissing
    stored = store(actor, now, content=photo, content_type=content_type, resident_id=resident_id)
    return give_consent(
        actor,
        now,
        resident_id=resident_id,
        purpose=purpose,
        text_version=text_version,
        file_id=stored.id,
        signed_as=signed_as,
        signer=signer,
        witness=witness,
    )


@command("residents.consent")
def withdraw_consent(actor: Actor, now: datetime, *, resident_id: UUID, purpose: str) -> Standing:
    """
    Take a yes back: as easily as it was given, so without any paper. What was done before stays lawful.

    :raises NotFound: if the actor has no business with her
    :raises OnlySheDecides: if the actor is family only
    :raises Invalid: if nothing is asked for this purpose
    """
    asked = _asked(purpose)
    get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    check_decides(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
    _wait(resident_id, asked)
    before = _standing(actor, asked, resident_id)
    return _answer(actor, now, before=before, resident_id=resident_id, state=_no_after(before.state))


def _wait(resident_id: UUID, asked: Purpose) -> None:
    """One answer after the other: each follows from the one before, and the same twice is one."""
    wait_turn(f"consent/{resident_id}/{asked.value}")


def _answer(
    actor: Actor,
    now: datetime,
    *,
    before: Standing,
    resident_id: UUID,
    state: ConsentState,
    how: How | None = None,
) -> Standing:
    text, how = before.text, how or How()
    is_renewed = (
        text.purpose is AGREEMENT and before.at is not None and may_renew(day_of(before.at), day_of(now))
    )
    if (before.state, before.text_version) == (state, text.version) and not is_renewed:
        return before  # said already
    # The last that is written is what she says, also where it was asked for a moment before the one it waited for.
    at = max(now, before.at + timedelta(microseconds=1)) if before.at else now
    answer = Consent.objects.create(
        organization_id=actor.organization_id,
        resident_id=resident_id,
        purpose=text.purpose.value,
        text_version=text.version,
        state=state.value,
        answered_at=at,
        answered_by=actor.user_id,
        text_digest=text.digest,
        way=how.way.value,
        signed_as=how.signed_as.value,
        file_id=how.file_id,
        people={"signer": how.signer, "witness": how.witness} if how.signer or how.witness else None,
    )
    fields = [text.purpose.value]
    audit.record(
        f"residents.consent.{state.value}", actor=actor, at=now, subject_id=resident_id, fields=fields
    )
    kind = ConsentGiven if state is ConsentState.GIVEN else ConsentWithdrawn
    events.publish(kind(resident_id=resident_id, purpose=text.purpose.value, at=now), actor=actor)
    return Standing.of(text.purpose, answer)


def _by_herself(actor: Actor, now: datetime, *, resident_id: UUID, signature: bytes) -> How:
    """Return how a person answers who acts for herself, or as the guardian that her grant says she is."""
    grant = deciding_grant(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
    is_guardian = grant is not None and grant.relation == Relation.GUARDIAN
    how = How(
        signed_as=SignedAs.GUARDIAN if is_guardian else SignedAs.SELF,
        signer=grant.name if grant is not None and is_guardian else "",
    )
    if not signature:
        return how
    check_signature(signature)
    kept = keep(actor, now, content=signature, content_type="image/png", resident_id=resident_id)
    return replace(how, way=Way.FINGER, file_id=kept.id)


def _check_paper(actor: Actor, file_id: UUID, resident_id: UUID) -> None:
    """:raises NotFound: if there is no such file, or it is about somebody else"""
    if get_stored(actor, Purpose.LEGAL, file_id=file_id).resident_id != resident_id:
        raise NotFound


def _asked(purpose: str) -> Purpose:
    """:raises Invalid: if nothing is asked for this purpose"""
    if purpose not in {one.value for one in ASKED}:
        raise Invalid(fields={"purpose": purpose})
    return Purpose(purpose)


def _standing(actor: Actor, asked: Purpose, resident_id: UUID) -> Standing:
    standings = consents_of(actor, Purpose.ACCESS, resident_id=resident_id)
    return next(standing for standing in standings if standing.text.purpose is asked)


def _no_after(state: ConsentState) -> ConsentState:
    """Return what a no is called: a yes taken back, or a no from the beginning."""
    said_yes = state in {ConsentState.GIVEN, ConsentState.ASKED_AGAIN, ConsentState.WITHDRAWN}
    return ConsentState.WITHDRAWN if said_yes else ConsentState.REFUSED
