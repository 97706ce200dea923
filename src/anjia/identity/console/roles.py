"""What a role may do; roles of the house's own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from anjia.identity import commands, queries
from anjia.identity.console.going import go, read_or_post
from anjia.identity.models import Role
from anjia.identity.permissions import PERMISSION_WORDS, TOPICS
from anjia.identity.roles import FOR_STAFF
from anjia.identity.rules import LastAdministrator, NobodyHears, RoleOfTheHouse
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid, Words


@require_safe
@page("identity.manage")
def roles(request: PageRequest) -> HttpResponse:
    """Show each role, and what it may do."""
    found = console.ask(request, queries.roles, Purpose.LEGAL)
    shown = [
        (one, [words for permission, words in PERMISSION_WORDS.items() if permission in one.permissions])
        for one in found
    ]
    return render(request, "identity/roles.html", {"roles": shown})


@read_or_post
@page("identity.manage")
def new_role(request: PageRequest) -> HttpResponse:
    """Make a role of the house's own, like another one or from nothing."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            console.do(request, commands.add_role, **role_said(request))
            return go("roles")
        except Invalid as error:
            refusal = error
    like = request.GET.get("like")
    found = (
        console.ask(request, queries.get_role, Purpose.LEGAL, role_id=console.id_in(request.GET, "like"))
        if like
        else None
    )
    return show_role(request, found, refusal)


@read_or_post
@page("identity.manage")
def role(request: PageRequest, role_id: UUID) -> HttpResponse:
    """Show one role, or change what it may do in this house."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            knowingly = request.POST.get("knowingly") == "1"
            console.do(
                request, commands.change_role, role_id=role_id, knowingly=knowingly, **role_said(request)
            )
            return go("roles")
        except (Invalid, RoleOfTheHouse, LastAdministrator, NobodyHears) as error:
            refusal = error
    own = console.ask(request, queries.own_in_place_of, Purpose.LEGAL, role_id=role_id)
    if own:
        return go("role", role_id=own.id)
    found = console.ask(request, queries.get_role, Purpose.LEGAL, role_id=role_id)
    news = console.ask(request, queries.news_of_role, Purpose.LEGAL, role_id=role_id)
    return show_role(request, found, refusal, news=[PERMISSION_WORDS[one] for one in news], is_change=True)


def role_said(request: PageRequest) -> dict[str, Any]:
    names = {name: request.POST.get(name, "") for name in ("name", "name_en")}
    return names | {"permissions": request.POST.getlist("permissions")}


def show_role(
    request: PageRequest,
    found: Role | None,
    refusal: DomainError | None,
    *,
    news: Sequence[Words] = (),
    is_change: bool = False,
) -> HttpResponse:
    held = request.POST.getlist("permissions") if refusal else found.permissions if found else []
    said = {
        "role": found,
        "news": news,
        "becomes_own": is_change and found is not None and found.organization_id is None,
        "form": request.POST if refusal else found,
        "topics": [
            (topic, [(one, words, one in held) for one, words in offered.items() if one in FOR_STAFF])
            for topic, offered in TOPICS
        ],
        "refusal": refusal,
    }
    return render(request, "identity/role.html", said, status=refusal.status if refusal else 200)


urlpatterns = [
    path("roles/", roles, name="roles"),
    path("roles/new", new_role, name="new_role"),
    path("roles/<uuid:role_id>/", role, name="role"),
]
