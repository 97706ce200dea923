"""Questions about what is offered. Nothing here writes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anjia.catalogue.models import Service, ServiceVersion
from anjia.catalogue.rules import Change, Changes, ServiceRow, content_of_row, digest_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound


def services_offered(actor: Actor, purpose: Purpose, *, mode: str | None = None) -> list[ServiceVersion]:
    """Return the current version of every service that the institution offers, in its order."""
    check_may_read(actor)
    rows = versions_of(actor).filter(current_of__isnull=False, current_of__withdrawn_at=None)
    if mode:
        rows = rows.filter(mode=mode)
    return list(rows.order_by("service__position", "code"))


def services_found(
    actor: Actor,
    purpose: Purpose,
    *,
    mode: str = "",
    legal_line: str = "",
    tier: str = "",
    withdrawn: bool = False,
) -> list[ServiceVersion]:
    """Return the current versions that fit, those no longer offered too if they are asked for."""
    check_may_read(actor)
    rows = versions_of(actor).filter(current_of__isnull=False)
    wanted = {"mode": mode, "legal_line": legal_line, "tier": tier}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if not withdrawn:
        rows = rows.filter(current_of__withdrawn_at=None)
    return list(rows.order_by("service__position", "code"))


def get_version(actor: Actor, purpose: Purpose, *, version_id: UUID) -> ServiceVersion:
    """
    Return the version, current or not.

    :raises NotFound: also when it is another institution's
    """
    found = versions_of(actor).filter(id=version_id).first()
    if found is None:
        raise NotFound
    return found


def versions_with_ids(
    actor: Actor, purpose: Purpose, *, version_ids: Sequence[UUID]
) -> dict[UUID, ServiceVersion]:
    """Return those of the versions that are there, by id, in one query."""
    return {version.id: version for version in versions_of(actor).filter(id__in=set(version_ids))}


def current_version(actor: Actor, purpose: Purpose, *, code: str) -> ServiceVersion:
    """
    Return the version that is offered under this code.

    :raises NotFound: if none is
    """
    found = versions_of(actor).filter(
        code=code, current_of__isnull=False, current_of__withdrawn_at=None
    ).first()  # fmt: skip
    if found is None:
        raise NotFound
    return found


def versions_of_service(actor: Actor, purpose: Purpose, *, code: str) -> list[ServiceVersion]:
    """
    Return the service's versions, the newest first.

    :raises NotFound: if the institution has no such service
    """
    check_may_read(actor)
    found = list(versions_of(actor).filter(code=code).order_by("-version"))
    if not found:
        raise NotFound
    return found


def changes_of_rows(actor: Actor, purpose: Purpose, *, rows: Sequence[ServiceRow]) -> Changes:
    """Return what the list would do to the catalogue, and do nothing: a dry run."""
    check_may_read(actor)
    return changes_to(known_services(actor), rows)


def check_may_read(actor: Actor) -> None:
    """:raises NotAllowed: without `catalogue.read`"""
    if not actor.may("catalogue.read"):
        raise NotAllowed


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


def service_for_update(actor: Actor, *, code: str) -> Service | None:
    rows = Service.objects.filter(organization_id=actor.organization_id, code=code)
    return rows.select_for_update().first()
