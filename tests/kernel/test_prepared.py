"""Prepared statements, on the kernel's own tables."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from anjia.kernel import prepared
from anjia.kernel.actors import Actor
from anjia.kernel.models import Event, Request, StoredFile
from anjia.kernel.paging import page_from
from anjia.kernel.prepared import Prepared
from anjia.kernel.work import acting
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

T = TypeVar("T")

OLDEST = ("due_at", "id")
DUE = Prepared(
    lambda asked: Event.objects.filter(
        organization_id=asked.house, name__any_of=asked.names, due_at__lte=asked.until
    ).order_by(*OLDEST)
)


class Name(StrEnum):
    RANG = "test.Rang"
    SAID = "test.Said"


@pytest.fixture
def clerk() -> Actor:
    return make.actor()


def inside(actor: Actor, work: Callable[[], T]) -> T:
    return acting(actor, NOON).ask(lambda _: work())


def event(actor: Actor, name: str = Name.RANG, hours: float = 0, content: Any = None) -> Event:
    return Event(
        organization_id=actor.organization_id,
        name=str(name),
        content=content or {},
        due_at=NOON + timedelta(hours=hours),
    )


def due(actor: Actor, *names: str, hours: float = 9) -> list[UUID]:
    rows = inside(
        actor,
        lambda: DUE.rows(house=actor.organization_id, names=list(names), until=NOON + timedelta(hours=hours)),
    )
    return [row.id for row in rows]


class TestPrepared:
    def test_answers_each_time_with_the_values_of_that_time(self, clerk: Actor) -> None:
        rang, said, late = event(clerk), event(clerk, Name.SAID, 1), event(clerk, hours=8)
        inside(clerk, lambda: prepared.insert(late, said, rang))
        assert due(clerk, Name.RANG) == [rang.id, late.id]
        assert due(clerk, Name.RANG, hours=2) == [rang.id]
        assert due(clerk, Name.RANG, Name.SAID) == [rang.id, said.id, late.id]
        assert due(clerk) == []

    def test_reads_what_the_model_would_read(self, clerk: Actor) -> None:
        one = event(clerk, content={"words": ["手术刀", 1, None]})
        inside(clerk, lambda: prepared.insert(one))
        [found] = inside(clerk, lambda: DUE.rows(house=clerk.organization_id, names=[Name.RANG], until=NOON))
        [expected] = inside(clerk, lambda: list(Event.objects.filter(id=one.id)))
        assert found == expected
        assert found.content == expected.content == {"words": ["手术刀", 1, None]}
        assert (found.due_at, found.attempts) == (expected.due_at, expected.attempts)

    def test_says_what_it_is_not_told(self, clerk: Actor) -> None:
        with pytest.raises(KeyError, match="until"):
            inside(clerk, lambda: DUE.rows(house=clerk.organization_id, names=[]))

    def test_writes_its_sql_once(self, clerk: Actor) -> None:
        asked = []

        def question(given: Any) -> Any:
            asked.append(given)
            return Event.objects.filter(organization_id=given.house)

        mine = Prepared(question)
        inside(clerk, lambda: mine.rows(house=clerk.organization_id))
        times = len(asked)
        inside(clerk, lambda: mine.rows(house=uuid4()))
        assert len(asked) == times

    def test_keeps_row_level_security(self, clerk: Actor) -> None:
        one = event(clerk)
        inside(clerk, lambda: prepared.insert(one))
        stranger = make.actor()
        seen = inside(stranger, lambda: DUE.rows(house=clerk.organization_id, names=[Name.RANG], until=NOON))
        assert seen == []
        assert due(clerk, Name.RANG) == [one.id]

    def test_takes_words_for_data(self, clerk: Actor) -> None:
        assert due(clerk, "'; DROP TABLE kernel_event; --", "%s", "{}") == []

    def test_belongs_to_a_unit_of_work(self, clerk: Actor) -> None:
        with pytest.raises(AssertionError):
            DUE.rows(house=clerk.organization_id, names=[], until=NOON)


class TestPageFrom:
    def test_goes_through_all_of_them(self, clerk: Actor) -> None:
        rows = [event(clerk, hours=hour / 10) for hour in range(7)]
        inside(clerk, lambda: prepared.insert(*rows))
        found: list[UUID] = []
        after: str | None = None
        for _ in range(4):
            page = inside(
                clerk,
                lambda: page_from(
                    DUE,
                    order=OLDEST,
                    after=after,  # noqa: B023  # asked at once
                    size=2,
                    house=clerk.organization_id,
                    names=[Name.RANG],
                    until=NOON + timedelta(hours=1),
                ),
            )
            found += [row.id for row in page.items]
            after = page.next
        assert after is None
        assert found == [row.id for row in rows]


class TestInsert:
    def test_takes_one_statement_for_rows_of_several_tables(self, clerk: Actor) -> None:
        rows = [event(clerk), photo(clerk), event(clerk)]
        with CaptureQueriesContext(connection) as asked:
            inside(clerk, lambda: prepared.insert(*rows))
        assert len(asked) == 4, "begin, who is looking, the rows, commit"
        assert due(clerk, Name.RANG) == sorted(row.id for row in rows if isinstance(row, Event))

    def test_takes_more_rows_than_fit_one_statement(self, clerk: Actor) -> None:
        rows = [event(clerk) for _ in range(prepared.ROWS_AT_ONCE * (prepared.PARTS_AT_ONCE + 1) + 1)]
        inside(clerk, lambda: prepared.insert(*rows))
        assert len(due(clerk, Name.RANG)) == len(rows)

    def test_is_undone_with_its_unit(self, clerk: Actor) -> None:
        def refuse() -> None:
            prepared.insert(event(clerk))
            raise LookupError

        with pytest.raises(LookupError):
            inside(clerk, refuse)
        assert due(clerk, Name.RANG) == []


class TestSave:
    def test_writes_the_fields_that_are_named_and_no_others(self, clerk: Actor) -> None:
        one = event(clerk)
        inside(clerk, lambda: prepared.insert(one))
        one.attempts, one.name = 3, "test.Other"
        inside(clerk, lambda: prepared.save(one, "attempts"))
        [kept] = inside(clerk, lambda: list(Event.objects.filter(id=one.id)))
        assert (kept.attempts, kept.name) == (3, Name.RANG)

    def test_seals_what_is_encrypted(self, clerk: Actor) -> None:
        one = Request(
            organization_id=clerk.organization_id,
            user_id=clerk.user_id,
            key="k",
            fingerprint="f",
            at=NOON,
            reply="她的话",
        )
        inside(clerk, lambda: prepared.insert(one))
        one.reply = "另外的话"
        inside(clerk, lambda: prepared.save(one, "reply"))
        assert inside(clerk, lambda: Request.objects.get(id=one.id).reply) == "另外的话"

    def test_fails_for_a_row_that_is_not_there(self, clerk: Actor) -> None:
        with pytest.raises(DatabaseError):
            inside(clerk, lambda: prepared.save(event(clerk), "attempts"))


def photo(actor: Actor) -> StoredFile:
    return StoredFile(
        organization_id=actor.organization_id,
        stored_by=actor.user_id,
        stored_at=NOON,
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
    )
