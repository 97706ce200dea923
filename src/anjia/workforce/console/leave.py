"""Being away: asked for on somebody's page, and answered."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from anjia.kernel import console
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import Invalid
from anjia.workforce import commands, forms
from anjia.workforce.console.going import go
from anjia.workforce.console.member import show_member


@page("workforce.ask_leave")
@require_POST
def leave(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Ask to be away; whoever makes the rota grants it in the same breath."""
    command = commands.put_leave if request.actor.may("workforce.change") else commands.ask_leave
    try:
        starts_at, ends_at = forms.leave(request.POST)
        console.do(
            request,
            command,
            staff_id=staff_id,
            kind=forms.leave_kind(request.POST),
            starts_at=starts_at,
            ends_at=ends_at,
            reason=forms.text(request.POST, "reason"),
        )
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def grant_leave(request: PageRequest, staff_id: UUID, leave_id: UUID) -> HttpResponse:
    """Let her be away."""
    console.do(request, commands.grant_leave, leave_id=leave_id)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def refuse_leave(request: PageRequest, staff_id: UUID, leave_id: UUID) -> HttpResponse:
    """Do not let her be away."""
    console.do(request, commands.refuse_leave, leave_id=leave_id)
    return go("staff", staff_id=staff_id)


@page("workforce.ask_leave")
@require_POST
def withdraw_leave(request: PageRequest, staff_id: UUID, leave_id: UUID) -> HttpResponse:
    """Come after all."""
    console.do(request, commands.withdraw_leave, leave_id=leave_id)
    return go("staff", staff_id=staff_id)
