"""Words that no database can keep are refused at the door, in words."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.identity import make

pytestmark = pytest.mark.usefixtures("database")

STAFF = "/api/v1/sign-in/staff"


class TestTextOnly:
    @pytest.mark.parametrize(
        "body",
        [
            json.dumps({"login": "\0", "password": "x", "totp": ""}),
            json.dumps({"login": "\ud800", "password": "x", "totp": ""}),
            json.dumps({"login": "x", "password": "x", "totp": "", "\0": [{"\0": 1}]}),
            '{"login": NaN}',
            '{"login": [{"x": -1e999}]}',
            "[" * 3000,
        ],
    )
    def test_refuses_such_bodies(self, client: Client, body: str) -> None:
        answer = client.post(STAFF, body, content_type="application/json")

        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")

    def test_takes_what_only_looks_like_one(self, client: Client) -> None:
        body = {"login": r"\u0000", "password": "🙂", "totp": ""}

        assert client.post(STAFF, body, content_type="application/json").status_code == 422  # nobody's login

    def test_refuses_such_forms_and_addresses(self, client: Client) -> None:
        sign_in = "/console/identity/sign-in/"
        answers = [
            client.post(sign_in, {"login": "\0", "password": make.PASSWORD, "totp": "1"}),
            client.get(f"{sign_in}?next=%00"),
            client.get("/app/%00"),
        ]

        assert [answer.status_code for answer in answers] == [400] * 3
        assert "读不懂" in answers[0].content.decode()

    @pytest.mark.parametrize(
        "where", ["/api/v1/files", "/api/v1/nowhere", "/nowhere", "/console/identity/sign-in/", "/language"]
    )
    @pytest.mark.parametrize("boundary", ["", "; boundary=", f"; boundary={'x' * 300}", "; boundary=é"])
    def test_refuses_forms_without_a_seam(self, client: Client, where: str, boundary: str) -> None:
        answer = client.post(where, b"--x\r\n\r\n", content_type=f"multipart/form-data{boundary}")

        assert answer.status_code == 400
        assert "读不懂" in answer.content.decode("unicode-escape" if "/api/" in where else "utf-8")

    @pytest.mark.parametrize(
        "where", ["/api/v1/files", "/nowhere", "/console/identity/sign-in/", "/language"]
    )
    @pytest.mark.parametrize("letters", ["gb18030", "utf-16", "rot13", "idna", "hex"])
    def test_refuses_forms_in_other_letters(self, client: Client, where: str, letters: str) -> None:
        part = '--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n检验科\r\n--x--\r\n'.encode(
            "gb18030"
        )
        for body, kind in (
            ("login=检验科".encode("gb18030"), "application/x-www-form-urlencoded"),
            (part, "multipart/form-data; boundary=x"),
        ):
            answer = client.generic("POST", where, body, f"{kind}; charset={letters}")
            assert answer.status_code == 400
            assert "读不懂" in answer.content.decode("unicode-escape" if "/api/" in where else "utf-8")

    @pytest.mark.parametrize("letters", ["utf-8", "UTF8", "nonsense"])
    def test_takes_forms_in_ours(self, client: Client, letters: str) -> None:
        kind = f"application/x-www-form-urlencoded; charset={letters}"
        answer = client.generic("POST", "/language", b"language=en&next=/", kind)
        assert answer.status_code == 303

    @pytest.mark.parametrize("query", ["after=%00", "after=W251bGwsbnVsbF0=", "after=" + "W1tb" * 1000])
    def test_refuses_such_cursors(self, client: Client, query: str) -> None:
        entry = make.session(make.staff(make.house()), now=timezone.now())
        headers: Any = {"Authorization": f"Bearer {entry.token}"}

        assert client.get(f"/api/v1/inbox?{query}", headers=headers).status_code in {400, 422}


class TestWhereItCameFrom:
    def test_is_a_page_of_ours_and_no_other_host(self, client: Client) -> None:
        shown = client.get("/nowhere/at/all", headers={"Referer": "http://testserver//evil.example/x?y=1"})
        refused = client.post(
            "/language",
            b"x",
            content_type="multipart/form-data",
            headers={"Referer": "http://testserver//evil.example/x"},
        )

        assert "//evil.example" not in shown.content.decode()
        assert 'href="/evil.example/x"' in refused.content.decode()

    @pytest.mark.parametrize("referer", ["http://[", "http://[bad", "//", "\x00"])
    def test_may_be_anything(self, referer: str) -> None:
        from_elsewhere = Client(enforce_csrf_checks=True, headers={"Referer": referer})

        assert from_elsewhere.post("/language").status_code == 403
