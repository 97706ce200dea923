"""
The household card: a printed QR code by the door that says which household this is, signed by us.

Whoever copies it has a copy; so it proves less than the resident's own changing code, and a lost one is
replaced by one with the next serial, after which the old one is worth nothing.
"""

import base64
import hmac
import re
from collections.abc import Callable
from typing import Final
from uuid import UUID

MARK: Final = "ANJIA-CARD"
SIGNATURE: Final = 15  # bytes, 24 characters
FORM: Final = re.compile(rf"{MARK}:1:([0-9a-f]{{32}}):(\d{{1,5}}):([A-Z2-7]{{24}})")

Mac = Callable[[str, bytes], bytes]


def card_payload(resident_id: UUID, serial: int, *, mac: Mac) -> str:
    """Return what the card's QR code says."""
    said = f"{MARK}:1:{resident_id.hex}:{serial}"
    return f"{said}:{signature(said, mac)}"


def read_card(payload: str, *, mac: Mac) -> tuple[UUID, int] | None:
    """Return whose card it is and its serial, or None if it is not one of ours."""
    found = FORM.fullmatch(payload.strip())
    if found is None:
        return None
    said, _, signed = payload.strip().rpartition(":")
    if not hmac.compare_digest(signed, signature(said, mac)):
        return None
    return UUID(hex=found[1]), int(found[2])


def signature(said: str, mac: Mac) -> str:
    return base64.b32encode(mac("household-card", said.encode())[:SIGNATURE]).decode()
