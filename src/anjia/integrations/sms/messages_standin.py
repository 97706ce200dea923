"""
The demo's stand-in for SMS: sends nothing anywhere, refuses numbers that are none, and reports afterwards, as Aliyun.

What becomes of a message hangs on its number, so that everybody sees each kind: one that ends in 9 is switched off, of
one that ends in 7 is heard late, of one that ends in 5 twice.
"""

import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
from django.conf import settings

from anjia.integrations.afterwards import Afterwards
from anjia.integrations.errors import Permanent

MOBILE: Final = re.compile(r"1[3-9]\d{9}")
SWITCHED_OFF, LATE, TWICE = "9", "7", "5"
REPORTED_AFTER: Final = {LATE: (180,), TWICE: (5, 60)}  # seconds; the others' once, soon
SOON: Final = (5,)
AT_ONCE: Final = 10  # reports in one POST


class Local:
    """
    Takes messages and keeps their ids as empty files in the data folder: one sent twice is one. What it has to report
    lies beside them, under the time when it does.
    """

    dedupes = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.to_report = Afterwards(folder.with_name(f"{folder.name}-to-report"))

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
        """:raises Permanent: if it is no mobile number"""
        if not MOBILE.fullmatch(to):
            raise Permanent("isv.MOBILE_NUMBER_ILLEGAL")
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / message_id).exists():
            self.keep_report(message_id, to, at=time.time())
        with suppress(FileExistsError):  # it has arrived before
            os.close(os.open(self.folder / message_id, os.O_CREAT | os.O_EXCL, 0o600))
        return f"local-{message_id}"

    def keep_report(self, message_id: str, to: str, *, at: float) -> None:
        for seconds in REPORTED_AFTER.get(to[-1], SOON):
            due = int(at) + seconds
            self.to_report.keep(message_id, report_of(message_id, to, sent=at, reported=due), due=due)

    def report(self, url: str, *, at: float, transport: httpx.BaseTransport | None = None) -> int:
        """POST what is due, as Aliyun's SmsReport does; return how many. Repeated until it is taken."""
        due, taken = self.to_report.due(at), 0
        with httpx.Client(timeout=10, trust_env=False, transport=transport) as client:
            for start in range(0, len(due), AT_ONCE):
                some = due[start : start + AT_ONCE]
                try:
                    answer = client.post(url, json=[said for _path, said in some])
                    is_taken = answer.status_code == 200 and answer.json().get("code") == 0
                except (httpx.HTTPError, ValueError):
                    is_taken = False
                if not is_taken:
                    break
                for path, _said in some:
                    path.unlink(missing_ok=True)
                taken += len(some)
        return taken


def report_of(message_id: str, to: str, *, sent: float, reported: float) -> dict[str, Any]:
    arrives = not to.endswith(SWITCHED_OFF)
    return {
        "phone_number": to,
        "send_time": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(sent)),
        "report_time": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(reported)),
        "success": arrives,
        "err_code": "DELIVERED" if arrives else "UNDELIV",
        "err_msg": "用户接收成功" if arrives else "手机关机",
        "sms_size": "1",
        "biz_id": f"local-{message_id}",
        "out_id": message_id,
    }


def local() -> Local:
    """Return the demo's stand-in."""
    return Local(Path(settings.ANJIA_HOME) / "stand-ins" / "sms")
