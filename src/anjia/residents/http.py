"""Residents over HTTP: one's own addresses, family, consents and readers, and coming in by a printed slip."""

import base64
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from anjia.identity.commands import count_try
from anjia.identity.queries import account_names, get_organization
from anjia.identity.rules import SLIPS_BY_ADDRESS, Choices, Entry, Refused, let_in
from anjia.kernel import http
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed
from anjia.kernel.http import AuthedRequest, address_of
from anjia.kernel.models import RecordAccess
from anjia.kernel.paging import Page, PageOut
from anjia.kernel.work import acting
from anjia.residents import commands, queries
from anjia.residents.models import Address, Grant
from anjia.residents.rules import AGREEMENT, Relation, SignatureMissing, SlipWrong, purpose_words, what_words

router = Router(tags=["residents"])


class AddressIn(Schema):
    text: Annotated[str, Field(max_length=300)]
    note: Annotated[str, Field(max_length=300)] = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class AddressOut(Schema):
    """Latitude and longitude are WGS-84."""

    id: UUID
    text: str
    note: str
    latitude: float | None
    longitude: float | None
    is_main: bool


class GrantIn(Schema):
    """`relation` as people say it: 女儿. `allows` some of visits, book, record."""

    phone: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    relation: Annotated[str, Field(max_length=20)] = "family"
    allows: Annotated[list[str], Field(max_length=3)]
    valid_until: AwareDatetime | None = None


class GrantOut(Schema):
    id: UUID
    name: str
    relation: str
    allows: list[str]
    phone_masked: str
    given_by: str
    given_at: datetime
    valid_until: datetime | None
    waits_for_witness: bool
    is_guardian: bool

    @staticmethod
    def resolve_is_guardian(grant: Any) -> bool:
        return bool(grant.relation == Relation.GUARDIAN)

    @staticmethod
    def resolve_relation(grant: Any) -> str:
        return str(grant.kinship or grant.relation)


class ConsentIn(Schema):
    """
    `signature` is what the finger has drawn, a PNG in base64: the agreement needs it, the consents may have it.

    `witness` is who was there when it was drawn; nobody has to be.
    """

    purpose: Annotated[str, Field(max_length=10)]
    text_version: int
    agrees: bool
    signature: Annotated[str, Field(max_length=420_000)] = ""
    witness: Annotated[str, Field(max_length=60)] = ""


class ConsentOut(Schema):
    """
    `state`: given, refused, withdrawn, asked_again (the text has changed), not_asked.

    The agreement that is given holds until the day before `ends_on`; in its last month and later it `may_sign` again.
    `signed_as`: self, guardian; of a guardian `signer` is the name.
    """

    purpose: str
    title: str
    text: str
    text_version: str
    state: str
    at: datetime | None
    answered_version: str | None
    is_agreement: bool
    ends_on: date | None
    may_sign: bool
    signed_as: str
    signer: str
    witness: str

    @staticmethod
    def resolve_may_sign(standing: Any) -> bool:
        return bool(standing.may_sign(day_of(timezone.now())))

    @staticmethod
    def resolve_answered_version(standing: Any) -> str | None:
        return str(standing.text_version) if standing.text_version else None

    @staticmethod
    def resolve_is_agreement(standing: Any) -> bool:
        return bool(standing.text.purpose == AGREEMENT)

    @staticmethod
    def resolve_purpose(standing: Any) -> str:
        return str(standing.text.purpose.value)

    @staticmethod
    def resolve_title(standing: Any) -> str:
        return str(standing.text.in_language(get_language())[0])

    @staticmethod
    def resolve_text(standing: Any) -> str:
        return str(standing.text.in_language(get_language())[1])

    @staticmethod
    def resolve_text_version(standing: Any) -> str:
        return str(standing.text.version)


class CopyOut(Schema):
    """`pdf` is the file, in base64."""

    name: str
    pdf: str


class ReaderOut(Schema):
    at: datetime
    who: str
    organization: str
    purpose: str
    what: str


class SlipIn(Schema):
    slip: Annotated[str, Field(min_length=1, max_length=60)]
    phone_last_four: Annotated[str, Field(min_length=1, max_length=12)]


class SlipAccountOut(Schema):
    id: UUID
    name: str
    kind: str


class SlipEntryOut(Schema):
    token: str
    expires_at: datetime
    account: SlipAccountOut


def signature_of(said: str) -> bytes:
    """:raises SignatureMissing: if it is no base64"""
    try:
        return base64.b64decode(said, validate=True)
    except ValueError:
        raise SignatureMissing(fields={"signature": SignatureMissing.words}) from None


@router.get("/addresses", response=PageOut[AddressOut])
def list_addresses(request: AuthedRequest) -> HttpResponse:
    """List where the resident is visited, the main address first."""
    return http.ask(request, all_addresses, PageOut[AddressOut], Purpose.ACCESS, resident_id=whom(request))


@router.post("/addresses", response={201: AddressOut})
def add_address(request: AuthedRequest, body: AddressIn) -> HttpResponse:
    """Add an address; the resident is visited there from now on."""
    return http.do(request, commands.add_address, AddressOut, resident_id=whom(request), **body.dict())


