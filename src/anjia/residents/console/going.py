"""Where a form leads when it is done."""

from typing import Any

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

read_or_post = require_http_methods(["GET", "HEAD", "POST"])


def go(name: str, query: str = "", **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"residents:{name}", kwargs=ids) + query, status=303)
