"""
The real client of Aliyun SMS for messages by template, with our id as `OutId`, which its reports repeat.

Aliyun does not refuse a second message with the same OutId, so a try that was cut off must not be repeated.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from anjia.integrations.errors import Misconfigured, NotConnected, Temporary
from anjia.integrations.sms.aliyun import TIMEOUT, authorization, canonical_query, check, date_now


@dataclass(frozen=True, slots=True)
class SmsMessages:
    access_key_id: str
    access_key_secret: str
    sign_name: str
    templates: Mapping[str, str]  # Aliyun's template codes by ours
    api: str = "https://dysmsapi.aliyuncs.com"
    dedupes: bool = False

    def send(
        self,
        *,
        message_id: str,
        to: str,
        template: str,
        words: str,
        values: Mapping[str, str],
        fields: Mapping[str, str],
    ) -> str:
        """
        Send by the template, whose variables are called as our values are; return Aliyun's id.

        :raises Permanent: if the number can never get it
        :raises Misconfigured: if the key, the signature, the template or the balance will not do
        :raises Temporary: if Aliyun is busy or not to be reached
        """
        if template not in self.templates:
            raise Misconfigured("no_template")
        query = {
            "PhoneNumbers": to,
            "SignName": self.sign_name,
            "TemplateCode": self.templates[template],
            "TemplateParam": json.dumps(dict(values), ensure_ascii=False),
            "OutId": message_id,
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
            with httpx.Client(timeout=TIMEOUT) as client:
                response = client.post(f"{self.api}/?{canonical_query(query)}", headers=headers)
        except httpx.HTTPError as error:
            raise Temporary(type(error).__name__) from None  # the message would hold number and words
        check(response)
        said: Any = response.json()
        return str(said.get("BizId") or message_id)


def from_settings() -> SmsMessages:
    """:raises NotConnected: if this installation has no SMS account"""
    if not (settings.SMS_ACCESS_KEY_ID and settings.SMS_ACCESS_KEY_SECRET):
        raise NotConnected("no_key")
    return SmsMessages(
        settings.SMS_ACCESS_KEY_ID,
        settings.SMS_ACCESS_KEY_SECRET,
        settings.SMS_SIGN_NAME,
        settings.SMS_MESSAGE_TEMPLATES,
        settings.SMS_API,
    )
