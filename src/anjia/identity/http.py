"""Signing in over HTTP, and one's own sessions. Nobody is signed in yet: the system acts."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from anjia.identity import commands, jobs, ports, queries
from anjia.identity.browser import device_of
from anjia.identity.rules import CODE_SOON, WECHAT_BY_ADDRESS, Choices, End, Entry, Refused, let_in
from anjia.kernel import http
from anjia.kernel.actors import Purpose, system
from anjia.kernel.http import AuthedRequest, address_of
from anjia.kernel.work import acting

router = Router(tags=["identity"])

Short = Annotated[str, Field(min_length=1, max_length=40)]
Token = Annotated[str, Field(min_length=1, max_length=128)]


class CodeIn(Schema):
    phone: Short


class CodeOut(Schema):
    """`retry_after` in seconds. `demo_code` stands for the message that a demo does not send."""

    retry_after: int
    demo_code: str | None


class PhoneIn(Schema):
    phone: Short
    code: Short


class ChooseIn(Schema):
    ticket: Token
    account_id: UUID


class WechatIn(Schema):
    code: Token


class BindIn(WechatIn):
    """`password` is asked of staff."""

    password: Annotated[str, Field(max_length=128)] = ""


class StaffIn(Schema):
    login: Short
    password: Annotated[str, Field(min_length=1, max_length=128)]
    totp: Annotated[str, Field(max_length=12)]


class AccountOut(Schema):
    id: UUID
    name: str
    kind: str


class EntryOut(Schema):
    token: str
    expires_at: AwareDatetime
    account: AccountOut


class CandidateOut(Schema):
    """Somebody who shares the phone: the name is masked."""

    id: UUID
    name: str
    organization: str


class ChoicesOut(Schema):
    """The proof was right, and fits several accounts: choose one within five minutes."""

    ticket: str
    accounts: list[CandidateOut]


class SessionOut(Schema):
    id: UUID
    device: str
    end: str
    way: str
    created_at: datetime
    last_used_at: datetime
    is_current: bool


class ScanOut(Schema):
    """Where somebody comes in now: "Chrome · Windows"."""

    device: str


class LanguageIn(Schema):
    language: Literal["zh-hans", "en"]


class Done(Schema):
    ok: bool = True


@router.post("/sign-in/codes", auth=None, response={202: CodeOut})
def request_code(request: HttpRequest, body: CodeIn) -> HttpResponse:
    """Send six digits to a phone. The answer is the same for a phone that nobody knows."""
    ports.check_codes_arrive()
    made = acting(system(), timezone.now()).do(
        commands.request_code, phone=body.phone, address=address_of(request), send=jobs.send_code.defer
    )
    said = {
        "retry_after": int(CODE_SOON.per.total_seconds()),
        "demo_code": made.code if settings.IS_DEMO else None,
    }
    return answer(202, CodeOut, said)


@router.post("/sign-in/phone", auth=None, response={201: EntryOut, 200: ChoicesOut})
def sign_in_by_phone(request: HttpRequest, body: PhoneIn) -> HttpResponse:
    """Sign in by phone and code. Where several people share the phone, their masked names come back."""
    outcome = acting(system(), timezone.now()).do(
        commands.sign_in_by_code,
        phone=body.phone,
        code=body.code,
        end=End.PHONE.value,
        device=device_of(request),
        address=address_of(request),
    )
    return welcome(outcome)


@router.post("/sign-in/choose", auth=None, response={201: EntryOut})
def choose_account(request: HttpRequest, body: ChooseIn) -> HttpResponse:
    """Say which of those who share the phone you are."""
    outcome = acting(system(), timezone.now()).do(
        commands.choose_account,
        ticket=body.ticket,
        account_id=body.account_id,
        end=End.PHONE.value,
        device=device_of(request),
    )
    return welcome(outcome)


@router.post("/sign-in/wechat", auth=None, response={201: EntryOut, 200: ChoicesOut})
def sign_in_by_wechat(request: HttpRequest, body: WechatIn) -> HttpResponse:
    """Sign in by the code of `wx.login`, once WeChat has been bound."""
    acting(system(), timezone.now()).do(
        commands.count_try, limit=WECHAT_BY_ADDRESS, address=address_of(request)
    )
    openid = ports.openid_from_wechat(body.code)
    outcome = acting(system(), timezone.now()).do(
        commands.sign_in_by_wechat, openid=openid, device=device_of(request)
    )
    return welcome(outcome)


@router.post("/sign-in/staff", auth=None, response={201: EntryOut})
def sign_in_staff(request: HttpRequest, body: StaffIn) -> HttpResponse:
    """Sign in as a member of staff, by password and code generator."""
    outcome = acting(system(), timezone.now()).do(
        commands.sign_in_staff,
        login=body.login,
        password=body.password,
        totp=body.totp,
        end=End.PHONE.value,
        device=device_of(request),
        address=address_of(request),
    )
    return welcome(outcome)


@router.post("/sign-in/scans/{ticket}/confirm", response={201: ScanOut})
def confirm_scan(request: AuthedRequest, ticket: str) -> HttpResponse:
    """Let the console in whose QR code you have scanned."""
    device = acting(system(), timezone.now()).do(commands.confirm_scan, ticket=ticket, by=request.auth)
    return answer(201, ScanOut, {"device": device})


@router.get("/me/sessions", response=list[SessionOut])
def list_my_sessions(request: AuthedRequest) -> HttpResponse:
    """List where you are signed in, the last used first."""
    now = timezone.now()
    found = acting(request.auth, now).ask(
        queries.sessions_of, Purpose.ACCESS, account_id=request.auth.user_id, now=now
    )
    said = [
        {
            "id": session.id,
            "device": session.device,
            "end": session.end,
            "way": session.way,
            "created_at": session.created_at,
            "last_used_at": session.last_used_at,
            "is_current": session.id == request.auth.session_id,
        }
        for session in found
    ]
    return answer(200, list[SessionOut], said)


@router.post("/me/sessions/{session_id}/end", response={201: Done})
def end_session(request: AuthedRequest, session_id: UUID) -> HttpResponse:
    """Sign out somewhere else."""
    acting(request.auth, timezone.now()).do(commands.end_session, session_id=session_id)
    return answer(201, Done, {})


@router.post("/me/sign-out", response={201: Done})
def sign_out(request: AuthedRequest) -> HttpResponse:
    """Sign out here."""
    assert request.auth.session_id is not None
    acting(request.auth, timezone.now()).do(commands.end_session, session_id=request.auth.session_id)
    return answer(201, Done, {})


@router.post("/me/wechat", response={201: Done})
def bind_wechat(request: AuthedRequest, body: BindIn) -> HttpResponse:
    """Bind the WeChat that this mini program runs in to your account."""
    openid = ports.openid_from_wechat(body.code)
    unit = acting(request.auth, timezone.now())
    let_in(unit.do(commands.bind_wechat, openid=openid, password=body.password))
    return answer(201, Done, {})


@router.post("/me/wechat/unbind", response={201: Done})
def unbind_wechat(request: AuthedRequest) -> HttpResponse:
    """Let WeChat open your account no more."""
    acting(request.auth, timezone.now()).do(commands.unbind_wechat)
    return answer(201, Done, {})


@router.post("/me/language", response={201: Done})
def change_language(request: AuthedRequest, body: LanguageIn) -> HttpResponse:
    """Choose the language that messages to you are written in."""
    acting(request.auth, timezone.now()).do(commands.change_language, language=body.language)
    return answer(201, Done, {})


def welcome(outcome: Entry | Choices | Refused) -> HttpResponse:
    """:raises DomainError: if it was refused"""
    if isinstance(outcome, Refused):
        raise outcome.error
    if isinstance(outcome, Choices):
        return answer(200, ChoicesOut, outcome)
    account = {"id": outcome.account_id, "name": outcome.name, "kind": outcome.kind}
    said = {"token": outcome.token, "expires_at": outcome.expires_at, "account": account}
    return answer(201, EntryOut, said)


def answer(status: int, shape: Any, said: object) -> HttpResponse:
    response = HttpResponse(http.write(shape, said), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
