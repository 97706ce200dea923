"""The newest seal, kept outside the database too: whoever owns the database could forge the chain from end to end."""

import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from anjia.kernel import audit
from anjia.kernel.actors import Purpose, system
from anjia.kernel.models import AuditSeal
from anjia.kernel.work import acting

LARGEST: Final = 1024 * 1024  # bytes of the file outside: some days' worth of the busiest
TAIL: Final = 4096  # bytes that surely hold its last whole line


def seal_now(now: datetime) -> bool:
    """Seal what is over, and append the seal to the file outside; return whether there was anything."""
    made = acting(system(), now).do(audit.seal)
    if made is None:
        return False
    keep_outside(made)
    return True


def close_epochs(now: datetime) -> None:
    """Seal what a restored database has brought along unsealed, and append the seals to the file outside."""
    for made in acting(system(), now).do(audit.close_epochs):
        keep_outside(made)


def keep_outside(seal: AuditSeal) -> None:
    path = Path(settings.SEALS)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {"number": seal.number, "hash": seal.hash, "at": seal.sealed_at.isoformat()}
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if path.stat().st_size > LARGEST:
        keep_the_newest(path)


def keep_the_newest(path: Path) -> None:
    """Let go of the older half: a seal stands for all before it. All of it is written, or nothing."""
    lines = path.read_text().splitlines(keepends=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with partial.open("w") as file:
        file.writelines(lines[len(lines) // 2 :])
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def newest_outside() -> tuple[int, str] | None:
    """Return number and hash of the last seal that was written down outside, or None if none was."""
    path = Path(settings.SEALS)
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        lines = file.read().splitlines()
    for line in reversed(lines):
        with suppress(ValueError):  # half a line: of where the tail begins, or where the power went
            last = json.loads(line)
            return last["number"], last["hash"]
    return None


def verify_all(now: datetime) -> audit.Verdict:
    """Check the whole chain, and that its newest seal is outside too: without that, a forged chain looks whole."""
    newest = newest_outside()
    found = acting(system(), now).ask(audit.verify, Purpose.LEGAL, newest=newest)
    if found.seals and newest is None and not found.broken:
        return replace(found, broken=f"no seal is kept outside: {settings.SEALS} is gone or empty")
    return found
