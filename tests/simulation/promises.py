"""What must hold of every pilot, whatever happened in it; said of what does not, in words."""

from datetime import datetime
from typing import Any, Final

from django.db import connection

from anjia.visits.models import VisitChange

Broken = list[str]

TWICE_PROMISED: Final = """
    SELECT a.visit_id, b.visit_id FROM visits_assignment a JOIN visits_assignment b USING (staff_id)
     WHERE a.id < b.id AND a.planned && b.planned
       AND NOT ARRAY[a.state, b.state]::text[] && ARRAY['declined', 'withdrawn']
"""
# From the door to leaving it, by the phone's clock.
TWICE_THERE: Final = """
    WITH there AS (
        SELECT staff_id, visit_id, min(occurred_at) FILTER (WHERE kind = 'arrived') AS came,
               max(occurred_at) FILTER (WHERE kind = 'left') AS went
          FROM visits_fieldfact GROUP BY staff_id, visit_id HAVING bool_or(kind = 'arrived'))
    SELECT a.visit_id, b.visit_id FROM there a JOIN there b USING (staff_id)
     WHERE a.visit_id < b.visit_id AND tstzrange(a.came, a.went) && tstzrange(b.came, b.went)
"""
UNLICENSED: Final = """
    SELECT DISTINCT f.visit_id, f.staff_id FROM visits_fieldfact f JOIN visits_visit v ON v.id = f.visit_id
     WHERE f.kind = 'arrived' AND EXISTS (
           SELECT FROM unnest(CASE v.service_code
                              WHEN 'picc_care' THEN ARRAY['nurse_licence', 'accident_insurance', 'picc']
                              WHEN 'wound_dressing' THEN ARRAY['nurse_licence', 'accident_insurance']
                              WHEN 'catheter_change' THEN ARRAY['nurse_licence', 'accident_insurance']
                              ELSE ARRAY['nurse_licence'] END) AS needed
            WHERE NOT EXISTS (
                  SELECT FROM workforce_qualification q
                   WHERE q.staff_id = f.staff_id AND q.code = needed
                     AND q.verified_at IS NOT NULL AND q.taken_back_at IS NULL
                     AND (f.occurred_at AT TIME ZONE 'Asia/Shanghai')::date
                         BETWEEN q.valid_from AND q.valid_until))
"""
STUCK: Final = """
    SELECT id, status, starts_at, ends_at, service_code FROM visits_visit
     WHERE status NOT IN ('done', 'cancelled', 'missed', 'released') AND ends_at < %s
"""
UNEXPLAINED: Final = """
    SELECT o.id, o.state, v.status FROM series_occurrence o LEFT JOIN visits_visit v ON v.id = o.visit_id
     WHERE o.day < (%s AT TIME ZONE 'Asia/Shanghai')::date AND NOT (
           o.state = 'placed' AND v.status IN ('done', 'missed')
        OR o.state IN ('placed', 'skipped', 'paused', 'replaced') AND v.cancel_reason <> ''
        OR o.state IN ('lapsed', 'wanted') AND o.why <> '{}'
        OR o.state IN ('holiday', 'paused', 'replaced'))
"""
# Promised where she has no shift: in her break at noon, in the evening; or while she is on leave.
WITHOUT_A_BREAK: Final = """
    SELECT a.visit_id, a.staff_id, v.starts_at, v.service_code, v.status, a.state
      FROM visits_assignment a JOIN visits_visit v ON v.id = a.visit_id
     WHERE a.state NOT IN ('declined', 'withdrawn') AND v.status NOT IN ('cancelled', 'released') AND (
           NOT coalesce((
           SELECT range_agg(tstzrange(s.starts_at, s.ends_at)) @> tstzrange(v.starts_at, v.ends_at)
             FROM workforce_shift s WHERE s.staff_id = a.staff_id AND s.removed_at IS NULL), false)
        OR EXISTS (
           SELECT FROM workforce_leave l
            WHERE l.staff_id = a.staff_id AND l.state = 'granted'
              AND l.starts_at <= v.starts_at AND v.starts_at < l.ends_at))
"""
# An hour in one piece between noon and half past one, on each day on which a nurse works through noon and is
# promised for something: whatever the ways take.
NO_ROOM_FOR_A_BREAK: Final = """
    WITH promised AS (
        SELECT a.staff_id, (v.starts_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
               lower(a.planned) AT TIME ZONE 'Asia/Shanghai' AS starts,
               upper(a.planned) AT TIME ZONE 'Asia/Shanghai' AS ends
          FROM visits_assignment a JOIN visits_visit v ON v.id = a.visit_id
         WHERE a.state NOT IN ('declined', 'withdrawn') AND v.status NOT IN ('cancelled', 'released')),
    through_noon AS (
        SELECT staff_id, (starts_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM workforce_shift
         WHERE removed_at IS NULL AND (starts_at AT TIME ZONE 'Asia/Shanghai')::time = '12:00'
           AND (ends_at AT TIME ZONE 'Asia/Shanghai')::time = '13:30'),
    edges AS (
        SELECT staff_id, day, day + time '12:00' AS from_then FROM through_noon
        UNION SELECT t.staff_id, t.day, greatest(p.ends, t.day + time '12:00')
          FROM through_noon t JOIN promised p USING (staff_id, day) WHERE p.ends < t.day + time '13:30')
    SELECT t.staff_id, t.day FROM through_noon t WHERE NOT EXISTS (
           SELECT FROM edges e WHERE e.staff_id = t.staff_id AND e.day = t.day
              AND e.from_then + interval '60 minutes' <= t.day + time '13:30'
              AND NOT EXISTS (
                  SELECT FROM promised p WHERE p.staff_id = t.staff_id AND p.day = t.day
                     AND p.starts < e.from_then + interval '60 minutes' AND p.ends > e.from_then))
"""
WORKS_THROUGH_NOON: Final = """
    SELECT count(*) FROM workforce_shift s JOIN visits_assignment a USING (staff_id)
     WHERE s.removed_at IS NULL AND a.state NOT IN ('declined', 'withdrawn')
       AND (s.starts_at AT TIME ZONE 'Asia/Shanghai')::time = '12:00'
       AND (s.ends_at AT TIME ZONE 'Asia/Shanghai')::time = '13:30'
       AND a.planned && tstzrange(s.starts_at, s.ends_at)
"""
# Whoever is concerned has been told, or stands on the list of those to call.
UNTOLD: Final = """
    SELECT DISTINCT c.visit_id, c.what FROM visits_visitchange c
     WHERE c.what IN ('moved', 'cancelled') AND NOT EXISTS (
           SELECT FROM messaging_message m JOIN messaging_notification n ON n.message_id = m.id
            WHERE m.about_id = c.visit_id AND m.template = 'visit_' || c.what
              AND n.state IN ('sent', 'delivered')
           UNION ALL
           SELECT FROM messaging_message m JOIN messaging_call k ON k.message_id = m.id
            WHERE m.about_id = c.visit_id AND m.template = 'visit_' || c.what)
"""
UNHEARD: Final = (
    "SELECT name, count(*) FROM kernel_event WHERE due_at <= %s AND delivered_at IS NULL GROUP BY name"
)
FAILED: Final = "SELECT name, max(attempts) FROM kernel_event WHERE attempts > 0 GROUP BY name"
OPEN_CONFLICTS: Final = "SELECT visit_id, misfit FROM visits_conflict WHERE settled_at IS NULL"


