"""A postman in a process of its own, for a test that kills it: `python -m tests.messaging.postman <now>`."""

import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import django
from django.conf import settings

from anjia.integrations.wechat.messages_standin import Local


class DiesSoon(Local):
    """Takes the message, says so, and never comes back with an answer."""

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
        super().send(
            message_id=message_id, to=to, template=template, words=words, values=values, fields=fields
        )
        print("taken", flush=True)
        time.sleep(60)
        return ""


def dies_soon() -> DiesSoon:
    return DiesSoon(Path(settings.ANJIA_HOME) / "stand-ins" / "wechat")


def main() -> None:
    django.setup()
    from anjia.messaging import jobs  # noqa: PLC0415  # only when the apps are ready

    now = datetime.fromisoformat(sys.argv[1])
    jobs.empty_outbox(lambda: now)


if __name__ == "__main__":
    main()
