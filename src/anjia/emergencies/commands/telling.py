"""Telling those who do not look at the board: who manages, where nobody answers; her family, if she wishes so."""

from datetime import datetime, timedelta
from uuid import UUID

from anjia.dispatch.queries import contact_of
from anjia.emergencies.events import CaseUnanswered
from anjia.emergencies.hearing import house_of as rules_of
from anjia.emergencies.models import Case, Wish
from anjia.emergencies.rules.cases import MOST_ROUNDS, What
from anjia.emergencies.saying import say
from anjia.emergencies.writing import say_changed, write_step
from anjia.identity.queries import who_may
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command
from anjia.residents.queries import accounts_of_resident
from anjia.residents.rules import Relation


@command("emergencies.tell")
def say_unanswered(actor: Actor, now: datetime, *, case_id: UUID) -> bool:
    """
    Tell everybody who manages that nobody has taken it, or that who has it does nothing about its being pressed again,
    and come again; return whether it was still so.
    """
    case = Case.objects.select_for_update().filter(organization_id=actor.organization_id, id=case_id).first()
    if case is None or case.calls_at is None or case.calls_at > now or not case.rings:
        return False
    case.rounds += 1
    seconds = rules_of(actor).unanswered_seconds
    case.calls_at = now + timedelta(seconds=seconds) if case.rounds < MOST_ROUNDS else None
    case.save(update_fields=["rounds", "calls_at"])
    people = who_may(actor, Purpose.CONTRACT, permission=case.rule.told_to)
    for account_id, name in sorted(people.items(), key=str):
        contact = contact_of(actor, Purpose.CONTRACT, name=name, account_id=account_id)
        template = "case_again" if case.taken_at else "case_unanswered"
        say(actor, now, case, party_id=account_id, template=template, contact=contact)
    what = What.AGAIN_TOLD if case.taken_at else What.UNANSWERED
    write_step(actor, now, case, what if people else What.NOBODY_TOLD, "、".join(sorted(people.values())))
    audit.record("emergencies.case.unanswered", actor=actor, at=now, subject_id=case.id, fields=["rounds"])
    event = CaseUnanswered(case_id=case.id, resident_id=case.resident_id, at=now, round=case.rounds)
    events.publish(event, actor=actor)
    return True


@command("emergencies.tell")
def tell_family(actor: Actor, now: datetime, *, case_id: UUID, template: str) -> int:
    """Tell her family how it stands, if she wishes so; return how many were told. Who pressed knows it already."""
    case = Case.objects.filter(organization_id=actor.organization_id, id=case_id).first()
    if case is None or case.resident_id is None or (template == "help_taken" and case.taken_at is None):
        return 0  # given back before anybody was told who has it
    if not Wish.objects.filter(resident_id=case.resident_id, tells_family=True).exists():
        return 0
    grants = accounts_of_resident(actor, Purpose.VITAL, resident_id=case.resident_id, now=now)
    family = [one for one in grants if one.relation != Relation.SELF and one.account_id != case.by]
    for grant in family:
        contact = contact_of(actor, Purpose.VITAL, name=grant.name, account_id=grant.account_id)
        say(actor, now, case, party_id=grant.account_id, template=template, contact=contact)
    if family and template != "help_taken":
        write_step(actor, now, case, What.FAMILY_TOLD, "、".join(grant.name for grant in family))
        say_changed(actor, now, case)
    return len(family)
