"""
Reading a list of visits against a bare view on the same server, with one SELECT of as many: see `_bare` and `_served`.

Ours also says who comes and what she may still change, notes who has read, and keeps other people's rows out of sight.
The promise is 0.4.
"""

from benchmarks import _rates  # noqa: F401  # first: it sets up Django

# isort: split

import sys
from datetime import timedelta

from tests.dispatch.signed_in import open_town

from benchmarks import _bare, _served
from benchmarks._served import ROUNDS, get, post, show_ratio

VISITS, TIMES = 12, 120


def main() -> int:
    here = open_town()
    nurse, _ = here.nurse(shifts=[(0, 24)])
    resident = here.town.resident()
    for hour in range(VISITS):
        starts_at = here.at(8 + hour)
        here.town.visit(
            nurse, resident=resident, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45)
        )
    token = here.person(resident)
    _bare.make_tables()
    _bare.sign_in(token, user_id=resident.id, resident_id=resident.id)
    asked = {
        "service_code": "wound",
        "address_id": str(resident.id),
        "starts_at": here.at(9).isoformat(),
        "staff_ids": [str(nurse.staff_id)],
        "wishes": {},
    }
    ours, bare = [get("/api/v1/visits?when=coming", token=token)], [get("/bare/visits", token=token)]
    with _served.served() as site:
        site.ask([post("/bare/visits", asked, token=token)] * VISITS)
        mine, theirs = site.ask(ours)[1][0]["items"], site.ask(bare)[1][0]
        assert len(mine) == len(theirs) == VISITS, "both list the same number"
        rates = [(site.ask(ours * TIMES)[0], site.ask(bare * TIMES)[0]) for _ in range(ROUNDS + 1)][1:]
    return 0 if show_ratio("reading.list", *zip(*rates, strict=True)) else 1


if __name__ == "__main__":
    sys.exit(main())
