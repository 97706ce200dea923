"""Finding residents."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.paging import Page
from anjia.residents import queries
from anjia.residents.console.going import read_or_post
from anjia.residents.rules import (
    ID_CHECK_WORDS,
    SEX_WORDS,
    IdCheck,
    Sex,
)

YES_NO: Final = {"yes": True, "no": False}


@page("residents.read")
@read_or_post
def resident_list(request: PageRequest) -> HttpResponse:
    """List residents, or find one by the one box: posted, since addresses are written down in logs and histories."""
    wanted = {name: request.GET.get(name, "").strip() for name in ("alone", "id_check")}
    wanted["text"] = request.POST.get("text", "").strip()
    found = console.ask(
        request,
        queries.residents_listed,
        Purpose.CONTRACT,
        text=wanted["text"],
        after=request.GET.get("after") or None,
        lives_alone=YES_NO.get(wanted["alone"]),
        id_check=wanted["id_check"] if wanted["id_check"] in set(IdCheck) else None,
    )
    lines = [described(line, today=day_of(timezone.now())) for line in found.items]
    said = {
        "page": Page(lines, found.next),
        "wanted": wanted,
        "may_register": request.actor.may("residents.register"),
        "may_grant": request.actor.may("residents.grant"),
        "may_import": request.actor.may("imports.run"),
    }
    return render(request, "residents/list.html", said)


def described(line: queries.Line, *, today: Any) -> dict[str, Any]:
    resident = line.resident
    return {
        "id": resident.id,
        "name": resident.name,
        "sex": SEX_WORDS[Sex(resident.sex)],
        "age": resident.age_on(today),
        "lives_alone": resident.lives_alone,
        "is_verified": resident.id_check == IdCheck.VERIFIED,
        "id_check": ID_CHECK_WORDS[IdCheck(resident.id_check)],
        "phone_masked": line.phone_masked,
        "address_line": line.address_line,
    }
