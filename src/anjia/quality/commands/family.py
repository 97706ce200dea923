"""What her family says of a visit."""

from datetime import datetime
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.work import command
from anjia.quality.events import FamilySpoke
from anjia.quality.models import FamilyForm
from anjia.quality.rules import NotDoneYet, OnlyFamily, check_change, check_form
from anjia.residents.queries import people_of_account
from anjia.visits.queries import get_visit
from anjia.visits.rules.lifecycle import Status


@command("quality.rate")
def say_as_family(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    told: str,
    understood: str,
    burden: str,
    words: str = "",
) -> FamilyForm:
    """
    Say, as one of her family, how a visit was for those at home. Again within 24 hours changes it.

    :raises NotFound: if the visit is not the actor's to see
    :raises OnlyFamily: for herself and for staff: they have the rating
    :raises NotDoneYet: if it has not been done
    :raises FormUnsound: naming what is not answered
    :raises ChangeTooLate: from 24 hours on
    """
    visit = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id)
    relation = _relation(actor, now, resident_id=visit.resident_id)
    check_form(told=told, understood=understood, burden=burden, words=words)
    if visit.status != Status.DONE:
        raise NotDoneYet
    wait_turn(f"family/{visit_id}/{actor.user_id}")
    form = FamilyForm.objects.filter(visit_id=visit_id, account_id=actor.user_id).first()
    if form is None:
        form = FamilyForm(
            organization_id=actor.organization_id,
            visit_id=visit_id,
            resident_id=visit.resident_id,
            account_id=actor.user_id,
            relation=relation,
            said_at=now,
        )
    else:
        check_change(rated_at=form.said_at, now=now)
        form.changed_at = now
    form.told, form.understood, form.burden, form.words = told, understood, burden, words.strip()
    form.save()
    audit.record(
        "quality.family.spoke",
        actor=actor,
        at=now,
        subject_id=form.id,
        fields=["burden", "told", "understood", "words"],
    )
    events.publish(
        FamilySpoke(form_id=form.id, visit_id=visit_id, resident_id=visit.resident_id, at=now), actor=actor
    )
    return form


def _relation(actor: Actor, now: datetime, *, resident_id: UUID) -> str:
    """:raises OnlyFamily: if the actor is not one of her family"""
    if actor.kind is not Kind.PERSON:
        raise OnlyFamily
    people = people_of_account(actor, Purpose.ACCESS, account_id=actor.user_id, now=now)
    mine = next((one for one in people if one.resident_id == resident_id), None)
    if mine is None or mine.relation == "self":
        raise OnlyFamily
    return mine.relation
