"""One policy for many: the list, and one with those whom it covers."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anjia.clinical.professions import PAPERS, words_of_paper
from anjia.identity.queries import stations_of
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError
from anjia.kernel.paging import Page
from anjia.kernel.photos import photo_of, photo_said
from anjia.kernel.uploads import read_upload
from anjia.spreadsheets.limits import MIB, Limits
from anjia.workforce import commands, forms, queries
from anjia.workforce.commands import Whom
from anjia.workforce.console.going import go, today
from anjia.workforce.models import language
from anjia.workforce.rules.listed import RowsRefused, column_of, rows_in

LONGEST_LIST: Final = 60_000
LIMITS: Final = Limits(file=2 * MIB, rows=5_000)  # a policy covers 2000 at most
WRONG_SHOWN: Final = 100


@page("workforce.read")
@require_safe
def policies(request: PageRequest) -> HttpResponse:
    """List the policies that cover many, and enter one."""
    return show_list(request)


@page("workforce.change")
@require_POST
def add(request: PageRequest) -> HttpResponse:
    """Enter a policy with its scan, and whom it covers."""
    sent = photo_of(request)
    try:
        meant = whom(request)
        made = console.do(
            request,
            commands.add_group_policy,
            code=forms.text(request.POST, "code"),
            number=forms.text(request.POST, "paper_number", longest=60),
            issuer=forms.text(request.POST, "issuer", longest=80),
            valid_from=forms.day_or_none(request.POST, "valid_from"),
            valid_until=forms.day_or_none(request.POST, "valid_until"),
            whom=meant,
            scan=sent["photo"],
            content_type=sent["content_type"],
        )
    except DomainError as refusal:
        return show_list(request, refusal)
    return go("policy", policy_id=made.id) if made else go("policies")  # a twin of what was sent


def whom(request: PageRequest) -> Whom:
    """
    Return whom the form means: those ticked, those listed in it or in a file, a station, or everybody.

    :raises FileRefused: if what was sent is no list
    :raises ReadersBusy: if others' lists are being read
    """
    said = request.POST
    station, file = said.get("who", ""), request.FILES.get("file")
    return Whom(
        rows=rows_in(read_upload(file.read(), limits=LIMITS, recognise=column_of, fewest=1)) if file else (),
        staff_ids=frozenset(one for one in map(uuid_of, said.getlist("member_ids")) if one),
        listed=said.get("listed", "")[:LONGEST_LIST],
        station_id=uuid_of(station),
        everybody=station == "everybody",
    )


def show_list(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    def both(actor: Actor, purpose: Purpose) -> tuple[Page[queries.PolicyLine], list[tuple[str, str]]]:
        after = request.GET.get("after") or None
        found = queries.group_policies(actor, purpose, today=today(), after=after)
        return found, [(str(one.id), one.name) for one in stations_of(actor, purpose)]

    found, stations = console.ask(request, both, Purpose.LEGAL)
    said = {
        "page": found,
        "stations": stations,
        "kinds": [
            (one.code, words_of_paper(one.code, language())) for one in PAPERS.values() if one.is_cover
        ],
    }
    return render(
        request,
        "workforce/policies.html",
        said | common(request, refusal),
        status=refusal.status if refusal else 200,
    )


def common(request: PageRequest, refusal: DomainError | None) -> dict[str, Any]:
    return {
        "kept": request.POST,
        "refusal": refusal,
        "wrong_rows": refusal.rows[:WRONG_SHOWN] if isinstance(refusal, RowsRefused) else [],
        "me": request.actor.user_id,
        "may_change": request.actor.may("workforce.change"),
        "may_confirm": request.actor.may("workforce.confirm"),
    }


@page("workforce.read")
@require_safe
def policy(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Show a policy with those whom it covers, and who works here without one."""
    return show_policy(request, policy_id)


def show_policy(request: PageRequest, policy_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    def both(actor: Actor, purpose: Purpose) -> tuple[queries.PolicyPage, list[tuple[str, str]]]:
        after = request.GET.get("after") or None
        found = queries.group_policy_page(actor, purpose, policy_id=policy_id, today=today(), after=after)
        return found, [(str(one.id), one.name) for one in stations_of(actor, purpose)]

    found, stations = console.ask(request, both, Purpose.LEGAL)
    one = found.line.policy
    said = {
        "found": found,
        "policy": one,
        "page": found.covers,
        "stations": stations,
        "today": today(),
        "added_by": found.names.get(one.added_by, ""),
        "verified_by": found.names.get(one.verified_by, "") if one.verified_by else "",
        "taken_back_by": found.names.get(one.taken_back_by, "") if one.taken_back_by else "",
        "is_own": one.added_by == request.actor.user_id and not one.verified_at,
    }
    return render(
        request,
        "workforce/policy.html",
        said | common(request, refusal),
        status=refusal.status if refusal else 200,
    )


@page("workforce.read")
@require_safe
def scan(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Show the scan of a policy."""
    return photo_said(*console.ask(request, queries.scan_of_policy, Purpose.LEGAL, policy_id=policy_id))


@page("workforce.confirm")
@require_POST
def verify(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Say that the scan shows the policy and those who wait."""
    return done(
        request,
        policy_id,
        lambda: console.do(
            request, commands.verify_group_policy, policy_id=policy_id, mark=request.POST.get("mark", "")
        ),
    )


@page("workforce.change")
@require_POST
def cover(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Add people to a policy from a day on."""
    sent = photo_of(request)
    return done(
        request,
        policy_id,
        lambda: console.do(
            request,
            commands.cover_more,
            policy_id=policy_id,
            whom=whom(request),
            first_day=forms.day(request.POST, "first_day"),
            scan=sent["photo"],
            content_type=sent["content_type"],
        ),
    )


@page("workforce.change")
@require_POST
def end(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Say until when people are covered."""
    ids = [one for one in map(uuid_of, request.POST.getlist("member_ids")) if one]
    return done(
        request,
        policy_id,
        lambda: console.do(
            request,
            commands.end_cover,
            policy_id=policy_id,
            staff_ids=ids,
            last_day=forms.day(request.POST, "last_day"),
        ),
    )


@page("workforce.change")
@require_POST
def take_back(request: PageRequest, policy_id: UUID) -> HttpResponse:
    """Take back a policy, and say why."""
    why = forms.text(request.POST, "why", longest=500)
    return done(
        request,
        policy_id,
        lambda: console.do(request, commands.take_back_group_policy, policy_id=policy_id, why=why),
    )


def done(request: PageRequest, policy_id: UUID, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except DomainError as refusal:
        return show_policy(request, policy_id, refusal)
    return go("policy", policy_id=policy_id)
