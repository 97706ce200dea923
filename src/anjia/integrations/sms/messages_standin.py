"""The demo's stand-in for SMS: keeps only the ids, and refuses numbers that are none, as Aliyun does."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings

from anjia.integrations.errors import Permanent

MOBILE: Final = re.compile(r"1[3-9]\d{9}")


class Local:
    """Takes messages and keeps their ids as empty files in the data folder: one sent twice is one."""

    dedupes = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
        with suppress(FileExistsError):  # it has arrived before
            os.close(os.open(self.folder / message_id, os.O_CREAT | os.O_EXCL, 0o600))
        return f"local-{message_id}"


def local() -> Local:
    """Return the demo's stand-in."""
    return Local(Path(settings.ANJIA_HOME) / "stand-ins" / "sms")
