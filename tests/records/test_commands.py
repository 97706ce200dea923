import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection

from anjia.clinical.measures import GLUCOSE, SYSTOLIC
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from anjia.records import commands, jobs, queries
from anjia.records.models import Reading, ReadingConflict
from anjia.records.rules import ReadingsUnsound, TargetUnsound, TooManyReadings
from anjia.residents.models import Resident
from tests import make as basics
from tests.make import NOON
from tests.records import make
from tests.residents import make as residents


@pytest.fixture
def nurse(database: None) -> Actor:
    return basics.actor("records.write", "records.read")


@pytest.fixture
def resident(nurse: Actor) -> Resident:
    return residents.resident(served_by=nurse)


def kept(of: Resident) -> list[tuple[str, datetime, Decimal]]:
    def read(actor: Actor) -> list[tuple[str, datetime, Decimal]]:
        rows = Reading.objects.filter(resident_id=of.id).order_by("at", "code", "source")
        return [(row.code, row.at, row.value) for row in rows]

    return acting(system(of.organization_id), NOON).ask(read)


def conflicts(of: Resident) -> list[Decimal]:
    return acting(system(of.organization_id), NOON).ask(
        lambda actor: [
            row.value for row in ReadingConflict.objects.filter(resident_id=of.id).order_by("value")
        ]
    )


