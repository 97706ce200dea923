"""The console's doors, and one's own account."""

import re
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from anjia import identity
from anjia.identity import commands, queries, setup
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.work import acting
from tests.identity import make
from tests.identity.browsing import SIGN_IN, now_totp, sign_in, start, who

pytestmark = pytest.mark.usefixtures("database")


ENGLISH = Path(identity.__path__[0]) / "locale" / "en" / "LC_MESSAGES" / "django.mo"


class TestSignIn:
    def test_goes_on_to_the_page_that_was_asked_for(self, client: Client) -> None:
        account = make.staff(make.house())
        asked = client.get("/console/identity/mine/")

        entered = sign_in(client, account, next="/console/identity/mine/")

        assert asked.status_code == 302
        assert asked["Location"].startswith(SIGN_IN)
        assert entered["Location"] == "/console/identity/mine/"
        cookie = client.cookies["anjia_session"]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        assert client.get("/console/identity/mine/").status_code == 200

    @pytest.mark.parametrize(
        "away", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
    )
    def test_goes_nowhere_else(self, client: Client, away: str) -> None:
        assert sign_in(client, make.staff(make.house()), next=away)["Location"] == "/console/"

    def test_says_what_was_wrong_and_keeps_the_login(self, client: Client) -> None:
        account = make.staff(make.house())

        refused = sign_in(client, account, password="不是这一句话")

        page = refused.content.decode()
        assert refused.status_code == 422
        assert "密码或动态码不对" in page
        assert f'value="{account.login}"' in page
        assert "anjia_session" not in client.cookies

    def test_is_secure_behind_tls(self, client: Client) -> None:
        account = make.staff(make.house())

        client.post(
            SIGN_IN, {"login": account.login, "password": make.PASSWORD, "totp": now_totp()}, secure=True
        )

        assert client.cookies["anjia_session"]["secure"]

    def test_shows_the_demos_cards_in_a_demo_only(self, client: Client) -> None:
        with override_settings(IS_DEMO=True):
            demo = client.get(SIGN_IN).content.decode()

        assert "demo-card" in demo
        assert "demo-card" not in client.get(SIGN_IN).content.decode()

    @pytest.mark.skipif(not ENGLISH.exists(), reason="script/test compiles the translations")
    def test_speaks_english(self, client: Client) -> None:
        page = client.get(SIGN_IN, headers={"Accept-Language": "en"}).content.decode()

        assert "Staff sign-in" in page
        assert "工作人员" not in page


class TestFirstTime:
    def test_makes_the_account_ready_in_two_steps(self, client: Client) -> None:
        account = make.staff(make.house(), ready=False)

        entered = sign_in(client, account, code="")
        first = client.get(entered["Location"])
        client.post(
            "/console/identity/mine/password",
            {"first_time": "1", "old": make.PASSWORD, "password": "第二块石头底下藏着信"},
        )
        second = client.get(entered["Location"]).content.decode()
        secret = re.search(r"<code>(\w+)</code>", second)
        assert secret
        wrong = client.post(
            "/console/identity/mine/generator",
            {"first_time": "1", "code": "000000", "password": "第二块石头底下藏着信"},
        )
        done = client.post(
            "/console/identity/mine/generator",
            {"first_time": "1", "code": now_totp(secret[1]), "password": "第二块石头底下藏着信"},
        )

        assert entered["Location"] == "/console/identity/first-time/"
        assert "临时密码" in first.content.decode()
        assert wrong.status_code == 422
        assert done["Location"] == "/console/"
        found = who(client)
        assert found
        assert not found.is_limited


class TestSharedComputer:
    def test_is_locked_and_taken_over_in_two_taps(self, client: Client) -> None:
        house = make.house()
        first, second = make.staff(house, name="李静"), make.staff(house, name="周岚")
        sign_in(client, first)
        sign_in(client, second)

        locked = client.post("/console/identity/lock")
        page = client.get(locked["Location"]).content.decode()
        refused = client.get("/console/identity/mine/")
        link = next(
            address
            for address, name in re.findall(
                r'action="(/console/identity/unlock/[^"]+)".*?我是(\S+?)，', page, re.S
            )
            if name == "李静"
        )
        wrong = client.post(link, {"secret": "000000"})
        taken = client.post(link, {"secret": make.PASSWORD})

        assert {"李静", "周岚"} <= set(re.findall(r"<b class=\"grow\">(.+?)</b>", page))
        assert refused.status_code == 302
        assert wrong.status_code == 422
        assert taken["Location"] == "/console/"
        found = who(client)
        assert found
        assert found.name == "李静"

    def test_the_locked_computer_leads_to_the_names(self, client: Client) -> None:
        account = make.staff(make.house())
        sign_in(client, account)
        client.post("/console/identity/lock")

        asked = client.get("/console/identity/mine/", follow=True)

        assert asked.redirect_chain[-1][0].startswith("/console/identity/locked/")
        assert account.name in asked.content.decode()

    def test_another_computer_shows_no_names(self, client: Client) -> None:
        sign_in(client, make.staff(make.house()))

        other = Client().get("/console/identity/locked/", follow=True)

        assert other.redirect_chain[-1][0].startswith(SIGN_IN)
        assert "李静" not in other.content.decode()

    def test_signing_out_leaves_no_way_back(self, client: Client) -> None:
        sign_in(client, make.staff(make.house()))

        client.post("/console/identity/sign-out")

        assert who(client) is None
        page = client.get("/console/identity/locked/", follow=True)
        assert page.redirect_chain[-1][0].startswith(SIGN_IN)


