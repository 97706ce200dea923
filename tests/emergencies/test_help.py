from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from anjia.emergencies import commands, queries
from anjia.emergencies.rules.cases import (
    AlreadyTaken,
    CaseIsClosed,
    CaseUnsound,
    NotTaken,
    SomebodyElsesCase,
)
from anjia.kernel.access import readers_of
from anjia.kernel.actors import Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Call, Message
from anjia.records.commands import record_readings
from anjia.residents.rules import OnlySheDecides
from tests.emergencies.make import SOON, House, house
from tests.identity import make as identity
from tests.make import NOON
from tests.residents import make as residents

MINUTE = timedelta(minutes=1)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do these at the same time, each on a connection of its own; return what came of each."""

    def one(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


class TestHelp:
    def test_says_no_more_than_that_it_was_sent_while_nobody_has_seen_it(self, here: House) -> None:
        case = here.press()

        said = here.on_phone(case)

        assert (said.stands, said.attended, said.taker) == ("sent", False, "")

    def test_has_been_seen_once_it_came_up_on_a_screen(self, here: House) -> None:
        case = here.press()

        assert here.watch(now=SOON) == [case.id]

        assert (here.on_phone(case).stands, here.on_phone(case).attended) == ("seen", True)

    def test_names_who_has_taken_it_and_when(self, here: House) -> None:
        case = here.press()
        here.take(case)

        said = here.on_phone(case)

        assert (said.stands, said.taker, said.taken_at) == ("taken", "何晓", SOON)

    def test_is_nobodys_on_a_screen_that_was_left_on_overnight(self, here: House) -> None:
        night = NOON + timedelta(hours=10)  # ten in the evening; the desk is there until six
        here.watch(now=night)
        case = here.press(now=night)

        assert here.watch(now=night + MINUTE) == []
        said = here.on_phone(case, now=night + MINUTE)
        assert (said.stands, said.attended) == ("sent", False)

    def test_is_not_heard_by_whoever_has_gone_two_minutes_ago(self, here: House) -> None:
        here.watch(now=NOON - 2 * MINUTE)

        assert not here.press().was_attended

    @pytest.mark.parametrize("says", [{"hears": False}, {"is_visible": False}])
    def test_is_heard_by_nobody_whose_page_is_silent_or_hidden(
        self, here: House, says: dict[str, Any]
    ) -> None:
        here.watch(**says)
        case = here.press()

        assert not case.was_attended
        assert case.calls_at == NOON  # who manages is told at once
        assert here.watch(now=SOON, **says) == []
        assert (here.on_phone(case).stands, here.on_phone(case).attended) == ("sent", False)

    def test_is_heard_while_another_window_of_hers_can_be_seen(self, here: House) -> None:
        here.watch()
        here.watch(now=SOON, is_visible=False)

        assert here.press(now=SOON).was_attended
        here.watch(now=NOON + MINUTE, is_visible=False)
        assert (
            not acting(here.she, NOON + MINUTE)
            .ask(queries.help_shown, Purpose.VITAL, now=NOON + MINUTE)
            .attended
        )

    def test_comes_with_her_address(self, here: House) -> None:
        here.press()

        [shown] = here.on_board()

        assert (shown.who, shown.case.place) == ("张桂芳", "和平里七区12号楼3单元201")
        assert (shown.waited_seconds, shown.case.rings) == (5, True)

    def test_comes_with_the_phones_position_where_it_may_tell(self, here: House) -> None:
        case = here.press(position={"latitude": 30.27, "longitude": 112.15, "accuracy_m": 20})

        assert here.on_board()[0].case.position == case.position

    def test_pressed_twice_is_one_case(self, here: House) -> None:
        first, second = here.press(), here.press(now=SOON)

        assert first.id == second.id
        assert here.course(first) == ["pressed", "again"]

    def test_pressed_by_two_at_the_same_time_is_one_case(self, here: House) -> None:
        daughter = residents.holder("emergencies.call", of=here.resident)

        found = at_once(lambda: here.press(), lambda: here.press(daughter))

        assert len({case.id for case in found}) == 1
        assert len(here.cases()) == 1

    def test_sent_again_by_the_same_phone_was_pressed_once(self, here: House) -> None:
        client_id = uuid4()
        here.press(client_id=client_id)

        case = here.press(client_id=client_id, now=SOON)

        assert here.course(case) == ["pressed"]

    def test_rings_again_when_she_presses_after_somebody_has_taken_it(self, here: House) -> None:
        case = here.press()
        here.take(case)
        assert not here.on_board()[0].case.rings

        here.press(now=SOON + MINUTE)

        assert here.on_board()[0].case.rings

    def test_without_signal_comes_late_with_its_own_time(self, here: House) -> None:
        case = here.press(now=NOON, pressed_at=NOON - timedelta(hours=2))

        assert (case.is_late, case.pressed_at, case.received_at) == (True, NOON - timedelta(hours=2), NOON)

    @pytest.mark.parametrize("ahead", [timedelta(days=400), timedelta(seconds=30)])
    def test_is_refused_for_no_clock(self, here: House, ahead: timedelta) -> None:
        assert here.press(pressed_at=NOON + ahead).pressed_at == NOON

    def test_is_for_the_one_she_acts_for(self, here: House) -> None:
        daughter = residents.holder("emergencies.call", of=here.resident)

        assert here.press(daughter).resident_id == here.resident.id

    def test_is_not_for_whoever_acts_for_nobody(self, here: House) -> None:
        with pytest.raises(NotAllowed):
            here.press(here.desk)

    def test_is_not_shown_to_another_institution(self, here: House) -> None:
        case, elsewhere = here.press(), house()

        assert elsewhere.on_board() == []
        with pytest.raises(NotFound):
            here.take(case, elsewhere.desk)
        with pytest.raises(NotFound):
            here.on_phone(case, elsewhere.she)

    def test_is_not_shown_to_a_neighbour(self, here: House) -> None:
        case = here.press()
        neighbour = here.town.resident(name="王桂兰")

        with pytest.raises(NotFound):
            here.on_phone(case, residents.holder("emergencies.call", of=neighbour, relation="self"))


class TestTaking:
    def test_has_one_winner(self, here: House) -> None:
        case = here.press()

        found = at_once(lambda: here.take(case, here.desk), lambda: here.take(case, here.dispatcher))

        refused = [one for one in found if isinstance(one, AlreadyTaken)]
        [winner] = [one for one in found if not isinstance(one, Exception)]
        assert len(refused) == 1
        assert winner.taker in refused[0].detail
        assert here.course(case).count("taken") == 1

    def test_by_herself_again_changes_nothing(self, here: House) -> None:
        case = here.press()
        here.take(case)

        assert here.take(case, now=SOON + MINUTE).taken_at == SOON

    def test_of_what_is_over_is_refused(self, here: House) -> None:
        case = here.press()
        here.take(case)
        acting(here.desk, SOON).do(commands.close_case, case_id=case.id, outcome="false_alarm")

        with pytest.raises(CaseIsClosed):
            here.take(case, here.dispatcher)

    def test_given_back_rings_for_the_others(self, here: House) -> None:
        case = here.press()
        here.take(case)
        acting(here.desk, SOON).do(commands.hand_case_back, case_id=case.id, words="要去开门")

        assert here.on_board(here.dispatcher)[0].case.rings
        assert here.take(case, here.dispatcher).taker == "郑调度"


class TestCase:
    def test_is_closed_by_who_has_it_with_what_came_of_it(self, here: House) -> None:
        case = here.press()
        with pytest.raises(NotTaken):
            acting(here.desk, SOON).do(commands.close_case, case_id=case.id, outcome="by_phone")
        here.take(case)
        with pytest.raises(SomebodyElsesCase):
            acting(here.dispatcher, SOON).do(commands.close_case, case_id=case.id, outcome="by_phone")

        closed = acting(here.desk, SOON).do(commands.close_case, case_id=case.id, outcome="by_phone")

        assert (closed.outcome, closed.rings, here.on_phone(case).stands) == ("by_phone", False, "closed")

    @pytest.mark.parametrize("outcome", ["", "x", "cleared", "other", "not_reached"])
    def test_wants_an_outcome_that_a_person_can_answer_for(self, here: House, outcome: str) -> None:
        case = here.press()
        here.take(case)

        with pytest.raises(CaseUnsound):
            acting(here.desk, SOON).do(commands.close_case, case_id=case.id, outcome=outcome)

    @pytest.mark.parametrize("words", ["", "  ", "字" * 1001])
    def test_keeps_no_empty_and_no_endless_note(self, here: House, words: str) -> None:
        case = here.press()
        here.take(case)

        with pytest.raises(CaseUnsound):
            acting(here.desk, SOON).do(commands.note_in_case, case_id=case.id, words=words)

    def test_keeps_what_was_said_and_done_also_afterwards(self, here: House) -> None:
        case = here.press()
        here.take(case)
        unit = acting(here.desk, SOON)
        unit.do(commands.note_in_case, case_id=case.id, words="头晕，坐着")
        unit.do(commands.note_in_case, case_id=case.id, words="叫了 120", is_deed=True)
        unit.do(commands.close_case, case_id=case.id, outcome="ambulance")
        unit.do(commands.note_in_case, case_id=case.id, words="女儿回了电话")

        assert here.course(case) == ["pressed", "taken", "noted", "done", "closed", "noted"]

    def test_closed_makes_room_for_another(self, here: House) -> None:
        case = here.press()
        here.take(case)
        acting(here.desk, SOON).do(commands.close_case, case_id=case.id, outcome="false_alarm")

        assert here.press(now=SOON + MINUTE).id != case.id


class TestReadings:
    @pytest.fixture
    def case_id(self, here: House) -> Any:
        reading = {
            "code": "8480-6",
            "value": 197,
            "unit": "mm[Hg]",
            "at": NOON - timedelta(hours=1),
            "source": "self",
        }
        acting(system(here.id), NOON).do(record_readings, resident_id=here.resident.id, readings=[reading])
        return here.press().id

    def look(self, here: House, case_id: Any, who: Any) -> list[str]:
        found = acting(who, SOON).ask(queries.case_page, Purpose.VITAL, case_id=case_id, now=SOON)
        return [one.value for one in found.shown.readings]

    def test_are_shown_to_who_has_the_case_in_hand_and_to_nobody_else(
        self, here: House, case_id: Any
    ) -> None:
        assert self.look(here, case_id, here.desk) == []

        acting(here.desk, SOON).do(commands.take_case, case_id=case_id)

        assert self.look(here, case_id, here.desk) == ["197 mmHg"]
        assert self.look(here, case_id, here.dispatcher) == []

    def test_are_no_more_shown_when_it_is_over(self, here: House, case_id: Any) -> None:
        acting(here.desk, SOON).do(commands.take_case, case_id=case_id)
        acting(here.desk, SOON).do(commands.close_case, case_id=case_id, outcome="by_phone")

        assert self.look(here, case_id, here.desk) == []

    def test_are_read_for_her_life_and_she_sees_by_whom(self, here: House, case_id: Any) -> None:
        acting(here.desk, SOON).do(commands.take_case, case_id=case_id)
        self.look(here, case_id, here.desk)

        seen = acting(here.she, SOON).ask(readers_of, Purpose.ACCESS, resident_id=here.resident.id)

        assert [(one.actor_id, one.purpose, one.what) for one in seen.items] == [
            (here.desk.user_id, "vital", "records.latest")
        ]


class TestUnanswered:
    def due(self, here: House, now: Any) -> list[Any]:
        found = acting(system(), now).ask(queries.unanswered_cases, Purpose.VITAL, now=now)
        return [case_id for house_id, case_id in found if house_id == here.id]

    def messages(self, here: House) -> list[str]:
        def read(_: Any) -> list[str]:
            rows = Message.objects.filter(organization_id=here.id, template="case_unanswered")
            return [str(row.party_id) for row in rows]

        return acting(system(here.id), NOON).ask(read)

    def test_goes_to_who_manages_after_the_time_that_the_house_has_set(self, here: House) -> None:
        here.watch()
        case = here.press()
        assert self.due(here, NOON + timedelta(seconds=59)) == []

        assert self.due(here, NOON + MINUTE) == [case.id]
        acting(system(here.id), NOON + MINUTE).do(commands.say_unanswered, case_id=case.id)

        assert self.messages(here) == [str(here.dispatcher.user_id)]
        assert here.course(case) == ["pressed", "unanswered"]

    def test_goes_there_at_once_where_nobody_listens(self, here: House) -> None:
        case = here.press()

        assert self.due(here, NOON) == [case.id]

    def test_ends_on_todays_call_list_where_no_other_way_reaches_her(self, here: House) -> None:
        case = here.press()
        acting(system(here.id), NOON).do(commands.say_unanswered, case_id=case.id)

        calls = acting(system(here.id), NOON).ask(
            lambda _: list(Call.objects.filter(organization_id=here.id))
        )
        assert [call.party_id for call in calls] == [here.dispatcher.user_id]

    def test_comes_again_and_not_for_ever(self, here: House) -> None:
        case, now = here.press(), NOON
        for _round in range(20):
            if self.due(here, now):
                acting(system(here.id), now).do(commands.say_unanswered, case_id=case.id)
            now += MINUTE

        assert here.course(case).count("unanswered") == 5

    def test_says_nothing_of_what_was_taken_meanwhile(self, here: House) -> None:
        case = here.press()
        here.take(case)

        assert not acting(system(here.id), SOON).do(commands.say_unanswered, case_id=case.id)
        assert self.messages(here) == []


class TestFamily:
    @pytest.fixture
    def daughter(self, here: House) -> Any:
        account = identity.person(here.founded)
        return residents.holder("emergencies.call", of=here.resident, account_id=account.id)

    def told(self, here: House) -> list[tuple[str, str]]:
        def read(_: Any) -> list[tuple[str, str]]:
            rows = Message.objects.filter(organization_id=here.id, template__in=["help_called", "help_taken"])
            return [(row.template, str(row.party_id)) for row in rows.order_by("at", "template")]

        return acting(system(here.id), NOON).ask(read)

    def wish(self, here: House, who: Any, tells: bool) -> None:
        acting(who, NOON).do(commands.set_wish, tells_family=tells)

    def test_hears_nothing_unless_she_wishes_so(self, here: House, daughter: Any) -> None:
        here.press()
        here.hear()

        assert self.told(here) == []

    def test_hears_of_it_and_who_has_it_if_she_wishes_so(self, here: House, daughter: Any) -> None:
        herself = residents.holder("emergencies.call", of=here.resident, relation="self")
        self.wish(here, herself, True)
        case = here.press(herself)
        here.hear()
        here.take(case)
        here.hear(now=SOON)

        her = str(daughter.user_id)
        assert self.told(here) == [("help_called", her), ("help_taken", her)]

    def test_is_not_told_what_she_has_pressed_herself(self, here: House, daughter: Any) -> None:
        herself = residents.holder("emergencies.call", of=here.resident, relation="self")
        self.wish(here, herself, True)
        here.press(daughter)
        here.hear()

        assert self.told(here) == []

    def test_does_not_decide_it(self, here: House, daughter: Any) -> None:
        with pytest.raises(OnlySheDecides):
            self.wish(here, daughter, True)
