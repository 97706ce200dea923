"""What is offered, as a list and one by one, with every version that there was."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.catalogue import commands, queries
from anjia.catalogue.differing import compared
from anjia.catalogue.gateshowing import RuleShown, gate_shown, lines_shown
from anjia.catalogue.models import Draft, ServiceVersion
from anjia.catalogue.rules.content import WORDS_OF_MODE, WORDS_OF_TIER, tag_in_words
from anjia.catalogue.rules.lines import WORDS_OF_LINE
from anjia.catalogue.showing import asked_in_form, asked_of_people, steps_of
from anjia.identity.queries import account_names
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import NotFound


@page("catalogue.read")
@require_safe
def services(request: PageRequest) -> HttpResponse:
    """List the services, by how, on what legal line and at what risk they are done."""
    wanted = {name: request.GET.get(name, "") for name in ("mode", "legal_line", "tier")}
    found = console.ask(
        request,
        queries.services_found,
        Purpose.CONTRACT,
        withdrawn=request.GET.get("withdrawn") == "1",
        **wanted,
    )
    choices = {"modes": WORDS_OF_MODE, "lines": WORDS_OF_LINE, "tiers": WORDS_OF_TIER}
    shown = {name: [(str(key), words) for key, words in table.items()] for name, table in choices.items()}
    said = {"may_seed": request.actor.may("catalogue.change"), "services": found, "wanted": wanted}
    return render(request, "catalogue/list.html", said | shown)


@page("catalogue.change")
@require_POST
def seed(request: PageRequest) -> HttpResponse:
    """Offer the services that come with Anjia."""
    console.do(request, commands.seed_services)
    return redirect("catalogue:list")


def one_of(versions: list[ServiceVersion], version_id: UUID | None) -> ServiceVersion:
    """Return the version of this id, or without one the current."""
    for version in versions:
        if version.id == version_id or (version_id is None and version.status != "past"):
            return version
    raise NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All that the page of a service shows."""

    versions: list[ServiceVersion]
    version: ServiceVersion
    rules: list[RuleShown]
    begun: Draft | None
    given_up: list[Draft]
    names: dict[UUID, str]


def look(actor: Actor, purpose: Purpose, *, code: str, version_id: UUID | None) -> Looked:
    versions = queries.versions_of_service(actor, purpose, code=code)
    version = one_of(versions, version_id)
    writes = actor.may("catalogue.draft") or actor.may("catalogue.change")
    return Looked(
        versions=versions,
        version=version,
        rules=gate_shown(actor, purpose, version=version, on=day_of(timezone.now())),
        begun=queries.draft_of_service(actor, purpose, code=code) if writes else None,
        given_up=[one for one in queries.past_drafts(actor, purpose, code=code) if one.published is None],
        names=account_names(actor, purpose, account_ids=[one.published_by for one in versions]),
    )


@page("catalogue.read")
@require_safe
def gates(request: PageRequest) -> HttpResponse:
    """Show what each legal line asks, of whom, and where it stands; and the city's own list."""
    city = console.ask(request, queries.city_list, Purpose.CONTRACT)
    said = {
        "lines": list(lines_shown(city)),
        "city": city,
        "may_import": request.actor.may("imports.run"),
    }
    return render(request, "catalogue/gates.html", said)


@page("catalogue.read")
@require_safe
def service(request: PageRequest, code: str, version_id: UUID | None = None) -> HttpResponse:
    """Show a service as it is now, or as one of its versions was, and what that has changed."""
    seen = console.ask(request, look, Purpose.CONTRACT, code=code, version_id=version_id)
    version = seen.version
    before = next((one for one in seen.versions if one.version == version.version - 1), None)
    said = {
        "version": version,
        "versions": [(one, seen.names.get(one.published_by, ""), why_of(one)) for one in seen.versions],
        "before": before,
        "differences": compared(before.content, version.content) if before else [],
        "begun": seen.begun,
        "given_up": seen.given_up,
        "may_draft": request.actor.may("catalogue.draft"),
        "rules": seen.rules,
        "asked": list(asked_of_people(version.requires)),
        "asked_evidence": tag_in_words(version.requires.evidence),
        "steps": steps_of(version),
        "sources": [source | {"evidence": tag_in_words(source["evidence"])} for source in version.sources],
        "fields": [
            (*asked_in_form(name, field), name in version.record_form.get("required", ()))
            for name, field in version.record_form.get("properties", {}).items()
        ],
    }
    return render(request, "catalogue/service.html", said)


def why_of(version: ServiceVersion) -> str:
    draft: Draft | None = getattr(version, "from_draft", None)
    return draft.why if draft else ""
