"""The newest seal, kept outside the database too: whoever owns the database could forge the chain from end to end."""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from anjia.kernel import audit
from anjia.kernel.actors import system
from anjia.kernel.work import acting


def seal_now(now: datetime) -> bool:
    """Seal what is over, and append the seal to the file outside; return whether there was anything."""
    made = acting(system(), now).do(audit.seal)
    if made is None:
        return False
    path = Path(settings.SEALS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps({"number": made.number, "hash": made.hash, "at": now.isoformat()}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def newest_outside() -> tuple[int, str] | None:
    """Return number and hash of the last seal that was written down outside, or None if none was."""
    path = Path(settings.SEALS)
    if not path.exists():
        return None
    lines = [line for line in path.read_text().splitlines() if line.endswith("}")]
    last = json.loads(lines[-1]) if lines else None
    return (last["number"], last["hash"]) if last else None
