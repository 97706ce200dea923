"""When something breaks, those who read the log learn where, and nothing about anybody."""

import io
import logging
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory

from anjia.kernel import events
from anjia.kernel.logs import PlacesOnly
from anjia.kernel.work import acting
from anjia.web.middleware import NoPersonalDataInCrashes
from tests import make
from tests.kernel.test_work import Noted, write_note
from tests.make import NOON

SECRET = "张桂芳 19900000101"


@pytest.fixture
def log() -> Any:
    """Return what the log would say, formatted as the settings have it."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(PlacesOnly("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield said
    logging.getLogger().removeHandler(handler)


def broken(request: Any) -> Any:
    raise ValueError(SECRET)


class TestCrash:
    def test_is_logged_by_its_place_and_shown_without_what_was_put_in(
        self, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request = RequestFactory().post(f"/api/v1/x?q={SECRET}", {"name": SECRET})
        guard = NoPersonalDataInCrashes(broken)

        try:
            broken(request)
        except ValueError as error:
            response = guard.process_exception(request, error)

        assert response is not None
        assert response.status_code == 500
        assert "ValueError" in log.getvalue()
        assert "broken" in log.getvalue()
        for text in (log.getvalue(), response.content.decode()):
            assert "桂芳" not in text
            assert "19900000101" not in text

    def test_of_a_listener_is_logged_without_what_the_database_quotes(
        self, log: io.StringIO, database: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hear(actor: Any, now: Any, event: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::int", [SECRET])

        monkeypatch.setitem(events._listeners, "kernel.Noted", [(Noted, hear)])
        clerk = make.actor("notes.write")
        acting(clerk, NOON).do(write_note, words="x")

        events.pump(NOON, organization_id=clerk.organization_id)

        assert "DataError" in log.getvalue()
        assert "桂芳" not in log.getvalue()

    def test_is_what_the_settings_say_too(self) -> None:
        formatters: Any = settings.LOGGING["formatters"]

        assert formatters["line"]["()"] == "anjia.kernel.logs.PlacesOnly"


class TestAskingVendors:
    def test_is_logged_without_the_numbers_and_secrets_of_the_address_however_much_is_logged(
        self, log: io.StringIO, caplog: pytest.LogCaptureFixture
    ) -> None:
        answers = httpx.MockTransport(lambda request: httpx.Response(200))

        with caplog.at_level(logging.INFO), httpx.Client(transport=answers) as client:
            client.get("https://api.example/", params={"phone": "13900000001", "secret": "s3cr3t"})
            logging.getLogger("anjia").info("heard")

        assert "heard" in log.getvalue()
        assert "s3cr3t" not in log.getvalue()


class TestARefusal:
    @pytest.mark.parametrize(
        "path", [f"/console/{SECRET}", f"/api/v1/visits/{SECRET}?q={SECRET}", "/callbacks/"]
    )
    def test_of_an_address_is_logged_without_what_stands_in_it(
        self, client: Client, database: None, log: io.StringIO, path: str
    ) -> None:
        assert client.get(path).status_code >= 400

        assert "WARNING django.request 4" in log.getvalue()
        assert "GET" in log.getvalue()
        assert "桂芳" not in log.getvalue() + unquote(log.getvalue())
        assert "19900000101" not in log.getvalue()

    def test_of_a_vendors_call_is_logged_without_the_secret(
        self, client: Client, database: None, log: io.StringIO
    ) -> None:
        client.post("/callbacks/sms/reports/s3cr3t", "[]", content_type="application/json")

        assert "callbacks/sms/reports/<" in log.getvalue()
        assert "s3cr3t" not in log.getvalue()

    def test_of_a_form_is_logged_without_the_page_it_came_from(self, log: io.StringIO) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.get("/console/identity/sign-in/")
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, "language": "en"}

        refused = browser.post(
            "/language", form, secure=True, headers={"Referer": f"https://elsewhere.example/?name={SECRET}"}
        )

        assert refused.status_code == 403
        assert "403 POST language" in log.getvalue()
        assert "elsewhere" not in log.getvalue()


class TestBadInput:
    def test_is_refused_without_being_repeated(self, client: Client, log: io.StringIO) -> None:
        response = client.post(
            "/api/v1/sign-in/phone", {"phone": [SECRET], "code": 7}, content_type="application/json"
        )

        assert response.status_code == 422
        assert response.json()["code"] == "invalid"
        assert set(response.json()["fields"])
        assert "桂芳" not in response.content.decode() + log.getvalue()
