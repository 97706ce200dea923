"""Makers for identity's tests: houses, people, and the clock's codes."""

import secrets
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pyotp

from anjia.identity import commands, limits
from anjia.identity.models import Account, Organization, SignInCode
from anjia.identity.proofs import token_hash
from anjia.identity.queries import SESSION_COLUMNS, SignedIn
from anjia.identity.roles import permissions_of
from anjia.identity.rules import OWN_ACCOUNT, WRONG_PASSWORDS_BY_LOGIN, Choices, Entry, Refused
from anjia.kernel.actors import Actor, Kind, system
from anjia.kernel.planned import at_the_door
from anjia.kernel.work import acting
from tests.make import NOON

PASSWORD = "松树下第三块石头底下"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = count(int(NOON.timestamp()) % 1_000_000)
_salt = secrets.randbelow(90) + 10  # test databases are made anew, their caches are not


def signed_in(token: str, *, now: datetime = NOON) -> SignedIn | None:
    """Return who comes in with this token, as every request asks it."""
    row = at_the_door(
        f"SELECT {SESSION_COLUMNS} FROM identity_session_of(%s, %s) s", [token_hash(token), now]
    )
    return SignedIn.of(row, now) if row else None


def phone() -> str:
    return f"139{_salt}{next(_numbers) % 1_000_000:06d}"


def salt() -> int:
    """Return another number each time, in each run."""
    return _salt * 100 + next(_numbers) % 100


def new_address() -> str:
    return f"10.{_salt}.{next(_numbers) % 65536 // 256}.{next(_numbers) % 256}"


def house(**changes: Any) -> Organization:
    return acting(system(), NOON).do(
        commands.found_institution, **{"name": "青竹里社区卫生服务中心"} | changes
    )


def administrator(of: Organization) -> Actor:
    return Actor(
        user_id=staff(of, role_code="administrator").id,
        organization_id=of.id,
        permissions=permissions_of("administrator") | {OWN_ACCOUNT},
    )


def staff(
    of: Organization, *, role_code: str | None = "nurse", ready: bool = True, **changes: Any
) -> Account:
    sound = {
        "kind": "staff",
        "name": "李静",
        "login": f"nurse{_salt}-{next(_numbers)}",
        "password": PASSWORD,
        "totp_secret": SECRET if ready else None,
        "password_is_temporary": not ready,
    }
    at_home = acting(system(of.id), NOON)
    account = at_home.do(commands.open_account, **sound | changes)
    if role_code:
        at_home.do(commands.give_role, account_id=account.id, organization_id=of.id, role_code=role_code)
    return account


def person(of: Organization, **changes: Any) -> Account:
    sound = {"kind": "person", "name": "张桂芳", "phone": phone()}
    return acting(system(of.id), NOON).do(commands.open_account, **sound | changes)


def actor_of(account: Account, *permissions: str, session_id: UUID | None = None) -> Actor:
    return Actor(
        user_id=account.id,
        organization_id=account.organization_id,
        permissions=frozenset(permissions) | {OWN_ACCOUNT},
        kind=Kind(account.kind),
        resident_ids=frozenset() if account.kind == "person" else None,
        session_id=session_id,
    )


def code_for(number: str, *, now: datetime = NOON, address: str = "") -> SignInCode:
    """Ask for a code, and return it as it lies before it is sent."""
    return acting(system(), now).do(
        commands.request_code, phone=number, address=address or new_address(), send=lambda **ids: None
    )


def try_code(number: str, code: str, *, now: datetime = NOON, address: str = "") -> Entry | Choices | Refused:
    return acting(system(), now).do(
        commands.sign_in_by_code, phone=number, code=code, end="phone", address=address or new_address()
    )


def wrong(code: str | None) -> str:
    return "000000" if code != "000000" else "111111"


def totp(*, now: datetime = NOON, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(now)


def try_password(
    login: str,
    *,
    password: str = PASSWORD,
    code: str | None = None,
    now: datetime = NOON,
    end: str = "console",
    device_token: str | None = None,
    address: str = "",
) -> Entry | Refused:
    """Try it, from a place of its own unless one is named: what others have tried there does not count."""
    return acting(system(), now).do(
        commands.sign_in_staff,
        login=login,
        password=password,
        totp=totp(now=now) if code is None else code,
        end=end,
        device_token=device_token,
        address=address or new_address(),
    )


def locked_out(login: str, *, now: datetime = NOON) -> None:
    """Let strangers in many places try wrong passwords, until none of them may any more."""
    many = [(WRONG_PASSWORDS_BY_LOGIN, login)] * (WRONG_PASSWORDS_BY_LOGIN.most - 1)
    acting(system(), NOON).ask(lambda _: limits.count(*many, now=now))
    assert refusal(try_password(login, now=now, password="不是这一句话")) == "identity.wrong_password"


def entered(outcome: object) -> Entry:
    assert isinstance(outcome, Entry), outcome
    return outcome


def refusal(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.error.code


def session(of: Account, *, now: datetime = NOON, **changes: Any) -> Entry:
    sound = {"account_id": of.id, "end": "console" if of.kind == "staff" else "phone", "way": "card"}
    return acting(system(), now).do(commands.start_session, **sound | changes)


def later(**by: float) -> datetime:
    return NOON + timedelta(**by)
