"""Coming in at a console by scanning its QR code with a phone that is signed in."""

from dataclasses import dataclass
from datetime import datetime

from anjia.identity import limits, proofs
from anjia.identity.commands.sessions import start_session
from anjia.identity.models import Account, ScanTicket, Session
from anjia.identity.rules import (
    SCAN_LIVES,
    SCANS_BY_ADDRESS,
    AccountKind,
    End,
    Entry,
    NotReady,
    Refused,
    TicketGone,
    Way,
)
from anjia.kernel import audit
from anjia.kernel.actors import NOBODY, Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import command


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the QR code shows, and what only the console knows."""

    token: str
    claim: str
    expires_at: datetime


@command("identity.sign_in")
def show_scan_ticket(actor: Actor, now: datetime, *, device: str = "", address: str = "") -> Ticket:
    """
    Make a ticket for a console to show.

    :raises TooSoon: if too many are asked for from this address
    """
    limits.check((SCANS_BY_ADDRESS, address), now=now)
    limits.count((SCANS_BY_ADDRESS, address), now=now)
    token, claim = proofs.new_token(), proofs.new_token()
    row = ScanTicket.objects.create(
        token_hash=proofs.token_hash(token),
        claim_hash=proofs.token_hash(claim),
        device=device[:60],
        created_at=now,
        expires_at=now + SCAN_LIVES,
    )
    return Ticket(token, claim, row.expires_at)


@command("identity.sign_in")
def confirm_scan(actor: Actor, now: datetime, *, ticket: str, by: Actor) -> str:
    """
    Let the console that shows this ticket in as `by`, who holds a phone that is signed in; return its words.

    It is signed in by the bound WeChat, or by password and code generator, which prove no less. The system acts,
    since the ticket is nobody's yet.

    :raises NotAllowed: if `by` is not a staff member who is signed in on a phone
    :raises NotReady: if she has no password of her own or no code generator yet
    :raises TicketGone: if the code is too old, or somebody was faster
    """
    account = Account.objects.filter(id=by.user_id, kind=AccountKind.STAFF.value).first()
    session = Session.objects.filter(
        id=by.session_id or NOBODY, end=End.PHONE.value, ended_at=None, locked_at=None
    ).first()
    if account is None or session is None:
        raise NotAllowed
    if session.is_limited or not account.is_ready:
        raise NotReady
    row = _own_turn(proofs.token_hash(ticket), now)
    if row is None or row.confirmed_at is not None:
        raise TicketGone
    row.account, row.organization_id, row.confirmed_at = account, by.organization_id, now
    row.save(update_fields=["account", "organization_id", "confirmed_at"])
    audit.record("identity.scan.confirmed", actor=by, at=now, subject_id=row.id)
    return row.device


@command("identity.sign_in")
def enter_by_scan(
    actor: Actor,
    now: datetime,
    *,
    claim: str,
    device: str = "",
    device_token: str | None = None,
) -> Entry | Refused:
    """Let the console in whose ticket has been confirmed, once."""
    found = ScanTicket.objects.filter(claim_hash=proofs.token_hash(claim)).first()
    row = _own_turn(bytes(found.token_hash), now) if found else None
    if row is None or row.confirmed_at is None or row.account is None or not row.account.is_ready:
        return Refused(TicketGone())
    row.used_at = now
    row.save(update_fields=["used_at"])
    return start_session(
        actor,
        now,
        account_id=row.account.id,
        organization_id=row.organization_id,
        end=End.CONSOLE.value,
        way=Way.SCAN.value,
        device=device,
        device_token=device_token,
    )


def _own_turn(token_hash: bytes, now: datetime) -> ScanTicket | None:
    """Return the ticket if it is still good, while nobody else holds it."""
    wait_turn(f"scan/{token_hash.hex()}")
    return ScanTicket.objects.filter(token_hash=token_hash, used_at=None, expires_at__gt=now).first()
