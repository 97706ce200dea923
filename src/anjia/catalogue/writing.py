"""How a version comes to be, for all commands that publish one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.catalogue.models import Service, ServiceVersion
from anjia.catalogue.rules import digest_of
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn


def one_at_a_time(actor: Actor) -> None:
    """Two who publish at once would both write the next number."""
    wait_turn(f"catalogue/{actor.organization_id}")


def append_version(
    actor: Actor,
    now: datetime,
    *,
    code: str,
    content: Mapping[str, Any],
    position: int | None = None,
    published_by: UUID | None = None,
) -> tuple[ServiceVersion, bool]:
    """Return the service's version with this content, and whether it is new."""
    service = service_for_update(actor, code=code)
    if service is None:
        service = Service.objects.create(
            organization_id=actor.organization_id, code=code, position=1000 if position is None else position
        )
    digest = digest_of(content)
    current = service.current
    if current and current.digest == digest and service.withdrawn_at is None:
        return current, False
    newest = service.versions.order_by("-version").first()
    version = ServiceVersion.objects.create(
        organization_id=actor.organization_id,
        service=service,
        code=code,
        version=newest.version + 1 if newest else 1,
        mode=content["mode"],
        legal_line=content["legal_line"],
        tier=content.get("tier", ""),
        duration_minutes=content["duration_minutes"],
        people_needed=content["people_needed"],
        price_fen=content["price_fen"],
        content=dict(content),
        digest=digest,
        published_at=now,
        published_by=published_by or actor.user_id,
    )
    service.make_current(version)
    return version, True


def service_for_update(actor: Actor, *, code: str) -> Service | None:
    rows = Service.objects.filter(organization_id=actor.organization_id, code=code)
    return rows.select_for_update().first()
