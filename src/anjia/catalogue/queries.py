"""Questions about what is offered. Nothing here writes."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch

from anjia.catalogue.citylist import changes_to_list, items_listed
from anjia.catalogue.comparison import changes_to, known_services, versions_of, wrong_rows
from anjia.catalogue.models import CityItem, Draft, DraftSave, PromptVersion, ServiceVersion
from anjia.catalogue.prompts import Prompt, prompt_of, standing
from anjia.catalogue.rules import Asks, Changes, Offered, Reason, ServiceRow, rule_that
from anjia.catalogue.rules.city import CityRow, Standing, in_force, key_of, why_not_in_city
from anjia.catalogue.rules.prompts import built_in
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound, Words
from anjia.kernel.prepared import Prepared


def services_offered(actor: Actor, purpose: Purpose, *, mode: str | None = None) -> list[ServiceVersion]:
    """Return the current version of every service that the institution offers, in its order."""
    _check_may_read(actor)
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
    _check_may_read(actor)
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


def get_versions(
    actor: Actor, purpose: Purpose, *, version_ids: Collection[UUID]
) -> dict[UUID, ServiceVersion]:
    """Return those of these versions that are the institution's, current or not. One question for any number."""
    return {one.id: one for one in versions_of(actor).filter(id__in=version_ids)}


