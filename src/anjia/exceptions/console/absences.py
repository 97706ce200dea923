"""Who cannot come: writing it down, and sending others in her place, one or all that are proposed."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anjia.exceptions import commands, queries
from anjia.exceptions.console.dealing import back_to, done, exception_page
from anjia.exceptions.console.reporting import form_of, read_form
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.work import acting
from anjia.visits.rules.exceptions import ExceptionKind


@require_http_methods(["GET", "HEAD", "POST"])
@page("exceptions.report")
def new_absence(request: PageRequest) -> HttpResponse:
    """Show the form, or keep what was filled in and go on to her visits."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            staff_id = uuid_of(request.POST.get("staff_id", ""))
            if staff_id is None:
                raise Invalid(fields={"staff_id": _("请选是谁来不了。")})
            form = read_form(ExceptionKind.CAREGIVER_ILL, request.POST)
            made = console.do(request, commands.report_absence, staff_id=staff_id, form=form)
        except DomainError as error:
            refusal = error
        else:
            if made is not None:
                return back_to(made.id)
    staff = console.ask(request, queries.staff_to_choose, Purpose.CONTRACT, now=timezone.now())
    said = form_of(request, ExceptionKind.CAREGIVER_ILL, refusal) | {
        "staff": [("", "—"), *((str(one), name) for one, name in staff.items())],
        "chosen": request.POST.get("staff_id", "") or request.GET.get("staff_id", ""),
        "staff_error": refusal.fields.get("staff_id", "") if refusal else "",
    }
    return render(request, "exceptions/absence.html", said, status=refusal.status if refusal else 200)


@require_POST
@page("dispatch.assign")
def stand_in(request: PageRequest, exception_id: UUID) -> HttpResponse:
    """Send one to one of the visits."""
    line_id, staff_id = choice_of(request.POST.get("line", ""))
    return done(
        request,
        exception_id,
        lambda: console.do(request, commands.stand_in, line_id=line_id, staff_id=staff_id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    name: str  # whose visit it is, and when
    words: str
    is_done: bool


@require_POST
@page("dispatch.assign")
def stand_in_for_all(request: PageRequest, exception_id: UUID) -> HttpResponse:
    """
    Send everybody who is proposed. Each visit by itself: one that cannot be had holds up no other, and is named.
    """
    key, results = request.POST.get("idempotency_key", ""), []
    for said in request.POST.getlist("line")[:200]:
        line_id, staff_id = choice_of(said)
        name = request.POST.get(f"name-{line_id}", "")[:80]
        unit = acting(request.actor, timezone.now(), key=f"{key[:36]}-{line_id}" if key else None)
        try:
            unit.reply(commands.stand_in, lambda _line: "", line_id=line_id, staff_id=staff_id)
        except DomainError as refusal:
            results.append(Result(name=name, words=refusal.detail, is_done=False))
        else:
            results.append(Result(name=name, words=_("派好了"), is_done=True))
    if all(one.is_done for one in results):
        return back_to(exception_id)
    return exception_page(request, exception_id, results=results)


def choice_of(said: str) -> tuple[UUID, UUID]:
    """
    Return the line and the caregiver that a button stands for: "<line>|<caregiver>".

    :raises Invalid: if it is none of ours
    """
    line_id, staff_id = map(uuid_of, (said.partition("|")[0], said.partition("|")[2]))
    if line_id is None or staff_id is None:
        raise Invalid(fields={"line": _("请先选一位。")})
    return line_id, staff_id
