"""What happens in a database beside the tests' own, in processes that see only that one."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Final

WRITE: Final = """
import django
django.setup()

from django.utils import timezone
from anjia.kernel import audit, sealing
from anjia.kernel.actors import system
from anjia.kernel.ids import new_id
from anjia.kernel.work import acting, command

@command("notes.write")
def write(actor, now):
    audit.record("notes.note.written", actor=actor, at=now, subject_id=new_id())

"""


def write_entries(count: int, *, seal: bool) -> str:
    """Return a program that writes so many audit entries, and seals them."""
    lines = [f"for _ in range({count}):", "    acting(system(), timezone.now()).do(write)"]
    return WRITE + "\n".join([*lines, "sealing.seal_now(timezone.now())" if seal else ""])


def write_until_killed() -> str:
    """Return a program that writes entries, and seals some, as long as it is let."""
    return WRITE + (
        "while True:\n"
        "    for _ in range(3):\n"
        "        acting(system(), timezone.now()).do(write)\n"
        "    sealing.seal_now(timezone.now())\n"
        "    acting(system(), timezone.now()).do(write)\n"
        "    print('written', flush=True)\n"
    )


def run_in(environment: Mapping[str, str], program: str) -> None:
    subprocess.run([sys.executable, "-c", program], env=settled(environment), check=True)


def start_in(environment: Mapping[str, str], program: str) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-c", program]
    return subprocess.Popen(words, env=settled(environment), stdout=subprocess.PIPE)


def settled(environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "DJANGO_SETTINGS_MODULE": "anjia.web.settings"}


def audit_verdict(environment: Mapping[str, str]) -> str:
    """Return what `anjia audit_verify` says."""
    words = [sys.executable, "-m", "anjia", "audit_verify"]
    done = subprocess.run(words, env=settled(environment), capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()
