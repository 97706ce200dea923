"""
A walk over every page that is mounted, as people whose business it is not.

A new page is walked over without a line here, with every input that any form of ours has; a new id in an address must
be given one of the demo's town. A page that asks nobody to sign in must be put on the list of those that may.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from anjia.identity.roles import permissions_of
from anjia.web.settings import PACKAGE
from tests.web.town import Town, plain
from tests.web.watching import Watch

pytestmark = pytest.mark.usefixtures("town")

SIGN_IN: Final = "/console/identity/sign-in/"
OPEN: Final = {  # what may be asked without having signed in
    "",
    "language",
    "setup",
    "status",
    "metrics",  # to whoever knows its token; else there is no such page
    "app",
    "app/",
    "app/<path:path>",
    "demo/<str:key>",
    "callbacks/sms/reports/<str:secret>",
    "callbacks/wechat/events",
    "console/identity/sign-in/",
    "console/identity/sign-in/scan",
    "console/identity/sign-in/scan/state",
    "console/identity/locked/",
    "console/identity/unlock/<uuid:session_id>",
}
STRANGERS: Final = [
    "administrator of another institution",
    "member without a role",
    "resident",
]
HOLE: Final = re.compile(r"<(?:\w+:)?(\w+)>")
INPUT: Final = re.compile(r"<(?:input|select|textarea|button)\b[^>]*?\bname=\"([a-z_]+)\"[^>]*>")
WAY_ON: Final = re.compile(r"href=\"(/console/[^\"?#]*)")
# What makes sense where only the name of an input says what it is; elsewhere some letters do.
SOUND: Final = {
    "phone": "19900009907",
    "phones": "19900009907",
    "name": "外人己",
    "login": "walker",
    "password": "a walk over every page",
    "kind": "station",
    "sex": "female",
    "role_code": "nurse",
    "starts": "08:00",
    "ends": "12:00",
    "weeks": "1",
    "unit": "weeks",
    "every": "1",
    "weekdays": "1",
    "gap_days": "1",
    "count": "3",
    "holidays": "move",
    "scope": "all",
    "clock": "15:00",
    "radius_km": "3",
    "latitude": "39.9",
    "longitude": "116.4",
    "purpose": "care",
    "version": "1",
    "agrees": "yes",
    "allows": "record",
    "relation": "family",
    "reason": "by_resident",
    "decision": "counts",
    "outcome": "reached",
    "ways": "sms",
    "quiet_from": "21:00",
    "quiet_until": "07:00",
    "part": "1",
    "text": "张桂芳",
    "q": "张桂芳",
}
DAYS: Final = {
    "day",
    "first_day",
    "last_day",
    "first",
    "last",
    "again_on",
    "from_day",
    "valid_until",
    "discharge_on",
    "effective_on",
}
# What stands in an address and is no id.
WORDS: Final = {
    "part": "counted",
    "draft_part": "texts",
    "measure": "visits",
    "situation": "fall",
    "asked": "contract",  # which no test takes back
    "what": "phone",
    "key": "resident",
    "path": "index.html",
    "secret": "x",
}


@dataclass(frozen=True, slots=True)
class Page:
    route: str
    view: Any

    @property
    def is_open(self) -> bool:
        return not hasattr(self.view, "permission")

    @property
    def permission(self) -> str | None:
        found: str | None = self.view.permission
        return found

    def address(self, town: Town) -> str:
        return "/" + HOLE.sub(lambda hole: str(id_for(town, self.route, hole[1])), self.route)


def id_for(town: Town, route: str, hole: str) -> Any:
    """Return the id of something of the town's; a new kind of id must be given one there."""
    if route.endswith("/paper"):
        hole = {"grant_id": "paper_id"}.get(hole, hole)
    if hole == "code":
        return {"catalogue": "bp_follow_up", "quality": "completion"}.get(route.split("/")[1], "bp")
    return WORDS.get(hole) or town.ids[hole]


