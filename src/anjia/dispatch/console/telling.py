"""Whose it is to tell a household of its visit's new time: taken on by one click, on the board or on the page."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from anjia.dispatch import commands
from anjia.kernel import console
from anjia.kernel.console import PageRequest, page, uuid_of


@require_POST
@page("messaging.call")
def take(request: PageRequest, visit_id: UUID) -> HttpResponse:
    """Take it on, and go to where she is rung."""
    seen = uuid_of(request.POST.get("seen", ""))
    console.do(request, commands.take_telling, visit_id=visit_id, seen=seen)
    return HttpResponseRedirect(reverse("messaging:told", kwargs={"visit_id": visit_id}), status=303)


urlpatterns = [
    path("visits/<uuid:visit_id>/telling", take, name="take_telling"),
]
