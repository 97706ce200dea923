from dataclasses import dataclass

import pytest

from anjia.identity.roles import permissions_of
from anjia.kernel.actors import Actor
from tests.identity import make as identity
from tests.visits.make import Town, town


@dataclass(frozen=True, slots=True)
class House:
    """A town whose dispatcher, desk, doctor and manager have accounts: somebody can be told."""

    town: Town
    dispatcher: Actor
    desk: Actor
    doctor: Actor
    manager: Actor


@pytest.fixture
def house(database: None) -> House:
    of = identity.house()

    def person(role: str, name: str) -> Actor:
        account = identity.staff(of, role_code=role, name=name)
        return Actor(user_id=account.id, organization_id=of.id, permissions=permissions_of(role))

    return House(
        town=town(organization_id=of.id),
        dispatcher=person("dispatcher", "王调度"),
        desk=person("service_desk", "刘服务"),
        doctor=person("family_doctor", "陈医生"),
        manager=person("manager", "罗主任"),
    )
