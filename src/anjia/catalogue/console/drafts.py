"""The editor: a service's next version, part by part, beside what is offered now."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anjia.catalogue import commands, forms, queries
from anjia.catalogue.differing import compared
from anjia.catalogue.models import Draft
from anjia.catalogue.rules import ServiceInvalid, check_content
from anjia.catalogue.rules.content import WORDS_OF_EVIDENCE
from anjia.catalogue.rules.drafting import (
    WORDS_OF_PART,
    DraftState,
    DraftTouched,
    Part,
    part_of,
    seen_as,
)
from anjia.catalogue.rules.forms import WORDS_OF_KIND, choices_said, kind_of
from anjia.clinical.measures import MEASURES
from anjia.identity.queries import account_names
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid, NotFound

SHOWN_SAVES: Final = 12


@require_safe
@page("catalogue.read")
def draft(request: PageRequest, code: str) -> HttpResponse:
    """Show the draft, to write in it and to compare it with what is offered."""
    return show(request, code)


@require_POST
@page("catalogue.draft")
def start(request: PageRequest, code: str) -> HttpResponse:
    """Begin the next version."""
    console.do(request, commands.start_draft, code=code)
    return redirect("catalogue:draft", code=code)


@require_POST
@page("catalogue.draft")
def save(request: PageRequest, code: str, draft_part: str) -> HttpResponse:
    """Save a part, and the row that is moved, taken out or added in it."""
    found, _names = drafted(request, code)
    if draft_part not in tuple(Part):
        raise NotFound
    part = Part(draft_part)
    said: dict[str, Any] | None = None
    try:
        said = forms.part_said(part, request.POST, found.content)
        console.do(
            request,
            commands.save_part,
            draft_id=found.id,
            part=part,
            said=said,
            seen=request.POST.get("seen", ""),
        )
    except (Invalid, DraftTouched) as refusal:
        return show(request, code, refusal, part=part, typed=said)
    return redirect_to(code, part)


@require_POST
@page("catalogue.draft")
def catch_up(request: PageRequest, code: str) -> HttpResponse:
    """Go on from the version that is offered now."""
    found, _names = drafted(request, code)
    console.do(request, commands.catch_draft_up, draft_id=found.id)
    return redirect("catalogue:draft", code=code)


@require_POST
@page("catalogue.change")
def publish(request: PageRequest, code: str) -> HttpResponse:
    """Publish it, at once or on a day."""
    found, _names = drafted(request, code)
    try:
        day = forms.day_or_none(request.POST, "effective_on")
        console.do(
            request,
            commands.publish_draft,
            draft_id=found.id,
            why=forms.words(request.POST, "why"),
            effective_on=day,
            seen=forms.whole_or_none(request.POST, "seen"),
        )
    except DomainError as refusal:
        return show(request, code, refusal)
    if day and day > day_of(timezone.now()):
        return redirect("catalogue:draft", code=code)
    return redirect("catalogue:service", code=code)


@require_POST
@page("catalogue.change")
def call_back(request: PageRequest, code: str) -> HttpResponse:
    """Let it not take effect on its day."""
    found, _names = drafted(request, code)
    console.do(request, commands.call_back_draft, draft_id=found.id)
    return redirect("catalogue:draft", code=code)


@require_POST
@page("catalogue.draft")
def discard(request: PageRequest, code: str) -> HttpResponse:
    """Give it up."""
    found, _names = drafted(request, code)
    console.do(request, commands.discard_draft, draft_id=found.id)
    return redirect("catalogue:service", code=code)


def drafted(request: PageRequest, code: str) -> tuple[Draft, dict[Any, str]]:
    """:raises NotFound: if nothing is being written for the service"""

    def ask(actor: Actor, purpose: Purpose) -> tuple[Draft, dict[Any, str]]:
        found = queries.draft_of_service(actor, purpose, code=code)
        if found is None:
            raise NotFound
        ids = {found.started_by, found.closed_by, *(one.by for one in found.saved)} - {None}
        return found, account_names(actor, purpose, account_ids=[i for i in ids if i])

    return console.ask(request, ask, Purpose.CONTRACT)


def show(
    request: PageRequest,
    code: str,
    refusal: DomainError | None = None,
    *,
    part: Part | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the draft; with a refusal, what she has typed in the part that was refused."""
    found, names = drafted(request, code)
    current = found.base if found.base_id == found.service.current_id else None
    content = {**found.content, **(typed or {})}
    latest: dict[str, Any] = {}
    for one in found.saved:
        latest.setdefault(one.part, {"by": names.get(one.by, ""), "at": one.at})
    said = {
        "draft": found,
        "name": content["name"] if is_chinese() else content.get("name_en") or content["name"],
        "code": code,
        "content": content,
        "parts": [part_shown(one, found, latest.get(one.value)) for one in Part],
        "steps": [step | {"all_codes": codes_shown(step)} for step in content["steps"]],
        "fields": list(fields_shown(content["record_form"])),
        "evidences": [(str(one), words) for one, words in WORDS_OF_EVIDENCE.items()],
        "kinds": [(str(one), words) for one, words in WORDS_OF_KIND.items()],
        "differences": compared(found.base.content, found.content),
        "wrong": wrong_in(found.content),
        "is_behind": current is None,
        "is_scheduled": found.state == DraftState.SCHEDULED.value,
        "clashes": [WORDS_OF_PART[Part(one)] for one in found.clashes],
        "saves": [
            {
                "words": WORDS_OF_PART[Part(one.part)],
                "by": names.get(one.by, ""),
                "at": one.at,
                "is_caught_up": one.is_caught_up,
            }
            for one in found.saved[:SHOWN_SAVES]
        ],
        "started_by": names.get(found.started_by, ""),
        "closed_by": names.get(found.closed_by, "") if found.closed_by else "",
        "may_publish": request.actor.may("catalogue.change"),
        "needs_second": any(one.by == request.actor.user_id and not one.is_caught_up for one in found.saved)
        and not request.actor.may("catalogue.publish_own"),
        "today": day_of(timezone.now()),
        "refusal": refusal,
        "refused_part": part.value if part else "",
        "why_typed": request.POST.get("why", ""),
        "wrong_places": list(places(refusal, content)) if refusal else [],
    }
    status = 200 if refusal is None else refusal.status
    return render(request, "catalogue/draft.html", said, status=status)


