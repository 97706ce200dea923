"""Every page, in both languages and at both widths: nothing grave for axe, nothing wider than the screen."""

import re
from collections.abc import Iterator

import pytest

from anjia.simulation.cast import CAST
from tests.browser.conftest import Open
from tests.browser.screen import DESK, PHONE, Screen

# Behind each page of the rail: the first of what it lists, and what hangs on that.
RAIL = "nav.rail a"
BEHIND: dict[str, tuple[str, ...]] = {
    "administrator": (
        "/console/residents/ > #found tbody a",
        "/console/residents/new",
        "/console/workforce/ > main tbody a",
        "/console/catalogue/ > main a[href*='/catalogue/']",
        "/console/identity/users/ > main tbody a",
        "/console/identity/users/new",
        "/console/identity/roles/",
        "/console/identity/organizations/",
        "/console/identity/mine/",
    ),
    "dispatcher": (
        "/console/desk/visits/{past}",
        "/console/desk/visits/{promised} > main a[href*='suitability']",
        "/console/messaging/outbox",
    ),
    "doctor": ("/console/desk/worklist > main a[href*='/records/']",),
    "desk": (
        "/console/desk/bookings?q=zgf",
        "/console/desk/bookings?q=zgf > #found a.b",
        "/console/desk/bookings?q=zgf > #found a.b > main a[href*='/dispatch/book/']",
    ),
    "ward": ("/console/transitions/new", "/console/transitions/ > main a[href*='/transitions/0']"),
    "quality": ("/console/quality/indicators > main a[href*='/indicators/']",),
}
RESIDENT = (
    "home/index",
    "help/index",
    "book/index",
    "book/time?code=bp_follow_up",
    "book/address",
    "visits/index",
    "visits/visit?id={coming}",
    "visits/visit?id={past}",
    "visits/change?id={promised}",
    "visits/rate?id={past}&stars=4",
    "record/index",
    "record/trend?code=bp",
    "record/readers",
    "inbox/index",
    "me/index",
    "me/family",
    "me/consents",
    "me/sessions",
    "me/wechat",
)
CAREGIVER = (
    "work/today",
    "work/offers",
    "work/visit?id={done}",
    "work/visit?id={next}",
    "work/arrive?id={next}",
    "work/waiting",
    "me/wechat",
    "me/confirm",
    "me/confirm?ticket=of-a-computer",
)


def follow(screen: Screen, way: str) -> None:
    """Open a page; after each `>` click the first of what it names there."""
    path, *links = way.split(" > ")
    screen.open(path)
    for link in links:
        href = screen.page.locator(link).first.get_attribute("href")
        assert href is not None, f"{way}: nothing there"
        screen.open(href)


def rail_of(screen: Screen) -> Iterator[str]:
    for one in screen.page.locator(RAIL).all():
        href = one.get_attribute("href")
        if href and href != "/console/":
            yield href


def name_of(way: str) -> str:
    return re.sub(r"\W+", "-", way.removeprefix("/console/"))[:60].strip("-")


@pytest.mark.parametrize("key", [card.key for card in CAST if card.end == "console"])
class TestConsolePage:
    def test_has_nothing_grave_and_fits(self, open_screen: Open, ids: dict[str, str], key: str) -> None:
        screen = open_screen()
        screen.step_in_as(key)
        ways = [*(rail_of(screen) if key == "administrator" else ()), *BEHIND[key]]
        for way in ways:
            follow(screen, way.format(**ids))
            screen.look(f"{key}-{name_of(way)}")
            screen.measure(f"{key} {way} on a phone", PHONE)

    def test_fits_in_english(self, open_screen: Open, ids: dict[str, str], key: str) -> None:
        screen = open_screen(english=True)
        screen.step_in_as(key)
        ways = [*(rail_of(screen) if key == "administrator" else ()), *BEHIND[key]]
        for way in ways:
            follow(screen, way.format(**ids))
            screen.measure(f"{key} {way} in English", DESK)
            screen.measure(f"{key} {way} in English on a phone", PHONE)


@pytest.mark.parametrize(("key", "paths"), [("resident", RESIDENT), ("nurse", CAREGIVER)])
class TestClientPage:
    @pytest.mark.parametrize("elder", [False, True], ids=["usual", "elder"])
    def test_has_nothing_grave_and_fits(
        self, open_screen: Open, ids: dict[str, str], key: str, paths: tuple[str, ...], elder: bool
    ) -> None:
        screen = open_screen(size=PHONE, elder=elder)
        screen.step_in_as(key)
        for path in paths:
            screen.open(f"/app/#/pages/{path.format(**ids)}")
            screen.look(f"{key}-{name_of(path.partition('=')[0])}{'-elder' if elder else ''}")
            if not elder:
                screen.measure(f"{key} {path} on a wide screen", DESK)

    def test_fits_in_english(
        self, open_screen: Open, ids: dict[str, str], key: str, paths: tuple[str, ...]
    ) -> None:
        screen = open_screen(size=PHONE, english=True)
        screen.step_in_as(key)
        for path in paths:
            screen.open(f"/app/#/pages/{path.format(**ids)}")
            screen.measure(f"{key} {path} in English", PHONE)


class TestDoor:
    @pytest.mark.parametrize("path", ["/", "/app/", "/console/", "/no-such-page"])
    @pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
    def test_has_nothing_grave_and_fits(self, open_screen: Open, path: str, english: bool) -> None:
        screen = open_screen(english=english)
        screen.open(path)
        screen.look(f"door{path.replace('/', '-')}{'en' if english else ''}")
        screen.measure(f"{path} on a phone", PHONE)
