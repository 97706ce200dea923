"""Audit entries as people read them: names for ids, words for actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.kernel.actors import NOBODY
from anjia.kernel.models import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    at: datetime
    actor_id: UUID
    actor: str
    action: str
    words: str
    fields: list[str]
    subject_id: UUID


def lines_of(entries: Iterable[AuditEntry], *, names: Mapping[UUID, str]) -> list[Line]:
    return [
        Line(
            at=entry.occurred_at,
            actor_id=entry.actor_id,
            actor=_("系统") if entry.actor_id == NOBODY else names.get(entry.actor_id, _("不在本机构")),
            action=entry.action,
            words=words_of(entry.action),
            fields=entry.fields,
            subject_id=entry.subject_id,
        )
        for entry in entries
    ]


def words_of(action: str) -> str:
    """Say an action in words: the thing, and what was done to it; its name where we have no words."""
    _context, _dot, rest = action.partition(".")
    thing, _dot, done = rest.rpartition(".")
    said = [words for words in (THINGS().get(thing), DEEDS().get(done)) if words]
    return " ".join(said) if len(said) == 2 else rest.replace("_", " ").replace(".", " ")


def THINGS() -> dict[str, str]:  # noqa: N802
    return {}


def DEEDS() -> dict[str, str]:  # noqa: N802
    return {}
