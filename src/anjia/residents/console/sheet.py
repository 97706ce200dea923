"""One resident's page, where she is visited, and who has read her record."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from anjia.identity.queries import account_names, stations_of
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.models import RecordAccess
from anjia.kernel.paging import Page
from anjia.residents import commands, forms, queries
from anjia.residents.console.going import go
from anjia.residents.rules import (
    AGREEMENT,
    ALLOW_WORDS,
    GIVEN_BY_WORDS,
    ID_CHECK_WORDS,
    RELATION_WORDS,
    SEX_WORDS,
    SIGNED_AS_WORDS,
    STATE_WORDS,
    WAY_WORDS,
    Allow,
    GivenBy,
    IdCheck,
    Relation,
    Sex,
    purpose_words,
    what_words,
)


@page("residents.read")
@require_safe
def resident(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Show one resident."""
    return show_resident(request, resident_id)


def show_resident(
    request: PageRequest, resident_id: UUID, refusal: DomainError | None = None, form: Any = None
) -> HttpResponse:
    """Show her; after a refusal with what was said in the form, and what is wrong beside it."""
    said = console.ask(request, everything_of, Purpose.CONTRACT, resident_id=resident_id)
    said |= {"refusal": refusal, "form": form or {}, "allow_words": ALLOW_WORDS.items()}
    said["asked"] = request.POST.get("purpose") if refusal else None
    return render(request, "residents/resident.html", said, status=refusal.status if refusal else 200)


def everything_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> dict[str, Any]:
    sheet = queries.resident_sheet(actor, purpose, resident_id=resident_id)
    she, today = sheet.resident, day_of(timezone.now())
    ids = {grant.giver_id for grant in sheet.grants} | {answer.answered_by for answer in sheet.answers}
    names = account_names(actor, Purpose.LEGAL, account_ids=ids)
    stations = {one.id: one.name for one in stations_of(actor, purpose)}
    may_read = queries.has_consent(actor, Purpose.CARE, resident_id=resident_id)
    numbers = queries.numbers_asked(actor, purpose, resident_id=resident_id)
    death = queries.death_of(actor, purpose, resident_id=resident_id)
    signs_no_more = {"grant", "consent"} if death and death.confirmed_at else set()
    return {
        "sheet": sheet,
        "death": death,
        "resident": she,
        "age": she.age_on(today),
        "sex": SEX_WORDS[Sex(she.sex)],
        "is_verified": she.id_check == IdCheck.VERIFIED,
        "id_check": ID_CHECK_WORDS[IdCheck(she.id_check)],
        "station": stations.get(she.station_id) if she.station_id else None,
        "chronic": forms.chronic_words(she) if may_read else None,
        "grants": [grant_said(grant, actor, names, numbers) for grant in sheet.grants],
        "consents": [
            consent_said(one, today) for one in queries.consents_of(actor, purpose, resident_id=she.id)
        ],
        "may": {
            name: actor.may(f"residents.{name}") and name not in signs_no_more
            for name in ("change", "add_address", "grant", "consent", "reveal")
        },
    }


def grant_said(
    grant: Any, actor: Actor, names: Mapping[UUID, str], numbers: Mapping[UUID, Any]
) -> dict[str, Any]:
    has_ended = grant.has_ended(timezone.now())
    number = numbers.get(grant.account_id)
    return {
        "grant": grant,
        "relation": grant.kinship or RELATION_WORDS[Relation(grant.relation)],
        "guardian": RELATION_WORDS[Relation.GUARDIAN]
        if grant.kinship and grant.relation == Relation.GUARDIAN
        else "",
        "allows": [ALLOW_WORDS[Allow(allow)] for allow in grant.allows],
        "given_by": GIVEN_BY_WORDS[GivenBy(grant.given_by)],
        "giver": names.get(grant.giver_id, ""),
        "has_ended": has_ended,
        "is_open": grant.withdrawn_at is None and not has_ended,
        "number": number,
        "may_confirm": number is not None and number.asked_by != actor.user_id,
        "may_witness": grant.waits_for_witness and grant.giver_id != actor.user_id,
    }


def consent_said(standing: queries.Standing, today: date) -> dict[str, Any]:
    title, text = standing.text.in_language(get_language())
    return {
        "purpose": standing.text.purpose.value,
        "title": title,
        "text": text,
        "version": standing.text.version,
        "state": standing.state.value,
        "words": STATE_WORDS[standing.state],
        "at": standing.at,
        "is_on_paper": standing.file_id is not None,
        "is_agreement": standing.text.purpose == AGREEMENT,
        "ends_on": standing.ends_on,
        "has_ended": standing.ends_on is not None and standing.ends_on <= today,
        "may_sign": standing.may_sign(today),
        "answered_version": standing.text_version,
        "way": WAY_WORDS[standing.way],
        "signed_as": SIGNED_AS_WORDS[standing.signed_as],
        "signer": standing.signer,
        "witness": standing.witness,
    }


@page("residents.add_address")
@require_POST
def add_address(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Add where she is visited from now on."""
    try:
        said: dict[str, Any] = {name: request.POST.get(name, "") for name in ("text", "note")}
        said |= forms.pin(request.POST)
        console.do(request, commands.add_address, resident_id=resident_id, **said)
    except Invalid as refusal:
        return show_resident(request, resident_id, refusal, request.POST)
    return go("resident", "#addresses", resident_id=resident_id)


@page("residents.add_address")
@require_POST
def set_access(request: PageRequest, resident_id: UUID, address_id: UUID) -> HttpResponse:
    """Say how many minutes it takes from the street to a door, or leave it to the arrivals again."""
    try:
        minutes = forms.access_minutes(request.POST.get("minutes", ""))
        console.do(
            request, commands.set_access, resident_id=resident_id, address_id=address_id, minutes=minutes
        )
    except Invalid as refusal:
        return show_resident(
            request,
            resident_id,
            refusal,
            {"door": str(address_id), "minutes": request.POST.get("minutes", "")},
        )
    return go("resident", "#addresses", resident_id=resident_id)


READ_AT_ONCE: Final = 200  # looks, which are far fewer lines


@page("residents.read")
@require_safe
def readers(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Show who has read her record."""
    after = request.GET.get("after") or None
    said = console.ask(request, readers_named, Purpose.CONTRACT, resident_id=resident_id, after=after)
    return render(request, "residents/readers.html", said)


def readers_named(actor: Actor, purpose: Purpose, *, resident_id: UUID, after: str | None) -> dict[str, Any]:
    she = queries.get_resident(actor, purpose, resident_id=resident_id)
    found: Page[RecordAccess] = queries.readers_of_record(
        actor, purpose, resident_id=resident_id, after=after, size=READ_AT_ONCE
    )
    names = account_names(actor, Purpose.LEGAL, account_ids={row.actor_id for row in found.items})
    lines: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in found.items:  # the same eyes on the same thing on one day are one line; the latest comes first
        what = what_words(row.what)  # a page that asks for four parts of her record is one look at it
        line = lines.setdefault(
            (day_of(row.at), row.actor_id, row.purpose, what),
            {
                "at": row.at,
                "who": names.get(row.actor_id, ""),
                "purpose": purpose_words(row.purpose),
                "what": what,
                "moments": set(),
            },
        )
        line["moments"].add(row.at)
        line |= {"since": row.at, "count": len(line["moments"])}
    return {"resident": she, "page": Page(list(lines.values()), found.next)}
