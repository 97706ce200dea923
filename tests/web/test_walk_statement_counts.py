"""
How often every page of the console and every question of the API asks the database: as often when there is more.

The walk is over the table of addresses, so a new page is counted without a line here. `script/proof queries` writes
what was counted to docs/reference/queries.md.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import copied_database
from tests.web.growing import Growing
from tests.web.test_every_operation import CLOSED as OPERATIONS
from tests.web.test_every_operation import Operation
from tests.web.test_every_operation import ask as ask_operation
from tests.web.test_every_page import PAGES, Page
from tests.web.town import Town

FEW: Final = 2
MANY: Final = int(os.environ.get("ANJIA_QUERY_ROWS", "6"))
WRITES_TO: Final = os.environ.get("ANJIA_QUERIES_TO")
STAFF: Final = ("administrator", "quality", "dispatcher", "desk", "doctor", "nurse", "ward")
PHONES: Final = ("resident", "daughter", "growing nurse", "nurse", "doctor", *STAFF)
GETS: Final = [one for one in OPERATIONS if one.method == "get"]
Walk = dict[str, "Seen"]
Asked = Page | Operation
ALL: Final[Sequence[Asked]] = [*PAGES, *GETS]


@dataclass(frozen=True, slots=True)
class Seen:
    who: str
    statements: int
    milliseconds: float
    size: int
    words: tuple[str, ...]


def look(town: Town, what: Asked, who: str) -> Any:
    token = town.kept_token_of(who)
    if isinstance(what, Operation):
        return read_through(ask_operation(what, town, token))
    client = Client(raise_request_exception=False)
    client.cookies["anjia_session"] = token
    return read_through(client.get(what.address(town)))


def read_through(response: Any) -> Any:
    """Read a file that is sent to its end, which closes it."""
    if response.streaming and not response.is_async:
        b"".join(response.streaming_content)
    return response


def who_may(town: Town, what: Asked) -> tuple[str | None, set[int]]:
    """Return the first who is shown it, or nobody; and what the others were answered."""
    answers: set[int] = set()
    for who in PHONES if isinstance(what, Operation) else STAFF:
        if who in town.accounts:
            status = look(town, what, who).status_code
            if status == 200:
                return who, answers
            answers.add(status)
            if status == 405:  # it takes no questions, whoever asks
                break
    return None, answers


def name_of(what: Asked) -> str:
    return what.path if isinstance(what, Operation) else "/" + what.route


def seen(town: Town, what: Asked, who: str) -> Seen:
    """Look twice, and count the second time: what is asked once and then kept does not count."""
    look(town, what, who)
    with CaptureQueriesContext(connection) as captured:
        began = time.perf_counter()
        response = look(town, what, who)
        took = (time.perf_counter() - began) * 1000
    assert response.status_code == 200, name_of(what)
    size = 0 if response.streaming else len(response.content)
    return Seen(who, len(captured), took, size, tuple(one["sql"] for one in captured.captured_queries))


@dataclass(frozen=True, slots=True)
class Walked:
    few: Walk
    many: Walk
    unseen: dict[str, set[int]]


@pytest.fixture(scope="module")
def walked(founded: Town, django_db_blocker: Any) -> Iterator[Walked]:
    with django_db_blocker.unblock(), copied_database():
        growing = Growing.of(founded)
        town = growing.town
        growing.grow(0, FEW)
        may = {name_of(one): (one, *who_may(town, one)) for one in ALL}
        shown = {name: (one, who) for name, (one, who, _answers) in may.items() if who}
        few = {name: seen(town, *found) for name, found in shown.items()}
        growing.grow(FEW, MANY)
        many = {name: seen(town, *found) for name, found in shown.items()}
        found = Walked(few, many, {name: answers for name, (_one, who, answers) in may.items() if not who})
        if WRITES_TO:
            Path(WRITES_TO).write_text(table(found), "utf-8")
        yield found


def table(walked: Walked) -> str:
    rows = [
        f"| `{name}` | {seen.who} | {walked.few[name].statements} | {seen.statements} | {seen.milliseconds:.0f} |"
        for name, seen in sorted(walked.many.items())
    ]
    return "\n".join([*HEAD, *rows, ""])


VALUE: Final = re.compile(r"'(?:[^']|'')*'(?:::\w+)?|\b\d+\b")
LIST: Final = re.compile(r"\((?:\?(?:, )?)+\)")
HEAD: Final = (
    "# How often each page asks the database",
    "",
    "Written by `script/proof queries`: each page of the console and each question of the API, asked as somebody who",
    "may, once with few rows of everything and once with many. What asks anything more often with more rows fails its",
    "test.",
    "",
    "| page | asked as | statements, few | statements, many | ms |",
    "|---|---|--:|--:|--:|",
)


@pytest.mark.parametrize("name", [name_of(one) for one in ALL])
def test_asks_nothing_more_often_when_there_is_more(walked: Walked, name: str) -> None:
    if name not in walked.many:
        pytest.skip(f"shows nobody anything: {sorted(walked.unseen[name])}")

    assert asked_more_often(walked.few[name], walked.many[name]) == {}


def asked_more_often(few: Seen, many: Seen) -> dict[str, int]:
    """
    Return the kinds of statements that were asked more often, and how often.

    Once more is no loop over what was added, of which there is more than one: with more rows there is more that may be
    the case of one of them.
    """
    before = Counter(map(kind_of, few.words))
    return {
        kind: number
        for kind, number in Counter(map(kind_of, many.words)).items()
        if number > before[kind] + 1
    }


def kind_of(words: str) -> str:
    """Return a statement without what it is asked with."""
    return LIST.sub("(?)", VALUE.sub("?", words))


def test_a_statement_for_each_row_is_noticed() -> None:
    def seen_with(rows: int) -> Seen:
        words = [
            "SELECT a FROM b WHERE id IN (1, 2)",
            *(f"SELECT c FROM d WHERE id = '{row}'" for row in range(rows)),
        ]
        return Seen("desk", len(words), 1.0, 1, tuple(words))

    assert asked_more_often(seen_with(FEW), seen_with(MANY)) == {"SELECT c FROM d WHERE id = ?": MANY}
    assert asked_more_often(seen_with(MANY), seen_with(MANY)) == {}


def test_there_is_something_to_walk_over(walked: Walked) -> None:
    assert len(walked.many) > 120
    assert sum(walked.many[name].size > seen.size for name, seen in walked.few.items()) > 40
