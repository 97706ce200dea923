"""The front door of the whole installation, and the one of the console behind it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from anjia.desk.nav import home_of
from anjia.kernel.console import PageRequest, page


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show what Anjia is and its three ends; in a demo, the cast to step in as."""
    return render(request, "desk/front.html")


@require_safe
@page(None)
def home(request: PageRequest) -> HttpResponse:
    """Go to where the actor's own work is."""
    return HttpResponseRedirect(home_of(request.actor))


urlpatterns = [path("", front, name="front"), path("console/", home, name="console")]
