import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp
import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from anjia import identity
from anjia.identity import commands, queries, setup
from anjia.identity.models import Account, Organization
from anjia.identity.rules import Entry
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.work import acting
from tests.identity import make

pytestmark = pytest.mark.usefixtures("database")

ENGLISH = Path(identity.__path__[0]) / "locale" / "en" / "LC_MESSAGES" / "django.mo"
SIGN_IN = "/console/identity/sign-in/"


def now_totp(secret: str = make.SECRET) -> str:
    return make.totp(now=timezone.now(), secret=secret)


def sign_in(
    client: Client, account: Account, *, code: str | None = None, password: str = make.PASSWORD, **more: Any
) -> Any:
    form = {"login": account.login, "password": password, "totp": now_totp() if code is None else code}
    return client.post(SIGN_IN, form | more)


def start(client: Client, account: Account, *, device: str = "") -> Entry:
    """Put a session into the browser, without the doors."""
    now = timezone.now()
    entry = acting(system(), now).do(
        commands.start_session, account_id=account.id, end="console", way="card", device_token=device or None
    )
    client.cookies["anjia_session"] = entry.token
    if device:
        client.cookies["anjia_device"] = device
    return entry


def who(client: Client) -> queries.SignedIn | None:
    now, cookie = timezone.now(), client.cookies.get("anjia_session")
    if not cookie:
        return None
    return acting(system(), now).ask(queries.actor_of_session, Purpose.LEGAL, token=cookie.value, now=now)


def administrator(client: Client) -> tuple[Organization, Account]:
    house = make.house()
    chief = make.staff(house, role_code="administrator", name="林海")
    start(client, chief)
    return house, chief


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


