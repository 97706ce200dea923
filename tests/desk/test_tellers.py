"""Each new time of which nobody at home has heard is somebody's to tell: whoever moved it, or took it on since."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from anjia.desk.boards import NOT_TOLD, Page, Shown
from anjia.desk.queries import board_page
from anjia.dispatch.commands import move_booking, take_telling
from anjia.dispatch.models import TellingTaken
from anjia.dispatch.rules.telling import NothingToTell, TakenMeanwhile
from anjia.exceptions.commands import report_absence
from anjia.identity.commands import take_role
from anjia.identity.models import Membership, Organization
from anjia.identity.roles import permissions_of
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging import console as messaging
from anjia.messaging.models import Notification
from anjia.visits.arranging import Arranged
from anjia.visits.commands import rearrange
from tests import make
from tests.dispatch.make import booking
from tests.exceptions.make import dispatcher
from tests.identity import make as identity
from tests.make import NOON, deliver_events
from tests.pages import open_page
from tests.visits.make import Town, at, id_of, town
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")

LATER = NOON + timedelta(minutes=32)  # 12:32


@pytest.fixture
def here() -> Town:
    return town(organization_id=identity.house().id)


def somebody(here: Town, name: str, *, role: str = "dispatcher") -> Actor:
    account = identity.staff(Organization(id=here.organization_id), role_code=role, name=name)
    return Actor(user_id=account.id, organization_id=here.organization_id, permissions=permissions_of(role))


def moved(here: Town, *, by: Actor, hour: float = 14, name: str = "张桂芳") -> UUID:
    nurse = here.nurse()
    visit_id = booking(here, here.resident(name), nurse)
    acting(by, NOON).do(
        move_booking, visit_id=visit_id, starts_at=at(hour), staff_ids=[id_of(nurse)], why="路上不通"
    )
    deliver_events(here.desk, now=NOON)
    return visit_id


def board(by: Actor, **says: Any) -> Page:
    return acting(by, at(8)).ask(board_page, Purpose.CONTRACT, day=day_of(at(8)), now=at(8), **says)


def row(by: Actor, visit_id: UUID) -> Shown:
    [found] = [one for one in board(by, state=NOT_TOLD).rows if one.id == visit_id]
    return found


def words(by: Actor, visit_id: UUID) -> str:
    teller = row(by, visit_id).teller
    assert teller is not None
    return teller.words


def heard(here: Town) -> None:
    def reach(_: Any) -> int:
        return Notification.objects.filter(message__template="visit_moved").update(state="delivered")

    assert here.look(reach)


def takes(by: Actor, visit_id: UUID, *, seen: Actor | None, now: Any = LATER) -> None:
    acting(by, now).do(take_telling, visit_id=visit_id, seen=seen.user_id if seen else None)


class TestTeller:
    def test_is_whoever_moved_it_by_hand(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        visit_id = moved(here, by=tang)

        assert words(tang, visit_id) == "归您管"
        assert words(li, visit_id) == "归唐敏管"
        with override("en"):
            assert words(li, visit_id) == "唐敏 sees to it"

    def test_is_nobody_yet_where_no_hand_moved_it(self, here: Town) -> None:
        visit_id = moved(here, by=system(here.organization_id))

        assert words(somebody(here, "唐敏"), visit_id) == "还没有人管"

    def test_is_whoever_took_it_on_and_who_had_it_reads_so(self, here: Town) -> None:
        tang, li, wang = (somebody(here, name) for name in ("唐敏", "李静", "王芳"))
        visit_id = moved(here, by=tang)
        takes(li, visit_id, seen=tang)

        assert words(li, visit_id) == "归您管"
        assert words(tang, visit_id) == "归李静管"
        [to_tang, to_wang] = [row(one, visit_id).teller for one in (tang, wang)]
        assert to_tang
        assert to_tang.taken == "12:32 李静从您这里接过去的"
        assert to_wang
        assert to_wang.taken == "12:32 李静接过去的，原来归唐敏管"
        assert "dispatch.telling.taken_over" in workforce.actions(here.desk)

    def test_is_taken_only_from_whom_she_saw(self, here: Town) -> None:
        tang, li, wang = (somebody(here, name) for name in ("唐敏", "李静", "王芳"))
        visit_id = moved(here, by=tang)
        takes(li, visit_id, seen=tang)

        with pytest.raises(TakenMeanwhile, match="李静"):
            takes(wang, visit_id, seen=tang)
        assert words(wang, visit_id) == "归李静管"
        takes(wang, visit_id, seen=li)
        assert words(wang, visit_id) == "归您管"

    def test_is_one_of_two_who_take_it_at_once(self, here: Town) -> None:
        two = [somebody(here, "唐敏"), somebody(here, "李静")]
        visit_id = moved(here, by=system(here.organization_id))
        together = Barrier(2, timeout=30)

        def try_it(who: Actor) -> str:
            connection.ensure_connection()
            together.wait()
            try:
                takes(who, visit_id, seen=None)
            except TakenMeanwhile as refusal:
                return refusal.detail
            finally:
                connections.close_all()
            return "won"

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(try_it, two))

        [lost] = [one for one in said if one != "won"]
        winner = two[said.index("won")]
        assert words(winner, visit_id) == "归您管"
        assert ("唐敏" if winner is two[0] else "李静") in lost

    def test_stays_hers_when_she_presses_twice(self, here: Town) -> None:
        tang = somebody(here, "唐敏")
        visit_id = moved(here, by=system(here.organization_id))
        for _ in range(2):
            takes(tang, visit_id, seen=None)

        assert here.look(lambda _: TellingTaken.objects.filter(visit_id=visit_id).count()) == 1

    def test_is_whoever_moved_it_last(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        visit_id = moved(here, by=tang)
        takes(tang, visit_id, seen=tang)
        again = NOON + timedelta(hours=1)
        acting(li, again).do(
            move_booking, visit_id=visit_id, starts_at=at(15), staff_ids=[id_of(here.nurse("乙"))], why="再改"
        )
        deliver_events(here.desk, now=again)

        assert words(tang, visit_id) == "归李静管"

    def test_is_nobody_when_her_role_is_taken(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        visit_id = moved(here, by=tang)
        held = here.look(lambda _: Membership.objects.get(account_id=tang.user_id, taken_at=None))
        acting(system(here.organization_id), NOON).do(take_role, membership_id=held.id, knowingly=True)

        assert words(li, visit_id) == "还没有人管（原来归唐敏，现在管不了）"
        takes(li, visit_id, seen=None)
        assert words(li, visit_id) == "归您管"

    def test_is_nobody_while_she_is_on_leave_on_the_day_of_the_visit(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        her = workforce.staff(of=here.desk, name="唐敏", account_id=tang.user_id)
        visit_id = moved(here, by=tang)
        assert words(li, visit_id) == "归唐敏管"
        workforce.leave(of=here.desk, staff_id=her.id, first=day_of(at(8)))

        assert words(li, visit_id).startswith("还没有人管")

    def test_is_nobody_where_who_moved_it_may_not_ring(self, here: Town) -> None:
        visit_id = moved(here, by=here.desk)  # holds no role in the house

        assert words(somebody(here, "唐敏"), visit_id) == "还没有人管"

    def test_is_whoever_changed_the_day_by_hand(self, here: Town) -> None:
        """A published plan is written by the same command."""
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        visit = here.visit(here.nurse(), starts_at=at(10), ends_at=at(10.5))
        [one] = here.crew(visit)
        arranged = Arranged(
            visit_id=visit.id, part=1, staff_id=one.staff_id, starts_at=at(13), ends_at=at(13.5), why="再改"
        )
        acting(tang, NOON).do(rearrange, arranged=[arranged])
        deliver_events(here.desk, now=NOON)

        assert words(li, visit.id) == "归唐敏管"

    def test_is_asked_for_no_more_once_they_know(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        visit_id = moved(here, by=tang)
        heard(here)

        with pytest.raises(NothingToTell):
            takes(li, visit_id, seen=tang)

    def test_is_none_of_who_may_not_ring_nor_of_other_houses(self, here: Town) -> None:
        visit_id = moved(here, by=somebody(here, "唐敏"))
        with pytest.raises(NotAllowed):
            takes(somebody(here, "李秋萍", role="nurse"), visit_id, seen=None)
        with pytest.raises(NotFound):
            takes(make.actor("messaging.call", "visits.read"), visit_id, seen=None)
        with pytest.raises(NotFound):
            takes(somebody(here, "李静"), uuid4(), seen=None)


class TestBoard:
    def test_begins_with_what_is_the_readers_to_tell(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        early = moved(here, by=li, hour=13)
        late = moved(here, by=tang, hour=15, name="王秀英")

        assert [one.id for one in board(tang).first] == [late, early]
        assert [one.id for one in board(li).first] == [early, late]

    def test_asks_as_much_for_many_as_for_one(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        counts = []
        for hour, name in ((13, "张桂芳"), (14, "王秀英"), (15, "陈英"), (16, "白兰")):
            takes(li, moved(here, by=tang, hour=hour, name=name), seen=tang)
            with CaptureQueriesContext(connection) as asked:
                board(tang)
            counts.append(len(asked))
        assert counts[0] == counts[-1]

    def test_puts_first_whose_caregiver_cannot_come(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse, starts_at=at(15), ends_at=at(15.5))
        other = here.visit(here.nurse("王芳"), starts_at=at(10), ends_at=at(10.5))
        tang = somebody(here, "唐敏")
        assert [one.id for one in board(tang).first] == []
        acting(dispatcher(here), at(7)).do(
            report_absence, staff_id=id_of(nurse), form={"cause": "ill", "days": 1}
        )

        found = board(tang)
        assert [one.id for one in found.first] == [visit.id]
        assert [one.id for one in found.rows] == [other.id]


class TestPage:
    def test_names_the_visit_and_whose_it_is_and_lets_her_take_it(self, here: Town) -> None:
        tang, li = somebody(here, "唐敏"), somebody(here, "李静")
        visit_id = moved(here, by=tang)
        # The pages ask by the clock of today, for which the visit is over: what names it is there all the same.
        page = open_page(messaging.told, li, visit_id=visit_id)

        assert "张桂芳" in page.partition("about-title")[2]
        assert "<b>3月3日 14:00</b>" in page
        assert "<s>3月3日 " in page

    def test_says_titles_of_ours_in_the_readers_language(self, here: Town) -> None:
        visit_id = moved(here, by=somebody(here, "唐敏"))
        li = somebody(here, "李静")
        with override("en"):
            page = open_page(messaging.told, li, visit_id=visit_id)
        assert "Home visit moved" in page
        assert "上门改时间了" not in page
        assert "上门改时间了" in open_page(messaging.told, li, visit_id=visit_id)
