"""What a list would change: the services that are there beside those that it names."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from anjia.catalogue.models import ServiceVersion
from anjia.catalogue.rules import (
    Change,
    Changes,
    ServiceInvalid,
    ServiceRow,
    check_content,
    content_of_row,
    digest_of,
)
from anjia.kernel.actors import Actor
from anjia.kernel.errors import Words


def versions_of(actor: Actor) -> QuerySet[ServiceVersion]:
    return ServiceVersion.objects.filter(organization_id=actor.organization_id).select_related("service")


def known_services(actor: Actor) -> dict[str, ServiceVersion]:
    """Return the current versions by code, and by name for lists that know no codes."""
    rows = versions_of(actor).filter(current_of__isnull=False)
    found: dict[str, ServiceVersion] = {}
    for version in rows.order_by("code"):
        found.setdefault(f"name/{version.content['name']}", version)
        found[f"code/{version.code}"] = version
    return found


def version_of_row(known: Mapping[str, ServiceVersion], row: ServiceRow) -> ServiceVersion | None:
    return known.get(f"code/{row.code}") if row.code else known.get(f"name/{row.name}")


def changes_to(known: Mapping[str, ServiceVersion], rows: Sequence[ServiceRow]) -> Changes:
    added, changed, same = [], [], 0
    for row in rows:
        before = version_of_row(known, row)
        after = content_of_row(row, before.content if before else None)
        if before is None:
            added.append(Change(name=row.name, fields=differences({}, after)))
        elif digest_of(after) != before.digest:
            changed.append(Change(name=row.name, fields=differences(before.content, after)))
        else:
            same += 1
    return Changes(added=tuple(added), changed=tuple(changed), same=same)


def wrong_rows(
    known: Mapping[str, ServiceVersion], rows: Sequence[ServiceRow]
) -> dict[int, dict[str, Words]]:
    """Return, by their numbers in the list, the rows whose service could not be offered so, and in which field."""
    found: dict[int, dict[str, Words]] = {}
    for row in rows:
        before = version_of_row(known, row)
        try:
            check_content(content_of_row(row, before.content if before else None))
        except ServiceInvalid as refusal:
            found[row.row] = dict(refusal.fields)
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return, by field, what was there and what comes; the parts of the requirement by their own names."""
    flat_before, flat_after = flat(before), flat(after)
    return {
        name: (words_of(flat_before.get(name)), words_of(value))
        for name, value in flat_after.items()
        if flat_before.get(name) != value
    }


def flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list can say of the content; its steps and forms it cannot."""
    requires = content.get("requires", {})
    long = {"requires", "steps", "supplies", "teaching_points", "record_form", "sources", "repeat"}
    plain = {name: value for name, value in content.items() if name not in long and not name.endswith("_en")}
    asked = {name: value for name, value in requires.items() if name not in {"source", "evidence"}}
    return plain | asked


def words_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "、".join(map(str, value.values()))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