def preparations_of(actor: Actor, purpose: Purpose, *, version_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what to have ready at home before each of these, current or not, in the reader's language."""
    return {one.id: one.preparation for one in versions_of(actor).filter(id__in=version_ids)}


def record_forms_of(actor: Actor, purpose: Purpose, *, version_ids: Collection[UUID]) -> dict[UUID, Any]:
    """Return the form of the record of each of these that the institution has, current or not."""
    return {one.id: one.record_form for one in versions_of(actor).filter(id__in=version_ids)}


def steps_of(actor: Actor, purpose: Purpose, *, version_ids: Collection[UUID]) -> dict[UUID, Any]:
    """Return the steps of each of these that the institution has, current or not."""
    return {one.id: one.steps for one in versions_of(actor).filter(id__in=version_ids)}


CURRENT: Final = Prepared(
    lambda asked: ServiceVersion.objects.filter(
        organization_id=asked.house,
        code=asked.code,
        current_of__organization_id=asked.house,
        current_of__code=asked.code,
        current_of__withdrawn_at=None,
    ).defer("content")
)


def current_version(actor: Actor, purpose: Purpose, *, code: str) -> ServiceVersion:
    """
    Return the version that is offered under this code.

    :raises NotFound: if none is
    """
    found = CURRENT.first(house=actor.organization_id, code=code)
    if found is None:
        raise NotFound
    found.content = _content_of(found.id)
    return found


@lru_cache(maxsize=1000)
def _content_of(version_id: UUID) -> Any:
    """Return what a version says. Nobody can change it: it is long, and a process reads it once."""
    return ServiceVersion.objects.values_list("content", flat=True).get(id=version_id)


def versions_of_service(actor: Actor, purpose: Purpose, *, code: str) -> list[ServiceVersion]:
    """
    Return the service's versions, the newest first.

    :raises NotFound: if the institution has no such service
    """
    _check_may_read(actor)
    found = list(versions_of(actor).select_related("from_draft").filter(code=code).order_by("-version"))
    if not found:
        raise NotFound
    return found


def changes_of_rows(actor: Actor, purpose: Purpose, *, rows: Sequence[ServiceRow]) -> Changes:
    """Return what the list would do to the catalogue, and do nothing: a dry run."""
    _check_may_read(actor)
    return changes_to(known_services(actor), rows)


def wrong_rows_of(
    actor: Actor, purpose: Purpose, *, rows: Sequence[ServiceRow]
) -> dict[int, dict[str, Words]]:
    """Return, by number, the rows of the list that could not be offered as they say, and why."""
    _check_may_read(actor)
    return wrong_rows(known_services(actor), rows)


def city_list(actor: Actor, purpose: Purpose) -> list[CityItem]:
    """Return the city's list in force, in order of name; nothing if it has not been loaded."""
    _check_may_read(actor)
    return list(items_listed(actor).values())


def city_changes_of_rows(actor: Actor, purpose: Purpose, *, rows: Sequence[CityRow]) -> Changes:
    """Return what the list would do to the city's list in force, and do nothing: a dry run."""
    _check_may_read(actor)
    return changes_to_list(items_listed(actor), rows)


LISTED: Final = Prepared(
    lambda asked: CityItem.objects.filter(organization_id=asked.house, gone_at=None).order_by("name", "id")
)


def city_rows(actor: Actor, purpose: Purpose) -> list[CityRow]:
    """Return what the city's list says, whatever the day."""
    return [item.row for item in LISTED.rows(house=actor.organization_id)]


def city_standing(actor: Actor, purpose: Purpose, *, version: Offered, on: date) -> Standing:
    """Return where the service stands on the city's list on that day: by our code, or else by its name."""
    return _standing(city_rows(actor, purpose), version, on)


def _standing(items: Sequence[CityRow], version: Offered, on: date) -> Standing:
    name = key_of(version.content["name"])
    mine = [
        item
        for item in in_force(items, on)
        if version.code == item.service_code or (not item.service_code and key_of(item.name) == name)
    ]
    return Standing(is_loaded=bool(items), items=mine)


def service_refusals(
    actor: Actor,
    purpose: Purpose,
    *,
    version: Offered,
    on: date,
    listed: Callable[[], Sequence[CityRow]] | None = None,
) -> list[Reason]:
    """
    Return why the service may not be done on that day whoever comes, each with its rule and source.

    `listed` says what the city's list says, for who asks of many days and reads it once.
    """
    rule = rule_that(version.legal_line, on, Asks.CITY_LIST)
    if rule is None:
        return []
    items = listed() if listed else city_rows(actor, purpose)
    reason = why_not_in_city(rule, _standing(items, version, on), version.name)
    return [reason] if reason else []


def draft_of_service(actor: Actor, purpose: Purpose, *, code: str) -> Draft | None:
    """
    Return the version of the service that is being written or waits for its day, with who has saved what in it.

    :raises NotAllowed: if she may neither write nor publish
    """
    if not (actor.may("catalogue.draft") or actor.may("catalogue.change")):
        raise NotAllowed
    rows = Draft.objects.filter(
        organization_id=actor.organization_id, service__code=code, state__in=["open", "scheduled"]
    )
    return rows.select_related("service", "base").prefetch_related(_saves()).first()


def _saves() -> "Prefetch[str, Any, Any]":
    return Prefetch("saves", DraftSave.objects.order_by("-revision"), to_attr="saved")


def past_drafts(actor: Actor, purpose: Purpose, *, code: str) -> list[Draft]:
    """Return the drafts of the service that were published or given up, the latest first."""
    _check_may_read(actor)
    rows = Draft.objects.filter(
        organization_id=actor.organization_id, service__code=code, state__in=["published", "discarded"]
    )
    return list(rows.select_related("base", "published").order_by("-started_at")[:50])


def drafts_open(actor: Actor, purpose: Purpose) -> list[Draft]:
    """Return every draft that is being written or waits for its day."""
    _check_may_read(actor)
    rows = Draft.objects.filter(organization_id=actor.organization_id, state__in=["open", "scheduled"])
    return list(rows.select_related("service").order_by("started_at"))


def prompts(actor: Actor, purpose: Purpose) -> list[Prompt]:
    """
    Return what to say and do in each situation, as it stands now.

    :raises NotAllowed: for persons: it is said to them, not by them
    """
    _check_may_read(actor)
    if actor.kind is Kind.PERSON:
        raise NotAllowed
    return standing(actor)


def prompt_versions(actor: Actor, purpose: Purpose, *, situation: str) -> list[Prompt]:
    """
    Return every version of what to say and do in a situation, the latest first, down to the one of Anjia.

    :raises NotFound: if there is no such situation
    """
    _check_may_read(actor)
    if situation not in built_in():
        raise NotFound
    rows = PromptVersion.objects.filter(organization_id=actor.organization_id, situation=situation)
    own = [prompt_of(row) for row in rows.order_by("-version")]
    return [*own, Prompt(situation=situation, version=0, content=built_in()[situation])]


def _check_may_read(actor: Actor) -> None:
    """:raises NotAllowed: without `catalogue.read`"""
    if not actor.may("catalogue.read"):
        raise NotAllowed
