"""How often a page of supplies asks the database: as often for many rows as for few."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from anjia.supplies import queries
from tests.make import NOON
from tests.supplies.make import TODAY, House
from tests.visits.make import at, fact, say

pytestmark = pytest.mark.usefixtures("database")

Ask = Callable[[House], Any]


def more(here: House, number: int) -> None:
    """Let there be another of everything: a nurse, a thing, its lots in the store and in a bag, waste, a question."""
    here.town.nurse(f"护士{number}")
    item = here.item(f"thing_{number}", name=f"东西{number}", in_bag=Decimal(1))
    here.lot(item, 9, days=10 + number)
    here.fill(item, 2)
    visit = here.town.visit(here.nurse, starts_at=at(8 + number), ends_at=at(8.75 + number))
    used = [{"code": f"thing_{number}", "quantity": 5}]
    say(
        here.nurse,
        fact(visit, "supplies", used=used),
        fact(visit, "waste", waste_class="sharps", bags=1, seal=f"S{number}"),
    )
    here.hear()


def asking(query: Any, **what: Any) -> Ask:
    def ask(here: House) -> Any:
        actor = here.nurse if query in (queries.own_bag, queries.own_waste) else here.keeper
        said = {name: here.id if value == "here" else value for name, value in what.items()}
        return acting(actor, NOON).ask(query, Purpose.CONTRACT, **said)

    return ask


def statements(ask: Ask, here: House) -> int:
    ask(here)  # what is compiled once is compiled now
    with CaptureQueriesContext(connection) as captured:
        ask(here)
    return len(captured)


PAGES: dict[str, Ask] = {
    "stock": asking(queries.stock_at, station_id="here", today=TODAY),
    "warnings": asking(queries.warnings_at, station_id="here", today=TODAY),
    "ledger": asking(queries.ledger),
    "shortfalls": asking(queries.shortfalls),
    "bags": asking(queries.bags, today=TODAY),
    "own bag": asking(queries.own_bag, today=TODAY),
    "waste": asking(queries.waste_register, now=NOON),
    "own waste": asking(queries.own_waste, now=NOON),
}


def test_pages_ask_as_often_for_many_rows_as_for_few(here: House) -> None:
    more(here, 1)
    few = {name: statements(ask, here) for name, ask in PAGES.items()}
    for number in (2, 3, 4):
        more(here, number)

    assert {name: statements(ask, here) for name, ask in PAGES.items()} == few
