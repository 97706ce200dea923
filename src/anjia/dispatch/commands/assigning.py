"""Who is sent: by a dispatcher's hand, or somebody else in the place of who cannot come."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.asking import ask_next, offers_to_change, others, time_out, withdraw_offers
from anjia.dispatch.checking import cannot_keep, wait_for
from anjia.dispatch.models import OPEN
from anjia.dispatch.queries import suitability
from anjia.dispatch.rules import NotSuitable, OfferState
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command
from anjia.visits import commands as visits
from anjia.visits.queries import get_promise
from anjia.visits.rules.because import How
from anjia.visits.rules.lifecycle import NOT_YET_OUT, State, Status


@command("dispatch.assign")
def assign_by_hand(
    actor: Actor, now: datetime, *, visit_id: UUID, staff_id: UUID, part: int = 1, why: str = ""
) -> UUID:
    """
    Send this caregiver; return the visit's id. What was offered of the part is taken back. Whoever comes already, by
    another dispatcher's word or her own, is not sent again.

    With a reason, wishes, area and travel may be overruled; what the law asks for, and her other promises, may not.

    :raises NotFound: if there is no such visit
    :raises NotSuitable: saying every rule that is against it, and where it stands
    :raises CaregiverBusy: if she is promised elsewhere at that time
    :raises AlreadyOnTheWay: if whoever is there has departed
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[staff_id, *(one.staff_id for one in promise.crew)],
        visit_id=visit_id,
    )
    crew = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id).crew
    if (part, staff_id, State.ACCEPTED) in [(one.part, one.staff_id, one.state) for one in crew]:
        return visit_id
    found = suitability(actor, Purpose.CONTRACT, visit_id=visit_id, now=now, part=part)
    candidate = next((one for one in found if one.staff_id == staff_id), None)
    if candidate is None:
        raise NotSuitable(_("这个人那天不当班，不能派。换一位，或先给这位排班。"))
    if not candidate.is_suitable and not (why and candidate.may_be_overruled):
        against = [one for one in candidate.reasons if not one.is_met]
        raise NotSuitable(
            _("{name}不能去：{against}。").format(
                name=candidate.name, against="；".join(one.sentence.rstrip("。") for one in against)
            ),
            fields={one.rule_id: one.words for one in against if one.rule_id},
        )
    offers = offers_to_change(actor, visit_id=visit_id, part=part)
    time_out(offers, now)
    withdraw_offers(offers, now, states=(OPEN, OfferState.ACCEPTED.value))
    visits.assign(
        actor,
        now,
        visit_id=visit_id,
        part=part,
        staff_id=staff_id,
        state=State.ACCEPTED.value,
        why=why,
        minutes=candidate.minutes_there,
    )
    audit.record("dispatch.visit.assigned", actor=actor, at=now, subject_id=visit_id, fields=["staff_id"])
    return visit_id


@command("dispatch.offer")
def find_somebody_else(
    actor: Actor, now: datetime, *, visit_id: UUID, part: int, staff_id: UUID
) -> UUID | None:
    """
    Put the next best in for a part whose caregiver is on leave then, off duty, or may not do it any more, and ask her;
    return whom.

    Where nobody is suitable the promise keeps its caregiver tentatively, and the board shows that nobody takes it.
    Nothing, if she can come after all, has departed, or somebody else is in for it by now.

    :raises NotFound: if there is no such visit
    """
    best = [one.staff_id for one in others(actor, now, visit_id=visit_id, part=part, but=staff_id)[:1]]
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[*best, *(one.staff_id for one in promise.crew)],
        visit_id=visit_id,
    )
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    there = next((one for one in promise.crew if one.part == part and one.staff_id == staff_id), None)
    if promise.status is not Status.BOOKED or there is None or there.state not in NOT_YET_OUT:
        return None
    if not cannot_keep(actor, [there]):
        return None
    offers = offers_to_change(actor, visit_id=visit_id, part=part)
    time_out(offers, now)
    withdraw_offers(offers, now, states=(OPEN, OfferState.ACCEPTED.value))
    still = {one.staff_id: one for one in others(actor, now, visit_id=visit_id, part=part, but=staff_id)}
    chosen = next((one for one in best if one in still), None)
    if chosen:
        visits.assign(
            actor,
            now,
            visit_id=visit_id,
            part=part,
            staff_id=chosen,
            how=How.INSTEAD,
            minutes=still[chosen].minutes_there,
        )
    else:
        visits.stand_down(actor, now, visit_id=visit_id, part=part)
    ask_next(actor, now, visit_id=visit_id, part=part)
    return chosen
