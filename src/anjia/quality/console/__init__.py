"""Quality's pages."""

from django.urls import path

from anjia.quality.console import call_backs, numbers

app_name = "quality"

urlpatterns = [
    path("indicators", numbers.indicators, name="indicators"),
    path("indicators/<str:code>/<str:part>", numbers.rows, name="rows"),
    path("call-backs", call_backs.call_backs, name="call_backs"),
    path("call-backs/<uuid:call_back_id>", call_backs.call_back, name="call_back"),
    path("call-backs/<uuid:call_back_id>/log", call_backs.log_call_back, name="log_call_back"),
]
