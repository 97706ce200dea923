"""The first page of an empty institution: who it is, and who looks after it. Opened once, by a token."""

import hmac
from pathlib import Path

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from anjia.identity import browser, commands, queries
from anjia.identity.proofs import new_totp_secret, totp_link
from anjia.identity.rules import End, Way
from anjia.kernel.actors import Purpose, system
from anjia.kernel.errors import DomainError, NotFound
from anjia.kernel.work import acting

FIELDS = ("institution", "licence_number", "phone", "duty_phone", "station", "name", "login", "password")


def token_file() -> Path:
    return Path(settings.ANJIA_HOME) / "keys" / "setup_token"


def is_open(request: HttpRequest) -> bool:
    """Say whether there is anything to set up, and the token is the one in the data folder."""
    kept = token_file()
    if settings.IS_DEMO or not kept.exists():
        return False
    said = request.POST.get("token") or request.GET.get("token") or ""
    if not hmac.compare_digest(said.encode(), kept.read_text().strip().encode()):
        return False
    return not acting(system(), timezone.now()).ask(queries.is_set_up, Purpose.LEGAL)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Found the institution with its first station and its first administrator, and let her in."""
    if not is_open(request):
        raise NotFound
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            return found(request)
        except DomainError as error:
            refusal = error
    secret = request.POST.get("secret") or new_totp_secret()
    link = totp_link(secret, login=request.POST.get("login", "") or "admin")
    said = {
        "token": request.POST.get("token") or request.GET.get("token"),
        "form": request.POST,
        "refusal": refusal,
        "secret": secret,
        "qr": segno.make(link, micro=False).svg_data_uri(scale=5, border=2),
    }
    return render(request, "identity/setup.html", said, status=refusal.status if refusal else 200)


def found(request: HttpRequest) -> HttpResponse:
    """:raises DomainError: if something is missing or will not do; then nothing is there"""
    now = timezone.now()
    said = {name: request.POST.get(name, "") for name in FIELDS}
    administrator = acting(system(), now).do(
        commands.set_up,
        **said,
        secret=request.POST.get("secret", ""),
        code=request.POST.get("code", "")[:12],
    )
    token_file().unlink(missing_ok=True)
    device_token = browser.device_token_of(request)
    entry = acting(system(), now).do(
        commands.start_session,
        account_id=administrator.id,
        end=End.CONSOLE.value,
        way=Way.PASSWORD.value,
        device=browser.device_of(request),
        device_token=device_token,
    )
    response = HttpResponseRedirect(reverse("identity:set_up_done"), status=303)
    browser.keep(response, request, entry, device_token)
    return response
