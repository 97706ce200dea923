"""
A draft is published in parts by two while others change the same day: whoever comes second is refused in words, nobody
is in two places, and nothing waits for ever. Each round is begun by all at once, against a draft that has moves.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection, connections

from anjia.dispatch.commands import assign_by_hand, cancel_booking, move_booking, publish_run
from anjia.dispatch.rules.plans import RunState
from anjia.kernel.errors import DomainError
from anjia.kernel.work import acting
from tests.dispatch.plans import FAR, drafted, run_of, visit
from tests.dispatch.test_interleavings import World
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town

pytestmark = [pytest.mark.usefixtures("database", "no_second_try"), pytest.mark.long]

ROUNDS = 12
WITHIN = 60  # seconds; one that does not come fails the test, and holds up nobody
Act = Callable[[], object]


def at_once(acts: dict[str, Act]) -> dict[str, str]:
    """Return what came of each: `done`, or the code of the refusal."""
    together = Barrier(len(acts), timeout=WITHIN)

    def carry_out(act: Act) -> str:
        connection.ensure_connection()
        together.wait()
        try:
            act()
        except DomainError as refused:
            return refused.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return dict(zip(acts, pool.map(carry_out, acts.values()), strict=True))


def one_round(here: Town, turn: int) -> dict[str, str]:
    near, far, third = here.nurse("近", base=FAR), here.nurse("远"), here.nurse("第三", base=FAR)
    ones = [visit(here, far, place=FAR, hour=9 + 2 * number) for number in range(4)]
    run_id = drafted(here)
    moves = run_of(here, run_id).draft["moves"]
    groups = {UUID(move["visit_id"]): move["group"] for move in moves}
    assert len(set(groups.values())) > 1, "there is something to choose"

    def publish(numbers: set[int]) -> Act:
        return lambda: acting(here.desk, NOON).do(publish_run, run_id=run_id, groups=numbers)

    chosen = sorted(set(groups.values()))
    changed = ones[turn % len(ones)]
    came = at_once(
        {
            "publish all": publish(set(chosen)),
            "publish one": publish({chosen[turn % len(chosen)]}),
            "by hand": lambda: acting(here.desk, NOON).do(
                assign_by_hand, visit_id=changed.id, staff_id=id_of(third)
            ),
            "move": lambda: acting(here.desk, NOON).do(
                move_booking, visit_id=ones[(turn + 1) % 4].id, starts_at=at(17), staff_ids=[id_of(far)]
            ),
            "cancel": lambda: acting(here.desk, NOON).do(
                cancel_booking, visit_id=ones[(turn + 2) % 4].id, reason="asked"
            ),
        }
    )
    assert [came["publish all"], came["publish one"]].count("done") <= 1
    was_published = run_of(here, run_id).state == RunState.PUBLISHED
    assert was_published == ("done" in (came["publish all"], came["publish one"]))
    assert near
    return came


def test_who_is_second_is_refused_and_nobody_is_in_two_places() -> None:
    seen = Counter[tuple[str, str]]()
    for turn in range(ROUNDS):
        here = town()
        resident = here.resident()
        world = World(here, [], resident.id, here.address(resident).id)
        seen.update(one_round(here, turn).items())
        world.check()
    assert sum(count for (what, how), count in seen.items() if what.startswith("publish") and how == "done")
    assert sum(count for (what, how), count in seen.items() if what.startswith("publish") and how != "done")
