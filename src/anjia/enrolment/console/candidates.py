"""One candidate: screened, confirmed by a second, offered a place, out; and what was appealed."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.enrolment import commands, forms, queries
from anjia.enrolment.console.programmes import go
from anjia.enrolment.rules import Stage, criteria
from anjia.enrolment.rules.places import MAY_BE_SCREENED
from anjia.enrolment.rules.screening import HOUSEHOLD, WECHAT, WORDS_OF_ANSWER, WORDS_OF_BASIS, source
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError


@page("enrolment.read")
@require_safe
def candidate(request: PageRequest, candidate_id: UUID) -> HttpResponse:
    """Show a candidate with what was found and decided."""
    return show(request, candidate_id)


def show(request: PageRequest, candidate_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    now = timezone.now()
    found = console.ask(
        request,
        queries.candidate_page,
        Purpose.CONTRACT,
        candidate_id=candidate_id,
        now=now,
        today=day_of(now),
    )
    stage, actor = Stage(found.candidate.stage), request.actor
    said = {
        "found": found,
        "candidate": found.candidate,
        "programme": found.candidate.programme,
        "criteria": rows(request, found, refusal.fields if refusal else {}),
        "helpers": [("", "—"), *((str(one.id), one.name) for one in found.helpers)],
        "source": source(),
        "now": now,
        "me": actor.user_id,
        "may_screen": actor.may("enrolment.screen") and stage in MAY_BE_SCREENED and not waits_inside(found),
        "is_inside": stage is Stage.ENROLLED,
        "may_settle": actor.may("enrolment.confirm"),
        "may_answer": actor.may("enrolment.answer"),
        "is_offered": stage is Stage.OFFERED,
        "has_left": stage is Stage.LEFT,
        "may_begin_again": actor.may("enrolment.screen") and stage is Stage.LEFT,
        "kept": request.POST,
        "refusal": refusal,
    }
    return render(request, "enrolment/candidate.html", said, status=refusal.status if refusal else 200)


def waits_inside(found: queries.CandidatePage) -> bool:
    """Return whether she is in the programme and a screening of hers waits for a second person."""
    open_one = any(one.screening.settled_at is None for one in found.screenings)
    return found.candidate.stage == Stage.ENROLLED and open_one


def rows(
    request: PageRequest, found: queries.CandidatePage, wrong: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the form's criteria, with what was typed, and with what the register says already."""
    known = {HOUSEHOLD: found.resident.lives_alone is True}
    fields = ("answer", "found", "basis", "evidence")
    return [
        {
            "criterion": one,
            "is_known": known.get(one.code, False),
            "asks_who_helps": one.code == WECHAT,
            "answers": WORDS_OF_ANSWER.items(),
            "bases": [(basis.value, words) for basis, words in WORDS_OF_BASIS.items()],
            "kept": {name: request.POST.get(f"{name}-{one.code}", "") for name in fields},
            "wrong": {name: wrong.get(f"{name}-{one.code}", "") for name in fields},
        }
        for one in criteria()
    ]


def done(request: PageRequest, candidate_id: UUID, act: Callable[[], object]) -> HttpResponse:
    """Do it and show the candidate again; a refusal is said on the page, with what was filled in."""
    try:
        act()
    except DomainError as refusal:
        return show(request, candidate_id, refusal)
    return go("candidate", candidate_id=candidate_id)


@page("enrolment.screen")
@require_POST
def screen(request: PageRequest, candidate_id: UUID) -> HttpResponse:
    """Write a screening down."""
    return done(
        request,
        candidate_id,
        lambda: console.do(
            request,
            commands.screen,
            candidate_id=candidate_id,
            findings=forms.findings(request.POST),
            grant_id=uuid_of(request.POST.get("grant_id", "")),
        ),
    )


@page("enrolment.confirm")
@require_POST
def settle(request: PageRequest, candidate_id: UUID, screening_id: UUID) -> HttpResponse:
    """Say, as the second person, that a decision stands, or send it back."""
    return done(
        request,
        candidate_id,
        lambda: console.do(
            request,
            commands.settle_screening,
            screening_id=screening_id,
            stands=request.POST.get("stands") == "1",
            words=forms.text(request.POST, "words", longest=500),
        ),
    )


@page("enrolment.answer")
@require_POST
def take(request: PageRequest, candidate_id: UUID) -> HttpResponse:
    """Say for her that she takes the place."""
    return done(
        request, candidate_id, lambda: console.do(request, commands.take_place, candidate_id=candidate_id)
    )


@page("enrolment.answer")
@require_POST
def leave(request: PageRequest, candidate_id: UUID) -> HttpResponse:
    """Say for her that she declines, or leaves, and why."""
    why = forms.text(request.POST, "why", longest=500)
    return done(
        request,
        candidate_id,
        lambda: console.do(request, commands.leave_programme, candidate_id=candidate_id, why=why),
    )


@page("enrolment.screen")
@require_POST
def again(request: PageRequest, candidate_id: UUID) -> HttpResponse:
    """Begin anew with somebody who had left."""
    return done(
        request, candidate_id, lambda: console.do(request, commands.come_again, candidate_id=candidate_id)
    )


@page("enrolment.answer")
@require_POST
def appeal(request: PageRequest, candidate_id: UUID, screening_id: UUID) -> HttpResponse:
    """Write down an appeal for who rings or comes."""
    return done(
        request,
        candidate_id,
        lambda: console.do(
            request,
            commands.appeal,
            screening_id=screening_id,
            words=forms.text(request.POST, "appeal", longest=2000),
            by_whom=forms.text(request.POST, "by_whom", longest=100),
        ),
    )


@page("enrolment.confirm")
@require_POST
def answer_appeal(request: PageRequest, candidate_id: UUID, appeal_id: UUID) -> HttpResponse:
    """Answer an appeal: the decision stays, or she is screened again."""
    return done(
        request,
        candidate_id,
        lambda: console.do(
            request,
            commands.answer_appeal,
            appeal_id=appeal_id,
            is_upheld=request.POST.get("is_upheld") == "1",
            answer=forms.text(request.POST, "answer", longest=2000),
        ),
    )
