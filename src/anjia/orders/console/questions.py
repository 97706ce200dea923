"""What nurses ask from their visits: today's, one with what its answer needs, and answering it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError, NotFound
from anjia.kernel.photos import photo_said
from anjia.orders import commands, forms, queries


def ask_today(request: PageRequest) -> queries.Worklist:
    return console.ask(
        request,
        queries.questions_today,
        Purpose.CARE,
        now=timezone.now(),
        after=request.GET.get("after") or None,
    )


@require_safe
@page("orders.confirm")
def today(request: PageRequest) -> HttpResponse:
    """Show today's questions; the page is told of each that comes."""
    return show_today(request)


@require_safe
@page("dispatch.assign")
def unanswered(request: PageRequest) -> HttpResponse:
    """Show whoever sees to it that somebody answers whose they are, and nothing of what they say."""
    return show_today(request)


def show_today(request: PageRequest) -> HttpResponse:
    found = ask_today(request)
    said = {"found": found, "page": found.answered, "now": timezone.now()}
    return render(request, "orders/questions.html", said)


@require_safe
@page(None)
def part(request: PageRequest) -> HttpResponse:
    """Show just the lists, for a page that was told."""
    found = ask_today(request)
    said = {"found": found, "page": found.answered, "now": timezone.now()}
    return render(request, "orders/_questions.html", said)


@require_safe
@page("orders.confirm")
def question(request: PageRequest, question_id: UUID) -> HttpResponse:
    """Show a question with what its answer needs."""
    return show(request, question_id)


def show(request: PageRequest, question_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(request, queries.question_page, Purpose.CARE, question_id=question_id)
    said = {
        "found": found,
        "question": found.question,
        "refusal": refusal,
        "form": request.POST,
        "law": found.law,
        "now": timezone.now(),
    }
    return render(request, "orders/question.html", said, status=refusal.status if refusal else 200)


@require_POST
@page("orders.confirm")
def seen(request: PageRequest, question_id: UUID) -> HttpResponse:
    """Note that whoever is asked has opened it."""
    console.do(request, commands.note_seen, question_id=question_id)
    return HttpResponse(status=204)


@require_POST
@page("orders.confirm")
def answer(request: PageRequest, question_id: UUID) -> HttpResponse:
    """Answer it."""
    try:
        console.do(request, commands.answer_question, question_id=question_id, **answer_in(request.POST))
    except NotFound:
        raise
    except DomainError as refusal:
        return show(request, question_id, refusal)
    return HttpResponseRedirect(reverse("orders:question", kwargs={"question_id": question_id}), status=303)


def answer_in(form: Any) -> dict[str, Any]:
    """Return what the form says. Which condition it follows is "order:<id>" or "problem:<code>"."""
    what, _colon, which = forms.text(form, "follows").partition(":")
    names = ("name", "dose", "frequency", "note")
    return {
        "kind": forms.text(form, "kind"),
        "is_known": forms.text(form, "is_known") == "yes",
        "follows_order_id": uuid_of(which) if what == "order" else None,
        "follows_problem": which if what == "problem" else "",
        "words": forms.text(form, "words"),
        "change": {name: forms.text(form, f"new_{name}") for name in names},
        "valid_until": forms.day(form, "new_valid_until"),
    }


@require_safe
@page("orders.confirm")
def photo(request: PageRequest, question_id: UUID, file_id: UUID) -> HttpResponse:
    """Show a photo that came with a question."""
    return photo_said(
        *console.ask(
            request, queries.photo_of_question, Purpose.CARE, question_id=question_id, file_id=file_id
        )
    )
