from typing import Any

import pytest
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from anjia.identity import commands, ports
from anjia.identity.rules import SCANS_BY_ADDRESS, SLIPS_BY_ADDRESS, WECHAT_BY_ADDRESS, End, Limit
from anjia.integrations.errors import Permanent
from anjia.kernel.actors import system
from anjia.kernel.http import address_of
from anjia.kernel.work import acting
from tests.identity import make

pytestmark = pytest.mark.usefixtures("database")


def post(
    client: Client, path: str, body: dict[str, Any] | None = None, *, token: str = "", **extra: Any
) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(
        f"/api/v1/{path}", data=body or {}, content_type="application/json", headers=headers, **extra
    )


def get(client: Client, path: str, *, token: str = "") -> Any:
    return client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})


def session(of: Any, *, end: End = End.PHONE) -> str:
    now = timezone.now()
    return acting(system(), now).do(commands.start_session, account_id=of.id, end=end.value, way="card").token


class TestSignInByPhone:
    def test_from_the_number_to_the_token(self, client: Client) -> None:
        account = make.person(make.house())
        with override_settings(IS_DEMO=True):
            asked = post(client, "sign-in/codes", {"phone": account.phone}, REMOTE_ADDR=make.new_address())

        entered = post(client, "sign-in/phone", {"phone": account.phone, "code": asked.json()["demo_code"]})

        assert asked.status_code == 202
        assert asked.json()["retry_after"] == 60
        assert entered.status_code == 201
        assert entered.json()["account"] == {"id": str(account.id), "name": "张桂芳", "kind": "person"}
        assert entered["Cache-Control"] == "no-store"
        assert get(client, "me/sessions", token=entered.json()["token"]).json()[0]["is_current"]

    def test_shows_the_code_in_a_demo_only(self, client: Client) -> None:
        asked = post(client, "sign-in/codes", {"phone": make.phone()}, REMOTE_ADDR=make.new_address())

        assert asked.json() == {"retry_after": 60, "demo_code": None}

    def test_answers_alike_for_a_phone_that_nobody_knows(self, client: Client) -> None:
        known, unknown = make.person(make.house()).phone, make.phone()

        answers = [
            post(client, "sign-in/codes", {"phone": phone}, REMOTE_ADDR=make.new_address())
            for phone in (known, unknown)
        ]
        wrong = [
            post(client, "sign-in/phone", {"phone": phone, "code": "12x456"}) for phone in (known, unknown)
        ]

        assert answers[0].json() == answers[1].json()
        assert wrong[0].json() == wrong[1].json()
        assert wrong[0].status_code == 422
        assert set(wrong[0].json()["fields"]) == {"code"}

    def test_says_so_where_no_code_can_be_sent(self, client: Client) -> None:
        sender = "anjia.integrations.sms.aliyun.from_settings"
        with override_settings(CODE_SENDER=sender, SMS_ACCESS_KEY_ID=""):
            asked = post(client, "sign-in/codes", {"phone": make.phone()}, REMOTE_ADDR=make.new_address())

        assert (asked.status_code, asked.json()["code"]) == (422, "identity.codes_not_connected")

    def test_asks_to_wait_in_words(self, client: Client) -> None:
        phone, address = make.phone(), make.new_address()
        post(client, "sign-in/codes", {"phone": phone}, REMOTE_ADDR=address)

        again = post(client, "sign-in/codes", {"phone": phone}, REMOTE_ADDR=address)

        assert again.status_code == 429
        assert again.json()["code"] == "identity.too_soon"
        assert "秒" in again.json()["detail"]

    def test_lets_those_who_share_a_phone_choose(self, client: Client) -> None:
        house, number = make.house(), make.phone()
        accounts = [make.person(house, name=name, phone=number) for name in ("张桂芳", "陈志明")]
        with override_settings(IS_DEMO=True):
            code = post(client, "sign-in/codes", {"phone": number}, REMOTE_ADDR=make.new_address()).json()[
                "demo_code"
            ]

        asked = post(client, "sign-in/phone", {"phone": number, "code": code})
        chosen = post(
            client, "sign-in/choose", {"ticket": asked.json()["ticket"], "account_id": str(accounts[1].id)}
        )

        assert asked.status_code == 200
        assert {one["name"] for one in asked.json()["accounts"]} == {"张**", "陈**"}
        assert chosen.status_code == 201
        assert chosen.json()["account"]["name"] == "陈志明"


