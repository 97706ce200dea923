"""kill -9 of the process that has just handed a message over: it arrives once, and is said to have."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from anjia.messaging.rules import LEASE
from tests import make as basics
from tests.make import NOON
from tests.messaging import make
from tests.messaging.make import Post


def postman(folder: Path, *, now: str, carrier: str) -> subprocess.Popen[str]:
    own = connection.settings_dict
    address = f"{quote(own['USER'])}:{quote(own['PASSWORD'])}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{address}",
        "DJANGO_SETTINGS_MODULE": "anjia.web.settings",
        "ANJIA_HOME": str(folder),
        "ANJIA_KEYRING": str(settings.KEYRING),
        "WECHAT_MESSAGES": carrier,
        "SMS_MESSAGES": "anjia.integrations.sms.messages_standin.local",
        "PYTHONPATH": os.pathsep.join(["src", ".", os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.messaging.postman", now],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_message_handed_over_before_kill_9_arrives_once(post: Post, tmp_path: Path) -> None:
    sender = basics.actor("messaging.send")
    messages = [make.message(sent_by=sender, now=NOON + timedelta(days=2)) for _ in range(3)]
    now = NOON + timedelta(days=2)

    dying = postman(tmp_path, now=now.isoformat(), carrier="tests.messaging.postman.dies_soon")
    assert dying.stdout is not None
    assert dying.stdout.readline() == "taken\n"
    dying.send_signal(signal.SIGKILL)
    assert dying.wait(10) == -signal.SIGKILL
    dying.stdout.close()

    after = postman(
        tmp_path, now=(now + LEASE).isoformat(), carrier="anjia.integrations.wechat.messages_standin.local"
    )
    assert after.wait(60) == 0
    assert after.stdout is not None
    after.stdout.close()

    rows = [make.notifications(message)["wechat"] for message in messages]
    assert [row.state for row in rows] == ["sent"] * 3
    taken = {path.name for path in (tmp_path / "stand-ins" / "wechat").iterdir()}
    assert {str(row.id) for row in rows} <= taken
    outcomes = [outcome for message in messages for _, outcome, _ in make.attempts(message)]
    assert sorted(outcomes) == ["sent"] * 3 + ["unsure"]  # the two behind it had not been begun


pytestmark = pytest.mark.usefixtures("database")
