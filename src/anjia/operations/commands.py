"""What is written down about Anjia itself."""

from datetime import datetime

from django.utils.translation import gettext as _

from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.errors import Invalid
from anjia.kernel.work import command
from anjia.operations.models import IncidentCause, Minute, RestoreProof
from anjia.operations.rules import KEPT, minute_of

LONGEST_CAUSE = 300


@command("operations.watch")
def note_minute(
    actor: Actor, now: datetime, *, at: datetime, is_up: bool, milliseconds: int, failed: str = ""
) -> None:
    """Keep how it was in this minute; of two looks at one minute the first counts. It is a reading, not a deed."""
    row = Minute(at=minute_of(at), is_up=is_up, milliseconds=milliseconds, failed=failed[:40])
    Minute.objects.bulk_create([row], ignore_conflicts=True)


@command("operations.explain")
def explain_incident(actor: Actor, now: datetime, *, minute: datetime, words: str) -> IncidentCause:
    """
    Say why Anjia was away in that minute. It is public.

    :raises Invalid: if it says nothing, or too much, or of a minute that is not over
    """
    words = words.strip()
    if not words or len(words) > LONGEST_CAUSE:
        raise Invalid(fields={"words": _("写一句原因，最多 300 个字。")})
    if minute_of(minute) >= minute_of(now):
        raise Invalid(fields={"minute": _("这一分钟还没有过去。")})
    cause = IncidentCause.objects.create(minute=minute_of(minute), words=words, said_at=now)
    audit.record("operations.incident.explained", actor=actor, at=now, subject_id=cause.id, fields=["words"])
    return cause


@command("operations.watch")
def forget_minutes(actor: Actor, now: datetime) -> int:
    """Forget minutes older than is promised; return how many."""
    deleted, _rows = Minute.objects.filter(at__lt=now - KEPT).delete()
    return deleted


@command("operations.prove")
def note_proof(
    actor: Actor, now: datetime, *, backup_name: str, entries: int, files: int, seconds: int, wrong: str
) -> RestoreProof:
    """Keep that a backup was restored aside and looked over, and what was found."""
    proof = RestoreProof.objects.create(
        at=now,
        backup_name=backup_name[:200],
        entries=entries,
        files=files,
        seconds=seconds,
        wrong=wrong[:500],
    )
    audit.record("operations.backup.proven", actor=actor, at=now, subject_id=proof.id, fields=["wrong"])
    return proof
