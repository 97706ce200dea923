"""Six digits by SMS."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.identity import limits, proofs
from anjia.identity.commands.sessions import start_session
from anjia.identity.models import Account, Organization, SignInChoice, SignInCode
from anjia.identity.rules import (
    CHOICE_LIVES,
    CODE_BY_ADDRESS,
    CODE_BY_PHONE,
    CODE_LIVES,
    CODE_SOON,
    CODE_TRIES,
    WRONG_CODES_BY_ADDRESS,
    AccountKind,
    AccountState,
    Candidate,
    Choices,
    CodeUsedUp,
    Entry,
    NotRegistered,
    Refused,
    TicketGone,
    Way,
    WrongCode,
    masked,
    normal_phone,
)
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.encryption import blind
from anjia.kernel.ids import new_id
from anjia.kernel.work import command


@command("identity.sign_in")
def request_code(
    actor: Actor, now: datetime, *, phone: str, address: str, send: Callable[..., None]
) -> SignInCode:
    """
    Make a code for the phone; `send` defers the job that brings it there.

    The same happens for a phone that nobody knows, but for the message.

    :raises Invalid: if it is no mobile number
    :raises TooSoon: if it, or its address, has asked too often
    """
    digits = normal_phone(phone)
    index = blind("phone", digits)
    wait_turn(f"code/{index.hex()}")
    claims = ((CODE_SOON, digits), (CODE_BY_PHONE, digits), (CODE_BY_ADDRESS, address))
    limits.check(*claims, now=now)
    limits.count(*claims, now=now)
    code, code_id = proofs.new_code(), new_id()
    made = SignInCode.objects.create(
        id=code_id,
        phone=digits,
        phone_index=index,
        code=code,
        code_hash=proofs.code_hash(code_id, code),
        created_at=now,
        expires_at=now + CODE_LIVES,
    )
    send(code_id=made.id)
    return made


@command("identity.sign_in")
def mark_code_sent(actor: Actor, now: datetime, *, code_id: UUID) -> None:
    """Forget the code itself: it has left."""
    row = SignInCode.objects.filter(id=code_id).first()
    if row is not None:
        row.sent_at, row.code = now, ""
        row.save(update_fields=["sent_at", "code"])


@command("identity.sign_in")
def sign_in_by_code(
    actor: Actor,
    now: datetime,
    *,
    phone: str,
    code: str,
    end: str,
    device: str = "",
    device_token: str | None = None,
    address: str = "",
) -> Entry | Choices | Refused:
    """
    Let in whoever holds the phone. Only its newest code counts, five times and once.

    :raises Invalid: if it is no mobile number
    :raises TooSoon: if too many wrong codes have come from this address
    """
    digits = normal_phone(phone)
    index = blind("phone", digits)
    wait_turn(f"code/{index.hex()}")
    limits.check((WRONG_CODES_BY_ADDRESS, address), now=now)
    sent = SignInCode.objects.filter(phone_index=index).order_by("-created_at", "-id").first()
    if sent is None or sent.used_at is not None or sent.expires_at <= now:
        return _wrong_code(address, now)
    if sent.tries >= CODE_TRIES:
        return Refused(CodeUsedUp())
    if not proofs.is_code(sent.id, code, bytes(sent.code_hash)):
        sent.tries += 1
        sent.save(update_fields=["tries"])
        refused = _wrong_code(address, now)
        return Refused(CodeUsedUp()) if sent.tries >= CODE_TRIES else refused
    sent.used_at, sent.code, sent.phone = now, "", ""
    sent.save(update_fields=["used_at", "code", "phone"])
    limits.forgive((CODE_SOON, digits))
    rows = Account.objects.filter(
        phone_index=index, kind=AccountKind.PERSON.value, state=AccountState.ACTIVE.value
    )
    found = list(rows.order_by("opened_at", "id"))
    if not found:
        return Refused(NotRegistered())
    says: dict[str, Any] = {"end": end, "device": device, "device_token": device_token}
    return enter_as_one_of(actor, now, found=found, way=Way.CODE.value, says=says)


def _wrong_code(address: str, now: datetime) -> Refused:
    limits.count((WRONG_CODES_BY_ADDRESS, address), now=now)
    return Refused(WrongCode(fields={"code": WrongCode.words}))


@command("identity.sign_in")
def enter_as_one_of(
    actor: Actor, now: datetime, *, found: list[Account], way: str, says: dict[str, Any]
) -> Entry | Choices:
    """Let the one account in, or ask which of them it is."""
    if len(found) == 1:
        return start_session(actor, now, account_id=found[0].id, way=way, **says)
    token = proofs.new_token()
    SignInChoice.objects.create(
        token_hash=proofs.token_hash(token),
        account_ids=[account.id for account in found],
        way=way,
        created_at=now,
        expires_at=now + CHOICE_LIVES,
    )
    homes = Organization.objects.in_bulk([account.organization_id for account in found])
    return Choices(
        token,
        [
            Candidate(
                account.id,
                masked(account.name),
                homes[account.organization_id].name if account.organization_id in homes else "",
            )
            for account in found
        ],
    )


@command("identity.sign_in")
def choose_account(
    actor: Actor,
    now: datetime,
    *,
    ticket: str,
    account_id: UUID,
    end: str,
    device: str = "",
    device_token: str | None = None,
) -> Entry | Refused:
    """Let in the one whom the holder of the phone says that she is, among those who share it."""
    hashed = proofs.token_hash(ticket)
    wait_turn(f"choice/{hashed.hex()}")
    choice = SignInChoice.objects.filter(token_hash=hashed, used_at=None, expires_at__gt=now).first()
    account = Account.objects.filter(id=account_id).first()
    if choice is None or account_id not in choice.account_ids or account is None or not account.is_ready:
        return Refused(TicketGone())
    choice.used_at = now
    choice.save(update_fields=["used_at"])
    return start_session(
        actor, now, account_id=account_id, way=choice.way, end=end, device=device, device_token=device_token
    )
