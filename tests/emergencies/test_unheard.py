"""Whoever changes roles hears before that nobody would hear calls for help."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from anjia.emergencies.commands import set_house
from anjia.emergencies.hearing import house_of
from anjia.emergencies.models import HouseRules
from anjia.identity import commands
from anjia.identity.commands import start_session
from anjia.identity.queries import account_page, roles, who_may
from anjia.identity.roles import permissions_of
from anjia.identity.rules import OWN_ACCOUNT, NobodyHears
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.work import acting
from anjia.workforce import commands as workforce
from tests.emergencies.make import House
from tests.identity import make as identity
from tests.identity.looking import audited
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


def clerk(here: House, *more: str) -> Actor:
    """Return somebody who manages accounts, and takes no calls herself."""
    held = {"identity.manage", *more}
    by = acting(system(here.id), NOON)
    role = by.do(commands.add_role, name="管账号", permissions=held)
    account = identity.staff(here.founded, role_code=None, name="吴人事")
    by.do(commands.give_role, account_id=account.id, organization_id=here.id, role_code=role.code)
    return Actor(user_id=account.id, organization_id=here.id, permissions=frozenset(held) | {OWN_ACCOUNT})


def take(chief: Actor, whose: Actor, **said: Any) -> None:
    page = acting(chief, NOON).ask(account_page, Purpose.LEGAL, account_id=whose.user_id, now=NOON)
    acting(chief, NOON).do(commands.take_role, membership_id=page.roles[0].membership_id, **said)


def takers(here: House) -> set[UUID]:
    return set(acting(system(here.id), NOON).ask(who_may, Purpose.LEGAL, permission="emergencies.take"))


class TestTakingARole:
    def test_of_the_last_who_may_take_calls_says_so_with_the_hours_and_changes_nothing(
        self, here: House
    ) -> None:
        chief = clerk(here)
        take(chief, here.desk)  # the dispatcher is left, and may take them too

        with pytest.raises(NobodyHears) as refusal:
            take(chief, here.dispatcher)

        said = str(refusal.value)
        assert "没有人能接居民的求助" in said
        assert "没有人能接护士的求助" in said
        assert said.count("每天 08:00–18:00") == 2
        assert "请拨打 120" in said
        assert takers(here) == {here.dispatcher.user_id}

    def test_goes_on_for_whoever_says_that_she_knows_and_is_written_down(self, here: House) -> None:
        chief = clerk(here)
        take(chief, here.desk)

        take(chief, here.dispatcher, knowingly=True)

        assert takers(here) == set()
        assert "identity.role.unheard" in audited(chief, here.id)

    def test_names_the_days_and_hours_that_the_house_has_set(self, here: House) -> None:
        said = {
            "first_number": "999",
            "opens_at": "09:00",
            "closes_at": "17:30",
            "unanswered_seconds": "60",
            "overdue_minutes": "30",
            "answer_minutes": "10",
        }
        acting(system(here.id), NOON).do(set_house, said=said, weekdays=[2, 0], knowingly=True)
        chief = clerk(here)
        take(chief, here.desk)

        with pytest.raises(NobodyHears) as refusal:
            take(chief, here.dispatcher)

        assert "周一、周三 09:00–17:30" in str(refusal.value)
        assert "请拨打 999" in str(refusal.value)

    def test_says_so_where_those_who_still_may_have_not_been_on_duty_lately(self, here: House) -> None:
        here.watch(here.desk, now=NOON - timedelta(days=13))
        here.watch(here.dispatcher, now=NOON - timedelta(days=15))
        here.watch(here.dispatcher, now=NOON - timedelta(days=1), is_visible=False)

        with pytest.raises(NobodyHears) as refusal:
            take(clerk(here), here.desk)

        assert "只剩 郑调度" in str(refusal.value)
        assert "护士" not in str(refusal.value)  # nobody has listened for those before, either

    def test_says_nothing_where_somebody_else_is_on_duty(self, here: House) -> None:
        here.watch(here.desk, now=NOON - timedelta(days=1))
        here.watch(here.dispatcher, now=NOON - timedelta(days=2))

        take(clerk(here), here.desk)

        assert takers(here) == {here.dispatcher.user_id}

    def test_that_has_nothing_to_do_with_calls_says_nothing_though_nobody_hears_them(
        self, here: House
    ) -> None:
        chief = clerk(here)
        for whose in (here.desk, here.dispatcher):
            take(chief, whose, knowingly=True)
        nurse = identity.staff(here.founded, role_code="nurse")

        take(chief, identity.actor_of(nurse))

        assert audited(chief, here.id).count("identity.role.unheard") == 1


class TestOtherWays:
    def test_a_changed_role_says_so_before(self, here: House) -> None:
        chief = clerk(here)
        take(chief, here.desk)
        found = acting(chief, NOON).ask(roles, Purpose.LEGAL)
        role = next(one for one in found if one.code == "dispatcher")
        narrower: dict[str, Any] = {"role_id": role.id, "name": "调度员", "permissions": ["dispatch.read"]}

        with pytest.raises(NobodyHears):
            acting(chief, NOON).do(commands.change_role, **narrower)
        assert takers(here) == {here.dispatcher.user_id}
        acting(chief, NOON).do(commands.change_role, **narrower, knowingly=True)

        assert takers(here) == set()

    def test_a_closed_account_says_so_before(self, here: House) -> None:
        chief = clerk(here)
        take(chief, here.desk)

        with pytest.raises(NobodyHears):
            acting(chief, NOON).do(commands.close_account, account_id=here.dispatcher.user_id)

        assert takers(here) == {here.dispatcher.user_id}

    def test_a_last_day_says_so_before(self, here: House) -> None:
        chief = clerk(here, "workforce.change", "workforce.read")
        take(chief, here.desk)
        leaver = here.town.nurse()
        assert leaver.staff_id
        acting(chief, NOON).do(
            workforce.link_account, staff_id=leaver.staff_id, account_id=here.dispatcher.user_id
        )
        last: dict[str, Any] = {"staff_id": leaver.staff_id, "last_day": (NOON + timedelta(days=30)).date()}

        with pytest.raises(NobodyHears):
            acting(chief, NOON).do(workforce.set_last_day, **last)
        acting(chief, NOON).do(workforce.set_last_day, **last, knowingly=True)


class TestPages:
    def browser(self, account_id: UUID) -> Client:
        by = acting(system(), timezone.now())
        entry = by.do(start_session, account_id=account_id, end="console", way="card")
        browser = Client()
        browser.cookies["anjia_session"] = entry.token
        return browser

    def test_of_a_person_warns_and_offers_to_go_on(self, here: House) -> None:
        chief = clerk(here)
        take(chief, here.desk)
        browser = self.browser(chief.user_id)
        page = acting(chief, NOON).ask(
            account_page, Purpose.LEGAL, account_id=here.dispatcher.user_id, now=NOON
        )
        url = f"/console/identity/users/{here.dispatcher.user_id}/roles/{page.roles[0].membership_id}/take"

        warned = browser.post(url)
        shown = warned.content.decode()
        assert warned.status_code == 409
        assert "没有人能接居民的求助" in shown
        assert "知道了，还是这样做" in shown
        assert takers(here) == {here.dispatcher.user_id}

        assert browser.post(url, {"knowingly": "1"}).status_code == 303
        assert takers(here) == set()

    def test_of_a_role_warns_and_keeps_what_was_ticked(self, here: House) -> None:
        chief = clerk(here)
        take(chief, here.desk)
        browser = self.browser(chief.user_id)
        found = acting(chief, NOON).ask(roles, Purpose.LEGAL)
        role = next(one for one in found if one.code == "dispatcher")
        url = f"/console/identity/roles/{role.id}/"
        form = {"name": "调度员", "permissions": sorted(permissions_of("dispatcher") - {"emergencies.take"})}

        warned = browser.post(url, form)
        shown = warned.content.decode()
        assert warned.status_code == 409
        assert "没有人能接居民的求助" in shown
        assert 'name="knowingly"' in shown
        assert 'value="emergencies.take">' in shown
        assert 'value="emergencies.supervise" checked>' in shown

        assert browser.post(url, form | {"knowingly": "1"}).status_code == 303
        assert takers(here) == set()


class TestHoursThatAreGivenUp:
    SAID: ClassVar[dict[str, str]] = {
        "first_number": "120",
        "opens_at": "08:00",
        "closes_at": "18:00",
        "unanswered_seconds": "60",
        "overdue_minutes": "30",
        "answer_minutes": "10",
    }

    def set(self, here: House, *, weekdays: Iterable[int] = range(7), **said: Any) -> HouseRules:
        knowingly = said.pop("knowingly", False)
        return acting(system(here.id), NOON).do(
            set_house, said=self.SAID | said, weekdays=weekdays, knowingly=knowingly
        )

    def test_are_said_before_it_is_done(self, here: House) -> None:
        with pytest.raises(NobodyHears) as refusal:
            self.set(here, closes_at="17:00", weekdays=range(5))

        assert "周一、周二、周三、周四、周五 17:00–18:00；周六、周日 08:00–18:00 不再值守" in str(
            refusal.value
        )
        assert "请拨打 120" in str(refusal.value)
        assert self.hours(here) == "08:00–18:00"

    def test_are_given_up_by_whoever_says_that_she_knows_and_that_is_written_down(self, here: House) -> None:
        self.set(here, closes_at="17:00", knowingly=True)

        assert self.hours(here) == "08:00–17:00"
        assert "emergencies.house.unheard" in audited(clerk(here), here.id)

    @pytest.mark.parametrize(
        ("opens_at", "closes_at"),
        [("08:00", "18:00"), ("07:00", "19:00"), ("00:00", "00:00"), ("08:00", "07:59")],
    )
    def test_are_none_where_somebody_is_there_as_long_as_before(
        self, here: House, opens_at: str, closes_at: str
    ) -> None:
        self.set(here, opens_at=opens_at, closes_at=closes_at)
        assert self.hours(here) in {f"{opens_at}–{closes_at}", "24 h"}

    def test_are_counted_past_midnight(self, here: House) -> None:
        self.set(here, opens_at="00:00", closes_at="00:00")
        with pytest.raises(NobodyHears) as refusal:
            self.set(here, opens_at="20:00", closes_at="08:00")
        assert "每天 08:00–20:00" in str(refusal.value)
        with pytest.raises(NobodyHears) as refusal:
            self.set(here, opens_at="20:00", closes_at="08:00", weekdays=[0])
        assert "周一 00:00–20:00；周二 08:00–24:00" in str(refusal.value)

    def hours(self, here: House) -> str:
        return acting(system(here.id), NOON).ask(house_of).hours
