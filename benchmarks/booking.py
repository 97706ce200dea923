"""
Booking against a bare view: the same Django, the same look-up of the session, and one INSERT of a visit.

Holding a time finds out anew whether the crew can come, under the lock, and writes visit, assignment, history and
audit; confirming writes history, audit and event. Both keep their reply for the request's twin.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from tests.dispatch.signed_in import OpenTown, open_town

from anjia.kernel.ids import new_id
from anjia.web.authentication import actor_of_request
from benchmarks import _rates  # first: it sets up Django

TIMES = 60


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """Look up the session, insert one visit, answer: what a quick hand would write."""
    actor = actor_of_request(request.headers["Authorization"].removeprefix("Bearer "))
    assert actor is not None
    said = request.POST
    starts_at = datetime.fromisoformat(said["starts_at"])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('anjia.actor', %s, true), set_config('anjia.organization', %s, true),"
            " set_config('anjia.residents', '*', true)",
            [str(actor.user_id), str(actor.organization_id)],
        )
        visit_id = new_id()
        cursor.execute(
            "INSERT INTO visits_visit (id, organization_id, resident_id, address_id, cell, service_version_id,"
            " service_code, service_name, service_name_en, price_fen, people_needed, starts_at, ends_at, status,"
            " wishes, who_is_present, source, booked_by, booked_at, visit_word, cancel_reason, grade, version)"
            " VALUES (%s, %s, %s, %s, '', %s, 'x', 'x', '', 1, 1, %s, %s, 'booked', '', '', 'desk', %s, now(), '0000',"
            " '', '', 1)",
            [
                visit_id,
                actor.organization_id,
                said["resident_id"],
                said["address_id"],
                said["version_id"],
                starts_at,
                starts_at + timedelta(minutes=45),
                actor.user_id,
            ],
        )
    return JsonResponse({"id": str(visit_id)}, status=201)


urlpatterns = [path("bare", bare), path("", include("anjia.web.urls"))]


class Bench:
    """A town with more nurses and hours than are asked for."""

    def __init__(self) -> None:
        self.here: OpenTown = open_town()
        self.nurses = [self.here.nurse(f"护士{letter}", shifts=[(0, 24)])[0] for letter in "甲乙丙丁戊己庚辛"]
        self.resident = self.here.town.resident()
        self.address_id = self.here.town.address(self.resident).id
        self.token = self.here.person(self.resident)
        self.client = Client(headers={"Authorization": f"Bearer {self.token}"})
        self.free = self.free_times()
        self.numbers = count()

    def free_times(self) -> Iterator[tuple[datetime, UUID]]:
        for day in range(1, 4):
            for hour in range(1, 23):
                for nurse in self.nurses:
                    assert nurse.staff_id is not None
                    yield self.here.at(hour, day=day), nurse.staff_id

    def hold(self) -> str:
        starts_at, staff_id = next(self.free)
        body = {
            "service_code": "wound",
            "address_id": str(self.address_id),
            "starts_at": starts_at.isoformat(),
            "staff_ids": [str(staff_id)],
            "wishes": {"who_is_present": "女儿"},
        }
        said = self.post("/api/v1/holds", body)
        return str(said["id"])

    def confirm(self, hold_id: str) -> None:
        self.post(f"/api/v1/holds/{hold_id}/confirm", {})

    def post(self, url: str, body: dict[str, Any]) -> Any:
        response = self.client.post(
            url, body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
        )
        assert response.status_code == 201, response.content
        return response.json()

    def bare(self) -> None:
        body = {
            "resident_id": str(self.resident.id),
            "address_id": str(self.address_id),
            "version_id": str(self.here.town.version_id),
            "starts_at": (datetime.now(UTC) + timedelta(days=30 + next(self.numbers))).isoformat(),
        }
        response = self.client.post("/bare", body)
        assert response.status_code == 201, response.content


def main() -> int:
    settings.ROOT_URLCONF = "benchmarks.booking"
    bench = Bench()
    held: list[str] = []

    def hold() -> None:
        held.append(bench.hold())

    ratios = [
        _rates.compare("booking.hold", hold, bench.bare, times=TIMES // 2),
        _rates.compare("booking.confirm", confirming(bench, held), bench.bare, times=TIMES // 2),
    ]
    return 0 if min(ratios) > 0 else 1


def confirming(bench: Bench, held: list[str]) -> Callable[[], None]:
    return lambda: bench.confirm(held.pop())


if __name__ == "__main__":
    sys.exit(main())
