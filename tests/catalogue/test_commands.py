from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import translation

from anjia.catalogue.commands import import_services, publish_version, seed_services, withdraw_service
from anjia.catalogue.models import ServiceVersion
from anjia.catalogue.queries import changes_of_rows, current_version, get_version, services_offered
from anjia.catalogue.rules import Changes, ServiceInvalid, ServiceRow
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from tests import make
from tests.catalogue.make import content, seeded, version
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def manager() -> Actor:
    return make.actor("catalogue.change", "catalogue.read")


def audited(actor: Actor) -> list[str]:
    def read(actor: Actor) -> list[str]:
        rows = AuditEntry.objects.filter(organization_id=actor.organization_id).order_by("id")
        return list(rows.values_list("action", flat=True))

    return acting(actor, NOON).ask(read)


def offered(actor: Actor) -> list[ServiceVersion]:
    return acting(actor, NOON).ask(services_offered, Purpose.CONTRACT)


class TestPublishVersion:
    def test_keeps_the_version_that_somebody_was_promised(self, manager: Actor) -> None:
        first = version(published_by=manager)
        second = version(published_by=manager, price_fen=13000)

        kept, now = (
            acting(manager, NOON).ask(get_version, Purpose.CONTRACT, version_id=one.id)
            for one in (first, second)
        )
        offered_now = acting(manager, NOON).ask(current_version, Purpose.CONTRACT, code="wound")

        assert (kept.price_fen, kept.version, kept.status) == (12000, 1, "past")
        assert (now.price_fen, now.version, now.status) == (13000, 2, "current")
        assert (offered_now.id, offered_now.price_fen, offered_now.content) == (second.id, 13000, now.content)

    def test_says_what_it_says_now_and_not_what_the_one_before_said(self, manager: Actor) -> None:
        for said in ("洗手", "先洗手", "洗手"):
            version(published_by=manager, preparation=said)
            now = acting(manager, NOON).ask(current_version, Purpose.CONTRACT, code="wound")
            assert now.preparation == said

    def test_keeps_the_order_in_which_a_form_was_written(self, manager: Actor) -> None:
        fields = ["zone", "a", "note", "length_cm", "b"]
        form = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
        published = version(published_by=manager, record_form=form)

        kept = acting(manager, NOON).ask(get_version, Purpose.CONTRACT, version_id=published.id)

        assert list(kept.record_form["properties"]) == fields

    def test_publishes_nothing_when_nothing_has_changed(self, manager: Actor) -> None:
        assert version(published_by=manager) == version(published_by=manager)
        assert audited(manager) == ["catalogue.version.published"]

    def test_refuses_a_form_that_is_none(self, manager: Actor) -> None:
        with pytest.raises(ServiceInvalid) as refusal:
            acting(manager, NOON).do(
                publish_version, code="x", content=content(record_form={"type": "object", "properties": []})
            )

        assert list(refusal.value.fields) == ["record_form.properties"]

    def test_refuses_who_may_not(self) -> None:
        with pytest.raises(NotAllowed):
            acting(make.actor("catalogue.read"), NOON).do(publish_version, code="x", content=content())

    @pytest.mark.parametrize("change", ["update", "delete"])
    def test_leaves_a_version_that_the_database_lets_nobody_change(self, manager: Actor, change: str) -> None:
        published = version(published_by=manager)

        def tamper(actor: Actor) -> None:
            rows = ServiceVersion.objects.filter(id=published.id)
            rows.update(price_fen=1) if change == "update" else rows.delete()

        with pytest.raises(DatabaseError):
            acting(manager, NOON).ask(tamper)


class TestWithdrawService:
    def test_offers_it_no_longer_and_publishing_offers_it_again(self, manager: Actor) -> None:
        old = version(published_by=manager)

        acting(manager, NOON).do(withdraw_service, code="wound")

        assert offered(manager) == []
        with pytest.raises(NotFound):
            acting(manager, NOON).ask(current_version, Purpose.CONTRACT, code="wound")
        assert (
            acting(manager, NOON).ask(get_version, Purpose.CONTRACT, version_id=old.id).status == "withdrawn"
        )
        again = version(published_by=manager)
        assert [one.id for one in offered(manager)] == [again.id]

    def test_does_not_say_that_another_institution_has_it(self, manager: Actor) -> None:
        version(published_by=make.actor())

        with pytest.raises(NotFound):
            acting(manager, NOON).do(withdraw_service, code="wound")


