"""The tree of organizations."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anjia.identity import commands, queries
from anjia.identity.console.going import go, read_or_post
from anjia.identity.rules import (
    OrganizationKind,
)
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError


@read_or_post
@page("identity.manage")
def organizations(request: PageRequest) -> HttpResponse:
    """Show the tree of organizations, or add one to it."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            added: dict[str, Any] = door(request) | {"parent_id": console.id_in(request.POST, "parent_id")}
            console.do(request, commands.add_organization, **added)
            return go("organizations")
        except DomainError as error:
            refusal = error
    tree = console.ask(request, queries.organization_tree, Purpose.LEGAL)
    said = {"tree": tree, "kinds": kinds(), "refusal": refusal, "form": request.POST}
    return render(request, "identity/organizations.html", said, status=refusal.status if refusal else 200)


@read_or_post
@page("identity.manage")
def organization(request: PageRequest, organization_id: UUID) -> HttpResponse:
    """Show one organization, or change what is written on its door."""
    refusal: DomainError | None = None
    if request.method == "POST":
        said: dict[str, Any] = {name: words for name, words in door(request).items() if name != "kind"}
        try:
            console.do(request, commands.change_organization, organization_id=organization_id, **said)
            return go("organizations")
        except DomainError as error:
            refusal = error
    found = console.ask(request, queries.get_organization, Purpose.LEGAL, organization_id=organization_id)
    shown = {"organization": found, "refusal": refusal}
    return render(request, "identity/organization.html", shown, status=refusal.status if refusal else 200)


@require_safe
@page("identity.manage")
def set_up_done(request: PageRequest) -> HttpResponse:
    """Say what comes next in a new institution."""
    return render(request, "identity/set_up_done.html")


def door(request: PageRequest) -> dict[str, str]:
    names = ("kind", "name", "licence_number", "phone", "duty_phone")
    return {name: request.POST.get(name, "") for name in names}


def kinds() -> list[tuple[str, str]]:
    words = {
        OrganizationKind.STATION: _("站点"),
        OrganizationKind.INSTITUTION: _("机构"),
        OrganizationKind.HOSPITAL: _("医院"),
        OrganizationKind.WARD: _("病区"),
        OrganizationKind.OPERATOR: _("运营方"),
    }
    return [(kind.value, word) for kind, word in words.items()]


urlpatterns = [
    path("organizations/", organizations, name="organizations"),
    path("set-up-done/", set_up_done, name="set_up_done"),
    path("organizations/<uuid:organization_id>/", organization, name="organization"),
]
