"""Whose changes a telephone or a page may be told of, and when that is no longer so."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from anjia.identity.commands import open_account, start_session
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