class TestSeedServices:
    def test_offers_what_comes_with_anjia_once(self, manager: Actor) -> None:
        assert seeded(for_=manager) >= 15
        assert seeded(for_=manager) == 0
        assert offered(manager)[0].code == "bp_follow_up"

    def test_is_a_command_of_anjia_too(self, manager: Actor) -> None:
        call_command("seed_services", str(manager.organization_id), stdout=StringIO())

        assert len(offered(manager)) >= 15

    def test_leaves_what_the_institution_has_changed(self, manager: Actor) -> None:
        mine = version(published_by=manager, code="picc_care")

        acting(manager, NOON).do(seed_services)

        assert acting(manager, NOON).ask(current_version, Purpose.CONTRACT, code="picc_care").id == mine.id


class TestImportServices:
    def do(self, manager: Actor, *rows: ServiceRow) -> Changes:
        dry = acting(manager, NOON).ask(changes_of_rows, Purpose.CONTRACT, rows=rows)
        done = acting(manager, NOON).do(import_services, rows=rows)
        assert dry == done
        return done

    def test_changes_nothing_the_second_time(self, manager: Actor) -> None:
        seeded(for_=manager)
        rows = [ServiceRow(name="PICC 维护", price_fen=20000), ServiceRow(name="理发", duration_minutes=30)]

        first, second = self.do(manager, *rows), self.do(manager, *rows)

        assert ([one.name for one in first.added], [one.name for one in first.changed]) == (
            ["理发"],
            ["PICC 维护"],
        )
        assert first.changed[0].fields == {"price_fen": ("18000", "20000")}
        assert (second.is_empty, second.same) == (True, 2)
        assert audited(manager) == ["catalogue.services.seeded", "catalogue.services.imported"]

    def test_keeps_the_steps_of_what_it_only_gives_another_price(self, manager: Actor) -> None:
        seeded(for_=manager)

        self.do(manager, ServiceRow(name="PICC 维护", code="picc_care", price_fen=1))

        now = acting(manager, NOON).ask(current_version, Purpose.CONTRACT, code="picc_care")
        assert (now.version, now.price_fen, len(now.steps) > 10) == (2, 1, True)
        with translation.override("en"):
            assert now.name == "PICC care"

    def test_asks_of_a_new_nursing_service_what_the_law_asks(self, manager: Actor) -> None:
        self.do(manager, ServiceRow(name="雾化吸入", legal_line="internet_nursing", price_fen=5000))

        service = acting(manager, NOON).ask(current_version, Purpose.CONTRACT, code="wu_hua_xi_ru")
        assert (service.requires.min_years, service.requires.titles_at_least) == (5, {"nurse": "护师"})

    def test_refuses_to_go_below_what_the_law_asks(self, manager: Actor) -> None:
        with pytest.raises(ServiceInvalid):
            acting(manager, NOON).do(
                import_services, rows=[ServiceRow(name="采血", legal_line="internet_nursing", min_years=1)]
            )

        assert offered(manager) == []


class TestServicesOffered:
    def test_asks_the_database_once(self, manager: Actor, django_assert_num_queries: Any) -> None:
        seeded(for_=manager)

        with django_assert_num_queries(4):  # begin, who is asking, the services, commit
            services = offered(manager)

        assert all(service.name and service.steps and service.requires for service in services)

    def test_shows_only_the_institutions_own(self, manager: Actor) -> None:
        seeded(for_=make.actor())

        assert offered(manager) == []

    def test_can_be_of_one_mode(self, manager: Actor) -> None:
        seeded(for_=manager)

        found = acting(manager, NOON).ask(services_offered, Purpose.CONTRACT, mode="online")

        assert [one.code for one in found] == ["online_follow_up"]

    def test_speaks_the_language_of_whoever_looks(self, manager: Actor) -> None:
        seeded(for_=manager)
        service = offered(manager)[0]

        assert service.name == "血压测量随访"
        with translation.override("en"):
            assert (service.name, service.steps[0]["title"][:5]) == ("Blood-pressure follow-up", "Check")
            assert service.record_form["properties"]["note"]["title"] == "Other"
