"""Versions: published one by one, from a list, or all that come with Anjia."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from anjia.catalogue.citylist import changes_to_list, differences, gone, items_listed
from anjia.catalogue.comparison import changes_to, known_services, version_of_row
from anjia.catalogue.events import CatalogueChanged
from anjia.catalogue.models import CityItem, Service, ServiceVersion
from anjia.catalogue.rules import Changes, ServiceRow, check_content, content_of_row
from anjia.catalogue.rules.city import CityRow, key_of
from anjia.catalogue.writing import append_version, one_at_a_time, service_for_update
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command

SEED: Final = Path(__file__).parent.parent / "seed"


@command("catalogue.change")
def publish_version(
    actor: Actor, now: datetime, *, code: str, content: Mapping[str, Any], position: int | None = None
) -> ServiceVersion:
    """
    Offer the service as `content` says from now on. Whoever was promised an earlier version keeps it.

    The same content again publishes nothing and returns the version that says it.

    :raises ServiceInvalid: naming every place that is wrong
    """
    check_content(content)
    one_at_a_time(actor)
    version, is_new = append_version(actor, now, code=code, content=content, position=position)
    if is_new:
        audit.record(
            "catalogue.version.published", actor=actor, at=now, subject_id=version.id, fields=["content"]
        )
        events.publish(CatalogueChanged(organization_id=actor.organization_id, at=now), actor=actor)
    return version


@command("catalogue.change")
def withdraw_service(actor: Actor, now: datetime, *, code: str) -> Service:
    """
    Offer the service no longer. What has been promised stays promised; publishing a version offers it again.

    :raises NotFound: if the institution has no such service
    """
    service = service_for_update(actor, code=code)
    if service is None:
        raise NotFound
    if service.withdrawn_at is None:
        service.withdrawn_at = now
        service.save(update_fields=["withdrawn_at"])
        audit.record(
            "catalogue.service.withdrawn", actor=actor, at=now, subject_id=service.id, fields=["withdrawn_at"]
        )
        events.publish(CatalogueChanged(organization_id=actor.organization_id, at=now), actor=actor)
    return service


@command("catalogue.change")
def seed_services(actor: Actor, now: datetime) -> int:
    """
    Offer the services that come with Anjia, those that the institution does not know yet; return how many.

    What it knows it may have changed: that is left as it is.
    """
    one_at_a_time(actor)
    mine = Service.objects.filter(organization_id=actor.organization_id)
    known = set(mine.values_list("code", flat=True))
    fresh = {code: content for code, content in _seeds().items() if code not in known}
    for position, (code, content) in enumerate(fresh.items()):
        check_content(content)
        append_version(actor, now, code=code, content=content, position=(position + 1) * 10)
    if fresh:
        audit.record(
            "catalogue.services.seeded",
            actor=actor,
            at=now,
            subject_id=actor.organization_id,
            fields=["content"],
        )
        events.publish(CatalogueChanged(organization_id=actor.organization_id, at=now), actor=actor)
    return len(fresh)


@command("catalogue.change")
def import_services(actor: Actor, now: datetime, *, rows: Sequence[ServiceRow]) -> Changes:
    """
    Offer the services as the list says: new ones appear, changed ones get a next version.

    The same list again changes nothing.

    :raises ServiceInvalid: naming every place that is wrong, by the number of the row from 0
    """
    one_at_a_time(actor)
    known = known_services(actor)
    changes = changes_to(known, rows)
    for row in rows:
        before = version_of_row(known, row)
        content = content_of_row(row, before.content if before else None)
        check_content(content)
        code = before.code if before else row.code or _code_from(row.name)
        known[f"code/{code}"] = known[f"name/{row.name}"] = append_version(
            actor, now, code=code, content=content
        )[0]
    if not changes.is_empty:
        audit.record(
            "catalogue.services.imported",
            actor=actor,
            at=now,
            subject_id=actor.organization_id,
            fields=["content"],
        )
        events.publish(CatalogueChanged(organization_id=actor.organization_id, at=now), actor=actor)
    return changes


@command("catalogue.change")
def load_city_list(actor: Actor, now: datetime, *, rows: Sequence[CityRow]) -> Changes:
    """
    Take the city's list of 互联网+护理 over, whole: what it does not name any more is no longer on it.

    What was listed before stays as a row, with the day on which it was gone. The same list again changes nothing.
    """
    one_at_a_time(actor)
    known = items_listed(actor)
    changes = changes_to_list(known, rows)
    if changes.is_empty:
        return changes
    fresh = [row for row in rows if differences(known.get(key_of(row.name)), row)]
    replaced = [known[key_of(row.name)].id for row in fresh if key_of(row.name) in known]
    over = [*replaced, *(item.id for item in gone(known, rows))]
    CityItem.objects.filter(organization_id=actor.organization_id, id__in=over).update(gone_at=now)
    items = [CityItem.of(row) for row in fresh]
    for item in items:
        item.organization_id, item.listed_at, item.listed_by = actor.organization_id, now, actor.user_id
    CityItem.objects.bulk_create(items)
    audit.record(
        "catalogue.city_list.imported",
        actor=actor,
        at=now,
        subject_id=actor.organization_id,
        fields=["city_list"],
    )
    events.publish(CatalogueChanged(organization_id=actor.organization_id, at=now), actor=actor)
    return changes


def _seeds() -> dict[str, dict[str, Any]]:
    """Return the contents that come with Anjia, by code, in the order of their files' names."""
    paths = sorted(SEED.glob("*.json"))
    return {path.stem.partition("-")[2]: json.loads(path.read_text("utf-8")) for path in paths}


def _code_from(name: str) -> str:
    """Return a code for a service that came without one: its name in letters."""
    pinyin = import_module("pypinyin")  # half a second, and only where a list has no codes
    letters = "_".join(pinyin.lazy_pinyin(name)).casefold()
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in letters).strip("_")[
        :60
    ]
