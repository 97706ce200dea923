"""Reminding people. One function, one unit of work."""

from datetime import datetime, time
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.dispatch.queries import contact_of, house_of, household_of
from anjia.identity.queries import who_may
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import at, day_of
from anjia.kernel.work import command
from anjia.messaging.commands import send
from anjia.messaging.queries import told_of
from anjia.messaging.rules import moment_words
from anjia.notices.rules import paper_id, preparation_words, reminder_id, template_of
from anjia.residents.queries import get_resident
from anjia.visits.queries import Promise, get_promise
from anjia.visits.rules.lifecycle import Status
from anjia.workforce.queries import institution_papers_lapsing, papers_lapsing


@command("messaging.send")
def remind_of_visit(actor: Actor, now: datetime, *, visit_id: UUID) -> int:
    """
    Remind her and those of her family who may see her visits, each once; return how many were told.

    Nothing, if the visit is no longer to come.

    :raises NotFound: if the organization has no such visit
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    if promise.status is not Status.BOOKED or promise.starts_at <= now:
        return 0
    household = household_of(actor, Purpose.CONTRACT, resident_id=promise.resident_id, now=now)
    for party_id, contact in household:
        send(
            actor,
            now,
            party_id=party_id,
            template_code="visit_reminder",
            event_id=reminder_id(visit_id, day_of(promise.starts_at)),
            about_kind="visit",
            about_id=visit_id,
            values=_values(actor, promise, language=contact.language),
            resident_id=promise.resident_id,
            contact=contact,
            needed_by=promise.starts_at,
        )
    return len(household)


@command("messaging.send")
def warn_of_papers(actor: Actor, now: datetime) -> int:
    """Tell the holders of papers that run out within 30 days, or have; return how many were told. Each hears once."""
    lapsing = papers_lapsing(actor, Purpose.CONTRACT, today=day_of(now))
    events = {
        one.paper.id: paper_id(one.paper.id, one.last_day, has_lapsed=one.days_left < 0) for one in lapsing
    }
    told = told_of(actor, Purpose.CONTRACT, event_ids=events.values()) if events else set()
    fresh = [one for one in lapsing if events[one.paper.id] not in told]
    name, phone = house_of(actor, Purpose.CONTRACT) if fresh else ("", "")
    for one in fresh:
        staff = one.staff
        send(
            actor,
            now,
            party_id=staff.account_id or staff.id,
            template_code=template_of(one.paper, has_lapsed=one.days_left < 0),
            event_id=events[one.paper.id],
            about_kind="staff",
            about_id=staff.id,
            values={
                "until": one.last_day.isoformat(),
                "moment": moment_words(at(one.last_day, time(0))),
                "institution": name,
                "phone": phone,
            },
            contact=contact_of(
                actor, Purpose.CONTRACT, name=staff.name, account_id=staff.account_id, phone=staff.phone
            ),
        )
    return len(fresh)


@command("messaging.send")
def warn_of_institution_papers(actor: Actor, now: datetime) -> int:
    """
    Tell those who keep the institution's own papers which runs out within 30 days, or has; return how many did.

    Of each paper they hear once before its last day and once after.
    """
    today = day_of(now)
    lapsing = [
        (one.paper.id, one.paper.valid_until)
        for one in institution_papers_lapsing(actor, Purpose.LEGAL, today=today)
        if one.paper.valid_until
    ]
    events = {paper: paper_id(paper, last_day, has_lapsed=last_day < today) for paper, last_day in lapsing}
    told = told_of(actor, Purpose.CONTRACT, event_ids=events.values()) if events else set()
    fresh = [(paper, last_day) for paper, last_day in lapsing if events[paper] not in told]
    name, phone = house_of(actor, Purpose.CONTRACT) if fresh else ("", "")
    keepers = who_may(actor, Purpose.CONTRACT, permission="workforce.change") if fresh else {}
    for paper, last_day in fresh:
        for account_id, keeper in keepers.items():
            send(
                actor,
                now,
                party_id=account_id,
                template_code="house_paper_lapsed" if last_day < today else "house_paper_lapsing",
                event_id=events[paper],
                about_kind="institution_paper",
                about_id=paper,
                values={
                    "until": last_day.isoformat(),
                    "moment": moment_words(at(last_day, time(0))),
                    "institution": name,
                    "phone": phone,
                },
                contact=contact_of(actor, Purpose.CONTRACT, name=keeper, account_id=account_id),
            )
    return len(fresh)


def _values(actor: Actor, promise: Promise, *, language: str) -> dict[str, str | datetime]:
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=promise.resident_id)
    name, phone = house_of(actor, Purpose.CONTRACT)
    return {
        "when": promise.starts_at,
        "moment": moment_words(promise.starts_at),
        "institution": name,
        "phone": phone,
        "resident": resident.name,
        "word": promise.visit_word,
        "preparation": preparation_words(version.preparation or "", language),
    }
