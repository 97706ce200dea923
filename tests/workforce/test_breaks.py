"""Breaks that everybody of a house has."""

from datetime import time
from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.workforce import commands, queries
from anjia.workforce.models import DailyBreak
from anjia.workforce.rules.breaks import Break, BreakInvalid
from tests import make
from tests.make import NOON
from tests.workforce.make import MONDAY, sheet, staff, told

pytestmark = pytest.mark.usefixtures("apart", "database")


def put(manager: Actor, opens: str = "11:00", closes: str = "13:30", minutes: int = 30) -> DailyBreak:
    times = {"opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)}
    return acting(manager, NOON).do(commands.put_break, **times, minutes=minutes)


def refused(manager: Actor, **said: Any) -> set[str]:
    with pytest.raises(BreakInvalid) as refusal:
        put(manager, **said)
    return set(refusal.value.fields)


class TestABreak:
    def test_stands_on_the_sheet_of_everybody_until_it_is_taken_back(self, manager: Actor) -> None:
        member = staff(of=manager)
        row = put(manager)
        put(manager, "17:00", "19:00", 20)

        noon, evening = Break(time(11), time(13, 30), 30), Break(time(17), time(19), 20)
        assert sheet(of=manager, staff_id=member.id).breaks == (noon, evening)

        acting(manager, NOON).do(commands.remove_break, break_id=row.id)
        assert sheet(of=manager, staff_id=member.id).breaks == (evening,)
        assert told(manager)[-3:] == ["workforce.RotaChanged"] * 3

    def test_fits_between_its_times(self, manager: Actor) -> None:
        assert refused(manager, minutes=9) == {"minutes"}
        assert refused(manager, minutes=181) == {"minutes"}
        assert refused(manager, closes="11:00") == {"closes"}
        assert refused(manager, opens="23:00", closes="01:00") == {"closes"}
        assert refused(manager, closes="11:29") == {"closes"}
        put(manager, closes="11:30")

    def test_lies_beside_the_others(self, manager: Actor) -> None:
        put(manager)

        assert refused(manager, opens="13:00", closes="14:00") == {"opens"}
        put(manager, opens="13:30", closes="14:00")

    def test_is_none_too_many(self, manager: Actor) -> None:
        for hour in range(4):
            put(manager, f"{10 + hour}:00", f"{11 + hour}:00")

        assert refused(manager, opens="16:00", closes="17:00") == {"opens"}

    def test_is_put_by_who_makes_the_rota_and_of_this_house_only(self, manager: Actor) -> None:
        other = make.actor("workforce.change", "workforce.read")
        row = put(manager)

        with pytest.raises(NotAllowed):
            put(make.actor("workforce.read"))
        with pytest.raises(NotFound):
            acting(other, NOON).do(commands.remove_break, break_id=row.id)
        assert (
            acting(other, NOON).ask(
                lambda actor: queries.rota_week(actor, Purpose.CONTRACT, day=MONDAY).breaks
            )
            == []
        )

    def test_taken_back_twice_is_not_there(self, manager: Actor) -> None:
        row = put(manager)
        acting(manager, NOON).do(commands.remove_break, break_id=row.id)

        with pytest.raises(NotFound):
            acting(manager, NOON).do(commands.remove_break, break_id=row.id)
