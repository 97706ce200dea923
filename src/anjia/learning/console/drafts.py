"""The next version of a course: about, pages, questions; published by another than who wrote it."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.photos import photo_of
from anjia.kernel.work import Command
from anjia.learning import commands, forms, queries
from anjia.learning.console.courses import content_of, rights
from anjia.learning.rules.content import MOST_OPTIONS, WORDS_OF_TOPIC

TOPICS: Final = [(str(topic), words) for topic, words in WORDS_OF_TOPIC.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@page("learning.write")
def new(request: PageRequest) -> HttpResponse:
    """Begin a course that there is not."""
    refusal: DomainError | None = None
    if request.method == "POST":
        words = {name: forms.text(request.POST, name, longest=60) for name in ("code", "title", "topic")}
        try:
            made = console.do(request, commands.start_course, **words)
            return redirect("learning:draft", draft_id=made.id) if made else redirect("learning:courses")
        except DomainError as why:
            refusal = why
    said = {"refusal": refusal, "form": request.POST, "topics": TOPICS}
    return render(request, "learning/new.html", said, status=refusal.status if refusal else 200)


@require_POST
@page("learning.write")
def start(request: PageRequest, course_code: str) -> HttpResponse:
    """Begin the next version, or go on with the one that is begun."""
    made = console.do(request, commands.start_draft, code=course_code)
    return (
        redirect("learning:draft", draft_id=made.id)
        if made
        else redirect("learning:course", course_code=course_code)
    )


@require_safe
@page("learning.read")
def draft(request: PageRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft: what is written, and the forms to write on."""
    return show(request, draft_id)


def show(
    request: PageRequest, draft_id: UUID, refusal: DomainError | None = None, part: str = ""
) -> HttpResponse:
    """Show the draft; after a refusal with what was typed in the form of that part."""
    found = console.ask(request, queries.draft_page, Purpose.CONTRACT, draft_id=draft_id)
    content = found.draft.content
    wanted = {name: forms.number(request.GET, name) for name in ("page", "question")}
    page_no, question_no = (
        forms.place(request.POST) if part == name else wanted[name] for name in ("page", "question")
    )
    said: dict[str, Any] = {
        "draft": found.draft,
        "content": content,
        "writers": list(found.names.values()),
        "is_writer": request.actor.user_id in found.draft.writers,
        "topics": TOPICS,
        "about": flat_about(content),
        "page": None,
        "question": None,
        "refusal": refusal,
        "refused": part,
        **content_of(content),
        **rights(request),
    }
    said["page_place"], said["page"] = _one(content["pages"], page_no)
    said["question_place"], said["question"] = _one(content["questions"], question_no)
    if part == "about":
        said["about"] = forms.about(request.POST) | forms.about(request.POST)["exam"]
    elif part == "page":
        said["page"] = said["page"] | forms.page(request.POST) if said["page"] else forms.page(request.POST)
    elif part == "question":
        said["question"] = forms.question(request.POST)
    said["options"] = options_of(said["question"])
    return render(request, "learning/draft.html", said, status=refusal.status if refusal else 200)


def _one(rows: list[dict[str, Any]], place: int | None) -> tuple[int | None, dict[str, Any] | None]:
    if place is None or not 0 <= place < len(rows):
        return None, None
    return place, rows[place]


def flat_about(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, **content["exam"]}


def options_of(question: dict[str, Any] | None) -> list[tuple[int, str, str, bool]]:
    """Return the places for options: number, words, English, whether it is right."""
    there = {int(one["key"]): one for one in question["options"]} if question else {}
    right = set(question["right"]) if question else set()
    return [
        (
            n,
            there[n]["text"] if n in there else "",
            there[n].get("text_en", "") if n in there else "",
            str(n) in right,
        )
        for n in range(1, MOST_OPTIONS + 1)
    ]


@require_POST
@page("learning.write")
def about(request: PageRequest, draft_id: UUID) -> HttpResponse:
    """Write what it is about, and how its exam goes."""
    what = {"about": forms.about(request.POST)}
    return _save(request, draft_id, commands.save_about, "about", **what)


@require_POST
@page("learning.write")
def save_page(request: PageRequest, draft_id: UUID) -> HttpResponse:
    """Write a page."""
    sent = photo_of(request)
    return _save(
        request,
        draft_id,
        commands.save_page,
        "page",
        place=forms.place(request.POST),
        page=forms.page(request.POST),
        picture=sent["photo"],
        content_type=sent["content_type"],
    )


@require_POST
@page("learning.write")
def save_question(request: PageRequest, draft_id: UUID) -> HttpResponse:
    """Write a question."""
    return _save(
        request,
        draft_id,
        commands.save_question,
        "question",
        place=forms.place(request.POST),
        question=forms.question(request.POST),
    )


@require_POST
@page("learning.write")
def remove(request: PageRequest, draft_id: UUID) -> HttpResponse:
    """Take a page or a question out."""
    part, place = forms.text(request.POST, "part", longest=20), forms.place(request.POST)
    what = {"part": part, "place": -1 if place is None else place}
    return _save(request, draft_id, commands.remove_part, "remove", **what)


def _save(
    request: PageRequest, draft_id: UUID, command: Command[Any, Any], form: str, **what: Any
) -> HttpResponse:
    try:
        console.do(request, command, draft_id=draft_id, seen=forms.seen(request.POST), **what)
    except DomainError as refusal:
        return show(request, draft_id, refusal, form)
    return redirect("learning:draft", draft_id=draft_id)


@require_POST
@page("learning.manage")
def publish(request: PageRequest, draft_id: UUID) -> HttpResponse:
    """Offer the course as the draft says."""
    try:
        console.do(request, commands.publish_draft, draft_id=draft_id, seen=forms.seen(request.POST))
    except DomainError as refusal:
        return show(request, draft_id, refusal, "publish")
    return redirect("learning:courses")


@require_POST
@page("learning.write")
def discard(request: PageRequest, draft_id: UUID) -> HttpResponse:
    """Give the draft up."""
    try:
        console.do(request, commands.discard_draft, draft_id=draft_id, seen=forms.seen(request.POST))
    except DomainError as refusal:
        return show(request, draft_id, refusal, "discard")
    return redirect("learning:courses")
