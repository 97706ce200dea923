"""`script/anjia simulate`: a demo only, and only while nobody is at work in it."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from anjia.visits.models import Visit

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def demo(settings: Any) -> None:
    settings.IS_DEMO = True


class TestSimulate:
    def test_gives_a_real_institution_no_made_up_people(self, settings: Any) -> None:
        settings.IS_DEMO = False
        before = Visit.objects.count()

        with pytest.raises(CommandError, match="real institution"):
            call_command("simulate")

        assert Visit.objects.count() == before

    @pytest.mark.usefixtures("demo")
    @pytest.mark.parametrize("asked", [{"days": 0}, {"days": 57}, {"elders": 0}, {"elders": 61}])
    def test_says_how_much_can_be_asked_for(self, asked: dict[str, int]) -> None:
        with pytest.raises(CommandError, match="1 to 56 days and 1 to 60 elders"):
            call_command("simulate", **asked)

    @pytest.mark.usefixtures("demo")
    def test_waits_until_the_worker_has_stopped(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
            [worker] = cursor.fetchone()
        try:
            with pytest.raises(CommandError, match="stop script/server"):
                call_command("simulate")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_workers WHERE id = %s", [worker])