class TestScan:
    def test_a_phone_lets_this_browser_in_and_no_other(self, client: Client) -> None:
        account = make.staff(make.house())
        with override_settings(IS_DEMO=True):
            shown = client.post("/console/identity/sign-in/scan").content.decode()
        ticket = re.search(r"ticket=([\w-]+)", shown)
        assert ticket
        waiting = client.post("/console/identity/sign-in/scan/state")
        now = timezone.now()
        phone = acting(system(), now).do(
            commands.start_session, account_id=account.id, end="phone", way="card"
        )
        by = make.actor_of(account, session_id=phone.session_id)
        acting(system(), now).do(commands.confirm_scan, ticket=ticket[1], by=by)

        stranger = Client().post("/console/identity/sign-in/scan/state")
        entered = client.post("/console/identity/sign-in/scan/state", headers={"HX-Request": "true"})

        assert "等手机确认" in waiting.content.decode()
        assert "过期" in stranger.content.decode()
        assert entered.status_code == 204
        assert entered["HX-Redirect"] == "/console/"
        found = who(client)
        assert found
        assert found.account_id == account.id

    def test_the_page_holds_no_claim(self, client: Client) -> None:
        shown = client.post("/console/identity/sign-in/scan").content.decode()

        assert client.cookies["anjia_claim"]["httponly"]
        assert client.cookies["anjia_claim"].value not in shown


class TestMine:
    def test_lists_and_ends_sessions_and_changes_the_password(self, client: Client) -> None:
        account = make.staff(make.house())
        other = start(Client(), account)
        start(client, account)

        page = client.get("/console/identity/mine/").content.decode()
        ended = client.post(f"/console/identity/sessions/{other.session_id}/end")
        wrong = client.post(
            "/console/identity/mine/password", {"old": "x", "password": "第二块石头底下藏着信"}
        )
        right = client.post(
            "/console/identity/mine/password", {"old": make.PASSWORD, "password": "第二块石头底下藏着信"}
        )

        assert str(other.session_id) in page
        assert ended.status_code == 303
        assert wrong.status_code == 422
        assert right.status_code == 303

    def test_moves_the_generator_to_another_phone(self, client: Client) -> None:
        start(client, make.staff(make.house()))
        page = client.get("/console/identity/mine/generator").content.decode()
        secret = re.search(r"<code>(\w+)</code>", page)
        assert secret

        form = {"code": now_totp(secret[1]), "password": make.PASSWORD}

        wrong = client.post("/console/identity/mine/generator", form | {"code": "000000"})
        passer_by = client.post("/console/identity/mine/generator", form | {"password": "猜的"})
        right = client.post("/console/identity/mine/generator", form)

        assert (wrong.status_code, passer_by.status_code, right.status_code) == (422, 422, 303)
        assert secret[1] in wrong.content.decode()  # it need not be scanned again


class TestSetup:
    """Only an empty installation can be set up: here the question whether it is one is answered for it."""

    @pytest.fixture
    def token(self, monkeypatch: pytest.MonkeyPatch) -> str:
        kept = Path(settings.ANJIA_HOME) / "keys" / "setup_token"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text("the-token\n")

        def nothing_yet(actor: Actor, purpose: Purpose) -> bool:
            return False

        monkeypatch.setattr(queries, "is_set_up", nothing_yet)
        return "the-token"

    def form(self, token: str, **changes: str) -> dict[str, str]:
        secret = pyotp.random_base32()
        sound = {
            "token": token,
            "secret": secret,
            "institution": "青竹里社区卫生服务中心",
            "licence_number": "PDY00001X33010612A1001",
            "phone": "0571-88886666",
            "duty_phone": "0571-88886667",
            "station": "青竹里一站",
            "name": "林海",
            "login": f"admin{make.phone()}",
            "password": make.PASSWORD,
            "code": now_totp(secret),
        }
        return sound | changes

    def test_needs_the_token(self, client: Client, token: str) -> None:
        assert client.get("/setup").status_code == 404
        assert client.get("/setup?token=guess").status_code == 404
        assert client.get(f"/setup?token={token}").status_code == 200
        with override_settings(IS_DEMO=True):
            assert client.get(f"/setup?token={token}").status_code == 404

    def test_is_closed_once_there_is_an_institution(
        self, client: Client, token: str, monkeypatch: Any
    ) -> None:
        make.house()
        monkeypatch.undo()

        assert client.get(f"/setup?token={token}").status_code == 404

    def test_says_what_is_missing_and_keeps_nothing(
        self, client: Client, token: str, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("anjia.identity.commands.organizations._is_founded", lambda: False)

        page = client.post("/setup", self.form(token, licence_number=" ", phone="", station=""))
        wrong_code = client.post("/setup", self.form(token, code="000000"))

        assert page.status_code == 422
        assert {"f-licence_number-says", "f-station-says"} <= set(
            re.findall(r'id="(f-\w+-says)"', page.content.decode())
        )
        assert "每条消息都请人打这个号码" in page.content.decode()
        assert 'id="f-code-says"' in wrong_code.content.decode()
        assert setup.token_file().exists()

    def test_founds_all_of_it_and_lets_the_administrator_in(
        self, client: Client, token: str, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("anjia.identity.commands.organizations._is_founded", lambda: False)

        done = client.post("/setup", self.form(token))

        assert done["Location"] == "/console/identity/set-up-done/"
        assert not setup.token_file().exists()
        assert "/console/imports/" in client.get(done["Location"]).content.decode()
        found = who(client)
        assert found
        assert "identity.manage" in found.permissions
        assert client.get(f"/setup?token={token}").status_code == 404

    def test_a_second_one_at_the_same_time_founds_nothing(self, client: Client, token: str) -> None:
        make.house()

        assert client.post("/setup", self.form(token)).status_code == 404
