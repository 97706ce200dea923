"""
What Aliyun reports of messages by `SmsReport`: POSTs a JSON array to the address that is set in its console.

https://help.aliyun.com/zh/sms/developer-reference/smsreport-2
It repeats a report until it hears code 0, and knows no signature: the address itself has to be a secret.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TAKEN: Final[Mapping[str, Any]] = {"code": 0, "msg": "接收成功"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    message_id: str  # ours: the OutId that it was sent with
    vendor_id: str
    arrived: bool
    code: str


class Unreadable(ValueError):
    """This is no report of Aliyun's."""


def reports_in(body: bytes) -> list[Report]:
    """:raises Unreadable: if it is none"""
    try:
        return [
            Report(
                message_id=str(one.get("out_id") or ""),
                vendor_id=str(one["biz_id"]),
                arrived=one["success"] is True,
                code="" if one["success"] is True else str(one.get("err_code") or ""),
            )
            for one in json.loads(body)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable from None
