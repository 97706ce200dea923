"""
What WeChat pushes to the address that is set under 消息推送 (明文模式, JSON): here what became of subscribe messages.

https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message.html
It signs with a token that both know, and repeats a push that is not answered within five seconds.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

SENT: Final = "subscribe_msg_sent_event"
TAKEN: Final = "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    vendor_id: str  # the msgid that WeChat gave the message
    arrived: bool
    code: str


class Unreadable(ValueError):
    """This is no push of WeChat's."""


def signature_of(token: str, timestamp: str, nonce: str) -> str:
    said = "".join(sorted([token, timestamp, nonce]))
    return hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest()  # WeChat's choice


def is_signed(token: str, *, timestamp: str, nonce: str, signature: str) -> bool:
    ours = signature_of(token, timestamp, nonce)
    return bool(token) and hmac.compare_digest(ours.encode(), signature.encode())


def sent_in(body: bytes) -> list[Sent]:
    """
    Return what became of messages; nothing where the push is about something else.

    :raises Unreadable: if it is none
    """
    try:
        said = json.loads(body)
        if said["Event"] != SENT:
            return []
        lines = said["List"] if isinstance(said["List"], list) else [said["List"]]  # of one it is no list
        return [
            Sent(
                vendor_id=str(one["MsgID"]),
                arrived=str(one["ErrorCode"]) == "0",
                code="" if str(one["ErrorCode"]) == "0" else str(one["ErrorStatus"]),
            )
            for one in lines
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable from None
