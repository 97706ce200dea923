"""The next version of a service: begun, written part by part, published at once or on a day."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.catalogue.events import CatalogueChanged, DraftDue
from anjia.catalogue.models import Draft, DraftSave
from anjia.catalogue.rules import check_content, digest_of
from anjia.catalogue.rules.drafting import (
    BaseMovedOn,
    DayInvalid,
    DraftChanged,
    DraftClosed,
    DraftState,
    DraftTouched,
    NothingChanged,
    Part,
    SecondPersonNeeded,
    catch_up,
    check_part,
    part_of,
    seen_as,
    with_part,
)
from anjia.catalogue.writing import append_version, one_at_a_time, service_for_update
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import at, day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command

LIVE: Final = (DraftState.OPEN.value, DraftState.SCHEDULED.value)
YEAR: Final = timedelta(days=366)


@command("catalogue.draft")
def start_draft(actor: Actor, now: datetime, *, code: str) -> Draft:
    """
    Begin the next version of the service from the one that is offered; return the one that is begun already.

    :raises NotFound: if the institution has no such service
    """
    service = service_for_update(actor, code=code)
    if service is None or service.current is None:
        raise NotFound
    begun = Draft.objects.filter(service=service, state__in=LIVE).first()
    if begun:
        return begun
    draft = Draft.objects.create(
        organization_id=actor.organization_id,
        service=service,
        base=service.current,
        content=service.current.content,
        started_by=actor.user_id,
        started_at=now,
    )
    audit.record("catalogue.draft.begun", actor=actor, at=now, subject_id=draft.id)
    return draft


@command("catalogue.draft")
def save_part(
    actor: Actor, now: datetime, *, draft_id: UUID, part: Part, said: Mapping[str, Any], seen: str
) -> Draft:
    """
    Write a part of the draft anew. `seen` tells which words of it she had before her.

    :raises DraftTouched: if somebody has changed this part since; other parts are no matter
    :raises ServiceInvalid: naming every place of the part that is wrong
    :raises DraftClosed: if the draft is no longer being written
    """
    draft = _open_draft(actor, draft_id=draft_id)
    if seen_as(draft.content, part) != seen:
        raise DraftTouched
    content = with_part(draft.content, part, said)
    if digest_of(content) == digest_of(draft.content):
        return draft
    check_part(content, part)
    _write(actor, now, draft, part, content)
    audit.record("catalogue.draft.saved", actor=actor, at=now, subject_id=draft.id, fields=[part.value])
    return draft


@command("catalogue.draft")
def catch_draft_up(actor: Actor, now: datetime, *, draft_id: UUID) -> list[Part]:
    """
    Go on from the version that is offered now; return the parts that both have changed, for a person to look at.

    :raises DraftClosed: if the draft is no longer being written
    """
    draft = _open_draft(actor, draft_id=draft_id)
    current = draft.service.current
    assert current is not None
    if current.id == draft.base_id:
        return []
    content, both = catch_up(draft.base.content, draft.content, current.content)
    for part in Part:
        if part_of(content, part) != part_of(draft.content, part):
            caught_up = with_part(draft.content, part, part_of(content, part))
            _write(actor, now, draft, part, caught_up, is_caught_up=True)
    draft.base, draft.content, draft.clashes = current, content, [part.value for part in both]
    draft.save(update_fields=["base", "content", "clashes"])
    audit.record("catalogue.draft.caught_up", actor=actor, at=now, subject_id=draft.id, fields=["base"])
    return both


@command("catalogue.change")
def publish_draft(
    actor: Actor,
    now: datetime,
    *,
    draft_id: UUID,
    why: str,
    effective_on: date | None = None,
    seen: int | None = None,
) -> Draft:
    """
    Offer the service as the draft says: now, or from the day on. Visits that were promised keep their version.

    `seen` is the revision that she has read, where a page says which.

    :raises DraftChanged: if somebody has written in it since she has read it
    :raises SecondPersonNeeded: if she has written in it herself and may not publish what is her own
    :raises BaseMovedOn: if another version was published since the draft was begun
    :raises ServiceInvalid: naming every place that is wrong
    """
    one_at_a_time(actor)
    draft = _open_draft(actor, draft_id=draft_id)
    is_own = DraftSave.objects.filter(draft=draft, by=actor.user_id, is_caught_up=False).exists()
    if is_own and not actor.may("catalogue.publish_own"):
        raise SecondPersonNeeded
    if seen is not None and seen != draft.revision:
        raise DraftChanged
    if draft.base_id != draft.service.current_id:
        raise BaseMovedOn
    if digest_of(draft.content) == draft.base.digest:
        raise NothingChanged
    check_content(draft.content)
    today, day = day_of(now), effective_on or day_of(now)
    if not today <= day <= today + YEAR:
        raise DayInvalid(fields={"effective_on": _("请选今天或以后的一天。")})
    draft.why, draft.effective_on = why[:400], day
    draft.closed_by, draft.closed_at = actor.user_id, now
    if day > today:
        draft.state = DraftState.SCHEDULED.value
        events.publish(DraftDue(draft_id=draft.id, at=at(day, time(0))), actor=actor)
        audit.record("catalogue.draft.scheduled", actor=actor, at=now, subject_id=draft.id, fields=["state"])
    else:
        _put_in_force(actor, now, draft)
    draft.save()
    return draft


@command("catalogue.change")
def put_in_force(actor: Actor, now: datetime, *, draft_id: UUID) -> Draft:
    """
    Publish what was to take effect by now, if it still is; if another version has come meanwhile, where both agree.

    Where the two have changed the same part, or the service was withdrawn meanwhile, the draft is open again for a
    person to decide: no night offers again what somebody has taken off.
    """
    one_at_a_time(actor)
    draft = _draft_for_update(actor, draft_id=draft_id)
    is_due = draft.effective_on is not None and draft.effective_on <= day_of(now)
    if draft.state != DraftState.SCHEDULED.value or not is_due:
        return draft
    current = draft.service.current
    assert current is not None
    both: list[Part] = []
    if current.id != draft.base_id:
        draft.content, both = catch_up(draft.base.content, draft.content, current.content)
        draft.base = current
    if both or _is_withdrawn_since(draft):
        draft.state, draft.effective_on = DraftState.OPEN.value, None
        draft.clashes = [part.value for part in both]
        audit.record("catalogue.draft.reopened", actor=actor, at=now, subject_id=draft.id, fields=["state"])
    else:
        _put_in_force(actor, now, draft)
    draft.save()
    return draft


@command("catalogue.change")
def call_back_draft(actor: Actor, now: datetime, *, draft_id: UUID) -> Draft:
    """
    Let what was to take effect on a day not do so: it is being written again.

    :raises DraftClosed: if it waits for no day
    """
    draft = _draft_for_update(actor, draft_id=draft_id)
    if draft.state != DraftState.SCHEDULED.value:
        raise DraftClosed
    draft.state, draft.effective_on = DraftState.OPEN.value, None
    draft.closed_by = draft.closed_at = None
    draft.save()
    audit.record("catalogue.draft.called_back", actor=actor, at=now, subject_id=draft.id, fields=["state"])
    return draft


@command("catalogue.draft")
def discard_draft(actor: Actor, now: datetime, *, draft_id: UUID) -> Draft:
    """
    Go on with it no longer. What was saved is kept, and can be read.

    :raises DraftClosed: if the draft is no longer being written
    """
    draft = _open_draft(actor, draft_id=draft_id)
    draft.state = DraftState.DISCARDED.value
    draft.closed_by, draft.closed_at = actor.user_id, now
    draft.save()
    audit.record("catalogue.draft.discarded", actor=actor, at=now, subject_id=draft.id, fields=["state"])
    return draft


def _write(
    actor: Actor,
    now: datetime,
    draft: Draft,
    part: Part,
    content: dict[str, Any],
    *,
    is_caught_up: bool = False,
) -> None:
    draft.content = content
    draft.revision += 1
    draft.clashes = [one for one in draft.clashes if one != part.value]
    draft.save(update_fields=["content", "revision", "clashes"])
    DraftSave.objects.create(
        organization_id=draft.organization_id,
        draft=draft,
        revision=draft.revision,
        part=part.value,
        said=part_of(content, part),
        by=actor.user_id,
        at=now,
        is_caught_up=is_caught_up,
    )


def _put_in_force(actor: Actor, now: datetime, draft: Draft) -> None:
    version, _is_new = append_version(
        actor, now, code=draft.service.code, content=draft.content, published_by=draft.closed_by
    )
    draft.state, draft.published = DraftState.PUBLISHED.value, version
    audit.record(
        "catalogue.version.published", actor=actor, at=now, subject_id=version.id, fields=["content"]
    )
    events.publish(CatalogueChanged(organization_id=actor.organization_id, at=now), actor=actor)


def _is_withdrawn_since(draft: Draft) -> bool:
    """Say whether the service was taken off after the day was set; one that was off already is to come back then."""
    withdrawn_at, closed_at = draft.service.withdrawn_at, draft.closed_at
    return withdrawn_at is not None and closed_at is not None and withdrawn_at >= closed_at


def _open_draft(actor: Actor, *, draft_id: UUID) -> Draft:
    draft = _draft_for_update(actor, draft_id=draft_id)
    if draft.state != DraftState.OPEN.value:
        raise DraftClosed
    return draft


def _draft_for_update(actor: Actor, *, draft_id: UUID) -> Draft:
    rows = Draft.objects.filter(organization_id=actor.organization_id, id=draft_id)
    found = rows.select_for_update(of=("self",)).select_related("service__current", "base").first()
    if found is None:
        raise NotFound
    return found
