"""How complete the residents' files are: the dictionary of what is collected, and who lacks what."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.residents import queries
from anjia.residents.rules.dictionary import Field, dictionary


def said_of(field: Field) -> dict[str, str]:
    name, why, by = field.en if is_english() else field.zh
    return {"key": field.key, "name": name, "why": why, "by": by}


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")


@page("residents.read")
@require_safe
def completeness(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    found = console.ask(request, queries.completeness, Purpose.CONTRACT, now=now)
    whole = dictionary()
    lines = [
        said_of(field)
        | {
            "known": found.known[field.key],
            "lacking": found.of - found.known[field.key],
            "percent": found.known[field.key] * 100 // found.of if found.of else None,
        }
        for field in whole.fields
    ]
    said = {"of": found.of, "lines": lines, "now": now, "version": whole.version}
    return render(request, "residents/completeness.html", said | {"source": whole.source[is_english()]})


@page("residents.read")
@require_safe
def lacking(request: PageRequest, what: str) -> HttpResponse:
    found = console.ask(
        request,
        queries.who_lack,
        Purpose.CONTRACT,
        what=what,
        now=timezone.now(),
        after=request.GET.get("after") or None,
    )
    field = next(said_of(one) for one in dictionary().fields if one.key == what)
    may_change = request.actor.may("residents.change")
    return render(
        request, "residents/lacking.html", {"page": found, "field": field, "may_change": may_change}
    )
