"""What to say and do in a situation: the list, and one with its form and its versions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from anjia.catalogue import commands, forms, queries
from anjia.catalogue.rules.prompts import PromptTouched, lines_from, lines_said
from anjia.identity.queries import account_names
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid, NotAllowed


@require_safe
@page("catalogue.read")
def prompts(request: PageRequest) -> HttpResponse:
    """List the situations with what stands for each."""
    found = console.ask(request, queries.prompts, Purpose.CONTRACT)
    return render(request, "catalogue/prompts.html", {"prompts": found})


@require_http_methods(["GET", "HEAD", "POST"])
@page("catalogue.read")
def prompt(request: PageRequest, situation: str) -> HttpResponse:
    """Show what to say and do in a situation, every version of it; and write the next."""
    refusal: DomainError | None = None
    typed: dict[str, Any] | None = None
    if request.method == "POST":
        if not request.actor.may("catalogue.change"):
            raise NotAllowed
        typed = content_said(request)
        seen = request.POST.get("seen_version", "")
        try:
            console.do(
                request,
                commands.publish_prompt,
                situation=situation,
                content=typed,
                seen=int(seen) if seen.isdecimal() and len(seen) < 9 else -1,
            )
            return redirect("catalogue:prompt", situation=situation)
        except (Invalid, PromptTouched) as why:
            refusal = why

    def ask(actor: Actor, purpose: Purpose) -> Any:
        versions = queries.prompt_versions(actor, purpose, situation=situation)
        ids = [one.published_by for one in versions if one.published_by]
        return versions, account_names(actor, purpose, account_ids=ids)

    versions, names = console.ask(request, ask, Purpose.CONTRACT)
    content = typed or versions[0].content
    said = {
        "prompt": versions[0],
        "versions": [(one, names.get(one.published_by, "")) for one in versions],
        "content": content,
        "say": lines_said(content, "say"),
        "do": lines_said(content, "do"),
        "refusal": refusal,
        "may_change": request.actor.may("catalogue.change"),
    }
    return render(request, "catalogue/prompt.html", said, status=refusal.status if refusal else 200)


def content_said(request: PageRequest) -> dict[str, Any]:
    content: dict[str, Any] = {
        name: forms.words(request.POST, name) for name in ("title", "title_en", "source", "source_en")
    }
    for name in ("say", "do"):
        content[name], english = lines_from(request.POST.get(name, ""))
        if english or not content[name]:
            content[f"{name}_en"] = english
    return content
