"""
How PostgreSQL goes about finding somebody, as the application role behind row-level security.

Two hundred thousand made-up people are enough for the planner to prefer an index, if it may use it. Under row-level
security it may only where the operator is leakproof: a LIKE would read them all. The milliseconds at a million are
in benchmarks/resident_search.py.
"""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.encryption import blind
from anjia.kernel.work import acting
from anjia.residents.models import Grant, Phone, RelatedPerson, Resident, ResidentToken
from anjia.residents.queries import residents_found
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

PEOPLE = 200_000
TABLES = ("resident", "residenttoken", "phone", "relatedperson")
LETTERS = "translate(to_char(n, 'FM000000'), '0123456789', 'abcdefghij')"
FILL = f"""
    INSERT INTO residents_resident (id, organization_id, name, pinyin, sex, birth_date, id_number, id_index,
        id_check, chronic, card_serial, registered_at, changed_at)
    SELECT md5(%(seed)s || n)::uuid, %(house)s, '人' || n, 'ren ' || {LETTERS}, 'female', '\\x', '\\x',
        decode(md5('id' || n), 'hex'), 'verified', '\\x', 1, now(), now()
    FROM generate_series(1, %(people)s) AS n;
    INSERT INTO residents_residenttoken (organization_id, resident_id, token)
    SELECT %(house)s, md5(%(seed)s || n)::uuid, 'ren' || {LETTERS} FROM generate_series(1, %(people)s) AS n;
    INSERT INTO residents_phone (id, organization_id, resident_id, position, label, number, number_index,
        last_four_index)
    SELECT md5('phone' || %(seed)s || n)::uuid, %(house)s, md5(%(seed)s || n)::uuid, 0, '', '\\x',
        decode(md5('phone' || n), 'hex'), decode(md5('four' || n %% 10000), 'hex')
    FROM generate_series(1, %(people)s) AS n;
    INSERT INTO residents_relatedperson (id, organization_id, resident_id, name, relation, phone, phone_index)
    SELECT md5('relative' || %(seed)s || n)::uuid, %(house)s, md5(%(seed)s || n)::uuid, '家人', '', '\\x',
        decode(md5('relative' || n), 'hex')
    FROM generate_series(1, %(people)s) AS n;
"""
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)
"""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> UUID:
    """
    Fill the tables as their owner, for whom row-level security is lifted while it does so.

    Foreign keys wait outside: looking each of 600,000 up is most of the time.
    """
    house, seed = uuid4(), uuid4().hex
    tables = [f"residents_{table}" for table in TABLES]
    with django_db_blocker.unblock(), connections["owner"].cursor() as cursor:
        cursor.execute(FOREIGN_KEYS, [tables])
        keys = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        cursor.execute(FILL, {"house": house, "seed": seed, "people": PEOPLE})
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ANALYZE {table}")
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")
    return house


@pytest.fixture
def staff(town: UUID) -> Actor:
    return make.actor("residents.read", organization_id=town)


LOOKED_FOR: dict[
    str, tuple[str, Callable[[UUID], QuerySet[ResidentToken] | QuerySet[Phone] | QuerySet[Resident]]]
] = {
    "the beginning of a name": (
        "resident_token_by_beginning",
        lambda house: ResidentToken.objects.beginning(house, "renaabc")[:60],
    ),
    "a beginning that all share": (
        "resident_token_by_beginning",
        lambda house: ResidentToken.objects.beginning(house, "r")[:60],
    ),
    "a telephone number": (
        "phone_by_number",
        lambda house: Phone.objects.filter(organization_id=house, number_index=blind("phone", "1")),
    ),
    "its last four digits": (
        "phone_by_last_four",
        lambda house: Phone.objects.filter(organization_id=house, last_four_index=blind("last four", "1"))[
            :60
        ],
    ),
    "an ID number": (
        "resident_id_number_once",
        lambda house: Resident.objects.filter(organization_id=house, id_index=blind("id_number", "1")),
    ),
    "a page of the list": (
        "resident_by_name",
        lambda house: Resident.objects.filter(organization_id=house, pinyin__gte="ren b").order_by(
            "pinyin", "id"
        )[:50],
    ),
}


class TestPlans:
    @pytest.mark.parametrize("what", LOOKED_FOR)
    def test_go_by_an_index(self, staff: Actor, what: str) -> None:
        index, rows = LOOKED_FOR[what]

        plan = acting(staff, NOON).ask(lambda actor: rows(actor.organization_id).explain())

        assert index in plan
        assert "Seq Scan" not in plan

    def test_go_by_an_index_for_relatives_and_grants_too(self, staff: Actor) -> None:
        def plans(actor: Actor) -> list[str]:
            relatives = RelatedPerson.objects.filter(
                organization_id=actor.organization_id, phone_index=blind("phone", "1")
            )
            grants = Grant.objects.filter(account_id=actor.user_id).live(NOON)
            return [relatives.explain(), grants.explain()]

        relatives, grants = acting(staff, NOON).ask(plans)

        assert "relative_by_phone" in relatives
        assert "Seq Scan on residents_relatedperson" not in relatives
        assert "Index Scan" in grants
        assert "Seq Scan" not in grants

    def test_find_the_person(self, staff: Actor) -> None:
        found = acting(staff, NOON).ask(residents_found, Purpose.CONTRACT, text="renaabcde")

        assert [one.name for one in found] == ["人1234"]
