"""Between the browser and the proxy all is secret, and a stranger's word about addresses is nobody's."""

import json
import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from anjia.kernel.http import address_of
from anjia.machine.environment import CHECKOUT
from anjia.web.middleware import OurProxyOnly

PROXY, STRANGER = "127.0.0.1", "203.0.113.9"
# As an installation begins: settings are read once. The page asks no database.
PAGES = """
import json, sys
import django
django.setup()
from django.test import Client

def seen(by_tls, **more):
    client = Client()
    proto = "https" if by_tls else "http"
    host = more.pop("host", "anjia.example.org")
    page = client.get("/console/identity/sign-in/", headers={"Host": host, "X-Forwarded-Proto": proto}, **more)
    language = Client().post("/language", {"language": "en"}, headers={"Host": host})
    return {
        "status": page.status_code,
        "hsts": page.headers.get("Strict-Transport-Security", ""),
        "csrf": bool(client.cookies["csrftoken"]["secure"]),
        "language": bool(language.cookies["anjia_language"]["secure"]),
    }

print(json.dumps([seen(**how) for how in json.loads(sys.argv[1])]))
"""


def pages(home: Path, asked: list[dict[str, Any]], **environment: str) -> list[dict[str, Any]]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ}
    settled = {
        "ANJIA_HOME": str(home),
        "PYTHONPATH": str(CHECKOUT / "src"),
        "DJANGO_SETTINGS_MODULE": "anjia.web.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", PAGES, json.dumps(asked)],
        env=kept | settled | environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return list(json.loads(done.stdout))


class TestAPublicAddressWithTls:
    def test_has_cookies_that_travel_by_tls_and_browsers_that_come_by_it(self, tmp_path: Path) -> None:
        by_tls, from_a_stranger = pages(
            tmp_path,
            [{"by_tls": True, "REMOTE_ADDR": PROXY}, {"by_tls": True, "REMOTE_ADDR": STRANGER}],
            PUBLIC_ADDRESS="https://anjia.example.org",
            BEHIND_PROXY="1",
        )

        assert by_tls["status"] == 200
        assert by_tls["csrf"]
        assert by_tls["language"]
        assert by_tls["hsts"].startswith("max-age=31536000")
        assert from_a_stranger["hsts"] == ""

    def test_is_what_a_demo_on_this_computer_has_not(self, client: Client) -> None:
        page = client.get("/console/identity/sign-in/", headers={"X-Forwarded-Proto": "https"})
        client.post("/language", {"language": "en"})

        assert "Strict-Transport-Security" not in page.headers
        assert not client.cookies["csrftoken"]["secure"]
        assert not client.cookies["anjia_language"]["secure"]


class TestWhereARequestComesFrom:
    def address(self, remote: str, said: str) -> str:
        asked = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": said})
        answer = OurProxyOnly(lambda request: HttpResponse(address_of(request)))(asked)
        return answer.content.decode()

    @pytest.mark.parametrize("proxy", ["10.0.0.5", "::ffff:10.0.0.5"])
    def test_our_proxy_knows(self, settings: Any, proxy: str) -> None:
        settings.PROXIES = [ip_network("10.0.0.0/24")]

        assert self.address(proxy, "198.51.100.1, 203.0.113.9") == "203.0.113.9"

    @pytest.mark.parametrize("stranger", ["10.0.1.5", "203.0.113.77", ""])
    def test_a_stranger_does_not(self, settings: Any, stranger: str) -> None:
        settings.PROXIES = [ip_network("10.0.0.0/24")]

        assert self.address(stranger, "203.0.113.9") == stranger

    def test_nobody_does_where_there_is_no_proxy(self) -> None:
        assert self.address(PROXY, "203.0.113.9") == PROXY
