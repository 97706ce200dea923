"""
Secrets at rest: sealed by AES-256-GCM or SM4-GCM, each value bound to its table, column and row; and blind indexes
to find it by.

The keyring is a file outside the database: {"current": id, "keys": {id: base64}, "ciphers": {id: name}, "index_key":
base64}; a key without a cipher is AES's. A sealed value begins with its cipher and the name of its key, so keys
rotate: see rotation.py.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE: Final = 12  # bytes
TAG: Final = 16
BLIND: Final = 16  # bytes: no two of a nation's phone numbers meet by chance


class Aead(Protocol):
    def __init__(self, key: bytes) -> None: ...

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class Sm4Gcm:
    """SM4 in Galois counter mode (GB/T 32907, GB/T 36624), the tag behind the text as AESGCM has it."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        sealing = Cipher(algorithms.SM4(self.key), modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data)
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        opening = Cipher(algorithms.SM4(self.key), modes.GCM(nonce, data[-TAG:])).decryptor()
        opening.authenticate_additional_data(associated_data)
        return opening.update(data[:-TAG]) + opening.finalize()


@dataclass(frozen=True, slots=True)
class Kind:
    """A cipher: the byte that names it in a sealed value, and how long its keys are."""

    byte: int
    key_length: int
    aead: type[Aead]


AES: Final = "aes-256-gcm"
CIPHERS: Final[Mapping[str, Kind]] = {AES: Kind(1, 32, AESGCM), "sm4-gcm": Kind(2, 16, Sm4Gcm)}
BY_BYTE: Final[Mapping[int, Kind]] = {kind.byte: kind for kind in CIPHERS.values()}


@dataclass(frozen=True, slots=True)
class Keyring:
    current: str
    keys: dict[str, bytes]
    ciphers: dict[str, str]
    index_key: bytes

    def beginning(self, name: str) -> bytes:
        """Return how every value begins that this key has sealed."""
        said = name.encode()
        return bytes([CIPHERS[self.ciphers.get(name, AES)].byte, len(said)]) + said


def new_key(cipher: str = AES) -> str:
    return base64.b64encode(os.urandom(CIPHERS[cipher].key_length)).decode()


def keyring() -> Keyring:
    """
    Return the keys, read again when the file is another: whoever adds one need not start anything anew.

    :raises ImproperlyConfigured: if the data folder has no keyring
    """
    path = os.fspath(settings.KEYRING)
    try:
        found = os.stat(path)
    except FileNotFoundError:
        raise ImproperlyConfigured(
            f"No keyring at {path}. It is made with the data folder; without it nothing can be read."
        ) from None
    return _read(path, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=1)
def _read(path: str, *_version: int) -> Keyring:
    with open(path, encoding="utf-8") as file:
        kept: dict[str, Any] = json.load(file)
    keys = {name: base64.b64decode(key) for name, key in kept["keys"].items()}
    return Keyring(kept["current"], keys, kept.get("ciphers", {}), base64.b64decode(kept["index_key"]))


def seal(plain: bytes, *, bound_to: str) -> bytes:
    """Encrypt under the current key. `bound_to` must be given again to open it: "table|column|row"."""
    ring, nonce = keyring(), os.urandom(NONCE)
    beginning = ring.beginning(ring.current)
    aead = BY_BYTE[beginning[0]].aead(ring.keys[ring.current])
    return beginning + nonce + aead.encrypt(nonce, plain, bound_to.encode())


def unseal(sealed: bytes, *, bound_to: str) -> bytes:
    """
    :raises cryptography.exceptions.InvalidTag: if it was changed, or belongs to another row
    :raises KeyError: if its key or its cipher is not known
    """
    kind, end = BY_BYTE[sealed[0]], 2 + sealed[1]
    name, rest = sealed[2:end].decode(), sealed[end:]
    return kind.aead(keyring().keys[name]).decrypt(rest[:NONCE], rest[NONCE:], bound_to.encode())


def blind(kind: str, value: str) -> bytes:
    """Return what stands for the value in an index: equal for equal values, and says nothing else of it."""
    return mac(f"index/{kind}", value.encode())[:BLIND]


def mac(purpose: str, message: bytes) -> bytes:
    """Return 32 bytes that only this installation can make for the message."""
    return hmac.new(keyring().index_key, f"{purpose}|".encode() + message, hashlib.sha256).digest()
