"""
Booking against a bare view: the same Django, the same look-up of the session, and one INSERT of a visit.

Holding a time finds out anew whether the crew can come, under the lock, and writes visit, assignment, history and
audit; confirming writes history, audit and event. Both keep their reply for the request's twin.
"""

from benchmarks import _rates  # first: it sets up Django

# isort: split

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from ninja import NinjaAPI, Schema
from tests.dispatch.signed_in import OpenTown, open_town

from anjia.kernel.actors import Actor
from anjia.kernel.http import AuthedRequest
from anjia.kernel.work import acting
from anjia.visits.models import Visit
from anjia.web.api import Bearer

TIMES = 60


api = NinjaAPI(urls_namespace="bare", auth=Bearer())


class BareIn(Schema):
    resident_id: UUID
    address_id: UUID
    version_id: UUID
    starts_at: datetime


class BareOut(Schema):
    id: UUID
    starts_at: datetime
    status: str


@api.post("/bare", response={201: BareOut})
def bare(request: AuthedRequest, body: BareIn) -> tuple[int, Visit]:
    """Look up the session, insert one visit, answer: what a quick hand would write."""

    def insert(actor: Actor) -> Visit:
        return Visit.objects.create(
            organization_id=actor.organization_id,
            resident_id=body.resident_id,
            address_id=body.address_id,
            service_version_id=body.version_id,
            service_code="wound",
            service_name="伤口换药",
            price_fen=12000,
            people_needed=1,
            starts_at=body.starts_at,
            ends_at=body.starts_at + timedelta(minutes=45),
            source="resident",
            booked_by=actor.user_id,
            booked_at=timezone.now(),
            visit_word="0000",
        )

    return 201, acting(request.auth, timezone.now()).ask(insert)


urlpatterns = [path("bare/", api.urls), path("", include("anjia.web.urls"))]


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
        self.post("/bare/bare", body)


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
