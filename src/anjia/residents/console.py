"""The console's pages of residents, their families, consents, slips and cards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.identity.queries import account_names, get_organization, stations_of
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.encryption import mac
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.models import RecordAccess
from anjia.kernel.paging import Page
from anjia.residents import commands, forms, queries
from anjia.residents.models import Resident
from anjia.residents.rules import (
    ALLOW_WORDS,
    GIVEN_BY_WORDS,
    ID_CHECK_WORDS,
    RELATION_WORDS,
    SEX_WORDS,
    STATE_WORDS,
    Allow,
    AlreadyRegistered,
    GivenBy,
    IdCheck,
    Relation,
    Sex,
    card_payload,
    purpose_words,
    spaced,
    what_words,
)

app_name = "residents"
read_or_post = require_http_methods(["GET", "HEAD", "POST"])
YES_NO: Final = {"yes": True, "no": False}


def go(name: str, query: str = "", **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"residents:{name}", kwargs=ids) + query, status=303)


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
    she = sheet.resident
    ids = {grant.giver_id for grant in sheet.grants} | {answer.answered_by for answer in sheet.answers}
    names = account_names(actor, Purpose.LEGAL, account_ids=ids)
    stations = {one.id: one.name for one in stations_of(actor, purpose)}
    may_read = queries.has_consent(actor, Purpose.CARE, resident_id=resident_id)
    numbers = queries.numbers_asked(actor, purpose, resident_id=resident_id)
    return {
        "sheet": sheet,
        "resident": she,
        "age": she.age_on(day_of(timezone.now())),
        "sex": SEX_WORDS[Sex(she.sex)],
        "is_verified": she.id_check == IdCheck.VERIFIED,
        "id_check": ID_CHECK_WORDS[IdCheck(she.id_check)],
        "station": stations.get(she.station_id) if she.station_id else None,
        "chronic": forms.chronic_words(she) if may_read else None,
        "grants": [grant_said(grant, actor, names, numbers) for grant in sheet.grants],
        "consents": [consent_said(one) for one in queries.consents_of(actor, purpose, resident_id=she.id)],
        "may": {
            name: actor.may(f"residents.{name}")
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
        "is_guardian": grant.relation == Relation.GUARDIAN,
        "allows": [ALLOW_WORDS[Allow(allow)] for allow in grant.allows],
        "given_by": GIVEN_BY_WORDS[GivenBy(grant.given_by)],
        "giver": names.get(grant.giver_id, ""),
        "has_ended": has_ended,
        "is_open": grant.withdrawn_at is None and not has_ended,
        "number": number,
        "may_confirm": number is not None and number.asked_by != actor.user_id,
        "may_witness": grant.waits_for_witness and grant.giver_id != actor.user_id,
    }


def consent_said(standing: queries.Standing) -> dict[str, Any]:
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
    }


@page("residents.reveal")
@require_POST
def reveal(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Show the numbers that are covered, on her page or in the form; who did it is written down."""
    console.do(request, commands.reveal, resident_id=resident_id)
    if "in_form" in request.POST and request.actor.may("residents.change"):
        return show_kept(request, resident_id, is_revealed=True)
    said = console.ask(request, everything_of, Purpose.CONTRACT, resident_id=resident_id)
    return render(request, "residents/resident.html", said | {"is_revealed": True, "form": {}})


@page("residents.register")
@read_or_post
def new_resident(request: PageRequest) -> HttpResponse:
    """Take somebody into care."""
    if request.method != "POST":
        return show_form(request, {"sex": "", "lives_alone": "", "chronic": ""})
    try:
        said = forms.person(request.POST)
        said["chronic"] = said["chronic"] or []
        said |= {name: request.POST.get(name, "") for name in ("address", "door_note")}
        registered = console.do(request, commands.register_resident, **said)
    except (Invalid, AlreadyRegistered) as refusal:
        return show_form(request, request.POST, refusal)
    return go("resident", resident_id=registered.id) if registered else go("list")


