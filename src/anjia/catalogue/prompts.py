"""The texts for situations as they stand: a house's own version, or the one that comes with Anjia."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from anjia.catalogue.models import PromptVersion
from anjia.catalogue.rules import in_language
from anjia.catalogue.rules.prompts import built_in
from anjia.kernel.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A text as it is read; version 0 is the one that comes with Anjia."""

    situation: str
    version: int
    content: Mapping[str, Any]
    published_at: datetime | None = None
    published_by: UUID | None = None

    @property
    def said(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = in_language(self.content, (get_language() or "zh")[:2])
        return found

    @property
    def title(self) -> str:
        return str(self.said["title"])

    @property
    def say(self) -> Sequence[str]:
        return list(self.said["say"])

    @property
    def do(self) -> Sequence[str]:
        return list(self.said["do"])

    @property
    def source(self) -> str:
        return str(self.said["source"])


def standing(actor: Actor) -> list[Prompt]:
    """Return what stands for each situation, in the order of the texts that come with Anjia."""
    rows = PromptVersion.objects.filter(organization_id=actor.organization_id)
    own = {row.situation: row for row in rows.order_by("situation", "-version").distinct("situation")}
    return [
        prompt_of(own[situation])
        if situation in own
        else Prompt(situation=situation, version=0, content=content)
        for situation, content in built_in().items()
    ]


def prompt_of(row: PromptVersion) -> Prompt:
    return Prompt(
        situation=row.situation,
        version=row.version,
        content=row.content,
        published_at=row.published_at,
        published_by=row.published_by,
    )
