"""The console's pages of what is offered: translate, one call, show."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from anjia.catalogue import commands, queries
from anjia.catalogue.models import ServiceVersion
from anjia.catalogue.rules.content import WORDS_OF_LINE, WORDS_OF_MODE, WORDS_OF_TIER
from anjia.catalogue.showing import asked_of_people, evidence_words, steps_of
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import NotFound

app_name = "catalogue"


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


@page("catalogue.read")
@require_safe
def service(request: PageRequest, code: str, version_id: UUID | None = None) -> HttpResponse:
    """Show a service as it is now, or as one of its versions was."""
    versions = console.ask(request, queries.versions_of_service, Purpose.CONTRACT, code=code)
    version = one_of(versions, version_id)
    said = {
        "version": version,
        "versions": versions,
        "asked": list(asked_of_people(version.requires)),
        "asked_evidence": evidence_words(version.requires.evidence),
        "steps": steps_of(version),
        "sources": [source | {"evidence": evidence_words(source["evidence"])} for source in version.sources],
        "fields": [
            (field.get("title", name), field.get("enum", ()), name in version.record_form.get("required", ()))
            for name, field in version.record_form.get("properties", {}).items()
        ],
    }
    return render(request, "catalogue/service.html", said)


urlpatterns = [
    path("", services, name="list"),
    path("seed/", seed, name="seed"),
    path("<slug:code>", service, name="service"),
    path("<slug:code>/<uuid:version_id>", service, name="version"),
]