@page("residents.change")
@read_or_post
def change_resident(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Correct what is kept of her."""
    if request.method != "POST":
        return show_kept(request, resident_id)
    try:
        said = forms.person(request.POST)
        said["id_number"] = said["id_number"].strip() or None
        console.do(request, commands.change_resident, resident_id=resident_id, **said)
    except (Invalid, AlreadyRegistered) as refusal:
        she = console.ask(request, queries.get_resident, Purpose.CONTRACT, resident_id=resident_id)
        return show_form(request, request.POST, refusal, resident=she)
    return go("resident", resident_id=resident_id)


def show_kept(request: PageRequest, resident_id: UUID, *, is_revealed: bool = False) -> HttpResponse:
    """Show the form as she is kept now."""
    sheet, may_read = console.ask(request, sheet_to_change, Purpose.CONTRACT, resident_id=resident_id)
    form = forms.shown(sheet, may_read=may_read, is_revealed=is_revealed)
    return show_form(request, form, resident=sheet.resident)


def sheet_to_change(
    actor: Actor, purpose: Purpose, *, resident_id: UUID
) -> tuple[queries.ResidentSheet, bool]:
    may_read = queries.has_consent(actor, Purpose.CARE, resident_id=resident_id)
    return queries.resident_sheet(actor, purpose, resident_id=resident_id), may_read


def show_form(
    request: PageRequest, form: Any, refusal: DomainError | None = None, resident: Resident | None = None
) -> HttpResponse:
    lines = [
        {part: form.get(f"relative_{part}_{line}", "") for part in ("name", "relation", "phone")}
        for line in range(forms.MOST_RELATIVES)
    ]
    filled = max((index + 1 for index, line in enumerate(lines) if any(line.values())), default=0)
    stations = {str(one.id): one.name for one in console.ask(request, stations_of, Purpose.CONTRACT)}
    if form.get("station_id"):  # closed since, or none of the actor's: it stays hers
        stations.setdefault(form["station_id"], _("现在的站点"))
    said = {
        "form": form,
        "refusal": refusal,
        "resident": resident,
        "relatives": list(enumerate(lines))[: max(2, filled + 1)],
        "sexes": [("", "—"), *((one.value, SEX_WORDS[one]) for one in (Sex.FEMALE, Sex.MALE))],
        "stations": [("", "—"), *stations.items()],
        "may_reveal": resident is not None and request.actor.may("residents.reveal"),
    }
    return render(request, "residents/form.html", said, status=refusal.status if refusal else 200)


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


@page("residents.grant")
@require_POST
def enter_paper(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Enter a signed paper that lets somebody act for her, with its photo."""
    content, content_type = photo_of(request)
    try:
        console.do(
            request,
            commands.enter_paper,
            resident_id=resident_id,
            photo=content,
            content_type=content_type,
            name=request.POST.get("name", ""),
            phone=request.POST.get("phone", ""),
            relation=request.POST.get("relation", ""),
            kinship=request.POST.get("kinship", ""),
            allows=request.POST.getlist("allows"),
            valid_until=forms.end_of_day(request.POST, "valid_until"),
        )
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal, request.POST)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def witness(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Say that one has seen the paper too."""
    console.do(request, commands.witness_grant, grant_id=grant_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def withdraw(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take access back."""
    console.do(request, commands.withdraw_grant, grant_id=grant_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def ask_for_number(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Enter another number for whoever acts by this grant, with the photo of what was signed."""
    content, content_type = photo_of(request)
    number = request.POST.get("number", "")
    try:
        console.do(
            request,
            commands.ask_for_number,
            grant_id=grant_id,
            phone=number,
            photo=content,
            content_type=content_type,
        )
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal, {"number": number, "number_of": grant_id})
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def confirm_number(request: PageRequest, resident_id: UUID, change_id: UUID) -> HttpResponse:
    """Say that one has seen the paper too: the new number counts, and whoever was signed in is out."""
    console.do(request, commands.confirm_number, change_id=change_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def drop_number(request: PageRequest, resident_id: UUID, change_id: UUID) -> HttpResponse:
    """Leave the number as it is."""
    console.do(request, commands.drop_number, change_id=change_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_safe
def number_paper(request: PageRequest, resident_id: UUID, change_id: UUID) -> HttpResponse:
    """Show the photo of what was signed for another number."""
    return photo_said(
        *console.ask(
            request, queries.number_paper, Purpose.LEGAL, resident_id=resident_id, change_id=change_id
        )
    )


@page("residents.consent")
@require_POST
def answer_consent(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Enter the yes that she has signed, with its photo; or her no, which needs no paper."""
    asked: dict[str, Any] = {"resident_id": resident_id, "purpose": request.POST.get("purpose", "")}
    if request.POST.get("agrees") != "yes":
        console.do(request, commands.withdraw_consent, **asked)
        return go("resident", "#consents", resident_id=resident_id)
    content, content_type = photo_of(request)
    try:
        console.do(
            request,
            commands.enter_consent,
            **asked,
            text_version=forms.whole(request.POST, "version"),
            photo=content,
            content_type=content_type,
        )
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal)
    return go("resident", "#consents", resident_id=resident_id)


@page("residents.consent")
@require_safe
def signed_consent(request: PageRequest, resident_id: UUID, asked: str) -> HttpResponse:
    """Show the photo of the consent that she has signed."""
    return photo_said(
        *console.ask(request, queries.signed_consent, Purpose.LEGAL, resident_id=resident_id, asked=asked)
    )


@page("residents.grant")
@require_POST
def make_slips(request: PageRequest) -> HttpResponse:
    """Make activation slips for those who were chosen, and go on to print them."""
    chosen = [one for said in request.POST.getlist("resident") if (one := forms.id_of(said))]
    slips = console.do(request, commands.make_activation_slips, resident_ids=chosen)
    if not slips:
        return go("slips", f"?left_out={len(chosen)}")
    left_out = len(chosen) - len(slips)
    return go("slips", f"?made_at={slips[0].made_at.timestamp():.6f}&left_out={left_out}")


@page("residents.grant")
@require_safe
def slips(request: PageRequest) -> HttpResponse:
    """Print the slips that were made at one time: two on a page of A4."""
    made_at = time_of(request.GET.get("made_at", ""))
    said = console.ask(request, printed_slips, Purpose.CONTRACT, made_at=made_at)
    for line in said["slips"]:
        line["qr"] = qr(client_address(request, f"slip={line['slip'].code}"))
    return render(request, "residents/slips.html", said | {"left_out": request.GET.get("left_out", "0")})


def printed_slips(actor: Actor, purpose: Purpose, *, made_at: datetime | None) -> dict[str, Any]:
    found = queries.slips_made(actor, purpose, made_at=made_at) if made_at else []
    house = get_organization(actor, purpose, organization_id=actor.organization_id)
    return {"slips": [{"slip": slip, "code": spaced(slip.code)} for slip in found], "house": house}


def time_of(said: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(said), timezone.get_current_timezone())
    except (ValueError, OverflowError, OSError):
        return parse_datetime(said) if said else None


@page("residents.read")
@require_safe
def card(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Print the household card, to be put up beside the door."""
    she, house = console.ask(request, card_of, Purpose.CONTRACT, resident_id=resident_id)
    said = {
        "resident": she,
        "house": house,
        "qr": qr(card_payload(she.id, she.card_serial, mac=mac)),
        "may_replace": request.actor.may("residents.change"),
    }
    return render(request, "residents/card.html", said)


def card_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> tuple[Resident, Any]:
    she = queries.get_resident(actor, purpose, resident_id=resident_id)
    return she, get_organization(actor, purpose, organization_id=actor.organization_id)


@page("residents.change")
@require_POST
def replace_card(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Make a new household card: the old one is worth nothing from now on."""
    console.do(request, commands.replace_card, resident_id=resident_id)
    return go("card", resident_id=resident_id)


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
        actor, purpose, resident_id=resident_id, after=after
    )
    names = account_names(actor, Purpose.LEGAL, account_ids={row.actor_id for row in found.items})
    rows = [
        {
            "at": row.at,
            "who": names.get(row.actor_id, ""),
            "purpose": purpose_words(row.purpose),
            "what": what_words(row.what),
        }
        for row in found.items
    ]
    return {"resident": she, "page": Page(rows, found.next)}


@page("residents.grant")
@require_safe
def paper(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Show the photo of the signed paper."""
    return photo_said(
        *console.ask(request, queries.paper_of, Purpose.LEGAL, resident_id=resident_id, grant_id=grant_id)
    )


def photo_of(request: HttpRequest) -> tuple[bytes, str]:
    """Return the photo that was sent with a form, and what its sender calls it."""
    photo = request.FILES.get("photo")
    return (photo.read(), photo.content_type or "") if photo else (b"", "")


def photo_said(content_type: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def qr(says: str) -> SafeString:
    """Draw a QR code that stands a fold or a stain, with nothing of the page in it but what it says."""
    drawn = segno.make(says, error="q", micro=False).svg_inline(scale=4, border=2, omitsize=True)
    return mark_safe(drawn)  # segno's own drawing


def client_address(request: HttpRequest, query: str) -> str:
    return request.build_absolute_uri(f"{reverse('client')}#/pages/sign-in/index?{query}")


urlpatterns = [
    path("", resident_list, name="list"),
    path("new", new_resident, name="new"),
    path("slips", slips, name="slips"),
    path("slips/make", make_slips, name="make_slips"),
    path("<uuid:resident_id>/", resident, name="resident"),
    path("<uuid:resident_id>/reveal", reveal, name="reveal"),
    path("<uuid:resident_id>/change", change_resident, name="change"),
    path("<uuid:resident_id>/addresses", add_address, name="add_address"),
    path("<uuid:resident_id>/grants", enter_paper, name="enter_paper"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/witness", witness, name="witness"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/withdraw", withdraw, name="withdraw"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/paper", paper, name="paper"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/number", ask_for_number, name="ask_for_number"),
    path("<uuid:resident_id>/numbers/<uuid:change_id>/confirm", confirm_number, name="confirm_number"),
    path("<uuid:resident_id>/numbers/<uuid:change_id>/drop", drop_number, name="drop_number"),
    path("<uuid:resident_id>/numbers/<uuid:change_id>/paper", number_paper, name="number_paper"),
    path("<uuid:resident_id>/consents", answer_consent, name="answer_consent"),
    path("<uuid:resident_id>/consents/<slug:asked>/paper", signed_consent, name="signed_consent"),
    path("<uuid:resident_id>/card", card, name="card"),
    path("<uuid:resident_id>/card/replace", replace_card, name="replace_card"),
    path("<uuid:resident_id>/readers", readers, name="readers"),
]
