"""A resident who comes in by the slip from the desk, and asks over HTTP."""

from typing import Any

from django.test import Client
from django.utils import timezone

from anjia.kernel.actors import system
from anjia.kernel.work import acting
from anjia.residents.commands import make_activation_slip
from anjia.residents.models import Resident


class Phone:
    """Her phone: signed in, or not yet."""

    def __init__(self, of: Resident | None = None) -> None:
        self.client, self.token = Client(), ""
        if of is not None:
            unit = acting(system(of.organization_id), timezone.now())
            slip = unit.do(make_activation_slip, resident_id=of.id)
            body = {"slip": slip.code, "phone_last_four": slip.phone[-4:]}
            entered = self.post("sign-in/activation", body)
            self.token = entered.json()["token"]
            self.account_id = entered.json()["account"]["id"]

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self._headers())

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}", body or {}, content_type="application/json", headers=self._headers() | headers
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}
