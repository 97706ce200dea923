from importlib import import_module
from importlib.util import find_spec
from typing import Final

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from anjia.web import pages
from anjia.web.api import api

# Each mounts its pages under /console/<context>/.
CONSOLES: Final = [
    "identity",
    "residents",
    "workforce",
    "catalogue",
    "learning",
    "records",
    "visits",
    "orders",
    "supplies",
    "dispatch",
    "series",
    "exceptions",
    "messaging",
    "emergencies",
    "quality",
    "transitions",
    "enrolment",
    "imports",
    "operations",
    "desk",
]

handler404 = "anjia.web.pages.not_found"
handler500 = "anjia.web.pages.crashed_before"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("callbacks/", include("anjia.messaging.callbacks")),
    path("language", pages.choose_language, name="choose_language"),
    path("app", RedirectView.as_view(url="/app/")),
    path("app/", pages.client, name="client"),
    path("app/<path:path>", pages.client),
]
urlpatterns += [
    path(f"console/{name}/", include(f"anjia.{name}.console"))
    for name in CONSOLES
    if find_spec(f"anjia.{name}.console")
]
urlpatterns += import_module("anjia.operations.console").public  # /status and /metrics
if find_spec("anjia.identity.setup"):
    urlpatterns.append(path("setup", import_module("anjia.identity.setup").setup, name="setup"))
if find_spec("anjia.desk.front"):
    urlpatterns += import_module("anjia.desk.front").urlpatterns  # "/" and "/console/"
if find_spec("anjia.simulation.front"):
    urlpatterns.append(path("demo/", include("anjia.simulation.front")))  # stepping in as one of the cast
