"""Writing down what came in between at a visit: to each kind its own form."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from anjia.exceptions import commands, queries
from anjia.exceptions.console.dealing import back_to
from anjia.exceptions.rules.forms import FORMS, Ask, Field
from anjia.exceptions.rules.steps import FLOWS
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.visits.rules.exceptions import WORDS_OF_EXCEPTION, ExceptionKind


@require_http_methods(["GET", "HEAD", "POST"])
@page("exceptions.report")
def new_exception(request: PageRequest, visit_id: UUID, exception_kind: str) -> HttpResponse:
    """Show the form of the kind, or keep what was filled in."""
    kind = exception_kind
    if kind not in set(ExceptionKind) - {ExceptionKind.CAREGIVER_ILL}:
        raise Http404
    found = console.ask(request, queries.form_page, Purpose.CONTRACT, visit_id=visit_id)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            made = console.do(
                request,
                commands.report_exception,
                visit_id=visit_id,
                kind=kind,
                form=read_form(ExceptionKind(kind), request.POST),
            )
        except DomainError as error:
            refusal = error
        else:
            if made is None or not request.actor.may("exceptions.handle"):
                return HttpResponseRedirect(reverse("desk:visit", kwargs={"visit_id": visit_id}), status=303)
            return back_to(made.id)
    said = form_of(request, ExceptionKind(kind), refusal) | {"found": found, "visit_id": visit_id}
    return render(request, "exceptions/form.html", said, status=refusal.status if refusal else 200)


def form_of(request: PageRequest, kind: ExceptionKind, refusal: DomainError | None) -> dict[str, Any]:
    wrong = refusal.fields if refusal else {}
    return {
        "kind": kind.value,
        "kind_words": WORDS_OF_EXCEPTION[kind],
        "kinds": [
            (one.value, words)
            for one, words in WORDS_OF_EXCEPTION.items()
            if one is not ExceptionKind.CAREGIVER_ILL
        ],
        "inputs": [(one, shown(one, request.POST), wrong.get(one.name, "")) for one in FORMS[kind]],
        "first": FLOWS[kind].steps[0].words,
        "refusal": refusal,
    }


def shown(field: Field, said: QueryDict) -> dict[str, Any]:
    """Return how a field is shown, with what was filled in."""
    choices = [(key, words) for key, words in field.choices.items()]
    if field.ask is Ask.CHOICE:
        choices = [("", "—"), *choices]
    return {"choices": choices, "value": said.get(field.name, ""), "values": said.getlist(field.name)}


def read_form(kind: ExceptionKind, said: QueryDict) -> dict[str, Any]:
    """Return a form as the commands take it: numbers where numbers are asked for, as far as they are some."""
    found: dict[str, Any] = {}
    for field in FORMS[kind]:
        text = said.get(field.name, "").strip()
        if field.ask is Ask.MANY:
            found[field.name] = said.getlist(field.name)
        elif field.ask is Ask.NUMBER:
            found[field.name] = (
                int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text or None
            )
        else:
            found[field.name] = text
    return found
