"""Quality's pages."""

from django.urls import path

from anjia.quality.console import numbers

app_name = "quality"

urlpatterns = [
    path("indicators", numbers.indicators, name="indicators"),
    path("indicators/<str:code>/<str:part>", numbers.rows, name="rows"),
]
