"""
Reading against a bare view: the same Django, the same look-up of the session, and one SELECT of the same visits.

And the live board's first page with 5,000 visits today.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import include, path
from tests.dispatch.signed_in import OpenTown, open_town

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.visits.models import Visit
from anjia.visits.queries import board
from anjia.web.authentication import actor_of_request
from benchmarks import _rates  # first: it sets up Django

VISITS, TODAY, TIMES = 12, 5_000, 60


def bare(request: HttpRequest) -> HttpResponse:
    """Look up the session, select the person's visits, answer: what a quick hand would write."""
    actor = actor_of_request(request.headers["Authorization"].removeprefix("Bearer "))
    assert actor is not None
    assert actor.resident_id is not None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('anjia.organization', %s, true), set_config('anjia.residents', '*', true)",
            [str(actor.organization_id)],
        )
        visits = Visit.objects.filter(resident_id=actor.resident_id).order_by("starts_at", "id")[:50]
        items = [
            {"id": str(one.id), "starts_at": one.starts_at, "status": one.status, "word": one.visit_word}
            for one in visits
        ]
    return JsonResponse({"items": items})


urlpatterns = [path("bare", bare), path("", include("anjia.web.urls"))]


def crowd(here: OpenTown, number: int) -> None:
    """Fill today with visits of many nurses, as the database's owner of time would have it."""
    nurse, _ = here.nurse("模板", shifts=[(0, 24)])
    resident = here.town.resident()
    visit = here.town.visit(
        nurse, resident=resident, starts_at=here.at(8, day=0), ends_at=here.at(8.75, day=0)
    )

    def multiply(_: Actor) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                CREATE TEMP TABLE many ON COMMIT DROP AS
                    SELECT gen_random_uuid() AS visit_id, gen_random_uuid() AS staff_id, n
                    FROM generate_series(1, %s) AS n
                """,
                [number],
            )
            cursor.execute(
                """
                INSERT INTO workforce_staffmember
                    SELECT (r).* FROM (
                        SELECT jsonb_populate_record(s, jsonb_build_object(
                            'id', many.staff_id, 'account_id', NULL, 'number', many.n::text)) AS r
                        FROM many, workforce_staffmember s WHERE s.id = %s
                    ) AS made
                """,
                [nurse.staff_id],
            )
            cursor.execute(
                """
                INSERT INTO visits_visit
                    SELECT (r).* FROM (
                        SELECT jsonb_populate_record(v, jsonb_build_object(
                            'id', many.visit_id,
                            'starts_at', v.starts_at + many.n %% 600 * interval '1 minute',
                            'ends_at', v.ends_at + many.n %% 600 * interval '1 minute')) AS r
                        FROM many, visits_visit v WHERE v.id = %s
                    ) AS made
                """,
                [visit.id],
            )
            cursor.execute(
                """
                INSERT INTO visits_assignment (id, organization_id, visit_id, part, staff_id, planned, cell, state,
                                               plan_version, made_at)
                    SELECT gen_random_uuid(), v.organization_id, v.id, 1, many.staff_id,
                           tstzrange(v.starts_at, v.ends_at), v.cell,
                           CASE WHEN many.n % 3 = 0 THEN 'tentative' ELSE 'accepted' END, 1, now()
                    FROM many JOIN visits_visit v ON v.id = many.visit_id
                """
            )

    acting(here.town.system, datetime.now(UTC)).ask(multiply)


def main() -> int:
    settings.ROOT_URLCONF = "benchmarks.reading"
    here = open_town()
    nurse, _ = here.nurse(shifts=[(0, 24)])
    resident = here.town.resident()
    for hour in range(VISITS):
        starts_at = here.at(8 + hour)
        here.town.visit(
            nurse, resident=resident, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45)
        )
    client = Client(headers={"Authorization": f"Bearer {here.person(resident)}"})

    def ours() -> None:
        found = client.get("/api/v1/visits", {"when": "coming"})
        assert len(found.json()["items"]) == VISITS, found.content

    def theirs() -> None:
        assert len(client.get("/bare").json()["items"]) == VISITS

    _rates.compare("reading.list", ours, theirs, times=TIMES)

    crowd(here, TODAY)
    now, took = here.at(12, day=0), []
    for _ in range(10):
        began = time.perf_counter()
        page = acting(here.town.desk, now).ask(board, Purpose.CONTRACT, day=day_of(now), now=now, size=100)
        took.append((time.perf_counter() - began) * 1000)
        assert page.total > TODAY
    _rates.show("board.first_page.p50", _rates.percentile(took, 0.5), "ms")
    _rates.show("board.first_page.p95", _rates.percentile(took, 0.95), "ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
