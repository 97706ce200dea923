"""
A stand-in for Aliyun SMS: speaks its wire format over HTTP, checks the signature, refuses and misbehaves.

    with Standin(key_id="id", key_secret="s", sign_name="安家", template_code="SMS_1") as aliyun:
        AliyunSms("id", "s", "安家", "SMS_1", aliyun.url).send("13800138000", "123456")
        aliyun.sent  # [("13800138000", {"code": "123456"})]
        aliyun.report("http://.../callbacks/sms/reports/secret")  # as Aliyun's SmsReport does

`lost` are the numbers whose messages do not arrive: it takes them, and says so afterwards.
"""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx

from anjia.integrations.local_server import LocalServer

SIGNED: Final = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<id>[^,]+),SignedHeaders=(?P<names>[^,]+),Signature=(?P<signature>[0-9a-f]{64})"
)
MOST_TO_ONE: Final = 10  # a day; 1 a minute and 5 an hour come before, by template


class Refusal(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class Standin(LocalServer):
    def __init__(self, *, key_id: str, key_secret: str, sign_name: str, template_code: str) -> None:
        self.key_id, self.key_secret = key_id, key_secret
        self.sign_name, self.template_code = sign_name, template_code
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.lost: set[str] = set()
        self._to_report: list[dict[str, Any]] = []
        self.has_no_money = False
        self.is_broken = False
        self.hangs_up = False
        self._nonces: set[str] = set()
        super().__init__(handler_of(self))

    def answer(self, path: str, query: str, headers: dict[str, str]) -> dict[str, str]:
        """:raises Refusal: as Aliyun would"""
        self._check_signature(path, query, headers)
        self._check_standing(headers)
        said = dict(parse_qsl(query))
        values = self._check_message(said)
        self.sent.append((said["PhoneNumbers"], values))
        biz_id = secrets.token_hex(8)
        self._to_report.append(self._report_of(said, biz_id))
        return {"Code": "OK", "Message": "OK", "BizId": biz_id}

    def _report_of(self, said: dict[str, str], biz_id: str) -> dict[str, Any]:
        arrives = said["PhoneNumbers"] not in self.lost
        return {
            "phone_number": said["PhoneNumbers"],
            "send_time": time.strftime("%Y-%m-%d %H:%M:%S"),
            "report_time": time.strftime("%Y-%m-%d %H:%M:%S"),
            "success": arrives,
            "err_code": "DELIVERED" if arrives else "UNDELIV",
            "err_msg": "用户接收成功" if arrives else "手机关机",
            "sms_size": "1",
            "biz_id": biz_id,
            "out_id": said.get("OutId", ""),
        }

    def report(self, url: str, *, transport: httpx.BaseTransport | None = None) -> int:
        """Report what became of all that was sent and not reported yet; return how many. Repeated until it is taken."""
        with httpx.Client(timeout=5, trust_env=False, transport=transport) as client:
            response = client.post(url, json=self._to_report)
        if response.status_code != 200 or response.json().get("code") != 0:
            return 0
        count = len(self._to_report)
        self._to_report.clear()
        return count

    def _check_standing(self, headers: dict[str, str]) -> None:
        if headers.get("x-acs-action") != "SendSms" or headers.get("x-acs-version") != "2017-05-25":
            raise Refusal(404, "InvalidAction.NotFound")
        if self.is_broken:
            raise Refusal(500, "isp.SYSTEM_ERROR")
        if self.has_no_money:
            raise Refusal(200, "isv.AMOUNT_NOT_ENOUGH")

    def _check_message(self, said: dict[str, str]) -> dict[str, str]:
        if said.get("SignName") != self.sign_name:
            raise Refusal(200, "isv.SMS_SIGNATURE_ILLEGAL")
        if said.get("TemplateCode") != self.template_code:
            raise Refusal(200, "isv.SMS_TEMPLATE_ILLEGAL")
        phone = said.get("PhoneNumbers", "")
        if not re.fullmatch(r"1[3-9]\d{9}", phone):
            raise Refusal(200, "isv.MOBILE_NUMBER_ILLEGAL")
        try:
            values: dict[str, str] = json.loads(said.get("TemplateParam", ""))
        except ValueError:
            raise Refusal(200, "isv.INVALID_JSON_PARAM") from None
        if Counter(to for to, _ in self.sent)[phone] >= MOST_TO_ONE:
            raise Refusal(200, "isv.BUSINESS_LIMIT_CONTROL")
        return values

    def _check_signature(self, path: str, query: str, headers: dict[str, str]) -> None:
        found = SIGNED.fullmatch(headers.get("authorization", ""))
        if not found:
            raise Refusal(400, "MissingAuthorization")
        if found["id"] != self.key_id:
            raise Refusal(404, "InvalidAccessKeyId.NotFound")
        sent_at = time.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ")
        if abs(time.mktime(sent_at) - time.mktime(time.gmtime())) > 900:
            raise Refusal(400, "InvalidTimeStamp.Expired")
        if headers["x-acs-signature-nonce"] in self._nonces:
            raise Refusal(400, "SignatureNonceUsed")
        self._nonces.add(headers["x-acs-signature-nonce"])
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in found["names"].split(";"))
        empty = hashlib.sha256(b"").hexdigest()
        request = f"POST\n{path}\n{query}\n{lines}\n{found['names']}\n{empty}"
        said = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
        ours = hmac.new(self.key_secret.encode(), said.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(ours, found["signature"]):
            raise Refusal(400, "SignatureDoesNotMatch")


def handler_of(standin: Standin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if standin.hangs_up:
                self.close_connection = True
                return
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = 200
            try:
                said = standin.answer(url.path, url.query, headers)
            except Refusal as refusal:
                status, said = refusal.status, {"Code": refusal.code, "Message": refusal.code}
            body = json.dumps(said | {"RequestId": secrets.token_hex(16).upper()}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the line would hold the number and the code."""

    return Handler
