"""What was shown to one stays with her: a shared computer's "back" button shows it to nobody after her."""

import pytest
from django.test import Client
from django.utils import timezone

from anjia.web.middleware import COOKIE
from tests.identity import make

pytestmark = pytest.mark.usefixtures("database")


class TestWhatIsSomebodys:
    @pytest.mark.parametrize("path", ["/console/identity/mine/", "/console/identity/users/", "/console/"])
    def test_is_kept_by_no_browser(self, client: Client, path: str) -> None:
        account = make.staff(make.house(), role_code="administrator")
        client.cookies[COOKIE] = make.session(account, now=timezone.now()).token

        answer = client.get(path, follow=True)

        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("path", ["me/sessions", "me"])
    def test_is_kept_by_nobody_whom_the_api_answers(self, client: Client, path: str) -> None:
        token = make.session(make.person(make.house()), now=timezone.now()).token

        answer = client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
