"""The console's pages of exceptions: translate, one call, show or go on."""

from django.urls import path

from anjia.exceptions.console import absences, dealing, reporting

app_name = "exceptions"

urlpatterns = [
    path("", dealing.exceptions, name="list"),
    path("absent", absences.new_absence, name="new_absence"),
    path("visits/<uuid:visit_id>/<slug:exception_kind>", reporting.new_exception, name="new"),
    path("<uuid:exception_id>", dealing.exception, name="exception"),
    path("<uuid:exception_id>/photos/<uuid:file_id>", dealing.photo, name="photo"),
    path("<uuid:exception_id>/step", dealing.step, name="step"),
    path("<uuid:exception_id>/owner", dealing.owner, name="owner"),
    path("<uuid:exception_id>/close", dealing.close, name="close"),
    path("<uuid:exception_id>/stand-in", absences.stand_in, name="stand_in"),
    path("<uuid:exception_id>/stand-ins", absences.stand_in_for_all, name="stand_in_for_all"),
]
