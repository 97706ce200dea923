"""
Reading against a bare view: the same Django, the same look-up of the session, and one SELECT of the same visits.

And the live board's first page with 5,000 visits today.
"""

from benchmarks import _rates  # first: it sets up Django

# isort: split

import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from ninja import NinjaAPI, Schema
from tests.dispatch.signed_in import OpenTown, open_town

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.http import AuthedRequest
from anjia.kernel.work import acting
from anjia.visits.models import Assignment, Visit
from anjia.visits.queries import board
from anjia.web.api import Bearer
from anjia.workforce.models import StaffMember

VISITS, TODAY, TIMES = 12, 5_000, 60
COPIED = [
    "organization_id",
    "resident_id",
    "address_id",
    "cell",
    "service_version_id",
    "service_code",
    "service_name",
    "price_fen",
    "people_needed",
    "source",
    "booked_by",
    "booked_at",
    "visit_word",
]


api = NinjaAPI(urls_namespace="bare", auth=Bearer())


class LineOut(Schema):
    id: UUID
    starts_at: datetime
    status: str
    visit_word: str


@api.get("/bare", response=list[LineOut])
def bare(request: AuthedRequest) -> list[Visit]:
    """Look up the session, select the person's visits, answer: what a quick hand would write."""

    def select(actor: Actor) -> list[Visit]:
        assert actor.resident_id is not None
        return list(Visit.objects.filter(resident_id=actor.resident_id).order_by("starts_at", "id")[:50])

    return acting(request.auth, timezone.now()).ask(select)


urlpatterns = [path("bare/", api.urls), path("", include("anjia.web.urls"))]


def crowd(here: OpenTown, number: int) -> None:
    """Fill today: so many visits, ten to a nurse, one after the other."""
    template = here.town.visit(
        here.nurse("模板", shifts=[(0, 24)])[0],
        resident=here.town.resident(),
        starts_at=here.at(6, day=0),
        ends_at=here.at(6.5, day=0),
    )
    nurses = [
        StaffMember(
            organization_id=here.house.id,
            number=str(one),
            name=f"护士{one}",
            pinyin="hu shi",
            sex="female",
            kind="nurse",
            title="护师",
            travel_mode="ebike",
            phone="13800000000",
        )
        for one in range(number // 10)
    ]
    visits, assignments = [], []
    for one in range(number):
        visit = Visit(
            **{name: getattr(template, name) for name in COPIED},
            starts_at=here.at(7 + one % 10, day=0),
            ends_at=here.at(7.75 + one % 10, day=0),
        )
        visits.append(visit)
        assignments.append(
            Assignment(
                organization_id=visit.organization_id,
                visit=visit,
                part=1,
                staff=nurses[one // 10],
                planned=DateTimeTZRange(visit.starts_at, visit.ends_at),
                cell=visit.cell,
                state="tentative" if one % 3 else "accepted",
                made_at=visit.booked_at,
            )
        )

    def write(_: Actor) -> None:
        StaffMember.objects.bulk_create(nurses, batch_size=500)
        Visit.objects.bulk_create(visits, batch_size=500)
        Assignment.objects.bulk_create(assignments, batch_size=500)

    acting(here.town.system, datetime.now(UTC)).ask(write)


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
        assert len(client.get("/bare/bare").json()) == VISITS

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
