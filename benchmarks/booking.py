"""
Booking against a bare view on the same server: see `_bare` and `_served`.

Booking is two commands, and each is compared with a bare INSERT of its own. Holding a time finds out anew whether the
crew can come, under the lock, and writes visit, assignment and audit; confirming writes history, audit and event. Both
keep their reply for the request's twin. "booking.whole" is the two after one another against two bare INSERTs. They
take turns with the bare view, so that whatever else the machine does falls on both. The promise is 0.4, for each.
"""

from benchmarks import _rates  # noqa: F401  # first: it sets up Django

# isort: split

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice, product
from typing import Any
from uuid import UUID

from tests.dispatch.signed_in import open_town

from benchmarks import _bare, _served
from benchmarks._served import ROUNDS, post, show_ratio

TIMES = 48
DAYS, HOURS, NURSES = range(1, 5), range(1, 23), "甲乙丙丁戊己庚辛"


class Bench:
    """A town with more nurses and hours than are asked for."""

    def __init__(self) -> None:
        self.here = open_town()
        self.nurses = [self.here.nurse(f"护士{letter}", shifts=[(0, 24), (96, 120)])[0] for letter in NURSES]
        _bare.make_tables()
        self.households = [
            self.household() for _ in range(TIMES)
        ]  # who holds another time lets go of the first
        self.free = self.free_times()

    def household(self) -> tuple[str, str]:
        """Return a resident's token, and where she lives."""
        resident = self.here.town.resident()
        token = self.here.person(resident)
        _bare.sign_in(token, user_id=resident.id, resident_id=resident.id)
        return token, str(self.here.town.address(resident).id)

    def free_times(self) -> Iterator[tuple[datetime, UUID]]:
        """
        Yield them so that two phones, who take turns, never ask for the same day: what a promise costs is measured
        here. That those who want the same wait for one another is the race proof's.
        """
        for hour, nurse, day in product(HOURS, self.nurses, DAYS):
            assert nurse.staff_id is not None, "nurses are staff"
            yield self.here.at(hour, day=day), nurse.staff_id

    def holds(self) -> list[bytes]:
        return [
            post("/api/v1/holds", asked(address_id, starts_at, staff_id), token=token)
            for (token, address_id), (starts_at, staff_id) in zip(
                self.households, islice(self.free, TIMES), strict=True
            )
        ]

    def confirmations(self, held: list[Any]) -> list[bytes]:
        return [
            post(f"/api/v1/holds/{one['id']}/confirm", {}, token=token)
            for (token, _address), one in zip(self.households, held, strict=True)
        ]

    def inserts(self) -> list[bytes]:
        one = (self.here.at(9), self.nurses[0].user_id)
        return [post("/bare/visits", asked(address, *one), token=token) for token, address in self.households]


def asked(address_id: str, starts_at: datetime, staff_id: UUID) -> dict[str, Any]:
    return {
        "service_code": "wound",
        "address_id": address_id,
        "starts_at": starts_at.isoformat(),
        "staff_ids": [str(staff_id)],
        "wishes": {"who_is_present": "女儿"},
    }


def main() -> int:
    bench = Bench()
    rates: list[tuple[float, float, float, float]] = []
    with _served.served() as site:
        for _ in range(ROUNDS + 1):
            first, _answers = site.ask(bench.inserts())
            hold, held = site.ask(bench.holds())
            second, _answers = site.ask(bench.inserts())
            confirm, _answers = site.ask(bench.confirmations(held))
            rates.append((hold, first, confirm, second))
    holds, firsts, confirms, seconds = zip(*rates[1:], strict=True)  # the first round warms up
    kept = [
        show_ratio("booking.hold", holds, firsts),
        show_ratio("booking.confirm", confirms, seconds),
        show_ratio("booking.whole", pairs(holds, confirms), pairs(firsts, seconds)),
    ]
    return 0 if all(kept) else 1


def pairs(first: tuple[float, ...], then: tuple[float, ...]) -> list[float]:
    """Return how many pairs a second that is, one after the other."""
    return [1 / (1 / one + 1 / two) for one, two in zip(first, then, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
