"""Those who work here: taken on, changed, leaving."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from anjia.identity.rules import LastAdministrator, NotAMember
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.workforce import commands
from anjia.workforce.queries import get_staff_member
from anjia.workforce.rules import (
    StaffInvalid,
)
from tests import make
from tests.identity import make as identity
from tests.make import NOON
from tests.workforce.make import MONDAY, actions, sheet, staff, told

pytestmark = pytest.mark.usefixtures("database")


class TestRegisterStaffMember:
    def test_keeps_what_was_said_and_says_who_did_it(self, manager: Actor) -> None:
        member = acting(manager, NOON).do(
            commands.register_staff_member, name="李秀兰", kind="nurse", title="护师", phone="138 0013 8000"
        )

        found = acting(manager, NOON).ask(get_staff_member, Purpose.CONTRACT, staff_id=member.id)
        assert (found.name, found.phone, found.pinyin) == ("李秀兰", "13800138000", "li xiu lan")
        assert actions(manager) == ["workforce.staff.registered"]
        assert told(manager) == ["workforce.StaffRegistered"]

    def test_keeps_phone_and_place_unreadable_in_the_database(self, manager: Actor) -> None:
        member = staff(of=manager)

        def raw(actor: Actor) -> tuple[bytes, bytes, bytes]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT phone, base, phone_index FROM workforce_staffmember WHERE id = %s", [member.id]
                )
                phone, base, index = cursor.fetchone()
                return bytes(phone), bytes(base), bytes(index)

        phone, base, index = acting(manager, NOON).ask(raw)
        assert b"13800138000" not in phone
        assert b"31.23" not in base
        assert len(index) == 16

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": "  "}, "name"),
            ({"kind": "wizard"}, "kind"),
            ({"title": "主治医师"}, "title"),
            ({"phone": "123"}, "phone"),
        ],
    )
    def test_refuses_by_field(self, manager: Actor, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(StaffInvalid) as refusal:
            staff(of=manager, **changes)

        assert field in refusal.value.fields

    def test_refuses_a_number_that_somebody_has(self, manager: Actor) -> None:
        staff(of=manager, number="N001")

        with pytest.raises(StaffInvalid) as refusal:
            staff(of=manager, number="N001", name="王芳")

        assert list(refusal.value.fields) == ["number"]
        staff(of=make.actor(), number="N001")  # another institution counts for itself

    def test_refuses_who_may_not(self) -> None:
        with pytest.raises(NotAllowed):
            acting(make.actor("workforce.read"), NOON).do(
                commands.register_staff_member, name="李秀兰", kind="nurse"
            )


class TestChangeStaffMember:
    def test_changes_what_is_said_and_leaves_the_rest(self, manager: Actor) -> None:
        member = staff(of=manager)

        changed = acting(manager, NOON).do(
            commands.change_staff_member, staff_id=member.id, name="李秀岚", title="主管护师"
        )

        assert (changed.name, changed.title, changed.phone) == ("李秀岚", "主管护师", "13800138000")
        assert changed.base == {"lat": 31.2304, "lon": 121.4737}

    def test_does_not_say_that_another_institutions_member_exists(self, manager: Actor) -> None:
        stranger = staff(of=make.actor())

        with pytest.raises(NotFound):
            acting(manager, NOON).do(commands.change_staff_member, staff_id=stranger.id, name="x")

    def test_gives_an_account_to_one_member_only(self, manager: Actor) -> None:
        account_id = uuid4()
        first, second = staff(of=manager), staff(of=manager)
        acting(manager, NOON).do(commands.link_account, staff_id=first.id, account_id=account_id)

        with pytest.raises(StaffInvalid):
            acting(manager, NOON).do(commands.link_account, staff_id=second.id, account_id=account_id)


class TestSetArea:
    def test_draws_a_circle_round_where_she_starts(self, manager: Actor) -> None:
        member = staff(of=manager)
        everywhere = sheet(of=manager, staff_id=member.id).cells

        acting(manager, NOON).do(commands.set_area, staff_id=member.id, radius_km=3)

        cells = sheet(of=manager, staff_id=member.id).cells
        assert everywhere is None
        assert cells is not None
        assert member.base_cell in cells
        assert 30 < len(cells) < 50  # 28 km² of cells of 0.74 km²

    def test_with_neither_lets_her_go_anywhere_again(self, manager: Actor) -> None:
        member = staff(of=manager)
        acting(manager, NOON).do(commands.set_area, staff_id=member.id, cells=[])
        nowhere = sheet(of=manager, staff_id=member.id).cells

        acting(manager, NOON).do(commands.set_area, staff_id=member.id)

        assert (nowhere, sheet(of=manager, staff_id=member.id).cells) == (frozenset(), None)

    def test_asks_where_she_starts(self, manager: Actor) -> None:
        with pytest.raises(StaffInvalid):
            acting(manager, NOON).do(
                commands.set_area, staff_id=staff(of=manager, base=None).id, radius_km=3
            )  # fmt: skip


class TestSetLastDay:
    def test_keeps_her_out_when_the_day_is_over_and_not_before(self) -> None:
        house = identity.house()
        account = identity.staff(house, role_code="nurse")
        boss = make.actor("workforce.change", organization_id=house.id)
        member = staff(of=boss, account_id=account.id)
        phone = identity.session(account)

        acting(boss, NOON).do(commands.set_last_day, staff_id=member.id, last_day=MONDAY)
        midnight = day_bounds(MONDAY)[1]
        make.deliver_events(boss, now=midnight - timedelta(seconds=1))
        on_her_last_day = is_let_in(phone.token)
        make.deliver_events(boss, now=midnight)

        assert on_her_last_day
        assert not is_let_in(phone.token)
        with pytest.raises(NotAMember):
            identity.session(account)

    def test_lets_who_stays_on_after_all_stay_in(self) -> None:
        house = identity.house()
        account = identity.staff(house, role_code="nurse")
        boss = make.actor("workforce.change", organization_id=house.id)
        member = staff(of=boss, account_id=account.id)

        for day in (MONDAY, None):
            acting(boss, NOON).do(commands.set_last_day, staff_id=member.id, last_day=day)
        make.deliver_events(boss)

        assert is_let_in(identity.session(account).token)

    def test_does_not_leave_a_house_without_an_administrator(self) -> None:
        house = identity.house()
        chief = identity.administrator(house)
        member = staff(of=chief, account_id=chief.user_id)

        with pytest.raises(LastAdministrator):
            acting(system(house.id), NOON).do(commands.set_last_day, staff_id=member.id, last_day=MONDAY)


def is_let_in(token: str) -> bool:
    return identity.signed_in(token) is not None
