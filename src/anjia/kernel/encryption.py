"""
Secrets at rest: AES-256-GCM, each value bound to its table, column and row, and blind indexes to find it by.

The keyring is a file outside the database: {"current": id, "keys": {id: base64}, "index_key": base64}.
A value names the key that sealed it, so keys rotate; the first byte names the cipher, so SM4 can follow.
"""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

AES_256_GCM: Final = 1
NONCE: Final = 12  # bytes
BLIND: Final = 16  # bytes: no two of a nation's phone numbers meet by chance


@dataclass(frozen=True, slots=True)
class Keyring:
    current: str
    keys: dict[str, bytes]
    index_key: bytes


def new_keyring() -> str:
    """Return the text of a keyring file with one fresh key."""
    key, index_key = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    return json.dumps({"current": "k1", "keys": {"k1": key}, "index_key": index_key})


@cache
def keyring() -> Keyring:
    """:raises ImproperlyConfigured: if the data folder has no keyring"""
    path = Path(settings.KEYRING)
    try:
        kept = json.loads(path.read_text())
    except FileNotFoundError:
        raise ImproperlyConfigured(
            f"No keyring at {path}. It is made with the data folder; without it nothing can be read."
        ) from None
    keys = {name: base64.b64decode(key) for name, key in kept["keys"].items()}
    return Keyring(kept["current"], keys, base64.b64decode(kept["index_key"]))


def seal(plain: bytes, *, bound_to: str) -> bytes:
    """Encrypt under the current key. `bound_to` must be given again to open it: "table|column|row"."""
    ring = keyring()
    name, nonce = ring.current.encode(), os.urandom(NONCE)
    sealed = AESGCM(ring.keys[ring.current]).encrypt(nonce, plain, bound_to.encode())
    return bytes([AES_256_GCM, len(name)]) + name + nonce + sealed


def unseal(sealed: bytes, *, bound_to: str) -> bytes:
    """:raises cryptography.exceptions.InvalidTag: if it was changed, or belongs to another row"""
    cipher, length = sealed[0], sealed[1]
    if cipher != AES_256_GCM:
        raise ValueError(f"cipher {cipher} is not known")
    name, rest = sealed[2 : 2 + length].decode(), sealed[2 + length :]
    return AESGCM(keyring().keys[name]).decrypt(rest[:NONCE], rest[NONCE:], bound_to.encode())


def blind(kind: str, value: str) -> bytes:
    """Return what stands for the value in an index: equal for equal values, and says nothing else of it."""
    return mac(f"index/{kind}", value.encode())[:BLIND]


def mac(purpose: str, message: bytes) -> bytes:
    """Return 32 bytes that only this installation can make for the message."""
    return hmac.new(keyring().index_key, f"{purpose}|".encode() + message, hashlib.sha256).digest()