class TestLimits:
    @pytest.mark.parametrize(
        ("path", "body", "most"),
        [
            ("sign-in/wechat", {"code": "x"}, WECHAT_BY_ADDRESS),
            ("sign-in/activation", {"slip": "1234 5678 9012", "phone_last_four": "0000"}, SLIPS_BY_ADDRESS),
        ],
    )
    def test_stop_who_tries_too_often_from_one_place(
        self, client: Client, path: str, body: dict[str, str], most: Limit
    ) -> None:
        here = f"2001:db8:{make.salt():x}:1::"
        unit = acting(system(), timezone.now())
        for number in range(most.most):
            unit.do(commands.count_try, limit=most, address=counted(f"{here}{number:x}"))

        assert post(client, path, body, REMOTE_ADDR=f"{here}ffff").status_code == 429
        assert post(client, path, body, REMOTE_ADDR=make.new_address()).status_code == 422

    def test_scans_are_not_asked_for_without_end(self, client: Client) -> None:
        here = make.new_address()
        unit = acting(system(), timezone.now())
        for _ in range(SCANS_BY_ADDRESS.most):
            unit.do(commands.show_scan_ticket, address=here)

        assert client.post("/console/identity/sign-in/scan", REMOTE_ADDR=here).status_code == 429

    @pytest.mark.parametrize(
        ("said", "counted_as"),
        [
            ("10.0.0.1", "10.0.0.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("unix:", "unix:"),
        ],
    )
    def test_count_an_ipv6_household_as_one(self, said: str, counted_as: str) -> None:
        assert counted(said) == counted_as


def counted(address: str) -> str:
    return address_of(RequestFactory().get("/", REMOTE_ADDR=address))


class TestSignInStaff:
    def test_from_password_and_code_to_the_token(self, client: Client) -> None:
        account = make.staff(make.house())
        body = {"login": account.login, "password": make.PASSWORD, "totp": make.totp(now=timezone.now())}

        entered = post(client, "sign-in/staff", body)
        again = post(client, "sign-in/staff", body)

        assert entered.status_code == 201
        assert entered.json()["account"]["kind"] == "staff"
        assert again.json()["code"] == "identity.wrong_password"


class TestSignInByWechat:
    def test_says_so_where_there_is_no_wechat(self, client: Client) -> None:
        refused = post(client, "sign-in/wechat", {"code": "x"})

        assert refused.status_code == 422
        assert refused.json()["code"] == "identity.wechat_not_connected"

    def test_binds_and_comes_in(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        class Wechat:
            def openid_of(self, code: str) -> str:
                if code == "old":
                    raise Permanent("40163")
                return f"openid-{code}"

        monkeypatch.setattr(ports, "wechat_sign_in", Wechat)
        account = make.person(make.house())
        token = session(account)
        code = f"c{make.phone()}"

        before = post(client, "sign-in/wechat", {"code": code})
        bound = post(client, "me/wechat", {"code": code}, token=token)
        entered = post(client, "sign-in/wechat", {"code": code})
        used = post(client, "sign-in/wechat", {"code": "old"})
        post(client, "me/wechat/unbind", token=token)
        after = post(client, "sign-in/wechat", {"code": code})

        assert before.json()["code"] == "identity.wechat_not_bound"
        assert bound.status_code == 201
        assert entered.json()["account"]["id"] == str(account.id)
        assert used.json()["code"] == "identity.wechat_refused"
        assert after.json()["code"] == "identity.wechat_not_bound"


class TestSessions:
    def test_are_ended_by_their_own_and_found_by_no_stranger(self, client: Client) -> None:
        account = make.person(make.house())
        here, there, stranger = session(account), session(account), session(make.person(make.house()))
        listed = get(client, "me/sessions", token=here).json()
        other = next(one["id"] for one in listed if not one["is_current"])

        refused = post(client, f"me/sessions/{other}/end", token=stranger)
        ended = post(client, f"me/sessions/{other}/end", token=here)

        assert len(listed) == 2
        assert refused.status_code == 404
        assert ended.status_code == 201
        assert get(client, "me/sessions", token=there).status_code == 401

    def test_insiders_may_not(self, client: Client) -> None:
        house = make.house()
        account = make.staff(house)
        mine, colleague = session(account), session(make.staff(house))
        listed = get(client, "me/sessions", token=mine).json()

        assert post(client, f"me/sessions/{listed[0]['id']}/end", token=colleague).status_code == 403

    def test_signing_out_is_for_good(self, client: Client) -> None:
        token = session(make.person(make.house()))

        assert post(client, "me/sign-out", token=token).status_code == 201
        assert get(client, "me/sessions", token=token).status_code == 401

    @pytest.mark.parametrize("path", ["me/sign-out", "me/wechat/unbind", "sign-in/scans/x/confirm"])
    def test_ask_who_you_are(self, client: Client, path: str) -> None:
        assert post(client, path).status_code == 401
        assert post(client, path, token="nonsense").status_code == 401


class TestScanning:
    def test_a_phone_lets_the_console_in(self, client: Client) -> None:
        token = session(make.staff(make.house()))
        ticket = acting(system(), timezone.now()).do(commands.show_scan_ticket, device="Chrome · Windows")

        confirmed = post(client, f"sign-in/scans/{ticket.token}/confirm", token=token)
        again = post(client, f"sign-in/scans/{ticket.token}/confirm", token=token)

        assert confirmed.status_code == 201
        assert confirmed.json() == {"device": "Chrome · Windows"}
        assert again.json()["code"] == "identity.ticket_gone"

    def test_a_person_does_not(self, client: Client) -> None:
        token = session(make.person(make.house()))
        ticket = acting(system(), timezone.now()).do(commands.show_scan_ticket)

        assert post(client, f"sign-in/scans/{ticket.token}/confirm", token=token).status_code == 403


class TestLanguage:
    def test_is_kept(self, client: Client) -> None:
        token = session(make.staff(make.house()))

        assert post(client, "me/language", {"language": "en"}, token=token).status_code == 201
        assert post(client, "me/language", {"language": "fr"}, token=token).status_code == 422


class TestMe:
    def test_knows_an_account_that_another_institution_has_opened(self, client: Client) -> None:
        home, here = make.house(), make.house(name="城北中心")
        account = make.staff(home, role_code=None)
        acting(system(), timezone.now()).do(
            commands.give_role, account_id=account.id, organization_id=here.id, role_code="nurse"
        )

        said = get(client, "me", token=session(account)).json()

        assert said["account"]["id"] == str(account.id)
        assert said["institution"]["name"] == "城北中心"
