"""What to say and do in a situation: published in versions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from anjia.catalogue.models import PromptVersion
from anjia.catalogue.prompts import standing
from anjia.catalogue.rules.prompts import PromptTouched, check_prompt
from anjia.catalogue.writing import one_at_a_time
from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command


@command("catalogue.change")
def publish_prompt(
    actor: Actor, now: datetime, *, situation: str, content: Mapping[str, Any], seen: int
) -> PromptVersion:
    """
    Put a text in the place of the one that stands. `seen` is the version that she had before her.

    :raises NotFound: if there is no such situation
    :raises PromptTouched: if another version was published since
    :raises PromptInvalid: naming every field that is wrong
    """
    check_prompt(content)
    one_at_a_time(actor)
    now_standing = {one.situation: one for one in standing(actor)}.get(situation)
    if now_standing is None:
        raise NotFound
    if now_standing.version != seen:
        raise PromptTouched
    row = PromptVersion.objects.create(
        organization_id=actor.organization_id,
        situation=situation,
        version=seen + 1,
        content=dict(content),
        published_at=now,
        published_by=actor.user_id,
    )
    audit.record("catalogue.prompt.published", actor=actor, at=now, subject_id=row.id, fields=["content"])
    return row
