"""How a case is opened, read to be changed, and how its course is written. Called by commands only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.emergencies.events import CaseChanged, CaseRaised
from anjia.emergencies.hearing import house_of, is_attended
from anjia.emergencies.models import Case, Step
from anjia.emergencies.rules import cases
from anjia.emergencies.rules.cases import What
from anjia.emergencies.rules.kinds import Kind
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.ids import new_id

# A phone goes on sending what nobody has answered. [ENG]
SENT_AGAIN_WITHIN: Final = timedelta(days=7)
MOST_AGAIN: Final = 200  # presses of one case of which it is kept that they were heard


def open_case(
    actor: Actor,
    now: datetime,
    *,
    kind: Kind,
    about_id: UUID,
    client_id: UUID,
    pressed_at: datetime,
    first: What = What.PRESSED,
    **says: Any,
) -> Case:
    """Open a case, or say of the one that is open that it was pressed again. Each press, sent twice, is one."""
    wait_turn(f"case/{kind.value}/{about_id}")
    rows = Case.objects.filter(organization_id=actor.organization_id)
    about = rows.filter(kind=kind.value, about_id=about_id)
    if known := about.filter(client_id=client_id).first():
        return _position_came(actor, now, known, position=says.get("position"))
    lately = about.filter(pressed_at__gte=now - SENT_AGAIN_WITHIN).order_by("-pressed_at")
    if known := next((one for one in lately if client_id in one.again_ids), None):
        return _position_came(actor, now, known, position=says.get("position"), is_newer=True)
    house = house_of(actor)
    attended = is_attended(actor, kind, house=house, now=now)
    # Where nobody listens, who manages is told at once.
    calls_at = now + timedelta(seconds=house.unanswered_seconds) if attended else now
    # Whoever closes it at this moment goes first: what is over then is pressed anew, and not lost in it.
    open_ones = rows.select_for_update().filter(kind=kind.value, about_id=about_id, closed_at=None)
    already = open_ones.first()
    if already:
        what = What.AGAIN if first is What.PRESSED else first
        already.again_ids = [*already.again_ids, client_id][-MOST_AGAIN:]
        return _again(actor, now, already, what, position=says.get("position"), calls_at=calls_at)
    pressed_at = cases.pressed_when(pressed_at, now=now)
    case = Case(
        id=new_id(),
        organization_id=actor.organization_id,
        kind=kind.value,
        about_id=about_id,
        client_id=client_id,
        by=actor.user_id,
        pressed_at=pressed_at,
        received_at=now,
        is_late=cases.is_late(pressed_at, now=now),
        was_attended=attended,
        calls_at=calls_at,
        **says,
    )
    with refuse_if_broken({"case_once": NotFound}):
        case.save(force_insert=True)
    write_step(actor, pressed_at, case, first)
    audit.record("emergencies.case.pressed", actor=actor, at=now, subject_id=case.id, fields=["kind"])
    events.publish(CaseRaised(case_id=case.id, resident_id=case.resident_id, at=now), actor=actor)
    return case


def _position_came(
    actor: Actor, now: datetime, case: Case, *, position: Mapping[str, Any] | None, is_newer: bool = False
) -> Case:
    """
    Keep where the phone was, which it could not say yet when it was pressed; where it `is_newer`, in place of what we
    have.
    """
    if not position or case.closed_at or position == case.position or (case.position and not is_newer):
        return case
    case.position = position
    case.save(update_fields=["position"])
    audit.record("emergencies.case.located", actor=actor, at=now, subject_id=case.id, fields=["position"])
    say_changed(actor, now, case)
    return case


def _again(
    actor: Actor,
    now: datetime,
    case: Case,
    what: What,
    *,
    position: Mapping[str, Any] | None,
    calls_at: datetime,
) -> Case:
    """It rings again, and who manages is told again where nobody does anything about it."""
    case.again_at, case.calls_at = now, case.calls_at or calls_at
    changed = ["again_at", "calls_at", "again_ids"]
    if position:
        case.position = position
        changed.append("position")
    case.save(update_fields=changed)
    write_step(actor, now, case, what)
    action = "emergencies.case.one_more_silent" if what is What.ASKED else "emergencies.case.pressed_again"
    audit.record(action, actor=actor, at=now, subject_id=case.id, fields=changed)
    raised = CaseRaised(case_id=case.id, resident_id=case.resident_id, at=now, is_again=True)
    events.publish(raised, actor=actor)
    return case


def case_to_change(actor: Actor, case_id: UUID) -> Case:
    """
    Return the case, and keep others from changing it meanwhile.

    :raises NotFound: also where it is of a kind that is not the actor's to take
    """
    rows = Case.objects.select_for_update().filter(organization_id=actor.organization_id, id=case_id)
    case = rows.first()
    if case is None or not actor.may(case.rule.taken_with):
        raise NotFound
    return case


def write_step(actor: Actor, at: datetime, case: Case, what: What, words: str = "") -> Step:
    return Step.objects.create(
        id=new_id(),
        organization_id=case.organization_id,
        case=case,
        at=at,
        by=actor.user_id,
        what=what.value,
        words=words,
    )


def say_changed(actor: Actor, now: datetime, case: Case) -> None:
    events.publish(CaseChanged(case_id=case.id, resident_id=case.resident_id, at=now), actor=actor)
