"""What a resident has signed, and taken back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.photos import pdf_said, photo_of, photo_said
from anjia.residents import commands, forms, queries
from anjia.residents.console.going import go
from anjia.residents.console.sheet import show_resident


@page("residents.consent")
@require_POST
def answer_consent(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Enter the yes that she has signed, with its photo; or her no, which needs no paper."""
    asked: dict[str, Any] = {"resident_id": resident_id, "purpose": request.POST.get("purpose", "")}
    if request.POST.get("agrees") != "yes":
        console.do(request, commands.withdraw_consent, **asked)
        return go("resident", "#consents", resident_id=resident_id)
    try:
        console.do(
            request,
            commands.enter_consent,
            **asked,
            text_version=forms.whole(request.POST, "version"),
            signed_as="guardian" if request.POST.get("signed_as") == "guardian" else "self",
            signer=request.POST.get("signer", ""),
            witness=request.POST.get("witness", ""),
            **photo_of(request),
        )
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal)
    return go("resident", "#consents", resident_id=resident_id)


@page("residents.consent")
@require_safe
def consent_copy(request: PageRequest, resident_id: UUID, asked: str) -> HttpResponse:
    """Give what she last answered, with her signature, as a PDF to print or keep."""
    return pdf_said(
        console.ask(request, queries.copy_of_consent, Purpose.LEGAL, resident_id=resident_id, asked=asked)
    )


@page("residents.consent")
@require_safe
def paper_to_sign(request: PageRequest, resident_id: UUID, asked: str) -> HttpResponse:
    """Give the text of today with lines to sign on, to be printed."""
    return pdf_said(
        console.ask(request, queries.paper_to_sign, Purpose.LEGAL, resident_id=resident_id, asked=asked)
    )


@page("residents.consent")
@require_safe
def signed_consent(request: PageRequest, resident_id: UUID, asked: str) -> HttpResponse:
    """Show the photo of the consent that she has signed."""
    return photo_said(
        *console.ask(request, queries.signed_consent, Purpose.LEGAL, resident_id=resident_id, asked=asked)
    )
