"""How sure we are that somebody came to the door."""

from typing import Any
from uuid import uuid4

import pytest

from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.files import FileIdTaken
from anjia.kernel.work import acting
from anjia.visits.models import Conflict
from anjia.visits.queries import door_code
from anjia.visits.rules.arrival import Grade
from anjia.visits.rules.facts import Misfit
from anjia.visits.rules.lifecycle import (
    Status,
)
from tests.make import NOON
from tests.residents import make as residents
from tests.visits.make import PLACE, PNG, Town, at, fact, picture, say, town

pytestmark = pytest.mark.usefixtures("database")


class TestArrival:
    NEAR = {"latitude": PLACE[0], "longitude": PLACE[1], "accuracy_m": 20}
    FAR = {"latitude": PLACE[0] + 0.01, "longitude": PLACE[1], "accuracy_m": 20}

    def arrive(self, here: Town, **content: Any) -> tuple[str, str | None]:
        nurse, resident = here.nurse(), here.resident()
        visit = here.visit(nurse, resident=resident)
        whose = {"hers": "self", "her daughter's": "family", "her guardian's": "guardian"}.get(
            content.get("payload", "")
        )
        if whose:
            asked = acting(residents.holder("visits.read", of=resident, relation=whose), visit.starts_at)
            code = asked.ask(door_code, Purpose.ACCESS, visit_id=visit.id, now=visit.starts_at)
            content["payload"] = code.payload
        if content.pop("with_photo", False):
            content["file_id"] = picture(visit, by=nurse)
        [taken] = say(nurse, fact(visit, "arrived", **content)).accepted
        assert here.now(visit).status == Status.ARRIVED
        return here.now(visit).grade, taken.conflict

    def test_takes_the_code_on_the_residents_phone(self, here: Town) -> None:
        assert self.arrive(here, proof="dynamic_qr", payload="hers") == ("dynamic_qr", None)

    @pytest.mark.parametrize("whose", ["her daughter's", "her guardian's"])
    def test_takes_the_code_of_who_may_be_far_away_only_near_the_door(self, here: Town, whose: str) -> None:
        near = self.arrive(here, proof="dynamic_qr", payload=whose, position=self.NEAR)
        far = self.arrive(town(), proof="dynamic_qr", payload=whose, position=self.FAR)
        unknown, asked_for_reason = self.arrive(town(), proof="dynamic_qr", payload=whose)

        assert near == (Grade.FAMILY_QR, None)
        assert (far[0], unknown) == (Grade.STATED, Grade.STATED)
        assert asked_for_reason

    def test_falls_back_where_the_code_is_wrong_and_says_so(self, here: Town) -> None:
        grade, conflict = self.arrive(
            here, proof="dynamic_qr", payload="AJ1.x", position=self.NEAR, with_photo=True
        )
        assert grade == Grade.POSITION_AND_PHOTO
        assert conflict

    def test_takes_a_photo_near_the_door(self, here: Town) -> None:
        assert self.arrive(here, proof="photo", position=self.NEAR, with_photo=True) == (
            "position_and_photo",
            None,
        )

    def test_takes_no_photo_that_it_does_not_have_or_that_is_anothers(self, here: Town) -> None:
        another = here.nurse("别人")
        of_another_door = picture(here.visit(another, starts_at=at(14), ends_at=at(15)), by=another)

        for file_id in (str(uuid4()), of_another_door):
            visit = here.visit(nurse := here.nurse())
            say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=file_id))
            assert here.now(visit).grade == Grade.STATED

    def test_is_better_once_the_photo_has_come_that_it_named(self, here: Town) -> None:
        """As with little signal: the fact gets through, its photo an hour later."""
        visit, door = here.visit(nurse := here.nurse()), uuid4()
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=str(door)))
        before = here.now(visit).grade, self.open_misfits(here)

        picture(visit, by=nurse, file_id=door)

        assert before == (Grade.STATED, [Misfit.REASON_MISSING])
        assert (here.now(visit).grade, self.open_misfits(here)) == (Grade.POSITION_AND_PHOTO, [])
        assert here.now(visit).version > visit.version

    def test_is_no_better_for_a_photo_that_another_has_sent(self, here: Town) -> None:
        visit, door = here.visit(nurse := here.nurse()), uuid4()
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=str(door)))

        picture(visit, by=here.nurse("别人"), file_id=door)

        assert here.now(visit).grade == Grade.STATED

    def test_is_signed_once_the_signature_has_come(self, here: Town) -> None:
        visit, signature = here.visit(nurse := here.nurse()), uuid4()
        door = picture(visit, by=nurse)
        say(
            nurse,
            fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=door),
            fact(visit, "signed", by="resident", file_id=str(signature)),
            fact(visit, "done", record={"site": "左"}),
        )
        before = Misfit.SIGNATURE_MISSING in self.open_misfits(here)

        picture(visit, by=nurse, file_id=signature)

        assert before
        assert here.now(visit).grade == Grade.PHOTO_AND_SIGNATURE
        assert Misfit.SIGNATURE_MISSING not in self.open_misfits(here)

    def test_keeps_what_the_photo_proved_late_when_more_is_said(self, here: Town) -> None:
        visit, door = here.visit(nurse := here.nurse()), uuid4()
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=str(door)))
        picture(visit, by=nurse, file_id=door)

        say(nurse, fact(visit, "note", words="都好"))

        assert here.now(visit).grade == Grade.POSITION_AND_PHOTO

    def test_keeps_a_file_under_the_phones_own_id_once(self, here: Town) -> None:
        visit, door = here.visit(nurse := here.nurse()), uuid4()

        sent = [picture(visit, by=nurse, file_id=door) for _ in range(2)]

        assert sent == [str(door)] * 2
        with pytest.raises(FileIdTaken):
            picture(visit, by=nurse, file_id=door, content=PNG + b"another")
        stranger = town()
        with pytest.raises(FileIdTaken):
            picture(stranger.visit(theirs := stranger.nurse()), by=theirs, file_id=door)

    def open_misfits(self, here: Town) -> list[str]:
        open_ones: list[str] = here.look(
            lambda _: [one.misfit for one in Conflict.objects.filter(settled_at=None)]
        )
        return open_ones

    def test_is_better_with_her_signature(self, here: Town) -> None:
        visit = here.visit(nurse := here.nurse())
        door = picture(visit, by=nurse)
        say(nurse, fact(visit, "arrived", proof="photo", position=self.NEAR, file_id=door))

        say(nurse, fact(visit, "signed", by="resident"))
        without = here.now(visit).grade
        say(nurse, fact(visit, "signed", by="resident", file_id=picture(visit, by=nurse)))

        assert (without, here.now(visit).grade) == (Grade.POSITION_AND_PHOTO, Grade.PHOTO_AND_SIGNATURE)

    @pytest.mark.parametrize(
        ("said", "misses"),
        [
            ({"by": "resident"}, True),
            ({"by": "refused"}, True),
            ({"by": "refused", "reason": "手抖，不肯签"}, False),
        ],
    )
    def test_has_no_signature_where_nobody_signed(
        self, here: Town, said: dict[str, Any], misses: bool
    ) -> None:
        visit = here.visit(nurse := here.nurse())

        say(nurse, fact(visit, "signed", **said), fact(visit, "done", record={"site": "左"}))

        open_ones = here.look(lambda _: [one.misfit for one in Conflict.objects.filter(settled_at=None)])
        assert (Misfit.SIGNATURE_MISSING in open_ones) is misses

    def test_asks_for_a_reason_far_from_it_and_stops_nobody(self, here: Town) -> None:
        grade, conflict = self.arrive(here, proof="photo", position=self.FAR, with_photo=True)
        assert grade == Grade.STATED
        assert conflict

    def test_is_content_when_the_reason_comes(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        say(nurse, fact(visit, "arrived", proof="photo", position=self.FAR))
        say(nurse, fact(visit, "arrived", proof="photo", position=self.FAR, reason="地下室"))
        assert here.look(lambda _: Conflict.objects.filter(settled_at=None).count()) == 0

    def test_does_not_make_the_code_for_staff(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        with pytest.raises(NotFound):
            acting(here.desk, NOON).ask(door_code, Purpose.ACCESS, visit_id=visit.id, now=NOON)
