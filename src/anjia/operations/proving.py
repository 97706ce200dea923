"""Whether a data folder that was made from a backup is whole: its audit trail, and each file that its rows name."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from anjia.identity.queries import institutions
from anjia.kernel import files, sealing
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.models import StoredFile
from anjia.kernel.work import acting


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked over, and in words the first thing that does not fit; nothing where all is whole."""

    entries: int  # of the audit trail
    files: int
    wrong: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def look_over(now: datetime) -> Finding:
    """Check every seal of the audit trail, and open every file."""
    verdict = sealing.verify_all(now)
    if verdict.broken:
        return Finding(entries=verdict.entries, files=0, wrong=f"audit: {verdict.broken}")
    opened = 0
    for house in acting(system(), now).ask(institutions, Purpose.CONTRACT):
        for stored in acting(system(house.id), now).ask(_stored):
            wrong = acting(system(house.id), now).ask(_wrong_with, stored.id, stored.sha256)
            if wrong:
                return Finding(entries=verdict.entries, files=opened, wrong=f"file {stored.id}: {wrong}")
            opened += 1
    return Finding(entries=verdict.entries, files=opened)


def _stored(actor: Actor) -> list[StoredFile]:
    return list(StoredFile.objects.filter(organization_id=actor.organization_id).order_by("id"))


def _wrong_with(actor: Actor, file_id: UUID, sha256: str) -> str:
    try:
        _kind, content = files.content_of(actor, Purpose.CONTRACT, file_id=file_id)
    except FileNotFoundError:
        return "missing"
    except Exception as error:  # whatever a damaged file does to whoever opens it
        return f"cannot be opened ({type(error).__name__})"
    return "" if hashlib.sha256(content).hexdigest() == sha256 else "has other content"
