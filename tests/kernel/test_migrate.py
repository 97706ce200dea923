"""A migration that is broken off anywhere can be run again: it has done a step and knows it, or it has not."""

import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from tests.conftest import using

Schema = set[tuple[str, str]]


@pytest.fixture
def nothing_yet(database: None) -> Iterator[None]:
    """Let everything happen in a database in which there is nothing at all."""
    owner = connections["owner"]
    name = f"{owner.settings_dict['NAME']}_new"
    owner.close()
    with owner._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        with using(name):
            yield
    finally:
        with owner._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def migrate(app: str) -> None:
    call_command("migrate", app, verbosity=0, interactive=False)


def there() -> Schema:
    """Return every table, index, constraint and function there is."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT 'relation', relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " UNION SELECT 'constraint', conname::text FROM pg_constraint"
            " UNION SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
        return set(cursor.fetchall())


class BrokenOff(Exception):
    pass


class TestMigrate:
    def test_leaves_nothing_of_a_step_that_it_could_not_note(
        self, nothing_yet: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        note = MigrationRecorder.record_applied

        def break_off(recorder: MigrationRecorder, app: str, name: str) -> None:
            if app == "identity":  # its first step puts indexes and foreign keys off to its end
                raise BrokenOff
            note(recorder, app, name)

        with monkeypatch.context() as patch:
            patch.setattr(MigrationRecorder, "record_applied", break_off)
            with pytest.raises(BrokenOff):
                migrate("identity")
        assert [name for _kind, name in there() if name.startswith("identity_")] == []
        migrate("identity")

        assert ("relation", "identity_account") in there()

    def test_waits_for_another_that_is_under_way(self, nothing_yet: None) -> None:
        def at_the_same_time() -> None:
            try:
                migrate("kernel")
            except Exception as error:  # a thread's would be lost
                failed.append(error)
            finally:
                connections["owner"].close()

        failed: list[Exception] = []
        both = [threading.Thread(target=at_the_same_time) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()

        assert failed == []
        assert ("relation", "kernel_storedfile") in there()
