"""The town with doors to the API: accounts, sessions, tokens. Its clock is the real one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from anjia.identity.commands import start_session
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from tests.identity import make as identity
from tests.residents import make as residents
from tests.visits import make as visits


@dataclass
class OpenTown:
    town: visits.Town
    house: Any

    def at(self, hour: float, *, day: int = 1) -> datetime:
        return visits.at(hour, day=day, today=self.town.today)

    def nurse(self, name: str = "李秋萍", **says: Any) -> tuple[Actor, str]:
        """Return a nurse and her token."""
        account = identity.staff(self.house, role_code="nurse", name=name)
        return self.town.nurse(name, account_id=account.id, **says), self.token(account.id)

    def staff(self, role_code: str) -> str:
        return self.token(identity.staff(self.house, role_code=role_code).id)

    def person(self, resident: Resident, relation: str = "self") -> str:
        """Return the token of the resident, or of somebody who may act for her."""
        account = identity.person(self.house, name=resident.name)
        residents.holder(of=resident, relation=relation, account_id=account.id)
        return self.token(account.id)

    def token(self, account_id: UUID) -> str:
        unit = acting(system(self.house.id), datetime.now(UTC))
        return unit.do(start_session, account_id=account_id, end="phone", way="code").token


def open_town() -> OpenTown:
    house = identity.house()
    today = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return OpenTown(visits.town(organization_id=house.id, today=today), house)


def get(token: str, path: str, **query: Any) -> Any:
    return client(token).get(f"/api/v1/{path}", query)


def post(token: str, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client(token, **headers).post(f"/api/v1/{path}", data=body or {}, content_type="application/json")


def client(token: str, **headers: str) -> Client:
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"} | headers)