class TestRecordReadings:
    def test_keeps_what_was_measured_in_one_unit(self, nurse: Actor, resident: Resident) -> None:
        recorded = make.record(
            make.reading("18.4", unit="kPa"),
            make.reading(126, code=GLUCOSE, unit="mg/dL"),
            of=resident,
            by=nurse,
        )

        assert (recorded.kept, recorded.known, recorded.conflicts) == (2, 0, 0)
        assert [value for _, _, value in kept(resident)] == make.numbers("7.0", "138") or {
            value for _, _, value in kept(resident)
        } == {Decimal(7), Decimal(138)}

    def test_takes_the_same_reading_twice_for_one(self, nurse: Actor, resident: Resident) -> None:
        make.record(make.reading(), of=resident, by=nurse)
        again = make.record(make.reading(), make.reading(), of=resident, by=nurse)

        assert (again.kept, again.known, again.conflicts) == (0, 2, 0)
        assert len(kept(resident)) == 1

    def test_keeps_another_value_for_the_same_moment_and_overwrites_nothing(
        self, nurse: Actor, resident: Resident
    ) -> None:
        """610 received, 577 stored, elsewhere: the same timestamp was overwritten (complaint 28)."""
        make.record(make.reading(138), of=resident, by=nurse)
        for _ in range(2):
            recorded = make.record(make.reading(183), of=resident, by=nurse)

        assert recorded.conflicts == 1
        assert [value for _, _, value in kept(resident)] == [Decimal(138)]
        assert conflicts(resident) == [Decimal(183)]

    def test_tells_two_devices_apart(self, nurse: Actor, resident: Resident) -> None:
        make.record(
            make.reading(138, source="cuff"), make.reading(141, source="wrist"), of=resident, by=nurse
        )

        assert len(kept(resident)) == 2

    def test_counts_every_one_that_came_in(self, nurse: Actor, resident: Resident) -> None:
        sent = [make.reading(120 + n % 7, at=NOON - timedelta(seconds=n // 2)) for n in range(400)]
        recorded = make.record(*sent, of=resident, by=nurse)

        assert recorded.kept + recorded.known + recorded.conflicts == 400
        assert len(kept(resident)) + len(conflicts(resident)) + recorded.known == 400

    def test_has_twins_meet_in_one_row(self, nurse: Actor, resident: Resident) -> None:
        start = threading.Barrier(6, timeout=60)
        outcomes: list[commands.Recorded] = []

        def twin() -> None:
            try:
                start.wait()
                outcomes.append(make.record(*make.days((1, 140, 90), (2, 138, 88)), of=resident, by=nurse))
            finally:
                connection.close()

        twins = [threading.Thread(target=twin) for _ in range(6)]
        for thread in twins:
            thread.start()
        for thread in twins:
            thread.join()

        assert sum(outcome.kept for outcome in outcomes) == 4
        assert sum(outcome.conflicts for outcome in outcomes) == 0
        assert len(kept(resident)) == 4

    @pytest.mark.parametrize(
        "wrong",
        [
            {"value": 1380},
            {"value": "NaN"},
            {"value": "abc"},
            {"unit": "mmHg"},
            {"code": "1-1"},
            {"at": NOON + timedelta(minutes=11)},
        ],
    )
    def test_refuses_what_nobody_can_have_and_says_which(
        self, nurse: Actor, resident: Resident, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(ReadingsUnsound) as refused:
            make.record(make.reading(), make.reading(**wrong), of=resident, by=nurse)

        assert list(refused.value.fields) == ["readings.1.value"]
        assert kept(resident) == []

    def test_can_keep_the_sound_ones_of_a_batch(self, nurse: Actor, resident: Resident) -> None:
        recorded = acting(nurse, NOON).do(
            commands.record_readings,
            resident_id=resident.id,
            readings=[make.reading(1380), make.reading()],
            keep_the_sound=True,
        )

        assert (recorded.kept, [one.position for one in recorded.refused]) == (1, [0])

    def test_takes_no_more_than_500_at_once(self, nurse: Actor, resident: Resident) -> None:
        with pytest.raises(TooManyReadings):
            make.record(*[make.reading()] * 501, of=resident, by=nurse)

    def test_writes_down_codes_and_never_values(self, nurse: Actor, resident: Resident) -> None:
        make.record(make.reading(), of=resident, by=nurse)

        [entry] = acting(nurse, NOON).ask(
            lambda actor: list(
                AuditEntry.objects.filter(action="records.readings.recorded", subject_id=resident.id)
            )
        )
        assert entry.fields == [SYSTOLIC]

    def test_is_for_who_may_and_for_her_own_house(self, nurse: Actor, resident: Resident) -> None:
        with pytest.raises(NotAllowed):
            make.record(make.reading(), of=resident, by=basics.actor(organization_id=nurse.organization_id))
        with pytest.raises(NotFound):
            make.record(make.reading(), of=resident, by=basics.actor("records.write"))

    def test_lets_a_person_record_for_nobody_but_her_own(self, nurse: Actor, resident: Resident) -> None:
        neighbour = residents.resident(served_by=nurse)
        person = basics.person(
            "records.write", resident_id=neighbour.id, organization_id=nurse.organization_id
        )

        with pytest.raises(NotFound):
            make.record(make.reading(), of=resident, by=person)


class TestTable:
    def test_can_be_reached_only_through_the_parent(self, nurse: Actor, resident: Resident) -> None:
        make.record(make.reading(), of=resident, by=nurse)

        def straight(actor: Actor) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM records_reading_2026_03")

        with pytest.raises(ProgrammingError, match="permission denied"):
            acting(nurse, NOON).ask(straight)

    def test_hides_rows_from_other_houses_and_other_persons(self, nurse: Actor, resident: Resident) -> None:
        make.record(make.reading(), of=resident, by=nurse)
        daughter = basics.person(resident_id=resident.id, organization_id=nurse.organization_id)
        stranger = basics.person(resident_id=uuid4(), organization_id=nurse.organization_id)

        counts = [
            acting(who, NOON).ask(lambda actor: Reading.objects.filter(resident_id=resident.id).count())
            for who in (nurse, daughter, stranger, basics.actor())
        ]
        assert counts == [1, 1, 0, 0]

    def test_is_not_changed_afterwards(self, nurse: Actor, resident: Resident) -> None:
        make.record(make.reading(), of=resident, by=nurse)

        with pytest.raises(ProgrammingError, match="permission denied"):
            acting(nurse, NOON).ask(
                lambda actor: Reading.objects.filter(resident_id=resident.id).update(value=1)
            )

    def test_has_a_place_for_readings_of_any_time_and_moves_them_when_their_month_is_made(
        self, nurse: Actor, resident: Resident
    ) -> None:
        old = datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)
        make.record(make.reading(at=old), make.reading(at=old + timedelta(seconds=1)), of=resident, by=nurse)
        asked: dict[str, Any] = {"first": date(1999, 12, 1), "months": 2}

        assert acting(system(), NOON).do(commands.make_months, **asked) == 2
        assert acting(system(), NOON).do(commands.make_months, **asked) == 0
        assert [at for _, at, _ in kept(resident)] == [old, old + timedelta(seconds=1)]

    def test_has_its_coming_months_made_by_a_job(self, database: None) -> None:
        jobs.make_months_ahead(datetime(2031, 5, 31, 12, tzinfo=UTC))

        def names(actor: Actor) -> list[str]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT relname FROM pg_class WHERE relname LIKE 'records_reading_2031%' AND relkind='r'"
                )
                return sorted(name for (name,) in cursor.fetchall())

        assert acting(system(), NOON).ask(names) == [
            f"records_reading_2031_{month:02}" for month in range(5, 11)
        ]


class TestSetTarget:
    def test_goes_before_the_guideline_and_names_who_set_it(self, nurse: Actor, resident: Resident) -> None:
        doctor = basics.actor(
            "records.set_target", "records.read", organization_id=nurse.organization_id, staff_id=uuid4()
        )
        acting(doctor, NOON).do(
            commands.set_target, resident_id=resident.id, code=SYSTOLIC, high=Decimal(145), reason="常头晕"
        )
        residents.consent(of=resident)
        trend = acting(doctor, NOON).ask(
            queries.trend, Purpose.CARE, resident_id=resident.id, code=SYSTOLIC, now=NOON
        )

        assert trend.band is not None
        assert trend.band.high == Decimal(145)
        assert "定的" in trend.band.source

    def test_refuses_a_band_the_wrong_way_round_and_a_measure_that_is_none(
        self, nurse: Actor, resident: Resident
    ) -> None:
        doctor = basics.actor("records.set_target", organization_id=nurse.organization_id, staff_id=uuid4())
        unit = acting(doctor, NOON)
        with pytest.raises(TargetUnsound):
            unit.do(
                commands.set_target,
                resident_id=resident.id,
                code=SYSTOLIC,
                low=Decimal(150),
                high=Decimal(140),
            )
        with pytest.raises(TargetUnsound):
            unit.do(commands.set_target, resident_id=resident.id, code=SYSTOLIC)
        with pytest.raises(Invalid):
            unit.do(commands.set_target, resident_id=resident.id, code="x", high=Decimal(1))

    def test_is_for_a_named_member_of_staff(self, nurse: Actor, resident: Resident) -> None:
        nobody = basics.actor("records.set_target", organization_id=nurse.organization_id)
        with pytest.raises(NotAllowed):
            acting(nobody, NOON).do(
                commands.set_target, resident_id=resident.id, code=SYSTOLIC, high=Decimal(140)
            )
