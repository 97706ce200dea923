"""Who cannot come, and who stands in for her: each of her visits by itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.commands import assign_by_hand
from anjia.exceptions.absence import open_absence
from anjia.exceptions.models import AbsenceLine, VisitException
from anjia.exceptions.opening import tell_pages
from anjia.exceptions.rules.forms import check_form
from anjia.exceptions.rules.standing_in import AlreadySettled
from anjia.identity.queries import account_names
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.visits.queries import get_promise
from anjia.visits.rules.exceptions import ExceptionKind
from anjia.visits.rules.lifecycle import State, Status
from anjia.workforce.queries import staff_names


@command("exceptions.report")
def report_absence(actor: Actor, now: datetime, *, staff_id: UUID, form: Mapping[str, Any]) -> VisitException:
    """
    Write down that a caregiver cannot come from now on: she is away, and what she had promised is listed.

    :raises NotFound: if she does not work here
    :raises FormUnsound: naming each field that is empty or wrong
    """
    sound = check_form(ExceptionKind.CAREGIVER_ILL, form)
    return open_absence(actor, now, staff_id=staff_id, form=sound, since=now, origin="desk")


@command("dispatch.assign")
def stand_in(actor: Actor, now: datetime, *, line_id: UUID, staff_id: UUID) -> AbsenceLine:
    """
    Send this caregiver to a visit of who cannot come: by the same gates and turns as anybody is sent.

    Of two who settle the same visit at once, one does; the other reads who goes.

    :raises NotFound: if there is no such line
    :raises AlreadySettled: if it is settled, saying how
    :raises NotSuitable: saying every rule that is against it
    :raises CaregiverBusy: if she is promised elsewhere at that time
    :raises AlreadyOnTheWay: if who cannot come has departed: then the household is to be called
    """
    rows = AbsenceLine.objects.filter(organization_id=actor.organization_id, id=line_id)
    line = rows.select_for_update().first()
    if line is None:
        raise NotFound
    if line.settled_at is not None:
        raise AlreadySettled(_how(actor, line))
    exception = VisitException.objects.get(organization_id=actor.organization_id, id=line.exception_id)
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=line.visit_id)
    there = next((one for one in promise.crew if one.part == line.part), None)
    if there and there.staff_id != exception.staff_id and there.state is not State.TENTATIVE:
        raise AlreadySettled(_taken_by(actor, there.staff_id))
    assign_by_hand(actor, now, visit_id=line.visit_id, staff_id=staff_id, part=line.part)
    _settle(line, now, how="given", by=actor.user_id, staff_id=staff_id)
    exception.write_step("stood_in", actor=actor, now=now, words=_taken_by(actor, staff_id))
    audit.record(
        "exceptions.absence.stood_in", actor=actor, at=now, subject_id=exception.id, fields=["staff_id"]
    )
    tell_pages(exception)
    return line


@command("exceptions.report")
def follow_crew(
    actor: Actor, now: datetime, *, visit_id: UUID, part: int, staff_id: UUID
) -> list[AbsenceLine]:
    """Settle what somebody has taken of who cannot come, whoever sent her."""
    found = []
    for line in _open_lines(actor, visit_id=visit_id, part=part):
        if line.exception.staff_id != staff_id:
            _settle(line, now, how="given", by=None, staff_id=staff_id)
            found.append(line)
    return _followed(actor, now, found)


@command("exceptions.report")
def follow_visit(actor: Actor, now: datetime, *, visit_id: UUID) -> list[AbsenceLine]:
    """Settle what is moved out of the time in which she cannot come, cancelled, or over without anybody."""
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    found = []
    for line in _open_lines(actor, visit_id=visit_id):
        is_hers = any(
            one.part == line.part and one.staff_id == line.exception.staff_id for one in promise.crew
        )
        until = line.exception.away_until
        if promise.status is Status.CANCELLED:
            _settle(line, now, how="cancelled", by=None)
        elif promise.status is Status.MISSED:
            _settle(line, now, how="missed", by=None)
        elif promise.status in {Status.ARRIVED, Status.DONE} and is_hers:
            _settle(line, now, how="hers", by=None)
        elif promise.starts_at != line.starts_at and (not is_hers or (until and promise.starts_at >= until)):
            _settle(line, now, how="moved", by=None)
        else:
            continue
        found.append(line)
    return _followed(actor, now, found)


def _settle(
    line: AbsenceLine, now: datetime, *, how: str, by: UUID | None, staff_id: UUID | None = None
) -> None:
    line.settled_at, line.settled_by, line.settled, line.staff_id = now, by, how, staff_id
    line.save(update_fields=["settled_at", "settled_by", "settled", "staff_id"])


def _open_lines(actor: Actor, *, visit_id: UUID, part: int | None = None) -> list[AbsenceLine]:
    rows = AbsenceLine.objects.filter(
        organization_id=actor.organization_id, visit_id=visit_id, settled_at=None
    )
    if part is not None:
        rows = rows.filter(part=part)
    return list(rows.select_for_update(of=("self",)).select_related("exception").order_by("id"))


def _followed(actor: Actor, now: datetime, lines: list[AbsenceLine]) -> list[AbsenceLine]:
    for line in lines:
        audit.record(
            "exceptions.absence.followed",
            actor=actor,
            at=now,
            subject_id=line.exception_id,
            fields=["settled"],
        )
        tell_pages(line.exception)
    return lines


def _how(actor: Actor, line: AbsenceLine) -> str:
    if line.settled == "moved":
        return _("这一次刚刚改了时间，不用再派。")
    if line.settled != "given" or line.staff_id is None:
        return _("这一次已经不用派人了。刷新看看。")
    by = account_names(actor, Purpose.CONTRACT, account_ids=[line.settled_by]) if line.settled_by else {}
    name = next(iter(by.values()), "")
    taken = _taken_by(actor, line.staff_id)
    return _("{name}刚刚派了：{taken}。不用再派。").format(name=name, taken=taken) if name else taken


def _taken_by(actor: Actor, staff_id: UUID) -> str:
    names = staff_names(actor, Purpose.CONTRACT, staff_ids=[staff_id])
    return _("{name}去").format(name=names.get(staff_id, ""))
