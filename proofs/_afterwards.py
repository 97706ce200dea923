"""What must be so when all is quiet again: everything as it was answered, each effect once, nothing left lying."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from proofs._served import Server

STUCK_AFTER: Final = 180.0  # seconds; a message that a killed worker was sending is leased for two minutes
QUIET_WITHIN: Final = 1200.0  # seconds; fifty kills leave thousands of messages to be sent
LEFT_LYING: Final = {
    "events that nobody has heard": (
        "SELECT count(*) FROM kernel_event WHERE delivered_at IS NULL AND content->>'visit_id' = ANY(%s)"
    ),
    "jobs of a worker that is gone": (
        "SELECT count(*) FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
        " WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - interval '15 seconds')"
    ),
    "jobs that are overdue": (
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
        " AND coalesce(scheduled_at, '-infinity') < now() - interval '60 seconds'"
        " AND id < (SELECT max(id) - 20 FROM procrastinate_jobs)"
    ),
    "messages that nobody sends": (
        "SELECT count(*) FROM messaging_notification WHERE state = 'queued' AND channel IN ('wechat', 'sms')"
        " AND due_at < now() - interval '10 seconds'"
    ),
}
# Each of these must give no row.
NEVER: Final = {
    "a listener has heard an event twice": (
        "SELECT event_id, listener FROM kernel_delivery GROUP BY 1, 2 HAVING count(*) > 1"
    ),
    "events of one kind were heard by fewer than others": (
        "SELECT name FROM (SELECT e.name, e.id, count(d.id) AS heard FROM kernel_event e"
        " LEFT JOIN kernel_delivery d ON d.event_id = e.id WHERE e.content->>'visit_id' = ANY(%s)"
        " GROUP BY 1, 2) found GROUP BY name HAVING count(DISTINCT heard) > 1"
    ),
    "somebody was told of one event twice": (
        "SELECT party_id, event_id FROM messaging_message GROUP BY 1, 2 HAVING count(*) > 1"
    ),
    "somebody was told of one event twice on one channel": (
        "SELECT party_id, event_id, channel FROM messaging_notification GROUP BY 1, 2, 3 HAVING count(*) > 1"
    ),
    "a message went out twice": (
        "SELECT notification_id FROM messaging_attempt WHERE outcome = 'sent' GROUP BY 1 HAVING count(*) > 1"
    ),
    "a message lies in an inbox and goes out on no channel": (
        "SELECT m.id FROM messaging_message m WHERE m.about_id::text = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM messaging_notification n WHERE n.message_id = m.id)"
    ),
    "a promise is without a caregiver, or one who is not promised has one": (
        "SELECT v.id FROM visits_visit v LEFT JOIN visits_assignment a"
        " ON a.visit_id = v.id AND a.state NOT IN ('declined', 'withdrawn')"
        " WHERE v.id::text = ANY(%s) AND v.status <> 'held' GROUP BY v.id"
        " HAVING count(a.id) <> CASE v.status WHEN 'booked' THEN v.people_needed ELSE 0 END"
    ),
    "a part was taken twice": (
        "SELECT visit_id, part FROM dispatch_offer WHERE state = 'accepted' GROUP BY 1, 2 HAVING count(*) > 1"
    ),
    # A periodic job that failed has a next run, which does the work.
    "a job has failed for good": (
        "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'"
        " AND task_name NOT IN (SELECT task_name FROM procrastinate_periodic_defers)"
    ),
}
# How often each visit was promised, moved and cancelled, by everything that says so.
COUNTED: Final = {
    "event": (
        "SELECT content->>'visit_id', lower(replace(name, 'visits.Visit', '')), count(*) FROM kernel_event"
        " WHERE name IN ('visits.VisitPromised', 'visits.VisitMoved', 'visits.VisitCancelled')"
        " AND content->>'visit_id' = ANY(%s) GROUP BY 1, 2"
    ),
    "line of its history": (
        "SELECT visit_id::text, what, count(*) FROM visits_visitchange"
        " WHERE what IN ('promised', 'moved', 'cancelled') AND visit_id::text = ANY(%s) GROUP BY 1, 2"
    ),
    "audit entry": (
        "SELECT subject_id::text, replace(action, 'visits.visit.', ''), count(*) FROM kernel_auditentry"
        " WHERE action IN ('visits.visit.promised', 'visits.visit.moved', 'visits.visit.cancelled')"
        " AND subject_id::text = ANY(%s) GROUP BY 1, 2"
    ),
    "message to each of the household": (
        "SELECT about_id::text, replace(template, 'visit_', ''), count(*)::numeric / count(DISTINCT party_id)"
        " FROM messaging_message WHERE template IN ('visit_promised', 'visit_moved', 'visit_cancelled')"
        " AND about_id::text = ANY(%s) GROUP BY 1, 2"
    ),
}


@dataclass(slots=True)
class Said:
    """What the household was last told of a visit."""

    status: str  # held, booked or cancelled
    starts_at: str
    word: str = ""
    moves: int = 0

    def count(self, what: str) -> int:
        """Return how often it was promised, moved or cancelled."""
        return {
            "promised": int(self.status != "held"),
            "moved": self.moves,
            "cancelled": int(self.status == "cancelled"),
        }[what]


def nobody_was_told_of(server: Server, visits: Mapping[str, Said], before: set[str]) -> set[str]:
    """
    Return visits of the phones' residents, made since, that no phone knows of.

    Not those of a series, which a job books ahead when it is their time, nor what the demo itself promises to others
    while it goes on: that its nurses are always asked for something.
    """
    found = server.rows(
        "SELECT id FROM visits_visit WHERE series_id IS NULL AND resident_id IN"
        " (SELECT resident_id FROM visits_visit WHERE id::text = ANY(%s))",
        [list(visits)],
    )
    return {str(one) for (one,) in found} - before - set(visits)


def wait_for_worker(server: Server, visits: Mapping[str, Said]) -> list[str]:
    """Wait until nothing is left to do; return what is left lying all the same. Slow is one thing, stuck another."""
    began = fewer_at = time.monotonic()
    fewest: float = math.inf
    most = 0
    while left := left_lying(server, list(visits)):
        now, count = time.monotonic(), sum(left.values())
        most = max(most, count)
        if count < fewest:
            fewest, fewer_at = count, now
        if now - fewer_at > STUCK_AFTER or now - began > QUIET_WITHIN:
            return [
                f"{now - began:.0f} s after the last kill: {count} {what}" for what, count in left.items()
            ]
        time.sleep(0.5)
    print(
        f"all was done {time.monotonic() - began:.0f} s after the last kill; {most} things at most had waited"
    )
    return []


def left_lying(server: Server, ids: list[str]) -> dict[str, int]:
    found = {name: server.one(words, [ids] if "%s" in words else ()) for name, words in LEFT_LYING.items()}
    return {name: count for name, count in found.items() if count}


def not_as_said(
    server: Server, visits: Mapping[str, Said], accepted: set[str], before: set[str]
) -> list[str]:
    """Return everything in the database that is not as it was answered."""
    ids = list(visits)
    wrong = [
        f"visit {visit} is there, and nobody was told" for visit in nobody_was_told_of(server, visits, before)
    ]
    wrong += states_not_as_said(server, visits)
    for what, words in COUNTED.items():
        found = {(visit, of): count for visit, of, count in server.rows(words, [ids])}
        wrong += [
            f"visit {visit} was {of} {said.count(of)} times, and there are {found.get((visit, of), 0)} of: {what}"
            for visit, said in visits.items()
            for of in ("promised", "moved", "cancelled")
            if found.get((visit, of), 0) != said.count(of)
        ]
    for what, words in NEVER.items():
        wrong += [f"{what}: {row}" for row in server.rows(words, [ids] if "%s" in words else ())]
    return wrong + offers_not_as_said(server, visits, accepted) + server.overlapping()


def states_not_as_said(server: Server, visits: Mapping[str, Said]) -> list[str]:
    found = {
        visit: (status, starts_at, word)
        for visit, status, starts_at, word in server.rows(
            "SELECT id::text, status, starts_at, visit_word FROM visits_visit WHERE id::text = ANY(%s)",
            [list(visits)],
        )
    }
    wrong = []
    for visit, said in visits.items():
        status, starts_at, word = found.get(visit, ("not there", None, ""))
        states = {said.status} if said.status != "held" else {"held", "released"}
        is_same = starts_at == datetime.fromisoformat(said.starts_at) and word == (said.word or word)
        if status not in states or not is_same:
            wrong.append(f"visit {visit} was said to be {said}, and is {status}, {starts_at}")
    return wrong


def offers_not_as_said(server: Server, visits: Mapping[str, Said], accepted: set[str]) -> list[str]:
    """An offer that was taken is taken, unless the visit was moved: then all are asked anew."""
    found = {
        offer: (state, visit, entries)
        for offer, state, visit, entries in server.rows(
            "SELECT o.id::text, o.state, o.visit_id::text, (SELECT count(*) FROM kernel_auditentry"
            " WHERE subject_id = o.id AND action = 'dispatch.offer.accepted') FROM dispatch_offer o"
            " WHERE o.id::text = ANY(%s)",
            [list(accepted)],
        )
    }
    wrong = []
    for offer in accepted:
        state, visit, entries = found.get(offer, ("not there", "", 0))
        was_moved = visit in visits and visits[visit].moves > 0
        if state not in ({"accepted", "withdrawn"} if was_moved else {"accepted"}) or entries != 1:
            wrong.append(f"offer {offer} was taken, and is {state}, with {entries} audit entries")
    return wrong


def not_seen(get: Callable[..., Any], visits: Mapping[str, Said]) -> list[str]:
    """Return what the resident does not see on her own phone as it was answered."""
    seen: dict[str, str] = {}
    wrong, after = [], None
    while after is not None or not seen:
        page = get("visits", when="all", size=100, **({"after": after} if after else {}))
        wrong += [f"visit {visit['id']} is listed twice" for visit in page["items"] if visit["id"] in seen]
        seen |= {visit["id"]: visit["status"] for visit in page["items"]}
        after = page["next"]
        if not after:
            break
    return wrong + [
        f"visit {visit} was {said.status}, and she sees {seen.get(visit, 'nothing')}"
        for visit, said in visits.items()
        if said.status != "held" and seen.get(visit) != said.status
    ]