def broken(now: datetime) -> dict[str, Broken]:
    """Return by promise what breaks it. Call where the database shows all of the house."""
    asked: dict[str, tuple[str, list[Any]]] = {
        "nobody is promised to two at a time": (TWICE_PROMISED, []),
        "nobody is in two places": (TWICE_THERE, []),
        "nobody is sent whose licence, certificate or cover has lapsed": (UNLICENSED, []),
        "no visit is stuck": (STUCK, [now]),
        "what a series meant is done or explained": (UNEXPLAINED, [now]),
        "who is moved or called off is told": (UNTOLD, []),
        "all is heard": (UNHEARD, [now]),
        "nothing failed to be heard": (FAILED, []),
        "no conflict is open": (OPEN_CONFLICTS, []),
    }
    found = {promise: rows(words, values) for promise, (words, values) in asked.items()}
    return found | {"who moves a promise says why": without_a_reason()}


def without_a_break() -> Broken:
    """Return who is promised for a visit in her break, or when she is not on duty at all."""
    return [*rows(WITHOUT_A_BREAK, []), *rows(NO_ROOM_FOR_A_BREAK, [])]


def promised_at_noon() -> int:
    """Return how often somebody who works through noon is promised then: only so is it a question."""
    [found] = rows(WORKS_THROUGH_NOON, [])
    return int(found)


def rows(words: str, values: list[Any]) -> Broken:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return [" ".join(map(str, row)) for row in cursor.fetchall()]


def without_a_reason() -> Broken:
    """The words are encrypted: they are read as the product reads them."""
    changed = VisitChange.objects.filter(what__in=["moved", "cancelled"])
    return [f"{one.what} {one.visit_id}" for one in changed if not one.why.strip()]
