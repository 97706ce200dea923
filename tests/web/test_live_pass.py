"""Whose changes a telephone or a page may be told of, and when that is no longer so."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from anjia.identity.commands import (
    change_role,
    close_account,
    end_session,
    end_sessions_of,
    lock_session,
    open_account,
    start_session,
    take_role,
)
from anjia.identity.models import Membership, Role
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from anjia.residents.commands import withdraw_grant
from anjia.residents.models import Grant, Resident
from anjia.web.authentication import live_pass
from tests import make
from tests.identity import make as make_identity
from tests.residents import make as make_residents

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def desk() -> Actor:
    return make.actor("residents.grant", organization_id=make_identity.house().id)


@pytest.fixture
def elders(desk: Actor) -> list[Resident]:
    return [make_residents.resident(served_by=desk, name=name) for name in ("张桂芳", "李建国")]


def signed_in(desk: Actor) -> tuple[UUID, str]:
    """Return a daughter's account, and what her telephone shows as proof."""
    house = acting(system(desk.organization_id), timezone.now())
    account = house.do(open_account, kind="person", name="李小梅", phone=make_identity.phone())
    entry = acting(system(), timezone.now()).do(start_session, account_id=account.id, end="phone", way="code")
    return account.id, entry.token


class TestLivePass:
    def test_is_for_the_one_she_acts_for(self, desk: Actor, elders: list[Resident]) -> None:
        account_id, token = signed_in(desk)
        for elder in elders:
            make_residents.holder(of=elder, account_id=account_id)

        for elder in elders:
            found = live_pass(token, str(elder.id))
            assert found
            assert found.resident_ids == frozenset({elder.id})

    def test_is_for_nobody_else(self, desk: Actor, elders: list[Resident]) -> None:
        account_id, token = signed_in(desk)
        make_residents.holder(of=elders[0], account_id=account_id)

        assert live_pass(token, str(elders[1].id)) is None
        assert live_pass(token, "nonsense") is None
        assert live_pass("wrong") is None

    def test_is_another_one_when_she_has_taken_something_back(
        self, desk: Actor, elders: list[Resident]
    ) -> None:
        account_id, token = signed_in(desk)
        elder = elders[0]
        make_residents.holder(of=elder, account_id=account_id, given_at=timezone.now() - timedelta(days=1))
        before = live_pass(token, str(elder.id))

        [grant] = acting(desk, timezone.now()).ask(
            lambda actor: list(Grant.objects.filter(organization_id=actor.organization_id))
        )
        acting(desk, timezone.now()).do(withdraw_grant, grant_id=grant.id)

        assert before is not None
        assert live_pass(token, str(elder.id)) is None
        assert live_pass(token) != before


class Ear:
    """Somebody who listens to the database as the hub does."""

    def __init__(self) -> None:
        kept = connection.settings_dict
        names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
        self.connection = psycopg.connect(
            autocommit=True, **{name: kept[theirs] for name, theirs in names.items() if kept[theirs]}
        )
        self.said: list[dict[str, Any]] = []
        self.connection.add_notify_handler(lambda notice: self.said.append(json.loads(notice.payload)))
        self.connection.execute("LISTEN anjia_live")

    def doubted(self) -> set[str]:
        return set(self.told("rights"))

    def told(self, topic: str) -> list[str]:
        self.connection.execute("SELECT 1")  # with its answer comes what was said before
        return [said["id"] for said in self.said if said["t"] == topic]


class TestWhatIsTaken:
    """An open stream hears at once that it has to ask anew, whatever it was that was taken."""

    @pytest.fixture
    def ear(self) -> Iterator[Ear]:
        ear = Ear()
        yield ear
        ear.connection.close()

    def test_is_a_grant(self, ear: Ear, desk: Actor, elders: list[Resident]) -> None:
        holder = make_residents.holder(of=elders[0])
        [grant] = acting(desk, timezone.now()).ask(lambda _: list(Grant.objects.all()))

        acting(desk, timezone.now()).do(withdraw_grant, grant_id=grant.id)

        assert ear.doubted() == {str(holder.user_id)}

    def test_is_a_role(self, ear: Ear) -> None:
        house = make_identity.house()
        nurse, manager = make_identity.staff(house), make_identity.administrator(house)
        [role] = acting(system(), timezone.now()).ask(
            lambda _: list(Membership.objects.filter(account=nurse))
        )

        acting(manager, timezone.now()).do(take_role, membership_id=role.id)

        assert ear.doubted() == {str(nurse.id)}

    @pytest.mark.parametrize("is_own", [True, False], ids=["of the house's own", "in place of a default one"])
    def test_is_what_a_role_may(self, ear: Ear, is_own: bool) -> None:
        house = make_identity.house()
        nurses, manager = [make_identity.staff(house) for _ in range(2)], make_identity.administrator(house)
        make_identity.staff(make_identity.house())  # elsewhere nothing changes
        [role] = acting(manager, timezone.now()).ask(lambda _: list(Role.objects.filter(code="nurse")))
        narrower: dict[str, Any] = {"name": "护士", "permissions": ["records.read"]}
        if is_own:
            role = acting(manager, timezone.now()).do(change_role, role_id=role.id, **narrower)
            ear.doubted()
            ear.said.clear()

        acting(manager, timezone.now()).do(change_role, role_id=role.id, **narrower)

        assert ear.doubted() == {str(nurse.id) for nurse in nurses}

    @pytest.mark.parametrize("way", ["ended", "locked", "all ended", "closed"])
    def test_is_a_session(self, ear: Ear, way: str) -> None:
        house = make_identity.house()
        nurse, manager = make_identity.staff(house), make_identity.administrator(house)
        session_id = make_identity.session(nurse, now=timezone.now()).session_id
        herself = make_identity.actor_of(nurse, session_id=session_id)

        ways: dict[str, Callable[[], object]] = {
            "ended": lambda: acting(herself, timezone.now()).do(end_session, session_id=session_id),
            "locked": lambda: acting(herself, timezone.now()).do(lock_session),
            "all ended": lambda: acting(manager, timezone.now()).do(end_sessions_of, account_id=nurse.id),
            "closed": lambda: acting(manager, timezone.now()).do(close_account, account_id=nurse.id),
        }
        ways[way]()

        assert ear.doubted() == {str(nurse.id)}
