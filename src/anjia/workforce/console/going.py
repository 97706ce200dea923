"""Where a form leads when it is done, and which day it is."""

from datetime import date
from typing import Any

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from anjia.kernel.calendar import day_of

read_or_post = require_http_methods(["GET", "HEAD", "POST"])


def go(name: str, query: str = "", **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"workforce:{name}", kwargs=ids) + query, status=303)


def today() -> date:
    return day_of(timezone.now())
