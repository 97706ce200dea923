"""Where a form leads when it is done."""

from typing import Any, Final

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

read_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])


def go(name: str, **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"identity:{name}", kwargs=ids), status=303)
