"""
The real client of Aliyun SMS: SendSms 2017-05-25, signed by ACS3-HMAC-SHA256.

https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from django.conf import settings

from anjia.integrations import outgoing
from anjia.integrations.errors import Misconfigured, NotConnected, Permanent, Temporary

TIMEOUT: Final = httpx.Timeout(8, connect=3)
ALGORITHM: Final = "ACS3-HMAC-SHA256"
TEMPORARY: Final = frozenset(
    {"isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "Throttling", "Throttling.User"}
)
THEIRS: Final = frozenset(
    {"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.BLACK_KEY_CONTROL_LIMIT"}
)


@dataclass(frozen=True, slots=True)
class AliyunSms:
    access_key_id: str
    access_key_secret: str
    sign_name: str
    template_code: str
    api: str = "https://dysmsapi.aliyuncs.com"

    def send(self, phone: str, code: str) -> None:
        """
        Send the code by the template, whose variable is called `code`.

        :raises Permanent: if the number can never get it
        :raises Misconfigured: if the key, the signature, the template or the balance will not do
        :raises Temporary: if it is asked for too often, or Aliyun is busy or not to be reached
        """
        query = {
            "PhoneNumbers": phone,
            "SignName": self.sign_name,
            "TemplateCode": self.template_code,
            "TemplateParam": json.dumps({"code": code}),
        }
        headers = {
            "host": urlsplit(self.api).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": date_now(),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        headers["Authorization"] = authorization(
            "POST", "/", query, headers, key_id=self.access_key_id, key_secret=self.access_key_secret
        )
        try:
            with outgoing.client(TIMEOUT) as client:
                response = client.post(f"{self.api}/?{canonical_query(query)}", headers=headers)
        except httpx.HTTPError as error:
            raise Temporary(type(error).__name__) from None  # the message would hold the number and the code
        check(response)


def date_now() -> str:
    """Return the wall clock's time, which the signature is good for, as Aliyun writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def authorization(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    key_id: str,
    key_secret: str,
) -> str:
    """Return the Authorization header of ACS3-HMAC-SHA256."""
    signed = {
        name.lower(): value.strip()
        for name, value in headers.items()
        if name.lower() in {"host", "content-type"} or name.lower().startswith("x-acs-")
    }
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = "\n".join([method, path, canonical_query(query), lines, names, signed["x-acs-content-sha256"]])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


def canonical_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))


def check(response: httpx.Response) -> None:
    """:raises Permanent: or Misconfigured, or Temporary: by what Aliyun says"""
    try:
        said: Any = response.json()
        code = str(said["Code"])
    except (ValueError, KeyError, TypeError):
        raise Temporary(f"http_{response.status_code}") from None
    if code == "OK":
        return
    if code in TEMPORARY or response.status_code >= 500:
        raise Temporary(code)
    if code in THEIRS:
        raise Permanent(code)
    raise Misconfigured(code)


def from_settings() -> AliyunSms:
    """:raises NotConnected: if this installation has no SMS account"""
    if not (settings.SMS_ACCESS_KEY_ID and settings.SMS_ACCESS_KEY_SECRET):
        raise NotConnected("no_key")
    return AliyunSms(
        settings.SMS_ACCESS_KEY_ID,
        settings.SMS_ACCESS_KEY_SECRET,
        settings.SMS_SIGN_NAME,
        settings.SMS_TEMPLATE_CODE,
        settings.SMS_API,
    )
