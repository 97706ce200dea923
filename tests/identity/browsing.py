"""A browser at identity's doors, and behind them."""

from typing import Any

from django.test import Client
from django.utils import timezone

from anjia.identity import commands, queries
from anjia.identity.models import Account, Organization
from anjia.identity.rules import Entry
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from tests.identity import make

SIGN_IN = "/console/identity/sign-in/"


def now_totp(secret: str = make.SECRET) -> str:
    return make.totp(now=timezone.now(), secret=secret)


def sign_in(
    client: Client, account: Account, *, code: str | None = None, password: str = make.PASSWORD, **more: Any
) -> Any:
    form = {"login": account.login, "password": password, "totp": now_totp() if code is None else code}
    return client.post(SIGN_IN, form | more)


def start(client: Client, account: Account, *, device: str = "") -> Entry:
    """Put a session into the browser, without the doors."""
    now = timezone.now()
    entry = acting(system(), now).do(
        commands.start_session, account_id=account.id, end="console", way="card", device_token=device or None
    )
    client.cookies["anjia_session"] = entry.token
    if device:
        client.cookies["anjia_device"] = device
    return entry


def who(client: Client) -> queries.SignedIn | None:
    now, cookie = timezone.now(), client.cookies.get("anjia_session")
    if not cookie:
        return None
    return make.signed_in(cookie.value, now=now)


def administrator(client: Client) -> tuple[Organization, Account]:
    house = make.house()
    chief = make.staff(house, role_code="administrator", name="林海")
    start(client, chief)
    return house, chief