def part_shown(part: Part, found: Draft, latest: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "key": part.value,
        "words": WORDS_OF_PART[part],
        "seen": seen_as(found.content, part),
        "latest": latest,
        "is_changed": part_of(found.content, part) != part_of(found.base.content, part),
        "template": f"catalogue/draft/_{part.value}.html",
    }


def codes_shown(step: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    chosen = step.get("codes", ())
    return [
        (code, one.name if is_chinese() else one.name_en, code in chosen) for code, one in MEASURES.items()
    ]


def fields_shown(form: Mapping[str, Any]) -> Any:
    for key, field in form.get("properties", {}).items():
        yield {
            "key": key,
            "title": field.get("title", ""),
            "title_en": field.get("title_en", ""),
            "kind": kind_of(field).value,
            "choices": choices_said(field),
            "minimum": field.get("minimum"),
            "maximum": field.get("maximum"),
            "required": key in form.get("required", ()),
        }


def wrong_in(content: Mapping[str, Any]) -> list[str]:
    try:
        check_content(content)
    except ServiceInvalid as refusal:
        return list(refusal.fields.values())
    return []


def places(refusal: DomainError, content: Mapping[str, Any]) -> Any:
    """Yield where it is wrong, as she counts, and why."""
    for name, words in refusal.fields.items():
        head, *rest = name.split(".")
        if head == "record_form" and len(rest) > 1 and rest[0] == "properties":
            order = list(content["record_form"].get("properties", {}))
            number = order.index(rest[1]) + 1 if rest[1] in order else 0
            title = content["record_form"]["properties"].get(rest[1], {}).get("title", "") if number else ""
            yield title or WORDS_OF_PART[Part.FORM], words
        elif rest and rest[0].isdigit():
            yield _("第 {number} 行").format(number=int(rest[0]) + 1), words
        else:
            yield "", words


def redirect_to(code: str, part: Part) -> HttpResponse:
    answer = redirect("catalogue:draft", code=code)
    answer["Location"] += f"#{part.value}"
    return answer


def is_chinese() -> bool:
    return not (get_language() or "zh").startswith("en")