@router.get("/grants", response=PageOut[GrantOut])
def list_grants(request: AuthedRequest) -> HttpResponse:
    """List who may act for the resident."""
    return http.ask(
        request,
        all_grants,
        PageOut[GrantOut],
        Purpose.ACCESS,
        resident_id=whom(request),
        now=timezone.now(),
    )


@router.post("/grants", response={201: GrantOut})
def grant_access(request: AuthedRequest, body: GrantIn) -> HttpResponse:
    """Let somebody act for the resident. Whoever it is signs in with this phone."""
    return http.do(request, commands.grant_access, GrantOut, resident_id=whom(request), **body.dict())


@router.post("/grants/{grant_id}/withdraw", response={201: GrantOut})
def withdraw_grant(request: AuthedRequest, grant_id: UUID) -> HttpResponse:
    """Take it back. It bites at the next request."""
    return http.do(request, commands.withdraw_grant, GrantOut, grant_id=grant_id)


@router.get("/consents", response=list[ConsentOut])
def list_consents(request: AuthedRequest) -> HttpResponse:
    """List what rests on the resident's consent, with the text of today and her last answer."""
    return http.ask(request, queries.consents_of, list[ConsentOut], Purpose.ACCESS, resident_id=whom(request))


@router.post("/consents", response={201: ConsentOut})
def answer_consent(request: AuthedRequest, body: ConsentIn) -> HttpResponse:
    """Say yes or no to the text of today, or take a yes back."""
    said = body.dict() | {"signature": signature_of(body.signature)}
    return http.do(request, commands.give_consent, ConsentOut, resident_id=whom(request), **said)


@router.get("/consents/{purpose}/copy", response={200: CopyOut})
def copy_of_consent(request: AuthedRequest, purpose: str) -> HttpResponse:
    """Give what she last answered, with her signature, as a PDF to keep."""
    return http.ask(request, copy_of, CopyOut, Purpose.ACCESS, resident_id=whom(request), asked=purpose)


def copy_of(actor: Actor, purpose: Purpose, *, resident_id: UUID, asked: str) -> dict[str, str]:
    found = queries.copy_of_consent(actor, purpose, resident_id=resident_id, asked=asked)
    return {"name": f"anjia-{asked}.pdf", "pdf": base64.b64encode(found).decode()}


@router.get("/record/readers", response=PageOut[ReaderOut])
def list_readers(request: AuthedRequest, after: str | None = None) -> HttpResponse:
    """List who has read the resident's record, the latest first."""
    now, resident_id = timezone.now(), whom(request)
    page = acting(request.auth, now).ask(
        queries.readers_of_record, Purpose.ACCESS, resident_id=resident_id, after=after
    )
    # She may know the names of those who read her record, but of the staff's accounts she sees nothing.
    said = acting(system(request.auth.organization_id), now).ask(named, page=page)
    return HttpResponse(http.write(PageOut[ReaderOut], said), content_type="application/json")


@router.post("/sign-in/activation", auth=None, response={201: SlipEntryOut})
def sign_in_by_slip(request: HttpRequest, body: SlipIn) -> HttpResponse:
    """Open an account with a printed slip and the last four digits of the phone, and sign in."""
    now = timezone.now()
    acting(system(), now).do(count_try, limit=SLIPS_BY_ADDRESS, address=address_of(request))
    house = acting(system(), now).ask(queries.organization_of_slip, Purpose.LEGAL, code=body.slip)
    if house is None:
        raise SlipWrong
    outcome = acting(system(house), now).do(
        commands.redeem_activation, code=body.slip, phone_last_four=body.phone_last_four
    )
    response = HttpResponse(
        http.write(SlipEntryOut, entry_said(outcome)), status=201, content_type="application/json"
    )
    response["Cache-Control"] = "no-store"
    return response


def whom(request: AuthedRequest) -> UUID:
    """
    Return whom the request is about: herself, or the one in `X-Acting-For`.

    :raises NotAllowed: for staff, whose pages say whom they mean
    """
    if request.auth.resident_id is None:
        raise NotAllowed
    return request.auth.resident_id


def all_addresses(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> Page[Address]:
    return Page(queries.addresses_of(actor, purpose, resident_id=resident_id), None)


def all_grants(actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime) -> Page[Grant]:
    return Page(queries.grants_of(actor, purpose, resident_id=resident_id, now=now), None)


def named(actor: Actor, *, page: Page[RecordAccess]) -> dict[str, object]:
    names = account_names(actor, Purpose.ACCESS, account_ids={row.actor_id for row in page.items})
    house = get_organization(actor, Purpose.ACCESS, organization_id=actor.organization_id)
    items = [
        {
            "at": row.at,
            "who": names.get(row.actor_id, ""),
            "organization": house.name,
            "purpose": purpose_words(row.purpose),
            "what": what_words(row.what),
        }
        for row in page.items
    ]
    return {"items": items, "next": page.next}


def entry_said(outcome: Entry | Refused) -> dict[str, object]:
    """:raises DomainError: if it was refused"""
    entry = let_in(outcome)
    assert not isinstance(entry, Choices), "a slip is one person's"
    account = {"id": entry.account_id, "name": entry.name, "kind": entry.kind}
    return {"token": entry.token, "expires_at": entry.expires_at, "account": account}
