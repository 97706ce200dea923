"""What the database itself keeps apart, whatever the code above it forgets: every table, and the kernel's own."""

from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection

from anjia.kernel import access, files
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.events import pump
from anjia.kernel.work import acting
from tests import make
from tests.kernel.test_edges import PNG
from tests.kernel.test_work import write_note
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

TABLES = [
    "kernel_auditentry",
    "kernel_event",
    "kernel_delivery",
    "kernel_request",
    "kernel_storedfile",
    "kernel_recordaccess",
]


WITHOUT_ROW_SECURITY: dict[str, str] = {}  # tables of ids and times that belong to no organization, and why


def rows(actor: Actor, table: str) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table}")  # one of the names above
        return {row_id for (row_id,) in cursor.fetchall()}


def busy(actor: Actor, resident_id: UUID) -> None:
    """Leave a row in each table."""
    acting(actor, NOON, str(uuid4())).reply(write_note, str, words="x")
    acting(actor, NOON).do(files.store, content=PNG, content_type="image/png", resident_id=resident_id)
    acting(actor, NOON).ask(
        lambda reader: access.note(reader, Purpose.CARE, resident_ids=[resident_id], what="x")
    )


def test_binds_every_table_of_ours_and_its_owner_too() -> None:
    ours = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("anjia.")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity"
        )
        secured = {name for (name,) in cursor.fetchall()}

    assert ours - secured - set(WITHOUT_ROW_SECURITY) == set()


@pytest.mark.parametrize("table", TABLES)
def test_a_person_sees_none_of_anothers(table: str) -> None:
    hers, neighbours = uuid4(), uuid4()
    nurse = make.actor("notes.write", "files.store")
    house: UUID = nurse.organization_id
    she, neighbour = (
        make.person("notes.write", "files.store", resident_id=one, organization_id=house)
        for one in (hers, neighbours)
    )
    for actor in (nurse, neighbour):
        busy(actor, neighbours)
    pump(NOON, organization_id=house)

    assert acting(she, NOON).ask(rows, table) == set()


def test_a_person_sees_what_she_did_and_what_is_of_her() -> None:
    hers = uuid4()
    nurse = make.actor("notes.write", "files.store")
    she = make.person("notes.write", "files.store", resident_id=hers, organization_id=nurse.organization_id)
    for actor in (nurse, she):
        busy(actor, hers)

    def seen(actor: Actor) -> dict[str, int]:
        return {table: len(rows(actor, table)) for table in TABLES}

    found = acting(she, NOON).ask(seen)
    assert found["kernel_storedfile"] == 2
    assert found["kernel_request"] == 1
    assert found["kernel_recordaccess"] == 2
    assert found["kernel_auditentry"] == 2
    assert acting(nurse, NOON).ask(seen)["kernel_auditentry"] == 4


def test_a_file_about_nobody_is_for_who_stored_it() -> None:
    she = make.person("files.store", resident_id=uuid4(), organization_id=uuid4())
    stored = acting(she, NOON).do(files.store, content=PNG, content_type="image/png")

    assert acting(she, NOON).ask(rows, "kernel_storedfile") == {stored.id}
