"""
AWS Signature Version 4 in the Authorization header, for S3.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

ALGORITHM: Final = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    key_id: str
    secret: str
    region: str


def signed(
    credentials: Credentials,
    at: datetime,
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
) -> dict[str, str]:
    """Return the headers that go with the request, those of the signature among them; `headers` must name the host."""
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    all_of_them = {name.lower(): value.strip() for name, value in headers.items()}
    all_of_them |= {"x-amz-date": moment, "x-amz-content-sha256": digest}
    names = ";".join(sorted(all_of_them))
    lines = "".join(f"{name}:{all_of_them[name]}\n" for name in sorted(all_of_them))
    request = "\n".join([method, quote(path, safe="/-_.~"), canonical(query), lines, names, digest])
    scope = f"{moment[:8]}/{credentials.region}/s3/aws4_request"
    to_sign = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{credentials.secret}".encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    said = (
        f"Credential={credentials.key_id}/{scope},SignedHeaders={names},Signature={_mac(key, to_sign).hex()}"
    )
    return all_of_them | {"authorization": f"{ALGORITHM} {said}"}


def canonical(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))


def _mac(key: bytes, words: str) -> bytes:
    return hmac.new(key, words.encode(), hashlib.sha256).digest()