class TestUsers:
    def test_are_listed_with_their_roles(self, client: Client) -> None:
        house, _ = administrator(client)
        make.staff(house, name="李静")
        make.staff(make.house(), name="隔壁的人")
        make.person(house, name="张桂芳")

        staff = client.get("/console/identity/users/").content.decode()
        persons = client.get("/console/identity/users/?kind=person").content.decode()

        assert "李静" in staff
        assert "护士" in staff
        assert "隔壁的人" not in staff
        assert "张桂芳" not in staff
        assert "张桂芳" in persons

    def test_a_page_of_fifty_asks_no_more_than_a_page_of_one(
        self, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        house, _ = administrator(client)
        for _n in range(12):
            make.staff(house)

        client.get("/console/identity/users/")
        with django_assert_max_num_queries(16):
            client.get("/console/identity/users/")

    def test_opens_an_account_whose_password_is_shown_once(self, client: Client) -> None:
        house, _ = administrator(client)
        login = f"n{make.phone()}"
        form = {
            "name": "周岚",
            "login": login,
            "role_code": "nurse",
            "organization_id": str(house.id),
            "idempotency_key": "once",
        }

        page = client.post("/console/identity/users/new", form)
        again = client.post("/console/identity/users/new", form)

        password = re.search(r'<code class="num">([\w-]+)</code>', page.content.decode())
        assert password
        assert again.status_code == 303
        entered = Client().post(SIGN_IN, {"login": login, "password": password[1], "totp": ""})
        assert entered["Location"] == "/console/identity/first-time/"

    def test_says_beside_the_field_what_is_wrong(self, client: Client) -> None:
        house, _ = administrator(client)
        form = {"name": "周岚", "login": "周岚", "role_code": "nurse", "organization_id": str(house.id)}

        page = client.post("/console/identity/users/new", form)

        assert page.status_code == 422
        assert 'id="f-login-says"' in page.content.decode()
        assert 'value="周岚"' in page.content.decode()

    def test_gives_and_takes_roles_resets_and_closes(self, client: Client) -> None:
        house, _ = administrator(client)
        account = make.staff(house)
        here = f"/console/identity/users/{account.id}/"

        client.post(f"{here}roles", {"role_code": "dispatcher", "organization_id": str(house.id)})
        given = client.get(here).content.decode()
        take = re.search(rf'action="({here}roles/[^"]+/take)"', given)
        assert take
        client.post(take[1])
        reset = client.post(f"{here}reset", {"idempotency_key": "r"})
        client.post(f"{here}close")
        closed = client.get(here).content.decode()

        assert "调度员" in given
        assert "临时密码" in reset.content.decode()
        assert "已停用" in closed

    def test_corrects_a_name_and_a_phone(self, client: Client) -> None:
        house, _ = administrator(client)
        account = make.staff(house, name="李静", phone=make.phone())
        here, phone = f"/console/identity/users/{account.id}/", make.phone()

        wrong = client.post(f"{here}change", {"name": "李靖", "phone": "12"})
        right = client.post(f"{here}change", {"name": "李靖", "phone": phone})

        assert 'id="f-phone-says"' in wrong.content.decode()
        assert right.status_code == 303
        page = client.get(here).content.decode()
        assert "李靖" in page
        assert phone not in page
        assert phone[-4:] in page

    def test_says_so_when_a_role_cannot_be_given_there(self, client: Client) -> None:
        house, chief = administrator(client)
        account = make.staff(house)
        station = acting(make.actor_of(chief, "identity.manage"), timezone.now()).do(
            commands.add_organization, parent_id=house.id, kind="station", name="青竹里一站"
        )
        form = {"role_code": "administrator", "organization_id": str(station.id)}

        page = client.post(f"/console/identity/users/{account.id}/roles", form)

        assert page.status_code == 422
        assert "整家机构" in page.content.decode()

    @pytest.mark.parametrize("said", ["", "x", "{}"])
    def test_a_form_that_is_not_ours_is_not_found(self, client: Client, said: str) -> None:
        house, _ = administrator(client)
        account = make.staff(house)

        for page in (f"users/{account.id}/roles", "organizations/", "switch/", "users/new"):
            form = {"organization_id": said, "parent_id": said, "role_code": "nurse"}
            assert client.post(f"/console/identity/{page}", form).status_code == 404, page

    def test_strangers_are_not_found_and_insiders_may_not(self, client: Client) -> None:
        house, _ = administrator(client)
        account = make.staff(house)
        insider, stranger = Client(), Client()
        start(insider, make.staff(house))
        administrator(stranger)
        here = f"/console/identity/users/{account.id}/"

        assert client.get(here).status_code == 200
        assert insider.get(here).status_code == 403
        assert stranger.get(here).status_code == 404
        assert stranger.post(f"{here}reset").status_code == 404
        assert insider.post(f"{here}reset").status_code == 403

    def test_persons_have_no_console(self, client: Client) -> None:
        start(client, make.person(make.house()))

        assert client.get("/console/identity/mine/").status_code == 403


class TestOrganizations:
    def test_grow_and_change(self, client: Client) -> None:
        house, _ = administrator(client)
        form = {"parent_id": str(house.id), "kind": "station", "name": "青竹里二站", "idempotency_key": "o"}

        client.post("/console/identity/organizations/", form)
        tree = client.get("/console/identity/organizations/").content.decode()
        wrong = client.post(
            "/console/identity/organizations/", form | {"kind": "operator", "idempotency_key": "p"}
        )
        one = re.search(r'/console/identity/organizations/([0-9a-f-]{36})/">青竹里二站', tree)
        assert one
        client.post(f"/console/identity/organizations/{one[1]}/", {"name": "青竹里三站", "phone": "0571-1"})

        assert wrong.status_code == 422
        found = acting(system(), timezone.now()).ask(
            queries.get_organization, Purpose.LEGAL, organization_id=UUID(one[1])
        )
        assert (found.name, found.phone, found.house_id) == ("青竹里三站", "0571-1", house.id)

    def test_a_role_of_the_houses_own_is_made_like_another_and_changed(self, client: Client) -> None:
        administrator(client)
        roles = client.get("/console/identity/roles/").content.decode()
        like = re.search(r"/console/identity/roles/new\?like=[0-9a-f-]{36}", roles)
        assert like
        page = client.get(like[0]).content.decode()
        held = re.findall(r'name="permissions" value="([\w.]+)" checked', page)

        client.post("/console/identity/roles/new", {"name": "夜班", "permissions": held})
        own = re.search(
            r"/console/identity/roles/[0-9a-f-]{36}/", client.get("/console/identity/roles/").content.decode()
        )
        assert own
        nothing = client.post(own[0], {"name": "夜班"})
        changed = client.post(own[0], {"name": "夜班二", "permissions": held[:1]})

        assert held
        assert nothing.status_code == 422
        assert changed.status_code == 303
        assert "夜班二" in client.get("/console/identity/roles/").content.decode()

    def test_what_a_role_may_do_is_shown_in_words(self, client: Client) -> None:
        administrator(client)

        page = client.get("/console/identity/roles/").content.decode()

        assert "管员工账号、角色和站点" in page
        assert "identity.manage" not in page

    def test_switching_goes_where_one_has_a_role(self, client: Client) -> None:
        operator = make.house(kind="operator", name="安家运营")
        start(client, make.staff(operator, role_code="administrator"))
        client.post(
            "/console/identity/organizations/",
            {"parent_id": str(operator.id), "kind": "institution", "name": "城北中心"},
        )

        page = client.get("/console/identity/switch/").content.decode()
        house = re.search(r'value="([0-9a-f-]{36})"', page)
        assert house
        client.post("/console/identity/switch/", {"organization_id": house[1]})

        found = who(client)
        assert found
        assert str(found.organization_id) == house[1]
        other = make.house()
        assert client.post("/console/identity/switch/", {"organization_id": str(other.id)}).status_code == 403


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

        page = client.post("/setup", self.form(token, licence_number=" ", station=""))
        wrong_code = client.post("/setup", self.form(token, code="000000"))

        assert page.status_code == 422
        assert {"f-licence_number-says", "f-station-says"} <= set(
            re.findall(r'id="(f-\w+-says)"', page.content.decode())
        )
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