def pages(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[Page]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Page(route, pattern.callback)
        elif not route.startswith("api/"):  # see test_every_operation
            yield from pages(pattern.url_patterns, route)


def inputs(folder: Path) -> dict[str, str]:
    """Return every input that a form of ours has, with the tag that says so."""
    return {
        found[1]: found[0]
        for file in sorted(folder.glob("*/templates/**/*.html"))
        for found in INPUT.finditer(file.read_text())
    }


PAGES: Final = list(pages(get_resolver().url_patterns))
CLOSED: Final = [page for page in PAGES if not page.is_open]
INPUTS: Final = inputs(PACKAGE)


def named(page: Page) -> str:
    return page.route or "front"


@pytest.fixture(params=CLOSED, ids=named)
def page(request: pytest.FixtureRequest) -> Page:
    found: Page = request.param
    return found


def browser(town: Town, who: str | None = None, *, token: str | None = None) -> Client:
    client = Client(raise_request_exception=False)
    if who or token:
        client.cookies["anjia_session"] = token or town.token_of(str(who))
    return client


def form(town: Town) -> dict[str, Any]:
    sound = {name: value_for(town, name, tag) for name, tag in INPUTS.items()}
    return sound | {"idempotency_key": str(uuid4())}


def value_for(town: Town, name: str, tag: str) -> Any:
    if 'type="file"' in tag:
        file = io.BytesIO("姓名,电话\n外人己,19900009907\n".encode()) if name == "file" else town.photo()
        file.name = "list.csv" if name == "file" else "photo.png"
        return file
    if name in DAYS:
        return town.ids["day"]
    if name == "slot":
        return f"{plain({'format': 'date-time'})}|{town.ids['staff_id']}"
    for key in (name, f"{name}_id", {"parent_id": "organization_id", "through": "party_id"}.get(name, "")):
        if key in town.ids:
            return str(town.ids[key])
    return SOUND.get(name, "x")


@pytest.fixture(scope="class")
def watch() -> Watch:
    return Watch()


def state(town: Town) -> Any:
    return town.state() + town.house()


def test_there_is_something_to_walk_over() -> None:
    assert len(CLOSED) >= 100
    assert len(INPUTS) >= 60


def test_only_pages_on_the_list_ask_nobody_to_sign_in() -> None:
    assert {page.route for page in PAGES if page.is_open} == OPEN


class TestWhoMay:
    def test_is_shown_the_page_so_that_the_walk_goes_somewhere(self, page: Page, town: Town) -> None:
        response = browser(town, "administrator").get(page.address(town))

        may = page.permission is None or page.permission in permissions_of("administrator")
        assert response.status_code in ({200, 302, 303, 405} if may else {403, 405})

    @pytest.mark.parametrize("who", ["administrator", "desk", "doctor"])
    def test_is_shown_no_way_to_a_page_that_she_may_not_open(self, town: Town, who: str) -> None:
        client, role = browser(town, who), {"desk": "service_desk", "doctor": "family_doctor"}.get(who, who)
        dead = {
            (page.route, way)
            for page in CLOSED
            for way in ways_on(client.get(page.address(town)))
            if (needed := getattr(resolve(way).func, "permission", None))
            and needed not in permissions_of(role)
        }

        assert dead == set()


def ways_on(response: Any) -> set[str]:
    return set() if response.streaming else set(WAY_ON.findall(response.content.decode(errors="replace")))


class TestAnAddressThatFormsAreSentTo:
    def test_says_when_looked_at_that_nothing_is_there_and_leads_to_the_page_above(self, town: Town) -> None:
        above = f"/console/supplies/waste/{town.ids['waste_id']}"
        shown = browser(town, "administrator").get(f"{above}/send-away")

        assert shown.status_code == 405
        assert "这里只收表单" in shown.content.decode()
        assert f'href="{above}"' in shown.content.decode()


class TestWithoutSigningIn:
    def test_is_sent_to_sign_in_and_shown_nothing(self, page: Page, town: Town, watch: Watch) -> None:
        client = browser(town)

        with watch.nothing_changes(state, town):
            responses = [client.get(page.address(town)), client.post(page.address(town), form(town))]

        for response in responses:
            assert response.status_code in {302, 405}
            assert response.status_code == 405 or response["Location"].startswith(f"{SIGN_IN}?next=")
            assert response.content == b""

    def test_is_sent_to_sign_in_with_a_token_of_no_session(self, page: Page, town: Town) -> None:
        client = browser(town)
        client.cookies["anjia_session"] = "x" * 43

        assert client.get(page.address(town)).status_code in {302, 405}


class TestOpenPages:
    @pytest.mark.parametrize("route", sorted(OPEN))
    def test_say_and_change_nothing_of_hers(self, route: str, town: Town) -> None:
        before = state(town)
        [open_page] = [one for one in PAGES if one.route == route]

        for client in (browser(town), browser(town, "administrator of another institution")):
            for response in (
                client.get(open_page.address(town)),
                client.post(open_page.address(town), form(town)),
            ):
                assert response.status_code < 500
                assert secrets_in(response, town) == []

        assert state(town) == before


class TestStrangers:
    @pytest.mark.parametrize("who", STRANGERS)
    def test_learn_nothing_and_change_nothing(self, page: Page, town: Town, who: str, watch: Watch) -> None:
        client = browser(town, who)

        with watch.nothing_changes(state, town):
            responses = [client.get(page.address(town)), client.post(page.address(town), form(town))]

        for response in responses:
            assert response.status_code < 500
            assert secrets_in(response, town) == []

    @pytest.mark.parametrize("who", ["neighbour", "daughter whose grant was withdrawn"])
    def test_a_person_is_not_let_into_the_console(self, page: Page, town: Town, who: str) -> None:
        assert browser(town, who).get(page.address(town)).status_code in {403, 405}


class TestForgedForms:
    @pytest.mark.parametrize("one", PAGES, ids=named)
    def test_are_refused(self, one: Page, town: Town, watch: Watch) -> None:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.cookies["anjia_session"] = town.token_of("administrator")

        with watch.nothing_changes(state, town):
            response = client.post(one.address(town), form(town))

        assert response.status_code == 403


def secrets_in(response: Any, town: Town) -> list[str]:
    """Return what the page says of her that was not asked for: it repeats ids of its address and the form's words."""
    shown = b"".join(response) if response.streaming else response.content
    asked = {response.request["PATH_INFO"], *(str(one) for one in form(town).values())}
    return [
        secret
        for secret in town.secrets_in(shown.decode(errors="replace"))
        if not any(secret in one for one in asked)
    ]
