"""
The browser journeys: real server, real Chromium, a demo town of their own.

ANJIA_PICTURES: where the screenshots are kept, instead of screenshots/.
ANJIA_URL: a demo that runs already, to try things out.
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from anjia.machine.development import NO_CHROMIUM, find_chromium, screenshots
from anjia.simulation.pictures import scribble
from tests.browser import clock
from tests.browser.screen import Screen
from tests.browser.server import FLAGS, demo_server

Open = Callable[..., Screen]
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.browser)


# A package's fixtures end with its last test: Playwright's event loop must not run while others use the database.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[str]:
    """Give the address of a demo."""
    if "ANJIA_URL" in os.environ:
        yield os.environ["ANJIA_URL"]
        return
    with demo_server(tmp_path_factory.mktemp("browser")) as url:
        yield url


@pytest.fixture(scope="package")
def pictures() -> Path:
    folder = screenshots()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def open_screen(
    request: pytest.FixtureRequest, chromium: Browser, site: str, pictures: Path
) -> Iterator[Open]:
    """Open screens for a test; at its end nothing may have been wrong on any of them."""
    screens: list[Screen] = []

    def open_one(**how: Any) -> Screen:
        screens.append(Screen(chromium, site, pictures, **how))
        return screens[-1]

    yield open_one
    for number, screen in enumerate(screens):
        if request.node.stash.get(FAILED, False):
            screen.page.screenshot(path=pictures / f"failed-{request.node.name}-{number}.png", full_page=True)
        screen.close()
    wrong = [one for screen in screens for one in screen.wrong]
    assert not wrong, "\n".join(["", *wrong])


@contextmanager
def signed_in(site: str, key: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{site}/api/v1", trust_env=False, timeout=30) as client:
        entry = client.post(f"demo/cards/{key}/sign-in", headers={"Idempotency-Key": str(uuid4())}).json()
        client.headers["Authorization"] = f"Bearer {entry['token']}"
        yield client


@pytest.fixture(scope="package")
def ids(site: str) -> dict[str, str]:
    """Find visits to look at: hers are there at any hour, the nurse's of today only while it is day."""
    with signed_in(site, "resident") as her, signed_in(site, "nurse") as nurse:
        coming, past = (her.get(f"visits?when={when}").json()["items"] for when in ("coming", "past"))
        stops: list[dict[str, Any]] = nurse.get(f"work/days/{clock.now():%Y-%m-%d}").json()["stops"]
    done = [stop["visit_id"] for stop in stops if stop["status"] == "done"]
    ahead = [stop["visit_id"] for stop in stops if stop["status"] in {"booked", "departed"}]
    found = {"coming": coming[0]["id"], "promised": coming[-1]["id"], "past": past[0]["id"]}
    return found | {"done": [*done, found["past"]][0], "next": [*ahead, found["promised"]][0]}


@pytest.fixture(scope="package")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a photo: big enough to be one, of nobody."""
    file = tmp_path_factory.mktemp("photo") / "photo.png"
    file.write_bytes(scribble(3))
    return file
